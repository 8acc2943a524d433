"""What `cnncalc vgg16 --input 224` costs as a whole process, against its libraries alone.

    PYTHONPATH=. python benchmarks/startup.py [--rounds 21] [--warm-up 3]

Two commands run in turn, A B A B ..., each as a fresh process with its output thrown away:

    A  python -m cnncalc vgg16 --input 224
    B  python -c "import click, rich.console, rich.table, yaml"

Measured is wall time, from the start of the process to its end, and peak memory, as the
operating system counts it for that one child. Each pair gives one ratio A/B; the medians of
these ratios are compared with the targets. A ratio depends far less on the machine, and on
what else it does, than seconds do. The first pairs only warm up and are not counted: they fill
the disk cache and compile the bytecode, which PYTHONDONTWRITEBYTECODE would forbid and so is
taken out of the environment: an installed package is compiled. Runs where `os.wait4` is: Linux, macOS, BSD.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from statistics import median

COMMAND = ("-m", "cnncalc", "vgg16", "--input", "224")
LIBRARIES = ("-c", "import click, rich.console, rich.table, yaml")
TIME_TARGET = 1.5
MEMORY_TARGET = 1.4
QUANTITIES = (("time", TIME_TARGET, "ms", 1e-3), ("memory", MEMORY_TARGET, "MB", 1e6))
FEWEST_ROUNDS = 15
KILOBYTE = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(arguments: tuple[str, ...]) -> tuple[float, int]:
    """Wall seconds and peak bytes of one run of the interpreter; ends the benchmark if the run fails."""
    command = (sys.executable, *arguments)
    silence = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    begin = time.perf_counter()
    child = os.posix_spawn(sys.executable, command, ENVIRONMENT, file_actions=[silence])
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - begin
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss * KILOBYTE


def compare(rounds: int, warm_up: int) -> list[tuple[tuple[float, int], tuple[float, int]]]:
    """Pairs of measurements (command, libraries), taken in turn, without those of the warm-up."""
    pairs = [(measure(COMMAND), measure(LIBRARIES)) for _ in range(warm_up + rounds)]
    return pairs[warm_up:]


def verdict(ratio: float, target: float) -> str:
    """The target, and whether the ratio keeps to it."""
    return f"target <= {target}: {'reached' if ratio <= target else 'not reached'}"


def report(pairs: list[tuple[tuple[float, int], tuple[float, int]]]) -> bool:
    """Print medians of both commands and of their ratios; whether both targets are reached."""
    reached = True
    print(f"{len(pairs)} pairs, medians; A = cnncalc vgg16 --input 224, B = its libraries imported")
    for index, (what, target, unit, scale) in enumerate(QUANTITIES):
        ratios = sorted(mine[index] / its[index] for mine, its in pairs)
        ratio = median(ratios)
        sides = [median(pair[side][index] for pair in pairs) / scale for side in (0, 1)]
        quarter = len(ratios) // 4
        spread = f"middle half {ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f}"
        seen = f"A {sides[0]:6.1f} {unit}  B {sides[1]:6.1f} {unit}  A/B {ratio:.2f} ({spread})"
        print(f"{what:7} {seen}  {verdict(ratio, target)}")
        reached = reached and ratio <= target
    return reached


def at_least(fewest: int) -> type[int]:
    """A type for argparse: a whole number from `fewest` up."""

    def number(text: str) -> int:
        if int(text) < fewest:
            raise argparse.ArgumentTypeError(f"give at least {fewest}")
        return int(text)

    return number  # type: ignore[return-value]


def main() -> int:
    """Run the benchmark; exit status 1 where a target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=at_least(FEWEST_ROUNDS), default=21, help="pairs to measure (default 21)")
    parser.add_argument("--warm-up", type=at_least(1), default=3, help="pairs to run before them (default 3)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is not reached")
    options = parser.parse_args()
    reached = report(compare(options.rounds, options.warm_up))
    return int(options.check and not reached)


if __name__ == "__main__":
    sys.exit(main())
