"""A class that hands in its answers on lenet: in every format, some wrong, some files broken or hostile.

`write_class` writes the files; each comes with what is in it, counted by hand and not by cnncalc.
"""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PRINTED = Path(__file__).resolve().parent / "captures" / "printed"
NETWORK = PRINTED / "lenet.yaml"
"""What the class is asked about."""
LAYERS = (
    ("conv1", "28x28x6", 156),
    ("maxpool1", "14x14x6", 0),
    ("conv2", "10x10x16", 2416),
    ("maxpool2", "5x5x16", 0),
    ("fc1", "120", 48120),
    ("fc2", "84", 10164),
    ("fc3", "10", 850),
)
"""The answers: 28 = 32 - 5 + 1 and 156 = (5*5*1 + 1)*6, and so on."""
WRONG_EVERY = 3
BROKEN_EVERY = 20
Rows = list[tuple[str, str, int]]


class Sheet(NamedTuple):
    """A file of the class: how many answers are in it, and how many are right; None for one that cannot be read."""

    path: Path
    answers: int | None = None
    right: int | None = None


# Tables ------------------------------------------------------------------------------------------


def as_csv(rows: Rows, mark: str = ",") -> bytes:
    """Rows of `layer,output,params`."""
    return "".join([f"{mark.join(map(str, row))}\n" for row in [("layer", "output", "params"), *rows]]).encode()


def as_tsv(rows: Rows) -> bytes:
    """The same with tabs."""
    return as_csv(rows, "\t")


def as_yaml(rows: Rows) -> bytes:
    """A table of claims."""
    lines = [f"  {name}: {{output: {size}, params: {params}}}\n" for name, size, params in rows]
    return "".join(["claims:\n", *lines]).encode()


def as_markdown(rows: Rows) -> bytes:
    """A short report with a table."""
    lines = [f"| {name} | {size} | {params:,} |\n" for name, size, params in rows]
    head = "# Exercise 3\n\n| layer | output | params |\n|---|---|---:|\n"
    return "".join([head, *lines, "\nDone *alone*.\n"]).encode()


def as_latex(rows: Rows) -> bytes:
    """A tabular."""
    lines = [rf"{name} & ${size}$ & \num{{{params}}} \\" + "\n" for name, size, params in rows]
    head = "\\begin{tabular}{lrr}\n\\toprule layer & output & params \\\\ \\midrule\n"
    return "".join([head, *lines, "\\bottomrule\n\\end{tabular}\n"]).encode()


