"""The pytest plugin: every claim of a `*.cnn.yaml` is a test, errata are strict xfails, broken files errors."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Golden

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "cnncalc.pytest_plugin"
TABLE = """\
network: vgg16
source: the lecture
claims:
  conv1_1: {output: 224x224x64, params: 1792}
  conv1_2: {params: 36864}
  fc8: {params: {is: 5M, erratum: it is 4.1M}}
  fc7: {params: {is: 16.8M, erratum: it was once thought to be wrong}}
  fc6: {params: {is: 100M, erratum: a typing error, correct: 1}}
  conv9: {params: 3}
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Run:
    """pytest in a process and a folder of its own, with nothing of ours but the plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", *arguments)

    return run


def write(pytester: pytest.Pytester, text: str = TABLE, name: str = "slides.cnn.yaml") -> Path:
    path = pytester.path / name
    path.write_text(text, encoding="utf-8")
    return path


def steady(result: pytest.RunResult) -> str:
    """The output of a run without what differs from run to run."""
    return re.sub(r"in [0-9.]+s", "in a moment", f"{result.stdout}\n")


def test_a_failing_run(pytester: pytest.Pytester, run: Run, golden: Golden) -> None:
    write(pytester)
    result = run("-q", "-ra")
    assert 1 == result.ret
    result.assert_outcomes(passed=2, failed=4, xfailed=1)
    golden("plugin/run.txt", steady(result))


def test_right_claims_and_errata_that_stand_are_a_run_that_succeeds(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester, "network: vgg16\nclaims:\n  conv1_1: {params: [1792, {is: 1793, erratum: a slip}]}\n")
    result = run("-rx")
    assert 0 == result.ret
    result.assert_outcomes(passed=1, xfailed=1)
    result.stdout.fnmatch_lines(["XFAIL slides.cnn.yaml::vgg16: conv1_1 params #2 - a slip"])


def test_a_consistent_claim_fails_and_says_what_it_is_right_from(pytester: pytest.Pytester, run: Run) -> None:
    """The pool halves 24x24x16, which should have been 10x10x16."""
    write(pytester, "network: lenet\nclaims: {conv1: 28x28x6, conv3: 24x24x16, pool4: 12x12x16}\n")
    result = run()
    assert 1 == result.ret
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        ["it is 5x5x16, not 12x12x16", "*this is right from your own output of conv3 (24x24x16)"]
    )
    alone = run("-k", "pool4")
    alone.assert_outcomes(failed=1, deselected=2)
    alone.stdout.fnmatch_lines(["*this is right from your own output of conv3 (24x24x16)"])


def test_an_erratum_that_matches_fails(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester, "network: vgg16\nclaims:\n  conv1_1: {params: {is: 1792, erratum: it was wrong once}}\n")
    result = run()
    assert 1 == result.ret
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "[[]XPASS(strict)[]] it is 1792: this number is right, not an erratum*",
            "*params: {is: 1792, erratum*",
        ]
    )


def test_an_erratum_that_cannot_be_checked_fails(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester, "network: vgg16\nclaims:\n  conv9: {params: {is: 1792, erratum: it was wrong once}}\n")
    run().assert_outcomes(failed=1)


def test_a_claim_is_selected_by_its_name(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester)
    run("-k", "conv1_1 and params").assert_outcomes(passed=1, deselected=6)
    run("-k", "output").assert_outcomes(passed=1, deselected=6)
    run("slides.cnn.yaml::vgg16: conv1_2 params").assert_outcomes(failed=1)


def test_a_broken_table_is_an_error_of_collection_without_a_traceback(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester, "network: vgg17\nclaims:\n  conv1: {parms: 3}\n", "bad.cnn.yaml")
    write(pytester, "claims: [\n", "worse.cnn.yaml")
    (pytester.path / "worst.cnn.yaml").write_bytes(b"\xff\x00\xff")
    write(pytester)
    result = run("--continue-on-collection-errors", "-k", "conv1_1 or bad")
    result.assert_outcomes(errors=3, passed=2, deselected=5)
    result.stdout.fnmatch_lines(["*ERROR collecting bad.cnn.yaml*", "bad.cnn.yaml:1:10: no network is called 'vgg17'*"])
    result.stdout.fnmatch_lines(["worse.cnn.yaml:*not valid YAML*"])
    result.stdout.fnmatch_lines(["'worst.cnn.yaml' is not a text file*"])
    assert "Traceback" not in result.stdout.str()
    assert ".py:" not in result.stdout.str()


def test_a_file_of_another_name_is_left_alone_and_costs_nothing(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester, "network: vgg17\n", "slides.yaml")
    pytester.makepyfile("""
        import sys

        def test_nothing_of_cnncalc_is_loaded_but_the_plugin():
            loaded = {name for name in sys.modules if name.partition(".")[0] == "cnncalc"}
            assert loaded == {"cnncalc", "cnncalc.pytest_plugin"}
    """)
    run().assert_outcomes(passed=1)


def test_the_plugin_bears_warnings_as_errors_and_strict_everything(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester)
    pytester.makeini(
        "[pytest]\naddopts = --strict-markers --strict-config\nxfail_strict = true\nfilterwarnings = error\n"
    )
    run().assert_outcomes(passed=2, failed=4, xfailed=1)


def test_tests_beside_a_table_may_change_the_folder(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester, "input: 8x8x3\nlayers:\n  - {conv: {filters: 4, kernel: 3}, name: only}\n", "net.yaml")
    write(pytester, "network: net.yaml\nclaims:\n  only: {params: 112}\n", "z.cnn.yaml")
    pytester.makepyfile(test_a="import os\n\ndef test_it(tmp_path):\n    os.chdir(tmp_path)\n")
    run().assert_outcomes(passed=2)


def test_claims_are_shared_out_among_workers(pytester: pytest.Pytester, run: Run) -> None:
    pytest.importorskip("xdist")
    write(pytester)
    run("-p", "xdist", "-n", "2").assert_outcomes(passed=2, failed=4, xfailed=1)


def test_every_claim_is_a_case_for_junit(pytester: pytest.Pytester, run: Run) -> None:
    write(pytester)
    run("--junit-xml", "report.xml")
    cases = {case.attrib["name"]: case for case in ElementTree.parse(pytester.path / "report.xml").iter("testcase")}
    assert 7 == len(cases)
    failed = cases["vgg16: conv1_2 params"].find("failure")
    assert failed is not None
    assert "the biases were forgotten" in (failed.text or "")


def test_pip_install_registers_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cnncalc": PLUGIN} == project["entry-points"]["pytest11"]


def test_pytest_is_imported_by_the_plugin_alone() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, cnncalc.api, cnncalc.cli.main; sys.exit('pytest' in sys.modules)",
        ],
        cwd=ROOT,
        check=False,
    )
    assert 0 == done.returncode
    sources = [path for path in (ROOT / "cnncalc").rglob("*.py") if "import pytest" in path.read_text("utf-8")]
    assert ["pytest_plugin.py"] == [path.name for path in sources]


def test_names_of_claims_reach_a_terminal_without_control_characters(pytester: pytest.Pytester, run: Run) -> None:
    """YAML can write an escape character as \\e: in a layer's name, a source or an erratum it is a blank."""
    table = 'network: conv3-4\ninput: 8x8x3\nsource: "s\\e[31m"\nclaims:\n  "c\\e[31m": 3\n'
    table += '  conv1: {params: {is: 113, erratum: "why\\e[31m"}, macs: 3}\n'
    pytester.path.joinpath("a.cnn.yaml").write_text(table, encoding="utf-8")
    result = run("-rA", "--color=no")
    result.assert_outcomes(failed=2, xfailed=1)
    assert "\x1b" not in result.stdout.str()
