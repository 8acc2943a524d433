"""A notebook -> the text of its cells: Markdown, code, and what they printed or showed, as text or as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cnncalc.errors import Problem, SpecError

NAME = ".ipynb"
HTML = "text/html"
SHOWN = (HTML, "text/plain")
"""What an output is shown as; HTML only where it is a table, as of pandas."""
FENCE = "`" * 12
"""What encloses code; code with as many itself is no code of a network."""


def is_notebook(name: str, text: str) -> bool:
    """Whether a text is that of a notebook: by its name, or by the keys that all of them have."""
    return text.lstrip()[:1] == "{" and (name.lower().endswith(NAME) or ('"cells"' in text and '"nbformat"' in text))


def text_of(name: str, text: str) -> str:
    """The cells of a notebook in Markdown, code between fences, and what they showed; raises SpecError if broken."""
    try:
        cells = json.loads(text)["cells"]
        if not isinstance(cells, list):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        message = f"'{name}' is not a whole notebook"
        raise SpecError([Problem(message, None, "save it again, or export it as Markdown")]) from None
    return "\n\n".join(part.rstrip() for cell in cells if isinstance(cell, dict) for part in _parts(cell)) + "\n"


def _parts(cell: dict[str, Any]) -> Iterator[str]:
    if cell.get("cell_type") == "markdown":
        yield _joined(cell.get("source"))
    elif cell.get("cell_type") == "code":
        yield f"{FENCE}python\n{_joined(cell.get('source'))}\n{FENCE}"
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            data = output.get("data")
            yield _joined(output.get("text"))
            shown = {kind: _joined(data.get(kind)) for kind in SHOWN} if isinstance(data, dict) else {}
            yield next((text for kind, text in shown.items() if kind != HTML or "<table" in text), "")


def _joined(lines: Any) -> str:
    """A text of a notebook: one, or a list of its lines."""
    if isinstance(lines, list):
        return "".join(line for line in lines if isinstance(line, str))
    return lines if isinstance(lines, str) else ""
