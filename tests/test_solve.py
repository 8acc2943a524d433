"""Inverse questions: each answered by one command, its answer worked out by hand beside it."""

from __future__ import annotations

import itertools
import json
import random
import shlex
from pathlib import Path
from typing import Any

import oracle
import pytest
from conftest import Cli, Golden, Write

import cnncalc
from cnncalc.analysis.quantities import NAMES, OF_A_LAYER, OF_A_NETWORK
from cnncalc.errors import SpecError
from cnncalc.solve.search import search
from cnncalc.solve.solve import solve
from cnncalc.symbolic import ceil_div, floor_div, minimum, substitute, symbol
from cnncalc.symbolic.constraint import Constraint

# (command, lines that its output must hold). W' = (W - F + 2P)/S + 1 throughout.
SINGLE_LAYERS = (
    # (7 - 3)/1 + 1 = 5; (7 - 3)/2 + 1 = 3; (7 - 3)/3 + 1 = 2.33, which does not fit
    ("solve '7 -> ?, F=3, S=1'", ["out = 5"]),
    ("solve '7 -> ?, F=3, S=2'", ["out = 3"]),
    ("solve '7 -> ?, F=3, S=3'", ["out = 2", "= 2.33; floor drops 1 pixel of the input"]),
    # (7 - 3 + 2)/1 + 1 = 7
    ("solve '7 -> ?, F=3, P=1'", ["out = 7"]),
    # W - F + 2P + 1 = W: P = (F - 1)/2 = 1, 2, 3
    ("solve F=3 keep P", ["P = 1"]),
    ("solve F=5 keep P", ["P = 2"]),
    ("solve F=7 keep P", ["P = 3"]),
    ("solve keep P", ["P = (F - 1)/2", "whole where (F - 1) % 2 == 0"]),
    # 6 = 2P + 1 has no whole P; 2 + 3 = 5 rows of zeros do
    ("explain 'conv5-6p0' conv1 --input 32x32x3", ["= (32 - 5 + 2*0)/1 + 1 = 28", "= (5*5*3)*6 + 6 = 456"]),
    ("show 'conv5-6p0, conv5-10p0' --input 32x32x3 --columns layer,output", ["28x28x6", "24x24x10"]),
    # (32 - 5 + 4) + 1 = 32; (5*5*3 + 1)*10 = 760
    ("solve '32x32x3 -> ?, K=10, F=5, P=2, params'", ["out = 32x32x10", "params = 760"]),
    # F=5, S=2: W - 5 + 2P is even where W is odd, whatever P; where W is even, 0 + 1 rows do
    ("solve W=31 F=5 S=2 P", ["any P", "where P >= 5, the outermost windows see nothing but padding"]),
    ("solve W=32 F=5 S=2 P", ["no symmetric padding works exactly; asymmetric padding (0, 1) does"]),
    ("formula convF-K/SpP --input WxWxD1 --only output,weights,biases", ["(W - F + 2*P)//S + 1", "D1*F**2*K", "= K"]),
    ("formula poolF/S --input WxWxD1 --only output,params", ["(W - F)//S + 1", "xD1", "params      = 0"]),
    # 28*28*5 = 3,920 neurons; 5*5 = 25 arrows; 3*5 - 2 = 13 arrows to real inputs
    ("show conv5-5p0 --input 32x32x3 --columns layer,neurons", ["3,920"]),
    ("show fc-5 --input 5 --no-bias --columns layer,connections", ["25"]),
    ("show conv3-1p1 --input 5x1 --no-bias --columns layer,connections", ["13"]),
    ("formula conv3-1p0 --input d1xd2xm --only output", ["(d1 - 2)x(d2 - 2)x1"]),
    ("show conv1-32 --input 28x28x192 --columns layer,output", ["28x28x32"]),
    # (63 - 7)/2 + 1 = 29
    ("solve '63x63x16 -> ?, K=32, F=7, S=2'", ["out = 29x29x32"]),
    # 15 + 2 + 2 = 19
    ("show pad2 --input 15x15x8 --columns layer,output", ["19x19x8"]),
    # (39 - 3) + 1 = 37; (37 - 5)/2 + 1 = 17; (17 - 5)/2 + 1 = 7; 7*7*40 = 1960
    (
        "show 'conv3-10p0, conv5-20/2p0, conv5-40/2p0, flatten' --input 39x39x3 --columns layer,output",
        ["37x37x10", "17x17x20", "7x7x40", "1960"],
    ),
    # (4 - 1)*2 - 2*1 + 3 + 1 = 8
    ("solve deconv '4 -> ?, k3 s2 p1 op1'", ["out = 8", "(4 - 1)*2 - 2*1 + 3 + 1 = 8"]),
    ("solve deconv '4 -> 8, k3 s2 p1, op'", ["O = 1"]),
    # (227 - 11)/S + 1 = 55: S = 216/54 = 4
    ("solve '227 -> 55, F = 11, P = 0: which S?'", ["S = 4", "(227 - 11 + 2*0)/4 + 1 = 55"]),
    # 2P = 54*4 - 213 = 3: no whole P, but 1 + 2
    ("solve '224 -> 55, F=11, S=4, P'", ["no symmetric padding works exactly; asymmetric padding (1, 2) does"]),
    # (11*11*3 + 1)*K = 364*K = 34,944: K = 96
    ("solve in=227 out=55 F=11 C=3 params=34,944 S K", ["S = 4, K = 96", "= (11*11*3)*96 + 96 = 34,944"]),
    # F = 2P + 2 at S = 2; at S = 1, F = 17 + 2P is beyond 7
    ("solve '32 -> 16, F<=7, S, P'", ["F = 2, S = 2, P = 0", "F = 4, S = 2, P = 1", "F = 6, S = 2, P = 2"]),
    # a filter that sees all of 7x7x512 is a unit: 7*7*512*4096 = 102,760,448 weights
    ("solve '7x7x512 -> 1x1x4096, F'", ["F = 7"]),
    ("solve '7x7x512 -> 1x1x4096, F=7, weights'", ["weights = 102,760,448"]),
    ("solve fc in=7x7x512 weights=102,760,448 K", ["K = 4,096"]),
    # (9*C + 1)*K = 1000
    ("solve params=1000 F=3 K", ["K = 1000/(9*C + 1)", "whole where 1000 % (9*C + 1) == 0"]),
    # 15 = 1 + 2*D: D = 7
    ("solve rf=15 F=3 D", ["D = 7"]),
)
FURTHER = (
    # 11*11*3*96 = 34,848 weights
    ("solve --no-bias in=227 out=55 F=11 C=3 params=34,848 S K", ["S = 4, K = 96", "(11*11*3)*96 = 34,848"]),
    ("solve 'which padding keeps the size for F=5?'", ["P = 2"]),
    ("solve '? -> 55, F=11, S=4'", ["W = 227\n", "W = 227 to 230 in all"]),
    # (3*3*64 + 1)*128
    ("solve '56x56x64, F=3, K=128, params'", ["params = 73,856"]),
    ("solve unet output --input 572", ["output = 388x388x2"]),
    ("solve '227 -> 55, F=11, P=0, S=4'", ["out = 55", "as stated"]),
    # 3*3*64*56*56 = 1,806,336 for each filter: 110 of them are 198,696,960
    ("solve 'in=56x56x64, F=3, P=1, macs<=200M, K'", ["K <= 110", "= 198,696,960"]),
    ("solve alexnet 'macs <= 1G' 'input >= 100'", ["input = 100 to 218"]),
    ("solve 'conv3-64 xL' 'rf >= 1000' 'L >= 480'", ["L >= 500"]),
    ("solve F=3 keep P S=2", ["P = (W + 1)/2"]),
    # 1 + 2*5 = 11, though every layer shrinks the map
    ("solve 'conv3-8p0 xL' rf=11", ["L = 5\n"]),
)
# Nothing that is said is dropped: it is used, or refused (above).
SAID = (
    # 4096*1000 weights + 1000 biases
    ("solve fc '4096 -> 1000, params'", ["params = 4,097,000"]),
    ("solve fc in=4096 out=1000 params", ["params = 4,097,000"]),
    ("solve fc '7x7x512 -> 1x1x4096, params'", ["params = 102,764,544"]),
    # d*(F - 1) + 1 is the extent of a dilated kernel
    ("solve keep P D=d", ["P = d*(F - 1)/2"]),
    ("solve keep P F=5 D=d", ["P = 2*d"]),
    # (32 - f + 2P)/s + 1 = 16
    ("solve '32 -> 16 F=f S=s P'", ["P = (f + 15*s - 32)/2"]),
    ("solve 'n -> m, F=3, S=2, P'", ["P = (2*m - n + 1)/2"]),
    ("solve 'n -> n, F=3'", ["P = 1\n"]),
    # 32 - F + 1 = 16
    ("solve '32 -> 16'", ["F = 17\n"]),
    # a pool steps by its window: 224/F = 112; and W/F = 27
    ("solve pool '224 -> 112'", ["F = 2\n"]),
    ("solve pool 'W -> 27'", ["W = 27*F"]),
    ("solve keep F=3", ["P = 1\n"]),
    ("solve 'W -> W, F=3, P'", ["P = 1\n"]),
    # a bound on what is given is checked, and asks for nothing
    ("solve '9 -> ?, F=3, P=2, P<=3'", ["out = 11\n"]),
    # P = 1 keeps 32x32: (3*3*3)*4 * 32*32 = 110,592
    ("solve keep F=3 W=32 C=3 K=4 macs", ["P = 1\n", "macs = 110,592"]),
    # 227 - F = 54*4 for F = 11: (11*11*3 + 1)*96
    ("solve '227x227x3 -> 55x55x96, S=4, params'", ["F = 11\n", "params = 34,944"]),
    ("solve '227x227x3 -> 55x55x96, S=4, F=11, K'", ["K = 96\n"]),
    # (40 - 3 + 2)/2 + 1 = 20.5 along the width; nothing is said of the height
    ("solve 'in=32x40 out=?x20, F=3, P=1, S'", ["S = 2\n"]),
    # (11*11*3)*96 + 96 at S = 4
    ("solve '227x227x3 -> 55x55x96, F=11, S, params'", ["params = 34,944", "S = 4\n"]),
    # 1 + 2L through the first stack; the pool adds 1, and doubles what each of the others adds
    (
        "solve 'conv3-C xL, pool2, conv3-C xM' 'rf >= 224' L M",
        ["L = 1, M = 55\nL = 3, M = 54\n", "2*L + 4*M + 2 >= 224"],
    ),
)
# Paddings of the kernel's size or more are no secret: (80 - 2 + 6)/4 + 1 = (80 - 4 + 8)/4 + 1 = 22.
PADDINGS = (
    (
        "solve '80 -> 22, F<=12, S=4, P<=6'",
        ["F = 2, P = 3\nF = 4, P = 4\nF = 6, P = 5\nF = 8, P = 6\n", "where P >= F"],
    ),
    # (178 - 1 + 4)/3 = 60.33
    ("solve '178 -> 61, F=1, S=3, P<=6'", ["P = 2\n", "asymmetric padding (1, 2) does"]),
    # 28 - 3 + 2P + 1 = 32
    ("solve '28 -> 32, F=3, P=?'", ["P = 3\n"]),
    # (33 - 5 + 2P)/2 + 1 = 33
    ("solve keep P S=2 F=5 W=33", ["P = 18\n"]),
    ("solve '32 -> 16, F, S, P'", ["P from 0 to 7, where P < F"]),
)
PHRASES = (
    ("solve '227 -> 55, 11x11, S'", ["S = 4\n"]),
    ("solve 'what stride takes 227 to 55 with an 11x11 kernel'", ["S = 4\n"]),
    ("solve '227 -> 55 with an 11 x 11 kernel, stride?'", ["S = 4\n"]),
    ("solve '227 -> 55 kernel 11 padding 0, stride?'", ["S = 4\n"]),
    # 15 = 1 + 2*D
    ("solve 'rf=15, 3x3, d'", ["D = 7\n"]),
    ("solve 'all (F, S, P) that take 32 to 16 exactly with F <= 7'", ["F = 2, S = 2, P = 0\nF = 4, S = 2, P = 1\n"]),
    ("solve vgg16 'which input gives 7x7 at pool5?'", ["input = 224\n"]),
    ("solve vgg16 'pool5 = 7 x 7'", ["input = 224\n"]),
    ("solve 'vgg16 pool5=7x7'", ["input = 224\n"]),
    ("solve 'vgg16: which input gives 7x7 at pool5'", ["input = 224\n"]),
    # 4,231,976 at 1; twice as wide is 14,742,120
    (
        "solve mobilenet_v1 'which width multiplier stays under 5M params?'",
        ["width = 1\n", "width = 2: params = 14,742,120"],
    ),
    ("solve mobilenet_v1 'which width multiplier by 0.25 has at most 5M params'", ["width <= 1\n"]),
    ("solve mobilenet_v1 'width by 0.25, params less than 5M'", ["width <= 1\n"]),
    # 1 + 2*L >= 224
    ("solve 'how many 3x3 layers until the receptive field covers 224?'", ["L >= 112"]),
    # (63 - 7)/2 + 1 = 29
    ("solve '63x63x16 with 32 filters 7x7 stride 2'", ["out = 29x29x32", "(63 - 7 + 2*0)/2 + 1 = 29"]),
    ("solve '63x63x16, 32 7x7/2 filters'", ["out = 29x29x32"]),
    # (5*5*3 + 1)*K = 760
    ("solve '32x32x3, 5x5 kernel, padding 2, 760 params, K'", ["K = 10\n"]),
    ("solve pad '15x15x8 -> ?, P=2'", ["out = 19x19x8"]),
    ("solve '15x15x8 -> 19, F=5, pad'", ["P = 4\n"]),
)
SIZELESS = (
    # 3*3*64*64 + 64; 36,928 = 64*(9*C + 1)
    ("solve '3x3, K=64, C=64, params'", ["params = 36,928\n"]),
    ("solve 'conv 3x3 with 64 filters, 36928 params: how many channels?'", ["C = 64\n"]),
    # K*(9*C + 1) = 1792 = 64*28 = 28*64 = 1*1792
    ("solve 'K C, 3x3, params=1792'", ["C = 3, K = 64\nC = 7, K = 28\nC = 199, K = 1\n"]),
)
STACKS = (
    # 1 + L*(k - 1)
    ("formula 'conv{k}-C p[same] xL' --only receptive_field", ["= L*(k - 1) + 1"]),
    # 1 + 2*L = 224: L = 111.5, so 112
    ("solve 'conv3-C xL' 'rf >= 224'", ["L >= 112", "2*L + 1 = 224 at L = 111.5"]),
    ("solve 'conv3-64 xL' 'rf >= 224'", ["L >= 112", "tried one by one"]),
    ("formula stack_5x5 --no-bias --only params,macs", ["= 25*C1*C2", "= 25*C1*C2*H*W"]),
    # 9*C1*C2 + 9*C2*C2, which is 18*C1*C2 where C1 = C2
    ("formula stack_3x3_twice --no-bias --only params,macs,rf", ["= 9*C1*C2 + 9*C2**2", "receptive field = 5"]),
    ("formula stack_3x3_twice --no-bias --only params,macs --assume 'C1 == C2'", ["= 18*C1**2", "= 18*C1**2*H*W"]),
    # a stride makes the field of what comes after it grow: 3 + 2*2 = 7 against 3 + 2 = 5
    ("show 'conv3-1/2, conv3-1' --input 32x32x1 --columns layer,rf", ["      3\n", "      7\n"]),
    # dilations 1, 2, 4: 1 + 2*1 + 2*2 + 2*4 = 15
    ("show 'conv3-1, conv3-1d2, conv3-1d4' --input 64x64x1 --columns layer,rf", ["     15\n"]),
    # backwards: out 1 <- 5 <- 10 <- 12, 14, 16
    ("solve 'conv3-8p0 x3, pool2, conv5-8p0' input --input HxWx3", ["input >= 16"]),
)
NETWORKS = (
    # 224/32 = 7; floors give 7 up to 255
    ("solve vgg16 'which input gives pool5=7x7'", ["input = 224\n", "input = 224 to 255 in all"]),
    # 6 <- 13 <- 27 <- 55 <- 227
    ("solve alexnet pool3=6", ["input = 227\n"]),
    # 3066*f^2 + 34,106*f + 1000 < 5,000,000 with f = 32*w: f = 35 gives 4,950,560, f = 36 gives 5,202,352
    ("solve mobilenet_v1 width by 1/32 'params < 5M'", ["width <= 1.09375\n", "width = 1.125: params = 5,202,352"]),
    # f = 32 gives 4,231,976, f = 40 gives 6,270,840: of the quarters, 1
    ("solve mobilenet_v1 'which width in steps of 0.25 stays under 5M params'", ["width <= 1\n", "by 0.25"]),
    ("solve mobilenet_v1 'width<=0.6 by 0.25' 'params > 1M'", ["width = 0.5\n", "searched: width from 0.25 to 0.5"]),
    # 32*0.05 is no number of filters; 32*0.25 and 32*0.5 are the only whole ones below 0.75
    ("solve mobilenet_v1 'width<0.75 by 0.05' 'params > 1K'", ["width = 0.25\nwidth = 0.5\n", "tried one by one"]),
    ("solve mobilenet_v1 width by .25 'params<5M'", ["width <= 1\n"]),
    # (218 - 11)//4 + 1 = 52, (219 - 11)//4 + 1 = 53: 971,223,552 and 1,006,216,992 MACs
    ("solve alexnet 'macs < 1 GMAC'", ["input = 67 to 218\n"]),
    # 5 = 160/32
    ("solve mobilenet_v1 size by 32 conv6=5x5", ["input = 160\n"]),
    ("solve unet out=388", ["input = 572\n"]),
    # 67 = 11 + 4*14: the smallest that every window fits into
    ("solve alexnet input", ["input >= 67"]),
    # (227 - 11)/4 = 54, but (224 - 11)/4 = 53.25
    ("fit alexnet --size 227", ["227x227 fits", "H = 67 + 32k"]),
    # 4097*classes + 58,281,344 = 62,378,344: classes = 1000
    ("solve alexnet classes params=62378344", ["classes = 1,000"]),
    ("solve stack_3x3_twice --input 32x32x64 --no-bias params=73728", ["C2 = 64"]),
    ("solve densenet121 growth 'params <= 5M'", ["growth <= 24"]),
)


