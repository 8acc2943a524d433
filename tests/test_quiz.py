"""A quiz is the same on every machine, has one answer to each question, and takes any answer in its stride.

The oracle here reads a question's own words and counts: windows by placing them, receptive fields by going
back from one unit, unknowns by trying every number within the bounds that the question states.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from conftest import Cli, Golden, Write

import cnncalc
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Source
from cnncalc.layers import Shape
from cnncalc.quiz.marking import mark
from cnncalc.quiz.recipes import LEVELS, Draw
from cnncalc.quiz.sheet import Question, the_only
from cnncalc.report.views.quiz import working

SEEDS = range(200)


def all_levels(seed: int) -> list[Question]:
    return [question for level in LEVELS for question in cnncalc.quiz(seed=seed, level=level, count=5)]


# The oracle --------------------------------------------------------------------------------------


class Layer(NamedTuple):
    kind: str
    filters: int
    kernel: int
    stride: int
    padding: int
    dilation: int
    groups: int


class Asked(NamedTuple):
    """A question as its words say it: the input, the layers' names, what is asked."""

    side: int
    channels: int
    layers: dict[str, Layer]
    sentence: str


def number_before(word: str, text: str, default: int) -> int:
    found = re.search(rf"([0-9]+) {word}", text)
    return int(found[1]) if found else default


def number_after(word: str, text: str, default: int) -> int:
    found = re.search(rf"{word} ([0-9]+)", text)
    return int(found[1]) if found else default


def layer_of(text: str, name: str = "") -> Layer:
    """A layer from its words; its kind from its name or from the words themselves."""
    kinds = {"max": "pool", "average": "pool", "avgpool": "pool", "depthwise": "depthwise", "fully": "fc", "fc": "fc"}
    kind = next((kind for word, kind in kinds.items() if word in f"{name} {text}"), "conv")
    kernel = re.search(r"([0-9]+)x\1", text)
    return Layer(
        kind,
        number_before("units" if kind == "fc" else "filters", text, 0),
        int(kernel[1]) if kernel else 0,
        number_after("stride", text, 1),
        number_after("padding", text, 0),
        number_after("dilation", text, 1),
        number_before("groups", text, 1),
    )


def read(text: str, letter: str = "", value: int = 0) -> Asked:
    """The question, with a number put in for its letter."""
    match = re.match(r"Input (\S+?)(?:, flattened)?, then (.*?)\. (.*)\Z", text)
    assert match is not None, text
    given, described, sentence = match.groups()
    if letter:
        given = given.replace(letter, str(value))
        described = re.sub(rf"(?<![A-Za-z']){letter}(?![a-z])", str(value), described.replace("FxF", "F x F"))
        described = described.replace(" x ", "x")
    *sizes, channels = map(int, given.split("x"))
    stack = re.match(r"([0-9]+) convolutions, one after the other, each of (.*)", described)
    if stack:
        layers = {f"conv{number}": layer_of(stack[2]) for number in range(1, int(stack[1]) + 1)}
    elif ": " in described:
        parts = [part.removeprefix("flattened, then ") for part in described.split("; ")]
        named = [part.split(": ") for part in parts]
        layers = {name: layer_of(words, name) for name, words in named}
    else:
        layers = {"only": layer_of(described)}
    return Asked(sizes[0] if sizes else 0, channels, layers, sentence)


class Volume(NamedTuple):
    side: int
    channels: int

    @property
    def values(self) -> int:
        return max(self.side, 1) ** 2 * self.channels


class Counted(NamedTuple):
    before: Volume
    after: Volume
    weights: int
    biases: int
    macs: int


class LeftOverError(Exception):
    """A window that does not fit, or fits with pixels left over."""


def placed(length: int, layer: Layer) -> int:
    """Windows along one axis, counted by placing them one by one."""
    reach = layer.dilation * (layer.kernel - 1)
    end = length + layer.padding
    starts = [start for start in range(-layer.padding, end, layer.stride) if start + reach < end]
    if not starts or starts[-1] + reach != end - 1:
        raise LeftOverError
    return len(starts)


def counted(before: Volume, layer: Layer) -> Counted:
    """What one layer makes and costs; raises LeftOverError."""
    if layer.kind == "fc":
        weights = sum(layer.filters for _ in range(before.values))
        return Counted(before, Volume(0, layer.filters), weights, layer.filters, weights)
    side = placed(before.side, layer)
    if layer.kind == "pool":
        return Counted(before, Volume(side, before.channels), 0, 0, 0)
    filters = before.channels if layer.kind == "depthwise" else layer.filters
    seen = 1 if layer.kind == "depthwise" else before.channels // layer.groups
    weights = filters * seen * layer.kernel**2
    return Counted(before, Volume(side, filters), weights, filters, weights * side**2)


