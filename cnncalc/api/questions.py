"""Questions -> answers: what fits, what solves, what is right, what a layer does to given numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Convention
from cnncalc.graph import MOST_LAYERS
from cnncalc.spec.find import find
from cnncalc.spec.input_size import parse_input
from cnncalc.spec.model import Spec

if TYPE_CHECKING:
    from cnncalc.apply.applied import Applied
    from cnncalc.check.claim import Verdict
    from cnncalc.fit.fit import Fit
    from cnncalc.quiz.sheet import Question
    from cnncalc.solve.answer import Answer


def fit(
    spec: Spec | str | PathLike[str],
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    settings: Mapping[str, Any] | None = None,
    strict: bool = False,
    most_layers: int = MOST_LAYERS,
) -> Fit:
    """The input sizes that pass with no pixel dropped, exactly: a congruence for every axis.

    >>> unet = fit("unet")
    >>> 572 in unet, unet.nearest(512), unet.sizes["H"].first(3)
    (True, (508, 524), [188, 204, 220])

    `input` may name the sizes (HxWx3), or fix an axis (224xW). With `strict`, not even padding
    may be left over. Raises SpecError.
    """
    from cnncalc.fit.fit import fit_spec

    found = spec if isinstance(spec, Spec) else find(spec)
    size = None if input is None else parse_input(str(input), found.input)
    values = None
    if settings:
        from cnncalc.spec.parameters import settings_of

        values = settings_of(found, settings)
    return fit_spec(found, size, values, strict=strict, most_layers=most_layers)


def solve(
    *question: str,
    input: str | int | None = None,  # noqa: A002, the word users know it by
    settings: Mapping[str, Any] | None = None,
    convention: Convention | None = None,
    most_layers: int = MOST_LAYERS,
) -> Answer:
    """The answer to an inverse question about one layer, or about a network named first.

    >>> solve("227 -> 55, F=11, P=0, S=?").solutions
    [{'S': 4}]
    >>> solve("vgg16", "pool5=7x7").solutions
    [{'input': 224}]

    Raises SpecError for a question that cannot be understood.
    """
    from cnncalc.solve.solve import ask

    return ask(question, input, settings or {}, most_layers, convention)


def check(
    table: str | PathLike[str],
    *,
    network: str = "",
    input: str | int = "",  # noqa: A002, the word users know it by
    settings: Mapping[str, Any] | None = None,
    counting: Mapping[str, Any] | None = None,
    grading: bool = False,
) -> list[Verdict]:
    r"""What became of every claim of a table or a sheet of answers: match, mismatch, erratum.

    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile("w", suffix=".yaml") as file:
    ...     size = file.write("network: vgg16\nclaims:\n  pool5: 7x7x512\n  total: {params: 138M}")
    ...     file.flush()
    ...     [(verdict.status, verdict.exact) for verdict in check(file.name)]
    [('match', Shape(512, 7, 7)), ('match', 138357544)]

    A name that ends in .csv is a spreadsheet's, any other YAML. With a `network`, the file has no say in
    the question: `input`, `settings` and `counting` are all there is (bias, flops, batch ..., as a table
    has them). Without one they replace what the file says. With `grading`, no wrong number passes for an
    erratum. Raises SpecError with every problem of the file.
    """
    from cnncalc.check.overrides import given_from_outside
    from cnncalc.check.tables import read_table
    from cnncalc.check.verdicts import verdicts
    from cnncalc.spec.parameters import written

    values = tuple(f"{name}={written(value)}" for name, value in (settings or {}).items())
    counted = {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in (counting or {}).items()
    }
    given = given_from_outside(network, str(input), values, counted, grading=grading)
    return verdicts(read_table(table, given))


def quiz(*, seed: int = 1, level: int | Sequence[int] = 1, count: int = 10) -> list[Question]:
    """The questions of a sheet: the same for the same seed, levels and count, on every machine.

    >>> [question.answer for question in quiz(seed=7, count=2)]
    ['30x30x6', '198']

    Of several levels, each has its share, the lowest first. Raises SpecError for a level, a seed
    or a count that there is not.
    """
    from cnncalc.quiz.sheet import questions

    return questions(seed, (level,) if isinstance(level, int) else level, count)


def apply(
    operation: str,
    matrix: Any,
    kernel: Any = None,
    *,
    stride: int | Sequence[int] | None = None,
    padding: int | str | Sequence[Any] | None = None,
    dilation: int | Sequence[int] | None = None,
    rounding: str | None = None,
    count_padding: bool = True,
) -> Applied:
    """An operation done to the numbers of a small matrix, exactly: `.output`, and `.cells` with the working.

    >>> apply("maxpool", [[99, 81, 51, 54], [93, 25, 73, 29], [33, 8, 66, 68], [39, 68, 59, 31]], 2).output
    [[99, 73], [68, 68]]

    `operation` is "convolution" (its kernel turned), "correlation", "maxpool", "avgpool" or "pad"; `kernel` a matrix
    of weights, or for a pool its size. Matrices are lists, arrays, text or paths; decimals become fractions.
    """
    from cnncalc.apply.applied import OPERATIONS, apply_operation
    from cnncalc.apply.matrix import matrix_of

    options = {"stride": stride, "padding": padding, "dilation": dilation, "rounding": rounding}
    keys = {key: value for key, value in options.items() if value is not None}
    weights = None
    if kernel is not None and operation in OPERATIONS and OPERATIONS[operation].summary == "sum":
        weights = matrix_of(kernel, "kernel")
    elif kernel is not None:
        keys["kernel"] = kernel
    return apply_operation(operation, matrix_of(matrix), weights, keys, counts_padding=count_padding)
