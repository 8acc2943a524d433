"""A wrong number as it is printed -> which mistakes are believed: not those that so few digits show by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from cnncalc.diagnose.catalogue import SIZES_BEFORE
from cnncalc.diagnose.hypotheses import Hypothesis
from cnncalc.diagnose.ranking import COMMON, MISSPELT, THROUGHOUT, TRANSPOSED
from cnncalc.layers import Shape
from cnncalc.symbolic import is_known

Matches: TypeAlias = "Callable[[Any], bool]"
SIDES = 2
"""Of a map without its channels."""
LONG = 4
"""Digits of a number that no mistake gives by chance."""
ONE_IN = 50
"""Of the shorter numbers of one length, so small a part may be explained by mistakes that are not common."""
FEWEST_DIGITS = 3
"""Digits that a rounded number must show before two of them are said to be swapped."""
FEWEST = 100
"""The smallest count, or area, that is explained by a mistake in other layers: chance hits smaller ones."""


class Print:
    """A number as it is printed: which values it may stand for, and how much it says.

    `claimed` is the number itself, or the sizes of a shape; a text of another form says enough for any reason.
    """

    def __init__(self, matches: Matches, claimed: Any) -> None:
        self.matches = matches
        self.claimed = claimed
        self.tried: set[Any] = set()

    @cached_property
    def unit(self) -> int:
        """1 for a number in full, 1,000 for 35K."""
        if not is_known(self.claimed) and not isinstance(self.claimed, Fraction):
            return 1
        low, high = 0, 1
        while high < abs(self.claimed) and self.matches(self.claimed - high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.matches(self.claimed - middle) else (low, middle)
        return max(2 * low, 1)  # people round by half a unit

    @cached_property
    def digits(self) -> int:
        """The digits that are printed, LONG at most; equal sides count once, and the channels make a shape long."""
        if isinstance(self.claimed, tuple):
            sides = set(self.claimed) if len(self.claimed) <= SIDES else {}
            return min(LONG, sum(len(str(side)) for side in sides)) if sides and is_known(*sides) else LONG
        if not is_known(self.claimed) and not isinstance(self.claimed, Fraction):
            return LONG
        return min(LONG, len(str(int(abs(self.claimed) / self.unit))))

    def is_believed(self, keys: Iterable[str], value: Any) -> bool:
        """Whether a reason is more than chance; to be asked of every wrong number, the likeliest first.

        All are of a long number. Of a short one a common mistake is; others as long as the numbers tried so
        far are a small part of all numbers that are as long.
        """
        if self.digits >= LONG:
            return True
        self.tried.add(self._as_printed(value))
        common = len(tuple(keys)) == 1 and COMMON.issuperset(keys)
        return common or self.has_room

    @property
    def has_room(self) -> bool:
        """Whether more numbers may be tried."""
        return self.digits >= LONG or len(self.tried - {None}) * ONE_IN <= 9 * 10 ** (self.digits - 1)

    def _as_printed(self, value: Any) -> Any:
        """A value as it would be printed in as many digits; None where it is longer or shorter."""
        parts = (value.size or (value.channels,)) if isinstance(value, Shape) else value
        if isinstance(parts, tuple):
            sides = tuple(dict.fromkeys(parts))
            return sides if sum(len(str(side)) for side in sides) == self.digits else None
        return value // self.unit if len(str(value // self.unit)) == self.digits else None

    def shows(self, each: Hypothesis, correct: Any) -> bool:
        """Whether digits that were written wrongly are among those printed, and the size of a map before is large."""
        if each.mistake.key in MISSPELT:
            return self._shows_digits(each, correct)
        return each.mistake.affects != SIZES_BEFORE or self._shows_size(each)

    def _shows_size(self, each: Hypothesis) -> bool:
        """Whether a mistake carried on gives a large number, and of one in a single layer every digit holds."""
        value = each.value
        if isinstance(value, Shape):
            return bool(value.area >= FEWEST)
        exact = each.mistake.key.endswith(THROUGHOUT) or not self._also_fits(value, 1)
        return bool(value >= FEWEST and exact)

    def _shows_digits(self, each: Hypothesis, correct: Any) -> bool:
        """Whether wrong digits are printed: both that were swapped, and three at least if not all are; else all."""
        value, claimed = each.value, self.claimed
        if not (is_known(value) and is_known(correct)):
            return True
        if each.mistake.key != TRANSPOSED:
            return bool(claimed == value) and not self._also_fits(value, 1)
        units = [10**place for place in range(len(str(correct)))]
        printed = [unit for unit in units if not self._also_fits(value, 2 * unit)]
        swapped = max(unit for unit in units if (value - correct) % unit == 0)
        if not printed or swapped < printed[0] or len(printed) < min(FEWEST_DIGITS, len(units)):
            return False
        # A number in MiB has other digits than its bytes.
        return not isinstance(claimed, int | Fraction) or claimed % printed[0] == 0

    def _also_fits(self, value: Any, by: int) -> bool:
        """Whether a number that is so much larger or smaller would be printed in the same way."""
        return self.matches(value - by) or self.matches(value + by)
