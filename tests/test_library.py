"""The library: every public name is there, and the examples in its documentation come true."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

import cnncalc

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
