"""The hooks for pre-commit and the examples of docs/ci.md: read as their readers would, and run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import cnncalc

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "ci.md"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match["language"], match["text"]) for match in BLOCK.finditer(DOCUMENT.read_text(encoding="utf-8"))]
YAML = [yaml.safe_load(text) for language, text in BLOCKS if language == "yml"]
WRONG = "network: vgg16\nclaims:\n  conv1_1: {params: 1793}\n"
RIGHT = WRONG.replace("1793", "1792")
SPEC = "input: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n"
BROKEN = SPEC.replace("kernel: 3", "kernel: 9")


def process(*line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command, with the `cnncalc` of this Python on its path."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        line, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=120, check=False
    )


def hook(name: str, *files: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A hook as pre-commit runs it: its entry, then the files."""
    if os.name == "nt" or not shutil.which("cnncalc", path=str(Path(sys.executable).parent)):
        pytest.skip("the command is not installed beside this Python")
    return process(*shlex.split(HOOKS[name]["entry"]), *files, folder=folder)


def looks_at(name: str, path: str) -> bool:
    """Whether a hook is given a file."""
    found = HOOKS[name]
    excluded = found.get("exclude")
    return bool(re.search(found["files"], path)) and not (excluded and re.search(excluded, path))


def test_the_hook_for_specs_runs_every_file_and_names_what_is_wrong(tmp_path: Path) -> None:
    for name, text in {"good.yaml": SPEC, "bad one.yaml": BROKEN, "worse.yaml": "layers: 3\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert (0, "", "") == (
        (done := hook("cnncalc-specs", "good.yaml", folder=tmp_path)).returncode,
        done.stdout,
        done.stderr,
    )
    done = hook("cnncalc-specs", "bad one.yaml", "good.yaml", "worse.yaml", folder=tmp_path)
    assert 1 == done.returncode
    assert "bad one.yaml:3" in done.stderr
    assert "worse.yaml:1" in done.stderr


def test_the_hook_for_tables_says_nothing_but_what_is_wrong(tmp_path: Path) -> None:
    for name, text in {"right.cnn.yaml": RIGHT, "wrong.cnn.yaml": WRONG}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = hook("cnncalc-tables", "right.cnn.yaml", folder=tmp_path)
    assert (0, "") == (done.returncode, done.stdout)
    done = hook("cnncalc-tables", "right.cnn.yaml", "wrong.cnn.yaml", folder=tmp_path)
    assert 1 == done.returncode
    assert "1,792" in done.stdout
    assert "right.cnn.yaml" not in done.stdout


def test_every_hook_is_given_its_own_files() -> None:
    assert looks_at("cnncalc-specs", "specs/vgg.yaml")
    assert looks_at("cnncalc-specs", "lectures/specs/net.yml")
    assert not looks_at("cnncalc-specs", "specs/published/vgg16.cnn.yaml")
    assert not looks_at("cnncalc-specs", "specs/vgg16.cnn.yaml")
    assert not looks_at("cnncalc-specs", ".github/workflows/ci.yaml")
    assert looks_at("cnncalc-tables", "specs/published/vgg16.cnn.yaml")
    assert not looks_at("cnncalc-tables", "specs/vgg.yaml")


def test_the_hooks_pass_on_the_projects_own_files() -> None:
    specs = [str(path.relative_to(ROOT)) for path in ROOT.glob("specs/*.yaml")]
    assert all(looks_at("cnncalc-specs", name) for name in specs)
    assert 0 == hook("cnncalc-specs", *specs[:4], folder=ROOT).returncode


def test_the_document_names_the_hooks_that_there_are() -> None:
    (config,) = [found for found in YAML if "repos" in found]
    (repository,) = config["repos"]
    assert set(HOOKS) == {found["id"] for found in repository["hooks"]}
    assert f"v{cnncalc.__version__}" == repository["rev"]


def test_the_table_in_the_document_fails_in_pytest_as_it_says(tmp_path: Path) -> None:
    (text,) = [text for language, text in BLOCKS if language == "yml" and "claims:" in text]
    (shown,) = [text for language, text in BLOCKS if language == "text"]
    (tmp_path / "slides.cnn.yaml").write_text(text, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-p", "cnncalc.pytest_plugin", "-p", "no:cacheprovider", "--tb=short"]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*line, "slides.cnn.yaml"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert 1 == done.returncode
    assert shown.partition("\n")[2] in done.stdout


def test_the_workflow_in_the_document_runs_commands_that_there_are(tmp_path: Path) -> None:
    (workflow,) = [found for found in YAML if "jobs" in found]
    steps = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    (command,) = [step for step in steps if step.startswith("cnncalc ")]
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "wrong.cnn.yaml").write_text(WRONG, encoding="utf-8")
    arguments = shlex.split(command.partition(" >")[0])[1:-1]
    done = process(sys.executable, "-m", "cnncalc", *arguments, "tables/wrong.cnn.yaml", folder=tmp_path)
    assert 1 == done.returncode
    assert "<testsuite" in done.stdout