def through(asked: Asked) -> dict[str, Counted]:
    found: dict[str, Counted] = {}
    volume = Volume(asked.side, asked.channels)
    for name, layer in asked.layers.items():
        found[name] = counted(volume, layer)
        volume = found[name].after
    return found


def seen_by_one_unit(layers: list[Layer], unit: int = 0) -> tuple[int, int]:
    """The first and the last pixel of the input, padding included, that a unit of the output goes back to."""
    first = last = unit
    for layer in reversed(layers):
        first = first * layer.stride - layer.padding
        last = last * layer.stride - layer.padding + layer.dilation * (layer.kernel - 1)
    return first, last


def answered(asked: Asked) -> str:
    """The answer to what the sentence asks, in the oracle's own counts."""
    results = through(asked)
    names = [name for name in results if re.search(rf"\b{name}\b", asked.sentence)]
    name = names[0] if names else list(results)[-1]
    one, sentence = results[name], asked.sentence
    layers = [layer for each, layer in asked.layers.items() if list(asked.layers).index(each) <= [*results].index(name)]
    whole = list(results.values())
    first, last = seen_by_one_unit(layers)
    phrases = {
        "parameters does the whole": sum(each.weights + each.biases for each in whole),
        "MACs does the whole": sum(each.macs for each in whole),
        "all layers hold together": asked_input(asked).values + sum(each.after.values for each in whole),
        "output volume": volume_text(one.after),
        "parameters": one.weights + one.biases,
        "weights": one.weights,
        "MACs": one.macs,
        "FLOPs": one.macs + one.macs,
        "How many values": one.after.values,
        "bytes": one.after.values * 4,
        "receptive field": last - first + 1,
        "apart": seen_by_one_unit(layers, 1)[0] - first,
    }
    value = next(value for phrase, value in phrases.items() if phrase in sentence)
    return value if isinstance(value, str) else f"{value:,}"


def asked_input(asked: Asked) -> Volume:
    return Volume(asked.side, asked.channels)


def volume_text(volume: Volume) -> str:
    return f"{volume.side}x{volume.side}x{volume.channels}"


def solutions(question: Question) -> Iterator[int]:
    """Every number within the stated bounds with which the network does just what the question says."""
    sentence = read(question.text, question.unknown, 1).sentence
    bounds = re.search(r"from ([0-9,]+) to ([0-9,]+)\?\Z", sentence)
    made = re.search(r"is ([0-9]+x[0-9]+x[0-9]+) |are ([0-9,]+) parameters|sees ([0-9]+) pixels", sentence)
    assert bounds is not None
    assert made is not None
    low, high = (int(part.replace(",", "")) for part in bounds.groups())
    for number in range(low, high + 1):
        asked = read(question.text, question.unknown, number)
        try:
            last = list(through(asked).values())[-1]
        except LeftOverError:
            continue
        first, end = seen_by_one_unit(list(asked.layers.values()))
        found = (volume_text(last.after), f"{last.weights + last.biases:,}", str(end - first + 1))
        if any(mine == its for mine, its in zip(found, made.groups(), strict=True)):
            yield number


# Questions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_every_answer_is_the_oracles_and_the_only_one(seed: int) -> None:
    for question in all_levels(seed):
        if question.unknown:
            expected = f"{question.unknown} = " + ", ".join(f"{number:,}" for number in solutions(question))
        else:
            expected = answered(read(question.text))
        assert expected == question.answer, question.text
        assert mark(question, question.answer).right


@pytest.mark.parametrize("seed", range(0, 200, 10))
def test_solve_finds_the_same_one_answer(seed: int) -> None:
    for question in cnncalc.quiz(seed=seed, level=4, count=10):
        assert the_only(question.solved(), question.exact)


def test_no_two_questions_of_a_sheet_are_alike_and_all_fit_on_paper() -> None:
    for seed in range(50):
        questions = all_levels(seed)
        assert len(questions) == len({question.text for question in questions})
        for question in questions:
            assert len(question.answer.split("=")[-1].strip()) <= len("224x224x64")
            assert len(question.text) < 500


