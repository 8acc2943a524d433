"""Coverage-guided fuzzing of everything that reads a user's text, with atheris.

    pip install atheris
    python tests/fuzz/texts.py TARGET [--seconds 60] [--found FOLDER] [--keep FOLDER]

TARGET is a function of targets.py, such as specs, slides, models, questions, claims_yaml, sheets, matrices.
The fuzzer starts from the texts in corpus/TARGET/ and puts together the words of corpus/TARGET.dict. It goes on after a
fault: each kind of exception at each place in cnncalc is printed once, with the text that shows it, which is also
written to FOLDER. A fault is any exception but a documented refusal, more than 10 seconds of processor time for one
text, or more than 1 GB of memory beyond what the start needs. The last lines, by libFuzzer, give the number of texts
that were run. `--keep` is a folder for the texts that reach new code, so that a later run goes on from there.

The same targets run on texts of a grammar in tests/test_fuzz.py, without atheris, in every run of the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

try:
    import atheris
except ModuleNotFoundError:
    sys.exit("texts.py needs atheris: pip install atheris")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["cnncalc"]):
    import cnncalc.diagnose.hypotheses
    import cnncalc.formula.formulas
    import cnncalc.solve.solve
    import cnncalc.symbolic.bounds
    import cnncalc.symbolic.rewriting  # noqa: F401, loaded here so that they are instrumented
    from tests.fuzz.targets import CORPUS, TARGETS, read

SECONDS = 10
GIGABYTE = 2**30


class TooSlowError(BaseException):
    """One text took more than SECONDS; not an Exception, so that nothing on the way up takes it for its own."""


def too_slow(_signal: int, _frame: object) -> None:
    raise TooSlowError(f"more than {SECONDS} seconds")


def place(fault: BaseException) -> str:
    """The kind of a fault and the innermost line of cnncalc on its way."""
    if isinstance(fault, RecursionError | TooSlowError | MemoryError):
        return type(fault).__name__
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if "cnncalc" in Path(frame.filename).parts]
    return f"{type(fault).__name__} in {frames[-1].filename}:{frames[-1].lineno}" if frames else type(fault).__name__


class Fuzzer:
    """Runs one target on bytes, and keeps the first text for every fault."""

    def __init__(self, target: str, found: Path) -> None:
        self.target = target
        self.found = found
        self.faults: dict[str, str] = {}
        self.slowest = 0.5

    def run(self, data: bytes) -> None:
        text = data.decode("utf-8", errors="replace")
        begin = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            read(self.target, text)
        except (Exception, TooSlowError) as fault:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self.note(fault, text)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        taken = time.process_time() - begin
        if taken > self.slowest:
            self.slowest = 1.5 * taken
            print(f"SLOW {taken:.1f} s: {text!r:.2000}", flush=True)

    def note(self, fault: BaseException, text: str) -> None:
        where = place(fault)
        if where in self.faults:
            return
        self.faults[where] = text
        path = self.found / f"{self.target}-{hashlib.sha1(where.encode()).hexdigest()[:8]}"
        path.write_text(text, encoding="utf-8")
        traceback.print_exception(fault, limit=-6)
        print(f"FAULT {where}: {fault!s:.200}\n  text: {text!r:.2000}\n  in {path}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60, help="how long to run (default 60)")
    parser.add_argument("--found", type=Path, help="folder for texts that show a fault")
    parser.add_argument("--keep", type=Path, help="folder for texts that reach new code")
    given = parser.parse_args()
    found, keep = given.found or Path(tempfile.mkdtemp()), given.keep or Path(tempfile.mkdtemp())
    for folder in (found, keep):
        folder.mkdir(parents=True, exist_ok=True)

    signal.signal(signal.SIGVTALRM, too_slow)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + GIGABYTE, -1))
    fuzzer = Fuzzer(given.target, found)
    folders = [str(keep), str(CORPUS / given.target)]
    options = [
        f"-max_total_time={given.seconds}",
        f"-dict={CORPUS / given.target}.dict",
        "-max_len=600",
        "-timeout=60",
        "-rss_limit_mb=0",
        "-print_final_stats=1",
        f"-artifact_prefix={found}/",
    ]
    atheris.Setup([sys.argv[0], *options, *folders], fuzzer.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
