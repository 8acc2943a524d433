"""The register of readers: a text, recognised by what stands in it -> the Spec that its reader makes of it.

A reader is a module of this folder with two functions, `recognises(text)` and `read(source)`. A
new one is entered in READERS, in one line. A module is imported only when its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from cnncalc.errors import Source
from cnncalc.spec.model import Spec


class ReaderModule(Protocol):
    """What the module of a reader has."""

    def recognises(self, text: str) -> bool:
        """Whether a text looks like one of its language; a quick test of what stands in it."""

    def read(self, source: Source) -> Spec:
        """The spec that a text stands for; what is wrong with it is left in `problems`."""


class Reader(NamedTuple):
    """A language that networks are written in: its name in messages, and the module that reads it."""

    name: str
    module: str
    suffixes: tuple[str, ...] = ()
    """How the names of its files end; a text is recognised by what stands in it all the same."""
    inline: bool = False
    """Whether a text of it may stand on the command line instead of the name of a file."""
    begins: str = ""
    """How every text of it begins: for another one, the module is not imported."""

    def load(self) -> ReaderModule:
        """The module."""
        return cast("ReaderModule", import_module(f"{__package__}.{self.module}"))

    def recognises(self, text: str) -> bool:
        """Whether a text looks like one of this language."""
        return text[:1000].lstrip().startswith(self.begins) and self.load().recognises(text)


YAML = Reader("YAML", "yaml", (".yaml", ".yml"))
READERS = (
    Reader("a network of Keras in JSON", "keras_json", (".json", ".keras"), begins="{"),
    YAML,
    Reader("a text with a network in it", "documents", (".md", ".ipynb")),
    Reader("Caffe's prototxt", "caffe", (".prototxt", ".pbtxt")),
    Reader("the print of a PyTorch model", "printed_model", (".txt",)),
    Reader("a network of Darknet", "darknet", (".cfg",)),
    Reader("Python", "python", (".py",)),
    Reader("a summary of Keras", "summaries", (".txt",)),
    Reader("a table of layers", "tables", (".csv", ".tsv", ".tex", ".xlsx")),
    Reader("slide notation", "notation", inline=True),
)
SUFFIXES = tuple(suffix for reader in READERS for suffix in reader.suffixes)
INLINE = tuple(reader for reader in READERS if reader.inline)


def reader_of(text: str, readers: Iterable[Reader] = READERS) -> Reader | None:
    """The first reader that recognises a text."""
    return next((reader for reader in readers if reader.recognises(text)), None)


def read(source: Source) -> Spec:
    """The spec in a text; one that no reader recognises is read as YAML, which says what is wrong."""
    return (reader_of(source.text) or YAML).load().read(source)
