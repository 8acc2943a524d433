"""The heading of a column -> the setting of a layer that the column holds: kernel, stride, padding, filters, ..."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from cnncalc.limits import LONGEST_HEADING
from cnncalc.tables.cells import UNANSWERED, Cell
from cnncalc.tables.layer_types import BRACKETED

UNIT = re.compile(r"(?:[kKMGTP]i?)?(?:B|[bB]ytes)?\Z|thousand\Z|million\Z|billion\Z")
COUNTING = re.compile(r"^(?:(?:number|nr|no\.?|count|#)_of_(?:the_)?|num_|no\._|#_?)|_?#$")
SIGNS = re.compile(r"[^a-z0-9]")
SIZE_AND_STRIDE = re.compile(r"(.+?)\s*/\s*(strides?)\Z", re.IGNORECASE)
"""The heading of `7x7/2`, the size of a kernel and its stride in one column."""
SOURCES = ("from", "inputs", "connected_to", "input_layer", "input_layers", "source", "sources", "bottom", "reads")
"""What the column with the names of the layers that a row reads is called."""


class Setting(NamedTuple):
    """One setting: the key that reports use, its names without blanks and signs, and what its values are."""

    key: str
    names: tuple[str, ...]
    kind: Literal["length", "count", "shape"]


SETTINGS = {
    setting.key: setting
    for setting in (
        Setting(
            "kernel",
            (
                *("kernel", "kernels", "kernelsize", "kernelshape", "filtersize", "filtershape", "filterdimensions"),
                *("windowsize", "poolsize", "poolingsize", "patchsize", "receptivefieldofthefilter", "kernelwidth"),
                *("window", "sizeofkernel", "sizeoffilter", "filterkernelsize", "filter", "k", "f"),
            ),
            "length",
        ),
        Setting("stride", ("stride", "strides", "s", "stridesize", "step"), "length"),
        Setting(
            "layer_padding",
            ("layerpadding", "zeropadding", "zeropad", "pad", "pads", "p", "paddingsize", "padsize"),
            "length",
        ),
        Setting("dilation", ("dilation", "dilations", "dilationrate", "d", "atrousrate"), "length"),
        Setting(
            "out_channels",
            (
                *("filters", "outchannels", "outputchannels", "channelsout", "cout", "kernelcount", "filtercount"),
                *("outputdepth", "outputmaps", "outputfeaturemaps", "outfeatures", "units"),
                *("numberofkernels", "numkernels", "nofilters", "noutchannels", "channelout", "channels"),
            ),
            "count",
        ),
        Setting(
            "in_channels",
            ("inchannels", "inputchannels", "channelsin", "cin", "inputdepth", "inputmaps", "infeatures", "channelin"),
            "count",
        ),
        Setting("height", ("height", "outputheight", "outheight", "heightout", "hout", "h"), "count"),
        Setting("width", ("width", "outputwidth", "outwidth", "widthout", "wout"), "count"),
        Setting("in_height", ("inheight", "inputheight", "heightin", "hin"), "count"),
        Setting("in_width", ("inwidth", "inputwidth", "widthin", "win"), "count"),
        Setting("feature_map", ("featuremap", "featuremaps", "maps"), "shape"),
        Setting("groups", ("groups", "group", "g"), "count"),
        Setting("r_in", ("rin", "rfin", "receptivefieldin", "inputreceptivefield", "receptivefieldofinput"), "length"),
        Setting("j_in", ("jin", "jumpin", "inputjump"), "length"),
        Setting("start_in", ("startin",), "length"),
        Setting("start", ("start", "startout", "starto"), "length"),
    )
}
"""The settings that a table may give, by key."""
NAMES = {name: setting.key for setting in SETTINGS.values() for name in setting.names}
"""Every name of every setting, without blanks and signs, and its key."""


WINDOW = re.compile("(?:" + "|".join((*SETTINGS["kernel"].names, *SETTINGS["stride"].names)) + r")\Z")
OUTPUT = re.compile(r"n?out|shape|volume|tensor|dim|mapshape|mapsize|featuremapsize|featuremapshape")
HEIGHT = re.compile("(?:" + "|".join(SETTINGS["height"].names) + r")\Z")
CONTEXTUAL = {
    "padding": (WINDOW, "layer_padding"),
    "size": (OUTPUT, "kernel"),
    "w": (HEIGHT, "width"),
    **dict.fromkeys(("c", "d", "depth"), (HEIGHT, "out_channels")),
}
"""A name that has another meaning beside columns of certain headings: these, and the meaning."""


def name_and_unit(text: str) -> tuple[str, str]:
    """The name in a heading, in small letters and without `number of`, and the unit in brackets behind it."""
    bracket = BRACKETED.search(text)
    inside = bracket[1].strip() if bracket else ""
    name = text[: bracket.start()] if bracket else text
    name = f"{name} {inside}" if inside.lower() in ("in", "out") else name
    name = COUNTING.sub("", name.strip().lower().replace(" ", "_").replace("-", "_"))
    return name, inside if UNIT.match(inside) else ""


def bare(name: str) -> str:
    """A name without blanks and signs."""
    return SIGNS.sub("", name.replace("&", "and").replace("+", "and"))


def setting_of(text: str, beside: Sequence[str] = ()) -> str:
    """The setting that a heading names; nothing for another heading. `beside` are all headings of the table.

    >>> setting_of("Kernel size (F)"), setting_of("padding"), setting_of("padding", ["kernel", "padding"])
    ('kernel', '', 'layer_padding')
    """
    name = bare(name_and_unit(text)[0])
    others = _bare_names(tuple(other for other in beside if other != text)) if name in CONTEXTUAL else ()
    if name in CONTEXTUAL and any(CONTEXTUAL[name][0].match(other) for other in others):
        return CONTEXTUAL[name][1]
    if text.strip() == "K" and any(other.strip() == "F" for other in beside):
        return "out_channels"
    return NAMES.get(name, "")


@lru_cache(maxsize=64)
def _bare_names(headings: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(bare(name_and_unit(text)[0]) for text in headings)


def folded_heading(cell: str) -> str:
    """The heading of a column as it is compared: `Layer (type)` is layer."""
    if len(cell) > LONGEST_HEADING.value:
        return ""
    return BRACKETED.sub("", cell).strip().lower().replace(" ", "_")


def is_source(text: str) -> bool:
    """Whether a heading is that of the names of the layers that a row reads."""
    return folded_heading(text) in SOURCES


def with_strides_apart(header: list[Cell], lines: list[list[Cell]]) -> tuple[list[Cell], list[list[Cell]]]:
    """The table with a column of its own for the stride in `patch size/stride`: 7x7/2."""
    for place, (text, span) in reversed(list(enumerate(header))):
        if not (titles := SIZE_AND_STRIDE.match(text[: LONGEST_HEADING.value])):
            continue
        header = [*header[:place], (titles[1], span), (titles[2], span), *header[place + 1 :]]
        lines = [
            [*cells[:place], *_parted(cells[place]), *cells[place + 1 :]] if len(cells) > place else cells
            for cells in lines
        ]
    return header, lines


def _parted(cell: Cell) -> tuple[Cell, Cell]:
    """What stands before the last slash of a cell, and behind it."""
    text, span = cell
    size, _, stride = text.rpartition("/") if "/" in text and text.lower() not in UNANSWERED else (text, "", "")
    return (size.strip(), span), (stride.strip().lstrip("sS"), span)
