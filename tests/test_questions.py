"""Questions as they are typed: the right number in plain view, or a hint whose command prints it; never another one."""

from __future__ import annotations

import random
import re
import shlex

import pytest
from conftest import Cli

import cnncalc
from cnncalc.errors import UsageError
from tests.fuzz.questions import judged, questions, with_word

# A command, and what it prints, computed by hand. W' = (W - F + 2P)/S + 1 throughout.
ONE_LAYER = {
    # (224 - 7 + 6)/2 = 111.5
    "solve '224, k7 p3 s2'": "out = 112\n",
    "solve '64x64 image, 5x5 filter, stride 1, no padding'": "out = 60\n",
    "solve '121x121x16, 32 filters 4x4, stride 3, valid'": "out = 40x40x32\n",
    "solve '15x15x8 padded by 2'": "out = 19x19x8\n",
    "solve 'W1=227 H1=227 D1=3, K=96 F=11 S=4 P=0'": "out = 55x55x96\n",
    "solve 'n=39, f=5, s=2, p=0'": "out = 18\n",
    # 9*64*128 + 128
    "solve 'Conv2d(64, 128, 3)' parameters": "params = 73,856\n",
    "solve 'conv 64 -> 128, 3x3, params'": "params = 73,856\n",
    "solve '64 to 128 channels, 3x3, params'": "params = 73,856\n",
    "solve '96 filters 11x11x3, params'": "params = 34,944\n",
    "solve '32x32x3, ten 5x5 filters, stride 1, pad 2'": "out = 32x32x10\n",
    "solve '3x3 conv, 128 -> 128 channels, without bias, params'": "params = 147,456\n",
    "solve 'output of a 2x2 pool layer with input 32x32x16'": "out = 16x16x16\n",
    "solve 'input 32x32x16, 2x2 pool, params'": "params = 0\n",
    "solve 'macs of a 2x2 pool on 28x28x6'": "macs = 0\n",
    "solve 'how many 2x2 pools take 224 to 7'": "L = 5\n",
    "solve pool '112, k3 s2 p0, ceil'": "out = 56\n",
    "solve pool '112, k3 s2 p0'": "out = 55\n",
    "solve '32x32x16 maxpool 2/2'": "out = 16x16x16\n",
    "solve 'receptive field of 3x3, dilation 2'": "rf = 5\n",
    "solve 'output of 3x3, stride 2 on 55x55'": "out = 27\n",
    "solve '8x8x3 conv 5x5 pad 2, 4 filters, params'": "params = 304\n",
    "solve '28x28x1 conv 5x5 with 6 filters'": "out = 24x24x6\nparams = 156\n",
    "solve conv1d '16000 -> ?, K=64, F=400, S=160, C=1, params'": "out = 98x64\nparams = 25,664\n",
    "solve conv3d 'C=3 K=64 F=3 params'": "params = 5,248\n",
    "solve '16x112x112x3 -> ?, 64 filters 3x3x3 same'": "out = 16x112x112x64\n",
    "solve 'padding for same with F=5'": "P = 2\n",
    "solve 'padding for same'": "P = (F - 1)/2\n",
    "solve deconv '14 -> 28, S=2, F, P, op'": "F = 2*P - O + 2\n",
    # 25*6*28*28; 24*6*28*28
    "solve 'conv 5x5, 6 filters on 32x32x1, no padding, multiplications'": "multiplications = 117,600\n",
    "solve 'conv 5x5, 6 filters on 32x32x1, no padding, additions'": "* without the bias: 112,896\n",
    "solve '64x64 conv 7x7 stride 2 same, padding?'": "padding = 2 before, 3 after\n",
    "solve 'weights of one neuron, 5x5x3'": "weights = 75\n",
}
NETWORKS = {
    "solve vgg16 'how many parameters does fc6 have'": "fc6.params = 102,764,544\n",
    "solve vgg16 'macs of conv1_2'": "conv1_2.macs = 1,849,688,064\n",
    "solve vgg16 'what is the receptive field at pool3'": "pool3.rf = 44\n",
    "solve vgg16 'memory of conv1_1'": "conv1_1.memory = 12,845,056 bytes\n",
    "solve 'pool2 xL' 'rf >= 224'": "L >= 8\n",
    "solve '(conv3-8, pool2) xL' 'rf >= 224'": "L >= 7\n",
    "vgg16 --input 32": "another network than at its own input",
    "vgg16 --input 384 --head conv": "6x6x1000",
    "compare 'depthwise{k}p[same], conv1-N' 'conv{k}-Np[same]' --input HxWxM": "= 1/N + 1/k**2\n",
    "sweep 'conv3-8, pool2' --input 14x14x3,16x16x3,28x28x3": "3 points",
    # 1 + 2*(1 + 2 + 4 + 8) = 2^5 - 1
    "solve 'receptive field of 3x3 layers with dilations 1, 2, 4, 8'": "rf = 31\n",
}
# What is refused, the command of its hint (or what the hint says to change), and what that prints.
REFUSED = {
    # 9*128 + 128*256 of 9*128*256
    "solve 'separable 3x3, 128 -> 256, params'": (
        "solve 'depthwise3, conv1-256' params --input HxWx128 --no-bias",
        "params = 33,920\n",
    ),
    "'conv5-6p0, pool2, conv5-16p0, pool2, fc-120, fc-84, fc-10' --input 28x28": (
        "'conv5-6p0, pool2, conv5-16p0, pool2, fc-120, fc-84, fc-10' --input 28x28x1",
        "44,426",
    ),
    "solve mobilenet_v1 'params < 2M'": ("solve mobilenet_v1 'params < 2M, width by 0.25'", "1,331,592"),
    "solve 'dilated 3x3 convolutions, dilation 2^i for i = 0 .. L-1'": (
        "solve 'receptive field of 3x3 layers with dilations 1, 2, 4'",
        "rf = 15\n",
    ),
    "resnet50 --input 1x3x224x224": ("resnet50 --input 224x224x3", "25,557,032"),
    "sweep 'conv3-8' --input 100x3,200x3": ("sweep 'conv3-8' --input 1d:100x3,1d:200x3", "2 points"),
}