def as_notebook(rows: Rows) -> bytes:
    """A notebook with the table in a cell."""
    cell = {"cell_type": "markdown", "source": as_markdown(rows).decode(), "metadata": {}}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def as_excel(rows: Rows) -> bytes:
    """A workbook with one sheet."""
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    for row in (("layer", "output", "params"), *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_report(rows: Rows) -> bytes:
    """What cnncalc prints, with these numbers in it."""
    lines = [f" {name:<9} {size:>10} {params:>9,} {100 * params / 61706:>6.1f}\n" for name, size, params in rows]
    head = "LeNet  LeNet-5\n\n layer         output    params      %\n " + "\u2500" * 38 + "\n"
    return "".join([head, f" input     {'32x32x1':>10} {0:>9} {0:>6.1f}\n", *lines]).encode()


TABLES: dict[str, tuple[str, Callable[[Rows], bytes]]] = {
    "csv": ("csv", as_csv),
    "tsv": ("tsv", as_tsv),
    "yaml": ("yaml", as_yaml),
    "markdown": ("md", as_markdown),
    "latex": ("tex", as_latex),
    "notebook": ("ipynb", as_notebook),
    "excel": ("xlsx", as_excel),
    "cnncalc": ("txt", as_report),
}
"""The ending and the writer of every format of a table."""


# What programs print -----------------------------------------------------------------------------


class PrintOut(NamedTuple):
    """What a program prints of the network: how many answers are in it, and a number to be changed with what to."""

    answers: int
    number: str
    slip: str


PRINT_OUTS = {
    "keras": PrintOut(8 * 2 + 3 * 2, "2,416", "2,417"),
    "torchsummary": PrintOut(5 * 2 + 3 + 4, "2,416", "2,417"),
    "torchinfo": PrintOut(1 + 5 * 2 + 4 + 4, "2,416", "2,417"),
    "fvcore": PrintOut(6 * 2 + 5 * 2, "2.416K", "2.417K"),
    "ptflops": PrintOut(6 * 2 + 2, "2.42 k", "2.52 k"),
}
"""Rows by their numbers, and the sums at the foot; a share of ptflops is the same answer as its number."""


ANSWERS = {form: 2 * len(LAYERS) for form in TABLES} | {form: found.answers for form, found in PRINT_OUTS.items()}
ANSWERS["cnncalc"] += 2  # its row of the input
"""How many answers a sheet of each format has."""


# What is broken ----------------------------------------------------------------------------------


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def noise(count: int) -> bytes:
    """Bytes at random, the same ones every time."""
    return random.Random(1).randbytes(count)


def halved(data: bytes) -> bytes:
    """The first half."""
    return data[: len(data) // 2]


GOOD: Rows = list(LAYERS)
MILLION = 1_000_000
BROKEN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("csv", lambda: b""),
    "blank": ("yaml", lambda: b"\n\n   \n"),
    "cut.notebook": ("ipynb", lambda: halved(as_notebook(GOOD))),
    "cut.yaml": ("yaml", lambda: b"claims:\n  conv1: {output: 28x28x6, params: 156}\n  conv2: [10x"),
    "cut.excel": ("xlsx", lambda: halved(as_excel(GOOD))),
    "bytes": ("csv", lambda: noise(20_000)),
    "encoding": ("csv", lambda: as_csv(GOOD).decode().encode("utf-16-le")),
    "image": ("csv", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise(50_000)),
    "photo": ("xlsx", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF" + noise(50_000)),
    "pdf": ("md", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + noise(50_000)),
    "document": ("xlsx", lambda: packed({"word/document.xml": "<w:document/>"})),
    "page": ("csv", lambda: b"<!DOCTYPE html>\n<html><title>Log in</title><body>Please log in.</body></html>\n"),
    "bomb": ("xlsx", lambda: packed({"xl/workbook.xml": "<workbook/>", "xl/sheet1.xml": b"0" * 30 * MILLION})),
    "entities": (
        "xlsx",
        lambda: packed(
            {
                "[Content_Types].xml": "<Types/>",
                "xl/workbook.xml": "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'>"
                + "".join(
                    f"<!ENTITY {new} '{10 * f'&{old};'}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
                )
                + "]><workbook>&i;</workbook>",
            }
        ),
    ),
    "deep": ("ipynb", lambda: b'{"nbformat": 4, "cells": ' + b"[" * MILLION),
    "deep.yaml": ("yaml", lambda: b"claims: " + b"[" * 100_000),
    "laughs": ("yaml", lambda: b"a: &a [x, x]\nb: &b [*a, *a]\nclaims: *b\n"),
    "line": ("csv", lambda: b"layer,output,params\nconv1," + b"9" * 10 * MILLION),
    "line.yaml": ("yaml", lambda: b"claims: {conv1: " + b"9" * 10 * MILLION + b"}"),
    "line.text": ("txt", lambda: b"| a " * (10 * MILLION // 4)),
    "rows": ("csv", lambda: b"layer,output,params\n" + b"conv1,28x28x6,156\n" * 100_000),
    "rows.short": ("csv", lambda: b"layer,params\n" + b"fc1,1\n" * 100_000),
    "rows.markdown": ("md", lambda: b"| layer | params |\n|---|---|\n" + b"| fc1 | 1 |\n" * 80_000),
    "quotes": ("csv", lambda: b'layer,output,params\nconv1,"28x28x6,156\n' + b"x" * 200_000),
    "other": ("csv", lambda: b"name,age\nAda,36\n"),
    "prose": ("txt", lambda: b"I did not do it, sorry.\n"),
}
"""By name the ending and the content of a file that cannot be graded."""
SPECIAL = ("folder", "fifo", "loop", "nowhere", "locked")


def write_special(kind: str, path: Path) -> bool:
    """Something that is not a file to be read; whether this machine can make it, and whether it then is unreadable."""
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "nowhere":
        path.symlink_to("nowhere.csv")
    else:
        path.write_bytes(as_csv(GOOD))
        path.chmod(0)
        return not os.access(path, os.R_OK)
    return True


# A class -----------------------------------------------------------------------------------------


def answers(student: int) -> Rows:
    """The rows of a student, one number in them wrong for every third."""
    rows = list(LAYERS)
    if student % WRONG_EVERY == 0:
        name, size, params = rows[student % len(rows)]
        rows[student % len(rows)] = (name, size, params + 1)
    return rows


def write_sheet(folder: Path, student: int, form: str) -> Sheet:
    """The answers of a student in a format, or what a program prints, with a number changed for every third."""
    if form in TABLES:
        ending, made = TABLES[form]
        data, count = made(answers(student)), ANSWERS[form]
    else:
        found = PRINT_OUTS[form]
        text = (PRINTED / f"{form}.lenet.txt").read_text(encoding="utf-8")
        text = text.replace(found.number, found.slip, 1) if student % WRONG_EVERY == 0 else text
        ending, data, count = "txt", text.encode(), ANSWERS[form]
    path = folder / f"student{student:04}.{form}.{ending}"
    path.write_bytes(data)
    return Sheet(path, count, count - (student % WRONG_EVERY == 0))


def write_broken(folder: Path, student: int, kind: str) -> Sheet:
    """What a student hands in that cannot be read."""
    ending, made = BROKEN.get(kind, ("csv", None))
    path = folder / f"student{student:04}.{kind}.{ending}"
    if made is not None:
        path.write_bytes(made())
    elif not write_special(kind, path):
        return Sheet(path, 2 * len(LAYERS), 2 * len(LAYERS))
    return Sheet(path)


def write_class(folder: Path, count: int, forms: tuple[str, ...] = (), broken_every: int = BROKEN_EVERY) -> list[Sheet]:
    """A class of so many students, formats by turns; all kinds of broken files by turns, one in `broken_every`."""
    folder.mkdir()
    return list(_students(folder, count, forms or (*TABLES, *PRINT_OUTS), broken_every))


def _students(folder: Path, count: int, forms: tuple[str, ...], broken_every: int) -> Iterator[Sheet]:
    kinds = (*BROKEN, *SPECIAL)
    for student in range(count):
        turn, last = divmod(student, broken_every) if broken_every else (0, 0)
        if broken_every and last == broken_every - 1:
            yield write_broken(folder, student, kinds[turn % len(kinds)])
        else:
            yield write_sheet(folder, student, forms[student % len(forms)])
