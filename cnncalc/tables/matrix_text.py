r"""A matrix as LaTeX, numpy or a spreadsheet writes it -> the same in brackets, every number in its place.

    \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}   array([[1, 2], [3, 4]], dtype=int64)   tensor([[1., 2.]])

Each mark gives way to one of the same length, so that a mistake is still pointed at where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

ENVIRONMENT = re.compile(r"\\(begin|end)\{(?:[bpvBV]?matrix|smallmatrix|array)\*?\}(?:\{[lcr|]{0,99}\})?")
CALL = re.compile(r"(?:np\.|numpy\.|torch\.|jnp\.)?(?:array|asarray|matrix|[tT]ensor|Matrix)\((?=\s*[\[(])")
KEYWORDS = re.compile(r"(?:,\s*(?:dtype|device|grad_fn|requires_grad)\s*=\s*[\w.:'<>]{1,40}){1,4}(?=\s*\)\s*\Z)")
END_OF_ROW = re.compile(r"<br ?/?>|\\\\(?:\[[0-9.]{1,6}(?:pt|em|ex|mm|cm)\])?|\\(?=\s)")
DRESSING = re.compile(r"\$+|`+|\\(?:left|right)(?:\\?[\[({|\])}]|\.)?|\\[,;!]|\\hline|\\displaystyle")
BRACES = str.maketrans("{}()", "[][]")


def bracketed(text: str) -> str:
    r"""The text with brackets, commas and semicolons alone; of the same length, and with the same lines.

    >>> bracketed(r"$\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}$").split()
    ['[', '1', ',', '2', ';', '3', ',', '4]']
    >>> bracketed("tensor([[1., 2.]], dtype=torch.float64)").split()
    ['[[1.,', '2.]]']
    """
    if "\\begin" in text:
        text = ENVIRONMENT.sub(lambda mark: _filled("[" if mark[1] == "begin" else "]", mark[0]), text)
        text = text.replace("&", ",")
    text = _blanked(DRESSING, END_OF_ROW.sub(lambda mark: _filled(";", mark[0]), text))
    if CALL.match(text.lstrip()):
        start = len(text) - len(text.lstrip())
        text = _blanked(KEYWORDS, text)
        text = text[:start] + _blanked(CALL, text[start:], 1)
        end = text.rfind(")")
        text = text[:end] + " " + text[end + 1 :] if end >= 0 else text
    return text.translate(BRACES) if text.lstrip()[:1] in ("(", "{") else text


def _blanked(pattern: re.Pattern[str], text: str, times: int = 0) -> str:
    blank: Callable[[re.Match[str]], str] = lambda mark: _filled("", mark[0])  # noqa: E731
    return pattern.sub(blank, text, count=times)


def _filled(mark: str, instead_of: str) -> str:
    """A mark, and blanks up to the length of what it stands for."""
    return mark.ljust(len(instead_of))
