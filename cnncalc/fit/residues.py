"""Predicates on a whole number n -> ResidueSet: all n for which they hold, as residues of a modulus. Integers only.

A PeriodicPredicate repeats: from some n on, whether it holds depends only on n modulo its period. So the
numbers for which several hold are residues too, modulo the least common multiple of the periods;
each predicate in turn only has to look at the residues that those before it have left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count, islice
from math import lcm

from cnncalc.limits import MOST_RESIDUES

MOST_LISTED = 8
"""Numbers that a text lists one by one."""


class TooManyError(ValueError):
    """A pattern with more residues than can be listed; the message names its modulus."""


def _listed(numbers: Sequence[int]) -> str:
    """A few numbers in parentheses."""
    more = ", ..." if len(numbers) > MOST_LISTED else ""
    return f"({', '.join(map(str, numbers[:MOST_LISTED]))}{more})"


@dataclass(frozen=True, slots=True)
class PeriodicPredicate:
    """A condition on n: `holds(n)`, decided by n modulo `period` for all n >= `since`.

    Below `least` it never holds.
    """

    holds: Callable[[int], bool]
    period: int = 1
    since: int = 1
    least: int = 1


@dataclass(frozen=True, slots=True)
class ResidueSet:
    """Whole numbers from 1 up: `exceptions`, all below `since`; and from there on `residues` modulo `modulus`.

    >>> alexnet = ResidueSet(32, (3,), 67)
    >>> 227 in alexnet, 224 in alexnet, alexnet.below(224), alexnet.above(224)
    (True, False, 195, 227)

    In its simplest form the modulus is the least that describes the pattern, and `since` is its first member.
    """

    modulus: int = 1
    residues: tuple[int, ...] = (0,)
    since: int = 1
    exceptions: tuple[int, ...] = ()

    def __contains__(self, n: object) -> bool:
        if not isinstance(n, int):
            return False
        if n < self.since:
            return n in self.exceptions
        place = bisect_left(self.residues, n % self.modulus)
        return place < len(self.residues) and self.residues[place] == n % self.modulus

    def __bool__(self) -> bool:
        return bool(self.residues or self.exceptions)

    def __iter__(self) -> Iterator[int]:
        """The members in order; endless unless there are finitely many."""
        return chain(self.exceptions, self._tail())

    def _tail(self) -> Iterator[int]:
        if not self.residues:
            return
        for turn in count(self.since // self.modulus):
            for residue in self.residues:
                if turn * self.modulus + residue >= self.since:
                    yield turn * self.modulus + residue

    @property
    def finite(self) -> bool:
        """Whether there is a largest member, or none at all."""
        return not self.residues

    @property
    def least(self) -> int | None:
        """The smallest member; None if there is none."""
        return next(iter(self), None)

    def first(self, most: int) -> list[int]:
        """The first members, at most `most` of them."""
        return list(islice(self, most))

    def above(self, n: int) -> int | None:
        """The smallest member above n; None if there is none."""
        small = bisect_right(self.exceptions, n)
        if small < len(self.exceptions):
            return self.exceptions[small]
        if not self.residues:
            return None
        start = max(n + 1, self.since)
        turn, rest = divmod(start, self.modulus)
        place = bisect_left(self.residues, rest)
        if place == len(self.residues):
            return (turn + 1) * self.modulus + self.residues[0]
        return turn * self.modulus + self.residues[place]

    def below(self, n: int) -> int | None:
        """The largest member below n; None if there is none."""
        if self.residues and n > self.since:
            turn, rest = divmod(n - 1, self.modulus)
            place = bisect_right(self.residues, rest)
            found = (turn - (place == 0)) * self.modulus + self.residues[place - 1]
            if found >= self.since:
                return found
        small = bisect_left(self.exceptions, n)
        return self.exceptions[small - 1] if small else None

    def text(self, name: str) -> str:
        """What makes a number called `name` a member: `H % 32 == 3, H >= 67`."""
        some = [f"{name} in {_listed(self.exceptions)}"] if self.exceptions else []
        if not self.residues:
            return some[0] if some else f"no {name}"
        rest = f"== {self.residues[0]}" if len(self.residues) == 1 else f"in {_listed(self.residues)}"
        pattern = f"{name} % {self.modulus} {rest}, " if self.modulus > 1 else ""
        return " or ".join([*some, f"{pattern}{name} >= {self.since}"])


class Sieve:
    """The numbers for which every predicate added so far holds."""

    def __init__(self) -> None:
        self.modulus = 1
        self.residues: list[int] = [0]
        self.since = 1
        self.least = 1
        self.predicates: list[PeriodicPredicate] = []

    def add(self, predicate: PeriodicPredicate) -> bool:
        """Keep only the numbers for which `predicate` holds too; whether it has taken residues away.

        Raises TooManyError, and leaves the sieve as it was.
        """
        before = len(self.residues)
        modulus = lcm(self.modulus, predicate.period)
        turns = modulus // self.modulus
        _limit(before * turns, modulus)
        judged: dict[int, bool] = {}

        def kept(residue: int) -> bool:
            rest = residue % predicate.period
            if rest not in judged:
                judged[rest] = predicate.holds(predicate.since + (rest - predicate.since) % predicate.period)
            return judged[rest]

        lifted = [residue for residue in self._lifted(turns) if kept(residue)]
        self.predicates.append(predicate)
        self.since, self.least = max(self.since, predicate.since), max(self.least, predicate.least)
        if len(lifted) == before * turns:
            return False
        self.modulus, self.residues = _simplest(modulus, lifted)
        return True

    def _lifted(self, turns: int) -> Iterator[int]:
        """The residues modulo `turns` times the modulus, in order."""
        return (turn * self.modulus + residue for turn in range(turns) for residue in self.residues)

    def members(self) -> ResidueSet:
        """The numbers that are left, in the simplest form. Raises TooManyError."""
        modulus, residues = self.modulus, tuple(self.residues)
        _limit(self.since - self.least, modulus)
        tail = ResidueSet(modulus, residues, self.since)
        small = [n for n in range(self.least, self.since) if all(each.holds(n) for each in self.predicates)]
        since = self.since
        while since > 1 and _agrees(tail, small, since - 1):
            since -= 1
            if small and small[-1] == since:
                small.pop()
            tail = ResidueSet(modulus, residues, since)
            if since <= self.least and not small:
                break
        first = next(tail._tail(), small[-1] + 1 if small else 1)
        return ResidueSet(modulus, residues, first, tuple(small))


def _agrees(tail: ResidueSet, small: Sequence[int], n: int) -> bool:
    """Whether n, the last number before the tail, is a member just where the tail's pattern says so."""
    member = bool(small) and small[-1] == n
    place = bisect_left(tail.residues, n % tail.modulus)
    patterned = place < len(tail.residues) and tail.residues[place] == n % tail.modulus
    return member == patterned


