"""Results go to standard output, messages to standard error, and the exit status is 0, 1 or 2, never a traceback."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Cli, Write

import cnncalc
from cnncalc.cli.main import cnncalc as command

ROOT = Path(__file__).resolve().parent.parent
SPECS = ROOT / "tests" / "specs"
TINY = "input: 8x8x3\nlayers:\n  - {conv: {filters: 4, kernel: 3}, name: only}\n"


def totals(cli: Cli, *arguments: str) -> dict[str, int]:
    found: dict[str, int] = cli.data(*arguments)["totals"]
    return found


def process(
    *arguments: str, environment: Mapping[str, str] | None = None, stdin: bytes = b"", python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, its output piped."""
    settings = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    settings |= {"PYTHONPATH": str(ROOT)} | dict(environment or {})
    line = [sys.executable, *python, "-m", "cnncalc", *arguments]
    return subprocess.run(line, input=stdin, env=settings, capture_output=True, timeout=60, check=False)


@pytest.fixture
def spec(write: Write) -> str:
    return write(TINY, "tiny.yaml")


# Commands ----------------------------------------------------------------------------------------


def test_show_need_not_be_said(cli: Cli) -> None:
    assert cli.text("show", "lenet5") == cli.text("lenet5")


def test_options_may_stand_before_the_network(cli: Cli) -> None:
    assert cli.text("lenet5", "--no-bias") == cli.text("--no-bias", "lenet5")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["show", "--help"], ["list", "--help"]])
def test_help_is_printed_on_standard_output(cli: Cli, arguments: list[str]) -> None:
    text = cli.text(*arguments)
    assert text.startswith("Usage: cnncalc")
    assert "--help" in text


def test_the_help_of_show_names_every_column(cli: Cli) -> None:
    from cnncalc.analysis.quantities import key_of
    from cnncalc.report.columns import COLUMNS

    words = set(
        cli.text("show", "--help").replace(",", " ").replace(";", " ").replace("(", " ").replace(".", " ").split()
    )
    names = {key_of(word) or word for word in words}
    assert set() == set(COLUMNS) - names


