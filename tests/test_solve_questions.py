"""Questions as people type them: answered right, or refused with a hint; never answered with another number."""

from __future__ import annotations

import itertools
import random
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Cli

import cnncalc
from cnncalc.errors import UsageError
from cnncalc.solve.grammar import GRAMMAR, TEMPLATES, overview, templates
from cnncalc.solve.question import parse_question

# (words, lines of the output, as computed by hand). W' = (W - F + 2P)/S + 1 throughout.
LAYERS = (
    # (224 - 7 + 6)/2 = 111.5
    ("224, k7 p3 s2", ["out = 112"]),
    ("64x64 image, 5x5 filter, stride 1, no padding", ["out = 60"]),
    # (121 - 4)/3 = 39
    ("121x121x16, 32 filters 4x4, stride 3, valid", ["out = 40x40x32"]),
    ("15x15x8 padded by 2", ["out = 19x19x8"]),
    ("W1=227 H1=227 D1=3, K=96 F=11 S=4 P=0", ["out = 55x55x96"]),
    ("n=39, f=5, s=2, p=0", ["out = 18"]),
    # 9*64*128 + 128
    ("Conv2d(64, 128, 3), params", ["params = 73,856"]),
    ("Conv2d(64, 128, 3)", ["params = 73,856"]),
    ("Conv2d(64, 128, (3, 3), bias=False)", ["params = 73,728"]),
    ('Conv2D(64, 3, padding="same") on 32x32x3', ["out = 32x32x64", "params = 1,792"]),
    ("nn.MaxPool2d(2, 2) on 32x32x16", ["out = 16x16x16"]),
    ("conv 64 -> 128, 3x3, params", ["params = 73,856"]),
    ("64 to 128 channels, 3x3, params", ["params = 73,856"]),
    # 121*3*96 + 96
    ("96 filters 11x11x3, params", ["params = 34,944"]),
    # 75*10 + 10
    ("32x32x3, ten 5x5 filters, stride 1, pad 2", ["out = 32x32x10", "params = 760"]),
    ("Input volume: 32x32x3, 10 5x5 filters with stride 1, pad 2. Output volume size: ?", ["out = 32x32x10"]),
    ("Input volume: 32x32x3, 10 5x5 filters, pad 2. Number of parameters in this layer?", ["params = 760"]),
    # 9*128*128
    ("3x3 conv, 128 -> 128 channels, without bias, params", ["params = 147,456"]),
    ("output of a 2x2 pool layer with input 32x32x16", ["out = 16x16x16", "maxpool 2x2/2"]),
    ("input 32x32x16, 2x2 pool, params", ["params = 0"]),
    ("macs of a 2x2 pool on 28x28x6", ["macs = 0"]),
    # 224/2/2/2/2/2
    ("how many 2x2 pools take 224 to 7", ["L = 5\n"]),
    # (112 - 3)/2 = 54.5
    ("pool 112, k3 s2 p0, ceil", ["out = 56"]),
    ("pool 112, k3 s2 p0", ["out = 55"]),
    ("32x32x16 maxpool 2/2", ["out = 16x16x16"]),
    # 1 + 2*(3 - 1)
    ("receptive field of 3x3, dilation 2", ["rf = 5"]),
    ("output of 3x3, stride 2 on 55x55", ["out = 27"]),
    # 75*4 + 4
    ("8x8x3 conv 5x5 pad 2, 4 filters, params", ["params = 304"]),
    ("28x28x1 conv 5x5 with 6 filters", ["out = 24x24x6", "params = 156"]),
    # (16000 - 400)/160 = 97.5; 400*64 + 64
    ("conv1d 16000 -> ?, K=64, F=400, S=160, C=1, params", ["out = 98x64", "params = 25,664"]),
    # 27*3*64 + 64
    ("conv3d C=3 K=64 F=3 params", ["params = 5,248"]),
    ("16x112x112x3 -> ?, 64 filters 3x3x3 same", ["out = 16x112x112x64"]),
    ("padding for same with F=5", ["P = 2\n"]),
    ("deconv 14 -> 28, S=2, F, P, op", ["F = 2, P = 0, O = 0\n", "F = 3, P = 1, O = 1\n", "F = 2*P - O + 2"]),
    # 25*6*28*28
    ("conv 5x5, 6 filters on 32x32x1, no padding, multiplications", ["multiplications = 117,600"]),
    # 24 additions for each of 6*28*28 sums, and one of a bias
    ("conv 5x5, 6 filters on 32x32x1, no padding, additions", ["additions = 117,600", "without the bias: 112,896"]),
    ("conv 5x5, 6 filters on 32x32x1, no padding, without bias, additions", ["additions = 112,896\n"]),
    # 31*2 + 7 - 64 = 5
    ("64x64 conv 7x7 stride 2 same, padding?", ["2 before, 3 after"]),
    ("weights of one neuron, 5x5x3", ["weights = 75\n", "= 76"]),
    # 28 - 5 + 1; 25*32 + 32
    ("Conv2D(32, 5, input_shape=(28, 28, 1))", ["out = 24x24x32", "params = 832"]),
    ("how many filters give 34,944 params with an 11x11 kernel on 227x227x3", ["K = 96\n"]),
    ("how many weights does a fully connected layer with 4096 inputs and 1000 outputs have", ["weights = 4,096,000"]),
    ("what is the output size of a 5x5 convolution with stride 2 on a 28x28 image", ["out = 12"]),
    ("n_H=39 n_W=39 n_c=3, f=3, n_c'=10", ["out = 37x37x10", "params = 280"]),
    ("global avg pool 7x7x2048", ["out = 1x1x2,048"]),
    ("F=2*w+1 keep P", ["P = w\n", "kernel 2*w + 1, stride 1;"]),
    # 9/3; (9 - 3)/2 + 1
    ("MaxPooling2D(3) on 9x9x4", ["out = 3x3x4"]),
    ("MaxPooling2D((3, 3), strides=2) on 9x9x4", ["out = 4x4x4"]),
    # (5 + 2 - 2)/2 = 2.5: PyTorch leaves out the window that would begin in the padding
    ("MaxPool2d(2, 2, 1, ceil_mode=True) on 5x5x3", ["out = 3x3x3"]),
    # (9 - 5 + 2) + 1; 9*3*8 + 8
    ("Conv2d(3, 8, 3, 1, 1, 2) on 9x9", ["out = 7x7x8", "params = 224"]),
    # 7*2; 9*64*32 + 32
    ("Conv2DTranspose(32, 3, strides=2, padding='same') on 7x7x64", ["out = 14x14x32", "params = 18,464"]),
    ("DepthwiseConv2D(3) on 9x9x4", ["out = 7x7x4", "params = 40"]),
    ("GlobalAveragePooling2D() on 7x7x2048", ["out = 1x1x2,048"]),
    # 25*6 + 6
    ("Conv2D(6, kernel_size=5, input_shape=(None, 32, 32, 1))", ["out = 28x28x6", "params = 156"]),
    ("out=W/2, F=4, P=1, S", ["S = 2\n"]),
    ("3 <= F <= 7, 32 -> 28", ["F = 5\n"]),
)
NETWORKS = (
    # 7*7*512*4096 + 4096
    (("vgg16", "how many parameters does fc6 have"), ["fc6.params = 102,764,544"]),
    (("vgg16", "macs of conv1_2"), ["conv1_2.macs = 1,849,688,064"]),
    (("vgg16", "what is the receptive field at pool3"), ["pool3.rf = 44"]),
    # 224*224*64*4
    (("vgg16", "memory of conv1_1"), ["= 12,845,056 bytes"]),
    (("vgg16", "fc6.params"), ["fc6.params = 102,764,544"]),
    # 2^L >= 224
    (("pool2 xL", "rf >= 224"), ["L >= 8\n"]),
    # 6*2^(L - 1) - 2 = 190 for L = 6, 382 for L = 7
    (("(conv3-8, pool2) xL", "rf >= 224"), ["L >= 7\n"]),
    # 1 + 2*3; 1 + 2*L = 7
    (("receptive field of three 3x3 layers",), ["rf = 7\n"]),
    (("how many 3x3 convs have the receptive field of one 7x7",), ["L = 3\n"]),
)
REFUSED = (
    (("separable 3x3, 128 -> 256, params",), "cnncalc solve 'depthwise3, conv1-256' params --input HxWx128"),
    (("separable 5x5, 32 -> 64, params",), "cnncalc solve 'depthwise5, conv1-64' params --input HxWx32"),
    (("Conv2D(8, 3, data_format='channels_first', input_shape=(3, 224, 224))",), "the channels come first here"),
    (("BatchNorm2d(64)",), "the argument '64' of BatchNorm2d is not understood"),
    (("Conv2d(3, 64, (3, 5))",), "a window that is not square"),
    (("3x3x64x128 params",), "is 3x3x64x128 the input, or the kernel?"),
    (("7x7 at pool5",), "cnncalc solve vgg16 '7x7 at pool5'"),
    (("frobnicate 3, 32x32x3",), "what is 'frobnicate 3'?"),
    (("output of 224x224x3 after conv 7x7/2",), "unknown word 'after'"),
    (("vgg16", "receptive field at fc6"), "its units see the whole input"),
    (("mobilenet_v1", "params < 2M"), "width by 0.25"),
    (("conv 3x3 64",), "what is 64?"),
    (("input 224,224, k7",), "or several sizes?"),
    (("two 3x3 convs rf",), "2 layers, or one layer with 2 filters?"),
    (("64 filters, 3x3x3, params",), "is 3x3x3 the input, or the kernel?"),
    (("32x32x3, 3x3, stride 2 params",), "'stride 2 params' has two meanings"),
    (("16 -> 32 3x3 s2 p1",), "is 16 -> 32 a size, or channels?"),
    (("conv 5x5",), "is 5x5 the input, or the kernel?"),
    (("32x32x3, 10 filters",), "F (kernel) is not given"),
    (("3x3 conv on 55x55 without stride",), "unknown word 'without'"),
    (("3x3 conv, stride 2 or so, 55x55",), "unknown word 'or'"),
    (("macs of conv1_2",), "no network is named"),
    (("vgg16", "how many 3x3 layers until the receptive field covers 224"), "about a stack of layers"),
)


