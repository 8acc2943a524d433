"""What a question says of a network -> System; and which network the words begin with."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from cnncalc.analysis.quantities import key_of
from cnncalc.errors import Problem, Source, Span, SpecError, UsageError, closest
from cnncalc.setup import Setup
from cnncalc.solve.amounts import unknown_word
from cnncalc.solve.question import Clause, Question, check_twice, narrowed, text_of
from cnncalc.solve.system import WHOLE_INPUT, System, axes
from cnncalc.spec.input_size import symbolic_size
from cnncalc.spec.parameters import written as written_number

# Which network ----------------------------------------------------------------------------------


def network_of(words: Sequence[str]) -> tuple[str, str]:
    """(network, question) of words that begin with a network: as a word of its own, or in one text with the question.

    The network is empty for a question about one layer. Raises UsageError where nothing is asked.
    """
    first, rest = words[0].strip(), " ".join(words[1:])
    if is_named(first) or is_notation(first, alone=not rest.strip()):
        if not rest.strip():
            shown = first if re.fullmatch(r"[A-Za-z0-9_./-]+", first) else repr(first)
            hint = f"as in: cnncalc solve {shown} params"
            raise UsageError([Problem(f"nothing is asked about '{first}'", None, hint)])
        return first, rest
    head, _, tail = first.partition(" ")
    if tail and is_named(head.rstrip(",:")):
        return head.rstrip(",:"), f"{tail} {rest}"
    return "", " ".join(words)


def is_named(word: str) -> bool:
    """Whether a word names a network: a bundled one, or a file."""
    from cnncalc.spec.find import bundled

    if word in bundled() or word == "-" or re.search(r"\.ya?ml\b[^ ]*\Z", word):
        return True
    return os.sep in word and os.path.isfile(word)


def is_notation(text: str, *, alone: bool) -> bool:
    """Whether a text is slide notation, perhaps with mistakes; if it stands alone, without any."""
    from cnncalc.spec.readers import notation

    name, length = notation.layer_name(text.lstrip("[("))
    if not name or re.match(r"[A-Za-z.]+(?:[123][dD])?\s*\(|[A-Za-z]+[123][dD]\b", text):
        return False
    spec = notation.read(Source("question", text))
    marked = re.match(r"[0-9{/A-Z]|-[0-9A-Zx{]", text.lstrip("[(")[length:])
    whole = not spec.problems
    return whole or not alone if marked else whole and len(spec.items) > 1


def check_first(text: str) -> None:
    """Refuse a question whose first word looks like the name of an unknown network."""
    from cnncalc.spec.find import bundled, find

    first = re.match(r"\s*([A-Za-z][A-Za-z0-9_.-]*[0-9][A-Za-z0-9_.-]*)(?=[\s,:])(?!\s*[<>=])", text)
    if first and closest(first[1], bundled()):
        find(first[1])  # raises, with the network that was meant


# The system of a question -----------------------------------------------------------------------------


def network_system(question: Question, setup: Setup) -> System:
    """The system of a question about a network; raises UsageError for what it cannot mean."""
    spec = setup.spec
    names = (WHOLE_INPUT, *axes(spec), *spec.parameters)

    def known(word: str) -> str:
        is_input = word.lower() in (WHOLE_INPUT, "in", "size") and word not in spec.parameters
        return WHOLE_INPUT if is_input else word

    _check_network(question)
    clauses = [each._replace(name=known(each.name)) for each in question.clauses]
    check_twice(clauses)
    size = setup.input or spec.input or symbolic_size(spec, None)
    bounds: dict[str, tuple[int | None, int | None]] = {}
    unknowns = {known(word): span for word, span in question.asked.items()}
    for clause in clauses:
        if clause.name in names:
            unknowns.setdefault(clause.name, clause.span)
            bounds[clause.name] = narrowed(bounds.get(clause.name, (None, None)), clause, _one_number(clause))
    for word, step in question.steps.items():
        if step.denominator != 1 and known(word) not in spec.parameters:
            message = f"the step of '{word}' must be a whole number, not {written_number(step)}"
            raise UsageError([Problem(message, question.asked[word], f"as in '{word} by 32'")])
    asked = tuple(name for name in unknowns if name not in names)
    system = System(
        question,
        setup,
        size,
        unknowns=tuple(name for name in unknowns if name in names),
        asked=asked,
        clauses=tuple(each for each in clauses if each.name not in names),
        bounds=bounds,
        steps={known(word): step for word, step in question.steps.items()},
    )
    for name in asked:
        _check_asked(system, name, unknowns[name], names)
    return system


def _check_network(question: Question) -> None:
    """Refuse what belongs to a single layer."""
    alone = [*question.shapes, *((start, span) for start, _, span in question.arrows)]
    for _, span in alone:
        text = text_of(span)
        raise UsageError([Problem(f"what is {text}?", span, f"as in pool5={text}, or --input {text}")])
    if question.layer or question.fields:
        message = f"'{question.layer or 'bias or rounding'}' belongs to one layer, but this is a network"
        raise UsageError([Problem(message, None, "name a layer of the network, as in 'params of conv1'")])


def _check_asked(system: System, name: str, span: Span, names: tuple[str, ...]) -> None:
    """Refuse names that are neither quantities nor layers of the network."""
    if key_of(name.rpartition(".")[2]):
        return
    try:
        parts = [layer.name for layer in system.symbolic().layers]
    except SpecError:
        return
    if not any(f"{part}/".startswith(f"{name}/") or f"/{name}/" in f"/{part}/" for part in parts):
        raise unknown_word(name, span, (*names, *parts, "params", "macs", "memory", "output"))


def _one_number(clause: Clause) -> int:
    """The one number of a bound on an unknown; 224x224 is one."""
    sizes = clause.amount
    if isinstance(sizes, str) or len(set(sizes)) != 1 or sizes[0] is None or len(sizes) > 2:
        hint = f"as in {clause.name}=224; --input 224x192x3 gives the input that is not asked for"
        raise UsageError([Problem(f"{clause.name} is one number here", clause.span, hint)])
    return sizes[0]
