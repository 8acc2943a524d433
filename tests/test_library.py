"""The library: every public name is there, and the examples in its documentation come true."""

from __future__ import annotations

import doctest
import importlib
import inspect
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from conftest import Write

import cnncalc
from cnncalc.cli.main import COMMANDS
from cnncalc.cli.main import cnncalc as group
from cnncalc.setup import SetupKeys

HOMES = ("cnncalc.api", "cnncalc.analysis.quantities")


def test_every_public_name_is_found_where_it_is_said_to_be() -> None:
    for name in cnncalc.__all__:
        assert getattr(cnncalc, name) is not None
    assert sorted(cnncalc.__all__) == dir(cnncalc)
    with pytest.raises(AttributeError, match="has no attribute 'analyse'"):
        cnncalc.analyse  # noqa: B018


@pytest.mark.parametrize("home", HOMES)
def test_the_examples_of_the_functions_come_true(home: str) -> None:
    module = importlib.import_module(home)
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner()
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == home]
    examples = [found for name in own for found in finder.find(getattr(module, name), name, globs=vars(module))]
    for example in examples:
        runner.run(example)
    assert runner.failures == 0
    assert runner.tries > 0


def test_every_name_of_a_quantity_is_known_to_the_library() -> None:
    network = cnncalc.analyze("vgg16")
    assert network.total("peak memory") == network.total("peak") == 25_690_112
    assert (16, 18_147_816) == (network.total("weight layers"), network.total("compares"))
    with pytest.raises(cnncalc.SpecError, match="receptive field is a quantity of a layer"):
        network.total("rf")
    found = cnncalc.formula("vgg16", only="mem,training memory")
    assert found["memory"] == found["memory_bytes"]
    assert found["training"] == found["training_memory_bytes"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cnncalc.analyze(3), "3 is not a spec"),  # type: ignore[arg-type]
        (lambda: cnncalc.analyze("vgg16", max_layers=0), "a whole number from 1 up, not 0"),
        (lambda: cnncalc.compare([]), "no network is named"),
        (lambda: cnncalc.sweep("vgg16", batch="1,2", convention="nope"), "unknown convention 'nope'"),
        (lambda: cnncalc.solve("vgg16", "macs", dtype="float17"), "dtype cannot be 'float17'"),
    ],
)
def test_what_no_function_can_take_is_an_error_that_says_so(call: Callable[[], object], message: str) -> None:
    with pytest.raises(cnncalc.SpecError, match=message):
        call()


def test_one_setting_may_be_a_text() -> None:
    assert 134_272_835 == cnncalc.analyze("vgg16", settings="classes=3").total("params")
    assert [134_272_835] == [row["params"] for row in cnncalc.sweep("vgg16", settings="classes=3", columns="params")]


def test_check_takes_the_keywords_of_every_function(tmp_path: Path) -> None:
    table = tmp_path / "answers.csv"
    table.write_text("layer,params,memory,output\nconv1_1,1728,25690112,448x448x64\n")
    found = cnncalc.check(table, network="vgg16", input=448, bias=False, dtype="float16", settings="classes=3")
    assert ["match", "match", "match"] == [verdict.status for verdict in found]
    assert found.render("csv", out_of=6).splitlines()[1].split(",")[-2] in ("50", "50.0")
    table.write_text("# network: vgg16\nlayer,flops\nconv1_1,86704128\n")
    assert ["match"] == [verdict.status for verdict in cnncalc.check(table, convention="fvcore")]
    assert ["mismatch"] == [verdict.status for verdict in cnncalc.check(table, convention="fvcore", batch=2)]


# The same as the command line -------------------------------------------------------------------------

