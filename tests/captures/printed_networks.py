"""Nothing -> networks for the printed summaries, in PyTorch and in Keras, written as people write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class LeNet(nn.Module):
    """Two convolutions and three matrix products; activations and pools are functions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        """The scores."""
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        x = functional.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc3(functional.relu(self.fc2(x)))


class Inception(nn.Module):
    """Four branches side by side, joined by their channels."""

    def __init__(self, source: int, ones: int, threes: tuple[int, int], fives: tuple[int, int], pooled: int) -> None:
        super().__init__()
        self.branch1 = self._conv(source, ones, 1)
        self.branch2 = nn.Sequential(self._conv(source, threes[0], 1), self._conv(threes[0], threes[1], 3))
        self.branch3 = nn.Sequential(self._conv(source, fives[0], 1), self._conv(fives[0], fives[1], 5))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), self._conv(source, pooled, 1))

    @staticmethod
    def _conv(source: int, width: int, kernel: int) -> nn.Module:
        conv = nn.Conv2d(source, width, kernel, padding=kernel // 2, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        """The maps of all branches."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


def inception() -> nn.Module:
    """A stem and two inception modules."""
    layers = [nn.Conv2d(3, 32, 7, 2, padding=3), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, padding=1)]
    layers += [Inception(32, 16, (16, 24), (4, 8), 8), Inception(56, 24, (24, 32), (8, 16), 8), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(80, 10))


