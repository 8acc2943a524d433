"""A name, a path or slide notation -> Spec, Graph or Analysis, counted by one convention or by several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Analysis, Convention, analyze_graph
from cnncalc.errors import Problem, SpecError
from cnncalc.graph import MOST_LAYERS, Graph, build
from cnncalc.spec.find import bundled, find
from cnncalc.spec.input_size import names_size, parse_input
from cnncalc.spec.model import Spec
from cnncalc.symbolic import is_known, symbol

if TYPE_CHECKING:
    from cnncalc.compare.comparison import Counted


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
    from cnncalc.spec.parameters import settings_of

    return build(found, size, settings_of(found, settings), most_layers=most_layers)


def analyze(
    spec: Spec | str | PathLike[str],
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    batch: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    convention: Convention | str | None = None,
    most_layers: int = MOST_LAYERS,
) -> Analysis:
    """What every layer of a network makes and costs.

    >>> analyze("conv3-64, pool2, fc-10", "32x32x3").total("params")
    165642

    `batch` is a number of images, or the name of a symbol; the counts are for the whole batch.
    `convention` is a tool or a paper by name ("fvcore"), or a Convention. Raises SpecError with
    every problem found.
    """
    if isinstance(convention, str):
        from cnncalc.analysis.known_conventions import find_convention

        convention = find_convention(convention)
    graph = expand(spec, input, settings=settings, most_layers=most_layers)
    size = batch if batch is not None else graph.batch if graph.batch is not None else 1
    valid = names_size(size) if isinstance(size, str) else not is_known(size) or size >= 1
    if isinstance(size, bool | float) or not valid:
        raise SpecError([Problem(f"the batch must be a number of images from 1 up, or a name, not {size!r}")])
    return analyze_graph(graph, convention, symbol(size) if isinstance(size, str) else size)


def compare(
    spec: Spec | str | PathLike[str],
    input: str | int | None = None,  # noqa: A002, the word users know it by
    *,
    conventions: Iterable[Convention | str] = (),
    reference: Convention | str | None = None,
    batch: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    most_layers: int = MOST_LAYERS,
) -> list[Counted]:
    """What several conventions make of a network, each difference to the reference taken apart into items.

    >>> ours, fvcore = compare("vgg16", conventions=["fvcore"])
    >>> fvcore.count - ours.count == sum(item.amount for item in fvcore.count_items)
    True

    Without `conventions`, all of them. The reference, cnncalc's own unless one is named, comes first.
    Raises SpecError.
    """
    from cnncalc.analysis.known_conventions import CONVENTIONS, convention_of
    from cnncalc.compare.comparison import compare_conventions

    first = convention_of(reference)
    others = list(map(convention_of, conventions)) or list(CONVENTIONS.values())
    analysis = analyze(spec, input, batch=batch, settings=settings, convention=first, most_layers=most_layers)
    chosen = list({convention.title: convention for convention in (first, *others)}.values())
    return compare_conventions(analysis.graph, chosen, first, analysis.batch)
