r"""A number as Markdown or LaTeX dresses it (**1,792**, `1,792`, $\num{1792}$, \frac{9}{2}) -> the bare number."""

from __future__ import annotations

import re

LONGEST = 1_000
"""Characters of a text whose marks are removed; a longer text is not a number."""
MARKUP = re.compile(r"\*\*|__|`|~~|</?(?:b|i|em|strong|code|sub|br ?/?)>|\$|&nbsp;")
"""What stands around a number without saying anything; a single star is a times sign."""
SUPERSCRIPT = re.compile(r"<sup>([^<]*)</sup>")
LATEX = {
    r"\left": "", r"\right": "", r"\,": "", r"\;": "", r"\!": "", r"\ ": " ", r"\%": "%", r"\#": "#", r"\_": "_",
    r"\times": "\u00d7", r"\cdot": "\u00b7", r"\approx": "\u2248", r"\lfloor": "\u230a", r"\rfloor": "\u230b",
    r"\lceil": "\u2308", r"\rceil": "\u2309", r"\div": "/", r"\textbackslash": "",
}  # fmt: skip
COMMAND = re.compile(
    "|".join(rf"{re.escape(name)}(?![A-Za-z])" if name[-1].isalpha() else re.escape(name) for name in LATEX)
)
WRAPPED = re.compile(r"\\(?:num|SI|text|textbf|textit|texttt|emph|mathbf|mathrm|mathit|underline|boxed)\{([^{}]*)\}")
FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
EXPONENT = re.compile(r"\^\{([^{}]*)\}")
ESCAPED_STAR = re.compile(r"\\([*_])")


def undressed(text: str) -> str:
    r"""The text without its dressing; a text without any as it is.

    >>> undressed("**1,792**"), undressed(r"$3 \times 3^{2}$"), undressed(r"$\lfloor\frac{9}{2}\rfloor$")
    ('1,792', '3 \u00d7 3^2', '\u230a((9)/(2))\u230b')
    """
    if len(text) > LONGEST or not any(mark in text for mark in "\\$*`_<&~{"):
        return text
    text = ESCAPED_STAR.sub(r"\1", SUPERSCRIPT.sub(r"^\1", text))
    if "\\" in text or "{" in text:
        text = _inside_out(COMMAND.sub(lambda found: LATEX[found[0]], text.replace("{,}", ",")))
    bare = MARKUP.sub("", text) if not re.search(r"[0-9)\w]\s?\*\*\s?[0-9(\w]", text) else text.replace("$", "")
    return bare.strip()


def _inside_out(text: str) -> str:
    """Fractions, exponents and fonts opened from the innermost braces on."""
    while True:
        opened = FRACTION.sub(r"((\1)/(\2))", WRAPPED.sub(r"\1", EXPONENT.sub(r"^\1", text)))
        if opened == text:
            return text
        text = opened
