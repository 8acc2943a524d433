"""Imports point one way, every library has one place, and no text is ever run: read off the sources."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cnncalc"
MODULES = sorted(PACKAGE.rglob("*.py"))
ORDER = (
    "cli",
    "api",
    "report",
    "quiz",
    "check",
    "diagnose",
    "solve",
    "fit",
    "sweep",
    "compare",
    "diff",
    "explain",
    "formula",
    "apply",
    "export",
    "setup",
    "analysis",
    "graph",
    "spec",
    "tables",
    "layers",
    "symbolic",
)
SERVES_ALL = ("errors", "limits", "result")
TOP = ("__init__", "__main__", "pytest_plugin")
VERSION = "cnncalc.__version__"  # a constant of the package itself, which anyone may read
PLACES = {
    "click": {"cli"},
    "markdown_it": {"tables"},
    "rich": {"cli", "report"},
    "yaml": {"spec"},
    "sympy": {"symbolic"},
    "mpmath": set(),
    "numpy": {"symbolic"},
    "openpyxl": {"report", "tables"},
    "pytest": {""},
}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "lambdify", "S"}
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "tools"}


# What the sources say ------------------------------------------------------------------------------


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def dotted(path: Path) -> str:
    """The name by which a module is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(path)))


def folder(path: Path) -> str:
    """The part of the package a module belongs to: `cli` ... `symbolic`, `errors`, or `` for the top."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts[0] in TOP else parts[0]


def names_in(node: ast.AST) -> Iterator[str]:
    """The full names that one import statement brings in, names behind `from` included."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The full names of what a module imports, wherever in it."""
    return tuple(name for node in nodes(path) for name in names_in(node))


@cache
def imported_to_run(path: Path) -> frozenset[str]:
    """The full names of what a module imports, wherever in it, but for the type checker alone."""
    return frozenset(name for node in running(tree(path)) for name in names_in(node))


