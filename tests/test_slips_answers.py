"""Slips once made in questions about one layer and in tables run as tests: each stays mended."""

from __future__ import annotations

import pytest
from conftest import Cli

from cnncalc.check.numbers.printed import Printed
from cnncalc.errors import SpecError
from cnncalc.solve.solve import ask


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
        ask([question])
    assert message in caught.value.problems[0].message


def test_the_padding_of_a_transposed_convolution_is_found() -> None:
    """(8 - 1)*2 - 2P + 3 = 15 at P = 1."""
    assert ask(["deconv F=3 in=8 S=2 out=15 P"]).solutions == [{"P": 1}]
    assert not ask(["deconv F=3 in=8 S=2 out=16 P"])


def test_a_receptive_field_that_is_not_known_is_no_claim_that_holds() -> None:
    """The field of a transposed convolution is not known without its kernel; all kernels would else do."""
    for question in ("deconv D=1, K=4, P=1, W=16, rf=1, C=6, F<=20, S=4", "globalavgpool in=8x8x3 rf=7"):
        with pytest.raises(SpecError, match="receptive field"):
            ask([question])
    assert ask(["deconv S=4, F=3, W=20, K=8, G=2, C<=20, rf>=1, P=0"]).solutions[0] == {"C": 2}


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
    assert ask(["32->15 F=3 G=2 C S=?"]).general == ()


def test_names_of_claims_reach_a_terminal_without_control_characters(pytester: pytest.Pytester) -> None:
    """YAML can write an escape character as \\e: in a layer's name, a source or an erratum it is a blank."""
    table = 'network: conv3-4\ninput: 8x8x3\nsource: "s\\e[31m"\nclaims:\n  "c\\e[31m": 3\n'
    table += '  conv1: {params: {is: 113, erratum: "why\\e[31m"}, macs: 3}\n'
    pytester.path.joinpath("a.cnn.yaml").write_text(table, encoding="utf-8")
    result = pytester.runpytest("-rA", "--color=no")
    result.assert_outcomes(failed=2, xfailed=1)
    assert "\x1b" not in result.stdout.str()


def test_bits_are_not_taken_for_bytes() -> None:
    for text in ("1.0 Kb", "5 Mb", "8b"):
        with pytest.raises(SpecError, match="a small b is a bit"):
            Printed.read(text)
    assert Printed.read("1.0 KB").matches(1000)
