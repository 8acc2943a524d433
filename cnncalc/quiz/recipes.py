"""A seed and a few words -> a candidate for a question, level by level: a network, and what is asked of it.

A candidate may turn out to have no answer, an unhandy one or several; cnncalc.quiz.sheet then draws the next.
Draws are the same on every machine and in every version of Python: the number drawn after n others is the SHA-256
of the text `cnncalc quiz WORD WORD ... n`, read as an integer with its highest byte first, modulo the size of what
is drawn from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeAlias, TypeVar

from cnncalc.quiz.net import Net, Piece

T = TypeVar("T")
SIDES = (7, 8, 9, 10, 12, 14, 15, 16, 20, 27, 28, 31, 32)
LARGE_SIDES = (*SIDES, 39, 55, 56, 63, 64, 100, 112, 224, 227)
CHANNELS = (1, 3, 4, 8, 10, 16, 20, 32, 64)
COUNTS = (4, 5, 6, 8, 10, 12, 16, 20, 32, 64)
KERNELS = (1, 3, 3, 5, 5, 7)
STRIDED = (
    (2, 2, 0),
    (3, 2, 0),
    (3, 2, 1),
    (5, 2, 0),
    (5, 2, 2),
    (7, 2, 3),
    (3, 3, 0),
    (4, 2, 1),
    (7, 4, 0),
    (11, 4, 0),
)
"""(kernel, stride, padding) of layers that go in steps."""
POOLS = ((2, 2), (2, 2), (3, 2), (3, 3), (4, 4))


class Draw:
    """A row of draws: the same words give the same row, and other words one that has nothing to do with it.

    >>> Draw(7, "a").below(100) == Draw(7, "a").below(100)
    True
    """

    def __init__(self, *words: object) -> None:
        self._text = " ".join(["cnncalc quiz", *map(str, words)])
        self._drawn = 0

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1."""
        digest = sha256(f"{self._text} {self._drawn}".encode()).digest()
        self._drawn += 1
        return int.from_bytes(digest, "big") % end

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.below(len(choices))]


class Candidate(NamedTuple):
    """A network and the quantity asked for: of its layer number `at`, of all where that is None.

    With an `unknown`, that letter of the first layer (or of the input) is asked for, from
    `bounds` on and up to them, and the quantity is given.
    """

    net: Net
    at: int | None
    quantity: str
    unknown: str = ""
    bounds: tuple[int, int] = (0, 0)


Recipe: TypeAlias = Callable[[Draw], Candidate]


def _single(piece: Piece, draw: Draw, *quantities: str, large: bool = False) -> Candidate:
    side = draw.pick(LARGE_SIDES if large else SIDES)
    return Candidate(Net(side, draw.pick(CHANNELS), (piece,)), 0, draw.pick(quantities))


