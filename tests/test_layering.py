"""Imports point one way, every library has one place, and no text is ever run: read off the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cnncalc"
MODULES = sorted(PACKAGE.rglob("*.py"))
ORDER = (
    "cli",
    "report",
    "quiz",
    "check",
    "diagnose",
    "solve",
    "fit",
    "sweep",
    "compare",
    "explain",
    "formula",
    "apply",
    "export",
    "setup",
    "analysis",
    "graph",
    "spec",
    "layers",
    "symbolic",
)
SERVES_ALL = ("errors",)
TOP = ("__init__", "__main__", "api", "pytest_plugin")
VERSION = "cnncalc.__version__"  # a constant of the package itself, which anyone may read
PLACES = {
    "click": {"cli"},
    "rich": {"cli", "report"},
    "yaml": {"spec"},
    "sympy": {"symbolic"},
    "mpmath": set(),
    "numpy": {"symbolic"},
    "pytest": {""},
}
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "lambdify", "S"}
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "misc", "tools"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def folder(path: Path) -> str:
    """The part of the package a module belongs to: `cli` ... `symbolic`, `errors`, or `` for the top."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts[0] in TOP else parts[0]


def imported(path: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it, names behind `from` included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: a relative import hides where it points"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


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


@pytest.mark.parametrize("path", [path for path in MODULES if folder(path)], ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    wrong = [
        name
        for name in imported(path)
        if name.partition(".")[0] == "cnncalc" and name != VERSION and part(name) not in may_import(folder(path))
    ]
    assert [] == wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_library_has_its_one_place(path: Path) -> None:
    libraries = {name.partition(".")[0] for name in imported(path) if not in_type_checking(path, name)}
    wrong = [library for library in libraries & PLACES.keys() if folder(path) not in PLACES[library]]
    assert [] == wrong


def in_type_checking(path: Path, name: str) -> bool:
    """Whether a name is imported for the type checker alone."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Import) and name in (alias.name for alias in inner.names):
                    return True
    return False


def test_the_numbers_need_nothing_but_yaml_and_the_standard_library() -> None:
    import sys

    known = set(sys.stdlib_module_names) | {"cnncalc"} | PLACES.keys()
    found = {name.partition(".")[0] for path in MODULES for name in imported(path)}
    assert set() == found - known


SYMPY = {f"cnncalc.symbolic.{name}" for name in ("floor_division", "rewriting", "printing", "bounds", "linear")}
"""The modules that need sympy as soon as they are imported."""


def test_sympy_is_imported_where_a_symbol_comes_and_never_at_the_start() -> None:
    places = {path for path in MODULES for name in imported(path) if name.startswith("sympy") if top_level(path, name)}
    assert SYMPY == {f"cnncalc.symbolic.{path.stem}" for path in places}
    for path in set(MODULES) - places:
        early = [node for node in tree(path).body if isinstance(node, ast.ImportFrom) and node.module in SYMPY]
        assert not early, f"{name_of(path)} imports sympy before it is needed"


def top_level(path: Path, name: str) -> bool:
    """Whether a module imports `name` as soon as it is imported itself."""
    for node in tree(path).body:
        if isinstance(node, ast.Import) and any(alias.name == name for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module == name or name.startswith(f"{node.module}.")):
            return True
    return False


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is(path: Path) -> None:
    sentence = (ast.get_docstring(tree(path)) or "").partition("\n\n")[0]
    assert len(sentence) > 20
    assert sentence[-1] in ".:"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_is_a_drawer_for_odds_and_ends(path: Path) -> None:
    assert set() == set(path.relative_to(PACKAGE).with_suffix("").parts) & NO_NAMES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_runs_text_as_code(path: Path) -> None:
    called = [
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name)
        or (isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) != "re")
    ]
    assert set() == set(called) & RUNS_TEXT
    assert set() == {name.rpartition(".")[2] for name in imported(path)} & RUNS_TEXT


def test_no_loop_over_the_graph_knows_a_layer_by_name() -> None:
    from cnncalc.layers import CATALOGUE

    classes = {layer.__name__ for layer in CATALOGUE.values()}
    for path in MODULES:
        if folder(path) in ("analysis", "graph"):
            used = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
            assert set() == used & classes, name_of(path)