class DoubleConv(nn.Module):
    """Two convolutions, each with its norm."""

    def __init__(self, source: int, width: int) -> None:
        super().__init__()
        layers = [nn.Conv2d(source, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        layers += [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        self.double_conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """One after the other."""
        return self.double_conv(x)


class UNet(nn.Module):
    """Down twice, up twice, joined by skips."""

    def __init__(self) -> None:
        super().__init__()
        self.down1 = DoubleConv(1, 8)
        self.down2 = DoubleConv(8, 16)
        self.bottom = DoubleConv(16, 32)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.right2 = DoubleConv(32, 16)
        self.up1 = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.right1 = DoubleConv(16, 8)
        self.scores = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        """A map of scores."""
        one = self.down1(x)
        two = self.down2(self.pool(one))
        x = self.up2(self.bottom(self.pool(two)))
        x = self.up1(self.right2(torch.cat([two, x], 1)))
        return self.scores(self.right1(torch.cat([one, x], 1)))


def signal() -> nn.Module:
    """A network for signals."""
    layers = [nn.Conv1d(2, 16, 7, stride=2, padding=3), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(2)]
    layers += [nn.Conv1d(16, 32, 5), nn.ReLU(), nn.AvgPool1d(2), nn.Flatten(), nn.Linear(32 * 30, 64), nn.ReLU()]
    return nn.Sequential(*layers, nn.Dropout(0.5), nn.Linear(64, 5), nn.Softmax(dim=1))


def torch_networks() -> dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]]:
    """Every network in PyTorch with the size of its input, channels first."""
    import networks
    from torchvision import models

    colour = (3, 224, 224)
    densenet = {"growth_rate": 16, "block_config": (2, 2, 2, 2), "num_init_features": 32}
    return {
        "lenet": (LeNet, (1, 32, 32)),
        "alexnet": (models.alexnet, colour),
        "vgg16": (models.vgg16, colour),
        "vgg11_bn": (models.vgg11_bn, colour),
        "resnet18": (models.resnet18, colour),
        "resnet50": (models.resnet50, colour),
        "squeezenet": (models.squeezenet1_1, colour),
        "mobilenet_v2": (models.mobilenet_v2, colour),
        "densenet": (lambda: models.DenseNet(**densenet), (3, 64, 64)),
        "inception": (inception, (3, 64, 64)),
        "unet": (UNet, (1, 64, 64)),
        "signal": (signal, (2, 256)),
        "small": (networks.small, networks.INPUTS["small"]),
        "mixed": (networks.mixed, networks.INPUTS["mixed"]),
    }


def keras_networks() -> dict[str, tuple[Callable[[], Any], dict[str, Any]]]:
    """Every network in Keras, with the arguments of its summary."""
    import keras
    import keras_networks as plain
    from keras import layers as kl

    def lenet() -> Any:
        layers = [keras.Input((32, 32, 1)), kl.Conv2D(6, 5, activation="relu"), kl.MaxPooling2D(2)]
        layers += [kl.Conv2D(16, 5, activation="relu"), kl.MaxPooling2D(2), kl.Flatten()]
        return keras.Sequential([*layers, kl.Dense(120, "relu"), kl.Dense(84, "relu"), kl.Dense(10)], name="lenet")

    def vgg16() -> Any:
        return keras.applications.VGG16(weights=None)

    def resnet50() -> Any:
        return keras.applications.ResNet50(weights=None)

    def normed(x: Any, width: int, kernel: int) -> Any:
        x = kl.Conv2D(width, kernel, padding="same", use_bias=False)(x)
        return kl.Activation("relu")(kl.BatchNormalization()(x))

    def module(x: Any, ones: int, threes: tuple[int, int], fives: tuple[int, int], pooled: int) -> Any:
        branches = [normed(x, ones, 1), normed(normed(x, threes[0], 1), threes[1], 3)]
        branches += [normed(normed(x, fives[0], 1), fives[1], 5)]
        return kl.Concatenate()([*branches, normed(kl.MaxPooling2D(3, 1, padding="same")(x), pooled, 1)])

    def inception() -> Any:
        x = start = keras.Input((64, 64, 3))
        x = kl.Conv2D(32, 7, 2, padding="same", activation="relu")(x)
        x = kl.MaxPooling2D(3, 2, padding="same")(x)
        x = module(module(x, 16, (16, 24), (4, 8), 8), 24, (24, 32), (8, 16), 8)
        x = kl.GlobalAveragePooling2D()(kl.MaxPooling2D(2)(x))
        return keras.Model(start, kl.Dense(10)(kl.Dropout(0.4)(x)))

    def double(x: Any, width: int) -> Any:
        for _ in range(2):
            x = kl.ReLU()(kl.BatchNormalization()(kl.Conv2D(width, 3, padding="same")(x)))
        return x

    def unet() -> Any:
        start = keras.Input((64, 64, 1))
        one = double(start, 8)
        two = double(kl.MaxPooling2D(2)(one), 16)
        x = kl.Conv2DTranspose(16, 2, 2)(double(kl.MaxPooling2D(2)(two), 32))
        x = kl.Conv2DTranspose(8, 2, 2)(double(kl.Concatenate()([two, x]), 16))
        return keras.Model(start, kl.Conv2D(2, 1)(double(kl.Concatenate()([one, x]), 8)))

    def signal() -> Any:
        layers = [keras.Input((256, 2)), kl.ZeroPadding1D(3), kl.Conv1D(16, 7, 2), kl.BatchNormalization(), kl.ReLU()]
        layers += [kl.MaxPooling1D(2), kl.Conv1D(32, 5, activation="relu"), kl.AveragePooling1D(2), kl.Flatten()]
        return keras.Sequential([*layers, kl.Dense(64, "relu"), kl.Dropout(0.5), kl.Dense(5, "softmax")])

    def channels_first() -> Any:
        first = {"data_format": "channels_first"}
        layers = [keras.Input((3, 20, 30)), kl.Conv2D(8, 3, padding="same", **first), kl.BatchNormalization(axis=1)]
        layers += [kl.Activation("relu"), kl.MaxPooling2D(2, **first), kl.Conv2D(16, 3, **first)]
        return keras.Sequential([*layers, kl.GlobalAveragePooling2D(**first), kl.Dense(4)])

    def nested() -> Any:
        layers = [keras.Input((32, 32, 3)), kl.Conv2D(8, 3, activation="relu"), kl.MaxPooling2D(2)]
        base = keras.Sequential([*layers, kl.Conv2D(16, 3), kl.BatchNormalization()], name="base")
        head = [kl.Flatten(), kl.Dense(20, activation="relu"), kl.Dropout(0.2), kl.Dense(3)]
        return keras.Sequential([keras.Input((32, 32, 3)), base, *head], name="nested")

    def frozen() -> Any:
        model = lenet()
        for layer in model.layers[:4]:
            layer.trainable = False
        return model

    def compiled() -> Any:
        model = lenet()
        model.compile("adam", "mse")
        model.optimizer.build(model.trainable_variables)
        return model

    wide = {"line_length": 100}
    return {
        "lenet": (lenet, {}),
        "lenet.narrow": (lenet, {"line_length": 50}),
        "lenet.frozen": (frozen, {"show_trainable": True}),
        "lenet.compiled": (compiled, {}),
        "alexnet": (plain.alexnet, {}),
        "vgg16": (vgg16, {}),
        "resnet50": (resnet50, wide),
        "mobilenet_v2": (plain.mobilenet_v2, wide),
        "small": (plain.small, {}),
        "inception": (inception, wide),
        "unet": (unet, wide),
        "signal": (signal, {}),
        "channels_first": (channels_first, {}),
        "nested": (nested, {}),
        "nested.expanded": (nested, {"expand_nested": True}),
    }