@pytest.mark.parametrize(
    ("command", "expected"),
    SINGLE_LAYERS + FURTHER + SAID + PADDINGS + PHRASES + SIZELESS + STACKS + NETWORKS,
    ids=lambda value: str(value)[:60],
)
def test_a_question_is_answered_by_one_command(cli: Cli, command: str, expected: list[str]) -> None:
    output = cli.line(command)
    for text in expected:
        assert text in output


def test_which_of_224_and_227_fits_alexnet_and_why(cli: Cli) -> None:
    output = cli.line("fit alexnet --size 224,227", status=1)
    assert (
        "conv1 does not fit in height and width: (224 - 11)/4 + 1 = 54.25; floor drops 1 pixel of the input" in output
    )
    assert "227x227 fits" in output


# No answer, too many, too little said ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("solve F=6 keep P", "no symmetric padding works; asymmetric padding (2, 3) does"),
        ("solve unet out=389", "the closest is input = 572, which gives 388 instead of 389"),
        ("solve W=10 out=20 F=3 S", "the closest is S = 1, which gives 8 instead of 20"),
        # 32 - 3 + 1 = 30, whatever C is
        ("solve '32 -> 28, F=3, C, K=5'", "the closest is C = 1, which gives 30 instead of 28"),
        ("solve 'conv3-C xL' rf=226", "2*L + 1 = 226 at L = 112.5"),
        (
            "solve in=227 out=55 F=11 C=3 params=34,848 S K",
            "the closest is S = 4, K = 96, which gives 34,944 instead of 34,848",
        ),
        ("solve vgg16 input=224 'macs<=1G'", "input = 224: macs = 15,470,264,320"),
        # 10 - 3 + 2P + 1 = 8 + 2P: 20 at P = 6
        ("solve '10 -> 20, F=3, S=1, P<=5'", "the closest is P = 5, which gives 18 instead of 20"),
        # P = (7 - 1)/2 = 3 is beyond 2
        ("solve 'keep P F=7 P<=2'", "P would be 3"),
        (
            "solve fc in=7x7x512 weights=102.76M K",
            "the closest is K = 4,096, which gives 102,760,448 instead of 102,760,000",
        ),
    ],
)
def test_where_nothing_does_the_reason_and_the_nearest_miss_are_given(cli: Cli, command: str, expected: str) -> None:
    output = cli.line(command, status=1)
    assert output.startswith("no solution")
    assert expected in output


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("solve W=227 foo=3", "unknown word 'foo'"),
        ("solve F=11 S=4", "nothing is asked"),
        ("solve '227 -> 55, F=11, F=3'", "F is given twice: 11 and 3"),
        ("solve '227 -> 55, F=11, S=?, S=4'", "S is asked for, but also given as 4"),
        ("solve '227 -> 55, out=56, F=11, S'", "out is given twice"),
        ("solve '32 -> ?, F=9, F<=7'", "F = 9 is outside its bounds"),
        ("solve '56x56x64, C=3, F=3, K=8, params'", "C is given twice: 3 and 64"),
        ("solve '32 -> 16, F=3, 3x3, S'", "what is 3x3? the input is already given"),
        ("solve '32 -> 16, 5x3 kernel, S'", "F is one number"),
        ("solve params=1000", "this depends on"),
        ("solve '227x227x3 -> 55, out=in, F=3, params'", "this depends on P (padding), for which no value is possible"),
        ("solve vgg16 7x7", "what is 7x7?"),
        ("solve vgg16 'pool5=7 pool5=8'", "pool5 is given twice"),
        ("solve vgg16 input=224x192x3 'macs<=1G'", "input is one number here"),
        ("solve vgg16 --input 0 pool5=7", "a size must be from 1"),
        ("solve '9 -> ?, P<0'", "P cannot be below 0"),
        ("solve F=5 S=2 P", "the wanted output is missing"),
        ("solve macs=1000 F=3 P", "this depends on"),
        ("solve vgg16", "nothing is asked about 'vgg16'"),
        ("solve vgg61 pool5=7", "did you mean 'vgg16'?"),
        ("solve vgg16 pool55=7", "no layer or block of vgg16 is called 'pool55'"),
        ("solve vgg16 widht params=3", "unknown word 'widht'"),
        ("solve resnet50 rf=483", "this does not depend on input"),
        ("solve vgg16 pool5=7x7x512x3", "pool5 has 3 numbers, not 4"),
        ("solve 'W=227 $ out=55'", "'$' is not understood"),
        ("solve out=1.5 W=3 F", "'1.5' is not a whole number"),
        ("solve out=99999999999999999 W=3 F", "is not a whole number up to"),
        ("solve 'conv3-{a}, conv3-{b}' params=9 --input 8x8x3", "it depends on a and b: which is asked for?"),
        ("solve relu out=3 P", "a relu has no 'P'"),
        ("solve 'K=2C, F=3, weights=4608, C'", "'2C' is not a number"),
        ("solve deconv 'out=2in k4 s2 P'", "'2in' is not a number"),
        ("solve '32 -> 16 p=some k=3 S'", "'some' is neither a number nor a symbol"),
        ("solve 'W -> 1/W, F=2, S'", "'1/W' is not understood"),
        ("solve '4 3x3 convs rf?'", "4 layers, or one layer with 4 filters?"),
        ("solve mobilenet_v1 width by 0 'params<5M'", "the step cannot be 0"),
        ("solve mobilenet_v1 width by 1/0 'params<5M'", "the step cannot be 1/0"),
        ("solve vgg16 input by 0.5 'macs<5G'", "the step of 'input' must be a whole number, not 0.5"),
        ("solve mobilenet_v1 'width<=5M by 0.25' 'params<5M'", "'5M' is not a bound for a value in steps"),
        ("solve '227 -> 55, F by 2, S=4'", "'F' of one layer does not go in steps of 2"),
        ("solve in=2x3x4x5x6 out=3 F", "an input is a size, or height x width x channels"),
    ],
)
def test_a_question_that_cannot_be_understood_says_where_and_what(cli: Cli, command: str, expected: str) -> None:
    result = cli(*shlex.split(command))
    assert result.exit_code == (1 if "vgg61" in command else 2), result.output
    assert expected in result.output
    assert "Traceback" not in result.output


