"""Nothing -> those of the captured networks that Keras has layers for, in plain Keras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from keras import layers as kl


def vgg16() -> keras.Model:
    """VGG-16, configuration D."""
    x = start = keras.Input((224, 224, 3))
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            x = kl.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = kl.MaxPooling2D(2)(x)
    x = kl.Flatten()(x)
    for _ in range(2):
        x = kl.Dropout(0.5)(kl.Dense(4096, activation="relu")(x))
    return keras.Model(start, kl.Dense(1000, activation="softmax")(x))


def alexnet() -> keras.Model:
    """AlexNet as on the course slides; Keras has no local response norm, which has no parameters."""
    x = start = keras.Input((227, 227, 3))
    x = kl.MaxPooling2D(3, 2)(kl.Conv2D(96, 11, 4, activation="relu")(x))
    x = kl.MaxPooling2D(3, 2)(kl.Conv2D(256, 5, padding="same", activation="relu")(x))
    for width in (384, 384, 256):
        x = kl.Conv2D(width, 3, padding="same", activation="relu")(x)
    x = kl.Flatten()(kl.MaxPooling2D(3, 2)(x))
    for _ in range(2):
        x = kl.Dropout(0.5)(kl.Dense(4096, activation="relu")(x))
    return keras.Model(start, kl.Dense(1000, activation="softmax")(x))


def _normed(x: Any, width: int, kernel: int, stride: int = 1) -> Any:
    return kl.BatchNormalization()(kl.Conv2D(width, kernel, stride, padding="same", use_bias=False)(x))


def resnet50() -> keras.Model:
    """ResNet-50 v1.5."""
    x = start = keras.Input((224, 224, 3))
    x = kl.MaxPooling2D(3, 2, padding="same")(kl.ReLU()(_normed(x, 64, 7, 2)))
    for number, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for index in range(count):
            stride = 2 if number and not index else 1
            y = kl.ReLU()(_normed(x, width, 1))
            y = kl.ReLU()(_normed(y, width, 3, stride))
            y = _normed(y, 4 * width, 1)
            x = kl.ReLU()(kl.Add()([y, x if index else _normed(x, 4 * width, 1, stride)]))
    return keras.Model(start, kl.Dense(1000, activation="softmax")(kl.GlobalAveragePooling2D()(x)))


def mobilenet_v2() -> keras.Model:
    """MobileNet v2 at width 1."""
    x = start = keras.Input((224, 224, 3))
    x = kl.ReLU(6)(_normed(x, 32, 3, 2))
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, width, count, first in stages:
        for index in range(count):
            y = x if expansion == 1 else kl.ReLU(6)(_normed(x, expansion * x.shape[-1], 1))
            stride = 1 if index else first
            y = kl.BatchNormalization()(kl.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(y))
            y = _normed(kl.ReLU(6)(y), width, 1)
            x = kl.Add()([y, x]) if index else y
    x = kl.Dropout(0.2)(kl.GlobalAveragePooling2D()(kl.ReLU(6)(_normed(x, 1280, 1))))
    return keras.Model(start, kl.Dense(1000, activation="softmax")(x))


def small() -> keras.Model:
    """Groups, dilation, batch norm, a transposed convolution, two activations and three pools."""
    x = start = keras.Input((32, 32, 3))
    x = kl.ReLU()(kl.BatchNormalization()(kl.Conv2D(16, 3, padding="same")(x)))
    x = kl.Conv2D(32, 3, padding="same", dilation_rate=2, groups=4)(kl.MaxPooling2D(2)(x))
    x = kl.LeakyReLU()(kl.BatchNormalization(center=False, scale=False)(x))
    x = kl.ReLU()(kl.Conv2DTranspose(12, 4, 2, padding="same")(kl.AveragePooling2D(2)(x)))
    return keras.Model(start, kl.Dense(10)(kl.GlobalAveragePooling2D()(x)))


def models() -> Iterator[tuple[str, keras.Model]]:
    """Every network with its model."""
    yield from (("vgg16", vgg16()), ("resnet50_v1.5", resnet50()), ("alexnet", alexnet()))
    yield from (("mobilenet_v2", mobilenet_v2()), ("small", small()))


def capture(model: keras.Model) -> dict[str, Any]:
    """The counts that `model.summary()` prints: total, trainable and not, and those of every layer."""
    trainable = sum(int(_size(weight)) for weight in model.trainable_weights)
    layers = [
        {"name": layer.name, "class": type(layer).__name__, "params": layer.count_params()} for layer in model.layers
    ]
    total = model.count_params()
    return {"totals": {"params": total, "trainable": trainable, "non_trainable": total - trainable}, "layers": layers}


def _size(weight: Any) -> int:
    size = 1
    for length in weight.shape:
        size *= length
    return size