def test_a_longer_sheet_begins_with_a_shorter_one() -> None:
    texts = [question.text for question in cnncalc.quiz(seed=3, level=2, count=12)]
    assert texts[:5] == [question.text for question in cnncalc.quiz(seed=3, level=2, count=5)]


def test_several_levels_share_a_sheet_the_lowest_first() -> None:
    levels = [question.level for question in cnncalc.quiz(seed=3, level=[5, 1, 3], count=8)]
    assert [1, 1, 1, 3, 3, 3, 5, 5] == levels


def test_draws_are_those_that_the_documentation_says() -> None:
    from hashlib import sha256

    expected = int(sha256(b"cnncalc quiz 7 a 0").hexdigest(), 16) % 1000
    assert expected == Draw(7, "a").below(1000)
    draw = Draw("evenly")
    counts = [0] * 6
    for _ in range(6000):
        counts[draw.below(6)] += 1
    assert all(850 < count < 1150 for count in counts)


@pytest.mark.parametrize(
    ("seed", "level", "count"), [(0, 6, 1), (0, 0, 1), (0, [], 1), (-1, 1, 1), (0, 1, 0), (0, 1, 999)]
)
def test_what_there_is_not_is_refused(seed: int, level: int | list[int], count: int) -> None:
    with pytest.raises(cnncalc.SpecError):
        cnncalc.quiz(seed=seed, level=level, count=count)


# Sheets and keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "suffix"), [("markdown", "md"), ("latex", "tex")])
def test_the_same_seed_gives_the_same_sheet(cli: Cli, golden: Golden, form: str, suffix: str) -> None:
    result = cli("quiz", "--seed", "7", *(word for level in LEVELS for word in ("--level", str(level))), "-n", "25",
                 "--sheet", "--format", form, *(("--standalone",) if form == "latex" else ()))  # fmt: skip
    assert 0 == result.exit_code
    golden(f"quiz/sheet.{suffix}", result.stdout)


def test_a_sheet_holds_no_answer_and_the_key_holds_them_all(cli: Cli, tmp_path: Path, golden: Golden) -> None:
    path = tmp_path / "key.cnn.yaml"
    result = cli("quiz", "--seed", "7", "-l", "3", "-l", "4", "-n", "6", "--sheet", "--key", str(path), status=0)
    text = path.read_text(encoding="utf-8")
    golden("quiz/key.cnn.yaml", text)
    for question in cnncalc.quiz(seed=7, level=(3, 4), count=6):
        assert question.text in result.stdout
        assert question.answer.removeprefix("S = ") in text
    assert 6 == len([verdict for verdict in verdicts(read_table(path)) if verdict.passed])


@pytest.mark.parametrize("level", LEVELS)
def test_keys_hold_and_a_changed_number_in_one_does_not(level: int) -> None:
    for seed in range(10):
        key = cnncalc.quiz(seed=seed, level=level, count=10).render("key")
        found = verdicts(read_table(Source("key.cnn.yaml", key)))
        assert ["match"] * 10 == [verdict.status for verdict in found]
        wrong = re.sub(r"(?m)^(        \w+: )([0-9])", lambda match: f"{match[1]}{int(match[2]) % 9 + 1}", key)
        found = verdicts(read_table(Source("key.cnn.yaml", wrong)), diagnosed=False)
        assert ["mismatch"] * 10 == [verdict.status for verdict in found]


