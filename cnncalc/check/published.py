"""The bundled tables of published numbers -> their paths, and the tables that each network is checked against."""

from __future__ import annotations

import os
import re
from functools import cache
from typing import NamedTuple

from cnncalc.spec.find import bundled, specs_folder

ENDING = ".cnn.yaml"
ENTRY = re.compile(r"  - \{?network: (?P<listed>[^\s,}]+)|  (?P<key>[^\s:#-][^:#]*):(?:\s|\Z)")


class Publication(NamedTuple):
    """A bundled table: its file, where its numbers come from, and the networks that it is about."""

    path: str
    source: str
    networks: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the file without its ending."""
        return os.path.basename(self.path).removesuffix(ENDING)


def published_tables() -> list[str]:
    """The paths of the tables that come with cnncalc, in the order of their names."""
    folder = os.path.join(specs_folder(), "published")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names if name.endswith(ENDING)]


@cache
def publications() -> tuple[Publication, ...]:
    """Every bundled table, read off its outline, without parsing it."""
    found = []
    for path in published_tables():
        with open(path, encoding="utf-8") as file:
            found.append(_outline(path, file.read()))
    return tuple(found)


def checked_against(network: str) -> list[Publication]:
    """The bundled tables with claims about a network."""
    return [each for each in publications() if network in each.networks]


def _outline(path: str, text: str) -> Publication:
    """What `source:`, `network:` and `networks:` say at the top of a table."""
    source, names, inside = "", [], False
    for line in text.splitlines():
        if line and not line[0].isspace() and line[0] != "#":
            key, _, value = line.partition(":")
            value = value.partition(" #")[0].strip()
            inside = key == "networks"
            source = value if key == "source" else source
            names += [value] if key == "network" else []
        elif inside and (match := ENTRY.match(line)):
            names.append((match["listed"] or match["key"]).strip("'\" "))
    return Publication(path, source, tuple(name for name in dict.fromkeys(names) if name in bundled()))