@pytest.mark.parametrize("command", [*ONE_LAYER, *NETWORKS])
def test_a_question_is_answered_with_the_right_number(cli: Cli, command: str) -> None:
    text = cli(*shlex.split(command), status=0).output
    assert (ONE_LAYER | NETWORKS)[command] in text
    assert not command.startswith("solve") or "\nread as: " in text


@pytest.mark.parametrize("command", REFUSED)
def test_a_question_is_refused_with_a_hint_that_leads_to_the_number(cli: Cli, command: str) -> None:
    hinted, printed = REFUSED[command]
    result = cli(*shlex.split(command))
    assert result.exit_code != 0
    assert "hint: " in result.output
    hint = result.output.partition("hint: ")[2]
    new = set(re.findall(r"[\w.:]+", hinted)) - set(re.findall(r"[\w.:]+", command))
    assert not [word for word in new if word not in hint and not word.startswith("1d:200")]
    assert printed in cli(*shlex.split(hinted), status=0).output


def test_a_transposed_convolution_that_misses_its_output_says_what_is_missing(cli: Cli) -> None:
    """(2 - 1)*2 - 2*1 + 3 = 3."""
    text = cli("solve", "deconv", "2 -> 4, F=3, S=2, P=1", status=1).output
    assert text.startswith("out = 3\n* this is 3, not 4 as stated\n")
    assert "O = 1 works" in text


def test_every_solution_of_a_doubling_deconvolution_obeys_its_law() -> None:
    answers = cnncalc.solve("deconv", "14 -> 28, S=2, F, P, op").solutions
    assert len(answers) > 10
    assert all(each["F"] == 2 * (each["P"] + 1) - each["O"] and each["O"] < 2 for each in answers)


# Other words -------------------------------------------------------------------------------------

