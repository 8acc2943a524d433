"""A name, a path, or a network written out -> the Spec it stands for; and the list of bundled networks."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from cnncalc.errors import Problem, Source, SpecError, closest, one_of
from cnncalc.spec.files import read_source
from cnncalc.spec.model import Spec
from cnncalc.spec.readers.register import INLINE, SUFFIXES, read, reader_of

VARIANT = re.compile(r"  ([A-Za-z0-9_.-]+):")


class Bundled(NamedTuple):
    """A network that comes with cnncalc: its file, and its variant if the file holds a family."""

    name: str
    path: str
    variant: str

    @property
    def file(self) -> str:
        """The name of the file, without its ending."""
        return stem(self.path)


@cache
def specs_folder() -> str:
    """Where the bundled specs lie: inside the installed package, or at the top of a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "specs")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "specs")


def stem(path: str) -> str:
    """The name of a file without its folder and its ending."""
    return os.path.splitext(os.path.basename(path))[0]


@cache
def bundled() -> dict[str, Bundled]:
    """Every bundled network by name; read off the files' outlines, without parsing them."""
    found: dict[str, Bundled] = {}
    for name in sorted(os.listdir(specs_folder())):
        if name.endswith(".yaml"):
            path = os.path.join(specs_folder(), name)
            with open(path, encoding="utf-8") as file:
                variants = _variants(file.read())
            for variant in variants or [stem(path)]:
                found[variant] = Bundled(variant, path, variant if variants else "")
    return found


def families() -> dict[str, list[str]]:
    """The files that hold several networks, by name, and the networks in each."""
    members: dict[str, list[str]] = {}
    for network in bundled().values():
        if network.variant:
            members.setdefault(network.file, []).append(network.name)
    return members


def _variants(text: str) -> list[str]:
    """The names under `variants:`, found by their indentation."""
    names, inside = [], False
    for line in text.splitlines():
        if line and not line[0].isspace() and line[0] != "#":
            inside = line.startswith("variants:")
        elif inside and (match := VARIANT.match(line)):
            names.append(match[1])
    return names


def find(spec: str | os.PathLike[str]) -> Spec:
    """The spec that a name, a path (`net.yaml`, `net.yaml:variant`), `-`, or a text in slide notation stands for.

    Problems inside the text are left in `Spec.problems`; a text that cannot be found or read
    raises SpecError.
    """
    text = os.fspath(spec)
    found = _found(text)
    found.asked = text
    return found


def _found(text: str) -> Spec:
    if text == "-":
        return _named(read(read_source(text, known=_settings_in)), "stdin")
    if text in bundled():
        network = bundled()[text]
        source = read_source(network.path, os.path.basename(network.path))
        return select(_named(read(source), network.name), network.variant)
    path, variant = _path_and_variant(text)
    if path is not None:
        return select(_named(read(read_source(path, known=_settings_in)), stem(path)), variant)
    if text in families():
        hint = one_of(families()[text])
        raise SpecError([Problem(f"'{text}' is a family of networks; name one of them", None, hint)])
    if reader := reader_of(text, INLINE):
        return _named(reader.load().read(Source(reader.module, text)), text.strip())
    raise SpecError([_not_found(text)])


def _settings_in(header: Sequence[str]) -> int | None:
    """How many columns of a header are settings; the reader of tables is loaded only for what may be one."""
    from cnncalc.spec.readers.tables import settings_in

    return settings_in(header)


def _path_and_variant(text: str) -> tuple[str | None, str]:
    if os.path.isfile(text):
        return text, ""
    before, colon, variant = text.rpartition(":")
    if colon and os.path.isfile(before):
        return before, variant
    return None, ""


def _not_found(text: str) -> Problem:
    if os.path.isdir(text):
        return Problem(f"'{text}' is a folder, not a spec", None, "name a .yaml file in it")
    if text.endswith(SUFFIXES) or "/" in text:
        return Problem(f"there is no file '{text}'", None, "cnncalc list shows the networks that need no file")
    hint = closest(text, [*bundled(), *families()]) or "cnncalc list shows every network"
    languages = " nor ".join(reader.name for reader in INLINE)
    return Problem(f"no network is called '{text}', and it is neither a file nor {languages}", None, hint)


def _named(spec: Spec, key: str) -> Spec:
    spec.key = key
    spec.name = spec.name or key
    return spec


def select(spec: Spec, variant: str) -> Spec:
    """The spec with a variant's name and settings; raises SpecError if it has no such variant."""
    if not variant:
        return spec
    if variant not in spec.variants:
        if spec.problems:
            raise SpecError(spec.problems)
        hint = closest(variant, spec.variants) or (one_of(tuple(spec.variants)) if spec.variants else "it has none")
        raise SpecError([Problem(f"'{spec.source.name}' has no variant '{variant}'", None, hint)])
    chosen = spec.variants[variant]
    if chosen.spec:
        return _named(chosen.spec(), f"{spec.key}:{variant}")
    spec.key, spec.name = variant, chosen.title
    spec.about = chosen.about or spec.about
    spec.settings = chosen.settings
    spec.input = chosen.input or spec.input
    return spec
