"""A name, a path or slide notation -> Spec, Graph or Analysis: the library in three functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Analysis, Convention, analyze_graph
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import MOST_LAYERS, Graph, build
from cnncalc.spec.inputs import parse_input
from cnncalc.spec.library import bundled, find
from cnncalc.spec.model import Spec
from cnncalc.symbolic import is_known, symbol

if TYPE_CHECKING:
    from cnncalc.analysis.formulas import Formulas
    from cnncalc.analysis.sweep import Sweep
    from cnncalc.inverse.answer import Answer
    from cnncalc.inverse.fit import Fit


def networks() -> list[str]:
    """The names of the networks that come with cnncalc."""
    return list(bundled())


def load(spec: str | PathLike[str]) -> Spec:
    """The spec that a bundled name, a path or slide notation stands for.

    Raises SpecError with every problem of its text, and of its expansion so far as its own
    input tells.
    """
    found = find(spec)
    if found.problems:
        build(found)  # raises them, together with those that only show in the expansion
    return found


def expand(
    spec: Spec | str | PathLike[str],
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    settings: Mapping[str, Any] | None = None,
    most_layers: int = MOST_LAYERS,
) -> Graph:
    """The network of a spec for an input: blocks expanded, names resolved, every shape known.

    `input` is written as on the command line: 224, "227x227x3", "HxWx3". Raises SpecError.
    """
    found = spec if isinstance(spec, Spec) else find(spec)
    size = None if input is None else parse_input(str(input), found.input)
    if not settings:
        return build(found, size, most_layers=most_layers)
    from cnncalc.spec.settings import settings_of

    return build(found, size, settings_of(found, settings), most_layers=most_layers)


def analyze(
    spec: Spec | str | PathLike[str],
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    batch: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    convention: Convention | None = None,
    most_layers: int = MOST_LAYERS,
) -> Analysis:
    """What every layer of a network makes and costs.

    >>> analyze("conv3-64, pool2, fc-10", "32x32x3").total("params")
    165642

    `batch` is a number of images, or the name of a symbol; the counts are for the whole batch.
    Raises SpecError with every problem found.
    """
    graph = expand(spec, input, settings=settings, most_layers=most_layers)
    size = batch if batch is not None else graph.batch if graph.batch is not None else 1
    valid = size.isidentifier() if isinstance(size, str) else not is_known(size) or size >= 1
    if isinstance(size, bool | float) or not valid:
        raise SpecError([Problem(f"the batch must be a number of images from 1 up, or a name, not {size!r}")])
    return analyze_graph(graph, convention, symbol(size) if isinstance(size, str) else size)


def explain(
    spec: Spec | str | PathLike[str],
    layer: str | Sequence[str] | None = None,
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    form: str = "text",
    batch: int | None = None,
    settings: Mapping[str, Any] | None = None,
    convention: Convention | None = None,
    most_layers: int = MOST_LAYERS,
) -> str:
    """The working of every number of a layer, or of all layers of a block; without one, of the totals.

    >>> print(explain("conv5-6p0", "conv1", "32x32x1").splitlines()[4])
      params      = (F*F*C)*K + K = (5*5*1)*6 + 6 = 156

    `form` is "text", "json" or "latex". Raises SpecError, also for a layer that there is not.
    """
    from cnncalc.analysis.explanation import explain_analysis
    from cnncalc.report.explain_data import FORMS

    if form not in FORMS:
        raise SpecError([Problem(f"an explanation has no form {form!r}", None, f"one of {', '.join(FORMS)}")])
    names = () if layer is None else (layer,) if isinstance(layer, str) else layer
    analysis = analyze(spec, input, batch=batch, settings=settings, convention=convention, most_layers=most_layers)
    return FORMS[form](explain_analysis(analysis, names))


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
    from cnncalc.inverse.fit import fit_spec

    found = spec if isinstance(spec, Spec) else find(spec)
    size = None if input is None else parse_input(str(input), found.input)
    values = None
    if settings:
        from cnncalc.spec.settings import settings_of

        values = settings_of(found, settings)
    return fit_spec(found, size, values, strict=strict, most_layers=most_layers)


def formula(
    spec: Spec | str | PathLike[str],
    part: str = "",
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    assume: str | Sequence[str] = (),
    only: Sequence[str] | None = None,
    batch: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    convention: Convention | None = None,
    most_layers: int = MOST_LAYERS,
) -> Formulas:
    """The closed forms of a network, a block or a layer: integers and sympy expressions by quantity.

    >>> formula("resnet50", assume="H % 32 == 0 and W % 32 == 0")["macs"]
    76848*H*W + 2048000

    Without `input` the sizes become the symbols H and W. Raises SpecError.
    """
    from cnncalc.analysis.formulas import USUAL, formulas_of
    from cnncalc.spec.assumptions import parse_assumptions
    from cnncalc.spec.inputs import symbolic_input

    found = spec if isinstance(spec, Spec) else find(spec)
    given = symbolic_input(found)
    found = replace(found, input=given if input is None else parse_input(str(input), given))
    analysis = analyze(found, batch=batch, settings=settings, convention=convention, most_layers=most_layers)
    assumptions = parse_assumptions([assume] if isinstance(assume, str) else assume)
    return formulas_of(analysis, part, assumptions, USUAL if only is None else only)


def sweep(
    spec: Spec | str | PathLike[str],
    input: Any = None,  # noqa: A002, the word users know it by
    *,
    batch: Any = None,
    settings: Mapping[str, Any] | None = None,
    columns: str | None = None,
    layers: Sequence[str] = (),
    convention: Convention | None = None,
    most_layers: int = MOST_LAYERS,
    most_points: int | None = None,
) -> Sweep:
    """The totals of a network, or `columns` of it, at every point of a grid: an iterable of dictionaries.

    >>> for row in sweep("vgg16", "128:224:96", batch=[1, 8], columns="macs,pool5.output"):
    ...     print(row["input"], row["batch"], row["macs"], row["pool5.output"], row["problem"])
    128 1 5065572352 (4, 4, 512) None
    128 8 40524578816 (4, 4, 512) None
    224 1 15470264320 (7, 7, 512) None
    224 8 123762114560 (7, 7, 512) None

    Grids are written as on the command line ("32:512:32", "1,8,64"), or are ranges and lists. A
    point on which the network does not fit has None for numbers and a `problem`. Raises SpecError.
    """
    from cnncalc.analysis.measures import TOTALS, choose
    from cnncalc.analysis.sweep import Sweep
    from cnncalc.spec.grid_text import MOST_POINTS, grid_text, parse_grid

    found = spec if isinstance(spec, Spec) else load(spec)
    measures = choose(columns, layers)
    grid = parse_grid(
        found,
        None if input is None else grid_text(input),
        [f"{name}={grid_text(values)}" for name, values in (settings or {}).items()],
        None if batch is None else grid_text(batch),
        most_points or MOST_POINTS,
        taken=[*TOTALS, *(measure.key for measure in measures)],
    )
    return Sweep(found, grid, measures, convention, most_layers)


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
    from cnncalc.inverse.ask import ask

    return ask(question, input, settings or {}, most_layers, convention)
