"""A Setup -> Fit: the input sizes that pass every layer with no pixel dropped, and the layers that forbid others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, TypeAlias

from cnncalc.analysis import analyze_graph
from cnncalc.errors import Problem, SpecError, UsageError, one_of, printable
from cnncalc.fit.misfits import Misfit, misfits_of
from cnncalc.fit.requirements import Requirement, Step, narrowed, requirements_of
from cnncalc.fit.residues import PeriodicPredicate, ResidueSet, residue_set
from cnncalc.graph import Graph
from cnncalc.result import Result
from cnncalc.setup import Setup, usage
from cnncalc.spec.input_size import AXIS_NAMES, parse_input, symbolic_input
from cnncalc.spec.model import InputSize, Spec

WITNESSES = 3
"""Sizes tried in numbers where symbols leave open whether the branches that are merged have one stride."""
SizeLike: TypeAlias = "int | str | Iterable[int]"
"""A size: a number for all axes, a number for each, or a text such as "320x480"."""


class Check(NamedTuple):
    """Whether one size fits, which layers it does not fit, and the closest sizes that fit, on every axis.

    On an axis that fits, the closest is the size itself, twice.
    """

    size: tuple[int, ...]
    fits: bool
    misfits: list[Misfit]
    nearest: dict[str, tuple[int | None, int | None]]


@dataclass(frozen=True, eq=False, repr=False)
class Fit(Result):
    """The sizes that fit a network.

    >>> import cnncalc
    >>> fit = cnncalc.fit("alexnet")
    >>> fit.sizes["H"].modulus, fit.sizes["H"].residues, fit.sizes["H"].least
    (32, (3,), 67)
    >>> 227 in fit, 224 in fit, fit.nearest(224)
    (True, False, (195, 227))
    >>> fit.misfits(224)[0].layer
    'conv1'

    A size is a number for all axes, a number for each, or a text such as "320x480".
    """

    view: ClassVar[str] = "fit"

    setup: Setup
    graph: Graph
    """The network with a symbol for every size that is asked for."""
    input: InputSize
    strict: bool
    sizes: dict[str, ResidueSet]
    """By symbol: the sizes that pass with no pixel dropped; in strict reading, with no remainder at all."""
    valid: dict[str, ResidueSet]
    """By symbol: the sizes for which every layer has an output, though it may drop pixels."""
    steps: dict[str, list[Step]]
    """By symbol: the layers that narrow the sizes, one after the other."""
    reasons: dict[str, list[Requirement]]
    """By symbol for which no size fits: the fewest requirements that contradict each other."""
    square: str
    """The layer because of which the axes are solved together, as one; or nothing."""
    own: tuple[int, ...]
    """The size that the spec itself gives, if it is one in numbers and no axis has been fixed."""
    checks: tuple[Check, ...] = ()
    """The sizes that were judged."""

    def lengths(self, size: SizeLike) -> tuple[int, ...]:
        """A number for every axis. Raises UsageError for a text that is not a size of this network in numbers."""
        text = size if isinstance(size, str) else "x".join(map(str, [size] if isinstance(size, int) else size))
        with usage():
            sizes = parse_input(text.strip(), InputSize(self.input.sides, self.input.channels)).sizes
        numbers = tuple(part for part in sizes if isinstance(part, int))
        if len(numbers) < len(sizes):
            raise UsageError([Problem(f"'{text}' is not a size in numbers", None, "write 224, or 320x480")])
        values: dict[str, int] = {}
        for number, axis in zip(numbers, self.input.sides, strict=True):
            fixed = axis if isinstance(axis, int) else values.setdefault(axis, number)
            if fixed != number:
                raise UsageError([Problem(f"the size {text} does not match the input {self.graph.input_text()}")])
        return numbers

    def __repr__(self) -> str:
        """`Fit(alexnet: H % 32 == 3, H >= 67; W % 32 == 3, W >= 67)`."""
        return f"Fit({printable(self.graph.name)}: {'; '.join(sizes.text(name) for name, sizes in self.sizes.items())})"

    def __contains__(self, size: SizeLike) -> bool:
        """Whether a size fits."""
        numbers = self.lengths(size)
        if self.square and len(set(numbers)) > 1:
            return not self.misfits(numbers)
        return not self.impossible and all(number in self.sizes[name] for name, number in self._named(numbers))

    @property
    def impossible(self) -> bool:
        """Whether no size fits at all."""
        return not all(self.sizes.values())

    @property
    def passed(self) -> bool:
        """Whether every judged size fits; if none was judged, whether some size fits."""
        return not self.impossible and all(check.fits for check in self.checks)

    def along(self, sizes: Mapping[str, ResidueSet]) -> ResidueSet:
        """The sizes that, given to every axis alike, are among `sizes`. Raises TooManyError."""
        found = dict.fromkeys(sizes[name] for name in self.input.sides if isinstance(name, str))
        if len(found) == 1:
            return next(iter(found))
        return residue_set(PeriodicPredicate(one.__contains__, one.modulus, one.since) for one in found)

    def nearest(self, size: SizeLike, axis: str = "") -> tuple[int | None, int | None]:
        """The largest size below `size` that fits and the smallest above, on all axes or on the one named.

        Raises UsageError for a size that is not one number for all axes, and for an unknown axis.
        """
        if axis and axis not in self.sizes:
            raise UsageError([Problem(f"unknown axis '{axis}'", None, one_of(tuple(self.sizes)))])
        number = size if isinstance(size, int) else self._one(size)
        sizes = self.sizes[axis] if axis else self.along(self.sizes)
        return sizes.below(number), sizes.above(number)

    def _one(self, size: str | Iterable[int]) -> int:
        """The number that a size is on every axis alike."""
        numbers = self.lengths(size)
        if len(set(numbers)) > 1:
            text = "x".join(map(str, numbers))
            hint = f"check('{text}').nearest has them for each axis, nearest({numbers[0]}, 'H') for one"
            raise UsageError([Problem(f"the size {text} differs from axis to axis", None, hint)])
        return numbers[0]

    def _named(self, numbers: Sequence[int]) -> Iterator[tuple[str, int]]:
        """The symbols and their numbers."""
        pairs = zip(self.input.sides, numbers, strict=True)
        return ((name, number) for name, number in pairs if isinstance(name, str))

    def misfits(self, size: SizeLike) -> list[Misfit]:
        """Every layer that a size does not fit, in order, with the working; none if the size fits."""
        numbers = self.lengths(size)
        named = dict(self._named(numbers))
        return misfits_of(lambda: self.setup.graph(self.input.filled(named)), self.graph, named, strict=self.strict)

    def check(self, size: SizeLike) -> Check:
        """Whether a size fits, and if not, why not, and which sizes would."""
        numbers = self.lengths(size)
        found = self.misfits(numbers)
        apart = not (self.square and len(set(numbers)) > 1)  # else no axis fits by itself
        nearest = {
            name: (n, n) if apart and n in self.sizes[name] else self.nearest(n, name)
            for name, n in self._named(numbers)
        }
        return Check(numbers, not found, found, nearest)

    def judged(self, sizes: Iterable[SizeLike]) -> Fit:
        """The same with a Check of each of these sizes."""
        numbers = dict.fromkeys([self.lengths(size) for size in sizes])
        return replace(self, checks=tuple(map(self.check, numbers)))


def fit_of(setup: Setup, *, strict: bool = False) -> Fit:
    """The sizes that fit a network: those named in its input, and every axis if it names none.

    Raises SpecError for a spec that no size can fit, and for a pattern too long to list.
    """
    spec = setup.spec
    wanted = _with_symbols(spec, setup.input or spec.input or symbolic_input(spec))
    graph = setup.graph(wanted)
    analysis = analyze_graph(graph)  # raises if branches with different strides are merged: no size mends that
    if wanted is None or not wanted.sides:
        raise SpecError([Problem(f"{graph.name}: the input is a vector, which has no height and width to fit")])
    requirements = requirements_of(graph, strict=strict)
    names = tuple(dict.fromkeys(name for name in wanted.sides if isinstance(name, str)))
    square = _mixing(requirements, names)
    solved = {
        name: narrowed(graph.name, [each for each in requirements if square or not each.names or name in each.names])
        for name in names
    }
    fit = Fit(
        setup=setup,
        graph=graph,
        input=wanted,
        strict=strict,
        sizes={name: found.sizes for name, found in solved.items()},
        valid={name: found.valid for name, found in solved.items()},
        steps={name: found.steps for name, found in solved.items()},
        reasons={name: found.reasons for name, found in solved.items() if found.reasons},
        square=square,
        own=_own(spec, wanted),
    )
    if any(layer.receptive_field.unknown for layer in analysis.layers):
        _confirm(fit)
    return fit


def _confirm(fit: Fit) -> None:
    """Raise SpecError if branches with different strides are merged, which only numbers show here."""
    errors = []
    members = zip(*(fit.sizes[name].first(WITNESSES) for name in fit.sizes), strict=False)
    for numbers in members:
        values = dict(zip(fit.sizes, numbers, strict=True))
        try:
            analyze_graph(fit.setup.graph(fit.input.filled(values)))
        except SpecError as error:
            errors.append(error)
        else:
            return
    if errors:
        raise errors[0]


def _with_symbols(spec: Spec, size: InputSize | None) -> InputSize | None:
    """The input with a symbol for every axis, unless it names some."""
    if size is None:
        return size
    if not size.alike:
        hint = f"fix all inputs but one: --input {','.join(f'{each.name}=SIZE' for each in size.all)}"
        raise SpecError([Problem(f"{spec.name}: the inputs have different sizes, and fit looks for one", None, hint)])
    if any(isinstance(part, str) for part in size.sides):
        return size
    taken = {*spec.parameters, size.batch, *(each.channels for each in size.all)}
    names = []
    for name in AXIS_NAMES[len(size.sides)]:
        while name in taken:
            name += "_in"
        names.append(name)
    return size.resized(tuple(names))


def _own(spec: Spec, wanted: InputSize) -> tuple[int, ...]:
    """The spec's own size in numbers, one for every axis; else nothing."""
    given = spec.input.sides if spec.input else ()
    numbers = tuple(part for part in given if isinstance(part, int))
    free = len(set(wanted.sides)) == len(wanted.sides) and all(isinstance(part, str) for part in wanted.sides)
    return numbers if free and len(numbers) == len(wanted.sides) else ()


def _mixing(requirements: Sequence[Requirement], names: tuple[str, ...]) -> str:
    """The layer that requires something of two axes at once. Raises SpecError for a requirement on other symbols."""
    for each in requirements:
        others = [name for name in each.names if name not in names]
        if others:
            hint = f"give {others[0]} a number, with --set or in the input"
            message = f"{each.layer}: whether a size fits depends on {', '.join(others)}: {each.text}"
            raise SpecError([Problem(message, None, hint)])
    return next((each.layer for each in requirements if len(each.names) > 1), "")
