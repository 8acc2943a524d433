"""Questions -> a sheet in Markdown or LaTeX, the key to it as a table file, and the working of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Analysis, Convention, LayerResult
from cnncalc.explain.steps import Working
from cnncalc.explain.working import SYMBOLS, explain_layer
from cnncalc.quiz.recipes import LEVELS
from cnncalc.quiz.sheet import Question
from cnncalc.report.formula_text import stages

BLANK = "_" * 24
BEFORE = {
    "macs": ("output",),
    "flops": ("output", "macs"),
    "activations": ("output",),
    "memory_bytes": ("output", "activations"),
}
"""What is worked out on the way to a quantity of a layer."""
RECEPTIVE_FIELD = ("receptive_field", "jump")
LATEX = {"%": r"\%", "&": r"\&", "_": r"\_", "#": r"\#", "^": r"\^{}", "$": r"\$"}


def title(seed: int, questions: Sequence[Question]) -> str:
    """`Sheet 7, level 1`."""
    levels = sorted({question.level for question in questions})
    return f"Sheet {seed}, level{'s' * (len(levels) > 1)} {', '.join(map(str, levels))}"


def agreed(questions: Sequence[Question]) -> list[str]:
    """What must be agreed for a question to have one answer."""
    levels = sorted({question.level for question in questions})
    return [
        *(f"Level {level}: {LEVELS[level]}." for level in levels),
        "Volumes are height x width x channels; every filter and every unit has one bias.",
        f"Counted: {Convention().text()}; positions of a window on padding count as any other.",
    ]


# Sheets -----------------------------------------------------------------------------------------


def to_markdown(seed: int, questions: Sequence[Question]) -> str:
    """The sheet as Markdown, with a line for each answer."""
    lines = [f"# {title(seed, questions)}", "", *(f"* {line}" for line in agreed(questions)), ""]
    for number, question in enumerate(questions, start=1):
        unknown = f"{question.unknown} = " if question.unknown else ""
        lines += [f"{number}. {question.text}", "", f"{' ' * len(f'{number}. ')}Answer: {unknown}{BLANK}", ""]
    return "\n".join(lines)


def to_latex(seed: int, questions: Sequence[Question]) -> str:
    """The sheet as a LaTeX document of its own, which needs no package."""
    lines = [r"\documentclass{article}", r"\begin{document}", rf"\section*{{{_latex(title(seed, questions))}}}"]
    lines += [r"\begin{itemize}", *(rf"\item {_latex(line)}" for line in agreed(questions)), r"\end{itemize}"]
    lines.append(r"\begin{enumerate}")
    for question in questions:
        unknown = rf"${question.unknown} =$ " if question.unknown else ""
        lines += [rf"\item {_latex(question.text)}", "", rf"  Answer: {unknown}\underline{{\hspace{{6cm}}}}"]
    return "\n".join([*lines, r"\end{enumerate}", r"\end{document}", ""])


def _latex(text: str) -> str:
    """The text with LaTeX's own signs escaped, and a true times sign in volumes and windows."""
    escaped = "".join(LATEX.get(character, character) for character in text)
    words = (word if not _volume(word) else word.replace("x", r"$\times$") for word in escaped.split(" "))
    return " ".join(words)


def _volume(word: str) -> bool:
    """Whether a word is a volume or a window: 32x32x3, FxF, WxWxC."""
    parts = word.strip(".,;:?").split("x")
    return len(parts) > 1 and all(part.isdigit() or part in ("W", "F", "C", "K") for part in parts)


SHEETS = {"markdown": to_markdown, "latex": to_latex}


# Workings ---------------------------------------------------------------------------------------


def working(question: Question) -> list[str]:
    """How the answer comes about, line by line; where a letter is asked for, with the answer put in."""
    analysis, quantity = question.net.analysis, question.quantity
    if not question.layer:
        return list(_total(analysis, quantity))
    at = [layer.name for layer in analysis.layers].index(question.layer)
    if quantity == "weights":  # what the parameters are without biases
        analysis, quantity = question.net.counted(bias=False), "params"
    if quantity in RECEPTIVE_FIELD:
        return list(_receptive_field(analysis.layers[: at + 1], analysis, quantity))
    lines: list[str] = []
    for layer in analysis.layers[:at]:
        lines += _lines(analysis, layer, ("output",), layer.name)
    last = (*BEFORE.get(quantity, ()), quantity)
    return [*lines, *_lines(analysis, analysis.layers[at], last, question.layer if at else "")]


def _receptive_field(layers: Sequence[LayerResult], analysis: Analysis, quantity: str) -> Iterator[str]:
    """The receptive field layer by layer, with the jump where a layer changes it."""
    jump: object = 1
    for layer in layers:
        for step in explain_layer(analysis, layer).steps:
            if step.quantity == quantity or (step.quantity == "jump" and step.result != jump):
                yield f"{layer.name}: {_line(step)}"
            jump = step.result if step.quantity == "jump" else jump


def _lines(analysis: Analysis, layer: LayerResult, quantities: Sequence[str], name: str) -> Iterator[str]:
    """The steps of a layer to some of its quantities; without a name the lines say none."""
    for step in explain_layer(analysis, layer).steps:
        if step.quantity in quantities and step.result is not None:
            yield f"{name}: {_line(step)}" if name else _line(step)


def _line(step: Working) -> str:
    """`H' = W' = (W - F + 2P)/S + 1 = (32 - 5 + 2*0)/1 + 1 = 28`."""
    parts = [*stages(step.tree), f"{step.result:,}" if isinstance(step.result, int) else str(step.result)]
    shown = [part for number, part in enumerate(parts) if part not in parts[number + 1 :]]
    if len(shown) > 1 and shown[-2] == shown[-1].replace(",", ""):
        del shown[-2]
    return " = ".join((*step.also, step.symbol, *shown))


def _total(analysis: Analysis, quantity: str) -> Iterator[str]:
    """The quantity of every layer, and the sum."""
    terms = [("input", getattr(analysis.input, quantity, 0))]
    for layer in analysis.layers:
        yield from _lines(analysis, layer, ("output", quantity), layer.name)
        terms.append((layer.name, getattr(layer, quantity)))
    told = " + ".join(f"{value:,} ({name})" for name, value in terms if value)
    yield f"{SYMBOLS.get(quantity, quantity)} = {told} = {analysis.total(quantity):,}"
