"""What PyTorch and Keras say of small models -> models.json: every layer's output, parameters and buffers.

Models of a few words are in models.json; those of classes and functions are the texts in code/, and code.json has
what is said of them.

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
CODE = FILE.with_name("code.json")
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
        if not list(module.children()) and not isinstance(module, nn.Sequential):
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


KERAS_ALONE = (
    ("from tensorflow import keras", "import keras"),
    ("import tensorflow as tf", "import keras"),
    ("tensorflow.keras", "keras"),
    ("tf.keras", "keras"),
    ("history = model.fit(x_train, y_train)", ""),
)
"""What makes a text one of Keras without TensorFlow."""


def made_by(name: str, make: str) -> Any:
    """The model that a text in code/ builds."""
    text = (FILE.parent / "code" / f"{name}.txt").read_text(encoding="utf-8")
    for old, new in KERAS_ALONE:
        text = text.replace(old, new)
    scope: dict[str, Any] = {"__name__": "code", "torch": torch, "nn": nn, "F": torch.nn.functional}
    exec(text, scope)
    return eval(make, scope)


def class_rows(model: Any, shape: list[int]) -> list[list[Any]]:
    """The rows of a model of Keras that is a class: its layers once it has been called."""
    inputs = keras.Input(shape)
    return keras_rows(keras.Model(inputs, model.call(inputs)))


if __name__ == "__main__":
    found = json.loads(FILE.read_text(encoding="utf-8"))
    written = json.loads(CODE.read_text(encoding="utf-8"))
    for name, case in written.items():
        model = made_by(name, case["make"])
        if name.startswith("torch"):
            case["rows"] = torch_rows(model, case["shape"])
            case["params"] = sum(value.numel() for value in model.parameters())
        else:
            case["rows"] = class_rows(model, case["shape"]) if "shape" in case else keras_rows(model)
            case["params"] = sum(row[2] + row[3] for row in case["rows"])
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(case)}" for name, case in written.items())
    CODE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    for case in found["torch"].values():
        model = eval(case["code"], NAMES)
        case.update(printed=str(model), rows=torch_rows(model, case["shape"]))
    for case in found["keras"].values():
        case["rows"] = keras_rows(eval(case["code"], NAMES))
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
