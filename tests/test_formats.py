"""Every command's result in every format: well formed, the same numbers, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest
from conftest import Cli

import cnncalc
from cnncalc.cli.main import COMMANDS as COMMAND_FILES
from cnncalc.cli.options import REPORT
from cnncalc.cli.output import write_whole
from cnncalc.report.formats import FORMATS

COMMANDS = (
    "show vgg16",
    "show resnet50 --input HxWx3",
    "list",
    "explain alexnet conv1",
    "explain vgg16",
    "formula resnet50",
    "formula vgg16 conv1_1 pool5",
    "solve '227 -> 55, F=11, P=0, S=?'",
    "solve vgg16 pool5=7x7",
    "fit alexnet --size 227",
    "sweep vgg16 --input 128:224:96 --batch 1,8",
    "compare vgg16 resnet50",
    "compare vgg16 --conventions fvcore,thop",
    "compare --list",
    "diff vgg16 vgg16 --columns params,macs",
    "diff unet unet --structure",
    "check --published",
    "apply maxpool '9 8 1 2; 5 7 3 4' -k 2",
    "quiz --seed 7 --sheet",
)
DRAWN = ("text", "markdown", "html", "latex")
VOID = {"br", "meta", "link", "hr", "img"}


def drawn(cli: Cli, command: str, form: str, *more: str) -> str:
    return cli.text(*shlex.split(command), "--format", form, *more)


class Tags(HTMLParser):
    """Collects what is wrong with the nesting of elements, and the cells of every row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.rows: list[int] = []
        self.seen: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += int(dict(attrs).get("colspan") or 1)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


@pytest.mark.parametrize("command", COMMANDS)
def test_html_is_a_well_formed_fragment_that_runs_nothing(cli: Cli, command: str) -> None:
    text = drawn(cli, command, "html")
    tags = Tags(text)
    assert ([], []) == (tags.wrong, tags.open)
    assert not tags.seen & {"script", "link", "img", "html", "style"}
    assert text.startswith('<section class="cnncalc">')


@pytest.mark.parametrize("command", COMMANDS)
def test_a_standalone_page_is_complete_and_asks_nobody_for_anything(cli: Cli, command: str) -> None:
    page = drawn(cli, command, "html", "--standalone")
    tags = Tags(page)
    assert ([], []) == (tags.wrong, tags.open)
    assert page.startswith("<!DOCTYPE html>")
    assert drawn(cli, command, "html").strip() in page
    assert not tags.seen & {"script", "link", "img"}
    assert "http" not in page.partition("</style>")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_row_of_a_markdown_table_has_the_same_number_of_cells(cli: Cli, command: str) -> None:
    lines = drawn(cli, command, "markdown").splitlines()
    for number, line in enumerate(lines):
        if re.fullmatch(r"\|(?: :?-+:? \|)+", line):
            table = [lines[number - 1]]
            for row in lines[number:]:
                if not row.startswith("|"):
                    break
                table.append(row)
            assert 1 == len({len(re.findall(r"(?<!\\)\|", row)) for row in table})


@pytest.mark.parametrize("command", COMMANDS)
def test_latex_has_its_environments_and_braces_closed(cli: Cli, command: str) -> None:
    text = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", drawn(cli, command, "latex"), flags=re.DOTALL)
    opened: list[str] = []
    for mark, name in re.findall(r"\\(begin|end)\{([a-z*]+)\}", text):
        if mark == "begin":
            opened.append(name)
        else:
            assert name == opened.pop()
    assert [] == opened
    bare = re.sub(r"\\[\\{}]", "", text)
    assert bare.count("{") == bare.count("}")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
@pytest.mark.parametrize("command", COMMANDS)
def test_latex_compiles_as_printed(cli: Cli, command: str, tmp_path: Path) -> None:
    (tmp_path / "page.tex").write_text(drawn(cli, command, "latex", "--standalone"), encoding="utf-8")
    (tmp_path / "fragment.tex").write_text(drawn(cli, command, "latex"), encoding="utf-8")
    packages = re.search(r"% needs (.*)", (tmp_path / "fragment.tex").read_text())
    whole = "\\documentclass{article}\n%s\n\\begin{document}\n\\input{fragment}\n\\end{document}\n"
    (tmp_path / "whole.tex").write_text(whole % (packages[1] if packages else ""), encoding="utf-8")
    for name in ("page", "whole"):
        run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", name]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert 0 == done.returncode, done.stdout[-1500:]


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_plain_data(cli: Cli, command: str) -> None:
    assert isinstance(json.loads(drawn(cli, command, "json")), dict | list)