HOSTILE = (
    "__import__('os').system('touch hacked')=1",
    "W=__import__('os') out=3 F",
    "W=3 out=[].__class__ F",
    "(lambda: 0)() F=3",
    "W=3, out=9**9**9, F",
    "F=3 keep P; import os",
    "\x00\x1b[31m=3",
    "=" * 3000,
    "W=" + "9" * 1000,
    "x" * 1999,
    "",
    "   ",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_question_is_never_run(cli: Cli, text: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in ([text], ["vgg16", text], ["conv", text]):
        result = cli("solve", *words)
        assert result.exit_code in (1, 2), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "\x1b" not in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("conv in=8x8x3 K=4 F=3 G=2 out=?", "must divide the input channels (3)"),
        ("conv in=8x8x4 K<=6 F=3 G=3 params<100", "must divide the input channels (4)"),
        ("in=8 F=3 S=0 out=?", "stride must be at least 1"),
        ("in=8 F=3 K=0 out=?", "filters must be at least 1"),
        ("in=8 F=3 G=0 out=?", "groups must be at least 1"),
        ("in=0 F=3 out=?", "at least 1 number on every side"),
        ("in=8 F=3 C=0 K=4 params=?", "at least 1 channel"),
        ("in=2 F=3 out=?", "the window is larger than its input"),
        ("upsample 8 -> ?", "upsample needs its factor"),
        ("adaptiveavgpool W", "adaptiveavgpool needs its size"),
    ],
)
def test_what_is_no_layer_is_refused_in_words(question: str, message: str) -> None:
    """Fields and sizes that make no layer are a problem with its reason, never a traceback or a number."""
    with pytest.raises(SpecError) as caught:
        solve([question])
    assert message in caught.value.problems[0].message


