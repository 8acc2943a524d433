"""Networks -> what the tools print of them: one text for every tool, network and way to call it, in `printed/`.

    pip install torch==2.13.0 torchvision==0.28.0 torchinfo torchsummary fvcore ptflops keras
    python tests/captures/print_outs.py [TOOL ...]

The first line of each text has the versions; the rest is as printed. The tests check every number in them.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ["COLUMNS"] = "140"

import torch
from torch import nn

PRINTED = Path(__file__).resolve().parent / "printed"
Example = tuple[int, ...]
BRIEF = ("lenet", "inception", "signal", "mixed", "unet")
"""The networks that are printed in every way a tool has; of the others one way is enough."""


def operators() -> None:
    """Declare the operators that torchvision looks for when it is installed without its library."""
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        with contextlib.suppress(RuntimeError):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    torch.kept = library  # type: ignore[attr-defined]


def torchinfo(network: str, model: nn.Module, size: Example) -> Iterator[tuple[str, str]]:
    """`summary`, plain, with all columns, cut at a depth, for a batch, with every weight, and with MACs alone."""
    from torchinfo import summary

    every = ("kernel_size", "input_size", "output_size", "num_params", "params_percent", "mult_adds", "trainable")
    yield "", str(summary(model, (1, *size), verbose=0))
    if network in (*BRIEF, "resnet18"):
        yield "depth1", str(summary(model, (1, *size), verbose=0, depth=1))
        with contextlib.redirect_stdout(io.StringIO()):
            yield "weights", str(summary(model, (1, *size), verbose=2))
        only = {"row_settings": ("ascii_only", "depth", "var_names"), "col_names": ("kernel_size", "mult_adds")}
        yield "macs", str(summary(model, (1, *size), verbose=0, **only))
    if network in (*BRIEF, "densenet"):
        yield "all", str(summary(model, (1, *size), verbose=0, depth=5, col_names=every))
        rows = ("var_names", "ascii_only")
        yield "batch", str(summary(model, (4, *size), verbose=0, depth=5, row_settings=rows, col_names=every[2:6]))


def torchsummary(network: str, model: nn.Module, size: Example) -> Iterator[tuple[str, str]]:
    """`summary`."""
    from torchsummary import summary

    yield "", printed(lambda: summary(model, size, device="cpu"))
    if network in BRIEF:
        yield "batch", printed(lambda: summary(model, size, batch_size=8, device="cpu"))


def fvcore(network: str, model: nn.Module, size: Example) -> Iterator[tuple[str, str]]:
    """The table of FLOPs, that of parameters, and the model with its counts."""
    from fvcore.nn import (
        ActivationCountAnalysis,
        FlopCountAnalysis,
        flop_count_str,
        flop_count_table,
        parameter_count_table,
    )

    def flops(kind: Any = FlopCountAnalysis) -> Any:
        found = kind(model, torch.zeros(1, *size))
        return found.unsupported_ops_warnings(False).uncalled_modules_warnings(False)

    yield "", flop_count_table(flops())
    if network in (*BRIEF, "resnet18"):
        yield "depth1", flop_count_table(flops(), max_depth=1, show_param_shapes=False)
        yield "model", flop_count_str(flops())
        yield "parameters", parameter_count_table(model)
    if network in BRIEF:
        yield "activations", flop_count_table(flops(), activations=flops(ActivationCountAnalysis))


def ptflops(network: str, model: nn.Module, size: Example) -> Iterator[tuple[str, str]]:
    """The model with its counts, and the totals as the README prints them."""
    from ptflops import get_model_complexity_info

    def run(backend: str, **options: Any) -> None:
        macs, params = get_model_complexity_info(
            model, size, as_strings=True, backend=backend, ost=sys.stdout, **options
        )
        print("{:<30}  {:<8}".format("Computational complexity: ", macs))  # noqa: T201
        print("{:<30}  {:<8}".format("Number of parameters: ", params))  # noqa: T201

    yield "", printed(lambda: run("pytorch", print_per_layer_stat=True))
    if network in BRIEF:
        units = {"flops_units": "MMac", "param_units": "K", "output_precision": 3}
        yield "units", printed(lambda: run("pytorch", print_per_layer_stat=True, **units))
    if network in (*BRIEF, "resnet18"):
        yield "aten", printed(lambda: run("aten", print_per_layer_stat=True))


def printed(run: Callable[[], None]) -> str:
    """What a function prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        run()
    return text.getvalue()


TOOLS: dict[str, Callable[[str, nn.Module, Example], Iterator[tuple[str, str]]]] = {
    "torchinfo": torchinfo,
    "torchsummary": torchsummary,
    "fvcore": fvcore,
    "ptflops": ptflops,
}
SKIPPED = {
    ("torchsummary", "densenet"),
    ("fvcore", "resnet50"),
    ("ptflops", "resnet50"),
    ("ptflops", "vgg16"),
    ("torchsummary", "vgg16"),
}


def write(name: str, text: str, packages: tuple[str, ...]) -> None:
    """One text, under the versions of what printed it."""
    versions = ", ".join(f"{package} {version(package).partition('+')[0]}" for package in packages)
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    (PRINTED / f"{name}.txt").write_text("\n".join([f"# {versions}", *lines, ""]), encoding="utf-8")


def main(chosen: list[str]) -> None:
    """Run the tools named, or all of them."""
    warnings.simplefilter("ignore")
    operators()
    import printed_networks

    for network, (make, size) in printed_networks.torch_networks().items():
        for tool, run in TOOLS.items():
            if (chosen and tool not in chosen) or (tool, network) in SKIPPED:
                continue
            torch.manual_seed(0)
            for way, text in run(network, make().eval(), size):
                write(".".join(filter(None, (tool, network, way))), text, (tool, "torch"))
    if not chosen or "keras" in chosen:
        for name, (make, options) in printed_networks.keras_networks().items():
            import keras

            keras.utils.clear_session()
            lines: list[str] = []
            make().summary(print_fn=lambda text, lines=lines: lines.append(text), **options)
            write(f"keras.{name}", "\n".join(lines), ("keras", "torch"))


if __name__ == "__main__":
    main(sys.argv[1:])
