"""A Spec -> Fit: the input sizes that pass through every layer with no pixel dropped, and who forbids the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cnncalc.analysis import analyze_graph
from cnncalc.errors import Problem, SpecError, one_of
from cnncalc.fit.misfits import Blame, blame_of
from cnncalc.fit.narrowing import Step, narrowed
from cnncalc.fit.requirements import Demand, demands
from cnncalc.fit.residues import Rule, Sizes, solve
from cnncalc.graph import MOST_LAYERS, Graph, build
from cnncalc.spec.input_size import AXIS_NAMES, parse_input, symbolic_input
from cnncalc.spec.model import Argument, InputSize, Spec

WITNESSES = 3
"""Sizes that are tried in numbers where symbols leave it open whether the paths that meet have one stride."""


class Check(NamedTuple):
    """Whether one size fits, who is to blame if not, and the next sizes that fit, on every axis."""

    size: tuple[int, ...]
    fits: bool
    blame: list[Blame]
    nearest: dict[str, tuple[int | None, int | None]]


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """The sizes that fit a network.

    >>> import cnncalc
    >>> fit = cnncalc.fit("alexnet")
    >>> fit.sizes["H"].modulus, fit.sizes["H"].residues, fit.sizes["H"].least
    (32, (3,), 67)
    >>> 227 in fit, 224 in fit, fit.nearest(224)
    (True, False, (195, 227))
    >>> fit.blame(224)[0].layer
    'conv1'

    A size is a number for all axes, a number for each, or a text such as "320x480".
    """

    graph: Graph
    """The network with a symbol for every size that is asked for."""
    input: InputSize
    strict: bool
    sizes: dict[str, Sizes]
    """By symbol: the sizes that pass with no pixel dropped; in strict reading, with no remainder at all."""
    valid: dict[str, Sizes]
    """By symbol: the sizes for which every layer has an output, though it may drop pixels."""
    steps: dict[str, list[Step]]
    """By symbol: the layers that narrow the sizes, one after the other."""
    reasons: dict[str, list[Demand]]
    """By symbol for which no size fits: the fewest demands that cannot all be met."""
    square: str
    """The layer because of which the axes are solved together, as one; or nothing."""
    own: tuple[int, ...]
    """The size that the spec itself gives, if it is one in numbers and no axis has been fixed."""
    rebuild: Callable[[InputSize], Graph]

    def lengths(self, size: int | str | Iterable[int]) -> tuple[int, ...]:
        """A number for every axis. Raises SpecError for what is no such size, or is none of this network."""
        text = size if isinstance(size, str) else "x".join(map(str, [size] if isinstance(size, int) else size))
        sizes = parse_input(text, InputSize(self.input.sizes, self.input.channels)).sizes
        numbers = tuple(part for part in sizes if isinstance(part, int))
        if len(numbers) < len(sizes):
            raise SpecError([Problem(f"'{text}' is not a size in numbers", None, "write 224, or 320x480")])
        values: dict[str, int] = {}
        for number, axis in zip(numbers, self.input.sizes, strict=True):
            fixed = axis if isinstance(axis, int) else values.setdefault(axis, number)
            if fixed != number:
                raise SpecError([Problem(f"the size {text} is none of the input {self.graph.input}")])
        return numbers

    def __repr__(self) -> str:
        """`Fit(alexnet: H % 32 == 3, H >= 67; W % 32 == 3, W >= 67)`."""
        return f"Fit({self.graph.name}: {'; '.join(sizes.text(name) for name, sizes in self.sizes.items())})"

    def __contains__(self, size: int | str | Iterable[int]) -> bool:
        """Whether a size fits."""
        numbers = self.lengths(size)
        if self.square and len(set(numbers)) > 1:
            return self.check(numbers).fits
        pairs = zip(self.input.sizes, numbers, strict=True)
        return not self.impossible and all(n in self.sizes[name] for name, n in pairs if isinstance(name, str))

    @property
    def impossible(self) -> bool:
        """Whether no size fits at all."""
        return not all(self.sizes.values())

    def along(self, sizes: Mapping[str, Sizes]) -> Sizes:
        """The sizes that, given to every axis alike, are among `sizes`. Raises TooManyError."""
        found = dict.fromkeys(sizes[name] for name in self.input.sizes if isinstance(name, str))
        return next(iter(found)) if len(found) == 1 else solve([_member(one) for one in found])

    def nearest(self, size: int | str | Iterable[int], axis: str = "") -> tuple[int | None, int | None]:
        """The largest size below `size` that fits and the smallest above, on all axes or on the one named.

        Raises SpecError for a size that is not one number for all axes, and for an axis that is not asked about.
        """
        if axis and axis not in self.sizes:
            raise SpecError([Problem(f"there is no axis '{axis}'", None, one_of(tuple(self.sizes)))])
        number = size if isinstance(size, int) else self._one(size)
        sizes = self.sizes[axis] if axis else self.along(self.sizes)
        return sizes.below(number), sizes.above(number)

    def _one(self, size: str | Iterable[int]) -> int:
        """The number that a size is on every axis alike."""
        numbers = self.lengths(size)
        if len(set(numbers)) > 1:
            text = "x".join(map(str, numbers))
            hint = f"check('{text}').nearest has them for each axis, nearest({numbers[0]}, 'H') for one"
            raise SpecError([Problem(f"the size {text} differs from axis to axis", None, hint)])
        return numbers[0]

    def blame(self, size: int | str | Iterable[int]) -> list[Blame]:
        """Every layer that keeps a size from fitting, in order, with the working; none where it fits."""
        numbers = self.lengths(size)
        wanted = InputSize(numbers, self.input.channels, self.input.batch)
        pairs = zip(self.input.sizes, numbers, strict=True)
        values = {name: number for name, number in pairs if isinstance(name, str)}
        return blame_of(lambda: self.rebuild(wanted), self.graph, values, strict=self.strict)

    def check(self, size: int | str | Iterable[int]) -> Check:
        """Whether a size fits, and if not, why and what would."""
        numbers = self.lengths(size)
        found = self.blame(numbers)
        pairs = zip(self.input.sizes, numbers, strict=True)
        nearest = {name: self.nearest(n, name) for name, n in pairs if isinstance(name, str)}
        return Check(numbers, not found, found, nearest)


def fit_spec(
    spec: Spec,
    input: InputSize | None = None,  # noqa: A002, the word users know it by
    settings: Mapping[str, Argument] | None = None,
    *,
    strict: bool = False,
    most_layers: int = MOST_LAYERS,
) -> Fit:
    """The sizes that fit a network: those named in `input`, and every axis where it names none.

    Raises SpecError for a spec that no size suits by itself, and for a pattern too long to list.
    """

    def rebuild(size: InputSize | None) -> Graph:
        return build(spec, size, settings, most_layers=most_layers)

    wanted = _with_symbols(spec, input or spec.input or symbolic_input(spec))
    graph = rebuild(wanted)
    analysis = analyze_graph(graph)  # raises where paths with different strides meet: no size mends that
    if wanted is None or not wanted.sizes:
        raise SpecError([Problem(f"{graph.name}: the input is a vector, which has no height and width to fit")])
    asked = demands(graph, strict=strict)
    names = tuple(dict.fromkeys(name for name in wanted.sizes if isinstance(name, str)))
    square = _mixing(asked, names)
    solved = {name: narrowed(graph.name, [one for one in asked if _concerns(one, name, square)]) for name in names}
    fit = Fit(
        graph=graph,
        input=wanted,
        strict=strict,
        sizes={name: found.sizes for name, found in solved.items()},
        valid={name: found.valid for name, found in solved.items()},
        steps={name: found.steps for name, found in solved.items()},
        reasons={name: found.reasons for name, found in solved.items() if found.reasons},
        square=square,
        own=_own(spec, wanted),
        rebuild=rebuild,
    )
    if any(layer.receptive_field.unknown for layer in analysis.layers):
        _confirm(fit)
    return fit


def _confirm(fit: Fit) -> None:
    """Raise SpecError if paths with different strides meet, which symbols could not tell but numbers do."""
    errors = []
    members = zip(*(fit.sizes[name].first(WITNESSES) for name in fit.sizes), strict=False)
    for numbers in members:
        values = dict(zip(fit.sizes, numbers, strict=True))
        sizes = tuple(values.get(part, part) if isinstance(part, str) else part for part in fit.input.sizes)
        try:
            analyze_graph(fit.rebuild(InputSize(sizes, fit.input.channels, fit.input.batch)))
        except SpecError as error:
            errors.append(error)
        else:
            return
    if errors:
        raise errors[0]


def _with_symbols(spec: Spec, size: InputSize | None) -> InputSize | None:
    """The input with a symbol for every axis, where it names none."""
    if size is None or any(isinstance(part, str) for part in size.sizes):
        return size
    taken = {*spec.parameters, size.channels, size.batch}
    names = []
    for name in AXIS_NAMES[len(size.sizes)]:
        while name in taken:
            name += "_in"
        names.append(name)
    return InputSize(tuple(names), size.channels, size.batch, size.span)


def _own(spec: Spec, wanted: InputSize) -> tuple[int, ...]:
    """The spec's own size in numbers, one for every axis; else nothing."""
    given = spec.input.sizes if spec.input else ()
    numbers = tuple(part for part in given if isinstance(part, int))
    free = len(set(wanted.sizes)) == len(wanted.sizes) and all(isinstance(part, str) for part in wanted.sizes)
    return numbers if free and len(numbers) == len(wanted.sizes) else ()


def _mixing(asked: Sequence[Demand], names: tuple[str, ...]) -> str:
    """The layer that asks something of two axes at once. Raises SpecError for one that asks of other symbols."""
    for demand in asked:
        others = [name for name in demand.names if name not in names]
        if others:
            hint = f"give {others[0]} a number, by --set or in the input"
            message = f"{demand.layer}: whether a size fits depends on {', '.join(others)}: {demand.text}"
            raise SpecError([Problem(message, None, hint)])
    return next((demand.layer for demand in asked if len(demand.names) > 1), "")


def _concerns(demand: Demand, name: str, square: str) -> bool:
    return bool(square) or not demand.names or name in demand.names


def _member(sizes: Sizes) -> Rule:
    """The rule to be among some sizes."""
    return Rule(lambda n: n in sizes, sizes.modulus, sizes.since)
