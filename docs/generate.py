"""The classes and commands of cnncalc -> the tables in these documents.

    python docs/generate.py            rewrites what is stale
    python docs/generate.py --check    changes nothing; names what is stale and exits with 1

A generated part stands between `<!-- generated: NAME -->` and `<!-- end -->`; the text around
it is written by hand.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

import cnncalc
from cnncalc.analysis.convention import Convention
from cnncalc.analysis.counting import Rule
from cnncalc.analysis.known_conventions import CONVENTIONS
from cnncalc.analysis.quantities import QUANTITIES
from cnncalc.cli.main import cnncalc as program
from cnncalc.errors import Source
from cnncalc.layers import CATALOGUE, FAMILIES, Layer, Operations
from cnncalc.limits import LIMITS
from cnncalc.report.columns import COLUMNS
from cnncalc.spec.model import Argument, LayerItem
from cnncalc.spec.readers import caffe_layers, keras_json_layers
from cnncalc.spec.readers.calls import Call, bound
from cnncalc.spec.readers.darknet_sections import KINDS

FOLDER = Path(__file__).resolve().parent
PART = re.compile(r"(<!-- generated: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
WIDTH = 80


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    titles = list(header)
    lines = [titles, ["---"] * len(titles), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code(text: object) -> str:
    """A text in the type of code; nothing for nothing."""
    return f"`{text}`" if str(text) else ""


def prose(text: str) -> str:
    """A docstring's text with its asterisks kept from being taken for emphasis."""
    return re.sub(r"(`[^`]*`)|\*", lambda match: match[1] or r"\*", text)


# Layers -------------------------------------------------------------------------------------


def layers() -> str:
    """Every layer type, family by family: its names, what it does, its keys."""
    return "\n\n".join(section for family in FAMILIES for section in _family(family))


def _family(family: Any) -> Iterator[str]:
    title = family.__name__.rpartition(".")[2].capitalize()
    yield f"### {title}\n\n{prose(inspect.getdoc(family) or '')}"
    for layer in dict.fromkeys(CATALOGUE.values()):
        if layer.__module__ == family.__name__:
            yield _layer(layer)


def _layer(layer: type[Layer]) -> str:
    parts = [f"#### `{layer.kind}`"]
    if layer.aliases:
        parts.append("Also " + ", ".join(map(code, layer.aliases)) + ".")
    parts.append(prose(inspect.getdoc(layer) or ""))
    fields = layer.keys()
    if fields:
        header = ("key", "symbol", "default", "takes", "meaning")
        parts.append(table(header, (_field(layer, name, field) for name, field in fields.items())))
    if fields and layer.merges:
        parts.append("Its inputs are what `from` names.")
    elif layer.merges:
        parts.append("No keys: its inputs are [its branches](#merging-branches), or what `from` names.")
    elif not fields:
        parts.append("No keys.")
    return "\n\n".join(parts)


def _field(layer: type[Layer], name: str, field: Any) -> Iterator[str]:
    main = layer.main[:1] == (name,)
    least = getattr(field, "least", None)
    takes = field.accepts
    if takes == "the name of an activation":
        takes = "the name of an [activation](#activation), or `none`"
    yield f"**{code(name)}**" if main else code(name)
    yield code(field.symbol)
    yield "required" if field.required else code(_written(field.show(field.read(field.default))))
    yield takes + (f", from {least} up" if least is not None else "")
    yield prose(field.doc) + (f"; `{layer.kind}: X` gives it" if main else "")


