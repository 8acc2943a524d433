"""Sheets of answers as people hand them in: Excel files and notebooks."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from datetime import date
from typing import Any

import pytest
from conftest import Cli, Write
from openpyxl import Workbook

ROWS = [["layer", "output", "params"], ["conv1", "28x28x6", 156], ["pool2", "14x14x6", 0]]
MARKDOWN = "| layer | output | params |\n| --- | --- | ---: |\n| conv1 | 28x28x6 | 156 |\n| pool2 | 14x14x6 | 0 |\n"


def excel(*sheets: list[list[Any]]) -> bytes:
    """A workbook with a sheet for each list of rows."""
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def printed(**output: Any) -> dict[str, Any]:
    """A cell of code with one output."""
    return {"cell_type": "code", "source": ["x = 1"], "outputs": [output]}


def test_the_sheet_of_answers_in_an_excel_file_is_read(cli: Cli, write: Write) -> None:
    path = write(excel([["my notes"], ["nothing here"]], [["Ada"], [], *ROWS]), "sheet.xlsx")
    assert "4 claims: 4 matches" in cli.text("check", path, "--network", "lenet")


def test_a_cell_that_excel_has_made_a_date_of_is_an_error_that_says_so(cli: Cli, write: Write) -> None:
    path = write(excel([*ROWS[:2], ["pool2", date(2024, 3, 14), 0]]), "sheet.xlsx")
    said = cli("check", path, "--network", "lenet", status=1).stdout
    assert "4 claims: 3 matches, 1 error" in said
    assert "Excel has made a date of this cell" in said


def test_without_its_library_an_excel_file_is_to_be_saved_as_csv(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    said = cli("check", write(excel(ROWS), "sheet.xlsx"), "--network", "lenet", status=1).stdout
    assert "is an Excel file" in said
    assert "save it as CSV UTF-8, or pip install 'cnncalc[xlsx]'" in said


def bomb() -> bytes:
    """A workbook of 100 MB in 100 kB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 100_000_000)
    return file.getvalue()


def packed(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(name, "x")
    return file.getvalue()


BROKEN = {
    "bomb.xlsx": (bomb(), "holds more than 20,000,000 bytes once it is unpacked"),
    "cut.xlsx": (excel(ROWS)[:900], "is not a whole Excel file"),
    "other.zip": (packed("a.txt"), "is a packed file, but not an Excel file"),
    "empty.xlsx": (packed("xl/workbook.xml"), "is not an Excel file that can be read"),
    "two.xlsx": (excel(ROWS, ROWS), "has several sheets of layers: Sheet, Sheet1"),
    "none.xlsx": (excel([["a"], ["b"]]), "has no sheet of layers"),
    "far.xlsx": (excel([[*[None] * 2_000, 1]]), "has a sheet of more than 1,000 columns"),
    "cut.ipynb": (notebook(printed(text=MARKDOWN))[:-9].replace('"metadata"', '"nbformat"'), "is not a whole notebook"),
    "list.ipynb": ('{"cells": 3, "nbformat": 4}', "is not a whole notebook"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_clear_line(name: str, cli: Cli, write: Write) -> None:
    content, message = BROKEN[name]
    assert message in cli("check", write(content, name), "--network", "lenet", status=1).stdout


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "markdown", "source": MARKDOWN.splitlines(keepends=True)},
        {"cell_type": "markdown", "source": "# Answers\n\n" + MARKDOWN},
        printed(output_type="stream", name="stdout", text=MARKDOWN.splitlines(keepends=True)),
        printed(output_type="execute_result", data={"text/plain": [MARKDOWN], "image/png": "A" * 2_000_000}),
        printed(output_type="stream", text="layer,output,params\nconv1,28x28x6,156\npool2,14x14x6,0\n"),
    ],
)
def test_the_table_in_a_notebook_is_read(cell: dict[str, Any], cli: Cli, write: Write) -> None:
    path = write(notebook({"cell_type": "code", "source": "print(1)", "outputs": []}, cell), "answers.ipynb")
    assert "4 claims: 4 matches" in cli.text("check", path, "--network", "lenet")


def test_a_folder_of_all_kinds_is_graded_and_nothing_is_lost(cli: Cli, write: Write, tmp_path: Any) -> None:
    write(excel(ROWS), "a.xlsx")
    write(notebook({"cell_type": "markdown", "source": MARKDOWN}), "b.ipynb")
    write(MARKDOWN, "c.md")
    write("layer,output,params\nconv1,28x28x6,156\npool2,14x14x6,0\n", "d.csv")
    write(b"PK\x03\x04 broken", "e.xlsx")
    grades = cli("check", str(tmp_path), "--network", "lenet", "--format", "csv", status=1).stdout.splitlines()
    assert 6 == len(grades)
    assert 4 == sum(",100" in line for line in grades)
