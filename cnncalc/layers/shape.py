"""Channels and sizes -> Shape: what one layer hands to the next."""

from __future__ import annotations

from cnncalc.symbolic import Size, is_known, normalise, product, written

AXES: dict[int, tuple[str, ...]] = {
    0: (),
    1: ("length",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


class Shape:
    """A volume of `channels` maps, each of `size`; a vector if `size` is empty.

    >>> Shape(3, 224, 224)
    Shape(3, 224, 224)
    >>> str(Shape(3, 224, 224))
    '224x224x3'
    >>> Shape(4096).values
    4096
    """

    __slots__ = ("channels", "size")

    channels: Size
    size: tuple[Size, ...]

    def __init__(self, channels: Size, *size: Size) -> None:
        self.channels = normalise(channels)
        self.size = tuple(normalise(length) for length in size)

    @property
    def rank(self) -> int:
        """The number of spatial axes: 0 for a vector, 2 for an image."""
        return len(self.size)

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the spatial axes, in the order of `size`."""
        return AXES.get(self.rank) or tuple(f"axis {number}" for number in range(1, self.rank + 1))

    @property
    def area(self) -> Size:
        """Positions in one map: the product of `size`."""
        return product(self.size)

    @property
    def values(self) -> Size:
        """Numbers in the whole volume."""
        return product((*self.size, self.channels))

    def text(self, *, channels_first: bool = False) -> str:
        """`224x224x3`, or `3x224x224`; sizes that are sums stand in parentheses."""
        maps = (self.channels,)
        parts = maps + self.size if channels_first else self.size + maps
        return "x".join(written(part) if is_atom(part) else f"({written(part)})" for part in parts)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Shape({', '.join(map(str, (self.channels, *self.size)))})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Shape):
            return NotImplemented
        return self.channels == other.channels and self.size == other.size

    def __hash__(self) -> int:
        return hash((self.channels, self.size))


def is_atom(size: Size) -> bool:
    """Whether a size prints as one word: a number or a single symbol."""
    return is_known(size) or bool(getattr(size, "is_Symbol", False))
