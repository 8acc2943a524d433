"""What the tests share: a plain environment, the command line, files to read, and the check against golden files."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cnncalc.cli.main import cnncalc

# What a runner or a terminal may set, and what pytest, rich and click print otherwise for it.
PRINTING = ("BUILD_NUMBER", "CI", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "LINES", "NO_COLOR", "PY_COLORS")
GOLDEN = Path(__file__).resolve().parent / "golden"

Golden = Callable[[str | Path, str], None]
Write = Callable[..., str]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test prints the same on a laptop and on a CI runner."""
    for name in PRINTING:
        monkeypatch.delenv(name, raising=False)


class Cli:
    """The command line in this process: `cli("show", "vgg16")` is the result of `cnncalc show vgg16`."""

    def __call__(self, *arguments: str, stdin: str | bytes | None = None, status: int | None = None) -> Result:
        result = CliRunner().invoke(cnncalc, arguments, input=stdin, prog_name="cnncalc")
        if status is not None:
            assert status == result.exit_code, (result.output, result.exception)
        return result

    def text(self, *arguments: str, stdin: str | bytes | None = None, status: int = 0) -> str:
        """The standard output of a command that has nothing to say besides."""
        result = self(*arguments, stdin=stdin, status=status)
        assert "" == result.stderr
        return result.stdout

    def line(self, command: str, status: int = 0) -> str:
        """The standard output of a command written in one line: `solve '7 -> ?, F=3'`."""
        return self.text(*shlex.split(command), status=status)

    def data(self, *arguments: str, status: int = 0) -> Any:
        """The JSON that a command prints."""
        return json.loads(self.text(*arguments, "--format", "json", status=status))

    def refused(self, *arguments: str, stdin: str | bytes | None = None, status: int = 2) -> str:
        """What a command that fails says on standard error; on standard output it says nothing."""
        result = self(*arguments, stdin=stdin, status=status)
        assert "" == result.stdout
        assert "Traceback" not in result.stderr
        return result.stderr


@pytest.fixture(scope="session")
def cli() -> Cli:
    """The command line in this process."""
    return Cli()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(text, "net.yaml")`: the path of a new file that holds this text, or these bytes."""

    def make(text: str | bytes, name: str = "net.yaml") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return str(path)

    return make


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, so that the paths that are printed are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew; then read the diff.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden("show/vgg16_80.txt", text)`: the file holds exactly this text; --update-golden writes it instead."""
    update = request.config.getoption("--update-golden")

    def check(name: str | Path, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode("utf-8"))
        assert path.is_file(), f"there is no {name} yet; pytest --update-golden writes it"
        assert path.read_bytes().decode("utf-8") == text

    return check