@pytest.mark.parametrize("form", [*DRAWN, "json"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_holds_what_would_have_been_printed(cli: Cli, command: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    assert "" == drawn(cli, command, form, "--output", str(path))
    assert drawn(cli, command, form) == path.read_bytes().decode("utf-8")
    assert ["report"] == [file.name for file in tmp_path.iterdir()]


# Written whole or not at all ----------------------------------------------------------------------


def test_what_fails_while_it_is_written_leaves_the_old_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old", encoding="utf-8")

    def broken():  # type: ignore[no-untyped-def]
        yield "half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_whole(str(path), broken())
    assert "old" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    path, link = tmp_path / "report.txt", tmp_path / "link.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(str(link), ["new"])
    assert link.is_symlink()
    assert ("new", 0o640) == (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777)


def test_a_place_that_cannot_be_written_is_named(cli: Cli, tmp_path: Path) -> None:
    assert "cannot write" in cli.refused("vgg16", "--format", "json", "--output", str(tmp_path / "no" / "such.json"))
    assert "is a directory" in cli.refused("vgg16", "--output", str(tmp_path))


def test_a_bad_spec_writes_nothing(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    cli.refused("conv3-64, cov3", "--input", "8x8x3", "--format", "json", "--output", str(path), status=1)
    assert not path.exists()


# From Python --------------------------------------------------------------------------------------


def test_a_notebook_shows_every_result_as_a_table(cli: Cli) -> None:
    results = (
        cnncalc.analyze("lenet5"),
        cnncalc.explain("lenet5", "C1"),
        cnncalc.formula("lenet5"),
        cnncalc.solve("227 -> 55, F=11, P=0, S=?"),
        cnncalc.fit("alexnet"),
        cnncalc.sweep("lenet5", batch=[1, 2]),
        cnncalc.compare("lenet5"),
        cnncalc.diff("vgg16", "vgg19"),
        cnncalc.apply("maxpool", [[9, 8], [5, 7]], 2),
        cnncalc.quiz(count=2),
    )
    for result in results:
        assert Tags(result._repr_html_()).wrong == []
        assert result.render("text").strip()


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "csv"])
def test_python_and_the_command_line_draw_the_same(cli: Cli, form: str) -> None:
    assert cli.text("show", "lenet5", "--format", form) == cnncalc.analyze("lenet5").render(form)
    assert cli.text("formula", "lenet5", "--format", form) == cnncalc.formula("lenet5").render(form)


def test_an_unknown_format_or_option_is_refused_with_what_there_is() -> None:
    vgg = cnncalc.analyze("vgg16")
    with pytest.raises(cnncalc.SpecError, match="unknown format 'htlm'") as caught:
        vgg.render("htlm")
    assert "did you mean 'html'" in str(caught.value)
    with pytest.raises(cnncalc.SpecError, match="unknown option 'colums'"):
        vgg.render("markdown", colums="layer")


# Options ------------------------------------------------------------------------------------------


def test_units_are_those_asked_for(cli: Cli) -> None:
    # 60,950,432 bytes
    assert "60.95 MB" in cli.text("vgg16", "--units", "MB")
    binary = cli.text("vgg16", "--units", "MiB")
    assert "58.13 MiB" in binary
    assert "MiB = 2^20 bytes" in binary
    assert "kB" not in binary


def test_notes_are_none_few_or_all(cli: Cli) -> None:
    few, every, none = (cli.text("vgg16", "--notes", level) for level in ("brief", "all", "none"))
    assert few == cli.text("vgg16")
    assert "training holds" in every
    assert "training holds" not in few
    assert [] == [line for line in none.splitlines() if line.startswith("*")]
    assert none.splitlines()[-1].startswith("counted for 1 image")


def test_notes_are_about_the_columns_that_are_shown(cli: Cli) -> None:
    text = cli.text("vgg16", "--columns", "layer,macs")
    assert "of the MACs" in text
    assert "memory" not in text
    assert "parameters" not in text
    # no totals of nothing, and nothing about counting
    bare = cli.text("vgg16", "--columns", "layer,output", "--notes", "none").splitlines()
    assert ["prob", "1000"] == [line for line in bare if line][-1].split()


def test_a_window_that_loses_padding_alone_is_no_note_unless_all_are_asked_for(cli: Cli) -> None:
    assert "not fit" not in cli.text("resnet50")
    assert "not fit" in cli.text("resnet50", "--notes", "all")
    assert "not fit" in cli.text("alexnet", "--input", "224")


@pytest.mark.parametrize(
    "arguments",
    ["vgg16 -f json --units MB", "vgg16 -f csv --depth 2", "vgg16 -f slide --columns macs", "vgg16 --standalone"],
)
def test_an_option_that_a_format_has_no_use_for_is_refused(cli: Cli, arguments: str) -> None:
    assert "is for --format" in cli.refused(*arguments.split())


ORG = """
from cnncalc.report.document import Table, plain


def render(report, options):
    for block in report.document().blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield "|" + "|".join(map(plain, row.cells)) + "|\\n"
"""
WITH_ORG = """
import sys
from cnncalc.report.formats import FORMATS

FORMATS["org"] = "org"
from cnncalc.cli.main import main

sys.argv = ["cnncalc", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    ("command", "row"),
    [
        ("show vgg16 --columns layer,memory --units MiB", "|conv1_1|12.25 MiB|"),
        ("show vgg16 --columns layer,output --layout chw --depth all --notes none", "|conv1_1|64x224x224|"),
        ("compare vgg16 alexnet --columns params", "|params|138,357,544|62,378,344|0.45x|"),
        ("sweep vgg16 --batch 1,2 --columns params", "|1|138,357,544|"),
        ("fit alexnet --notes all", ""),
    ],
)
def test_a_new_format_is_one_file_and_one_line_for_every_command_and_its_options(
    tmp_path: Path, command: str, row: str
) -> None:
    (tmp_path / "org.py").write_text(ORG, encoding="utf-8")
    (tmp_path / "started.py").write_text(WITH_ORG, encoding="utf-8")
    line = [sys.executable, str(tmp_path / "started.py"), *command.split(), "--format", "org"]
    environment = {**os.environ, "PYTHONPATH": str(Path(cnncalc.__file__).parent.parent)}
    ended = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert ("", 0) == (ended.stderr, ended.returncode)
    assert row in ended.stdout.replace(" |", "|").replace("| ", "|")


def test_python_too_refuses_an_option_that_a_format_has_no_use_for() -> None:
    with pytest.raises(cnncalc.SpecError, match=r"columns is for .* not for json"):
        cnncalc.analyze("lenet5").render("json", columns="macs")


@pytest.mark.parametrize("name", [name for name in COMMAND_FILES if name != "convert"])  # that writes a spec
def test_the_command_line_and_python_take_the_same_options_of_a_report(name: str) -> None:
    known = {*REPORT} - {"standalone"}
    options = {each.name for each in import_module(COMMAND_FILES[name]).command.params}
    # Which columns of a sweep and a diff are counted is asked before; the layout of `check` is that of its files.
    own = {"sweep": {"columns"}, "diff": {"columns"}, "check": {"layout"}}.get(name, set())
    assert (options & known) - own == {*getattr(import_module(f"cnncalc.report.views.{name}"), "TAKES", ())}


def test_python_lists_the_networks_as_the_command_does(cli: Cli) -> None:
    assert cli.text("list", "--format", "markdown") == cnncalc.catalogue().render("markdown")


def test_python_refuses_an_option_that_a_result_makes_no_use_of() -> None:
    with pytest.raises(cnncalc.SpecError, match="unknown option 'columns'"):
        cnncalc.fit("lenet5").render(columns="macs")