def _written(value: Any) -> str:
    """A default as a spec would give it; nothing where the key has none."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def operations() -> str:
    """The classes of operations, with the sentence that says what falls under each."""
    text = inspect.cleandoc(Operations.__doc__ or "")
    items = re.findall(r"^\* (.+?): (.+?)\.?$", text, re.MULTILINE)
    return table(("class", "what it counts"), items)


# Commands -----------------------------------------------------------------------------------


def commands() -> str:
    """The help of the program and of each of its commands."""
    group = click.Context(program, info_name="cnncalc", **_width())
    texts = [("cnncalc", program.get_help(group))]
    for name in program.list_commands(group):
        command = program.get_command(group, name)
        assert command is not None
        context = click.Context(command, parent=group, info_name=name, **_width())
        texts.append((f"cnncalc {name}", command.get_help(context)))
    return "\n\n".join(f"## {title}\n\n```text\n{_stripped(text)}\n```" for title, text in texts)


def _width() -> dict[str, Any]:
    return {**program.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def columns() -> str:
    """Every column of a report."""
    others = {key: QUANTITIES[key].aliases if key in QUANTITIES else () for key in COLUMNS}
    rows = ((code(key), ", ".join(map(code, others[key])), column.about) for key, column in COLUMNS.items())
    return table(("key", "also", "what it holds"), rows)


# Networks -----------------------------------------------------------------------------------


def networks() -> str:
    """Every bundled network, in exact numbers."""
    header = ("name", "what it is", "input", "depth", "params", "MACs", "source")
    return table(header, (_network(cnncalc.analyze(name)) for name in cnncalc.networks()))


def _network(analysis: cnncalc.Analysis) -> Iterator[str]:
    graph = analysis.graph
    yield from (code(analysis.name), prose(graph.about), str(graph.input), str(analysis.depth))
    for quantity in ("params", "macs"):
        count = analysis.total(quantity)
        yield f"{count:,}" if isinstance(count, int) else code(count)
    yield prose(graph.reference)


# Conventions --------------------------------------------------------------------------------


def conventions() -> str:
    """Every named convention: its version, what it was compared with, its source and its faults."""
    header = ("name", "version", "compared with", "source", "known faults")
    return table(header, (_convention(convention) for convention in CONVENTIONS.values()))


def _convention(convention: Convention) -> Iterator[str]:
    yield from (code(convention.name), convention.version)
    yield "the tool's output" if convention.captured else "its source"
    yield prose(convention.source)
    yield prose("; ".join(convention.faults))


def counts() -> str:
    """What every named convention counts, as its rules say it."""
    header = ("name", "counts", "MACs", "parameters", "values held")
    return table(header, (_counts(convention) for convention in CONVENTIONS.values()))


def _counts(convention: Convention) -> Iterator[str]:
    yield code(convention.name)
    unit = {"2mac": "2 x MACs", "mac": "MACs"}[convention.flops]
    yield {"macs": "MACs", "params": "parameters", "flops": f"FLOPs = {unit}"}[convention.headline]
    yield _rules(convention.mac_rules) or ("none" if convention.headline == "params" else "as usual")
    yield _rules(convention.param_rules) or ("as usual" if convention.bias else "weights")
    yield _rules(convention.activation_rules) or "as usual"


def _rules(rules: tuple[Rule, ...]) -> str:
    return "; ".join(_rule(rule, "all others" if len(rules) > 1 else "all") for rule in rules)


def _rule(rule: Rule, unnamed: str) -> str:
    kinds = ", ".join(rule.of) or unnamed
    where = "".join(f" ({value})" for _, value in rule.where)
    terms = " + ".join(name if weight == 1 else f"{weight} {name}" for name, weight in rule.weights)
    return f"{kinds}{where}: {code(terms.replace('+ -1 ', '- ') or 0)}"


# Formats ------------------------------------------------------------------------------------


def darknet() -> str:
    """Every section of Darknet that is read, and the layers that it is."""
    return table(("section", "layers"), ((code(f"[{name}]"), kind.about) for name, kind in KINDS.items()))


# Limits -------------------------------------------------------------------------------------


def limits() -> str:
    """Every limit that can be set: its name, its number, what it bounds."""
    return table(
        ("name", "number", "of what"),
        ((code(each.name), f"{each.default:,}", prose(each.what)) for each in LIMITS.values()),
    )


# Formats ------------------------------------------------------------------------------------


def caffe() -> str:
    """Every type of Caffe that is read: the layers that it becomes, its message and the fields of that."""
    rows = (
        (code(name), ", ".join(map(code, kind.becomes.split(", "))), code(kind.message), kind.fields.replace("*", ""))
        for name, kind in caffe_layers.TYPES.items()
    )
    return table(("type", "here", "message", "fields"), rows)


SAMPLES = {
    "filters": 1, "kernel_size": 1, "units": 1, "activation": "relu", "target_shape": (1, 1, 1), "height": 1,
    "width": 1, "shared_axes": (1, 2),
}  # fmt: skip
"""An argument for every class of Keras that needs some."""


def keras() -> str:
    """Every class of Keras that is read, and the layers that it is with the plainest arguments."""
    found: dict[str, list[str]] = {}
    for kind, module in keras_json_layers.FRAMEWORK.modules.items():
        span = Source("", "").span()
        named = {name: Argument.of(value, span) for name, value in SAMPLES.items() if name in module.signature.split()}
        made = module.make(bound(Call(kind, span, (), named, kind, flat=True), module, keras_json_layers.FRAMEWORK))
        items = [made] if isinstance(made, LayerItem) else list(made)  # type: ignore[call-overload]
        found.setdefault(re.sub(r"[13]D", "2D", kind), [item.layer.kind for item in items])
    found |= {kind: [layer] for kind, layer in keras_json_layers.MERGES.items()}
    rows = ((code(kind), ", ".join(map(code, layers))) for kind, layers in sorted(found.items()))
    return table(("class", "here"), rows)


GENERATED: dict[str, dict[str, Callable[[], str]]] = {
    "spec-format.md": {"layers": layers, "operations": operations},
    "cli.md": {"commands": commands, "columns": columns},
    "formats.md": {"darknet": darknet, "caffe": caffe, "keras": keras},
    "networks.md": {"networks": networks},
    "security.md": {"limits": limits},
    "conventions.md": {"conventions": conventions, "counts": counts},
}


def fresh(name: str, text: str) -> str:
    """The text of a document with its generated parts made anew."""
    parts = GENERATED[name]
    found = {match["name"] for match in PART.finditer(text)}
    if found != parts.keys():
        sys.exit(f"docs/{name} must have the generated parts {', '.join(parts)}, and has {', '.join(sorted(found))}")
    return PART.sub(lambda match: f"{match[1]}\n{parts[match['name']]()}\n\n{match[3]}", text)


def main() -> int:
    """Rewrite the stale documents, or only name them; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if anything is stale")
    check = parser.parse_args().check
    stale = 0
    for name in GENERATED:
        path = FOLDER / name
        before = path.read_text(encoding="utf-8")
        after = fresh(name, before)
        if before == after:
            continue
        stale += 1
        if check:
            print(f"stale: docs/{name} (python docs/generate.py rewrites it)", file=sys.stderr)
        else:
            path.write_text(after, encoding="utf-8")
            print(f"written: docs/{name}")
    return int(check and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
