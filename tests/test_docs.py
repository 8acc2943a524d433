"""The documents: their generated parts are fresh, their examples run, their links lead somewhere."""

import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import cnncalc
from cnncalc.cli.main import cnncalc as program
from cnncalc.layers import CATALOGUE, Operations

TOP = Path(__file__).resolve().parent.parent
DOCS = TOP / "docs"
DOCUMENTS = [TOP / "README.md", *sorted(DOCS.glob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(document, language):
    """(line, name of the file or None, text) of every fenced block of a language."""
    text = document.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        if match["language"] == language:
            yield text.count("\n", 0, match.start("text")) + 1, match["file"], match["text"]


def sessions(text):
    """(arguments, expected lines) of every `$ cnncalc ...` of a console block."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in pairwise([*starts, len(lines)]):
        command = shlex.split(lines[start].removeprefix("$ "))
        assert command[0] == "cnncalc", f"not a command of ours: {lines[start]}"
        yield command[1:], lines[start + 1 : end]


def pattern(expected):
    """What the output must match: a line `...` is any lines, and ` ...` behind a line the rest of it."""
    parts = []
    for line in expected:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        elif line.endswith(" ..."):
            parts.append(re.escape(line.removesuffix(" ...").rstrip()) + r"(?: .*)?\n")
        else:
            parts.append(re.escape(line.rstrip()) + r"\n")
    return "".join(parts)


def examples(language):
    return [
        pytest.param(document, file, text, id=f"{document.name}:{line}")
        for document in DOCUMENTS
        for line, file, text in blocks(document, language)
    ]


def named_examples():
    """(name, text) of every example that has a name: specs are `yaml`, tables and answers `yml`, `csv` or `text`."""
    for document in DOCUMENTS:
        for language in ("yaml", "yml", "csv", "text"):
            yield from ((file, text) for _, file, text in blocks(document, language) if file)


def slug(heading):
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def prose(document):
    """The text of a document without its fenced blocks."""
    return BLOCK.sub("", document.read_text(encoding="utf-8"))


@pytest.fixture
def examples_folder(folder, write, monkeypatch):
    """A folder to run examples in, with the file of every example that has a name."""
    for file, text in named_examples():
        write(text, file)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize(("document", "file", "text"), examples("yaml"))
def test_every_spec_in_the_documents_works_in_all_its_variants(document, file, text, write):
    assert "layers:" in text, "an example is a whole spec, so that it can be run"
    path = write(text, file or "example.yaml")
    for variant in ("", *(f":{name}" for name in cnncalc.load(path).variants)):
        assert cnncalc.analyze(f"{path}{variant}").layers


@pytest.mark.parametrize(("document", "file", "text"), examples("console"))
@pytest.mark.usefixtures("examples_folder")
def test_every_session_in_the_documents_prints_what_it_shows(cli, document, file, text):
    for arguments, expected in sessions(text):
        output = cli(*arguments).output
        lines = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
        assert re.fullmatch(pattern(expected), lines), f"{shlex.join(arguments)} printed\n{lines}"


@pytest.mark.parametrize(("document", "file", "text"), examples("python"))
def test_the_python_in_the_documents_runs_and_its_assertions_hold(document, file, text):
    exec(compile(text, document.name, "exec"), {})


def test_a_named_example_has_one_text():
    names = [file for file, _ in named_examples()]
    assert len(names) == len(set(names))


def test_the_generated_parts_are_fresh():
    check = [sys.executable, str(DOCS / "generate.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, cwd=TOP, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_part_is_named_and_then_written_anew(tmp_path):
    for path in DOCS.glob("*"):
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    stale = tmp_path / "networks.md"
    fresh = stale.read_text(encoding="utf-8")
    stale.write_text(fresh.replace("138,357,544", "138,357,545"), encoding="utf-8")

    def generate(*options):
        command = [sys.executable, str(tmp_path / "generate.py"), *options]
        return subprocess.run(command, capture_output=True, text=True, cwd=TOP, check=False)

    check = generate("--check")
    assert check.returncode == 1
    assert "docs/networks.md" in check.stderr
    assert "cli.md" not in check.stderr
    assert generate().returncode == 0
    assert stale.read_text(encoding="utf-8") == fresh


def test_every_name_of_a_layer_and_every_key_is_documented():
    sections = re.split(r"^#### ", (DOCS / "spec-format.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    by_kind = {section.split("`")[1]: section for section in sections[1:]}
    assert by_kind.keys() == {layer.kind for layer in CATALOGUE.values()}
    for name, layer in CATALOGUE.items():
        assert f"`{name}`" in by_kind[layer.kind]
        if not layer.merges:
            assert not [key for key in layer.fields if f"`{key}`" not in by_kind[layer.kind]]


def test_every_class_of_operations_is_documented():
    text = (DOCS / "spec-format.md").read_text(encoding="utf-8")
    section = text.partition("\n## What counts as an operation\n")[2].partition("\n## ")[0]
    assert not [name for name, _ in Operations().counts() if f"`{name}`" not in section]


def test_every_command_and_every_network_is_documented():
    commands = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert not [name for name in program.list_commands(None) if f"\n## cnncalc {name}\n" not in commands]
    networks = (DOCS / "networks.md").read_text(encoding="utf-8")
    assert not [name for name in cnncalc.networks() if f"| `{name}` |" not in networks]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_within_the_project_leads_somewhere(document):
    broken = []
    for target in LINK.findall(prose(document)):
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        path = document.parent / file if file else document
        if not path.exists() or (anchor and anchor not in map(slug, HEADING.findall(prose(path)))):
            broken.append(target)
    assert not broken


TREE = re.compile(r"^    (?P<indent> *)(?P<name>[a-z_]+(?:/|\.py))  +(?P<about>\S.*)$", re.MULTILINE)


def test_the_tree_of_the_architecture_is_that_of_the_package():
    """Every folder and every file beside them, each with a line, in the order in which they import one another."""
    from test_layering import ORDER

    package = TOP / "cnncalc"
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    shown, parents = [], []
    for entry in TREE.finditer(text):
        depth = len(entry["indent"]) // 2
        parents[depth - 1 :] = [entry["name"]]
        shown.append("".join(parents))
    folders = {f"{path.parent.relative_to(package)}/" for path in package.rglob("*/__init__.py")} - {"./"}
    files = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    assert folders | files == set(shown)
    top = [name.removesuffix("/").removesuffix(".py") for name in shown if name.count("/") + name.endswith(".py") == 1]
    assert list(ORDER) == [name for name in top if name in ORDER]


def test_every_file_that_the_contributors_are_sent_to_is_there():
    for document in (TOP / "CONTRIBUTING.md", DOCS / "architecture.md"):
        text = document.read_text(encoding="utf-8")
        for path in re.findall(
            r"`((?:cnncalc|tests|docs|specs|report|analysis|spec|graph|layers|diagnose|cli)/[\w/.]*)`", text
        ):
            if "your" not in path and "NAME" not in path:
                assert (TOP / path).exists() or (TOP / "cnncalc" / path).exists(), f"{document.name}: {path}"
