"""A spec, its input, settings, batch and convention -> Setup: what every question is asked of, built once.

The command line, the library, a claim and a question about a network all get their Graph and their Analysis here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from os import PathLike
from typing import Any, TypeAlias, TypedDict

from cnncalc.analysis import DTYPES, FLOPS, OPTIMIZERS, Analysis, Convention, analyze_graph
from cnncalc.errors import Problem, SpecError, UsageError, closest, one_of
from cnncalc.graph import Graph, build
from cnncalc.graph.head import HEADS, kernels
from cnncalc.limits import LARGEST_BATCH, LIMITS, MOST_LAYERS, limits_set, setting_limits
from cnncalc.spec.find import find
from cnncalc.spec.input_size import names_size, parse_option, symbolic_size
from cnncalc.spec.model import Argument, InputSize, Spec
from cnncalc.symbolic import Size, is_known, symbol

SpecLike: TypeAlias = "Spec | str | PathLike[str]"
"""A Spec, a bundled name, a path, or slide notation."""
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "bias": (True, False),
    "flops": tuple(FLOPS),
    "dtype": tuple(DTYPES),
    "optimizer": tuple(OPTIMIZERS),
}
"""The switches of a convention that have an option, and a keyword, of their own; and what they can be."""


class SetupKeys(TypedDict, total=False):
    """The keywords that every function about a network takes, by the names of the command line's options.

    * `settings`: values of the spec's parameters (`--set`), {"width": 96} or "width=96".
    * `batch`: a number of images, or the name of a symbol; every count is for the whole batch.
    * `convention`: how a tool or a paper counts, by its name ("fvcore"), or a Convention.
    * `bias`, `flops`, `dtype`, `optimizer`: single settings of the convention.
    * `limits`: other limits than the usual ones, by name: {"terms": 5000}; docs/security.md lists them.
    * `max_layers`: the limit `layers`: networks that expand to more are refused.
    * `head`: "conv" makes convolutions of the fully connected layers, for an input of another size.
    """

    settings: Mapping[str, Any] | Iterable[str] | str | None
    batch: int | str | None
    convention: Convention | str | None
    bias: bool | None
    flops: str | None
    dtype: str | None
    optimizer: str | None
    limits: Mapping[str, int] | None
    max_layers: int | None
    head: str


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """A network and how it is counted: `graph()` and `analysis()` are made from it, and from nothing else.

    `input` is None for the spec's own input; `batch` is None for the spec's own batch, or 1.
    """

    spec: Spec
    input: InputSize | None = None
    settings: Mapping[str, Argument] = field(default_factory=dict)
    batch: Size | None = None
    convention: Convention = field(default_factory=Convention)
    head: str = "fc"
    limits: Mapping[str, int] = field(default_factory=limits_set)

    def graph(self, input: InputSize | None = None, more: Mapping[str, Argument] | None = None) -> Graph:  # noqa: A002
        """The network expanded, for another input and `more` settings if they are given. Raises SpecError."""
        with setting_limits(self.limits):
            return self._graph(input, more)

    def _graph(self, input: InputSize | None, more: Mapping[str, Argument] | None) -> Graph:  # noqa: A002
        wanted, own = input or self.input, self.spec.input
        chosen = partial(build, settings={**self.settings, **(more or {})})
        if self.head == "conv":
            found = chosen(self.spec, wanted, head=kernels(chosen(self.spec, own)) if own else {})
        else:
            found = chosen(self.spec, wanted)
            if own and wanted and str(wanted) != str(own):
                found.at_own_input = partial(chosen, self.spec, own)
        found.batch = found.batch if self.batch is None else self.batch
        spec, options = found.asked
        found.asked = (spec, (*options, *self._counting_options()))
        return found

    def _counting_options(self) -> Iterator[str]:
        """The options of the command line that say how it is counted, where that is not the usual way."""
        if self.batch is not None:
            yield from ("--batch", str(self.batch))
        plain, counted = Convention(), self.convention
        if counted.version:
            from cnncalc.analysis.known_conventions import CONVENTIONS

            yield from ("--convention", counted.name)
            plain = CONVENTIONS.get(counted.name, counted)
        if counted.bias != plain.bias:
            yield "--bias" if counted.bias else "--no-bias"
        for name in ("flops", "dtype", "optimizer"):
            if (value := getattr(counted, name)) != getattr(plain, name):
                yield from (f"--{name}", value)
        for name, most in self.limits.items():
            if most > LIMITS[name].default:  # a lower one hinders nothing
                yield from ("--limit", f"{name}={most}")

    def analysis(self, input: InputSize | None = None, more: Mapping[str, Argument] | None = None) -> Analysis:  # noqa: A002
        """What every layer makes and costs; the arguments are those of `graph`. Raises SpecError."""
        return self.analysed(self.graph(input, more))

    def analysed(self, graph: Graph) -> Analysis:
        """The numbers of a graph that `graph` has made before."""
        with setting_limits(self.limits):
            return analyze_graph(graph, self.convention, self.batch or graph.batch or 1)

    def counted(self, **switches: Any) -> Setup:
        """The same network, with some switches of the convention set."""
        return replace(self, convention=self.convention.overridden(switches))


def setup(
    spec: SpecLike,
    input: str | int | InputSize | None = None,  # noqa: A002, the word users know it by
    *,
    symbolic: bool = False,
    settings: Mapping[str, Any] | Iterable[str] | str | None = None,
    batch: int | str | Size | None = None,
    convention: Convention | str | None = None,
    bias: bool | None = None,
    flops: str | None = None,
    dtype: str | None = None,
    optimizer: str | None = None,
    limits: Mapping[str, int] | None = None,
    max_layers: int | None = None,
    head: str = "fc",
) -> Setup:
    """The setup that a user's words mean; the keywords are those of SetupKeys.

    `input` is written as on the command line: 224, "227x227x3", "HxWx3"; with `symbolic`, sizes that it leaves
    out are symbols instead of the spec's numbers. Raises SpecError for a spec that cannot be found, UsageError
    for what is wrong with the rest.
    """
    if not isinstance(spec, Spec | str | PathLike):
        hint = "give a name, a path, slide notation or a Spec"
        raise UsageError([Problem(f"{spec!r} is not a spec", None, hint)])
    if head not in HEADS:
        raise UsageError([Problem(f"head cannot be {head!r}", None, one_of(HEADS))])
    switches = {"bias": bias, "flops": flops, "dtype": dtype, "optimizer": optimizer}
    with setting_limits(limits_of(limits, max_layers)):
        found = spec if isinstance(spec, Spec) else find(spec)
        with usage():
            size, values = _input(found, input, symbolic), _settings(found, settings)
        found = found.completed(size, values)
        with usage():
            return Setup(
                found,
                size,
                values,
                None if batch is None else batch_size(batch),
                counting(convention, switches),
                head,
            )


def limits_of(limits: Mapping[str, int] | None, max_layers: int | None = None) -> dict[str, int]:
    """Limits by name as users give them; raises UsageError for an unknown one, and for what is not a number."""
    given = dict(limits or {})
    for name in given:
        if name not in LIMITS:
            hint = closest(name, LIMITS) or one_of(tuple(LIMITS))
            raise UsageError([Problem(f"no limit is called '{name}'", None, hint)])
    if max_layers is not None:
        given[MOST_LAYERS.name] = max_layers
    for name, number in given.items():
        if type(number) is not int or number < 1:
            called = name if name in (limits or {}) else "max_layers"
            raise UsageError([Problem(f"{called} must be a whole number from 1 up, not {number!r}")])
    return given


def counting(convention: Convention | str | None, switches: Mapping[str, Any] | None = None) -> Convention:
    """The convention of a name, with the switches that are given; cnncalc's own without a name. Raises UsageError."""
    with usage():
        if convention is None:
            found = Convention()
        elif isinstance(convention, str):
            from cnncalc.analysis.known_conventions import find_convention

            found = find_convention(convention)
        else:
            found = convention
    given = {key: value for key, value in (switches or {}).items() if value is not None}
    for key, value in given.items():
        choices = CHOICES[key]
        if value not in choices:
            raise UsageError([Problem(f"{key} cannot be {value!r}", None, one_of(tuple(map(str, choices))))])
    return found.overridden(given) if given else found


