"""No text of a user steers a terminal: whatever is printed has no control character and no invisible one."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Cli, Write

import cnncalc

STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Categories of Unicode: control, format, half a character, and the separators of lines and paragraphs."""
NASTY = (
    "".join(chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in STEERING[:2]) + "\u2028\u2029"
)
"""Every control and format character of the basic plane, and both separators."""
NAME = "a\x1b]0;t\x07\x7f\x9b31m\u202e\u2066\u200b\u2028\ufeff\U000e0001z"
"""A name that would set a terminal's title, change its colour, and turn the direction of writing."""
QUOTED = '"' + NAME.encode("unicode_escape").decode() + '"'
SPEC = f"""\
name: {QUOTED}
about: {QUOTED}
source: {QUOTED}
input: 32x32x3
parameters: {{w: 8}}
variants:
  {QUOTED}: {{set: {{w: 4}}, name: {QUOTED}, about: {QUOTED}}}
blocks:
  b(k): [{{conv: {{filters: k, kernel: 3}}}}]
layers: [{{conv: {{filters: w, kernel: 3}}}}, {{b: 8}}, flatten, {{fc: 10}}]
"""
TABLE = f"""\
network: net.yaml
source: {QUOTED}
claims:
  conv1: {{params: {{value: 225, erratum: {QUOTED}}}, macs: {QUOTED}}}
  {QUOTED}: {{params: {QUOTED}}}
"""
FORMATS = ("text", "json", "csv", "markdown", "html", "latex")


def steering(text: str) -> list[str]:
    """The characters of a text that are not to be printed, but for the ends of its lines."""
    return [f"U+{ord(sign):04X}" for sign in text if unicodedata.category(sign) in STEERING and sign != "\n"]


def commands() -> Iterator[tuple[str, ...]]:
    """Command lines, each with such a text somewhere in it."""
    for form in FORMATS:
        for spec in ("net.yaml", f"net.yaml:{NAME}"):
            yield ("show", spec, "--format", form)
        yield ("compare", "net.yaml", "vgg16", "--input", "32x32x3", "--format", form)
        yield ("diff", "net.yaml", "vgg16", "--input", "32x32x3", "--format", form)
        yield ("sweep", "net.yaml", "--input", "1,32", "--format", form)
        yield ("check", "table.yaml", "--format", form)
        yield ("check", "table.csv", "--network", "net.yaml", "--format", form)
        if form != "csv":
            yield ("explain", "net.yaml", "--format", form)
            yield ("formula", "net.yaml", "--format", form)
            yield ("fit", "net.yaml", "--size", "32", "--format", form)
            yield ("solve", "net.yaml", "conv1=30x30", "--format", form)
            yield ("compare", "net.yaml", "--conventions", "--format", form)
            yield ("quiz", "--seed", "1", "--answers", "answers.yaml", "--format", form)
    yield ("check", "table.yaml", "table.yaml", "--format", "junit")
    yield ("formula", "net.yaml", "--format", "python")
    yield ("show", "net.yaml", "--expanded")
    yield ("show", "net.yaml", "--format", "slide")
    yield ("show", "net.yaml:small")
    yield ("check", f"{NAME}.yaml")
    yield ("show", f"{NAME}.yaml")
    yield (NAME,)
    yield ("solve", NAME)
    yield ("apply", "maxpool", NAME)
    yield ("apply", "maxpool", "1 2; 3 4", "--kernel", NAME)
    yield ("formula", "vgg16", NAME)
    yield ("explain", "vgg16", NAME)
    yield ("list", f"--{NAME}")
    yield ("quiz", "--level", NAME)
    for option in ("--input", "--set", "--batch", "--convention", "--columns", "--depth", "--format", "--output"):
        yield ("show", "net.yaml", option, f"{NAME}/{NAME}" if option == "--output" else NAME)
    yield ("show", "net.yaml", "--set", f"w={NAME}")
    yield ("formula", "net.yaml", "--assume", NAME)
    yield ("sweep", "net.yaml", "--layers", NAME)
    yield ("fit", "net.yaml", "--size", NAME)
    yield ("check", "table.csv", "--network", NAME)


