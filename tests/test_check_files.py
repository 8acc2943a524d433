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
    assert "Excel turned this cell into a date" in said


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


# LaTeX ------------------------------------------------------------------------------------------

TABULAR = r"""\documentclass{article}
\begin{document}
% \begin{tabular}{lr} layer & params \\ conv1 & 1 \end{tabular}
The answers, 100\% mine:
\begin{table}[ht]\centering
\begin{tabular}[t]{@{}l>{\ttfamily}rr@{}}
  \toprule
  \multirow{2}{*}{\textbf{Layer}} & \multicolumn{2}{c}{Answers} \\ \cmidrule(lr){2-3}
   & \makecell{Output\\size} & {\#Params} \\ \midrule[1pt]
  \multicolumn{3}{c}{\emph{the first part}} \\
  \rowcolor{gray!20} \texttt{conv1} & $28 \times 28 \times 6$ & \num{156} \\[2pt] \hline
  pool2 & 14$\times$14$\times$6 % from 28 & 28
        & \multicolumn{1}{r}{0} \\ \cline{2-3}
  conv3 & 10x10x16 & \textbf{2{,}416} \tabularnewline \hhline{---}
  \multicolumn{2}{l}{total} & \textcolor{red}{61\,706} \\ \bottomrule
\end{tabular}
\end{table}
\end{document}
"""


def test_a_table_of_latex_is_read(cli: Cli, write: Write) -> None:
    said = cli.text("check", write(TABULAR, "report.tex"), "--network", "lenet")
    assert "7 claims: 7 matches" in said
    assert "the row 'the first part' is a title and is ignored" in said
    said = cli("check", write(TABULAR.replace("{156}", "{157}"), "report.tex"), "--network", "lenet", status=1).stdout
    assert "7 claims: 6 matches, 1 mismatch" in said


def test_latex_is_known_by_its_text(cli: Cli, write: Write) -> None:
    assert "7 matches" in cli.text("check", write(TABULAR, "report.txt"), "--network", "lenet")
    assert "7 matches" in cli.text("check", "-", "--network", "lenet", stdin=TABULAR)


@pytest.mark.parametrize(
    "begin", [r"tabular*}{\textwidth}{l@{\extracolsep{\fill}}rr", "tabularx}{9cm}{lXr", "longtable}{lrr"]
)
def test_every_environment_of_tables_is_read(cli: Cli, write: Write, begin: str) -> None:
    name = begin.partition("}")[0]
    table = rf"\begin{{{begin}}} layer & output & params \\ conv1 & 28x28x6 & 156 \\ pool2 & 14x14x6 & 0 \end{{{name}}}"
    assert "4 claims: 4 matches" in cli.text("check", write(table, "a.tex"), "--network", "lenet")


def test_the_heads_and_feet_of_later_pages_are_not_read(cli: Cli, write: Write) -> None:
    table = r"""\begin{longtable}{lr}
\caption{Answers}\label{t} \\ \hline layer & params \\ \hline \endfirsthead
\hline layer & params \\ \hline \endhead
\multicolumn{2}{r}{to be continued} \\ \endfoot
\hline \endlastfoot
conv1 & 156 \\ conv3 & 2,416 \\
\end{longtable}"""
    assert "2 claims: 2 matches" in cli.text("check", write(table, "a.tex"), "--network", "lenet")


def test_a_cell_over_several_rows_counts_in_each(cli: Cli, write: Write) -> None:
    table = r"""\begin{tabular}{lrr} layer & output & jump \\
conv1\_1 & \multirow{2}{*}{224x224x64} & \multirow[c]{2}{=}{2} \\ conv1\_2 & & \\ \end{tabular}"""
    said = cli("check", write(table, "a.tex"), "--network", "vgg16", status=1).stdout
    assert (
        "4 claims: 2 matches, 1 consistent, 1 mismatch" in said
    )  # the jump of both is 1, the second has its from the first


