"""Nothing -> the captured networks in plain PyTorch, every operation a module of its own unless told.

They are written from the papers and share no code with cnncalc. Modules stand in the order in
which they run, so that the counts of a tool can be read in order.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

INPUTS = {
    "vgg16": (3, 224, 224),
    "resnet50_v1.5": (3, 224, 224),
    "alexnet": (3, 227, 227),
    "mobilenet_v2": (3, 224, 224),
    "small": (3, 32, 32),
    "mixed": (4, 24, 24),
    "functional": (3, 32, 32),
}


class Classifier(nn.Module):
    """Features, laid out flat, and a classifier: flattening is no module, as in most models."""

    def __init__(self, features: list[nn.Module], classifier: list[nn.Module]) -> None:
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(*classifier)

    def forward(self, x: Tensor) -> Tensor:
        """One after the other."""
        return self.classifier(torch.flatten(self.features(x), 1))


def vgg16() -> nn.Module:
    """VGG-16, configuration D, without the adaptive pool that torchvision puts before the classifier."""
    layers: list[nn.Module] = []
    channels = 3
    for width, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2, 2))
    return Classifier(layers, _fully_connected(7 * 7 * 512))


def _fully_connected(values: int) -> list[nn.Module]:
    first = [nn.Linear(values, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
    return [*first, nn.Linear(4096, 1000), nn.Softmax(dim=1)]


def alexnet() -> nn.Module:
    """AlexNet as on the course slides: 96 filters first, one GPU, norms behind the pools, 227 x 227."""
    layers = [nn.Conv2d(3, 96, 11, 4), nn.ReLU(), nn.MaxPool2d(3, 2), nn.LocalResponseNorm(5)]
    layers += [nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.LocalResponseNorm(5)]
    for source, width in ((256, 384), (384, 384), (384, 256)):
        layers += [nn.Conv2d(source, width, 3, padding=1), nn.ReLU()]
    return Classifier([*layers, nn.MaxPool2d(3, 2)], _fully_connected(6 * 6 * 256))


class Residual(nn.Module):
    """A body added to its input, or to a projection of it."""

    def __init__(self, body: nn.Module, projection: nn.Module | None = None) -> None:
        super().__init__()
        self.body = body
        self.projection = projection

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both paths."""
        made = self.body(x)
        return made + (x if self.projection is None else self.projection(x))


def _normed(source: int, width: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(source, width, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(width)]


def resnet50() -> nn.Module:
    """ResNet-50 v1.5, the stride in the 3x3 of a bottleneck, as torchvision has it."""
    layers = [*_normed(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for number, (width, count) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
        for index in range(count):
            stride = 2 if number and not index else 1
            body = [*_normed(channels, width, 1), nn.ReLU(), *_normed(width, width, 3, stride), nn.ReLU()]
            body += _normed(width, 4 * width, 1)
            projection = None if index else nn.Sequential(*_normed(channels, 4 * width, 1, stride))
            layers += [Residual(nn.Sequential(*body), projection), nn.ReLU()]
            channels = 4 * width
    return Classifier([*layers, nn.AdaptiveAvgPool2d(1)], [nn.Linear(2048, 1000), nn.Softmax(dim=1)])


def mobilenet_v2() -> nn.Module:
    """MobileNet v2 at width 1."""
    layers = [*_normed(3, 32, 3, 2), nn.ReLU6()]
    channels = 32
    stages = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
    for expansion, width, count, first in stages:
        for index in range(count):
            wide, stride = channels * expansion, 1 if index else first
            body = [] if expansion == 1 else [*_normed(channels, wide, 1), nn.ReLU6()]
            body += [*_normed(wide, wide, 3, stride, wide), nn.ReLU6(), *_normed(wide, width, 1)]
            layers += [Residual(nn.Sequential(*body))] if index else body
            channels = width
    layers += [*_normed(320, 1280, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1)]
    return Classifier(layers, [nn.Dropout(0.2), nn.Linear(1280, 1000), nn.Softmax(dim=1)])


def small() -> nn.Module:
    """Groups, dilation, batch norm, a transposed convolution, two activations and three pools."""
    layers = [nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(16, 32, 3, padding=2, dilation=2, groups=4), nn.BatchNorm2d(32, affine=False)]
    layers += [nn.LeakyReLU(), nn.AvgPool2d(2), nn.ConvTranspose2d(32, 12, 4, stride=2, padding=1), nn.ReLU()]
    return Classifier([*layers, nn.AdaptiveAvgPool2d(1)], [nn.Linear(12, 10)])


def mixed() -> nn.Module:
    """What the other networks lack: other norms, resampling, grouped transposed convolution, adaptive pools."""
    layers: list[nn.Module] = [
        nn.Conv2d(4, 12, (3, 5), stride=(2, 1), padding=(1, 2)),
        nn.GroupNorm(3, 12),
        nn.PReLU(12),
    ]
    layers += [nn.ConvTranspose2d(12, 18, 3, stride=2, padding=1, groups=3, bias=False), nn.InstanceNorm2d(18)]
    layers += [nn.InstanceNorm2d(18, affine=True), nn.Upsample(scale_factor=2), nn.Conv2d(18, 8, 3), nn.SiLU()]
    layers += [nn.Upsample(scale_factor=2, mode="bilinear"), nn.AdaptiveAvgPool2d(11), nn.AdaptiveMaxPool2d(4)]
    layers += [nn.LayerNorm([8, 4, 4]), nn.GELU(), nn.Conv2d(8, 6, 1, bias=False), nn.Sigmoid(), nn.ELU()]
    return Classifier(layers, [nn.Linear(96, 7, bias=False), nn.Tanh()])


class Functional(nn.Module):
    """Activations and pools that are functions: no module of theirs is there to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Two convolutions, their pools, a global pool and a classifier."""
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.avg_pool2d(functional.relu(self.conv2(x)), 2)
        x = torch.flatten(functional.adaptive_avg_pool2d(x, 1), 1)
        return functional.softmax(self.fc(x), dim=1)


NETWORKS = {
    "vgg16": vgg16,
    "resnet50_v1.5": resnet50,
    "alexnet": alexnet,
    "mobilenet_v2": mobilenet_v2,
    "small": small,
    "mixed": mixed,
    "functional": Functional,
}
