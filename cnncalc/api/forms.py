"""A spec -> its numbers in other forms: formulas, workings, and the rows of a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Analysis, Convention
from cnncalc.api.networks import analyze, load
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import MOST_LAYERS
from cnncalc.spec.find import find
from cnncalc.spec.model import Argument, Spec

if TYPE_CHECKING:
    from cnncalc.formula.formulas import Formulas
    from cnncalc.sweep.sweep import Sweep


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
    from cnncalc.explain.explanation import explain_analysis
    from cnncalc.report.explain_data import FORMS

    if form not in FORMS:
        raise SpecError([Problem(f"an explanation has no form {form!r}", None, f"one of {', '.join(FORMS)}")])
    names = () if layer is None else (layer,) if isinstance(layer, str) else layer
    analysis = analyze(spec, input, batch=batch, settings=settings, convention=convention, most_layers=most_layers)
    return FORMS[form](explain_analysis(analysis, names))


def formula(
    spec: Spec | str | PathLike[str],
    part: str = "",
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    assume: str | Sequence[str] = (),
    only: str | Sequence[str] | None = None,
    plain: bool = False,
    batch: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    convention: Convention | None = None,
    most_layers: int = MOST_LAYERS,
) -> Formulas:
    """The closed forms of a network, a block or a layer: integers and sympy expressions by quantity.

    >>> formula("resnet50", assume="H % 32 == 0 and W % 32 == 0")["macs"]
    76848*H*W + 2048000

    Without `input` the sizes become the symbols H and W. Symbols are positive integers to sympy; with `plain`
    they are plain ones, so that `.subs("H", 224)` finds them. Raises SpecError.
    """
    from cnncalc.formula.assumptions import parse_assumptions
    from cnncalc.formula.formulas import USUAL, formulas_of
    from cnncalc.formula.supposing import suppose
    from cnncalc.spec.input_size import symbolic_size
    from cnncalc.spec.parameters import settings_of

    found = spec if isinstance(spec, Spec) else find(spec)
    assumptions = parse_assumptions([assume] if isinstance(assume, str) else assume)
    found = replace(found, input=symbolic_size(found, None if input is None else str(input)))
    given = {**found.settings, **(settings_of(found, settings) if settings else {})}

    def analyse(more: Mapping[str, Argument]) -> Analysis:
        built = replace(found, settings={**given, **more})
        return analyze(built, batch=batch, convention=convention, most_layers=most_layers)

    supposed = suppose(analyse, assumptions)
    _one_part(supposed.analysis, part, input)
    formulas = formulas_of(supposed, part, USUAL if only is None else only)
    return formulas.plain() if plain else formulas


def _one_part(analysis: Analysis, part: Any, given: Any) -> None:
    """Raise SpecError for more parts than one, the second of which would be read as an input."""
    if not isinstance(part, str):
        raise SpecError([Problem(f"formula takes one part, a text, not {part!r}", None, "call it once for each")])
    if isinstance(given, str) and analysis.layers_in(given):
        hint = f"call it once for each; an input is given by its name: input={given!r}"
        raise SpecError([Problem(f"'{given}' is a part of {analysis.name}, and formula takes one", None, hint)])


def sweep(
    spec: Spec | str | PathLike[str],
    input: Any = None,  # noqa: A002, the word users know it by
    *,
    batch: Any = None,
    settings: Mapping[str, Any] | None = None,
    columns: str | Sequence[str] | None = None,
    layers: str | Sequence[str] = (),
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
    from cnncalc.sweep.grid_text import MOST_POINTS, grid_text, parse_grid
    from cnncalc.sweep.measures import TOTALS, choose
    from cnncalc.sweep.sweep import Sweep

    found = spec if isinstance(spec, Spec) else load(spec)
    measures = choose(columns, [layers] if isinstance(layers, str) else layers)
    grid = parse_grid(
        found,
        None if input is None else grid_text(input),
        [f"{name}={grid_text(values)}" for name, values in (settings or {}).items()],
        None if batch is None else grid_text(batch),
        most_points or MOST_POINTS,
        taken=[*TOTALS, *(measure.key for measure in measures)],
    )
    return Sweep(found, grid, measures, convention, most_layers)