@pytest.mark.parametrize(("words", "expected"), [((words,), expected) for words, expected in LAYERS] + [*NETWORKS])
def test_a_question_as_typed_has_the_right_number_and_its_reading(
    cli: Cli, words: tuple[str, ...], expected: list[str]
) -> None:
    output = cli.text("solve", *words)
    for text in expected:
        assert text in output
    assert "\nread as: " in output


@pytest.mark.parametrize(("words", "expected"), REFUSED)
def test_what_has_two_meanings_is_refused_with_a_hint(cli: Cli, words: tuple[str, ...], expected: str) -> None:
    output = cli("solve", *words, status=2).output
    assert expected in output
    assert "hint: " in output


def test_an_output_padding_that_is_needed_is_named(cli: Cli) -> None:
    """(2 - 1)*2 - 2 + 3 = 3."""
    output = cli.text("solve", "deconv", "2 -> 4, F=3, S=2, P=1", status=1)
    assert output.startswith("out = 3\n")
    assert "this is 3, not 4 as stated" in output
    assert "O = 1 works" in output


# The grammar ------------------------------------------------------------------------------------


def test_the_documents_list_every_sentence() -> None:
    text = (Path(__file__).resolve().parent.parent / "docs" / "questions.md").read_text(encoding="utf-8")
    assert [] == [template.form for template in TEMPLATES if f"\n* {template.examples[0]}\n" not in text]


