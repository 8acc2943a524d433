"""What Keras says of networks -> keras_facts.csv: the output and the weights of every layer, trained or not.

    KERAS_BACKEND=torch python tests/foreign/keras_facts.py

Run it in an environment with keras 3 and torch. It writes the small networks below to keras/NAME.json, as Keras writes
them; `keras2_*.json`, in the words of Keras 2, are written by hand, and so are their numbers in test_keras_json.py. Of
Keras Applications there is one line each, with all weights.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

import keras
from keras import Input, Model, Sequential, layers

HERE = Path(__file__).parent
COLUMNS = ("model", "layer", "class", "output", "weights")
CONTAINERS = ("InputLayer", "Sequential", "Functional")
MADE: dict[str, Callable[[], Any]] = {}


def small(make: Callable[[], Any]) -> Callable[[], Any]:
    """Enter a network under the name of its function."""
    MADE[make.__name__] = make
    return make


@small
def straight() -> Any:
    return Sequential([
        Input((28, 28, 1)),
        layers.Conv2D(6, (5, 3), strides=2, padding="same", activation=layers.ReLU(6.0)),
        layers.BatchNormalization(scale=False),
        layers.Activation("silu"),
        layers.MaxPooling2D(3, strides=2, padding="same"),
        layers.BatchNormalization(center=False),
        layers.SpatialDropout2D(0.1),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])  # fmt: skip


@small
def branches() -> Any:
    given = Input((17, 19, 4), name="picture")
    x = layers.ZeroPadding2D(((0, 1), (1, 2)))(given)
    x = layers.SeparableConv2D(8, 3, depth_multiplier=2, name="separable")(x)
    a = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
    a = layers.LayerNormalization(center=False)(a)
    a = layers.Dense(8, activation="gelu", name="at_every_pixel")(a)
    squeezed = layers.GlobalAveragePooling2D()(a)
    squeezed = layers.Reshape((1, 1, 8))(squeezed)
    gate = layers.Conv2D(8, 1, activation="sigmoid", name="gate")(squeezed)
    a = layers.Multiply()([a, gate])
    b = layers.Conv2D(8, 3, padding="same", groups=2, dilation_rate=2, activation="leaky_relu")(x)
    b = layers.GroupNormalization(4, scale=False)(b)
    joined = layers.Concatenate(axis=3)([layers.Add()([a, b, x]), layers.Average()([a, b])])
    joined = layers.Maximum()([joined, layers.Subtract()([joined, joined])])
    x = layers.Cropping2D(((1, 0), (0, 1)))(joined)
    x = layers.Conv2DTranspose(5, 3, strides=2)(x)
    x = layers.UpSampling2D((1, 2))(x)
    x = layers.AveragePooling2D((2, 3), padding="same")(x)
    x = layers.PReLU(shared_axes=[1, 2])(x)
    return Model(given, layers.GlobalMaxPooling2D(keepdims=True)(x))


@small
def twins() -> Any:
    """Models inside, called twice; a layer called twice; two inputs, and two outputs of which one is inside."""
    left, right = Input((12, 12, 3), name="left"), Input((12, 12, 3), name="right")
    eye = Sequential([Input((12, 12, 3)), layers.Conv2D(4, 3, name="see"), layers.BatchNormalization(name="norm")])
    eye.name = "eye"
    seen = Input((10, 10, 4))
    flat = layers.Flatten(name="flat")(seen)
    heads = Model(seen, [layers.Dense(3, name="one")(flat), layers.Dense(5, name="two")(flat)], name="heads")
    (first, _), (second, more) = heads(eye(left)), heads(eye(right))
    shared = layers.Dense(3, name="shared")
    both = layers.Add(name="both")([shared(first), shared(second)])
    return Model([left, right], [both * 2.0 + first - 1.0, more])


@small
def prepared() -> Any:
    """What makes pictures ready: numbers that are stored, or constants."""
    return Sequential([
        Input((8, 8, 3)),
        layers.Rescaling(1 / 255),
        layers.Normalization(),
        layers.Normalization(mean=[0.5, 0.5, 0.5], variance=[0.1, 0.1, 0.1]),
        layers.Rescaling([0.5, 0.25, 2.0], offset=[0.0, 0.0, 1.0]),
        layers.Resizing(16, 16),
        layers.Conv2D(2, 1),
    ])  # fmt: skip


@small
def any_size() -> Any:
    return Sequential([Input((None, None, 3)), layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)])


@small
def signal() -> Any:
    return Sequential([
        Input((64, 2)),
        layers.Conv1D(4, 5, padding="causal", dilation_rate=2),
        layers.MaxPooling1D(2),
        layers.Dense(3),
    ])  # fmt: skip


def facts(model: Any, path: str = "") -> Iterator[tuple[str, str, str, int]]:
    """The name, the class, the output and the number of weights of every layer, also of those in models inside."""
    for layer in model.layers:
        kind = type(layer).__name__
        if kind in CONTAINERS:
            yield from facts(layer, f"{path}{layer.name}/") if kind != "InputLayer" else ()
            continue
        shape = "x".join("?" if size is None else str(size) for size in layer.output.shape[1:])
        yield path + layer.name, kind, shape, sum(prod(weight.shape) for weight in layer.weights)


def applications() -> Iterator[tuple[str, Any]]:
    """Every network of Keras Applications that this backend can make."""
    for name in sorted(name for name in dir(keras.applications) if name[0].isupper()):
        try:
            yield name, getattr(keras.applications, name)(weights=None)
        except ValueError as error:  # NASNetMobile with torch
            print(name, error)
        keras.backend.clear_session()


def main() -> None:
    """Write the files and the table."""
    for name, make in MADE.items():
        keras.backend.clear_session()
        (HERE / "keras" / f"{name}.json").write_text(make().to_json() + "\n", encoding="utf-8")
    with (HERE / "keras_facts.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for path in sorted(path for path in (HERE / "keras").glob("*.json") if not path.name.startswith("keras2_")):
            model = keras.models.model_from_json(path.read_text(encoding="utf-8"))
            table.writerows((path.name, *fact) for fact in facts(model))
            table.writerow((path.name, "", "", "", model.count_params()))
        for name, model in applications():
            *_, last = facts(model)
            table.writerow((name, "", "", last[2], model.count_params()))


if __name__ == "__main__":
    main()