def test_the_examples_in_the_help_run(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shlex

    lines = [
        line.split("  ") for text in (cli.text("--help"), cli.text("show", "--help")) for line in text.splitlines()
    ]
    examples = [part.strip() for line in lines for part in line if part.strip().startswith("cnncalc ")]
    examples = [example for example in examples if "[" not in example and "`" not in example]
    assert len(examples) > 8
    (tmp_path / "net.yaml").write_text(TINY, encoding="utf-8")
    configuration = "[net]\nheight=8\nwidth=8\nchannels=3\n[maxpool]\nsize=2\n"
    (tmp_path / "yolov3.cfg").write_text(configuration, encoding="utf-8")
    network = (
        'input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8\n'
        'layer { name: "it" type: "ReLU" bottom: "data" top: "it" }\n'
    )
    (tmp_path / "deploy.prototxt").write_text(network, encoding="utf-8")
    (tmp_path / "model.txt").write_text("Net(\n  (c): Conv2d(1, 6, kernel_size=(5, 5))\n)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for example in examples:
        differ = " diff " in example  # two networks that differ: exit status 1
        cli.text(*shlex.split(example.partition(">")[0])[1:], status=int(differ))


def test_without_arguments_the_help_is_shown_as_wrong_usage(cli: Cli) -> None:
    result = cli(status=2)
    assert "Usage: cnncalc" in result.output


def test_version_is_that_of_the_library() -> None:
    done = process("--version")
    assert (0, b"") == (done.returncode, done.stderr)
    assert cnncalc.__version__ in done.stdout.decode()


# What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("vgg17", "vgg1"), ("resnet5O", "resnet50"), ("VGG16", "vgg16"), ("alexnt", "alexnet"), ("lst", "list")],
)
def test_a_mistyped_name_suggests_the_nearest(cli: Cli, name: str, suggestion: str) -> None:
    message = cli.refused(name, status=1)
    assert f"no network is called '{name}'" in message
    assert suggestion in message.partition("hint:")[2]


def test_the_name_of_a_family_asks_for_one_of_its_members(cli: Cli) -> None:
    message = cli.refused("vgg", status=1)
    assert "'vgg' is a family of networks" in message
    assert "vgg16" in message


@pytest.mark.parametrize(
    "arguments",
    [
        ["vgg16", "--inptu", "224"],
        ["vgg16", "lenet5"],
        ["show"],
        ["vgg16", "--format", "yaml"],
        ["vgg16", "--batch", "0"],
        ["vgg16", "--batch", "-1"],
        ["vgg16", "--batch", "1.5"],
        ["vgg16", "--batch", "\u00b2"],
        ["vgg16", "--depth", "0"],
        ["vgg16", "--depth", "every"],
        ["vgg16", "--depth", "\u00b2"],
        ["vgg16", "--flops", "3mac"],
        ["vgg16", "--dtype", "float8"],
        ["vgg16", "--layout", "nhwc"],
        ["vgg16", "--max-layers", "0"],
        ["vgg16", "--set"],
        ["list", "vgg16"],
        ["list", "--format", "yaml"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(cli: Cli, arguments: list[str]) -> None:
    assert "error: " in cli.refused(*arguments).lower()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["vgg16", "--input", "0"], "a size must be from 1 to 1,000,000,000"),
        (["vgg16", "--input", "1x2x3x4x5"], "has 5 numbers, but the network takes 224x224x3"),
        (["vgg16", "--input", "16"], "the window is larger than its input"),
        (["vgg16", "--columns", "flosp"], "did you mean 'flops'?"),
        (["vgg16", "--columns", "ops"], "write macs, or flops"),
        (["vgg16", "--columns", ""], "does not name a column"),
        (["vgg16", "--columns", "peak"], "peak memory is a quantity of the whole network"),
        (["compare", "vgg16", "alexnet", "--columns", "rf"], "receptive field is a quantity of a layer"),
        (["sweep", "vgg16", "--batch", "1", "--columns", "rf"], "name its layer, as in conv1.receptive_field"),
        (["vgg16", "--set", "clases=3"], "did you mean 'classes'?"),
        (["vgg16", "--set", "classes"], "write --set name=value"),
        (["vgg16", "--set", "=3"], "no parameter ''"),
        (["vgg16", "--set", "classes=x y"], "unexpected 'y'"),
        (["vgg16", "--set", "convs=[1, 2"], "not valid YAML"),
        (["vgg16", "--set", "classes={a: 1}"], "a value is expected here"),
        (["vgg16", "--max-layers", "5"], "the limit is 5"),
        (["conv3-64"], "the size of the input is not known"),
        (["no/such/net.yaml"], "there is no file 'no/such/net.yaml'"),
        (["net.yml"], "there is no file 'net.yml'"),
        ([str(SPECS)], "is a folder, not a spec"),
        ([f"{SPECS}/family.yaml:larg"], "did you mean 'large'?"),
        ([f"{SPECS}/signal.yaml:small"], "has no variant 'small'"),
        ([""], "no network is called ''"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_bad_spec_exits_with_1_and_a_bad_option_with_2_and_both_say_why(
    cli: Cli, arguments: list[str], message: str
) -> None:
    usage = {"--input", "--columns", "--set"} & set(arguments) and "larger" not in message
    assert message in cli.refused(*arguments, status=2 if usage else 1)


@pytest.mark.parametrize("columns", [",", " ", "+"])
@pytest.mark.parametrize("form", ["table", "csv", "markdown"])
def test_no_columns_at_all_are_refused_or_the_usual_ones(cli: Cli, columns: str, form: str) -> None:
    result = cli("lenet5", "--columns", columns, "--format", form)
    if result.exit_code == 0:
        assert result.stdout.splitlines()[0 if form != "table" else 2].strip("| ").startswith("layer")
    else:
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert "column" in result.stderr


def test_a_binary_file_is_refused(cli: Cli, write: Write) -> None:
    path = write(bytes(range(256)))
    assert "is not a text file (UTF-8)" in cli.refused(path, status=1)


def test_a_file_of_many_megabytes_is_refused(cli: Cli, write: Write) -> None:
    path = write(TINY + "# and so on\n" * 100_000)
    assert "is too large" in cli.refused(path, status=1)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="for root every file can be read")
def test_a_file_that_may_not_be_read_is_refused(cli: Cli, spec: str) -> None:
    Path(spec).chmod(0)
    assert "cannot read" in cli.refused(spec, status=1)


# Where a spec comes from -------------------------------------------------------------------------


def test_a_spec_comes_from_a_path(cli: Cli, spec: str) -> None:
    assert 3 * 3 * 3 * 4 + 4 == totals(cli, spec)["params"]


def test_a_spec_comes_from_standard_input(cli: Cli) -> None:
    assert " only " in cli.text("-", stdin=TINY)
    assert "<stdin>:1:1: the file is empty" in cli.refused("-", stdin="", status=1)
    assert "'<stdin>' is not a text file (UTF-8)" in cli.refused("-", stdin=b"\xff\xfe\x00", status=1)


def test_a_variant_of_a_file_follows_a_colon(cli: Cli) -> None:
    assert "Family L" in cli.text(f"{SPECS}/family.yaml:large")


def test_a_spec_is_slide_notation(cli: Cli) -> None:
    assert 165_642 == totals(cli, "conv3-64, pool2, fc-10", "--input", "32x32x3")["params"]


def test_a_file_wins_over_a_command_or_a_layer_of_its_name(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("list", "conv3-8"):
        (tmp_path / name).write_text(TINY, encoding="utf-8")
        assert " only " in cli.text(f"./{name}")
    assert " only " in cli.text("conv3-8")


def test_a_name_that_looks_like_markup_is_printed_as_it_is(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "[red]x[_red].yaml"
    path.write_text(TINY, encoding="utf-8")
    assert cli.text(str(path)).startswith("[red]x[_red]  input 8x8x3")
    path.write_text("name: '[red]x[/red]'\n" + TINY, encoding="utf-8")
    assert cli.text(str(path)).startswith("[red]x[/red]  input 8x8x3")
    assert "no network is called '[red]x[red]'" in cli.refused("[red]x[red]", status=1)


# Options -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [("224", [224, 224]), ("227x227x3", [227, 227]), ("200x300", [200, 300]), ("HxWx3", ["H", "W"]), ("H", ["H", "H"])],
)
def test_an_input_is_a_number_sizes_or_names(cli: Cli, text: str, size: list[int | str]) -> None:
    found = cli.data("vgg16", "--input", text)["input"]
    assert isinstance(found, dict)
    assert (size, 3) == (found["size"], found["channels"])


def test_channels_that_come_first_are_told(cli: Cli) -> None:
    assert "channels come last: 224x224x3" in cli.refused("vgg16", "--input", "3x224x224")
    assert "is 224x224x3 meant?" in cli.text("conv3-8", "--input", "3x224x224")
    assert "meant?" not in cli.text("conv3-8", "--input", "3x224x8") + cli.text("conv3-8", "--input", "3x3x3")


def test_a_batch_stands_before_the_sizes_or_is_an_option(cli: Cli) -> None:
    assert "N" == cli.data("lenet5", "--input", "NxHxWx1")["batch"]
    assert 8 == cli.data("lenet5", "--input", "8x32x32x1")["batch"]
    assert "B" == cli.data("lenet5", "--batch", "B")["batch"]
    assert 2 == cli.data("lenet5", "--input", "8x32x32x1", "--batch", "2")["batch"]


def test_a_batch_multiplies_work_and_activations_and_not_the_parameters(cli: Cli) -> None:
    one, eight = totals(cli, "vgg16"), totals(cli, "vgg16", "--batch", "8")
    for key in ("macs", "flops", "activations", "memory_bytes", "neurons", "peak_memory_bytes"):
        assert 8 * one[key] == eight[key]
    for key in ("weights", "biases", "params", "weight_memory_bytes", "depth"):
        assert one[key] == eight[key]
    assert "15470264320*N" == totals(cli, "vgg16", "--batch", "N")["macs"]


def test_no_bias_counts_weights_alone(cli: Cli) -> None:
    assert 138_357_544 == totals(cli, "vgg16")["params"] == totals(cli, "vgg16", "--bias")["params"]
    assert 138_344_128 == totals(cli, "vgg16", "--no-bias")["params"]
    assert "params without biases" in cli.text("vgg16", "--no-bias").splitlines()[-1]


def test_the_slide_format_counts_weights_alone_unless_told(cli: Cli) -> None:
    assert "(3*3*3)*64 = 1,728" in cli.text("vgg16", "--format", "slide")
    assert "(3*3*3)*64 + 64 = 1,792" in cli.text("vgg16", "--format", "slide", "--bias")


def test_flops_are_two_a_mac_one_a_mac_or_everything(cli: Cli) -> None:
    macs = totals(cli, "vgg16")["macs"]
    assert 2 * macs == totals(cli, "vgg16")["flops"]
    assert macs == totals(cli, "vgg16", "--flops", "mac")["flops"]
    assert 2 * macs < totals(cli, "vgg16", "--flops", "all")["flops"] < 2.1 * macs


def test_the_type_of_a_value_changes_the_bytes_alone(cli: Cli) -> None:
    for dtype, size in {"float64": 8, "float16": 2, "bfloat16": 2, "int8": 1}.items():
        found = totals(cli, "vgg16", "--dtype", dtype)
        assert size * 15_237_608 == found["memory_bytes"]
        assert totals(cli, "vgg16")["activations"] == found["activations"]


def test_an_optimizer_adds_its_state_to_the_memory_of_training(cli: Cli) -> None:
    lines = {name: cli.text("vgg16", "--notes", "all", "--optimizer", name) for name in ("sgd", "momentum", "adam")}
    # 138,357,544 parameters and their gradients, 15,237,608 activations and theirs: 4 bytes each.
    values = {name: (2 + extra) * 138_357_544 + 2 * 15_237_608 for name, extra in zip(lines, (0, 1, 2), strict=True)}
    for name, text in lines.items():
        assert f"* training holds {4 * values[name] / 10**9:.2f} GB" in text


def test_settings_are_numbers_lists_and_symbols(cli: Cli) -> None:
    assert 132_863_336 == totals(cli, "vgg16", "--set", "convs=[1, 1, 2, 2, 2]")["params"]  # VGG-11
    ten = totals(cli, "vgg16", "--set", "classes=10", "--set", "convs=[1,1,2,2,2]")
    assert 132_863_336 - 990 * 4097 == ten["params"]
    assert "4097*K" in str(totals(cli, "vgg16", "--set", "classes=K")["params"])


def test_depth_opens_blocks(cli: Cli) -> None:
    closed, opened = cli.text("resnet18"), cli.text("resnet18", "--depth", "2")
    assert "\n conv2_1 " in closed
    assert "\n conv2_1/" not in closed
    assert "\n conv2_1/conv1 " in opened
    assert opened == cli.text("resnet18", "--depth", "all") == cli.text("resnet18", "-d", "9")


def test_columns_are_chosen_and_added(cli: Cli) -> None:
    assert "layer,macs" == cli.text("lenet5", "--columns", "layer,macs", "--format", "csv").splitlines()[0]
    header = cli.text("lenet5", "--columns", "+flops").splitlines()[2].split()
    assert {"params", "MACs", "FLOPs"} <= set(header)


def test_the_layout_puts_channels_first(cli: Cli) -> None:
    assert "6x28x28" in cli.text("lenet5", "--layout", "chw")
    assert "28x28x6" in cli.text("lenet5", "--layout", "hwc")
    assert "input 1x32x32" in cli.text("lenet5", "--layout", "chw").splitlines()[0]
    assert "input 1x32x32" in cli.text("compare", "lenet5", "--conventions", "fvcore", "--layout", "chw")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("list --names --format json", "--names prints names alone"),
        ("show vgg16 --expanded --batch 3", "--expanded prints a spec"),
        ("show vgg16 --expanded --convention fvcore", "--expanded prints a spec"),
        ("show vgg16 --format slide --batch 3", "--format slide is for one image"),
        ("compare --list vgg16", "--list takes no SPEC"),
        ("compare --list --input 32", "--list takes no SPEC"),
        ("compare vgg16 --conventions fvcore,thop --convention ours", "leave out --convention"),
        ("compare vgg16 --conventions --units MiB", "it takes no --units"),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(cli: Cli, line: str, message: str) -> None:
    assert message in " ".join(cli.refused(*line.split()).split())


def test_the_names_of_the_networks_are_written_to_a_file(cli: Cli, tmp_path: Path) -> None:
    assert "" == cli.text("list", "--names", "--output", str(tmp_path / "names.txt"))
    assert (tmp_path / "names.txt").read_text() == "".join(f"{name}\n" for name in cnncalc.networks())


def test_a_graph_has_the_batch_that_it_was_asked_for() -> None:
    assert 3 == cnncalc.expand("lenet5", batch=3).batch


def test_what_is_printed_expanded_can_be_read_again(cli: Cli, write: Write) -> None:
    path = write(cli.text("googlenet", "--expanded"), "mine.yaml")
    assert totals(cli, "googlenet") == totals(cli, path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("formula", "resnet18", "--input", ""),
        ("formula", "resnet18", "--only", ""),
        ("formula", "resnet18", "--only", " , "),
        ("explain", "alexnet", "--input", ""),
        ("fit", "alexnet", "--size", ""),
        ("fit", "alexnet", "--input", ""),
        ("sweep", "alexnet", "--input", "227:259:32", "--batch", ""),
        ("sweep", "alexnet", "--input", "227:259:32", "--columns", ""),
        ("sweep", "alexnet", "--input", "227:259:32", "--layer", ""),
    ],
)
def test_an_option_that_is_given_nothing_is_refused(cli: Cli, arguments: tuple[str, ...]) -> None:
    result = cli(*arguments)
    assert (result.exit_code, result.output) != (0, "")
    assert result.exit_code == 2, result.output


@pytest.mark.parametrize("name", ["in", "lambda", "\u00e9", "if"])
def test_a_batch_is_named_as_a_size_is(cli: Cli, name: str) -> None:
    assert cli("vgg16", "--batch", name).exit_code == 2
    with pytest.raises(cnncalc.SpecError, match="the batch must be"):
        cnncalc.analyze("vgg16", batch=name)


# The list ----------------------------------------------------------------------------------------


def test_the_list_has_every_network_with_size_and_source(cli: Cli) -> None:
    lines = cli.text("list").splitlines()
    names = [line.split()[0] for line in lines if line.strip()]
    assert set() == set(cnncalc.networks()) - set(names)
    (vgg,) = [line for line in lines if line.strip().startswith("vgg16 ")]
    assert all(part in vgg for part in ("224x224x3", "138M", "15.5G", "Simonyan"))
    assert "\u2026" not in "".join(lines)


def test_the_list_may_be_names_alone_one_a_line(cli: Cli) -> None:
    assert cnncalc.networks() == cli.text("list", "--names").splitlines()


def test_the_list_as_json_has_raw_numbers(cli: Cli) -> None:
    entries = cli.data("list")
    assert cnncalc.networks() == [entry["name"] for entry in entries]
    (vgg,) = [entry for entry in entries if entry["name"] == "vgg16"]
    assert (138_357_544, 15_470_264_320, 16) == (vgg["params"], vgg["macs"], vgg["depth"])
    assert [] == [entry["name"] for entry in entries if not (entry["about"] and entry["source"])]


# Completion --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cnncalc vgg1", {"vgg11", "vgg16", "vgg19"}),
        ("cnncalc show resnet1", {"resnet18", "resnet101", "resnet152"}),
        ("cnncalc li", {"list"}),
        ("cnncalc show vgg16 --form", {"--format"}),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_names_commands_and_options_complete_in_the_shell(words: str, expected: set[str], shell: str) -> None:
    environment = {
        "_CNNCALC_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": words.split()[-1] if shell == "fish" else str(len(words.split()) - 1),
    }
    result = CliRunner().invoke(command, [], env=environment, prog_name="cnncalc", complete_var="_CNNCALC_COMPLETE")
    found = {part for line in result.stdout.splitlines() for part in line.replace(",", " ").split()}
    assert expected <= found


# In a process of its own -------------------------------------------------------------------------


def test_python_m_cnncalc_prints_what_the_command_prints(cli: Cli) -> None:
    done = process("vgg16", "--input", "224")
    assert (0, b"") == (done.returncode, done.stderr)
    assert cli.text("vgg16") == done.stdout.decode("utf-8")


def test_exit_statuses_are_those_of_the_process() -> None:
    assert [0, 1, 2] == [process(*arguments).returncode for arguments in (["list", "--names"], ["vgg17"], ["--no"])]


def test_numbers_never_load_sympy_and_data_never_loads_rich() -> None:
    done = process("vgg16", "--input", "224", python=("-X", "importtime"))
    modules = {line.split("|")[-1].strip() for line in done.stderr.decode().splitlines()}
    assert {"cnncalc", "rich.console"} <= modules
    assert [] == [name for name in modules if name.partition(".")[0] in ("sympy", "mpmath")]
    done = process("vgg16", "--format", "json", python=("-X", "importtime"))
    modules = {line.split("|")[-1].strip() for line in done.stderr.decode().splitlines()}
    assert [] == [name for name in modules if name.partition(".")[0] in ("sympy", "mpmath", "rich")]


def test_symbols_do_load_sympy() -> None:
    done = process("lenet5", "--input", "HxWx1", python=("-X", "importtime"))
    assert "sympy" in {line.split("|")[-1].strip() for line in done.stderr.decode().splitlines()}


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
@pytest.mark.parametrize("form", ["table", "csv", "json", "slide", "markdown"])
def test_a_reader_that_stops_early_is_no_error(form: str) -> None:
    settings = os.environ | {"PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "cnncalc", "resnet152", "--format", form]
    with subprocess.Popen(line, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert len(running.stdout.readline()) > 1
        running.stdout.close()
        assert b"" == running.stderr.read()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_full_disk_is_reported_without_a_traceback(form: str) -> None:
    line = [sys.executable, "-m", "cnncalc", "vgg16", "--format", form]
    with open("/dev/full", "wb") as full:
        settings = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(line, env=settings, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="descriptors are closed otherwise there")
def test_a_closed_standard_input_is_reported_without_a_traceback() -> None:
    settings = os.environ | {"PYTHONPATH": str(ROOT)}
    line = ["sh", "-c", f'"{sys.executable}" -m cnncalc - <&-']
    done = subprocess.run(line, env=settings, capture_output=True, timeout=60, check=False)
    assert 1 == done.returncode
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["vgg16"], ["list"], ["unet", "--format", "markdown"], ["--help"]], ids=" ".join)
def test_a_terminal_of_ascii_alone_gets_ascii_alone(arguments: list[str]) -> None:
    done = process(*arguments, environment={"PYTHONIOENCODING": "ascii"})
    assert (0, b"") == (done.returncode, done.stderr)
    assert done.stdout.decode("ascii") != ""


def test_a_message_that_ascii_cannot_hold_is_no_traceback(write: Write) -> None:
    path = write("input: 8x8x3\nlayers: [f\u00fcr_\u4e2d]\n")
    done = process(path, environment={"PYTHONIOENCODING": "ascii"})
    assert (1, b"") == (done.returncode, done.stdout)
    assert b"unknown layer" in done.stderr
    assert b"Traceback" not in done.stderr


def test_off_a_terminal_nothing_depends_on_the_width_and_nothing_is_coloured() -> None:
    narrow, wide = (process("densenet121", "-d", "all", environment={"COLUMNS": width}) for width in ("20", "400"))
    assert narrow.stdout == wide.stdout
    assert b"\x1b" not in narrow.stdout
    assert "\u2026" not in narrow.stdout.decode("utf-8")


def test_the_csv_of_a_process_is_read_by_any_reader_of_csv() -> None:
    rows = list(csv.DictReader(StringIO(process("vgg16", "--format", "csv").stdout.decode("utf-8"))))
    assert 25 == len(rows)
    assert 138_357_544 == sum(int(row["params"]) for row in rows)


def test_code_on_the_command_line_is_not_run(tmp_path: Path) -> None:
    target = tmp_path / "pwned"
    code = f"__import__('os').system('touch {target}')"
    for arguments in (["--set", f"classes={code}"], ["--input", code], ["--columns", code], ["--batch", code]):
        assert process("lenet5", *arguments).returncode in (1, 2)
    assert not target.exists()