def test_the_padding_of_a_transposed_convolution_is_found() -> None:
    """(8 - 1)*2 - 2P + 3 = 15 at P = 1."""
    assert solve(["deconv F=3 in=8 S=2 out=15 P"]).solutions == [{"P": 1}]
    assert not solve(["deconv F=3 in=8 S=2 out=16 P"])


def test_a_receptive_field_that_is_not_known_is_no_claim_that_holds() -> None:
    """The field of a transposed convolution is not known without its kernel; all kernels would else do."""
    for question in ("deconv D=1, K=4, P=1, W=16, rf=1, C=6, F<=20, S=4", "globalavgpool in=8x8x3 rf=7"):
        with pytest.raises(SpecError, match="receptive field"):
            solve([question])
    assert solve(["deconv S=4, F=3, W=20, K=8, G=2, C<=20, rf>=1, P=0"]).solutions[0] == {"C": 2}


@pytest.mark.parametrize(
    "words", ["32->15 F=3 G=2 S=?", "K<=64", "max_pool flops", "globalavgpool in=8x8x3 rf=?", "C=K out P<=3 K=4 C=3"]
)
def test_workings_need_no_more_than_was_said(cli: Cli, words: str) -> None:
    """What is neither given nor asked for stands in no working, or with a number of channels that groups divide."""
    result = cli("solve", words)
    assert isinstance(result.exception, SystemExit | None)
    assert not result.stdout.endswith("= \n")


