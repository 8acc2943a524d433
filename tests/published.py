"""Numbers as slides and papers print them, typed by hand, and what it means that an exact value is printed so.

Nothing here comes from cnncalc: these are the tables that it has to meet.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

PRINTED = re.compile(r"(?P<whole>\d[\d,]*)(?:\.(?P<decimals>\d+))?(?P<unit>[KMG%]?)\Z")


def printed(text: str, exact: int | Fraction, *, thousand: int = 1000, zeros_count: bool = True) -> bool:
    """Whether `exact`, rounded or truncated to the digits of `text`, is `text`.

    K, M and G are powers of `thousand`, 1000 or 1024; a share before % is of 1. `zeros_count=False`
    takes the zeros that end a whole number for a blank: 802,816 is then "800K", otherwise it is not.

    >>> printed("35K", 34_848), printed("34K", 34_848), printed("34.9K", 34_848), printed("36K", 34_848)
    (True, True, False, False)
    """
    match = PRINTED.match(text)
    assert match, text
    decimals = match["decimals"] or ""
    digits = match["whole"].replace(",", "") + decimals
    blank = 0 if zeros_count or decimals else len(digits) - len(digits.rstrip("0"))
    unit = Fraction(1, 100) if match["unit"] == "%" else Fraction(thousand) ** " KMG".index(match["unit"] or " ")
    steps = Fraction(exact) / unit * Fraction(10) ** (len(decimals) - blank)
    return int(digits) // 10**blank in (math.floor(steps), math.floor(steps + Fraction(1, 2)))


# Slides, VGG-16 in detail: (layer, output, memory, weights as a product, weights printed).
VGG16_SLIDE = [
    ("conv1_1", "224x224x64", "3.2M", (3 * 3 * 3) * 64, "1,728"),
    ("conv1_2", "224x224x64", "3.2M", (3 * 3 * 64) * 64, "36,864"),
    ("pool1", "112x112x64", "800K", 0, "0"),
    ("conv2_1", "112x112x128", "1.6M", (3 * 3 * 64) * 128, "73,728"),
    ("conv2_2", "112x112x128", "1.6M", (3 * 3 * 128) * 128, "147,456"),
    ("pool2", "56x56x128", "400K", 0, "0"),
    ("conv3_1", "56x56x256", "800K", (3 * 3 * 128) * 256, "294,912"),
    ("conv3_2", "56x56x256", "800K", (3 * 3 * 256) * 256, "589,824"),
    ("conv3_3", "56x56x256", "800K", (3 * 3 * 256) * 256, "589,824"),
    ("pool3", "28x28x256", "200K", 0, "0"),
    ("conv4_1", "28x28x512", "400K", (3 * 3 * 256) * 512, "1,179,648"),
    ("conv4_2", "28x28x512", "400K", (3 * 3 * 512) * 512, "2,359,296"),
    ("conv4_3", "28x28x512", "400K", (3 * 3 * 512) * 512, "2,359,296"),
    ("pool4", "14x14x512", "100K", 0, "0"),
    ("conv5_1", "14x14x512", "100K", (3 * 3 * 512) * 512, "2,359,296"),
    ("conv5_2", "14x14x512", "100K", (3 * 3 * 512) * 512, "2,359,296"),
    ("conv5_3", "14x14x512", "100K", (3 * 3 * 512) * 512, "2,359,296"),
    ("pool5", "7x7x512", "25K", 0, "0"),
    ("fc6", "4096", "4096", 7 * 7 * 512 * 4096, "102,760,448"),
    ("fc7", "4096", "4096", 4096 * 4096, "16,777,216"),
    ("fc8", "1000", "1000", 4096 * 1000, "4,096,000"),
]

# Simonyan & Zisserman 2014, Table 2 and Table 1: (parameters, weight layers).
VGG_FAMILY = {
    "vgg11": ("133M", 11),
    "vgg11_lrn": ("133M", 11),
    "vgg13": ("133M", 13),
    "vgg16_1x1": ("134M", 16),
    "vgg16": ("138M", 16),
    "vgg19": ("144M", 19),
}

# Simonyan & Zisserman 2014, Table 1: widths, /1 behind that of a 1x1 convolution; M is a max pool, L an LRN.
VGG_CONFIGURATIONS = {
    "vgg11": "64 M 128 M 256 256 M 512 512 M 512 512 M",
    "vgg11_lrn": "64 L M 128 M 256 256 M 512 512 M 512 512 M",
    "vgg13": "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M",
    "vgg16_1x1": "64 64 M 128 128 M 256 256 256/1 M 512 512 512/1 M 512 512 512/1 M",
    "vgg16": "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
    "vgg19": "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M",
}

# Slides, AlexNet at 227x227x3: layer -> output.
ALEXNET_OUTPUTS = {
    "conv1": "55x55x96",
    "pool1": "27x27x96",
    "norm1": "27x27x96",
    "conv2": "27x27x256",
    "pool2": "13x13x256",
    "norm2": "13x13x256",
    "conv3": "13x13x384",
    "conv4": "13x13x384",
    "conv5": "13x13x256",
    "pool3": "6x6x256",
    "fc6": "4096",
    "fc7": "4096",
    "fc8": "1000",
}

# Zeiler & Fergus 2013, Figure 3, with the widths of the slides.
ZFNET_OUTPUTS = {
    "conv1": "110x110x96",
    "pool1": "55x55x96",
    "conv2": "26x26x256",
    "pool2": "13x13x256",
    "conv3": "13x13x512",
    "conv4": "13x13x1024",
    "conv5": "13x13x512",
    "pool3": "6x6x512",
    "fc6": "4096",
    "fc7": "4096",
    "fc8": "1000",
}

# LeCun et al. 1998, section II.B: (output, trainable parameters, connections).
LENET5 = {
    "C1": ("28x28x6", 156, 122_304),
    "S2": ("14x14x6", 12, 5_880),
    "C3": ("10x10x16", 1_516, 151_600),
    "S4": ("5x5x16", 32, 2_000),
    "C5": ("1x1x120", 48_120, 48_120),
    "F6": ("84", 10_164, 10_164),
    "output": ("10", 0, 840),
}

# Szegedy et al. 2014, Table 1; printed with K = 1024, and MACs in 10^6.
GOOGLENET_OUTPUTS = {
    "conv1": "112x112x64",
    "pool1": "56x56x64",
    "conv2": "56x56x192",
    "pool2": "28x28x192",
    "inception_3a": "28x28x256",
    "inception_3b": "28x28x480",
    "pool3": "14x14x480",
    "inception_4a": "14x14x512",
    "inception_4b": "14x14x512",
    "inception_4c": "14x14x512",
    "inception_4d": "14x14x528",
    "inception_4e": "14x14x832",
    "pool4": "7x7x832",
    "inception_5a": "7x7x832",
    "inception_5b": "7x7x1024",
    "pool5": "1x1x1024",
    "drop5": "1x1x1024",
    "linear": "1000",
}
# Widths of a module: 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, pool projection.
GOOGLENET_WIDTHS = {
    "inception_3a": (64, 96, 128, 16, 32, 32),
    "inception_3b": (128, 128, 192, 32, 96, 64),
    "inception_4a": (192, 96, 208, 16, 48, 64),
    "inception_4b": (160, 112, 224, 24, 64, 64),
    "inception_4c": (128, 128, 256, 24, 64, 64),
    "inception_4d": (112, 144, 288, 32, 64, 64),
    "inception_4e": (256, 160, 320, 32, 128, 128),
    "inception_5a": (256, 160, 320, 32, 128, 128),
    "inception_5b": (384, 192, 384, 48, 128, 128),
}
# (row, printed, exact in 1024 weights to a tenth)
GOOGLENET_PARAMS = [("conv2", "112K", "112.0"), ("inception_3a", "159K", "159.5"), ("linear", "1000K", "1000.0")]
GOOGLENET_PARAMS_ERRATA = [
    ("conv1", "2.7K", "9.2", "7*7*3*64 is 9,408; no reading of a 7x7 conv gives 2.7K"),
    ("inception_3b", "380K", "379.0", "off by 1K"),
    ("inception_4a", "364K", "366.8", "the widths of the row give 375,552 weights"),
    ("inception_4b", "437K", "438.0", "off by 1K"),
    ("inception_4c", "463K", "497.5", "the widths of the row give 509,440 weights"),
    ("inception_4d", "580K", "590.5", "the widths of the row give 604,672 weights"),
    ("inception_4e", "840K", "847.0", "the widths of the row give 867,328 weights"),
    ("inception_5a", "1072K", "1018.0", "printed for other widths than the row's: its ops are too large as well"),
    ("inception_5b", "1388K", "1409.0", "the widths of the row give 1,442,816 weights"),
]
# (row, printed, exact in 10^6 MACs to a tenth or a hundredth)
GOOGLENET_OPS = [
    ("conv2", "360M", "359.7"),
    ("inception_3a", "128M", "128.0"),
    ("inception_3b", "304M", "304.3"),
    ("inception_4a", "73M", "73.6"),
    ("inception_4b", "88M", "87.9"),
    ("inception_4c", "100M", "99.9"),
    ("inception_4d", "119M", "118.5"),
    ("inception_4e", "170M", "170.0"),
    ("inception_5b", "71M", "70.7"),
    ("linear", "1M", "1.02"),
]
GOOGLENET_OPS_ERRATA = [
    ("conv1", "34M", "118.0", "112*112*64*7*7*3 is 118 million multiply-adds"),
    ("inception_5a", "54M", "51.1", "printed for other widths than the row's: its params are too large as well"),
]

# He et al. 2015, Table 1, v1; (weight layers, FLOPs printed, exact MACs, parameters with batch norm).
RESNETS = {
    "resnet18": (18, "1.8G", 1_814_073_344, 11_689_512),
    "resnet34": (34, "3.6G", 3_663_761_408, 21_797_672),
    "resnet50": (50, "3.8G", 3_857_973_248, 25_557_032),
    "resnet101": (101, "7.6G", 7_570_194_432, 44_549_160),
    "resnet152": (152, "11.3G", 11_282_415_616, 60_192_808),
}
# With the stride of a bottleneck in its 3x3: exact MACs.
RESNETS_V1_5 = {
    "resnet50_v1.5": (50, 4_089_184_256, 25_557_032),
    "resnet101_v1.5": (101, 7_801_405_440, 44_549_160),
    "resnet152_v1.5": (152, 11_513_626_624, 60_192_808),
}

# Receptive fields that several independent tools agree on: network -> row -> pixels.
RECEPTIVE_FIELDS = {
    "alexnet": {
        "conv1": 11, "pool1": 19, "conv2": 51, "pool2": 67, "conv3": 99, "conv4": 131, "conv5": 163, "pool3": 195,
    },
    "vgg16": {
        "conv1_1": 3, "conv1_2": 5, "pool1": 6, "conv2_1": 10, "conv2_2": 14, "pool2": 16,
        "conv3_1": 24, "conv3_2": 32, "conv3_3": 40, "pool3": 44, "conv4_1": 60, "conv4_2": 76, "conv4_3": 92,
        "pool4": 100, "conv5_1": 132, "conv5_2": 164, "conv5_3": 196, "pool5": 212,
    },
    "vgg11": {"pool5": 150},
    "vgg13": {"pool5": 156},
    "vgg19": {"pool5": 268},
    "resnet18": {"conv2_2": 43, "conv3_2": 99, "conv4_2": 211, "conv5_2": 435},
    "resnet34": {"conv5_3": 899},
    "resnet50": {"conv5_3": 483},
    "resnet50_v1.5": {"conv2_3": 35, "conv3_4": 91, "conv4_6": 267, "conv5_3": 427},
    "resnet101": {"conv5_3": 1027},
    "resnet101_v1.5": {"conv5_3": 971},
    "resnet152": {"conv5_3": 1507},
    "resnet152_v1.5": {"conv5_3": 1451},
    "googlenet": {"inception_3a": 59, "inception_3b": 91, "inception_4e": 427, "inception_5b": 715},
}  # fmt: skip

# Goodfellow et al. 2016, Figure 9.11, at 256x256x3: layer -> output.
FIGURE_9_11 = {
    "figure_9_11_a": {
        "conv1": "256x256x64", "pool1": "64x64x64", "conv2": "64x64x64", "pool2": "16x16x64", "reshape": "16384",
        "matmul": "1000", "softmax": "1000",
    },
    "figure_9_11_b": {
        "conv1": "256x256x64", "pool1": "64x64x64", "conv2": "64x64x64", "pool2": "3x3x64", "reshape": "576",
        "matmul": "1000", "softmax": "1000",
    },
    "figure_9_11_c": {
        "conv1": "256x256x64", "pool1": "64x64x64", "conv2": "64x64x64", "pool2": "16x16x64",
        "conv3": "16x16x1000", "average": "1x1x1000", "softmax": "1x1x1000",
    },
}  # fmt: skip

# Further networks, as their papers or their best known implementations count them: (parameters, MACs or None).
FURTHER = {
    "unet": (31_030_658, None),
    "mobilenet_v1": (4_231_976, 568_740_352),
    "mobilenet_v2": (3_504_872, 300_774_272),
    "densenet121": (7_978_856, None),
    "densenet169": (14_149_480, None),
    "densenet201": (20_013_928, None),
    "squeezenet": (1_248_424, None),
}