def test_check_accepts_a_key(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "key.cnn.yaml"
    assert "" == cli("quiz", "--seed", "11", "-l", "5", "-n", "7", "--key", str(path)).output
    cli("check", str(path), status=0)


def test_a_latex_sheet_has_its_signs_escaped_and_its_volumes_set() -> None:
    text = cnncalc.quiz(seed=1, level=(1, 4), count=10).render("latex")
    assert text.count(r"\item ") == 10 + 4
    assert not re.search(r"[0-9WF]x[0-9WFC]", text)
    assert not re.search(r"(?<!\\)[%&#_]", text)


# Answers -----------------------------------------------------------------------------------------


def first(level: int, quantity: str, unknown: str = "") -> Question:
    for seed in range(100):
        for question in cnncalc.quiz(seed=seed, level=level, count=5):
            if (question.quantity, question.unknown) == (quantity, unknown) and question.exact != 0:
                return question
    raise AssertionError


def test_answers_are_read_as_a_person_writes_them() -> None:
    params = next(
        question
        for seed in range(100)
        for question in cnncalc.quiz(seed=seed, level=1, count=5)
        if question.quantity == "params" and isinstance(question.exact, int) and 10_000 < question.exact < 99_500
    )
    exact = params.exact
    for text in (f"{exact}", f"{exact:,}", f"  {exact} ", f"params = {exact}", f"{exact / 1000:.1f}K",
                 f"{exact // 2 * 2}+{exact % 2} = {exact}"):  # fmt: skip
        assert mark(params, text).right, text
    output = first(1, "output").exact
    height, width, depth = *output.size, output.channels
    for text in (f"{height}x{width}x{depth}", f"{height} x {width} x {depth}", f"[{height}x{width}x{depth}]",
                 f"{height}X{width}X{depth}", f"{height}\u00d7{width}\u00d7{depth}"):  # fmt: skip
        assert mark(first(1, "output"), text).right, text


def test_a_number_of_one_digit_with_a_multiple_behind_says_too_little() -> None:
    question = first(1, "params")
    for text in ("0M", "0G", "0.0M"):
        found = mark(question, text)
        assert (False, False) == (found.right, found.readable)


@pytest.mark.parametrize("seed", range(40))
def test_forgotten_biases_and_padding_are_told(seed: int) -> None:
    for question in cnncalc.quiz(seed=seed, level=1, count=5):
        (layer,) = read(question.text).layers.values()
        if question.quantity == "params":
            found = mark(question, str(question.exact - layer.filters))
            assert any("bias" in remark for remark in found.remarks), (question.text, found)
        elif question.quantity == "output" and layer.padding:
            less = question.exact.size[0] - 2 * layer.padding
            found = mark(question, f"{less}x{less}x{layer.filters}")
            assert any("padding" in remark for remark in found.remarks), (question.text, found)


@pytest.mark.parametrize("seed", range(20))
def test_a_wrong_unknown_is_reported_what_it_would_make(seed: int) -> None:
    for question in cnncalc.quiz(seed=seed, level=4, count=5):
        for wrong in (question.exact + 1, question.exact - 1, 10**6):
            found = mark(question, f"{question.unknown} = {wrong}")
            assert not found.right
            assert found.remarks, (question.text, wrong)


HOSTILE = (
    "", " ", "?", "??", "0", "-1", "9" * 5000, "1e99", "1e-99", "9**9**9**9", "2^999999", "((((((((((", "1/0", "inf",
    "__import__('os').system('true')", "S.__class__", "{0}", "%s", "[bold]7[/bold]", "\x1b[31m77", "\x00", "\u202e77",
    "x", "xx", "1x", "x1x1", "1x1x1x1x1x1x1", "28x28", "0x0x0", "all", "does not fit", "50 %", "35 cats", "K", "MiB",
    "7 = 8 = 9", "S = = 4", "3*w", "\u0663" * 9, "\u00bd", "\ud800", "'", '"', "7;8", "7,8", "7,8,9", "1.5x1.5x2",
    "nan", "=", "==", "7\r77", "<script>", "\\input{x}",
)  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_hostile_answers_are_wrong_or_not_read_and_never_crash(level: int) -> None:
    for question in cnncalc.quiz(seed=1, level=level, count=5):
        for text in HOSTILE:
            found = mark(question, text)
            assert not found.right, (question.answer, text)
            assert all(remark.isprintable() for remark in found.remarks), (text, found.remarks)


def test_random_answers_never_crash_and_only_the_right_one_is_right() -> None:
    random_ = random.Random(5)
    questions = all_levels(5)
    for _ in range(1500):
        question = random_.choice(questions)
        text = "".join(random_.choice("0123456789xx,.*+-/=()^KMGBi %ewS\x1b\n") for _ in range(random_.randrange(12)))
        found = mark(question, text)
        if found.right:
            assert close_to(question, text), (question.answer, text)


def close_to(question: Question, text: str) -> bool:
    """Whether an answer that was taken as right says the answer's own digits."""
    digits = re.sub(r"[^1-9]", "", question.answer)
    return bool(set(re.sub(r"[^1-9]", "", text)) & set(digits)) or digits == ""


# At the prompt -----------------------------------------------------------------------------------


def test_a_session_with_right_and_wrong_answers_a_working_and_an_early_end(cli: Cli, golden: Golden) -> None:
    """Wrong, then right; biases forgotten, then right; the working; skipped; not read; the end of the input."""
    answers = ["32x32x6", "30x30x6", "192", "198", "?", "", "foo", "28x28"]
    result = cli("quiz", "--seed", "7", "--count", "6", stdin="\n".join(answers), status=0)
    golden("quiz/session.txt", result.stdout)


def test_a_session_of_inverse_questions(cli: Cli, golden: Golden) -> None:
    questions = cnncalc.quiz(seed=3, level=4, count=3)
    wrong = [str(question.exact + 1) for question in questions]
    answers = [wrong[0], questions[0].answer, wrong[1], "?", wrong[2], "9999", str(questions[2].exact)]
    result = cli("quiz", "--seed", "3", "--level", "4", "--count", "3", stdin="\n".join([*answers, ""]), status=0)
    golden("quiz/session_inverse.txt", result.stdout)


@pytest.mark.parametrize(
    "stdin", ["", "\n", "\n\n\n\n\n\n\n", "?\n?\n?\n?\n?\n?\n", b"\xff\xfe\xff\n\x00\n", "\x1b]0;x\x07\n"]
)
def test_any_input_ends_politely_with_the_score(cli: Cli, stdin: str | bytes) -> None:
    result = cli("quiz", "--seed", "1", stdin=stdin)
    assert 0 == result.exit_code, result.exception
    assert " of 5 right" in result.stdout
    assert "cnncalc quiz --seed 1 --level 1 --count 5" in result.stdout
    assert "" == result.stderr


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, click.Abort])
def test_control_c_ends_politely(cli: Cli, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]) -> None:
    answers = iter(["30x30x6"])

    def prompt(*_: object, **__: object) -> str:
        for answer in answers:
            return answer
        raise interruption

    monkeypatch.setattr("click.prompt", prompt)
    result = cli("quiz", "--seed", "7", status=0)
    assert "1 of 5 right, all at the first try; 4 not reached" in result.stdout