def test_a_broken_number_is_no_general_solution() -> None:
    """32 -> 15 with F = 3 has S = 2 with a remainder; 29/14 is no stride."""
    assert solve(["32->15 F=3 G=2 C S=?"]).general == ()


# The search finds every solution, and nothing else --------------------------------------------------


def test_every_window_question_has_the_answers_that_sliding_it_has() -> None:
    """An oracle slides every window; the search must find the same F, S and P, exact and rounded."""
    chance = random.Random(5)
    for _ in range(12):
        length, wanted = chance.randint(4, 24), chance.randint(1, 12)
        answer = cnncalc.solve(f"{length} -> {wanted}, F<=7, S<=4, P<=3")
        every, exact = [], []
        for kernel, stride, side in itertools.product(range(1, 8), range(1, 5), range(4)):
            slid = oracle.slide(length, kernel, stride, (side, side), 1)
            if slid is not None and len(slid.starts) == wanted:
                every.append((kernel, stride, side))
                exact += [every[-1]] if slid.ends_exactly else []
        for expected, found in ((exact, answer.exact), (every, answer.rounded)):
            assert found is not None
            assert found.complete
            assert sorted(expected) == sorted(tuple(point[name] for name in "FSP") for point in found.points(10_000))


def test_the_search_finds_what_trying_all_finds() -> None:
    chance = random.Random(6)
    x, y = symbol("x"), symbol("y")
    for number in range(150):
        a, b, c, d = (chance.randint(1, 6) for _ in range(4))
        left = chance.choice(
            (floor_div(a * x + b, c) - d * y, a * x * y - b, minimum(x, a * y) + ceil_div(x, c), x * x - d * y * y)
        )
        relation = chance.choice(("==", ">=", "multiple of"))
        constraint = Constraint(left, relation, chance.randint(1, 9))
        found = search([constraint], {"x": (1, 12), "y": (1, 9)})
        holds = {
            "==": lambda value, right: value == right,
            ">=": lambda value, right: value >= right,
            "multiple of": lambda value, right: value % right == 0,
        }[relation]
        expected = {
            (one, two)
            for one, two in itertools.product(range(1, 13), range(1, 10))
            if holds(substitute(left, {"x": one, "y": two}), constraint.right)
        }
        assert found.complete
        assert expected == {(point["x"], point["y"]) for point in found.points(1000)}, f"{number}: {constraint}"
        assert len(expected) == found.number