@pytest.fixture
def nasty(folder: Path, write: Write) -> None:
    """Files that hold such texts, and some that are called so."""
    write(SPEC)
    write(TABLE, "table.yaml")
    write(f"student,layer,params\n{NAME},conv1,224\n{NAME},{NAME},{NAME}\n", "table.csv")
    write(f"1: {QUOTED}\n2: {QUOTED}\n{QUOTED}: 3\n", "answers.yaml")
    write(SPEC, f"{NAME}.yaml")


@pytest.mark.usefixtures("nasty")
def test_nothing_that_is_printed_steers_a_terminal(cli: Cli) -> None:
    for arguments in commands():
        result = cli(*arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), arguments
        assert [] == steering(result.stdout), arguments
        assert [] == steering(result.stderr), arguments


@pytest.mark.usefixtures("nasty")
def test_the_characters_are_shown_as_escapes(cli: Cli) -> None:
    shown = r"a\u001b]0;t\u0007\u007f\u009b31m\u202e\u2066\u200b\u2028\ufeff\U000e0001z"
    assert shown in cli.refused("show", "net.yaml:small", status=1)
    assert shown in cli.text("show", "net.yaml")


def test_the_prompt_of_the_quiz_does_not_repeat_what_steers() -> None:
    arguments = [sys.executable, "-m", "cnncalc", "quiz", "--seed", "1", "--count", "3"]
    shown = subprocess.run(arguments, input=f"{NAME}\n" * 4, capture_output=True, encoding="utf-8", check=True)
    assert [] == steering(shown.stdout)


@pytest.mark.parametrize("form", FORMATS)
def test_no_control_or_format_character_passes(write: Write, form: str) -> None:
    spec = write(f"name: {json.dumps(NASTY)}\ninput: 8x8x1\nlayers: [relu]\n")
    assert [] == steering(cnncalc.analyze(spec).render(form))


def test_a_notebook_and_a_repr_show_none(write: Write) -> None:
    spec = write(SPEC)
    for result in (cnncalc.analyze(spec), cnncalc.sweep(spec, "32,64"), cnncalc.fit(spec), cnncalc.formula(spec)):
        assert [] == steering(result._repr_html_())
        assert [] == steering(repr(result))


def test_names_with_signs_of_markup_stay_text(write: Write) -> None:
    name = "<script>a & b</script> | *c* _d_ [e](f) `g` \\input{x} $h$ % i # ~ ^"
    found = cnncalc.analyze(
        write(f"name: {json.dumps(name)}\nabout: {json.dumps(name)}\ninput: 8x8x1\nlayers: [relu]\n")
    )
    html, markdown, latex = (found.render(form) for form in ("html", "markdown", "latex"))
    assert "<script>" not in html
    assert "&lt;script&gt;a &amp; b" in html
    assert r"\<script>a & b\</script> \| \*c\* \_d\_ \[e\](f) \`g\` \\input{x}" in markdown
    assert r"\textbackslash{}input\{x\} \$h\$ \% i \# \textasciitilde{} \textasciicircum{}" in latex


@pytest.mark.usefixtures("nasty")
def test_junit_stays_xml(cli: Cli) -> None:
    text = cli("check", "table.yaml", f"{NAME}.yaml", "--format", "junit").stdout
    assert "testsuites" == ElementTree.fromstring(text).tag


def test_the_caret_stands_below_what_it_means_behind_an_escape(cli: Cli, write: Write) -> None:
    spec = write('about: "\u202e\u202e"\ninput: 8x8x1\nlayers: [relu, {conv: {name: "\u202e"}}, wrong]\n')
    lines = cli.refused(spec, status=1).splitlines()
    assert any(text.index("wrong]") == below.find("^") for text, below in pairwise(lines) if "wrong]" in text)
