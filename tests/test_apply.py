"""`cnncalc apply`: every number of the output is what plain loops find, exactly, with its working."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from conftest import Cli, Golden, Write
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.cli.apply import OPERATIONS as OFFERED
from cnncalc.cli.apply import WORDS
from cnncalc.layers import Conv, Shape

SLIDE = "99 81 51 54; 93 25 73 29; 33 8 66 68; 39 68 59 31"


def plain(cli: Cli, *arguments: str, stdin: str | None = None) -> list[str]:
    """The lines of the output alone."""
    return cli.text("apply", *arguments, "--no-working", stdin=stdin).splitlines()


# The oracle: a padded list, and windows cut out of it ---------------------------------------------


def frame(rows: list[list[int]], before: int, after: int) -> list[list[int | None]]:
    """The rows with None around them."""
    width = before + len(rows[0]) + after
    blank: list[list[int | None]] = [[None] * width for _ in range(before)]
    below: list[list[int | None]] = [[None] * width for _ in range(after)]
    return [*blank, *([*[None] * before, *row, *[None] * after] for row in rows), *below]


def windows(
    rows: list[list[int]], kernel: tuple[int, int], stride: int, padding: int, dilation: int
) -> list[list[list[int | None]]]:
    """What every window holds, for every row of the output: slid until it runs over the edge."""
    padded = frame(rows, padding, padding)
    found: list[list[list[int | None]]] = []
    top = 0
    while top + dilation * (kernel[0] - 1) < len(padded):
        found.append([])
        left = 0
        while left + dilation * (kernel[1] - 1) < len(padded[0]):
            held = []
            for down in range(kernel[0]):
                for right in range(kernel[1]):
                    held.append(padded[top + dilation * down][left + dilation * right])
            found[-1].append(held)
            left += stride
        top += stride
    return found


def numbers(height: int, width: int, seed: int) -> list[list[int]]:
    """Rows without a pattern that a mistake could hide behind, some of them negative."""
    return [[(seed + 31 * row * row + 17 * column + 7 * row * column) % 23 - 9 for column in range(width)]
            for row in range(height)]  # fmt: skip


CASES = [
    (height, width, kernel, stride, padding, dilation)
    for height, width in ((1, 1), (1, 4), (3, 3), (4, 5), (5, 4))
    for kernel in ((1, 1), (1, 2), (2, 2), (3, 2), (3, 3))
    for stride in (1, 2, 3)
    for padding in (0, 1, 2)
    for dilation in (1, 2)
    if height + 2 * padding > dilation * (kernel[0] - 1) and width + 2 * padding > dilation * (kernel[1] - 1)
]


def test_correlation_is_the_sum_of_the_products_of_every_window() -> None:
    for height, width, kernel, stride, padding, dilation in CASES:
        rows, weights = numbers(height, width, 5), numbers(*kernel, 3)
        flat = [weight for row in weights for weight in row]
        expected = [
            [sum((value or 0) * weight for value, weight in zip(held, flat, strict=True)) for held in line]
            for line in windows(rows, kernel, stride, padding, dilation)
        ]
        found = cnncalc.apply("correlation", rows, weights, stride=stride, padding=padding, dilation=dilation)
        assert expected == found.output


def test_convolution_is_the_textbook_sum_of_f_of_m_times_g_of_n_minus_m() -> None:
    for height, width, kernel, _, _, _ in {(*case[:3], 0, 0, 0) for case in CASES}:
        rows, weights = numbers(height, width, 5), numbers(*kernel, 3)
        expected = [[0] * (width + kernel[1] - 1) for _ in range(height + kernel[0] - 1)]
        for row, column, down, right in product(*map(range, (height, width, *kernel))):
            expected[row + down][column + right] += rows[row][column] * weights[down][right]
        assert expected == cnncalc.apply("convolution", rows, weights, padding="full").output


def test_max_pooling_is_the_largest_number_of_every_window() -> None:
    for height, width, kernel, stride, padding, dilation in CASES:
        rows = numbers(height, width, 2)
        held = windows(rows, kernel, stride, padding, dilation)
        expected = [[max((v for v in values if v is not None), default=None) for values in line] for line in held]
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        if any(value is None for line in expected for value in line):
            with pytest.raises(cnncalc.SpecError, match="covers no number of the input"):
                cnncalc.apply("maxpool", rows, list(kernel), **options)
        else:
            assert expected == cnncalc.apply("maxpool", rows, list(kernel), **options).output


@pytest.mark.parametrize("counted", [True, False])
def test_average_pooling_is_the_exact_mean_of_every_window(counted: bool) -> None:
    for height, width, kernel, stride, padding, dilation in CASES:
        rows = numbers(height, width, 2)
        held = [
            [[value or 0 for value in values if counted or value is not None] for values in line]
            for line in windows(rows, kernel, stride, padding, dilation)
        ]
        if not all(values for line in held for values in line):
            continue
        expected = [[Fraction(sum(values), len(values)) for values in line] for line in held]
        found = cnncalc.apply(
            "avgpool", rows, list(kernel), stride=stride, padding=padding, dilation=dilation, count_padding=counted
        )
        assert expected == found.output
        assert {int, Fraction} >= {type(value) for row in found.output for value in row}


def test_padding_is_a_frame_of_zeros() -> None:
    for height, width, before, after in product((1, 2, 3), (1, 2, 3), (0, 1, 2), (0, 1, 3)):
        rows = numbers(height, width, 4)
        expected = [[value or 0 for value in row] for row in frame(rows, before, after)]
        assert expected == cnncalc.apply("pad", rows, padding=[[before, after]]).output


def test_a_vector_is_a_row_of_a_matrix() -> None:
    for length, kernel, stride, padding in product(range(1, 7), range(1, 4), (1, 2), (0, 1)):
        if length + 2 * padding < kernel:
            continue
        row, weights = numbers(1, length, 1)[0], numbers(1, kernel, 6)[0]
        held = windows([[0] * length, row, [0] * length], (1, kernel), 1, padding, 1)[1 + padding][::stride]
        expected = [
            sum((value or 0) * weight for value, weight in zip(values, weights, strict=True)) for values in held
        ]
        assert expected == cnncalc.apply("correlation", row, weights, stride=stride, padding=padding).output


# Sizes, padding in words and rounding are the engine's --------------------------------------------


@pytest.mark.parametrize("rounding", ["floor", "ceil", "caffe"])
@pytest.mark.parametrize("padding", [0, 1, "valid", "same", "half", "full"])
def test_the_size_of_the_output_is_that_of_the_layer(padding: int | str, rounding: str) -> None:
    for length, kernel, stride in product(range(3, 9), (1, 2, 3), (1, 2, 3)):
        weights = numbers(kernel, kernel, 1)
        rows = numbers(length, length + 1, 1)
        layer = Conv(1, kernel, stride, padding, rounding=rounding)
        found = cnncalc.apply("correlation", rows, weights, stride=stride, padding=padding, rounding=rounding)
        assert layer.output(Shape(1, length, length + 1)).size == found.matrix.size
        assert found.matrix.size == (len(found.output), len(found.output[0]))


def test_a_window_that_ceil_lets_run_over_the_edge_counts_only_what_is_there() -> None:
    assert [[2], [5]] == [row[:1] for row in cnncalc.apply("maxpool", [[1, 2, 0], [0, 1, 0], [5, 1, 0]], 2,
                                                           rounding="ceil").output]  # fmt: skip
    mean = cnncalc.apply("avgpool", [1, 2, 3, 4, 6], 2, rounding="ceil")
    assert [Fraction(3, 2), Fraction(7, 2), 6] == mean.output


def test_strict_rounding_refuses_what_does_not_fit() -> None:
    with pytest.raises(cnncalc.SpecError, match=r"does not fit in height: \(4 - 3\)/2 \+ 1 = 1.5"):
        cnncalc.apply("maxpool", SLIDE, 3, stride=2, rounding="strict")


def test_what_floor_drops_is_reported(cli: Cli) -> None:
    assert "floor drops 1 pixel of the input" in cli.text("apply", "maxpool", "1 2 3 4 5", "-k", "2")


# The working --------------------------------------------------------------------------------------


def test_the_slides_max_pooling(cli: Cli) -> None:
    text = cli.text("apply", "maxpool", SLIDE, "-k", "2")
    assert [[99, 73], [68, 68]] == cnncalc.apply("maxpool", SLIDE, 2).output
    assert "out[0,0] = max(99, 81, 93, 25) = 99  (rows 0 to 1, columns 0 to 1)" in text
    assert ["99  73", "68  68"] == plain(cli, "maxpool", SLIDE, "-k", "2", "-s", "2")


@pytest.mark.parametrize(
    "arguments",
    [
        ["maxpool", SLIDE, "-k", "2"],
        ["avgpool", SLIDE, "-k", "2"],
        ["avgpool", "1 2 3; 4 5 6", "-k", "1x3", "-s", "1", "-p", "same", "--no-count-padding"],
        ["convolution", "1 2; 3 4", "-k", "0 -1; 1 0.5", "-p", "full"],
        ["correlation", "1 2 3 4 5", "-k", "1 0 -1", "-d", "2"],
        ["pad", "1 -2; 3/7 4", "-p", "0,1"],
        ["maxpool", "1 2 3; 4 5 6; 7 8 9", "-k", "2", "--rounding", "ceil", "-f", "json"],
    ],
    ids=["maxpool", "avgpool", "avgpool_same", "convolution", "correlation", "pad", "json"],
)
def test_the_blackboard(cli: Cli, arguments: list[str], golden: Golden, request: Any) -> None:
    golden(f"apply/{request.node.callspec.id}.txt", cli.text("apply", *arguments))


def value_of(text: str) -> Fraction:
    """What a line of the working comes to, by a grammar of the test's own: max, sums, products, fractions."""
    text = text.strip()
    if match := re.fullmatch(r"max\((.*)\)", text):
        return max(value_of(part) for part in match[1].split(", "))
    if match := re.fullmatch(r"\((.* .*)\)/(\d+)", text):
        return value_of(match[1]) / int(match[2])
    if " + " in text:
        return sum((value_of(part) for part in text.split(" + ")), Fraction(0))
    if "*" in text:
        left, right = text.split("*")
        return value_of(left) * value_of(right)
    if match := re.fullmatch(r"\((.*)\)(?:/(\d+))?", text):
        return value_of(match[1]) / int(match[2] or 1)
    upper, _, lower = text.partition("/")
    return Fraction(upper) / Fraction(lower or 1)


