"""What `cnncalc.analyze` costs per layer, for networks of a thousand to a hundred thousand layers.

    PYTHONPATH=. python benchmarks/scaling.py [--rounds 5] [--sizes 1000 10000 100000]

Two kinds of network are timed, both given as a spec with one `repeat`:

    chain      N convolutions, one after the other
    residual   N/3 blocks of two convolutions and an addition around them

Measured is the wall time of one call of `cnncalc.analyze` on a spec that is already loaded:
expansion, checks, shapes, counts, receptive fields and memory. In every round all networks
are analysed once, in turn, and the order is reversed in every other round. The cost per layer
is the median over the rounds, and its ratio to the smallest network of the same kind is
compared with the target: a cost that does not grow with the network keeps the ratio at 1.

Garbage collection stays on, as it is for users, so its share of the time is in the figures.
What an earlier run left behind is collected before the clock starts, and the result is alive
when it stops: freeing it is not in the figures.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import cnncalc

SIZES = (1_000, 10_000, 100_000)
TARGET = 1.5
CHAIN = """
input: 32x32x16
layers:
  - {conv: {filters: 16, kernel: 3, padding: half}, repeat: %d}
"""
RESIDUAL = """
input: 32x32x16
defaults:
  conv: {filters: 16, kernel: 3, padding: half}
blocks:
  unit():
    - add:
        - [conv, conv]
        - []
layers:
  - {unit: , repeat: %d}
"""
KINDS = {"chain": (CHAIN, 1), "residual": (RESIDUAL, 3)}


def network(kind: str, layers: int) -> cnncalc.Spec:
    """The spec of a network of about `layers` layers, read from a file as a user's would be."""
    text, layers_in_item = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{kind}.yaml")
        path.write_text(text % (layers // layers_in_item), encoding="utf-8")
        return cnncalc.load(path)


def cost_per_layer(spec: cnncalc.Spec, max_layers: int) -> float:
    """Seconds a layer for one analysis."""
    gc.collect()
    begin = time.perf_counter()
    analysis = cnncalc.analyze(spec, max_layers=max_layers)
    seconds = time.perf_counter() - begin
    return seconds / len(analysis.layers)


def measure(sizes: list[int], rounds: int) -> dict[tuple[str, int], float]:
    """The median cost per layer of every network, by kind and size."""
    specs = {(kind, size): network(kind, size) for kind in KINDS for size in sizes}
    costs: dict[tuple[str, int], list[float]] = {key: [] for key in specs}
    for kind in KINDS:
        cost_per_layer(specs[kind, sizes[0]], sizes[0] + 1)  # warm up: imports and caches
    for number in range(rounds):
        for key in sorted(specs, reverse=bool(number % 2)):
            costs[key].append(cost_per_layer(specs[key], key[1] + 1))
    return {key: median(values) for key, values in costs.items()}


def report(costs: dict[tuple[str, int], float], sizes: list[int], rounds: int) -> bool:
    """Print cost per layer and its ratio to the smallest network; whether every ratio keeps to the target."""
    print(f"medians of {rounds} rounds; target: a cost per layer within {TARGET} times that of {sizes[0]:,} layers")
    reached = True
    for (kind, size), cost in sorted(costs.items()):
        ratio = cost / costs[kind, sizes[0]]
        reached = reached and ratio <= TARGET
        verdict = "reached" if ratio <= TARGET else "not reached"
        print(f"{kind:9} {size:>9,} layers  {cost * 1e6:6.1f} us a layer  x{ratio:.2f}  {verdict}")
    return reached


def main() -> int:
    """Run the benchmark; exit status 1 where a target is not reached and `--check` is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each network is analysed (default 5)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of layers")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is not reached")
    options = parser.parse_args()
    sizes = sorted(options.sizes)
    if options.rounds < 1 or sizes[0] < 3:
        parser.error("give at least 1 round, and sizes from 3 up")
    reached = report(measure(sizes, options.rounds), sizes, options.rounds)
    return int(options.check and not reached)


if __name__ == "__main__":
    sys.exit(main())