def _limit(candidates: int, modulus: int) -> None:
    if candidates > MOST_RESIDUES.value:
        message = f"the pattern repeats after {modulus:,} sizes or more and has more than {MOST_RESIDUES} parts"
        raise TooManyError(f"{message}; {MOST_RESIDUES.hint}")


def _simplest(modulus: int, residues: list[int]) -> tuple[int, list[int]]:
    """The same pattern with the least modulus: `1, 3 mod 4` is `1 mod 2`."""
    if not residues:
        return 1, []
    for prime in _primes(modulus):
        while modulus % prime == 0 and len(residues) % prime == 0:
            shorter = modulus // prime
            base = [residue for residue in residues if residue < shorter]
            if [turn * shorter + residue for turn in range(prime) for residue in base] != residues:
                break
            modulus, residues = shorter, base
    return modulus, residues


def _primes(number: int) -> Iterator[int]:
    """The primes up to MOST_RESIDUES that divide `number`; no larger one can shorten a pattern."""
    prime = 2
    while prime * prime <= number and prime <= MOST_RESIDUES.value:
        if number % prime == 0:
            yield prime
            while number % prime == 0:
                number //= prime
        prime += 1
    if 1 < number <= MOST_RESIDUES.value:
        yield number


def residue_set(predicates: Iterable[PeriodicPredicate]) -> ResidueSet:
    """The numbers for which all predicates hold. Raises TooManyError."""
    sieve = Sieve()
    for predicate in predicates:
        sieve.add(predicate)
    return sieve.members()


def conflict(predicates: Sequence[PeriodicPredicate]) -> list[int]:
    """The places of a few predicates that no number meets together, where none meets all of them.

    None of these few can be left out.
    """
    kept = list(range(len(predicates)))
    for place in reversed(kept):
        fewer = [other for other in kept if other != place]
        with suppress(TooManyError):  # with too many parts to list, it is not empty
            if fewer and not residue_set(predicates[other] for other in fewer):
                kept = fewer
    return kept