SMALL = st.one_of(
    st.integers(-99, 99), st.fractions(-9, 9, max_denominator=12), st.decimals(-9, 9, places=2).map(Fraction)
)


@given(st.sampled_from(OFFERED[:4]), st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=2, max_size=4),
       st.lists(SMALL, min_size=4, max_size=4), st.booleans())  # fmt: skip
def test_every_stage_of_a_working_comes_to_the_number_in_the_output(
    operation: str, rows: list[list[Fraction]], weights: list[Fraction], padded: bool
) -> None:
    kernel = [weights[:2], weights[2:]] if operation in OFFERED[:2] else 2
    applied = cnncalc.apply(operation, rows, kernel, stride=1, padding=int(padded))
    from cnncalc.report.views.apply import grid

    data = json.loads(applied.render("json"))
    flat = [value for row in applied.output for value in row]
    assert flat == [Fraction(cell["value"]) for cell in data["cells"]]
    for cell, value in zip(data["cells"], flat, strict=True):
        stages, _, rough = cell["working"].partition(" ~= ")
        assert {value} == {value_of(stage) for stage in stages.split(" = ")}
        assert not rough or abs(Fraction(rough) - value) <= Fraction(1, 2000)
    assert applied.output == cnncalc.apply("pad", "\n".join(grid(applied.matrix)), padding=0).output


