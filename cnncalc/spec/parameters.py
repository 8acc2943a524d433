"""`width=96` -> a value for a parameter of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from cnncalc.errors import Problem, Source, SpecError, closest, one_of
from cnncalc.spec.model import Argument, Spec
from cnncalc.symbolic import symbol

DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}\Z")


def parse_settings(spec: Spec, texts: Iterable[str]) -> dict[str, Argument]:
    """Settings given as `name=value`; a value is a number, true, false, a list, or a symbol's name.

    A decimal is an exact fraction: with width=0.25, `32*width` is 8; `30*width` is not whole, and
    refused as a number of filters.
    Raises SpecError for a name that the spec does not have, and for a text that is not a value.
    """
    result = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise SpecError([Problem(f"'{text}' sets nothing", None, "write --set name=value")])
        check_name(spec, name)
        result[name] = _value(f"--set {name}", value)
    return result


def settings_of(spec: Spec, values: Mapping[str, Any]) -> dict[str, Argument]:
    """Settings given as Python values: integers, decimals, booleans, lists; a string names a symbol."""
    result = {}
    for name, value in values.items():
        check_name(spec, name)
        result[name] = _value(name, written(value))
    return result


def written(value: Any) -> str:
    """A Python value as a spec would write it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, Fraction):
        return _decimal(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decimal(value: Fraction) -> str:
    """`0.25`; a fraction that is not a decimal as it is, `1/3`."""
    places = next((places for places in range(16) if (value * 10**places).denominator == 1), None)
    if places is None:
        return str(value)
    whole, rest = divmod(abs(int(value * 10**places)), 10**places)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:0{places}d}" if places else "")


def check_name(spec: Spec, name: str) -> None:
    """Raise SpecError if the spec has no parameter of that name."""
    if name in spec.parameters:
        return
    names = tuple(spec.parameters)
    hint = closest(name, names) or (one_of(names) if names else "it has no parameters")
    raise SpecError([Problem(f"{spec.key} has no parameter '{name}'", None, hint)])


def _value(name: str, text: str) -> Argument:
    if text in ("None", "null", "~", ""):
        raise SpecError([Problem(f"{name} has no value", None, "leave it out, or give the name of a symbol")])
    if text.isidentifier() and text not in ("true", "false", "True", "False"):
        return Argument(symbol(text), Source(name, text).span(0, 0, len(text)))
    if DECIMAL.match(text):
        exact = Fraction(text)
        number = exact.numerator if exact.denominator == 1 else exact
        return Argument(number, Source(name, text).span(0, 0, len(text)))
    from cnncalc.spec.readers.yaml_layers import LayerReader
    from cnncalc.spec.readers.yaml_nodes import read_yaml

    problems: list[Problem] = []
    argument = LayerReader(problems).argument(read_yaml(Source(name, text)))
    if problems or argument is None:
        raise SpecError(problems)
    return argument