def running(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all that is in it, without what stands below `if TYPE_CHECKING:`."""
    yield node
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.If) and isinstance(inner.test, ast.Name) and inner.test.id == "TYPE_CHECKING":
            for other in inner.orelse:
                yield from running(other)
        else:
            yield from running(inner)


def may_import(importer: str) -> set[str]:
    """The parts of the package that a part may import from."""
    if importer in SERVES_ALL:
        return set(SERVES_ALL)
    return {*ORDER[ORDER.index(importer) :], *SERVES_ALL}


def part(name: str) -> str:
    """The part of the package that an imported name belongs to; `` for the package itself."""
    return [*name.split("."), ""][1] if name.startswith("cnncalc") else ""


def test_the_walk_sees_the_whole_package() -> None:
    assert {"", *ORDER, *SERVES_ALL} == {folder(path) for path in MODULES}
    assert {"cnncalc.layers.CATALOGUE", "cnncalc.errors.Problem"} <= set(
        imported(PACKAGE / "spec" / "readers" / "yaml.py")
    )


# Where imports point -------------------------------------------------------------------------------


def test_no_import_is_relative() -> None:
    """A relative import hides where it points."""
    wrong = {
        name_of(path): ast.unparse(node)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level
    }
    assert {} == wrong


def test_imports_point_one_way() -> None:
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if folder(path)
        for name in imported(path)
        if name.partition(".")[0] == "cnncalc" and name != VERSION and part(name) not in may_import(folder(path))
    ]
    assert [] == wrong


def modules_imported() -> dict[str, set[str]]:
    """module: the modules of the package that it imports to run, at its head or inside of a function."""
    known = {dotted(path) for path in MODULES}
    return {
        dotted(path): {
            name if name in known else name.rpartition(".")[0]
            for name in imported_to_run(path)
            if name.partition(".")[0] == "cnncalc" and name != VERSION
        }
        for path in MODULES
    }


def folders_imported() -> dict[str, set[str]]:
    """part of the package: the other parts that it imports to run."""
    found: dict[str, set[str]] = {}
    for importer, names in modules_imported().items():
        at = of_the_top(part(importer))
        found.setdefault(at, set()).update({of_the_top(part(name)) for name in names} - {at})
    return found


def of_the_top(place: str) -> str:
    return "" if place in TOP else place


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups in which everyone reaches everyone, a thing that imports itself among them."""
    reached: dict[str, set[str]] = {}
    for start in imports:
        seen: set[str] = set()
        ahead = [*imports[start]]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += imports.get(name, ())
        reached[start] = seen
    groups = {frozenset(n for n in reached[name] if name in reached.get(n, ())) for name in reached}
    return sorted(sorted(group) for group in groups if group)


def test_circles_are_found() -> None:
    assert [] == circles({"a": {"b", "c"}, "b": {"c"}, "c": set()})
    assert [["a", "b"], ["d"]] == circles({"a": {"b"}, "b": {"a", "d"}, "c": {"a"}, "d": {"d"}})


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert [] == circles(modules_imported())


def test_no_folders_import_one_another_in_a_circle() -> None:
    assert [] == circles(folders_imported())


# What is imported ----------------------------------------------------------------------------------


def test_every_library_has_its_one_place() -> None:
    """For the type checker alone, `import` may name a library anywhere; `from` may not."""
    wrong = [
        f"{name_of(path)} imports {library}"
        for path in MODULES
        for library in {name.partition(".")[0] for name in imported_to_run(path) | imported_from(path)} & PLACES.keys()
        if folder(path) not in PLACES[library]
    ]
    assert [] == wrong


def imported_from(path: Path) -> set[str]:
    return {name for node in nodes(path) if isinstance(node, ast.ImportFrom) for name in names_in(node)}


def test_the_numbers_need_nothing_but_yaml_and_the_standard_library() -> None:
    known = set(sys.stdlib_module_names) | {"cnncalc"} | PLACES.keys()
    found = {name.partition(".")[0] for path in MODULES for name in imported(path)}
    assert set() == found - known


SYMPY = {
    f"cnncalc.symbolic.{name}"
    for name in ("floor_division", "rewriting", "printing", "bounds", "linear", "growth", "polynomial")
}
"""The modules that need sympy as soon as they are imported."""


def test_sympy_is_imported_where_a_symbol_comes_and_never_at_the_start() -> None:
    places = {path for path in MODULES for name in imported(path) if name.startswith("sympy") if top_level(path, name)}
    assert SYMPY == {f"cnncalc.symbolic.{path.stem}" for path in places}
    early = [
        f"{name_of(path)} imports {node.module} before it is needed"
        for path in set(MODULES) - places
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and node.module in SYMPY
    ]
    assert [] == early


def top_level(path: Path, name: str) -> bool:
    """Whether a module imports `name` as soon as it is imported itself."""
    for node in tree(path).body:
        if isinstance(node, ast.Import) and any(alias.name == name for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module == name or name.startswith(f"{node.module}.")):
            return True
    return False


# What a module is ----------------------------------------------------------------------------------


def test_every_module_says_what_it_is() -> None:
    sentences = {
        name_of(path): (ast.get_docstring(tree(path)) or "").partition("\n\n")[0]  # its first paragraph
        for path in MODULES
    }
    assert {} == {
        name: sentence for name, sentence in sentences.items() if len(sentence) <= 20 or sentence[-1] not in ".:"
    }


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [] == [name_of(path) for path in MODULES if set(path.relative_to(PACKAGE).with_suffix("").parts) & NO_NAMES]


def called(path: Path) -> set[str]:
    """The names of the functions and methods that a module calls, but those of `re`."""
    calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    return names | {call.attr for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call.value) != "re"}


def test_no_module_runs_text_as_code() -> None:
    used = {name_of(path): called(path) | {name.rpartition(".")[2] for name in imported(path)} for path in MODULES}
    assert {} == {name: names & RUNS_TEXT for name, names in used.items() if names & RUNS_TEXT}


def test_no_loop_over_the_graph_knows_a_layer_by_name() -> None:
    from cnncalc.layers import CATALOGUE

    classes = {layer.__name__ for layer in CATALOGUE.values()}
    wrong = [
        f"{name_of(path)} names {node.id}"
        for path in MODULES
        if folder(path) in ("analysis", "graph")
        for node in nodes(path)
        if isinstance(node, ast.Name) and node.id in classes
    ]
    assert [] == wrong