def test_an_output_can_be_read_again(cli: Cli) -> None:
    assert ["[[7]]"] == plain(cli, "maxpool", "[[7]]", "-k", "1")
    assert ["0  0  0", "0  7  0", "0  0  0"] == plain(cli, "pad", "-", "-p", "1", stdin="[[7]]\n")
    assert ["5"] == plain(
        cli, "correlation", "-", "-k", "1 2", stdin="\n".join(plain(cli, "maxpool", "1 2", "-k", "1"))
    )


# How a matrix is given ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["1 2; 3 4", "1,2;3,4", "1 2\n3 4\n", "1,2\r\n3,4\r\n", "\ufeff1\t2\n\n3\t4", "[[1, 2], [3, 4]]", "[[1 2]\n [3 4]]",
     "+1 2.0; 6/2 4.", "[1 2; 3 4]", "1 2;\n3 4;\n", "1;2\n3;4\n", '"1","2"\n"3","4"\n', '1,0; "2"\n3;4,00',
     r"$\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$", r"\left(\begin{array}{cc}1&2\\[2pt]3&4\\\end{array}\right)",
     "array([[1, 2],\n       [3, 4]])", "np.array([[1., 2.], [3., 4.]], dtype=np.float32)", "tensor([[1, 2], [3, 4]])",
     "((1, 2), (3, 4))", "{{1, 2}, {3, 4}}", "1 2<br>3 4", "`1 2; 3 4`"],
    ids=repr,
)  # fmt: skip
def test_a_matrix_is_lines_semicolons_csv_or_brackets_from_anywhere(cli: Cli, text: str, write: Write) -> None:
    path = write(text, "m.csv")
    places = [plain(cli, "pad", path, "-p", "0"), plain(cli, "pad", "-", "-p", "0", stdin=text)]
    if not text.startswith("\ufeff"):
        places.append(plain(cli, "pad", text, "-p", "0"))
    assert [["1  2", "3  4"]] * len(places) == places