def test_an_input_that_answers_gives_what_was_wanted_and_no_other_does() -> None:
    for name, layer, wanted in (("resnet18", "conv4_2", 9), ("zfnet", "pool2", 13), ("googlenet", "pool4", 8)):
        answer = cnncalc.solve(name, f"{layer}={wanted}")
        assert answer.rounded is not None
        found = {point["input"] for point in answer.rounded.points(1000)}
        for size in range(120, 330):
            output = (
                cnncalc.analyze(name, size).part(layer)[-1].output.size if size >= 223 or name != "googlenet" else ()
            )
            assert ((wanted, wanted) == output) is (size in found), size


def test_answers_as_json_and_from_python(cli: Cli) -> None:
    data = json.loads(cli.line("solve '32 -> 16, F<=7, S, P' --format json"))
    answer = cnncalc.solve("32 -> 16, F<=7, S, P")
    assert answer.solutions == data["solutions"]
    assert [{"F": 2, "S": 2, "P": 0}, {"F": 4, "S": 2, "P": 1}, {"F": 6, "S": 2, "P": 2}] == answer.solutions
    assert {"F": [1, 7], "S": [1, 8], "P": [0, 7]} == data["searched"]
    assert not cnncalc.solve("keep F=6 P")


def test_a_claim_that_no_padding_bears_out_is_answered_by_the_one_that_does(cli: Cli) -> None:
    """(224 - 11)/4 is 53.25; with 3 rows of zeros it is 54, and 3 are 1 + 2. 227 - 3 + 2P + 1 = 227 at P = 1."""
    output = cli.line("solve '224 -> 55, F = 11, S = 4'", status=1)
    assert "this is 54, not 55 as stated" in output
    assert "without padding: P = 2 to 3 works, with a remainder" in output
    assert "no symmetric padding works exactly; asymmetric padding (1, 2) does" in output
    assert "without padding: P = 1 works" in cli.line("solve '227 -> 227, F=3'", status=1)
    output = cli.line("solve '28x28x192 -> 28x28x32, F=5, params'", status=1)  # 28 - 5 + 1
    assert "this is 24, not 28 as stated" in output
    assert "without padding: P = 2 works" in output
    assert "this is W - 2, not W as stated" in cli.line("solve keep F=3 P=0", status=1)


