"""One mistake, one bad spec, one diagnosis: tests/bad holds them, and these hold for every one of them."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from conftest import Cli, Golden, Write

import cnncalc
from cnncalc.errors import Problem, Source, Span
from cnncalc.spec.find import specs_folder

BAD = Path(__file__).resolve().parent / "bad"
NAMES = sorted(path.name for path in BAD.glob("*.yaml"))
SUGGESTION = re.compile(r"did you mean '(.+)'\?\Z")
REMEDIES = re.compile(r"(\d+) or (\d+) would fit\Z")
PYTHON_TALK = (
    "Traceback",
    "None",
    "(2, 3)",
    "(8, 16)",
    "object at 0x",
    "<class",
    "Argument(",
    "Expression(",
    "NoneType",
)


@pytest.fixture(autouse=True)
def _in_the_folder_of_bad_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)  # so that diagnoses name the file and no machine's path


def diagnosis(name: str) -> cnncalc.SpecError:
    with pytest.raises(cnncalc.SpecError) as caught:
        cnncalc.analyze(name)
    return caught.value


# Every bad spec ----------------------------------------------------------------------------------


def test_there_is_a_bad_spec_for_many_a_mistake() -> None:
    assert len(NAMES) >= 45


def test_every_diagnosis_on_file_belongs_to_a_bad_spec() -> None:
    assert set() == {path.stem for path in BAD.glob("*.txt")} - {Path(name).stem for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_spec_gets_exactly_its_diagnosis(name: str, golden: Golden) -> None:
    golden(BAD / f"{Path(name).stem}.txt", str(diagnosis(name)) + "\n")


@pytest.mark.parametrize("name", NAMES)
def test_one_mistake_is_one_problem_and_several_are_reported_at_once(name: str) -> None:
    problems = diagnosis(name).problems
    if name.startswith("many_"):
        assert len(problems) > 1
    else:
        assert [problems[0]] == list(problems)


@pytest.mark.parametrize("name", NAMES)
def test_a_problem_points_into_the_file(name: str) -> None:
    for problem in diagnosis(name).problems:
        for span in (problem.span, *(place for _, place in problem.related)):
            if span is None:
                continue
            assert name == span.source.name
            assert span.line in range(len(span.source.lines))
            assert span.column in range(len(span.source.lines[span.line]) + 1)
            assert span.length >= 1


@pytest.mark.parametrize("name", NAMES)
def test_a_diagnosis_is_short_readable_and_speaks_no_python(name: str) -> None:
    text = str(diagnosis(name))
    assert [] == [word for word in PYTHON_TALK if word in text]
    assert [] == [character for character in text if not character.isprintable() and character != "\n"]
    assert max(map(len, text.splitlines())) <= 200


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_tells_the_same_on_standard_error_and_exits_with_1(cli: Cli, name: str) -> None:
    result = cli(name, status=1)
    assert "" == result.stdout
    assert f"error: {diagnosis(name)}\n" == result.stderr


def with_suggestions(problems: tuple[Problem, ...]) -> list[str] | None:
    """The lines of a spec with every "did you mean" put in its place; None if a problem comes without one."""
    lines: list[str] = []
    for problem in reversed(problems):
        suggestion = SUGGESTION.match(problem.hint)
        if problem.span is None or suggestion is None:
            return None
        lines = lines or list(problem.span.source.lines)
        line, start, end = problem.span.line, problem.span.column, problem.span.column + problem.span.length
        lines[line] = lines[line][:start] + suggestion[1] + lines[line][end:]
    return lines


def test_a_suggested_word_mends_the_spec(tmp_path: Path) -> None:
    mended = {name: lines for name in NAMES if (lines := with_suggestions(diagnosis(name).problems))}
    assert len(mended) > 12
    still_bad = {}
    for name, lines in mended.items():
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        try:
            cnncalc.analyze(tmp_path / name)
        except cnncalc.SpecError as error:
            still_bad[name] = str(error)
    assert {} == still_bad


# Single diagnoses --------------------------------------------------------------------------------


def test_a_conflict_of_shapes_shows_both_sides_and_where_each_comes_from() -> None:
    (problem,) = diagnosis("residual_without_projection.yaml").problems
    labels = [(label, span.line + 1) for label, span in problem.related if span]
    assert [("16x16x128 comes from conv2", 7), ("32x32x64 comes from stem", 3)] == labels
    assert "projection" in problem.hint


def test_a_strict_misfit_names_sizes_that_do_fit() -> None:
    (problem,) = diagnosis("strict_misfit.yaml").problems
    remedies = REMEDIES.match(problem.hint)
    assert remedies is not None
    for size in remedies.groups():
        assert [] == cnncalc.expand("strict_misfit.yaml", size).notes


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("unclosed_quote.yaml", "unclosed_quote.yaml:1:7"),  # where the quote opens
        ("nul_character.yaml", "nul_character.yaml:1:8"),
        ("empty_layers.yaml", "empty_layers.yaml:2:"),
        ("binary_junk.yaml", "None"),
        ("very_long_line.yaml", "very_long_line.yaml:3:13516"),
        ("groups_do_not_divide_channels.yaml", "groups_do_not_divide_channels.yaml:3:"),
        ("index_out_of_list.yaml", "index_out_of_list.yaml:6:22"),
        ("nested_repeats_over_a_million.yaml", "nested_repeats_over_a_million.yaml:7:13"),
    ],
)
def test_a_problem_is_where_the_mistake_is(name: str, place: str) -> None:
    assert str(diagnosis(name).problems[0].span).startswith(place)


@pytest.mark.parametrize(
    ("name", "message", "not_said"),
    [
        ("half_a_filter.yaml", "2.5", "unexpected '5'"),
        ("fractional_repeat.yaml", "2.5", "unexpected '5'"),
        ("kernel_as_text.yaml", "3x3", "unexpected 'x3'"),
        ("bias_as_word.yaml", "true or false", "names in scope: in"),
        ("bad_rounding_word.yaml", "floor, ceil, caffe, strict", "in, floor"),
        ("input_as_list.yaml", "list", "'a list'"),
        ("parameter_called_in.yaml", "'in'", "letters, digits and _ make a name"),
        ("branches_from_two_names.yaml", "from", "several inputs need add"),
        ("unclosed_bracket.yaml", "]", "in quotes"),
        ("repeat_of_a_list.yaml", "[2, 3]", "(2, 3)"),
        ("when_with_a_list.yaml", "[8, 16]", "(8, 16)"),
    ],
)
def test_a_diagnosis_names_the_mistake_and_misleads_nobody(name: str, message: str, not_said: str) -> None:
    text = str(diagnosis(name).problems[0])
    said = "\n".join(line for line in text.splitlines() if not line.lstrip(" 0123456789").startswith("|"))
    assert message in said
    assert not_said not in said


def test_mistakes_of_the_text_and_of_the_shapes_come_together_in_the_order_of_the_file() -> None:
    assert [3, 4, 8] == [problem.span.line + 1 for problem in diagnosis("many_in_text_and_shapes.yaml").problems]  # type: ignore[union-attr]


def test_code_in_a_spec_is_refused_and_not_run() -> None:
    for name in ("call_of_python.yaml", "python_tag.yaml"):
        diagnosis(name)
    assert not (BAD / "pwned").exists()


def test_a_limit_on_layers_is_one_that_can_be_raised(write: Write) -> None:
    spec = write("input: 8x8x3\nlayers:\n  - {relu: , repeat: 300}\n", "long.yaml")
    with pytest.raises(cnncalc.SpecError, match="300 layers or more; the limit is 299"):
        cnncalc.expand(spec, max_layers=299)
    assert 300 == len(cnncalc.expand(spec, max_layers=300).nodes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                "input: 8x8x3\nblocks:\n  b(w):\n    - {conv: {filters: w, kernel: 3}}\n"
                "layers:\n  - relu\n  - {b: {w: }}\n  - {fc: 10}\n"
            ),
            "w has no value",
        ),
        ("input: 8x8x3\nparameters: {p: [1, null]}\nlayers: [relu]\n", "no value"),
        ("input: HxWx3\nlayers:\n  - add: [[{conv: {filters: 3, kernel: 3}}], []]\n", "inputs differ"),
        (
            (
                "input: 9x9x3\nlayers:\n  - {conv: {filters: 3, kernel: [1, 9], padding: half}, name: a}\n"
                "  - {conv: {filters: 3, kernel: 3, padding: half}, share: a}\n"
            ),
            "cannot share",
        ),
        ("input: 8x8x3\nlayers:\n  - {conv: {filters: in + 1, kernel: 3}}\n", "name a part"),
        ("input: 8x8x3\nlayers:\n  - {conv: {filters: in, kernel: 3}}\n", "name a part"),
        ("input: 8x8x3\nlayers:\n  - {conv: {filters: 8 // (0-3), kernel: 3}}\n", "divisor must be positive"),
        ("input: 8x8x3\nlayers:\n  - {relu: , repeat: 2, name: a}\n  - {relu: , from: a}\n", "did you mean 'a_2'"),
        (
            "input: 8x8x3\nlayers:\n  - relu\n  - {repeat: 100000, group: [{group: [], repeat: 100000}]}\n",
            "steps",
        ),
    ],
)
def test_what_was_let_pass_is_refused_with_its_reason(write: Write, text: str, message: str) -> None:
    with pytest.raises(cnncalc.SpecError, match=re.escape(message)):
        cnncalc.analyze(write(text))


def test_a_chain_of_a_hundred_and_twenty_blocks_is_refused_and_no_recursion_error(write: Write) -> None:
    blocks = "".join(f"  b{number}: [b{number + 1}]\n" for number in range(120))
    path = write(f"input: 8x8x3\nblocks:\n{blocks}  b120: [relu]\nlayers: [b0]\n")
    with pytest.raises(cnncalc.SpecError, match="nested more than 100 deep"):
        cnncalc.analyze(path)


def test_a_size_beyond_all_use_is_refused() -> None:
    with pytest.raises(cnncalc.SpecError, match="larger than 1,000,000,000,000"):
        cnncalc.analyze("upsample1000000*1000", "2x2x1")


# Problems as values ------------------------------------------------------------------------------


def test_problems_are_told_once_each_in_the_order_of_their_places() -> None:
    source = Source("net.yaml", "one\ntwo")
    first, second = (Problem(f"line {line}", source.span(line)) for line in (0, 1))
    nowhere = Problem("nowhere")
    assert (nowhere, first, second) == cnncalc.SpecError([second, first, nowhere, second]).problems


def test_a_problem_is_drawn_with_its_line_a_caret_its_relations_and_its_hint() -> None:
    source = Source("net.yaml", "layers:\n  - cnov: 64")
    problem = Problem("unknown", Span(source, 1, 4, 4), "a hint", (("see", source.span(0, 0, 6)), ("and this", None)))
    expected = [
        "net.yaml:2:5: unknown",
        "  2 |   - cnov: 64",
        "    |     ^^^^",
        "  see (net.yaml:1:1)",
        "  1 | layers:",
        "    | ^^^^^^",
        "  and this",
        "  hint: a hint",
    ]
    assert expected == str(problem).splitlines()


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = Source("net.yaml", "a" * 500 + "B" + "c" * 500)
    quoted, carets = source.span(0, 500).excerpt()
    assert "B" == quoted[carets.index("^")]
    assert len(quoted) < 120


def test_a_spec_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no network is called 'vgg17'"):
        cnncalc.load("vgg17")


# Mangled specs -----------------------------------------------------------------------------------

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
STRANGE = [
    "0",
    "-1",
    "2.5",
    "10000000",
    "99999999999999999999",
    "[]",
    "{}",
    "[[1,2]]",
    "[1,2,3]",
    "true",
    "null",
    "~",
    "''",
    "same",
    "half",
    "strict",
    "in",
    "in.channels",
    "H",
    "conv",
    "fc",
    "add",
    "concat",
    "group",
    "repeat",
    "first",
    "when",
    "from",
    "share",
    "name",
    "kernel",
    "stride",
    "padding",
    "groups",
    "filters",
    "table",
    "//",
    "*",
    "(",
    "[",
    "{",
]


def mangled(text: str, chance: random.Random) -> str:
    """The text with one to four of its words left out, replaced or swapped."""
    tokens = TOKEN.findall(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(tokens))
        other = chance.randrange(len(tokens))
        tokens[place] = chance.choice(("", chance.choice(STRANGE), tokens[other]))
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(8))
def test_a_mangled_spec_is_read_or_refused_and_never_crashes(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    texts = [path.read_text(encoding="utf-8") for path in sorted(Path(specs_folder()).glob("*.yaml"))]
    spec = tmp_path / "mangled.yaml"
    refused = 0
    for _ in range(25):
        spec.write_text(mangled(chance.choice(texts), chance), encoding="utf-8")
        try:
            cnncalc.analyze(spec, max_layers=2000)
        except cnncalc.SpecError as error:
            refused += len(str(error)) > 0
    assert refused > 0
