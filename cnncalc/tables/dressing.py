r"""A number in its dress (**1,792**, `1,792`, $\num{1792}$, \frac{9}{2}, full-width digits) -> the bare number."""

from __future__ import annotations

import re

LONGEST = 1_000
"""Characters of a text whose marks are removed; a longer text is not a number."""
ALIKE = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63", "*": "\u2217", "\u00b7": "\u22c5\u2219\u2022",
    "\u00d7": "\u2715\u2716\u2a2f", "x": "\u0445", "X": "\u0425", "K": "\u041a", "M": "\u041c",
    "/": "\u00f7\u2044\u2215", "'": "\u2018\u2019\u02bc\u00b4\u2032", '"': "\u201c\u201d", "~": "\u223c",
    "\u2248": "\u2243\u2245", "=": "\u21d2\u27f9", ",": "\u066c\u060c\u3001", ".": "\u066b", "%": "\u066a",
    " ": "\u3000",
    "": "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u2066\u2067\u2068\u2069",
}  # fmt: skip
"""Characters that people type, or an office program sets, for one that is read: dashes for a minus, a Cyrillic x."""
IN_ASCII = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {other: mark for mark, others in ALIKE.items() for other in others}
)
MARKUP = re.compile(r"\*\*|__|`|~~|</?(?:b|i|em|strong|code|sub|br ?/?)>|\$|&nbsp;")
"""What stands around a number without saying anything; a single star is a times sign."""
SUPERSCRIPT = re.compile(r"<sup>([^<]*)</sup>")
LATEX = {
    r"\(": "", r"\)": "", r"\[": "", r"\]": "", r"\left": "", r"\right": "", r"\displaystyle": "",
    r"\,": "", r"\;": "", r"\!": "", r"\:": "", r"\ ": " ", r"\%": "%", r"\#": "#", r"\_": "_", r"\sim": "~",
    r"\times": "\u00d7", r"\cdot": "\u00b7", r"\approx": "\u2248", r"\lfloor": "\u230a", r"\rfloor": "\u230b",
    r"\lceil": "\u2308", r"\rceil": "\u2309", r"\div": "/", r"\textbackslash": "", r"\simeq": "\u2248",
}  # fmt: skip
COMMAND = re.compile(
    "|".join(rf"{re.escape(name)}(?![A-Za-z])" if name[-1].isalpha() else re.escape(name) for name in LATEX)
)
WRAPPED = re.compile(r"\\(?:num|SI|text|textbf|textit|texttt|emph|mathbf|mathrm|mathit|underline|boxed)\{([^{}]*)\}")
FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
EXPONENT = re.compile(r"\^\{([^{}]*)\}")
ESCAPED_STAR = re.compile(r"\\([*_])")


def in_ascii(text: str) -> str:
    """The text with the digits of every script, full-width signs and other forms of a sign as the usual ones.

    >>> in_ascii("\uff11\uff0c\uff17\uff19\uff12"), in_ascii("\u0661\u066b\u0668K"), in_ascii("(227 \u2212 11)/4")
    ('1,792', '1.8K', '(227 - 11)/4')
    """
    if text.isascii():
        return text
    text = text.translate(IN_ASCII)
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)


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
