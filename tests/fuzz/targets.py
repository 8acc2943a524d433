"""What is fuzzed: for every kind of text that users write, a function that reads it and works with what it says.

A text may be refused as documented: by SpecError, or an expression by ExpressionError; `read` then writes the message
out, carets and all. Any other exception is a fault of the program.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnncalc import api
from cnncalc.analysis.quantities import QUANTITIES, value_of
from cnncalc.apply.matrix import parse_matrix
from cnncalc.check.context import overrides
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Source, SpecError
from cnncalc.formula.assumptions import parse_assumptions
from cnncalc.setup import setup
from cnncalc.solve.question import parse_question
from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Spec
from cnncalc.spec.operators import ExpressionError
from cnncalc.spec.readers import caffe, darknet, notation, register, yaml
from cnncalc.sweep.grid_text import parse_grid

CORPUS = Path(__file__).resolve().parent / "corpus"
MOST_LAYERS = 200
FAMILY = yaml.read(
    Source(
        "family.yaml", "input: 8x8x3\nparameters: {width: 1, n: 2}\nlayers: [{conv: {filters: 4*width, kernel: 3}}]\n"
    )
)
SIZES = {"n": 7, "width": 64, "big": 10**9, "yes": True, "sizes": (1, 2, 3), "in": {"channels": 3, "height": 224}}


def counted(spec: Spec) -> None:
    """Analyse a spec at its own input, or an image where it has none, and ask for every quantity."""
    size = None if spec.input else "8x8x3"
    analysis = setup(spec, size, max_layers=MOST_LAYERS).analysis()
    for quantity in QUANTITIES:
        try:
            value_of(analysis, quantity, "")
        except SpecError as refused:
            str(refused)


def specs(text: str) -> None:
    """A spec in YAML."""
    counted(yaml.read(Source("net.yaml", text)))


def slides(text: str) -> None:
    """A network in slide notation."""
    counted(notation.read(Source("network", text)))


def models(text: str) -> None:
    """A network in another form: a printed model, code, a summary, a table, a text with one of them in it."""
    counted(register.read(Source("model", text)))


def prototxt(text: str) -> None:
    """A network of Caffe, and those of its other phases and stages."""
    read = caffe.read(Source("net.prototxt", text))
    for variant in [read, *(other.spec() for other in list(read.variants.values())[:3] if other.spec)]:
        try:
            counted(variant)
        except SpecError as refused:
            str(refused)
    counted(read)


def configurations(text: str) -> None:
    """A network of Darknet."""
    counted(darknet.read(Source("net.cfg", text)))


def expressions(text: str) -> None:
    """An expression of a spec, its names being numbers, a truth value, a list and an input."""
    Expression(text).evaluate(SIZES)


def questions(text: str) -> None:
    """A question for solve, read and not answered."""
    parse_question(text)


def answers(text: str) -> None:
    """A question for solve, a line an argument, answered."""
    api.solve(*text.split("\n")[:4])


def claims_yaml(text: str) -> None:
    """A table of claims in YAML, judged."""
    verdicts(read_table(Source("claims.yaml", text)))


def claims_csv(text: str) -> None:
    """A table of claims in CSV, judged."""
    verdicts(read_table(Source("claims.csv", text)))


def sheets(text: str) -> None:
    """A sheet of answers about one network, graded: YAML, CSV, Markdown, a notebook, or the print-out of a tool."""
    verdicts(read_table(Source("sheet", text), overrides("conv3-4, pool2, fc-10", "8x8x3", {}, grading=True)))


def options(text: str) -> None:
    """What the command line says of a network, a line each: input, setting, batch, assumption; also as grids."""
    size, setting, batch, assumption = (*text.split("\n"), *[""] * 4)[:4]
    for attempt in (
        lambda: setup(
            FAMILY, size or None, settings=setting or None, batch=batch or None, max_layers=MOST_LAYERS
        ).analysis(),
        lambda: parse_assumptions([assumption]),
        lambda: parse_grid(FAMILY, size or None, [setting] if setting else [], batch or None),
    ):
        try:
            attempt()
        except SpecError as refused:
            str(refused)


def matrices(text: str) -> None:
    """A call of apply: operation | matrix | kernel | stride | padding | dilation | rounding; none but the first two."""
    operation, matrix, kernel, *options = (*text.split("|"), *[""] * 7)[:7]
    keys = dict(zip(("stride", "padding", "dilation", "rounding"), map(_option, options), strict=True))
    weights = parse_matrix(Source("kernel", kernel)) if operation in ("convolution", "correlation") else _option(kernel)
    api.apply(operation, parse_matrix(Source("matrix", matrix)), weights, **keys)


def _option(text: str) -> Any:
    """An option of apply as the command line reads it: 2, 2x3, 1,2x0,1 or a word."""
    try:
        parts = [[int(side) for side in part.split(",")] for part in text.split("x")]
    except ValueError:
        return text or None
    return [part if len(part) > 1 else part[0] for part in parts]


TARGETS: dict[str, Callable[[str], None]] = {
    "specs": specs,
    "slides": slides,
    "models": models,
    "caffe": prototxt,
    "configurations": configurations,
    "expressions": expressions,
    "questions": questions,
    "answers": answers,
    "claims_yaml": claims_yaml,
    "claims_csv": claims_csv,
    "sheets": sheets,
    "options": options,
    "matrices": matrices,
}


def read(target: str, text: str) -> bool:
    """Whether a target accepts a text; False where it refuses it as documented."""
    try:
        TARGETS[target](text)
    except (SpecError, ExpressionError) as refused:
        str(refused)
        return False
    return True


def corpus(target: str) -> list[str]:
    """The texts that the fuzzer starts from."""
    return [path.read_text(encoding="utf-8") for path in sorted((CORPUS / target).iterdir())]