def test_without_a_seed_there_is_a_new_sheet_that_can_be_asked_for_again(cli: Cli) -> None:
    result = cli("quiz", stdin="")
    found = re.search(r"--seed ([0-9]+) --level 1 --count 5", result.stdout)
    assert found is not None
    again = cli("quiz", "--seed", found[1], stdin="")
    assert again.stdout == result.stdout


def test_all_right_at_the_first_try(cli: Cli) -> None:
    answers = [question.answer for question in cnncalc.quiz(seed=2, level=4, count=5)]
    result = cli("quiz", "--seed", "2", "--level", "4", stdin="\n".join([*answers, ""]))
    assert "5 of 5 right, all at the first try\n" in result.stdout


def test_no_working_is_without_the_answer() -> None:
    for question in all_levels(9):
        text = " ".join(working(question)).replace(",", "")
        exact = question.value
        parts = (
            (*exact.size, exact.channels)
            if isinstance(exact, Shape)
            else exact
            if isinstance(exact, tuple)
            else (exact,)
        )
        assert all(f"= {Fraction(part)}" in text for part in parts), (question.text, text)


# Files of answers --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["anna.yaml", "anna.csv"])
def test_a_file_of_answers_is_marked(cli: Cli, tmp_path: Path, name: str) -> None:
    questions = cnncalc.quiz(seed=7, level=1, count=5)
    path = tmp_path / name
    answers = [question.answer for question in questions]
    lines = [f"{number}: {answer}" for number, answer in enumerate(answers, start=1)]
    if name.endswith("csv"):
        lines = ["question,answer", *(line.replace(": ", ",") for line in lines)]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = cli("quiz", "--seed", "7", "--answers", str(path), status=0)
    assert result.stdout.endswith("5 of 5 right\n")
    path.write_text("\n".join([*lines[:-4], "2: 192" if "yaml" in name else "2,192"]), encoding="utf-8")
    result = cli("quiz", "--seed", "7", "--answers", str(path), status=1)
    assert re.search(r"(?m)^ +2  192 +wrong +198$", result.stdout)
    assert "biases" in result.stdout
    assert re.search(r"(?m)^ +3 +no answer +224x224x20$", result.stdout)