FUNCTIONS = {"show": "analyze", "list": "catalogue"}
"""The function for a command, where it has another name."""
OTHERWISE = {
    "form": "render(format)", "output": "a file of your own", "limit": "limits", "expanded": 'render("expanded")',
    "names": "networks(), conventions", "words": "layer, quantity, question", "layers": "part, formulas()",
    "listed": "conventions()", "specs": "spec", "feedback": 'render("html")', "files": "table",
    "grades": 'render("csv")', "published": "published_tables()", "quiet": "render(brief=True)", "answers": "mark()",
    "key": 'render("key")', "levels": "level", "printed": 'render("markdown")', "no_working": 'render("matrix")',
}  # fmt: skip
"""What an option or an argument of the command line is in Python, where it is no keyword of its name."""
ALONE = {
    "limits", "layer", "quantity", "question", "part", "plain", "conventions", "reference", "spec", "table", "level",
    "grading", "head", "max_layers",
}  # fmt: skip
"""Keywords that are something else on the command line, as above, or a limit or a setting of the file there."""
REFUSED = {"fit": {"batch", "bias", "convention", "dtype", "flops", "optimizer"}}
"""Keywords that a function refuses with a message."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_function_takes_what_its_command_takes(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    options = {str(option.name) for option in command.params}
    keys: set[str] = set()
    for key, parameter in inspect.signature(getattr(cnncalc, FUNCTIONS.get(name, name))).parameters.items():
        keys |= set(SetupKeys.__annotations__) if parameter.kind is parameter.VAR_KEYWORD else {key}
    view = None if name == "convert" else importlib.import_module(f"cnncalc.report.views.{name}")  # it writes a spec
    drawn = {*getattr(view, "TAKES", ()), *getattr(view, "EXTRA", ()), "standalone"}
    assert options - keys - drawn <= OTHERWISE.keys()
    assert keys - options - REFUSED.get(name, set()) <= ALONE
    assert "limits" in keys


def test_fit_refuses_what_changes_nothing_of_its_answer() -> None:
    for key, value in {"batch": 2, "bias": False, "convention": "fvcore"}.items():
        with pytest.raises(cnncalc.SpecError, match=f"fit takes no {key}"):
            cnncalc.fit("vgg16", **{key: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["text", "markdown", "html", "latex"])
def test_all_blocks_of_a_report_are_opened_in_python_too(form: str) -> None:
    network = cnncalc.analyze("resnet18")
    assert "conv2_1/conv1" in network.render(form, depth="all").replace("\\_", "_")
    for depth in ("deep", 0, -1, 1.5, "", []):
        with pytest.raises(cnncalc.SpecError, match="neither a number from 1 up nor 'all'"):
            network.render(form, depth=depth)


def test_limits_hold_in_every_function() -> None:
    with pytest.raises(cnncalc.SpecError, match="limit"):
        cnncalc.apply("pad", "1 2 3 4; 5 6 7 8", padding=1, limits={"matrix": 5})
    for call in (cnncalc.quiz, cnncalc.catalogue, lambda **keys: cnncalc.mark(cnncalc.quiz(), "no.yaml", **keys)):
        with pytest.raises(cnncalc.SpecError, match="no limit is called 'nope'"):
            call(limits={"nope": 1})


CONSISTENT = "layer,output,params\nconv1,28x28x6,156\nconv3,24x24x16,2416\npool4,12x12x16,0\n"
"""LeNet's conv3 makes 10x10x16; the pool behind it halves what was written."""


def test_a_consistent_answer_counts_what_it_is_told_to(tmp_path: Path) -> None:
    paths = [tmp_path / "ada.csv", tmp_path / "ben.csv", tmp_path / "none.csv"]
    paths[0].write_text(CONSISTENT, encoding="utf-8")
    paths[1].write_text(CONSISTENT.replace("24x24", "10x10").replace("12x12", "5x5"), encoding="utf-8")
    found = cnncalc.check(paths[:2], network="lenet", grading=True, follow_through=0.5)
    assert [75, 100] == [round(score) for score in found.scores]  # 4 right and a half, of 6
    assert [",75.0,", ",100.0,"] == [f",{row.split(',')[-2]}," for row in found.render("csv").splitlines()[1:]]
    assert (83, 100) == tuple(round(score) for score in cnncalc.check(paths[:2], network="lenet", grading=True).scores)
    assert [45] == [round(score) for score in cnncalc.check(paths[0], network="lenet", grading=True, out_of=11).scores]
    assert cnncalc.check(paths, network="lenet").outcomes[2].error is not None
    for key, value in {"follow_through": 1.5, "out_of": 0}.items():
        with pytest.raises(cnncalc.SpecError, match=key):
            cnncalc.check(paths[0], network="lenet", **{key: value})  # type: ignore[arg-type]


def test_a_number_in_brackets_is_no_question_of_its_own(tmp_path: Path) -> None:
    table = tmp_path / "ada.csv"
    table.write_text('layer,output,params\nconv1,"28x28x6 (4,705)",156 (0.25%)\n', encoding="utf-8")
    assert (50,) == cnncalc.check(table, network="lenet", grading=True).scores


def test_the_published_tables_and_the_marks_of_a_quiz_are_in_the_library(tmp_path: Path) -> None:
    assert 16 == len(cnncalc.published_tables())
    answers = tmp_path / "anna.yaml"
    answers.write_text("1: 30x30x6\n2: 192\n", encoding="utf-8")
    assert 1 == cnncalc.mark(cnncalc.quiz(seed=7, count=2), answers).right


def test_check_takes_a_network_as_every_function_does(write: Write) -> None:
    """A name, a path, slide notation, or a spec that has been loaded."""
    net = write("input: 8x8x3\nlayers:\n  - {conv: {filters: 4, kernel: 3}, name: a}\n", "net.yaml")
    sheet = write("layer,output,params\na,6x6x4,112\n", "sheet.csv")
    for network in (net, Path(net), cnncalc.load(net)):
        assert ["match", "match"] == [verdict.status for verdict in cnncalc.check(sheet, network=network)]
    larger = cnncalc.check(sheet, network=cnncalc.load(net), input="10x10x3")
    assert ["mismatch", "match"] == [verdict.status for verdict in larger]