def test_a_kernel_is_given_like_a_matrix(cli: Cli, write: Write) -> None:
    path = write("1,-1\n", "edges")
    assert ["-1  -2"] == plain(cli, "correlation", "1 2 4", "-k", path)
    assert ["1  2"] == plain(cli, "convolution", "1 2 4", "-k", "-", stdin="1 -1")


def test_a_matrix_may_begin_with_a_minus(cli: Cli) -> None:
    assert ["-1  2"] == plain(cli, "maxpool", "-1 2", "-k", "1")
    assert ["1.5"] == plain(cli, "correlation", "-1 -2", "--kernel", "-.5 -.5")


def test_python_values_are_read_exactly() -> None:
    from decimal import Decimal

    numpy = pytest.importorskip("numpy")
    assert [Fraction(1, 10), Fraction(1, 4), Fraction(1, 3)] == cnncalc.apply(
        "pad", [0.1, Decimal("0.25"), Fraction(1, 3)], padding=0
    ).output
    assert [[0, 1], [2, 3]] == cnncalc.apply("maxpool", numpy.arange(4).reshape(2, 2), 1).output


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["pad", "1 2; 3", "-p", "1"], 1, "row 1 has 1 number, but row 0 has 2 numbers"),
        (["pad", "1 x; y 2", "-p", "1"], 1, "'y' is not a number"),
        (["pad", "1,,2", "-p", "1"], 1, "a number is missing between these commas"),
        (["pad", "[1,,2]", "-p", "1"], 1, "a number is missing on one side of a comma"),
        (["pad", "[[1,2],[3,4]", "-p", "1"], 1, "this bracket is never closed"),
        (["pad", "[[1,2]],3", "-p", "1"], 1, "the brackets close here"),
        (["pad", "[[[1]]]", "-p", "1"], 1, "one map at a time"),
        (["pad", "[]", "-p", "1"], 1, "a row contains no numbers"),
        (["pad", "1 2, 3 4", "-p", "1"], 1, "by commas or by spaces"),
        (["pad", "1 2;3 4\n5 6;7 8", "-p", "1"], 1, "not with both"),
        (["pad", "", "-p", "1"], 1, "contains no numbers"),
        (["pad", "1e400", "-p", "1"], 1, "1e400"),
        (["pad", "1/0 2", "-p", "1"], 1, "'1/0' is not a number"),
        (["pad", "9" * 99, "-p", "1"], 1, "at most 20 digits"),
        (["pad", " ".join(f"1/{10**19 + k}" for k in range(9)), "-p", "1"], 1, "round them to decimals"),
        (["pad", "no/such.csv", "-p", "1"], 1, "there is no file 'no/such.csv'"),
        (["pad", " ".join("1" * 65), "-p", "1"], 1, "at most 64x64"),
        (["pad", "1", "-p", "900000000"], 1, "the limit is 250,000"),
        (["maxpool", "1 2; 3 4", "-k", "3"], 1, "the window is larger than its input: 3 on 2 in height"),
        (["correlation", "1 2", "-k", "1 2 3"], 1, "make the kernel smaller"),
        (["maxpool", "1", "-k", "1", "-p", "2"], 1, "the window of out[0] covers no number of the input"),
        (["correlation", "1 2", "-k", "[[1]]"], 2, "the kernel is a matrix, but the input is a vector"),
        (["correlation", "1 2"], 2, "correlation needs a kernel"),
        (["maxpool", "1 2"], 2, "maxpool needs a kernel"),
        (["pad", "1 2"], 2, "pad needs a padding"),
        (["pad", "1 2", "-p", "1", "-s", "2"], 2, "pad takes no stride"),
        (["maxpool", "1 2", "-k", "0"], 2, "kernel must be at least 1"),
        (["maxpool", "1 2", "-k", "two"], 2, "'two' is not a size"),
        (["maxpool", "1 2", "-k", "1", "-s", "1,2"], 2, "'1,2' is not a size"),
        (["maxpool", "1 2", "-k", "1", "--count-padding"], 2, "is an option of avgpool"),
        (["correlation", "-", "-k", "-"], 2, "cannot both come from standard input"),
        (["corelation", "1", "-k", "1"], 2, "corelation"),
        (["maxpool", "1 2", "-k", "1", "--strde", "1"], 2, "--stride"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_what_is_wrong_is_said_and_how_to_mend_it(cli: Cli, arguments: list[str], status: int, said: str) -> None:
    result = cli("apply", *arguments)
    assert (status, "") == (result.exit_code, result.stdout), (result.output, result.exception)
    assert said in result.stderr


def test_every_bad_number_is_reported_at_once(cli: Cli) -> None:
    stderr = cli("apply", "pad", "1 x; y 2; z", "-p", "1").stderr
    assert all(f"'{word}' is not a number" in stderr for word in "xyz")
    assert "row 2 has 1 number" in stderr


def test_files_that_are_no_text_or_too_large_are_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "m"
    path.write_bytes(bytes(range(256)))
    assert "is not a text file" in cli("apply", "pad", str(path), "-p", "1").stderr
    path.write_text("1 " * 100_000, encoding="utf-8")
    assert "is too large" in cli("apply", "pad", str(path), "-p", "1").stderr


def test_code_in_a_matrix_is_not_run(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "pwned"
    code = f"__import__('os').system('touch {target}')"
    for arguments in (["pad", code, "-p", "1"], ["correlation", "1", "-k", code], ["maxpool", "1", "-k", code]):
        assert cli("apply", *arguments).exit_code in (1, 2)
    assert not target.exists()


def test_the_command_offers_what_the_library_knows() -> None:
    from cnncalc.apply.applied import OPERATIONS
    from cnncalc.layers.windowed import Padding

    assert tuple(OPERATIONS) == OFFERED
    assert Padding.words == WORDS
    with pytest.raises(cnncalc.SpecError, match="did you mean 'convolution'"):
        cnncalc.apply("convoluton", "1", "1")


def test_the_examples_in_the_help_run(cli: Cli) -> None:
    import shlex

    lines = [
        line.strip().split("   ")[0]
        for line in cli.text("apply", "--help").splitlines()
        if line.strip().startswith("cnncalc apply")
    ]
    assert len(lines) > 4
    for line in lines:
        assert cli.text("apply", *shlex.split(line)[2:])


# Answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "said"),
    [
        # 2 - 1 + 4, 1 - 2 + 6, 2 - 3 + 2, 3 - 1 + 0
        ("correlation '2 1 2 3 1 0' -k '1 -1 2' --answer '5 5 1 2'", "the answer is right"),
        ("correlation '2 1 2 3 1 0' -k '1 -1 2' --answer '5 3 2 5'", "the kernel was turned by 180 degrees"),
        ("convolution '2 1 2 3 1 0' -k '1 -1 2' --answer '5 5 1 2'", "the kernel was not turned"),
        ("correlation '1 2 3 4' -k '1 1' -s 2 --answer '3 5 7'", "the stride was forgotten"),
        ("correlation '1 2 3' -k '1 1 1' -p 1 --answer '6'", "the padding was forgotten"),
        ("correlation '1 2 3' -k '1 1 1' --answer '3 6 5'", "padding was added where there is none"),
        ("correlation '1 2 3' -k '1 1' -d 2 --answer '3 5'", "the dilation was forgotten"),
        ("maxpool '1 1; 1 5' -k 2 --answer 2", "the mean of every window was taken"),
        ("avgpool '1 1; 1 5' -k 2 --answer 5", "the largest number of every window was taken"),
        ("avgpool '1 2 5' -k 3 --answer 2.67", "the answer is right"),
        ("avgpool '1 2 5' -k 3 --answer 2.66", "the answer is wrong at out[0]"),
        ("avgpool '3 3' -k 3 -s 1 -p 1 --answer '3 3'", "the zeros of the padding were left out of the mean"),
        ("maxpool '1 2; 3 4' -k 2 --answer '1 2'", "the answer is wrong: it has the size"),
    ],
)
def test_an_answer_is_judged_and_a_usual_mistake_is_named(cli: Cli, command: str, said: str) -> None:
    status = 0 if said == "the answer is right" else 1
    assert said in cli.line(f"apply {command}", status=status)
    data = json.loads(cli.line(f"apply {command} --format json", status=status))["answer"]
    assert data["right"] == (status == 0)
    assert bool(data["mistakes"]) == ("wrong" not in said and status == 1)
