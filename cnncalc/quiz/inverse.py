"""A network with one number hidden -> the question that cnncalc.solve answers, and whether one answer solves it."""

from __future__ import annotations

from typing import Any

from cnncalc.quiz.net import Net
from cnncalc.quiz.wording import text_of
from cnncalc.solve.answer import Answer
from cnncalc.solve.solve import ask


def solved(net: Net, layer: str, quantity: str, value: Any, unknown: str, bounds: tuple[int, int]) -> Answer:
    """What solve answers where the number behind the letter is taken away and the quantity is given."""
    low, high = bounds
    within = f"{unknown}>={low} {unknown}<={high}"
    made = text_of(value).replace(",", "")
    first = net.pieces[0]
    if unknown == "L":
        stack = net.changed("L", 1).notation
        return ask((f"{stack} xL", f"rf={made}", within), net.input)
    if len(net.pieces) > 1:
        return ask((net.notation, f"{layer}={made}"), f"WxWx{net.channels}")
    known = {"in": f"{net.side}x{net.side}x{net.channels}" if net.side else str(net.channels)}
    if unknown in "WC":
        known = {"C": str(net.channels)} if unknown == "W" else {"in": str(net.side)}
    if first.kind != "fc":
        known |= {"F": str(first.kernel), "S": str(first.stride), "P": str(first.padding)}
    if first.count:
        known["K"] = str(first.count)
    known.pop(unknown, None)
    given = " ".join(f"{name}={number}" for name, number in known.items())
    name = "out" if quantity == "output" else quantity
    return ask((f"{first.kind} {given} {name}={made} {within}",))


def the_only(answer: Answer, number: int) -> bool:
    """Whether `number` is the one exact solution there is."""
    found = answer.exact
    return found is not None and found.complete and [list(point.values()) for point in found.points(2)] == [[number]]