def batch_size(batch: Any) -> Size:
    """A batch as users give it: a number of images from 1 up, or a name, which becomes a symbol. Raises UsageError."""
    text = str(batch)
    if isinstance(batch, str) and names_size(text):
        return symbol(text)
    symbolic = not is_known(batch) and not isinstance(batch, str | float | bool)
    digits = text.lstrip("0")[: len(str(LARGEST_BATCH.value)) + 1] if text.isascii() and text.isdecimal() else ""
    number = 1 <= int(digits or 0) <= LARGEST_BATCH.value and type(batch) in (int, str)
    if symbolic or number:
        size: Size = batch if symbolic else int(digits)
        return size
    more = f"; {LARGEST_BATCH.hint}" if digits else ""
    hint = f"give a number from 1 to {LARGEST_BATCH}, or a name{more}"
    raise UsageError([Problem(f"the batch must be a number of images or a name, not {batch!r}", None, hint)])


@contextmanager
def usage() -> Iterator[None]:
    """Problems inside are those of the command line, or of the call, and not of a spec: exit status 2."""
    try:
        yield
    except SpecError as error:
        if error.exit_status == UsageError.exit_status:
            raise
        raise UsageError(error.problems) from None


def _input(spec: Spec, given: str | int | InputSize | None, symbolic: bool) -> InputSize | None:
    if isinstance(given, InputSize):
        return given
    text = None if given is None else str(given)
    if symbolic:
        return symbolic_size(spec, text)
    return None if text is None else parse_option(text, spec)


def _settings(spec: Spec, given: Mapping[str, Any] | Iterable[str] | str | None) -> dict[str, Argument]:
    """Settings by name, or as texts such as `width=96`; a broken spec, whose parameters are not known, has none."""
    if not given or spec.problems:
        return {}
    from cnncalc.spec.parameters import parse_settings, settings_of

    if isinstance(given, Mapping):
        return settings_of(spec, given)
    return parse_settings(spec, (given,) if isinstance(given, str) else given)
