"""A name, a path or slide notation -> the Spec it stands for; and the list of bundled networks."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cnncalc.errors import Problem, Source, SpecError, closest, one_of
from cnncalc.spec.model import Spec
from cnncalc.spec.notation import is_notation, parse_notation
from cnncalc.spec.schema import parse_spec
from cnncalc.spec.yaml_reader import LARGEST_FILE

SUFFIXES = (".yaml", ".yml")
VARIANT = re.compile(r"  ([A-Za-z0-9_.-]+):")


@dataclass(frozen=True, slots=True)
class Bundled:
    """A network that comes with cnncalc: its file, and its variant if the file holds a family."""

    name: str
    path: Path
    variant: str


@cache
def specs_folder() -> Path:
    """Where the bundled specs lie: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


@cache
def bundled() -> dict[str, Bundled]:
    """Every bundled network by name; read off the files' outlines, without parsing them."""
    found: dict[str, Bundled] = {}
    for path in sorted(specs_folder().glob("*.yaml")):
        variants = _variants(path.read_text(encoding="utf-8"))
        for variant in variants or [""]:
            name = variant or path.stem
            found[name] = Bundled(name, path, variant)
    return found


def families() -> dict[str, list[str]]:
    """The files that hold several networks, by name, and the networks in each."""
    members: dict[str, list[str]] = {}
    for network in bundled().values():
        if network.variant:
            members.setdefault(network.path.stem, []).append(network.name)
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


def find(spec: str | Path) -> Spec:
    """The spec that a name, a path (`net.yaml`, `net.yaml:variant`), `-` or slide notation stands for.

    Problems inside the text are left in `Spec.problems`; a text that cannot be found or read
    raises SpecError.
    """
    text = str(spec)
    if text == "-":
        return _parsed(Source("<stdin>", _decoded(sys.stdin.buffer.read(LARGEST_FILE + 1), "<stdin>")), "stdin")
    if text in bundled():
        network = bundled()[text]
        return select(_parsed(_read(network.path, network.path.name), network.name), network.variant)
    path, variant = _path_and_variant(text)
    if path is not None:
        return select(_parsed(_read(path, str(path)), path.stem), variant)
    if text in families():
        hint = one_of(families()[text])
        raise SpecError([Problem(f"'{text}' is a family of networks; name one of them", None, hint)])
    if is_notation(text):
        return parse_notation(text)
    raise SpecError([_not_found(text)])


def _path_and_variant(text: str) -> tuple[Path | None, str]:
    if Path(text).is_file():
        return Path(text), ""
    before, colon, variant = text.rpartition(":")
    if colon and Path(before).is_file():
        return Path(before), variant
    return None, ""


def _not_found(text: str) -> Problem:
    if Path(text).is_dir():
        return Problem(f"'{text}' is a folder, not a spec", None, "name a .yaml file in it")
    if text.endswith(SUFFIXES) or "/" in text:
        return Problem(f"there is no file '{text}'", None, "cnncalc list shows the networks that need no file")
    hint = closest(text, [*bundled(), *families()]) or "cnncalc list shows every network"
    return Problem(f"no network is called '{text}', and it is neither a file nor slide notation", None, hint)


def _read(path: Path, name: str) -> Source:
    try:
        with path.open("rb") as file:
            return Source(name, _decoded(file.read(LARGEST_FILE + 1), name))
    except OSError as error:
        raise SpecError([Problem(f"cannot read '{name}': {error.strerror}")]) from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError([Problem(f"'{name}' is not a text file (UTF-8)", None, "a spec is a YAML file")]) from None


def _parsed(source: Source, key: str) -> Spec:
    spec = parse_spec(source)
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
    spec.key, spec.name = variant, chosen.title
    spec.about = chosen.about or spec.about
    spec.settings = chosen.settings
    spec.input = chosen.input or spec.input
    return spec