BROKEN_LATEX = {
    r"\begin{tabular}{lrr} layer & output & params \\ conv1 & \multicolumn{2}{c}{156} \\ \end{tabular}": (
        "a.tex:1:57: '156' stands over several columns"
    ),
    r"\begin{tabular}{lr} layer & params \\ conv1 & 156": "a.tex:1:16: this table has no end",
    r"\begin{tabular}{lr layer & params": "the columns of this table are not understood",
    r"\begin{tabular}{lr} unit & weight \\ a & 2 \end{tabular}": "the text contains no table of layers",
    "no table": "the text contains no table of layers",
    r"\begin{tabular}{lr} layer & params \\ \multicolumn{9999}{c}{x} \end{tabular}": "has more columns than",
    r"\begin{tabular}{lr} layer & params \\ \end{tabular}": "the table contains no claims",
}


@pytest.mark.parametrize("text", BROKEN_LATEX)
def test_latex_that_cannot_be_read_is_refused_with_the_reason(cli: Cli, write: Write, folder: Any, text: str) -> None:
    write(text, "a.tex")
    said = cli("check", "a.tex", "--network", "lenet", status=1).stdout
    assert BROKEN_LATEX[text] in said


# What cnncalc itself prints ---------------------------------------------------------------------

PRINTED = {
    "lenet": (("2,416", "2,417"), ("18.82 kB", "18.72 kB"), ("14x14x6", "14x15x6")),
    "vgg16": (("36,928", "36,938"), ("12.85 MB", "12.95 MB"), ("112x112x128", "112x112x129")),
    "googlenet": (("27.34 MB", "27.44 MB"), ("1,582,671,872", "1,582,671,873"), ("28x28x256", "28x28x266")),
}
"""Numbers of a report, each with one in which a digit is changed."""


@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
@pytest.mark.parametrize("network", PRINTED)
def test_a_report_of_cnncalc_is_right_and_with_another_digit_is_wrong(
    cli: Cli, write: Write, network: str, form: str
) -> None:
    report = cli.text("show", network, "--format", form)
    named = ("--network", network)
    assert " matches\n" in cli.text("check", write(report, "report.txt"), *named)
    for right, wrong in PRINTED[network]:
        assert right in report
        said = cli("check", write(report.replace(right, wrong, 1), "report.txt"), *named, status=1).stdout
        assert "1 mismatch" in said


@pytest.mark.parametrize(
    "options", [("--depth", "2"), ("--layout", "chw"), ("--columns", "layer,output,flops,jump,kind,biases")]
)
@pytest.mark.parametrize("form", ["text", "markdown", "latex"])
def test_a_report_with_other_columns_or_rows_is_right(
    cli: Cli, write: Write, form: str, options: tuple[str, ...]
) -> None:
    report = cli.text("show", "googlenet", "--format", form, *options)
    assert " matches\n" in cli.text("check", write(report, "report.txt"), "--network", "googlenet")


NARROW = """\
$ cnncalc lenet
LeNet  LeNet-5 with dense connections

 layer     output    params   MACs    memory
 \u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500
 input     32x32x1        0      0   4.10 kB
 conv1     28x28x6      156   118K  18.82 kB
     a remark on this layer
 softmax1  10             0      0       0 B
 \u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500
 total               61.7K   417K  36.47 kB

hidden on this narrow terminal: field (--columns chooses)
"""


def test_a_report_copied_from_a_narrow_terminal_is_right(cli: Cli, write: Write) -> None:
    assert "15 claims: 15 matches" in cli.text("check", write(NARROW, "screen.txt"), "--network", "lenet")
    plain = NARROW.replace("\u2500", "-")
    assert "15 claims: 15 matches" in cli.text("check", write(plain, "screen.txt"), "--network", "lenet")


def test_a_report_folded_to_the_terminal_is_refused(cli: Cli, write: Write) -> None:
    folded = NARROW.replace(
        " softmax1  10             0      0       0 B", " soft      10             0      0       0 B\n max1"
    )
    said = cli("check", write(folded, "screen.txt"), "--network", "lenet", status=1).stdout
    assert "this table is folded to the width of a terminal" in said
