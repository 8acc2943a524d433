"""Symbolic sizes -> text: as a person writes them, as integer Python, as LaTeX."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction
from functools import lru_cache
from keyword import iskeyword
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from cnncalc.errors import Problem, SpecError
from cnncalc.limits import LONGEST_FORMULA
from cnncalc.symbolic.floor_division import FloorDiv
from cnncalc.symbolic.growth import length
from cnncalc.symbolic.size import is_known


class _Plain(StrPrinter):  # type: ignore[misc]
    """Sums begin with what is added: `H - F + 2*P`; minimum and maximum as Python calls them."""

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> Any:
        found = super()._as_ordered_terms(expr, order=order)
        return _added_first(found[::-1] if all(map(_is_over_symbols, found)) else found)

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        if expr.exp.is_Integer and expr.exp < -1:
            return f"1/{self._print(1 / expr)}"
        return str(super()._print_Pow(expr, rational=rational))

    def _print_Min(self, expr: Any) -> str:  # noqa: N802, sympy calls it by the name of the class
        return f"min({self.stringify(expr.args, ', ')})"

    def _print_Max(self, expr: Any) -> str:  # noqa: N802
        return f"max({self.stringify(expr.args, ', ')})"


class _Python(_Plain):
    """The names of symbols as Python takes them: `lambda_`, and `depth_` where `depth` is taken."""

    def __init__(self, taken: Container[str]) -> None:
        super().__init__()
        self.taken = taken

    def _print_Symbol(self, expr: Any) -> str:  # noqa: N802
        name = str(expr.name)
        return f"{name}_" if iskeyword(name) or name in ("min", "max") or name in self.taken else name


class _Latex(LatexPrinter):  # type: ignore[misc]
    """The same order of sums; floors, which have brackets of their own, get no others."""

    def _needs_mul_brackets(self, expr: Any, first: bool = False, last: bool = False) -> bool:
        return not isinstance(expr, FloorDiv) and bool(super()._needs_mul_brackets(expr, first, last))

    def _needs_brackets(self, expr: Any) -> bool:
        return not isinstance(expr, FloorDiv) and bool(super()._needs_brackets(expr))

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> Any:
        return _added_first(super()._as_ordered_terms(expr, order=order))


def _is_over_symbols(term: Any) -> bool:
    """Whether a term is divided by a symbol: of `1/N + 1/k**2` sympy would print the higher power first."""
    return any(factor.is_Pow and factor.exp.is_negative for factor in sympy.Mul.make_args(term))


def _added_first(terms: list[Any]) -> list[Any]:
    """The terms, the first that is added in front of those that are taken away."""
    if not terms[0].could_extract_minus_sign():
        return terms
    added = [term for term in terms if not term.could_extract_minus_sign()]
    alone = (term for term in added if term.as_coeff_Mul()[0] == 1 and not term.is_number)
    first = next(alone, added[0] if added else terms[0])
    return [first, *(term for term in terms if term is not first)]


def plain(value: Any) -> str:
    """A size as a person writes it: `H/32` where a quotient is exact, `(H + 31)//32` where it is not.

    Raises SpecError, as all that write a size do, for one that is too long to be read.
    """
    return str(value) if is_known(value) else _plain(value)


@lru_cache(maxsize=2**17)
def _plain(value: Any) -> str:
    """As `plain`, once for a size that stands in several places, and in several forms of one table."""
    return str(_Plain().doprint(_short_enough(value)))


def _short_enough(value: Any) -> Any:
    """The size itself; raises SpecError if it is too long to be read."""
    if length(value, LONGEST_FORMULA.value) > LONGEST_FORMULA.value:
        message = f"a formula has more than {LONGEST_FORMULA} numbers, symbols and operations"
        hint = "ask for one layer or one quantity (--only), or give some symbols a value (--input, --set, --assume)"
        raise SpecError([Problem(message, None, hint)])
    return value


def integer_python(value: Any, taken: Container[str] = ()) -> str:
    """A size as an expression of integer Python, in which every division is `//`.

    A symbol whose name is a word of Python, or one of `taken`, gets an underscore behind it. What
    may be a half and so is not a size (a padding, a centre) is for `true_python`.
    """
    return plain(value) if is_known(value) else str(_Python(taken).doprint(_exact(_short_enough(value))))


def true_python(value: Any, taken: Container[str] = ()) -> str:
    """A length that may be a half as an expression of Python, whose `/` leaves it exact: `(F - 1)/2`."""
    return plain(value) if not hasattr(value, "free_symbols") else str(_Python(taken).doprint(_short_enough(value)))


def _exact(value: Any) -> Any:
    """A size with its quotients brought together, each into one `//` that leaves nothing.

    H/S and F/S may leave something each where (H - F)/S does not.
    """
    if not _divides(value):
        return value
    above, below = sympy.together(_exact_within(value)).as_numer_denom()
    return above if below == 1 else FloorDiv(above, below, evaluate=False)


def _exact_within(value: Any) -> Any:
    """A size with every quotient inside of a floor, a minimum or a maximum brought together there."""
    if isinstance(value, FloorDiv | sympy.Min | sympy.Max):
        return value.func(*map(_exact, value.args), evaluate=False)
    return value if value.is_Atom else value.func(*map(_exact_within, value.args))


def _divides(value: Any) -> bool:
    """Whether a plain quotient stands in the size: H/32, or C*K/G."""
    return any(not part.is_Integer for part in value.atoms(sympy.Rational)) or any(
        power.exp.is_negative for power in value.atoms(sympy.Pow)
    )


def latex(value: Any) -> str:
    """A size as LaTeX, for mathematics mode."""
    if is_known(value):
        return str(value)
    return str(_Latex().doprint(sympy.Rational(value) if isinstance(value, Fraction) else _short_enough(value)))