def _even(draw: Draw) -> Piece:
    """A convolution at stride 1, with no padding or with what keeps the size."""
    kernel = draw.pick(KERNELS)
    return Piece("conv", draw.pick(COUNTS), kernel, 1, draw.pick((0, kernel // 2)))


def _strided(draw: Draw) -> Piece:
    kernel, stride, padding = draw.pick(STRIDED)
    return Piece("conv", draw.pick(COUNTS), kernel, stride, padding)


def _pool(draw: Draw, *kinds: str) -> Piece:
    kernel, stride = draw.pick(POOLS)
    return Piece(draw.pick(kinds or ("maxpool",)), 0, kernel, stride)


# Level 1: single layers; level 2: their cost -------------------------------------------------------


def _conv_output(draw: Draw) -> Candidate:
    return _single(_even(draw), draw, "output", large=True)


def _conv_params(draw: Draw) -> Candidate:
    return _single(_even(draw), draw, "params", "params", "weights")


def _fc_params(draw: Draw) -> Candidate:
    side, channels = draw.pick(((0, 100), (0, 64), (0, 120), (0, 400), (4, 16), (5, 16), (7, 10), (7, 20), (6, 8)))
    return Candidate(Net(side, channels, (Piece("fc", draw.pick((10, 20, 50, 64, 84, 100))),)), 0, "params")


def _strided_output(draw: Draw) -> Candidate:
    return _single(_strided(draw), draw, "output", large=True)


def _conv_work(draw: Draw) -> Candidate:
    return _single(draw.pick((_even, _strided))(draw), draw, "macs", "macs", "flops")


def _pool_output(draw: Draw) -> Candidate:
    return _single(_pool(draw, "maxpool", "avgpool"), draw, "output", "output", "params", large=True)


def _conv_memory(draw: Draw) -> Candidate:
    return _single(_even(draw), draw, "activations", "memory_bytes")


# Level 3: small networks ---------------------------------------------------------------------------


def _small_net(draw: Draw) -> Net:
    """Two or three convolutions with pools between them, perhaps a fully connected layer at the end."""
    pieces: list[Piece] = []
    for _ in range(2 + draw.below(2)):
        pieces.append(draw.pick((_even, _even, _strided))(draw))
        if draw.below(2):
            pieces.append(_pool(draw))
    if draw.below(2):
        pieces.append(Piece("fc", draw.pick((10, 20, 100))))
    return Net(draw.pick(LARGE_SIDES), draw.pick((1, 3, 3, 4)), tuple(pieces))


def _net_output(draw: Draw) -> Candidate:
    net = _small_net(draw)
    last = len(net.pieces) - 1
    return Candidate(net, last - (net.pieces[last].kind == "fc"), "output")


def _net_layer(draw: Draw) -> Candidate:
    """What the last layer that has weights costs."""
    net = _small_net(draw)
    at = max(number for number, piece in enumerate(net.pieces) if piece.count)
    wanted = ("params", "macs") if net.pieces[at].kind == "fc" else ("params", "macs", "activations")
    return Candidate(net, at, draw.pick(wanted))


def _net_total(draw: Draw) -> Candidate:
    return Candidate(_small_net(draw), None, draw.pick(("params", "params", "activations", "macs")))


# Level 4: inverse questions ------------------------------------------------------------------------


def _which_window(draw: Draw) -> Candidate:
    """Which stride, padding, kernel or input size makes this output."""
    piece = draw.pick((_even, _strided, _strided))(draw)
    found = _single(piece, draw, "output", large=True)
    unknown, bounds = draw.pick((("S", (1, 8)), ("P", (0, 5)), ("F", (1, 11)), ("W", (1, 300))))
    return found._replace(unknown=unknown, bounds=bounds)


def _which_width(draw: Draw) -> Candidate:
    """How many filters, units or channels make so many parameters."""
    if draw.below(3) == 0:
        return _fc_params(draw)._replace(unknown="K", bounds=(1, 1000))
    found = _single(_even(draw), draw, "params")
    return found._replace(unknown=draw.pick(("K", "C")), bounds=(1, 500))


def _which_input(draw: Draw) -> Candidate:
    """Which input of a network makes this output."""
    first = draw.pick((_even, _strided))(draw)
    pieces = (first, _pool(draw), _even(draw), _pool(draw))
    net = Net(draw.pick(LARGE_SIDES), draw.pick((1, 3)), pieces[: 2 + draw.below(3)])
    return Candidate(net, len(net.pieces) - 1, "output", "W", (1, 300))


def _which_depth(draw: Draw) -> Candidate:
    """How many layers see so much."""
    layers = Piece("conv", draw.pick((8, 16)), draw.pick((3, 3, 5, 7)), repeat=2 + draw.below(9))
    return Candidate(Net(100, 3, (layers,)), 0, "receptive_field", "L", (1, 12))


# Level 5: receptive fields, groups, depthwise, dilation ----------------------------------------------


def _net_field(draw: Draw) -> Candidate:
    net = _small_net(draw)
    pieces = tuple(piece for piece in net.pieces if piece.kind != "fc")
    wanted = draw.pick(("receptive_field", "receptive_field", "jump"))
    return Candidate(Net(net.side, net.channels, pieces), len(pieces) - 1, wanted)


def _stack_field(draw: Draw) -> Candidate:
    layers = Piece("conv", 8, draw.pick((3, 5)), repeat=2 + draw.below(4))
    return Candidate(Net(draw.pick((32, 64)), 3, (layers,)), 0, "receptive_field")


def _dilated(draw: Draw) -> Candidate:
    kernel, dilation = draw.pick((3, 3, 5)), draw.pick((2, 2, 3, 4))
    padding = draw.pick((0, dilation * (kernel // 2)))
    piece = Piece("conv", draw.pick(COUNTS), kernel, 1, padding, dilation)
    return _single(piece, draw, "output", "receptive_field", "params")


def _grouped(draw: Draw) -> Candidate:
    groups = draw.pick((2, 4, 8))
    piece = Piece("conv", groups * draw.pick((2, 4, 5, 8)), draw.pick((1, 3, 5)), groups=groups)
    net = Net(draw.pick(SIDES), groups * draw.pick((2, 3, 4, 8)), (piece,))
    return Candidate(net, 0, draw.pick(("params", "weights", "macs")))


def _depthwise(draw: Draw) -> Candidate:
    piece = Piece("depthwise", 0, draw.pick((3, 5)), draw.pick((1, 1, 2)), 1)
    return _single(piece, draw, "params", "macs", "output")


RECIPES: dict[int, tuple[Recipe, ...]] = {
    1: (_conv_output, _conv_params, _conv_output, _conv_params, _fc_params),
    2: (_strided_output, _conv_work, _pool_output, _conv_memory),
    3: (_net_output, _net_layer, _net_total),
    4: (_which_window, _which_width, _which_input, _which_window, _which_depth),
    5: (_stack_field, _grouped, _net_field, _depthwise, _dilated),
}
"""What the questions of a level are made by, in turn."""
LEVELS = {
    1: "single layers: output volume and parameters",
    2: "strides, pools, MACs, FLOPs and memory of a layer",
    3: "small networks: the last volume, a layer after others, totals",
    4: "inverse questions: which stride, padding, filter, width, input or depth",
    5: "receptive fields, groups, depthwise and dilated convolutions",
}
