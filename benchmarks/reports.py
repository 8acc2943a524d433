"""What a report costs per layer, for a chain of a thousand and of a hundred thousand convolutions.

    PYTHONPATH=. python benchmarks/reports.py [--rounds 3] [--sizes 1000 100000]

Timed is the text alone: the network is analysed before, and every piece of the text is dropped at once. The ratio is
that of the cost per layer to the smallest network's; the target is a cost that does not grow. The peak is what Python
holds at once beyond the analysis, in bytes per layer, taken in a run of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from statistics import median

from scaling import network

import cnncalc
from cnncalc.report.formats import pieces, report_of
from cnncalc.report.report import Options

FORMS = ("text", "json", "csv")
TARGET = 1.5


def written(analysis: cnncalc.Analysis, form: str) -> float:
    """Seconds for the whole text of a report."""
    begin = time.perf_counter()
    sum(map(len, pieces(report_of(analysis, Options()), form, Options())))
    return time.perf_counter() - begin


def peak(analysis: cnncalc.Analysis, form: str) -> int:
    """The most bytes that the text takes while it is written."""
    tracemalloc.start()
    written(analysis, form)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def main() -> int:
    """Run the benchmark; exit status 1 where the target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often each report is written (default 3)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000], help="numbers of layers")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is not reached")
    options = parser.parse_args()
    sizes = sorted(options.sizes)
    analyses = {size: cnncalc.analyze(network("chain", size), max_layers=size + 1) for size in sizes}
    reached = True
    for form in FORMS:
        costs = {
            size: median(written(analysis, form) for _ in range(options.rounds)) / size
            for size, analysis in analyses.items()
        }
        for size in sizes:
            ratio = costs[size] / costs[sizes[0]]
            reached = reached and ratio <= TARGET
            held = peak(analyses[size], form) // size
            print(
                f"{form:5} {size:>9,} layers  {costs[size] * 1e6:6.1f} us a layer  x{ratio:.2f}  {held:,} bytes a layer"
            )
    return int(options.check and not reached)


if __name__ == "__main__":
    sys.exit(main())
