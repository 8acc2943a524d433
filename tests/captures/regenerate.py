"""The captured networks -> what the real tools say of them: one JSON file for every tool and network.

    pip install torch==2.13.0                 # first: the CPU build is enough, torchvision is not needed
    pip install torchinfo torchsummary fvcore ptflops thop setuptools onnx onnx-tool keras
    python tests/captures/regenerate.py [TOOL ...]

Each file holds the versions, the tool's totals, and its counts layer by layer, in the order in which
the layers run, where the tool gives them. The tests read these files and run none of the tools.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import networks
import torch
from torch import nn

HERE = Path(__file__).resolve().parent


def leaves(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The modules without modules inside, in order."""
    return ((name, part) for name, part in model.named_modules() if name and not any(part.children()))


def listed(counts: dict[str, Any], model: nn.Module) -> list[dict[str, Any]]:
    """The counts of the leaves, by name."""
    return [
        {"name": name, "class": type(part).__name__, "count": int(counts[name])}
        for name, part in leaves(model)
        if name in counts
    ]


def run_torchinfo(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
    """Mult-adds, parameters and bytes, as `summary` gives them."""
    import torchinfo

    found = torchinfo.summary(
        model, input_data=example, verbose=0, col_names=("output_size", "num_params", "mult_adds")
    )
    layers = [
        {"name": part.var_name, "class": part.class_name, "count": part.macs, "params": max(part.num_params, 0)}
        for part in found.summary_list
        if part.is_leaf_layer
    ]
    totals = {"params": found.total_params, "macs": found.total_mult_adds}
    return {"totals": totals | {"activation_bytes": found.total_output_bytes}, "layers": layers}


def run_torchsummary(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
    """Parameters and megabytes (of 2^20 bytes, to two digits), read off the printed summary."""
    from torchsummary import summary

    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        summary(model, tuple(example.shape[1:]), batch_size=1, device="cpu")
    totals: dict[str, Any] = {"params": int(re.search(r"Total params: ([0-9,]+)", text.getvalue())[1].replace(",", ""))}
    for key, title in (("input_mebibytes", "Input size"), ("activation_mebibytes", "Forward/backward pass size")):
        totals[key] = re.search(rf"{re.escape(title)} \(MB\): ([0-9.]+)", text.getvalue())[1]
    rows = re.findall(r"^ *([A-Za-z0-9]+)-[0-9]+ +\[([-0-9, ]+)\] +([0-9,]+)$", text.getvalue(), re.MULTILINE)
    layers = [{"class": kind, "params": int(count.replace(",", ""))} for kind, _, count in rows]
    return {"totals": totals, "layers": layers}


def run_fvcore(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
    """Flops by FlopCountAnalysis."""
    from fvcore.nn import FlopCountAnalysis, parameter_count

    found = FlopCountAnalysis(model, (example,)).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    totals = {"params": parameter_count(model)[""], "flops": int(found.total())}
    return {"totals": totals, "layers": listed(found.by_module(), model), "operators": dict(found.by_operator())}


def run_ptflops(backend: str) -> Callable[[nn.Module, torch.Tensor], dict[str, Any]]:
    """MACs by one of the backends; no layers, for its per-layer print leaves functions out."""

    def run(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
        from ptflops import get_model_complexity_info

        size = tuple(example.shape[1:])
        macs, params = get_model_complexity_info(
            model, size, as_strings=False, print_per_layer_stat=False, backend=backend
        )
        return {"totals": {"params": int(params), "macs": int(macs)}}

    return run


def run_thop(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
    """MACs by `profile`, with its table of layers."""
    import thop

    names = {name for name, _ in leaves(model)}
    macs, params, nested = thop.profile(model, (example,), verbose=False, ret_layer_info=True)
    counts: dict[str, float] = {}

    def collect(table: dict[str, Any], path: str) -> None:
        for name, (count, _, inner) in table.items():
            counts[path + name] = count
            collect(inner, f"{path}{name}.")

    collect(nested, "")
    totals = {"params": int(params), "macs": int(macs)}
    return {"totals": totals, "layers": listed({name: counts[name] for name in names & counts.keys()}, model)}


def run_flop_counter(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
    """FLOPs by torch.utils.flop_counter.FlopCounterMode."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(example)
    kind = type(model).__name__
    counts = {name: sum(counter.get_flop_counts().get(f"{kind}.{name}", {}).values()) for name, _ in leaves(model)}
    params = sum(part.numel() for part in model.parameters())
    return {"totals": {"params": params, "flops": int(counter.get_total_flops())}, "layers": listed(counts, model)}


def run_onnx_tool(model: nn.Module, example: torch.Tensor) -> dict[str, Any]:
    """MACs of the exported graph, batch norms left as they are."""
    import onnx_tool

    for name, buffer in model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            buffer.uniform_(0.5, 1.5)  # equal tensors would be exported once
    for part in model.modules():
        if isinstance(part, nn.BatchNorm2d) and part.affine:
            nn.init.uniform_(part.weight)
            nn.init.uniform_(part.bias)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "model.onnx")
        mode = torch.onnx.TrainingMode.PRESERVE
        torch.onnx.export(model, (example,), file, dynamo=False, training=mode, do_constant_folding=False)
        found = onnx_tool.Model(file)
        found.graph.shape_infer(None)
        found.graph.profile()
    layers = [
        {"name": name, "class": node.op_type, "count": int(node.macs[0])}
        for name, node in found.graph.nodemap.items()
        if node.op_type not in ("Constant", "Identity", "Flatten")
    ]
    return {"totals": {"params": int(found.graph.params), "macs": int(found.graph.macs[0])}, "layers": layers}


TORCH_TOOLS: dict[str, tuple[str, Callable[[nn.Module, torch.Tensor], dict[str, Any]]]] = {
    "torchinfo": ("torchinfo", run_torchinfo),
    "torchsummary": ("torchsummary", run_torchsummary),
    "fvcore": ("fvcore", run_fvcore),
    "ptflops": ("ptflops", run_ptflops("pytorch")),
    "ptflops-aten": ("ptflops", run_ptflops("aten")),
    "thop": ("thop", run_thop),
    "flop-counter-mode": ("torch", run_flop_counter),
    "onnx-tool": ("onnx-tool", run_onnx_tool),
}
SKIPPED = {("onnx-tool", "alexnet"), ("onnx-tool", "mixed")}
"""The exporter writes their norms as operators (If, InstanceNormalization ...) that onnx-tool has no shapes for."""


def write(tool: str, network: str, found: dict[str, Any], versions: dict[str, str]) -> None:
    """One capture, as a file."""
    text = {"tool": tool, "network": network, "versions": versions} | found
    lines = json.dumps(text, indent=1)
    lines = re.sub(r"\{\s+([^{}\[\]]*?)\s+\}", lambda match: "{" + re.sub(r"\s+", " ", match[1]) + "}", lines)
    (HERE / f"{tool}.{network}.json").write_text(lines + "\n", encoding="utf-8")
    sys.stdout.write(f"{tool} {network} {found['totals']}\n")


def main(chosen: list[str]) -> None:
    """Run the tools named, or all of them."""
    warnings.simplefilter("ignore")
    for tool, (package, run) in TORCH_TOOLS.items():
        for network, make in networks.NETWORKS.items():
            if (tool, network) in SKIPPED or (chosen and tool not in chosen):
                continue
            torch.manual_seed(0)
            found = run(make().eval(), torch.zeros(1, *networks.INPUTS[network]))
            write(tool, network, found, {package: version(package), "torch": torch.__version__.partition("+")[0]})
    if not chosen or "keras" in chosen:
        import keras
        import keras_networks

        for network, model in keras_networks.models():
            write("keras", network, keras_networks.capture(model), {"keras": keras.__version__})


if __name__ == "__main__":
    main(sys.argv[1:])