def test_a_layer_that_refuses_what_would_solve_is_named(cli: Cli, tmp_path: Path) -> None:
    """pool3/2p1 makes 7 of 13 and 14. Twice 7 is 14, so 13 cannot meet it; a kernel of 20 does not fit on 14."""
    spec = tmp_path / "skip.yaml"
    layers = [
        "maxpool: 2\n    name: d1",
        "maxpool: {kernel: 3, stride: 2, padding: 1}\n    name: d2",
        "upsample: 2\n    name: u1",
    ]
    layers += ["{concat: , from: [d1, u1], name: join}", "conv: {filters: 3, kernel: 20}"]
    spec.write_text("input: 224x224x3\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers), encoding="utf-8")
    for words in (f"{spec} d2=7x7", f"'{spec} d2=7x7'"):
        output = cli.line(f"solve {words}", status=1)
        assert output.startswith("no solution")
        assert "input = 26 would work, but join: the inputs differ: 13x13x3 (first) and 14x14x3 (number 2)" in output
        assert "input = 29 would work, but conv1: the window is larger than its input: 20 on 14 in height" in output


def test_what_follows_is_data_and_a_number_for_all_sizes_a_solution(cli: Cli) -> None:
    assert [{"P": 3}] == cnncalc.solve("keep", "P", "F=7").solutions
    assert [{"P": 3}] == json.loads(cli.line("solve keep P F=7 --format json"))["solutions"]
    answer = cnncalc.solve("fc", "4096 -> 1000, params")
    assert {"params": 4_097_000} == answer.known
    assert {"params": 4_097_000} == json.loads(cli.line("solve fc '4096 -> 1000, params' --format json"))["known"]
    assert {"out": (29, 29, 32)} == cnncalc.solve("63x63x16 -> ?, K=32, F=7, S=2").known
    assert {"out": [29, 29, 32]} == json.loads(cli.line("solve '63x63x16 -> ?, K=32, F=7, S=2' --format json"))["known"]
    assert {"out": "W - 2"} == json.loads(cli.line("solve 'out F=3' --format json"))["known"]
    assert {"output": (388, 388, 2)} == cnncalc.solve("unet", "output", input=572).known


def test_an_answer_prints_as_what_was_found() -> None:
    answer = cnncalc.solve("227 -> 55, F=11, P=0, S=?")
    assert str(answer) == "S = 4"
    assert repr(answer) == "<Answer to '227 -> 55, F=11, P=0, S=?': S = 4>"
    assert str(cnncalc.solve("7 -> ?, F=3")) == "out = 5"
    assert str(cnncalc.solve("keep F=6 P")).startswith("no solution; P would be 5/2")


def test_none_is_never_a_success(cli: Cli) -> None:
    """11 - 54*S is no kernel, so no S gives 55 of 11; the general form does not make it an answer."""
    answer = cnncalc.solve("11 -> 55, F, S")
    assert not answer
    assert cli.line("solve '11 -> 55, F, S'", status=1).startswith("no solution")


def test_the_transcript_of_a_session(cli: Cli, golden: Golden) -> None:
    asked = (*SINGLE_LAYERS, *FURTHER, *SAID, *PADDINGS, *PHRASES, *STACKS, *NETWORKS)
    commands = [command for command, _ in asked if command.startswith("solve")]
    golden(
        "solve/transcript.txt",
        "\n".join(f"$ cnncalc {command}\n{cli.line(command)}" for command in commands),
    )


def test_the_first_of_very_many_solutions_are_listed_at_once() -> None:
    # 3*3*3*K + K = 28*K >= 1000: K = 36 is the first
    found = cnncalc.solve("params>=1000, F=3, C=3, K").solutions
    assert 10_000 == len(found)
    assert [{"K": 36}, {"K": 37}] == found[:2]


@pytest.mark.parametrize("name", [name for name, key in NAMES.items() if key in OF_A_NETWORK])
def test_solve_knows_every_name_of_every_quantity_however_it_is_spelt(name: str) -> None:
    def answers(question: str) -> list[Any]:
        return list(cnncalc.solve("conv3-8, pool2, fc-10", question, input="16x16x3").known.values())

    key = NAMES[name]
    (expected,) = answers(key)
    for spelt in (name, name.replace("_", " "), name.replace("_", "-"), name.replace("_", " ").upper()):
        assert [expected] == answers(f"what is the {spelt}")
        if key in OF_A_LAYER:
            (first,) = answers(f"{spelt} of conv1")
            assert [first] == answers(f"conv1.{spelt}") == answers(f"conv1.{key}")


def test_a_quantity_that_only_a_network_has_is_refused_for_one_layer(cli: Cli) -> None:
    error = cli.refused("solve", "32x32x3, 3x3 conv, 64 filters, peak")
    assert "peak memory is a number of a network" in error
    assert "cnncalc solve 'conv3-64' peak_memory_bytes --input 32x32x3" in error


def test_a_centre_between_two_pixels_is_a_fraction_without_brackets(cli: Cli) -> None:
    assert "conv3_1.centre = 3/2" in cli.line("solve vgg16 'centre of conv3_1'")


def test_the_input_of_one_layer_may_be_an_option(cli: Cli) -> None:
    by_option = cli.line("solve 'conv 3x3, 64 filters, output, params' --input 32x32x3")
    assert by_option == cli.line("solve 'conv 3x3, 64 filters, in=32x32x3, output, params'")
    assert [{"S": 4}] == cnncalc.solve("F=11, out=55, S=?", input=227).solutions
    for question, message in (
        ("F=11, in=224, S=?", "the input is given twice"),
        ("227 -> 55, F=11, S=?", "the question names its input itself"),
        ("how many 2x2 pools take 224 to 7", "the question names its input itself"),
    ):
        assert message in cli.refused("solve", question, "--input", "227")
    assert "is not the size of a layer's input" in cli.refused("solve", "F=11, S=?", "--input", "HxWx3")
    assert "--set belongs to a network" in cli.refused("solve", "F=11, S=?", "--set", "F=3")


def test_a_field_that_is_unknown_with_symbols_is_found_value_by_value(cli: Cli, write: Write) -> None:
    """Behind an upsampling by k, 3 units of the second convolution lie on 3 pixels' units for k = 1, on 2 for k = 2."""
    text = "input: 16x16x1\nparameters: {k: 2}\nlayers: [conv3-4, {upsample: k}, conv3-4]\n"
    text = text.replace("conv3-4", "{conv: {filters: 4, kernel: 3}}")
    assert cli.text("solve", write(text), "k, rf = 5").startswith("k = 1\n")
    assert cli.text("solve", write(text), "k, rf = 4", "k <= 9").startswith("k = 2 to 9\n")


def test_the_receptive_fields_of_symbols_have_a_limit_and_stay_right_beyond_it(cli: Cli, write: Write) -> None:
    text = "input: 8x8x1\nparameters: {k: 3}\nlayers:\n  - {conv: {filters: 1, kernel: k, padding: same}, repeat: 20}\n"
    spec = write(text)
    for limit in ("4", "10000"):
        assert cli.text("solve", spec, "k, rf = 41", "--limit", f"symbolic_fields={limit}").startswith("k = 3\n")
    field = cnncalc.analyze(spec, settings={"k": "k"}, limits={"symbolic_fields": 4}).layers[-1].receptive_field
    assert field.unknown == "more than 4 layers have symbolic ones; --limit symbolic_fields=20 allows more"


def test_solve_counts_a_network_several_times_and_so_takes_fewer_layers(cli: Cli) -> None:
    command = ("solve", "conv3-4p1 x20001", "H", "params=148", "--input", "HxWx4")
    assert "the limit is 20,000" in cli.refused(*command, status=1)
