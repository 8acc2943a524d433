"""What the closed forms of a network cost beyond the import of sympy, against its numbers.

    PYTHONPATH=. python benchmarks/closed_forms.py [--rounds 7] [--networks resnet152 densenet121]

Three measurements, each in a fresh process of its own, so that nothing is warm that a user would
find cold; they run in turn, and every round gives one ratio (A - C)/B:

    A  analyze(NETWORK, "HxWx3") and all totals: the formulas in H and W, sympy's import included
    B  analyze(NETWORK) and all totals: the numbers
    C  import sympy

The process itself measures its seconds, from behind the import of cnncalc, which both need, to
the last total. A ratio of 1 would mean that formulas cost what numbers do, once sympy is loaded.
The median of the ratios is compared with the target, for the first network; it is told for all,
as is A/(B + C), what a user waits for formulas against what they cost at the very least.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median

NETWORKS = ("resnet152", "densenet121")
TARGET = 40
TIMED = """
import time
import cnncalc.api
begin = time.perf_counter()
{statement}
print(time.perf_counter() - begin)
"""
SYMBOLIC = 'cnncalc.api.analyze({name!r}, "HxWx3").totals'
NUMERIC = "cnncalc.api.analyze({name!r}).totals"
IMPORT = "import sympy"


def seconds(statement: str) -> float:
    """What a statement takes in a fresh process, by that process's own clock."""
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"failed: {statement}\n{done.stderr}")
    return float(done.stdout)


def measure(name: str, rounds: int) -> list[tuple[float, float, float]]:
    """(formulas, numbers, import), a triple a round; a first one warms up and is not counted."""
    statements = (SYMBOLIC.format(name=name), NUMERIC.format(name=name), IMPORT)
    triples = [tuple(seconds(statement) for statement in statements) for _ in range(rounds + 1)]
    return triples[1:]  # type: ignore[return-value]


def report(name: str, rounds: int, *, targeted: bool) -> bool:
    """Print the medians and the ratio of a network; whether it keeps to the target, where it has one."""
    triples = measure(name, rounds)
    formulas, figures, imported = (median(triple[side] for triple in triples) for side in range(3))
    ratio = median((mine - library) / its for mine, its, library in triples)
    whole = median(mine / (its + library) for mine, its, library in triples)
    seen = f"A formulas {formulas * 1e3:5.0f} ms  B numbers {figures * 1e3:4.0f} ms  C sympy {imported * 1e3:4.0f} ms"
    reached = ratio <= TARGET
    verdict = f"  target <= {TARGET}: {'reached' if reached else 'not reached'}" if targeted else ""
    print(f"{name:12} {seen}  (A-C)/B {ratio:.1f}  A/(B+C) {whole:.2f}{verdict}", flush=True)
    return reached or not targeted


def main() -> int:
    """Run the benchmark; exit status 1 where the target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds to measure (default 7)")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), help="the first one has the target")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the target is not reached")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("give at least 1 round")
    print(f"medians of {options.rounds} rounds, every figure from a fresh process")
    reached = [report(name, options.rounds, targeted=not place) for place, name in enumerate(options.networks)]
    return int(options.check and not all(reached))


if __name__ == "__main__":
    sys.exit(main())
