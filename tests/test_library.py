"""The library: every public name is there, and the examples in its documentation come true."""

from __future__ import annotations

import doctest
import importlib

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
