"""Symbolic sizes are exact: put numbers in, or read the printed formula, and plain integer arithmetic answers."""

from __future__ import annotations

import ast
import itertools
import operator
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.layers import AvgPool, Conv, DepthwiseConv, Layer, MaxPool, ReceptiveField, Shape
from cnncalc.layers.rearranging import Crop, Pad
from cnncalc.layers.receptive_field import AxisReceptiveField
from cnncalc.symbolic import (
    add_up,
    ceil_div,
    exact_div,
    floor_div,
    is_known,
    maximum,
    minimum,
    normalise,
    product,
    substitute,
    symbol,
)
from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.polynomial import expanded
from cnncalc.symbolic.printing import integer_python, latex

F, G, H, S, W = map(symbol, ["F", "G", "H", "S", "W"])

# Integer Python, walked by hand ------------------------------------------------------------------

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.Div: Fraction,
}
CALLS: dict[str, Callable[..., int]] = {"Min": min, "Max": max}


def read(text: str, values: Mapping[str, int]) -> Any:
    """What a printed formula comes to: integer arithmetic, Min and Max, and nothing else."""

    def walk(node: ast.AST) -> Any:
        match node:
            case ast.Constant(value=int() as number):
                return number
            case ast.Name(id=name):
                return values[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -walk(operand)
            case ast.BinOp(left=left, op=sign, right=right):
                return BINARY[type(sign)](walk(left), walk(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return CALLS[name](*map(walk, arguments))
        raise AssertionError(f"{ast.dump(node)} in {text!r} is not integer Python")

    return walk(ast.parse(text, mode="eval").body)


def test_the_reader_of_printed_formulas_refuses_all_but_integer_arithmetic() -> None:
    expected = -((2 * 5 + 3) // 2) + min(5, 4) * max(0, 5 - 9) + 2**3
    assert expected == read("-((2*W + 3)//2) + Min(W, 4)*Max(0, W - 9) + 2**3", {"W": 5})
    for text in ("floor(W)", "W.real", "1.5", "W if W else 1", "W % 2", "__import__('os')"):
        with pytest.raises((AssertionError, KeyError)):
            read(text, {"W": 5})


def check(expected: int, value: Any, values: Mapping[str, int], case: object) -> None:
    """One value three ways: in plain integers, by substitution, and by its printed form."""
    put_in = substitute(value, values)
    assert type(put_in) is int, case
    assert expected == put_in, f"{case}: {value} with {values}"
    assert expected == read(str(value), values), f"{case}: {value} as printed, with {values}"


# Random formulas ---------------------------------------------------------------------------------

SYMBOLS = ("H", "W", "C")


def grow(chance: random.Random, depth: int) -> Callable[[Mapping[str, Any]], Any]:
    """A random formula of `depth` levels, as a function of its symbols' values."""
    if depth == 0:
        name, number = chance.choice(SYMBOLS), chance.randint(-9, 9)
        return chance.choice([lambda at: at[name], lambda at: at[name], lambda at: number])
    one, two = grow(chance, depth - 1), grow(chance, chance.randrange(depth))
    number, divisor = chance.randint(-6, 6), chance.randint(1, 6)
    divisor_symbol = chance.choice(SYMBOLS)
    return chance.choice(
        [
            lambda at: one(at) + two(at),
            lambda at: one(at) - two(at),
            lambda at: number * one(at) + number,
            lambda at: floor_div(one(at) + number, divisor),
            lambda at: floor_div(one(at), divisor),
            lambda at: floor_div(number * one(at) + two(at), divisor),
            lambda at: floor_div(one(at), divisor * at[divisor_symbol]),
            lambda at: ceil_div(one(at), divisor),
            lambda at: minimum(one(at), two(at)),
            lambda at: maximum(one(at), two(at) + number),
        ]
    )


def test_random_formulas_come_to_what_plain_integers_do_in_every_reading() -> None:
    chance = random.Random(11)
    symbols = {name: symbol(name) for name in SYMBOLS}
    symbolic = 0
    for number in range(500):
        formula = grow(chance, chance.randint(1, 4))
        value = formula(symbols)
        symbolic += not is_known(value)
        for _ in range(4):
            values = {name: chance.choice((1, 2, 3, chance.randint(1, 300))) for name in SYMBOLS}
            check(formula(values), value, values, f"formula {number}")
    assert symbolic > 300


def test_long_chains_of_quotients_come_to_what_plain_integers_do() -> None:
    chance = random.Random(12)
    for _ in range(150):
        steps = [(chance.randint(1, 5), chance.randint(-20, 20), chance.randint(1, 7)) for _ in range(6)]
        value: Any = W
        for factor, shift, divisor in steps:
            value = floor_div(factor * value + shift, divisor)
        for width in (1, 2, chance.randint(3, 60), chance.randint(61, 10**6)):
            plain = width
            for factor, shift, divisor in steps:
                plain = (factor * plain + shift) // divisor
            check(plain, value, {"W": width}, steps)


def test_quotients_stay_exact_where_floats_would_not() -> None:
    width = 10**18 + 7
    for divisor in (2, 3, 10**9 + 7, 10**17 + 3):
        check((width + 1) // divisor, floor_div(W + 1, divisor), {"W": width}, divisor)
        check(-(-width // divisor), ceil_div(W, divisor), {"W": width}, divisor)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    a=st.integers(-50, 50),
    b=st.integers(-50, 50),
    c=st.integers(-50, 50),
    d=st.integers(1, 12),
    h=st.integers(1, 500),
    w=st.integers(1, 500),
)
def test_a_quotient_of_two_symbols_is_the_plain_quotient(a: int, b: int, c: int, d: int, h: int, w: int) -> None:
    values = {"H": h, "W": w}
    check((a * h + b * w + c) // d, floor_div(a * H + b * W + c, d), values, "floor")
    check(-(-(a * h + b * w + c) // d), ceil_div(a * H + b * W + c, d), values, "ceil")
    check((a * h + b) // (d * w), floor_div(a * H + b, d * W), values, "symbolic divisor")
    check((a * h * w + b * w + c) // w, floor_div(a * H * W + b * W + c, W), values, "divisor in the numerator")


def test_minimum_and_maximum_are_the_plain_ones_for_every_order_of_their_arguments() -> None:
    for a, b in itertools.product(range(-4, 5), repeat=2):
        assert (min(a, b), max(a, b)) == (minimum(a, b), maximum(a, b))
        for one, two in ((a * H + b, W), (W, a * H + b), (floor_div(H, 2) + a, b), (b, floor_div(H, 2) + a)):
            for values in ({"H": 1, "W": 1}, {"H": 5, "W": 2}, {"H": 2, "W": 9}):
                left, right = (substitute(part, values) for part in (one, two))
                check(min(left, right), minimum(one, two), values, (one, two))
                check(max(left, right), maximum(one, two), values, (one, two))


# The laws ----------------------------------------------------------------------------------------

CONSTANTS = (-17, -8, -3, -1, 0, 1, 2, 5, 16)
DIVISORS = (1, 2, 3, 4, 7)


def test_dividing_by_one_changes_nothing() -> None:
    for value in (H, 3 * H - 5, H * W, floor_div(H, 2), minimum(H, W)):
        assert value == floor_div(value, 1)
        assert value == ceil_div(value, 1)


def test_multiples_of_the_divisor_leave_the_quotient() -> None:
    for d, k, a in itertools.product(DIVISORS, (-3, -1, 1, 4), CONSTANTS):
        assert k * H + floor_div(W + a, d) == floor_div(d * k * H + W + a, d)
        assert k * H + a // d == floor_div(d * k * H + a, d)
    assert H + floor_div(W, S) == floor_div(S * H + W, S)
    assert G * H - 2 + floor_div(W, S) == floor_div(S * G * H + W - 2 * S, S)


def test_the_constant_left_in_a_numerator_is_at_least_zero_and_less_than_the_divisor() -> None:
    for d, a in itertools.product((2, 3, 4, 7), CONSTANTS):
        assert floor_div(H + a % d, d) + a // d == floor_div(H + a, d)
        (quotient,) = floor_div(H + a, d).atoms(FloorDiv)
        constant = quotient.args[0].as_coeff_Add()[0]
        assert 0 <= constant < d


def test_a_factor_common_to_the_numerator_and_the_divisor_cancels_and_takes_its_share_of_the_constant() -> None:
    for k, d, a in itertools.product((2, 3, 5), (2, 3, 7), CONSTANTS):
        assert floor_div(H + a // k, d) == floor_div(k * H + a, k * d)
        assert floor_div(H - 2 * W + a // k, d) == floor_div(k * H - 2 * k * W + a, k * d)
    assert floor_div(2 * H + 1, 3) != floor_div(2 * H + 2, 3)


def test_a_quotient_of_a_quotient_is_one_quotient() -> None:
    for c, d, a, b in itertools.product((2, 3, 4), (2, 3, 5), CONSTANTS, (-5, 0, 3)):
        assert floor_div(H + b + a * c, c * d) == floor_div(floor_div(H + b, c) + a, d)
    assert floor_div(H, 2 * S) == floor_div(floor_div(H, 2), S)
    assert floor_div(H, 2 * S) == floor_div(floor_div(H, S), 2)
    assert floor_div(H + 3 * S, S * G) == floor_div(floor_div(H, S) + 3, G)


def test_quotients_that_differ_for_some_number_are_not_called_equal() -> None:
    quotients = [floor_div(H + a, d) for d in (2, 3, 4, 6) for a in range(d)]
    for one, two in itertools.combinations(quotients, 2):
        alike = all(substitute(one, {"H": h}) == substitute(two, {"H": h}) for h in range(1, 30))
        assert alike == (one == two), f"{one} and {two}"


def test_linear_quotients_are_equal_expressions_just_when_they_are_equal_for_every_number() -> None:
    forms = [floor_div(k * H + a, d) for k, d, a in itertools.product(range(-3, 7), range(1, 7), range(-6, 7, 2))]
    by_values: dict[tuple[int, ...], Any] = {}
    for form in forms:
        row = tuple(substitute(form, {"H": h}) for h in range(1, 61))
        first = by_values.setdefault(row, form)
        assert first == form, f"{first} and {form} agree on 1..60"
    assert 100 < len(by_values) < len(forms)
    assert len(by_values) == len(set(forms))


def test_ceil_is_written_with_floor_and_is_minus_the_floor_of_minus() -> None:
    for d, a in itertools.product(DIVISORS, CONSTANTS):
        assert floor_div(H + a + d - 1, d) == ceil_div(H + a, d)
        for height in (1, 2, 3, 10, 225):
            check(-((-height - a) // d), ceil_div(H + a, d), {"H": height}, (d, a))
            check(-((-height - a) // d), -floor_div(-H - a, d), {"H": height}, (d, a))
        assert not ceil_div(H + a, d).atoms(sympy.floor, sympy.ceiling)


def test_equal_sizes_built_in_different_ways_are_equal() -> None:
    assert floor_div(H - 3 + 2, 2) + 1 == ceil_div(H, 2)
    assert floor_div(floor_div(H - 2, 2) + 1 - 2, 2) + 1 == floor_div(H, 4)
    assert floor_div(2 * (H + W), 4) == floor_div(W + H, 2)
    assert floor_div((H + 1) * (W + 1), 2) == floor_div(H * W + H + W + 1, 2)
    assert hash(floor_div(H + 4, 2)) == hash(floor_div(H, 2) + 2)
    assert symbol("H") is H


def test_five_halvings_print_as_one_quotient() -> None:
    expected = "(H + 31)//32"
    size: Any = H
    for kernel, padding in ((7, 3), (3, 1), (3, 1), (3, 1), (3, 1)):
        size = floor_div(size - kernel + 2 * padding, 2) + 1
    assert expected == str(size)


def test_a_floor_of_an_exact_quotient_keeps_its_terms_together() -> None:
    quotient = floor_div(exact_div(H - F, S) + 1, 2)
    for height, kernel, stride in ((5, 3, 2), (9, 3, 2), (10, 4, 3), (11, 3, 4)):
        values = {"H": height, "F": kernel, "S": stride}
        assert ((height - kernel) // stride + 1) // 2 == substitute(quotient, values)


# Types -------------------------------------------------------------------------------------------


def test_a_symbol_that_cancels_leaves_a_plain_integer() -> None:
    cancelled = (
        floor_div(2 * H + 7 - 2 * H, 2),
        floor_div(4 * H, 2 * H),
        floor_div(3 * H * W, H * W),
        ceil_div(2 * H + 1 - 2 * H, 2),
        exact_div(6 * H, 2 * H),
        exact_div(H, H),
        minimum(H - H + 2, 3),
        maximum(H - H + 2, H - H),
        normalise(maximum(H, H + 2) - H),
        add_up([H, 4, -H]),
        normalise(H - H),
        substitute(floor_div(H + W, 3), {"H": 4, "W": 5}),
    )
    expected = [3, 2, 3, 1, 3, 1, 2, 2, 2, 4, 0, 3]
    assert expected == list(cancelled)
    assert [int for _ in expected] == [type(value) for value in cancelled]


def test_a_shape_whose_symbols_cancel_holds_plain_integers() -> None:
    shape = Shape(H - H + 3, W - W + 8)
    assert Shape(3, 8) == shape
    assert [int, int] == [type(shape.channels), type(shape.size[0])]


def test_integers_stay_integers_and_are_known() -> None:
    values = (floor_div(-7, 2), ceil_div(-7, 2), exact_div(-6, 2), minimum(2, 3), product([2, 3]), product([]))
    expected = (-4, -3, -3, 2, 6, 1)
    assert expected == values
    assert all(type(value) is int for value in values)
    assert is_known(*values)
    assert not is_known(1, H)
    assert not is_known(floor_div(H, 2))


def test_an_exact_quotient_refuses_a_remainder_and_keeps_symbols_free_of_floors() -> None:
    with pytest.raises(ArithmeticError, match="7 is not a multiple of 2"):
        exact_div(7, 2)
    ratio = exact_div(H * W, G)
    assert not ratio.atoms(FloorDiv)
    values = {"H": 8, "W": 6, "G": 4}
    expected = 8 * 6 // 4
    assert expected == substitute(ratio, values)
    assert expected == read(str(ratio), values)


def test_a_substitution_of_some_symbols_leaves_the_others() -> None:
    value = floor_div(H + W + 1, 4)
    half = substitute(value, {"W": 3})
    assert floor_div(H, 4) + 1 == half
    assert substitute(half, {"H": 10}) == substitute(value, {"H": 10, "W": 3}) == 3
    assert value == substitute(value, {"C": 9})


def test_counting_with_numbers_never_imports_sympy() -> None:
    program = (
        "import sys\n"
        "from cnncalc.layers import CATALOGUE, Conv, MaxPool, Shape\n"
        "shape = Shape(3, 224, 224)\n"
        "conv = Conv(64, 3, 2, 'same')\n"
        "MaxPool(3, 2, 1, rounding='caffe').output(conv.output(shape))\n"
        "list(conv.conditions(shape)), conv.connections(shape), conv.operations(shape)\n"
        "print(Conv(64, 3).params(shape), 'sympy' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    expected = f"{64 * 3 * 3 * 3 + 64} False\n"
    assert expected == done.stdout


def test_quotients_inside_of_a_minimum_print_as_integer_python() -> None:
    text = integer_python(minimum(exact_div(H - F, S), W) + exact_div(H, S))
    assert eval(text, {"min": min}, {"H": 9, "F": 3, "S": 3, "W": 7}) == 5
    assert "/" not in text.replace("//", "")


def test_a_fraction_has_a_latex_form() -> None:
    assert latex(Fraction(3, 2)) == r"\frac{3}{2}"


# Chains of windows -------------------------------------------------------------------------------


def chain(chance: random.Random) -> list[Layer]:
    """Two to six windows with floor rounding, and now and then a pad or a crop."""
    layers: list[Layer] = []
    for _ in range(chance.randint(2, 6)):
        F, D = chance.randint(1, 7), chance.randint(1, 3)
        keys: dict[str, Any] = {
            "stride": chance.randint(1, 4),
            "dilation": D,
            "padding": chance.choice(
                [chance.randint(0, 3), [(chance.randint(0, 3), chance.randint(0, 3))], "half", "full", "valid"]
            ),
        }
        sides = [(chance.randint(0, 3), chance.randint(0, 3))]
        stride_one = Conv(1, F, 1, "same", dilation=D)  # only then is its padding the same for all widths
        windows: list[Layer] = [Conv(1, F, **keys), MaxPool(F, **keys), AvgPool(F, **keys), DepthwiseConv(F, **keys)]
        layers.append(chance.choice([*windows * 2, stride_one, Pad(sides), Crop(sides)]))
    return layers


def chains(count: int, seed: int) -> Iterator[list[Layer]]:
    chance = random.Random(seed)
    for _ in range(count):
        yield chain(chance)


def through(layers: list[Layer], width: Any) -> tuple[Any, AxisReceptiveField]:
    """The width behind the layers, and their receptive field."""
    shape, seen = Shape(1, width), ReceptiveField((AxisReceptiveField(),))
    for layer in layers:
        seen, shape = layer.receptive_field(seen, shape), layer.output(shape)
    return shape.size[0], seen.axes[0]


def test_a_chain_of_windows_is_one_window_of_size_r_jump_j_and_padding_p() -> None:
    for layers in chains(120, seed=21):
        made, seen = through(layers, W)
        R, J, P = seen.size, seen.jump, Fraction(seen.padding)
        whole = floor_div(W - R + int(2 * P), J) + 1
        assert whole == made, f"{layers}: {whole} and {made}"
        assert (int, int) == (type(R), type(J)), layers


def test_a_chain_of_windows_is_one_quotient_deep_and_comes_to_what_numbers_do() -> None:
    for layers in chains(120, seed=22):
        made, _ = through(layers, W)
        quotients = made.atoms(FloorDiv)
        assert len(quotients) <= 1, layers
        assert not any(quotient.args[0].has(FloorDiv) for quotient in quotients), layers
        for width in (1, 2, 31, 224, 1023):
            check(through(layers, width)[0], made, {"W": width}, layers)


def test_a_chain_in_which_ceil_alternates_with_floor_is_one_quotient_deep() -> None:
    chance = random.Random(23)
    for _ in range(100):
        layers: list[Layer] = []
        for _ in range(chance.randint(2, 6)):
            F, S = chance.randint(1, 5), chance.randint(1, 4)
            layers.append(MaxPool(F, S, chance.randint(0, 2), rounding=chance.choice(("floor", "ceil"))))
        made, _ = through(layers, W)
        assert not any(quotient.args[0].has(FloorDiv) for quotient in made.atoms(FloorDiv)), layers
        for width in (1, 2, 31, 224, 1023):
            check(through(layers, width)[0], made, {"W": width}, layers)


def test_counts_with_symbolic_sizes_come_to_the_counts_of_numbers() -> None:
    chance = random.Random(24)
    for rounding, padding in itertools.product(("floor", "ceil", "caffe"), (0, 1, [(2, 0)], "same", "half", "full")):
        F, stride, D = chance.randint(1, 4), chance.randint(1, 3), chance.randint(1, 2)
        keys: dict[str, Any] = {"stride": stride, "dilation": D, "rounding": rounding, "padding": padding}
        for layer in (Conv(6, F, groups=2, **keys), MaxPool(F, **keys), DepthwiseConv(F, **keys)):
            shape = Shape(4, W)
            (width,) = layer.output(shape).size
            counts = (width, layer.weights(shape), layer.macs(shape), layer.connections(shape))
            for number in (7, 8, 12, 31):
                known = Shape(4, number)
                plain = (layer.output(known).size[0], layer.weights(known), layer.macs(known), layer.connections(known))
                for expected, value in zip(plain, counts, strict=True):
                    check(expected, value, {"W": number}, f"{layer} on {number}")


def test_the_textbook_formula_comes_to_the_counts_of_every_convolution_it_stands_for() -> None:
    book = Conv.textbook()
    shape = Shape(symbol("C"), H, W)
    output = book.output(shape)
    chance = random.Random(25)
    for _ in range(60):
        g = chance.randint(1, 3)
        values = {
            "C": g * chance.randint(1, 4),
            "K": g * chance.randint(1, 4),
            "F": chance.randint(1, 5),
            "S": chance.randint(1, 3),
            "P": chance.randint(0, 3),
            "D": chance.randint(1, 2),
            "G": g,
            "H": chance.randint(9, 40),
            "W": chance.randint(9, 40),
        }
        C, K, F, stride, P, D, h, w = (values[name] for name in "CKFSPDHW")
        layer, known = Conv(K, F, stride, P, dilation=D, groups=g), Shape(C, h, w)
        symbolic = (output.channels, *output.size, book.params(shape), book.macs(shape))
        plain = layer.output(known)
        expected = (plain.channels, *plain.size, layer.params(known), layer.macs(known))
        assert expected == tuple(substitute(value, values) for value in symbolic), values
        assert expected == tuple(read(str(value), values) for value in symbolic), values


@pytest.mark.parametrize(
    "value",
    [
        (H - 2) * (W - 2) * 81 + (H - 4) * (W - 4) * 81,
        (H + F - 1) ** 3 * (W - F),
        (floor_div(H + 1, 2) + F) * (floor_div(H + 1, 2) - F) * (S + 1),
        (H - F) * (G + 1) / G,
        (H / 2 - 1) * (W / 2 + 1),
        maximum(H - F, 3) * (W - 2),
    ],
    ids=str,
)
def test_a_size_is_multiplied_out_as_sympy_does_it(value: Any) -> None:
    assert expanded(value) == value.expand()
