"""What a point of `cnncalc.sweep` costs, against a point of `cnncalc.analyze`.

    PYTHONPATH=. python benchmarks/sweep.py [--rounds 5] [--networks resnet50 vgg16]

For every network two things are timed, in turn, in one process:

    sweep     a million points: 1,000 square inputs x 10 numbers of classes x 100 batches, the usual
              totals of each, from the call to the last row; that includes importing sympy and
              numpy, finding the closed forms and compiling them, anew in every round
    analyze   one analysis and the same totals, at 20 of these points spread evenly

Each round gives one ratio, points a second of the sweep to points a second of `analyze`; the
median of the ratios is compared with the target. The imports fall into the first round alone.
Every round also compares the rows of the sweep at those 20 points with what `analyze` says.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import islice
from statistics import median
from typing import Any

import cnncalc
from cnncalc.analysis.quantities import USUAL

NETWORKS = ("resnet50", "vgg16")
GRID = {"input": "33:1032", "settings": {"classes": "10:100:10"}, "batch": "1:100"}
POINTS = 1_000_000
SAMPLES = 20
TARGET = 1_000


def swept(name: str) -> tuple[float, list[dict[str, Any]]]:
    """Seconds a point of a sweep, and the rows of the points that are looked at again."""
    begin = time.perf_counter()
    sweep = cnncalc.sweep(name, GRID["input"], settings=GRID["settings"], batch=GRID["batch"])
    assert len(sweep) == POINTS
    kept, start = [], 0
    for chunk in sweep.chunks():
        wanted = [at - start for at in range(0, POINTS, POINTS // SAMPLES) if start <= at < start + len(chunk.problems)]
        rows = chunk.rows()
        before = 0
        for at in wanted:
            kept.append(dict(zip(sweep.columns, next(islice(rows, at - before, None)), strict=True)))
            before = at + 1
        start += len(chunk.problems)
    return (time.perf_counter() - begin) / POINTS, kept


def analyzed(name: str, rows: list[dict[str, Any]]) -> float:
    """Seconds a point of one analysis each; ends the benchmark if a row of the sweep is not the same."""
    begin = time.perf_counter()
    for row in rows:
        settings = {"classes": row["classes"]}
        analysis = cnncalc.analyze(name, row["input"], settings=settings, batch=row["batch"])
        if [analysis.total(quantity) for quantity in USUAL] != [row[quantity] for quantity in USUAL]:
            sys.exit(f"{name}: the sweep says {row}, an analysis says {analysis.totals}")
    return (time.perf_counter() - begin) / len(rows)


def report(name: str, rounds: int) -> bool:
    """Print what a point costs either way and the ratio; whether it reaches the target."""
    cnncalc.analyze(name)  # warm up: the imports that both need
    pairs = []
    for _ in range(rounds):
        mine, rows = swept(name)
        pairs.append((mine, analyzed(name, rows)))
    ratios = sorted(its / mine for mine, its in pairs)
    reached = median(ratios) >= TARGET
    mine, its = (median(pair[side] for pair in pairs) for side in (0, 1))
    seen = f"sweep {mine * 1e6:5.2f} us a point ({1 / mine:,.0f} points/s)  analyze {its * 1e6:9,.0f} us a point"
    spread = f"x{median(ratios):,.0f} (from {ratios[0]:,.0f} to {ratios[-1]:,.0f})"
    print(f"{name:9} {seen}  {spread}  target >= {TARGET:,}: {'reached' if reached else 'not reached'}", flush=True)
    return reached


def main() -> int:
    """Run the benchmark; exit status 1 where a target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each network is swept (default 5)")
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), help="networks with a parameter 'classes'")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is not reached")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("give at least 1 round")
    print(f"{POINTS:,} points, medians of {options.rounds} rounds; {len(USUAL)} totals at every point")
    reached = [report(name, options.rounds) for name in options.networks]
    return int(options.check and not all(reached))


if __name__ == "__main__":
    sys.exit(main())
