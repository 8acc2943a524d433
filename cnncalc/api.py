"""The library: a function for everything that the command line does; the command line calls these.

Every function about a network takes a spec (a name, a path, slide notation or a Spec), an input written as on
the command line (224, "227x227x3", "HxWx3"), and the keywords of setup.SetupKeys: settings, batch, convention,
bias, flops, dtype, optimizer, limits, max_layers, head. Every result is a `Result`: `result.render("markdown")` is
its text, and a notebook shows it as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, Unpack

from cnncalc.errors import Problem, UsageError
from cnncalc.limits import MOST_POINTS, setting_limits
from cnncalc.result import Result, draw_with
from cnncalc.setup import SetupKeys, SpecLike, limits_of, setup, usage
from cnncalc.spec.find import bundled, find

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis, Convention
    from cnncalc.analysis.catalogue import Catalogue
    from cnncalc.apply.applied import Applied
    from cnncalc.check.grading import Checked, Outcome
    from cnncalc.compare.comparison import (
        ConventionComparison,
        ConventionComparisons,
        ConventionList,
        NetworkComparison,
    )
    from cnncalc.diff.difference import Diff
    from cnncalc.explain.explanation import Explanation
    from cnncalc.fit.fit import Fit, SizeLike
    from cnncalc.formula.formulas import Formulas, SeveralFormulas
    from cnncalc.graph import Graph
    from cnncalc.quiz.marking import Marked
    from cnncalc.quiz.sheet import Sheet
    from cnncalc.solve.answer import Answer
    from cnncalc.spec.model import Spec
    from cnncalc.sweep.sweep import Sweep

P = ParamSpec("P")
R = TypeVar("R")


def _render(result: Result, form: str = "text", **options: Any) -> str:
    """A result as text; what draws it is loaded only now."""
    from cnncalc.report.formats import render

    return render(result, form, **options)


draw_with(_render)


def _limited(function: Callable[P, R]) -> Callable[P, R]:
    """The function, with the limits that its keywords set holding for all of its work."""

    @wraps(function)
    def limited(*args: P.args, **keys: P.kwargs) -> R:
        given: Any = keys
        with setting_limits(limits_of(given.get("limits"), given.get("max_layers"))):
            return function(*args, **keys)

    return limited


# Networks ---------------------------------------------------------------------------------------


def networks() -> list[str]:
    """Return the names of the networks that come with cnncalc."""
    return list(bundled())


@_limited
def catalogue(*, limits: Mapping[str, int] | None = None) -> Catalogue:
    """Analyse every network that comes with cnncalc, for its own input."""
    from cnncalc.analysis.catalogue import Catalogue

    return Catalogue(tuple(map(analyze, bundled())))


def load(spec: str | PathLike[str]) -> Spec:
    """Return the spec of a bundled network, of a file, or of a text in slide notation.

    Raises SpecError with every problem in its text, and with every problem that the expansion for its own
    input finds.
    """
    found = find(spec)
    if found.problems:
        setup(found).graph()  # raises them, together with those that only show in the expansion
    return found


@_limited
def expand(spec: SpecLike, input: str | int | None = None, **keys: Unpack[SetupKeys]) -> Graph:  # noqa: A002
    """Return the network of a spec for an input: blocks expanded, every shape known. Raises SpecError."""
    return setup(spec, input, **keys).graph()


@_limited
def convert(
    spec: SpecLike,
    input: str | int | None = None,  # noqa: A002
    *,
    flat: bool = False,
    settings: Mapping[str, Any] | Iterable[str] | str | None = None,
    head: str = "fc",
    limits: Mapping[str, int] | None = None,
    max_layers: int | None = None,
) -> str:
    """Return a network as a spec in YAML: as a person writes it, or `flat`, with every layer by itself.

    Every layer has the same name and the same numbers. Raises SpecError with every problem found.
    """
    from cnncalc.export.spec_yaml import render

    return render(setup(spec, input, settings=settings, head=head).graph(), flat=flat)


@_limited
def analyze(spec: SpecLike, input: str | int | None = None, **keys: Unpack[SetupKeys]) -> Analysis:  # noqa: A002
    """Compute what every layer of a network makes and costs.

    >>> analyze("conv3-64, pool2, fc-10", "32x32x3").total("params")
    165642

    Raises SpecError with every problem found.
    """
    return setup(spec, input, **keys).analysis()


@_limited
def compare(
    spec: SpecLike | Sequence[SpecLike],
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    conventions: str | Iterable[Convention | str] = (),
    reference: Convention | str | None = None,
    **keys: Unpack[SetupKeys],
) -> ConventionComparison | ConventionComparisons | NetworkComparison:
    """Count a network by several conventions; every difference from the reference is split into items.

    >>> ours, fvcore = compare("vgg16", conventions=["fvcore"])
    >>> fvcore.count - ours.count == sum(item.amount for item in fvcore.count_items)
    True

    `conventions` are names or Conventions, or "all" (the default). The first result is the reference: the
    `convention`, by default cnncalc's own. For a list of specs, every spec is counted by all of them (a
    ConventionComparisons); without `conventions`, their totals are put side by side (a NetworkComparison):

    >>> [network.total("params") for network in compare(["vgg16", "alexnet"])]
    [138357544, 62378344]

    Raises SpecError.
    """
    from cnncalc.compare import comparison
    from cnncalc.spec.model import Spec

    if reference is not None:
        keys["convention"] = reference
    several = isinstance(spec, Iterable) and not isinstance(spec, str | PathLike | Spec)
    specs: Sequence[Any] = list(spec) if several else [spec]  # type: ignore[arg-type]
    if not specs:
        raise UsageError([Problem("no network is named", None, "name one network or more")])
    setups = [setup(each, input, **keys) for each in specs]
    if several and not conventions:
        return comparison.NetworkComparison(tuple(each.analysis() for each in setups))
    with usage():
        chosen = comparison.choose_conventions(conventions, setups[0].convention)
    found = tuple(comparison.compared_by(each, chosen) for each in setups)
    return comparison.ConventionComparisons(found) if several else found[0]


def conventions() -> ConventionList:
    """List the named conventions, each with its version, its source and its known faults."""
    from cnncalc.analysis.known_conventions import CONVENTIONS
    from cnncalc.compare.comparison import ConventionList

    return ConventionList(tuple(CONVENTIONS.values()))


@_limited
def diff(
    old: SpecLike,
    new: SpecLike,
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    columns: str | Sequence[str] | None = None,
    structure: bool = False,
    names: bool = False,
    **keys: Unpack[SetupKeys],
) -> Diff:
    """Find the layers in which two networks differ, and by how much.

    >>> found = diff("conv3-8, relu, fc-10", "conv5-8, relu, fc-10", "32x32x3")
    >>> [(layer.change, layer.new.name, layer.settings) for layer in found.layers if layer.settings]
    [('changed', 'conv1', (Setting(name='kernel', old=3, new=5), Setting(name='padding', old=1, new=2)))]
    >>> [(total.quantity, total.difference) for total in found.totals][0]
    ('params', 384)

    `columns` are the quantities that are compared; with `structure`, only types, settings and connections are. The
    layers of both are aligned by name, then by order and kind. A layer that only has another name is the same,
    except with `names`. The other keywords hold for both networks. Raises SpecError.
    """
    from cnncalc.diff.difference import diff_of

    if structure and columns is not None:
        raise UsageError(
            [Problem("structure compares no numbers, so that there are no columns", None, "leave out one")]
        )
    before, after = (setup(each, input, **keys).analysis() for each in (old, new))
    with usage():
        return diff_of(before, after, columns, structure=structure, names=names)


# The same numbers in other forms ----------------------------------------------------------------


@_limited
def explain(
    spec: SpecLike,
    layer: str | Sequence[str] = (),
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    quantity: str | Sequence[str] = (),
    **keys: Unpack[SetupKeys],
) -> Explanation:
    """Explain how the numbers of a layer or of all layers of a block are computed; without a layer, the totals.

    >>> print(str(explain("conv5-6p0", "conv1", "32x32x1", quantity="params")).splitlines()[0])
    conv1 params = 156

    `quantity` is any name of a quantity, or several; by default the usual quantities are explained. As on the
    command line, `layer` may name quantities, too. Raises SpecError, also for an unknown layer.
    """
    from cnncalc.analysis.quantities import QUANTITIES, several_named
    from cnncalc.explain.explanation import explain_analysis

    words = (layer,) if isinstance(layer, str) else layer or ()
    quantities = several_named(quantity, tuple(QUANTITIES)) if quantity else ()
    return explain_analysis(analyze(spec, input, **keys), words, quantities)


@_limited
def formula(
    spec: SpecLike,
    part: str = "",
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    assume: str | Sequence[str] = (),
    only: str | Sequence[str] | None = None,
    plain: bool = False,
    **keys: Unpack[SetupKeys],
) -> Formulas:
    """Find the closed forms of a network, a block or a layer: integers and sympy expressions by quantity.

    >>> formula("resnet50", assume="H % 32 == 0 and W % 32 == 0")["macs"]
    76848*H*W + 2048000

    Without `input` the sizes become the symbols H and W. The symbols are declared to sympy as positive integers;
    with `plain` they are plain symbols, so that `.subs("H", 224)` finds them. Raises SpecError.
    """
    if not isinstance(part, str):
        hint = "cnncalc.formulas takes several"
        raise UsageError([Problem(f"formula takes the name of one part, not {part!r}", None, hint)])
    (found,) = formulas(spec, (part,) if part else (), input, assume=assume, only=only, **keys).parts
    if isinstance(input, str) and found.analysis.layers_in(input):
        hint = f"give several to cnncalc.formulas, and an input by its name: input={input!r}"
        raise UsageError([Problem(f"'{input}' is a part of {found.name}, and formula takes one", None, hint)])
    return found.plain() if plain else found


@_limited
def formulas(
    spec: SpecLike,
    parts: Sequence[str] = (),
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    assume: str | Sequence[str] = (),
    only: str | Sequence[str] | None = None,
    **keys: Unpack[SetupKeys],
) -> SeveralFormulas:
    """Find the closed forms of several layers and blocks, by default of the network; arguments as in `formula`.

    >>> [found["params"] for found in formulas("vgg16", ["conv1_1", "conv1_2"]).parts]
    [1792, 36928]
    """
    from cnncalc.formula.assumptions import parse_assumptions
    from cnncalc.formula.formulas import SeveralFormulas, formulas_of, suppose

    asked = setup(spec, input, symbolic=True, **keys)
    with usage():
        assumptions = parse_assumptions([assume] if isinstance(assume, str) else assume)
    supposed = suppose(asked, assumptions)
    for part in parts:
        supposed.analysis.part(part)  # raises for an unknown one
    return SeveralFormulas(tuple(formulas_of(supposed, part, only) for part in parts or ("",)))


@_limited
def sweep(
    spec: SpecLike,
    input: Any = None,  # noqa: A002, the word users know it by
    *,
    columns: str | Sequence[str] | None = None,
    layers: str | Sequence[str] = (),
    max_points: int | None = None,
    **keys: Unpack[SetupKeys],
) -> Sweep:
    """Compute totals of a network, or the `columns` named, at every point of a grid: an iterable of dictionaries.

    >>> for row in sweep("vgg16", "128:224:96", batch="1,8", columns="macs,pool5.output"):
    ...     print(row["input"], row["batch"], row["macs"], row["pool5.output"], row["problem"])
    128 1 5065572352 (4, 4, 512) None
    128 8 40524578816 (4, 4, 512) None
    224 1 15470264320 (7, 7, 512) None
    224 8 123762114560 (7, 7, 512) None

    Grids of `input`, `settings` and `batch` are written as on the command line ("32:512:32", "1,8,64"), or are
    ranges and lists. At a point where the network has no output, the numbers are None, and `problem` says why.
    Raises SpecError.
    """
    from cnncalc.analysis.quantities import OF_A_NETWORK
    from cnncalc.sweep.grid_text import grid_text, parse_grid
    from cnncalc.sweep.measures import choose
    from cnncalc.sweep.sweep import Sweep

    settings, batch = keys.pop("settings", None) or (), keys.pop("batch", None)
    asked = setup(spec, **keys)
    if asked.spec.problems:
        asked.graph()  # raises them
    if isinstance(settings, Mapping):
        settings = [f"{name}={grid_text(values)}" for name, values in settings.items()]
    elif isinstance(settings, str):
        settings = [settings]
    with usage(), setting_limits({} if max_points is None else {MOST_POINTS.name: max_points}):
        measures = choose(columns, [layers] if isinstance(layers, str) else layers)
        grid = parse_grid(
            asked.spec,
            None if input is None else grid_text(input),
            settings,
            None if batch is None else grid_text(batch),
            taken=[*OF_A_NETWORK, *(measure.key for measure in measures)],
        )
    return Sweep(asked, grid, measures)


# Questions the other way round ------------------------------------------------------------------


@_limited
def fit(
    spec: SpecLike,
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    size: SizeLike | Iterable[SizeLike] | None = None,
    strict: bool = False,
    **keys: Unpack[SetupKeys],
) -> Fit:
    """Find the input sizes for which no layer drops a pixel, exactly: a congruence for every axis.

    >>> unet = fit("unet")
    >>> 572 in unet, unet.nearest(512), unet.sizes["H"].first(3)
    (True, (508, 524), [188, 204, 220])

    `input` may name the sizes (HxWx3), or fix an axis (224xW). A size in numbers is judged, as the sizes in `size`
    are (224, "320x480", "224,227", or a list): see `.checks`. With `strict`, not even padding may remain after the
    last window. Raises SpecError.
    """
    from cnncalc.fit.fit import fit_of

    needless = [key for key in keys if key not in ("settings", "max_layers", "head")]
    if needless:
        message = f"fit takes no {' and no '.join(needless)}: whether a size fits does not depend on it"
        raise UsageError([Problem(message, None, "leave it out")])
    asked = setup(spec, input, **keys)
    found = fit_of(asked, strict=strict)
    given = asked.input.sides if asked.input else ()
    numbers = tuple(part for part in given if isinstance(part, int))
    own: list[SizeLike] = [numbers] if numbers and len(numbers) == len(given) else []
    sizes = size.split(",") if isinstance(size, str) else [size] if isinstance(size, int) else size or ()
    return found.judged([*own, *sizes])


@_limited
def solve(*question: str, input: str | int | None = None, **keys: Unpack[SetupKeys]) -> Answer:  # noqa: A002
    """Answer an inverse question about one layer, or about the network that is named first.

    >>> solve("227 -> 55, F=11, P=0, S=?").solutions
    [{'S': 4}]
    >>> solve("vgg16", "pool5=7x7").solutions
    [{'input': 224}]

    Raises UsageError for a question that cannot be understood.
    """
    from cnncalc.solve.solve import solve as answer

    return answer(question, input, **keys)


# Answers and numbers of others ------------------------------------------------------------------


@_limited
def check(
    table: str | PathLike[str] | Iterable[str | PathLike[str]],
    *,
    network: str | PathLike[str] | Spec = "",
    input: str | int | None = None,  # noqa: A002, the word users know it by
    thousand: int | None = None,
    zeros: str | None = None,
    layout: str | None = None,
    grading: bool = False,
    out_of: int | None = None,
    follow_through: float = 1,
    key: str | PathLike[str] = "",
    **keys: Unpack[SetupKeys],
) -> Checked:
    r"""Check every claim of a table or a sheet of answers: match, mismatch, erratum.

    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile("w", suffix=".yaml") as file:
    ...     size = file.write("network: vgg16\nclaims:\n  pool5: 7x7x512\n  total: {params: 138M}")
    ...     file.flush()
    ...     [(verdict.status, verdict.exact) for verdict in check(file.name)]
    [('match', Shape(512, 7, 7)), ('match', 138357544)]

    With a `network`, the keywords alone define the question, and what the file says about it is ignored. Without
    one, each keyword replaces that key of the file. `thousand` (1000 or 1024), `zeros` ("count" or "blank") and
    `layout` ("hwc" or "chw") say how its numbers are printed. With `grading`, a wrong number is wrong, even if it is
    marked as an erratum. `.scores` are in percent of `out_of` questions, or of those answered; a consistent answer
    counts `follow_through`, from 0 to 1. A `key` is a table with the right answers: it sets the network and the
    exercises, and what it does not answer does not count. Raises SpecError with every problem of the file; of several
    tables, one that cannot be read has an outcome that says so.
    """
    from cnncalc.check.context import overrides
    from cnncalc.check.grading import Checked, check_files, checked
    from cnncalc.check.key import Key, read_key

    if not 0 <= follow_through <= 1:
        raise UsageError([Problem(f"follow_through is a number from 0 to 1, not {follow_through}")])
    if out_of is not None and (type(out_of) is not int or out_of < 1):
        raise UsageError([Problem(f"out_of is a number of questions from 1 up, not {out_of!r}")])
    keys.pop("limits", None)
    keys.pop("max_layers", None)
    set_outside = overrides(
        network, input, {**keys, "thousand": thousand, "zeros": zeros, "layout": layout}, grading=grading
    )
    with usage():
        found = read_key(fspath(key), set_outside) if key else Key(set_outside)
    if isinstance(table, str | PathLike):
        outcomes: Iterable[Outcome] = [replace(checked(table, found.overrides), asked=found.asked)]
    else:
        outcomes = check_files([fspath(each) for each in table], found.overrides, asked=found.asked)
    return Checked(tuple(outcomes), out_of, follow_through)


def published_tables() -> list[str]:
    """Return the paths of the tables of published numbers that come with cnncalc, for `check`."""
    from cnncalc.check.published import published_tables as paths

    return paths()


@_limited
def quiz(
    *, seed: int = 1, level: int | Sequence[int] = 1, count: int = 10, limits: Mapping[str, int] | None = None
) -> Sheet:
    """Draw the questions of a sheet: the same for the same seed, levels and count, on every machine.

    >>> [question.answer for question in quiz(seed=7, count=2)]
    ['30x30x6', '198']

    Several levels share the questions equally, the lowest first. Raises SpecError for an unknown level, and for a
    seed or a count out of range. `mark` judges answers to it.
    """
    from cnncalc.quiz.sheet import sheet_of

    return sheet_of(seed, (level,) if isinstance(level, int) else level, count)


@_limited
def mark(sheet: Sheet, answers: str | PathLike[str], *, limits: Mapping[str, int] | None = None) -> Marked:
    """Mark a file of answers to a sheet of the quiz: `.right` of them are right. Raises SpecError without answers."""
    from cnncalc.quiz.marking import marked

    return marked(sheet, str(answers))


@_limited
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
    answer: Any = None,
    limits: Mapping[str, int] | None = None,
) -> Applied:
    """Apply an operation to a small matrix, exactly: `.output` has the numbers, `.cells` the working.

    >>> apply("maxpool", [[99, 81, 51, 54], [93, 25, 73, 29], [33, 8, 66, 68], [39, 68, 59, 31]], 2).output
    [[99, 73], [68, 68]]

    `operation` is "convolution" (which turns its kernel), "correlation", "maxpool", "avgpool" or "pad"; `kernel` is a
    matrix of weights, or for a pool its size. Matrices are lists, arrays, text or paths; decimals become fractions.
    With an `answer`, `.judged` says whether it is right, where not, and what mistakes give it.
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
    found = apply_operation(operation, matrix_of(matrix), weights, keys, counts_padding=count_padding)
    if answer is None:
        return found
    from cnncalc.apply.judged import judged

    return replace(found, judged=judged(found, matrix_of(answer, "answer"), keys))