@pytest.mark.parametrize("text", [text for each in GRAMMAR for text in each.examples])
def test_every_example_of_a_phrase_is_read(text: str) -> None:
    question = parse_question(text)
    assert question.clauses or question.asked or question.shapes or question.arrows or question.layer or question.fields


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.form)
def test_every_example_of_a_sentence_is_read_by_its_template_and_by_no_other(template: object) -> None:
    for text in template.examples:  # type: ignore[attr-defined]
        first = next(each for each, pattern in templates() if pattern.match(text))
        assert first is template
        parse_question(text)


def test_the_grammar_stands_on_one_screen_and_in_the_help(cli: Cli) -> None:
    assert len(overview().splitlines()) <= 40
    assert overview() in cli.text("solve", "--help")


def test_long_texts_are_read_in_a_moment() -> None:
    for text in (
        "and " * 499,
        "?" * 1999,
        "(" * 1999,
        "1x" * 999,
        "cover " * 330,
        "how many " * 200,
        "F=" + "(1+" * 600,
    ):
        with pytest.raises(UsageError):
            cnncalc.solve(text)


# Some hundred questions, each put in many ways --------------------------------------------------


class Layer(NamedTuple):
    """A convolution or a pool, and what it comes to by the textbook's formulas."""

    pool: bool
    side: int
    channels: int
    kernel: int
    stride: int
    padding: int
    filters: int

    @property
    def output(self) -> tuple[int, ...]:
        side = (self.side - self.kernel + 2 * self.padding) // self.stride + 1
        return (side, side, self.channels if self.pool else self.filters)

    @property
    def params(self) -> int:
        return 0 if self.pool else (self.kernel**2 * self.channels + 1) * self.filters

    @property
    def macs(self) -> int:
        return 0 if self.pool else self.kernel**2 * self.channels * self.filters * self.output[0] ** 2


