"""What the tests share: the flag that rewrites golden files, and the check against them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


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