TYPED = {
    "What is the output size of a 7x7 conv with stride 2 and padding 3 on a 224x224x3 input?": {"out": 112},
    "WHAT IS THE OUTPUT OF A 3X3 CONV, STRIDE 1, PADDING 1 ON 32X32X3?": {"out": 32},
    "what's the output of a 3x3 conv, stride 2, padding 1 on 56x56x64": {"out": 28},
    "whats the receptive field of a 3x3 conv with dilation 4": {"rf": 9},
    "How many parameters does a 3x3 conv layer with 64 filters have if the input has 3 channels?": {"params": 1792},
    "how many params in a 3x3 conv from 64 to 128 channels": {"params": 73856},
    "params of a 1x1 conv 256 -> 64 without bias": {"params": 16384},
    "no. of params of 3x3 conv 3->64": {"params": 1792},
    "#params conv 3x3 3->64": {"params": 1792},
    "3x3 conv, 3 in channels, 64 out channels, params": {"params": 1792},
    "parameters of Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False)": {"params": 9408},
    "nn.Conv2d(64, 128, 3, padding=1) params": {"params": 73856},
    'Conv2D(64, 3, padding="same") on 32x32x3, params': {"params": 1792},
    "tf.keras.layers.Conv2D(64, 3, padding='same', input_shape=(224, 224, 3))": {"out": (224, 224, 64), "params": 1792},
    "32\u00d732\u00d73, 5\u00d75 filter, stride 1, no padding": {"out": 28},
    "32 by 32 by 3 image, 5 by 5 kernel, stride 1": {"out": 28},
    "32x32 px image, 3x3": {"out": 30},
    "Input: 227x227x3. Filters: 96. Kernel: 11x11. Stride: 4.": {"out": (55, 55, 96), "params": 34944},
    "input of size 32x32x3, kernel of size 5, stride of 1, padding of 2": {"out": 32},
    "input 32 kernel 5 stride 1 padding 2": {"out": 32},
    "W:32 F:5 S:1 P:2": {"out": 32},
    "32x32, F3 S2 P1": {"out": 16},
    "224, k7 p3 s2?": {"out": 112},
    "padding: same, kernel: 3, stride: 2, input: 33": {"out": 17},
    "'same' 3x3 stride 2 on 33x33": {"out": 17},
    "zero-padding of 1, 3x3 conv on 32x32": {"out": 32},
    "pool 3x3 stride 2 on 112x112 rounded up": {"out": 56},
    "pool 3x3 stride 2 on 112x112 rounded down": {"out": 55},
    "28x28 grayscale image,\n5x5 conv,\n6 filters, params": {"params": 156},
    "32x32 RGB image, 5x5 conv, 6 filters, params": {"params": 456},
    "number of weights in a 5x5x3 filter": {"weights": 75},
    "how many weights per filter, 5x5x3": {"weights": 75},
    "params of a depthwise 3x3 conv on 128 channels": {"params": 1280},
    "depthwise conv 3x3 on 112x112x32 macs": {"macs": 3_484_800},
    "conv 2d 3x3 on 32x32": {"out": 30},
    "1d conv, length 100, kernel 5, stride 2": {"out": 48},
    "3d conv 3x3x3 on 16x32x32x1": {"out": (14, 30, 30)},
    "dense layer with 512 inputs and 10 units, params": {"params": 5130},
    "relu on 7x7x512 macs": {"macs": 0},
    "rf 3x3 dilation 2": {"rf": 5},
    "conv 3x3 input 28x28x6": {"out": 26},
    "macs of 3x3 conv on 8x8x3, K=4": {"macs": 3888},
    "8x8x3, 3x3, K=4 MACs?": {"macs": 3888},
    "Bias=false. 3x3 conv. 3 -> 64. params?": {"params": 1728},
    "additions of fc 100 -> 10 without bias": {"additions": 990},
    "additions of a 2x2 average pool on 8x8x4": {"additions": 192},
}
INVERSE = {
    "227 \u2192 55, F=11, P=0, S=?": {"S": 4},
    "which padding keeps a 3x3 conv the same size": {"P": 1},
    "what padding do I need for a 5x5 conv to keep the size": {"P": 2},
    "what kernel size gives 28 from 32 with stride 1 no padding": {"F": 5},
    "how many filters give 34,944 params with an 11x11 kernel on 227x227x3": {"K": 96},
}
NOT_READ = (
    "12 3x3 filters on 1.024x1.024x3",
    "F=2,5 on 32x32",
    "F=2.5 on 32x32",
    "stride 0,5, 3x3 on 32x32",
    "stride 1/2, 3x3 on 32x32",
    "padding \u22121, 3x3 on 32x32",
    "P=-1, F=3, W=32",
    "dilated 3x3 conv on 32x32",
    "grouped 3x3 conv 64 -> 64, params",
    "depthwise 3x3, conv 1x1",
    "32, 5, 1, 2",
    "32x32x3 into 5x5 conv with 10 filters",
    "input=true, 3x3",
    "pool2 on 7x7x64",
    "operations of 3x3 conv on 8x8x3, 4 filters",
    "memory of 3x3 conv with 4 filters on 8x8x3 in MB",
    "SeparableConv2D(64, 3) on 28x28x32",
)


@pytest.mark.parametrize("text", TYPED)
def test_other_words_for_the_same_have_the_same_number(text: str) -> None:
    assert TYPED[text] == cnncalc.solve(text).known


@pytest.mark.parametrize("text", INVERSE)
def test_what_is_asked_for_may_be_a_hyperparameter(text: str) -> None:
    assert [INVERSE[text]] == cnncalc.solve(text).solutions


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_not_in_the_grammar_or_is_two_things_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        cnncalc.solve(text)


# Thousands of questions, drawn at random ---------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_clauses_in_any_order_and_in_other_words_have_the_same_answer_or_none(seed: int) -> None:
    verdicts = {text: judged(text, quantity, layer) for text, quantity, layer in questions(500, seed)}
    assert {} == {text: each for text, each in verdicts.items() if each not in ("right", "refused")}
    assert list(verdicts.values()).count("right") > 0.8 * len(verdicts)


def test_a_word_that_is_not_understood_never_changes_a_number() -> None:
    chance = random.Random(5)
    asked = [(with_word(text, chance), quantity, layer) for text, quantity, layer in questions(800, 5)]
    verdicts = {text: judged(text, quantity, layer) for text, quantity, layer in asked}
    assert {} == {text: each for text, each in verdicts.items() if each not in ("right", "refused")}