@pytest.mark.parametrize(
    "text", ["", "[1, 2]", "1: [2]", "9: 7", "one: 7", "1: 7\n1: 8", "{", "\x00", "a", "1: &a 7", "- 1: 7", "\u0661: 7"]
)
@pytest.mark.parametrize("name", ["bad.yaml", "bad.csv"])
def test_a_broken_file_of_answers_is_reported(cli: Cli, write: Write, name: str, text: str) -> None:
    path = write(text, name)
    result = cli("quiz", "--seed", "7", "--answers", path, status=1)
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_no_answer_stops_the_marking_of_the_others(cli: Cli, tmp_path: Path) -> None:
    first, second, third, *_ = cnncalc.quiz(seed=1, count=5)
    path = tmp_path / "anna.yaml"
    sizes = first.answer.replace("x", ", ")
    lines = [f"1: [{sizes}]", f"2: {{is: '{second.answer}'}}", "3: {a: [b]}", f"7: {third.answer}", "4: []"]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = cli("quiz", "--seed", "1", "--answers", str(path))
    marks = re.findall(r"(?m)^ +([0-9]).*  (right|wrong|not read|no answer)", result.stdout)
    assert [("1", "right"), ("2", "right"), ("3", "not read"), ("4", "no answer"), ("5", "no answer")] == marks
    assert "anna.yaml:4:1: there is no question '7'" in result.stderr


@pytest.mark.parametrize("keys", [{"seed": "a"}, {"count": "a"}, {"seed": -1}, {"level": 9}])
def test_what_no_sheet_can_have_is_refused(keys: dict[str, object]) -> None:
    with pytest.raises(cnncalc.SpecError):
        cnncalc.quiz(**keys)  # type: ignore[arg-type]


def test_a_sheet_and_answers_exclude_each_other(cli: Cli) -> None:
    cli("quiz", "--sheet", "--answers", "x.yaml", status=2)
    cli("quiz", "--seed", "1", "--answers", "no/such.yaml", status=1)
    cli("quiz", "--seed", "1", "--sheet", "--key", "no/such/folder/key.yaml", status=2)
    cli("quiz", "--level", "9", status=2)
    cli("quiz", "--seed", "1", "--format", "latex", status=2)
    cli("quiz", "--answers", "x.yaml", status=2)


# A class ------------------------------------------------------------------------------------------


def test_the_answers_of_a_class_are_marked_and_no_file_is_lost(cli: Cli, folder: Path, write: Write) -> None:
    """Sheet 7 asks for 30x30x6 and for (1*1*32 + 1)*6 = 198 parameters; 192 of them are weights."""
    sheets: dict[str, str | bytes] = {
        "ada.yaml": "1: 30x30x6\n2: 198\n",
        "ben.txt": "1. 30x30x6\n2) 192\n9) 3\n",
        "cem.csv": "1,32x32x6\n2,192\n",
        "dan.pdf": b"%PDF-1.7",
        "=eve.txt": "1. 30x30x6\n",
    }
    (folder / "class").mkdir()
    for name, text in sheets.items():
        write(text, f"class/{name}")
    command = ("quiz", "--seed", "7", "--count", "2", "--answers", "class")
    rows = [line.split(",") for line in cli(*command, "--format", "csv", status=1).stdout.splitlines()]
    assert rows[0] == ["file", "answers", "right", "wrong", "score", "problem"]
    assert [row[:5] for row in rows[1:]] == [
        ["class/=eve.txt", "1", "1", "0", "50.0"],
        ["class/ada.yaml", "2", "2", "0", "100.0"],
        ["class/ben.txt", "2", "1", "1", "50.0"],
        ["class/cem.csv", "2", "0", "2", "0.0"],
        ["class/dan.pdf", "0", "0", "0", "0.0"],
    ]
    assert "no question '9'" in rows[3][5]
    assert "is a PDF" in ",".join(rows[5])
    data = cli.data(*command, status=1)
    assert [
        [each[key] for key in ("answers", "answers_right", "commonest_slip", "times")] for each in data["questions"]
    ] == [
        [4, 3, "32x32x6", 1],
        [3, 1, "192", 2],
    ]
    assert data["questions"][1]["remarks"][0] == "the biases were forgotten; this gives 192"
    for form in ("text", "markdown", "html", "latex"):
        assert "the biases were forgotten" in cli(*command, "--format", form, status=1).stdout


def test_a_class_whose_answers_are_all_right_passes(cli: Cli, folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (folder / "class" / "ada").mkdir(parents=True)
    book = openpyxl.Workbook()
    for row in (["question", "answer"], [1, "30x30x6"], [2, 198]):
        book.active.append(row)
    book.save(folder / "class" / "ada" / "sheet.xlsx")
    cli("quiz", "--seed", "7", "--count", "2", "--answers", "class", status=0)
