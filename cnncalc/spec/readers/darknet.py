"""A configuration file of Darknet -> Spec: its sections are layers, numbered from 0 behind [net].

    [net]
    height=32
    width=32
    channels=3

    [convolutional]        # layer 0, called conv0 here
    batch_normalize=1
    filters=16
    size=3
    stride=1
    pad=1
    activation=leaky

A line is read as Darknet reads it: spaces inside it count for nothing, a line that begins with # or ; is a comment,
and the first of two equal keys wins. darknet_sections.py says what every section is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.errors import Problem, ProblemList, Source, SpecError, closest, one_of
from cnncalc.limits import LARGEST_SIZE, LONGEST_TEXT, MOST_LISTED_NOTES
from cnncalc.spec.model import BrokenItem, InputSize, Item, Spec
from cnncalc.spec.readers.darknet_keys import Entry, Section
from cnncalc.spec.readers.darknet_layers import Layers
from cnncalc.spec.readers.darknet_sections import IGNORED, NET, RECURRENT, SECTIONS

FIRST = re.compile(r"(?:[ \t\r]*(?:[#;][^\n]*)?\n)*[ \t]*\[[ \t]*[A-Za-z_]\w*[ \t]*\][^\n]*(?:\n|\Z)")
HEAD = re.compile(r"(?:[^\n]*\n){0,5}[ \t]*\[[ \t]*net(?:work)?[ \t]*\]")
KEY = re.compile(r"^[ \t]*[A-Za-z_]\w*[ \t]*=", re.MULTILINE)
BLANKS = str.maketrans("", "", " \t\r\n")
NET_NAMES = ("net", "network")


def recognises(text: str) -> bool:
    """Whether one of the first lines is [net], or the first but comments names a section and another has a key."""
    first = FIRST.match(text)
    return HEAD.match(text) is not None or (first is not None and KEY.search(text, first.end()) is not None)


def read(source: Source) -> Spec:
    """The spec that a configuration file stands for; what is wrong with it is in `problems`."""
    spec = Spec(source, input_key="height, width and channels of [net]")
    try:
        if len(source.text) > LONGEST_TEXT.value:
            raise SpecError([Problem(f"the text has more than {LONGEST_TEXT} characters", None, LONGEST_TEXT.hint)])
        sections = list(_sections(source, spec.problems))
        if sections and sections[0].kind in NET_NAMES:
            _read_net(sections.pop(0), spec)
        spec.items = tuple(_items(sections, spec))
        if not spec.items and not spec.problems:
            spec.problems.append(Problem("no section describes a layer", source.span(), "as [convolutional] does"))
    except SpecError as error:  # more problems than are gathered
        spec.problems = ProblemList(error.problems)
    if len(spec.notes) > MOST_LISTED_NOTES:
        rest = len(spec.notes) - MOST_LISTED_NOTES
        spec.notes[MOST_LISTED_NOTES:] = [f"... and {rest:,} more of such lines"]
    return spec


def _sections(source: Source, problems: list[Problem]) -> Iterator[Section]:
    """The sections of a text, each with its keys."""
    current: Section | None = None
    for number, line in enumerate(source.lines):
        text = line.translate(BLANKS)
        if not text or text[0] in "#;":
            continue
        start = len(line) - len(line.lstrip())
        span = source.span(number, start, len(line.rstrip()) - start)
        if text[0] == "[":
            if current is not None:
                yield current
            current = Section(text[1:].partition("]")[0], span, text.endswith("]"))
            continue
        at = line.find("=")
        value = line[at + 1 :].strip()
        if at < 0 or not value:
            problems.append(Problem("a line must be a section, as [maxpool], or 'key=value'", span))
        elif current is None:
            problems.append(Problem("this line stands before the first section", span, "begin with [net]"))
        else:
            behind = source.span(number, line.index(value, at + 1), len(value))
            current.enter(Entry(line[:at].translate(BLANKS), value.translate(BLANKS), span, behind))
    if current is not None:
        yield current


def _read_net(net: Section, spec: Spec) -> None:
    """Take the size of the input from [net]; one that is not complete is left to the command line."""
    height, width, channels = (net.whole(name, 0, least=0) for name in ("height", "width", "channels"))
    inputs = net.whole("inputs", 0, least=0)
    for name in ("height", "width", "channels", "inputs"):
        if name in net and net.whole(name, 0, least=0) > LARGEST_SIZE.value:
            net.problems.append(Problem(f"{name} is at most {LARGEST_SIZE}", net[name].span, LARGEST_SIZE.hint))
    net.whole("time_steps", 1)
    spec.notes.extend(net.remarks(NET))
    spec.problems.extend(net.problems)
    if net.problems:
        return
    if height and width and channels:
        spec.input = InputSize((height, width), channels, span=net.span)
        if inputs and inputs != height * width * channels:
            message = f"inputs is {inputs}, but height, width and channels make {height * width * channels}"
            spec.problems.append(Problem(message, net["inputs"].span, "leave out 'inputs'"))
    elif inputs and not (height or width or channels):
        spec.input = InputSize((), inputs, span=net.span)
    elif channels:
        spec.partial_input = InputSize(("H", "W"), channels)


def _items(sections: list[Section], spec: Spec) -> Iterator[Item]:
    """An item for every section behind [net]."""
    layers = Layers(spec.input)
    for section in sections:
        known = SECTIONS.get(section.kind)
        name = layers.enter(section, known.name if known else "section")
        item: Item = BrokenItem(span=section.span, name=name)
        try:
            _check_kind(section)
            kind = SECTIONS[section.kind]
            item = kind.make(section, layers)
            spec.notes.extend(f"{name}: {note}" for note in section.remarks(kind.ignored | IGNORED))
        except SpecError as error:
            section.problems.extend(error.problems)
        if section.problems:
            item = BrokenItem(span=section.span, name=name)
        for problem in section.problems:
            spec.problems.append(problem)
        item.name = name
        yield item


def _check_kind(section: Section) -> None:
    """Refuse a section that is not a layer of an image network; raises SpecError."""
    kind = section.kind
    if kind in NET_NAMES:
        raise section.refused(f"[{kind}] must be the first section, and there is one only")
    if kind in RECURRENT:
        raise section.refused(f"[{kind}] is recurrent; cnncalc reads networks of images alone")
    if not section.closed:
        hint = "a comment needs a line of its own" if "]" in section.span.excerpt()[0] else "']' is missing"
        raise section.refused("Darknet does not recognise this section", hint)
    if kind not in SECTIONS:
        raise section.refused(f"unknown section [{kind}]", closest(kind, SECTIONS) or one_of(list(SECTIONS)))
