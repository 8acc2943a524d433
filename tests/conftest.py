"""What the tests share: a plain environment, the flag that rewrites golden files, and the check against them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

# What a runner or a terminal may set, and what pytest, rich and click print otherwise for it.
PRINTING = ("BUILD_NUMBER", "CI", "COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "LINES", "NO_COLOR", "PY_COLORS")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test prints the same on a laptop and on a CI runner."""
    for name in PRINTING:
        monkeypatch.delenv(name, raising=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew; then read the diff.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(path, text)`: the file holds exactly this text; with --update-golden it is written instead."""
    update = request.config.getoption("--update-golden")

    def check(path: Path, text: str) -> None:
        if update:
            path.write_bytes(text.encode("utf-8"))
        assert path.is_file(), f"there is no {path.name} yet; pytest --update-golden writes it"
        assert path.read_bytes().decode("utf-8") == text

    return check
