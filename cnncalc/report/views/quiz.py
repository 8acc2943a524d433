"""A sheet of questions -> its text in any format, its key, the working of an answer; and the marks of its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.analysis import Analysis, Convention, LayerResult
from cnncalc.errors import printable
from cnncalc.explain.working import SYMBOLS, explain_layer
from cnncalc.quiz.marked_class import MarkedClass
from cnncalc.quiz.marking import Mark, Marked
from cnncalc.quiz.net import text_of
from cnncalc.quiz.recipes import LEVELS
from cnncalc.quiz.sheet import Question, Sheet
from cnncalc.report.csv import harmless
from cnncalc.report.document import Block, Column, Heading, Row, Table, Text, document, line
from cnncalc.report.latex import escaped
from cnncalc.report.report import Options, Report
from cnncalc.report.views.quiz_class import class_report
from cnncalc.report.working_line import equation, in_line

BLANK = "_" * 24
BEFORE = {
    "macs": ("output",),
    "flops": ("output", "macs"),
    "activations": ("output",),
    "memory_bytes": ("output", "activations"),
}
"""What is worked out on the way to a quantity of a layer."""
OF_A_FIELD = ("receptive_field", "jump")
LONGEST_ANSWER = 60
MARKS = (Column("question", right=True), Column("answer"), Column("mark"), Column("right answer"))


def report(result: Sheet | Marked | MarkedClass, options: Options) -> Report:
    """The questions of a sheet, without their answers in all that people read; or the marks of one file, or of many."""
    if isinstance(result, MarkedClass):
        return class_report(result)
    if isinstance(result, Marked):
        return Report(
            lambda: document(f"marks of {result.sheet.title.lower()}", _marks(result)),
            lambda: _marks_data(result),
            lambda: _mark_rows(result),
        )
    return Report(
        lambda: document(result.title, _blocks(result)),
        lambda: _data(result),
        lambda: _rows(result),
        {
            "markdown": lambda: iter([_markdown(result)]),
            "latex": lambda: iter([_latex(result, standalone=options.standalone)]),
            "key": lambda: iter([_key(result)]),
        },
    )


def agreed(sheet: Sheet) -> list[str]:
    """What must be agreed for a question to have one answer."""
    return [
        *(f"Level {level}: {LEVELS[level]}." for level in sheet.levels),
        "Volumes are height x width x channels; every filter and every unit has one bias.",
        f"Counted: {Convention().text()}; positions of a window on padding count as any other.",
    ]


# Sheets -----------------------------------------------------------------------------------------


def _blocks(sheet: Sheet) -> Iterator[Block]:
    yield Heading(sheet.title)
    yield Text(tuple(map(line, agreed(sheet))))
    for number, question in enumerate(sheet, start=1):
        yield Text((line(f"{number}. {question.text}"),))
        yield Text((line(f"Answer: {_equals(question)}{BLANK}"),), indent=1)


def _equals(question: Question) -> str:
    return f"{question.unknown} = " if question.unknown else ""


def _data(sheet: Sheet) -> dict[str, Any]:
    return {"schema_version": 1, "seed": sheet.seed, "questions": list(map(_question, sheet))}


def _question(question: Question) -> dict[str, Any]:
    return {
        "level": question.level,
        "question": question.text,
        "network": question.net.notation,
        "input": question.net.input,
        "layer": question.layer,
        "quantity": question.quantity,
        "unknown": question.unknown,
        "answer": question.answer,
        "working": working(question),
    }


def _rows(sheet: Sheet) -> Iterator[Sequence[Any]]:
    yield ("number", "level", "question", "answer")
    for number, question in enumerate(sheet, start=1):
        yield (number, question.level, question.text, question.answer)


def _markdown(sheet: Sheet) -> str:
    """The sheet as Markdown, with a line for each answer."""
    lines = [f"# {sheet.title}", "", *(f"* {text}" for text in agreed(sheet)), ""]
    for number, question in enumerate(sheet, start=1):
        margin = " " * len(f"{number}. ")
        lines += [f"{number}. {question.text}", "", f"{margin}Answer: {_equals(question)}{BLANK}", ""]
    return "\n".join(lines)


def _latex(sheet: Sheet, *, standalone: bool) -> str:
    """The sheet in LaTeX, which needs no package: a fragment, or a document of its own."""
    lines = [rf"\section*{{{_set(sheet.title)}}}"]
    lines += [r"\begin{itemize}", *(rf"\item {_set(text)}" for text in agreed(sheet)), r"\end{itemize}"]
    lines.append(r"\begin{enumerate}")
    for question in sheet:
        unknown = rf"${question.unknown} =$ " if question.unknown else ""
        lines += [rf"\item {_set(question.text)}", "", rf"  Answer: {unknown}\underline{{\hspace{{6cm}}}}"]
    lines.append(r"\end{enumerate}")
    if standalone:
        lines = [r"\documentclass{article}", r"\begin{document}", *lines, r"\end{document}"]
    return "\n".join([*lines, ""])


def _set(text: str) -> str:
    """The text in LaTeX, with a true times sign in volumes and windows."""
    return " ".join(word.replace("x", r"$\times$") if _volume(word) else word for word in escaped(text).split(" "))


def _volume(word: str) -> bool:
    """Whether a word is a volume or a window: 32x32x3, FxF, WxWxC."""
    parts = word.strip(".,;:?").split("x")
    return len(parts) > 1 and all(part.isdigit() or part in ("W", "F", "C", "K") for part in parts)


def _key(sheet: Sheet) -> str:
    """The key as a table that `cnncalc check` accepts: a network for each question, the workings as comments.

    Where a letter is asked for, the network has the answer in it, and the claim is what it makes.
    """
    lines = [f"name: key to {sheet.title.lower()}", "networks:"]
    for number, question in enumerate(sheet, start=1):
        lines += [
            f"  # {number}. {question.text}",
            *(f"  #    {text}" for text in working(question)),
            f"  - network: {question.net.notation}",
            f"    input: {question.net.input}",
            f"    source: question {number}" + (f", {question.answer}" if question.unknown else ""),
            "    claims:",
            f"      {question.layer or 'total'}:",
            f"        {question.quantity}: {text_of(question.value)}",
        ]
    return "\n".join([*lines, ""])


# Workings ---------------------------------------------------------------------------------------


def working(question: Question) -> list[str]:
    """How the answer is computed, line by line; if a letter is asked for, with the answer put in."""
    analysis, quantity = question.net.analysis, question.quantity
    if not question.layer:
        return list(_total(analysis, quantity))
    at = [layer.name for layer in analysis.layers].index(question.layer)
    if quantity == "weights":  # what the parameters are without biases
        analysis, quantity = question.net.counted(bias=False), "params"
    if quantity in OF_A_FIELD:
        return list(_field(analysis.layers[: at + 1], analysis, quantity))
    lines: list[str] = []
    for layer in analysis.layers[:at]:
        lines += _steps(analysis, layer, ("output",), layer.name)
    last = (*BEFORE.get(quantity, ()), quantity)
    return [*lines, *_steps(analysis, analysis.layers[at], last, question.layer if at else "")]


def _field(layers: Sequence[LayerResult], analysis: Analysis, quantity: str) -> Iterator[str]:
    """The receptive field layer by layer, with the jump where a layer changes it."""
    jump: object = 1
    for layer in layers:
        for step in explain_layer(analysis, layer).steps:
            if step.quantity == quantity or (step.quantity == "jump" and step.result != jump):
                yield f"{layer.name}: {in_line(equation(step))}"
            jump = step.result if step.quantity == "jump" else jump


def _steps(analysis: Analysis, layer: LayerResult, quantities: Sequence[str], name: str) -> Iterator[str]:
    """The steps of a layer to some of its quantities; without a name the lines say none."""
    for step in explain_layer(analysis, layer).steps:
        if step.quantity in quantities and step.result is not None:
            yield f"{name}: {in_line(equation(step))}" if name else in_line(equation(step))


def _total(analysis: Analysis, quantity: str) -> Iterator[str]:
    """The quantity of every layer, and the sum."""
    terms = [(each.name, getattr(each, quantity, 0)) for each in analysis.inputs]
    for layer in analysis.layers:
        yield from _steps(analysis, layer, ("output", quantity), layer.name)
        terms.append((layer.name, getattr(layer, quantity)))
    told = " + ".join(f"{value:,} ({name})" for name, value in terms if value)
    yield f"{SYMBOLS.get(quantity, quantity)} = {told} = {analysis.total(quantity):,}"


# Marks ------------------------------------------------------------------------------------------


def _marks(marked: Marked) -> Iterator[Block]:
    """A row for every question, its remarks below it, and the score."""
    yield Table(MARKS, tuple(_marks_row(number, *each) for number, each in enumerate(marked.marks, start=1)))
    yield Text((line(f"{marked.right} of {len(marked.marks)} right"),))


def _marks_row(number: int, question: Question, answer: str, mark: Mark | None) -> Row:
    verdict = line((mark.verdict, "right" if mark.right else "bad")) if mark else line("no answer")
    right = "" if mark and mark.right else question.answer
    cells = (line(str(number)), line(_shown(answer)), verdict, line(right))
    return Row(cells, below=tuple(line((remark, "wrong")) for remark in mark.remarks) if mark else ())


def _shown(text: str) -> str:
    return printable(text if len(text) <= LONGEST_ANSWER else f"{text[: LONGEST_ANSWER - 3]}...")


def _marks_data(marked: Marked) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "seed": marked.sheet.seed,
        "right": marked.right,
        "notes": [f"{note.span}: {note.message}" if note.span else note.message for note in marked.notes],
        "questions": [
            {
                **_question(question),
                "answered": answer,
                "mark": mark.verdict if mark else "no answer",
                "remarks": list(mark.remarks) if mark else [],
            }
            for question, answer, mark in marked.marks
        ],
    }


def _mark_rows(marked: Marked) -> Iterator[Sequence[Any]]:
    yield ("number", "answered", "mark", "answer", "remarks")
    for number, (question, answer, mark) in enumerate(marked.marks, start=1):
        remarks = "; ".join(mark.remarks) if mark else ""
        yield (number, harmless(answer), mark.verdict if mark else "no answer", question.answer, harmless(remarks))