def drawn(chance: random.Random) -> Layer:
    kernel = chance.randint(1, 11)
    return Layer(
        chance.random() < 0.3,
        chance.randint(kernel + 1, 256),
        chance.choice((1, 3, 16, 64)),
        kernel,
        chance.randint(1, 4),
        chance.randint(0, kernel // 2),
        chance.randint(2, 128),
    )


def clauses(layer: Layer, chance: random.Random) -> list[str]:
    """What is known of a layer, each thing in one of several ways."""
    side, kernel, stride = layer.side, layer.kernel, layer.stride
    size = f"{side}x{side}x{layer.channels}"
    kind = "pool" if layer.pool else "conv"
    ways = [
        (size, f"input {size}", f"in={size}", f"on {size}", f"a {size} input", f"W={side}, C={layer.channels}"),
        (f"{kernel}x{kernel} {kind}", f"{kind}, F={kernel}", f"{kind} k{kernel}", f"{kind} with kernel {kernel}"),
        (f"stride {stride}", f"S={stride}", f"s{stride}", f"stride of {stride}", f"with stride {stride}"),
        (f"padding {layer.padding}", f"P={layer.padding}", f"p{layer.padding}", f"pad {layer.padding}"),
    ]
    if not layer.padding:
        ways[3] = (*ways[3], "no padding", "valid")
    if not layer.pool:
        ways.append((f"{layer.filters} filters", f"K={layer.filters}", f"filters={layer.filters}"))
    return [chance.choice(way) for way in ways]


ASKED = {
    "output": ("output", "out=?", "what is the output", "output size?"),
    "params": ("params", "parameters", "how many parameters", "number of params"),
    "macs": ("macs", "macs=?", "how many macs"),
}


def test_the_order_and_the_words_of_a_question_do_not_change_its_answer() -> None:
    """The answer is that of a calculator of three lines, or a refusal."""
    chance = random.Random(8)
    answered = 0
    for _ in range(300):
        layer = drawn(chance)
        quantity = chance.choice(list(ASKED))
        parts = [*clauses(layer, chance), chance.choice(ASKED[quantity])]
        chance.shuffle(parts)
        text = chance.choice((", ", "; ", " and ", " ")).join(parts)
        try:
            known = cnncalc.solve(text).known
        except UsageError:
            continue
        answered += 1
        name = "out" if quantity == "output" else quantity
        assert known == {name: getattr(layer, quantity)}, text
    assert answered >= 220


def test_a_word_that_is_not_in_the_grammar_refuses_the_question() -> None:
    chance = random.Random(9)
    words = ("not", "roughly", "maybe", "or", "except", "twice", "layers", "each", "half of", "but", "every", "plus")
    for _ in range(150):
        layer = drawn(chance)
        parts = [*clauses(layer, chance), chance.choice(ASKED["output"])]
        text = ", ".join(parts)
        places = [match.start() for match in re.finditer(r"(?<=\s)\S", text)]
        place = chance.choice(places)
        with pytest.raises(UsageError):
            cnncalc.solve(f"{text[:place]}{chance.choice(words)} {text[place:]}")


def test_every_inverse_question_has_the_number_that_was_taken_away() -> None:
    chance = random.Random(10)
    for _ in range(60):
        layer = drawn(chance)
        given = {"F": layer.kernel, "S": layer.stride, "P": layer.padding}
        unknown = chance.choice([*given])
        known = [f"{name}={number}" for name, number in given.items() if name != unknown]
        ask = chance.choice((f"{unknown}=?", unknown, f"which {unknown}"))
        parts = [f"{layer.side} -> {layer.output[0]}", *known, ask]
        answers = []
        for order in itertools.islice(itertools.permutations(parts), 0, 24, 7):
            rounded = cnncalc.solve(", ".join(order)).rounded
            assert rounded is not None
            answers.append(rounded.points(10_000))
            assert {unknown: given[unknown]} in answers[-1], order
        assert all(found == answers[0] for found in answers)
