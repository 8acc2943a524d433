"""What PyTorch and Keras say of small models -> models.json: every layer's output, parameters and buffers.

Run it in an environment with torch and keras, with KERAS_BACKEND=torch. The models are those in models.json.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import keras
import torch
from keras import Input, Sequential, layers
from torch import nn

FILE = Path(__file__).with_name("models.json")
NAMES = {"nn": nn, "OrderedDict": OrderedDict, "Input": Input, "Sequential": Sequential, "layers": layers}


def torch_rows(model: Any, shape: list[int]) -> list[list[Any]]:
    rows: list[list[Any]] = []

    def note(name: str) -> Any:
        def hook(module: Any, _: Any, output: Any) -> None:
            params = sum(value.numel() for value in module.parameters())
            buffers = sum(value.numel() for value in module.buffers() if value.dim())
            rows.append([name, list(output.shape[1:]), params, buffers])

        return hook

    for name, module in model.named_modules():
        if not list(module.children()):
            module.register_forward_hook(note(name))
    model.eval()(torch.zeros(1, *shape))
    return rows


def keras_rows(model: Any) -> list[list[Any]]:
    def count(weights: Any) -> int:
        return sum(int(keras.ops.size(weight)) for weight in weights)

    return [
        [layer.name, list(layer.output.shape[1:]), count(layer.trainable_weights), count(layer.non_trainable_weights)]
        for layer in model.layers
    ]


if __name__ == "__main__":
    found = json.loads(FILE.read_text(encoding="utf-8"))
    for case in found["torch"].values():
        model = eval(case["code"], NAMES)
        case.update(printed=str(model), rows=torch_rows(model, case["shape"]))
    for case in found["keras"].values():
        case["rows"] = keras_rows(eval(case["code"], NAMES))
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
