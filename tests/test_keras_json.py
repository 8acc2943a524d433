"""Networks of Keras in JSON and in .keras files: what Keras says of every layer, and what is wrong with a file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from tests.conftest import Cli, Write

FOLDER = Path(__file__).parent / "foreign"
Json = dict[str, Any]


def facts() -> dict[str, list[dict[str, str]]]:
    """The rows of the table by model: a row for every layer, and a last one for the whole."""
    found: dict[str, list[dict[str, str]]] = {}
    with (FOLDER / "keras_facts.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            found.setdefault(row["model"], []).append(row)
    return found


FACTS = facts()
FILES = [name for name in FACTS if name.endswith(".json")]


def weights(analysis: Analysis) -> int:
    """What count_params() counts: trained numbers, and the others that are stored."""
    return sum(layer.params + layer.buffers for layer in analysis.layers)


def compare(analysis: Analysis, rows: Iterable[tuple[str, str, int]]) -> int:
    """Hold outputs and weights of layers against those of Keras; how many layers were compared.

    A separable convolution is two layers here, and what a global pool makes is a map of one pixel.
    """
    mine = {layer.name: layer for layer in analysis.layers}
    count = 0
    for name, output, number in rows:
        parts = [mine[each] for each in (f"{name}.depthwise", f"{name}.pointwise") if each in mine] or [mine[name]]
        assert sum(part.params + part.buffers for part in parts) == number, name
        assert str(parts[-1].output) in (output, f"1x1x{output}", f"1x{output}"), name
        count += 1
    return count


@pytest.mark.parametrize("file", FILES)
def test_every_layer_makes_and_holds_what_keras_says(file: str) -> None:
    *layers, whole = FACTS[file]
    size = "9x9" if file == "any_size.json" else None
    analysis = cnncalc.analyze(FOLDER / "keras" / file, size)
    outputs = [fact["output"].replace("?x?", "7x7") for fact in layers]  # 9 - 3 + 1
    rows = [(fact["layer"], output, int(fact["weights"])) for fact, output in zip(layers, outputs, strict=True)]
    assert len(rows) == compare(analysis, rows)
    assert weights(analysis) == int(whole["weights"])


@pytest.mark.parametrize(
    "name",
    ["ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3",
     "MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small", "NASNetLarge", "ResNet50", "ResNet50V2",
     "Xception"],
)  # fmt: skip
def test_every_layer_of_an_application_of_keras_makes_and_holds_what_keras_says(name: str, write: Write) -> None:
    """Only where keras is installed; the numbers of the table are those of all networks that Keras could make."""
    keras = pytest.importorskip("keras")
    from tests.foreign.keras_facts import facts as said

    model = getattr(keras.applications, name)(weights=None)
    analysis = cnncalc.analyze(write(model.to_json(), "model.json"), "224" if model.input_shape[1] is None else None)
    rows = [(layer, output, number) for layer, _, output, number in said(model) if "?" not in output]
    compare(analysis, rows)
    assert weights(analysis) == model.count_params() == int(FACTS[name][-1]["weights"])


@pytest.mark.parametrize(
    ("network", "application"),
    [
        ("vgg16", "VGG16"),
        ("vgg19", "VGG19"),
        ("mobilenet_v1", "MobileNet"),
        ("densenet121", "DenseNet121"),
        ("densenet169", "DenseNet169"),
        ("densenet201", "DenseNet201"),
    ],
)
def test_keras_counts_what_the_bundled_networks_count(network: str, application: str) -> None:
    assert weights(cnncalc.analyze(network)) == int(FACTS[application][-1]["weights"])


# Keras 2 ---------------------------------------------------------------------------------------


def test_a_functional_model_of_keras_2_counts_the_calls_of_models_inside_from_1() -> None:
    """stem: 3*3*2*4 + 4; bn: 4 offsets, 4 means, 4 variances; twice: 4*4, once; dense: 4*7 + 7."""
    analysis = cnncalc.analyze(FOLDER / "keras" / "keras2_models.json")
    rows = [("stem/conv", "9x9x4", 76), ("bn", "9x9x4", 12), ("twice", "9x9x4", 16), ("twice_1", "9x9x4", 16),
            ("add", "9x9x4", 0), ("gap", "4", 0), ("dense", "7", 35)]  # fmt: skip
    names = {layer.name: layer for layer in analysis.layers}
    assert "twice" == names["twice_1"].node.shared
    assert 6 == compare(analysis, [row for row in rows if row[0] != "twice_1"])
    assert 76 + 4 + 16 + 35 == analysis.total("params")


def test_a_sequential_of_keras_2_has_its_input_in_its_first_layer() -> None:
    """(28 - 3)/2 + 1 = 13, 13/2 = 6, 6*6*8 = 288: 3*3*8 + 8 and 288*10 + 10 weights."""
    text = (FOLDER / "keras" / "keras2_straight.json").read_text(encoding="utf-8")
    rows = [("conv2d_1", "13x13x8", 80), ("max_pooling2d_1", "6x6x8", 0), ("flatten_1", "288", 0),
            ("dense_1", "10", 2890)]  # fmt: skip
    assert 4 == compare(cnncalc.analyze(FOLDER / "keras" / "keras2_straight.json"), rows)
    assert '"batch_input_shape": [null, 28, 28, 1]' in text


@pytest.mark.parametrize("kind", ["list", "tensorflow.js"])
def test_other_wrappings_of_a_model_are_read(kind: str, write: Write) -> None:
    model = json.loads((FOLDER / "keras" / "keras2_straight.json").read_text(encoding="utf-8"))
    if kind == "list":  # Keras 2.0
        model["config"] = model["config"]["layers"]
    else:
        model = {"format": "layers-model", "modelTopology": {"keras_version": "2.4.0", "model_config": model}}
    assert 2970 == cnncalc.analyze(write(json.dumps(model, indent=1), "model.json")).total("params")


# Files -----------------------------------------------------------------------------------------


def archive(parts: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts:
            file.writestr(name, data)
    return packed.getvalue()


STRAIGHT = (FOLDER / "keras" / "straight.json").read_bytes()


@pytest.mark.parametrize("stdin", [False, True])
def test_of_a_keras_file_only_the_network_is_read(stdin: bool, cli: Cli, tmp_path: Path) -> None:
    data = archive([("metadata.json", b"{}"), ("config.json", STRAIGHT), ("model.weights.h5", bytes(100_000))])
    path = tmp_path / "model.keras"
    path.write_bytes(data)
    shown = cli("-", "--format", "json", stdin=data, status=0) if stdin else cli(str(path), "--format", "json")
    assert 3058 == json.loads(shown.stdout)["totals"]["params"]


def test_a_keras_file_with_more_weights_than_any_text_may_have_is_read(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("model.weights.h5", bytes(60_000_000))
        packed.writestr("config.json", STRAIGHT)
    assert 3058 == cli.data(str(path))["totals"]["params"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([("config.json", b" " * 50_000_000)], "has more than 10,000,000 characters"),
        ([("../config.json", STRAIGHT)], "is a packed file"),
        ([("model/config.json", STRAIGHT)], "is a packed file"),
        ([("config.json", b"{}")], "the spec has no layers"),
        ([("config.json", STRAIGHT[:2000])], "this is not JSON"),
    ],
)
def test_a_zip_without_a_network_or_with_one_too_large_is_refused(
    parts: list[tuple[str, bytes]], message: str, cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(archive(parts))
    assert message in cli.refused(str(path), status=1)


def test_a_damaged_keras_file_is_refused(cli: Cli, tmp_path: Path) -> None:
    data = archive([("config.json", STRAIGHT)])
    path = tmp_path / "model.keras"
    for damaged in (data[:-10], data[:200] + bytes(200) + data[400:], data.replace(b"PK\x01\x02", b"PK\x01\x03")):
        path.write_bytes(damaged)
        assert "model.keras" in cli.refused(str(path), status=1)


def test_an_hdf5_file_is_refused_with_what_to_write_instead(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert "is an HDF5 file, which is not read\n  hint: write its network with model.to_json()" in cli.refused(
        str(path), status=1
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_keras_file_with_two_networks_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(archive([("config.json", STRAIGHT), ("config.json", STRAIGHT)]))
    assert "holds config.json twice" in cli.refused(str(path), status=1)


def test_operations_of_keras_2_without_a_layer_are_factors_sums_and_products(write: Write) -> None:
    """As MobileNetV3 of TensorFlow has its gate: x * (relu6(x + 3) * 0.5)."""
    layers = [
        {**layer("TFOpLambda", "plus", function="__operators__.add"), "inbound_nodes": [["x", 0, 0, {"y": 3.0}]]},
        layer("ReLU", "clip", "plus", max_value=6.0),
        {**layer("TFOpLambda", "half", function="math.multiply"),
         "inbound_nodes": [["clip", 0, 0, {"y": 0.5, "name": None}]]},
        {**layer("TFOpLambda", "gate", function="math.multiply"),
         "inbound_nodes": [["x", 0, 0, {"y": ["half", 0, 0], "name": None}]]},
    ]  # fmt: skip
    analysis = cnncalc.analyze(write(functional(*layers), "model.json"))
    found = {each.name: each.operations for each in analysis.layers}
    assert 8 * 8 * 4 == found["plus"].other_adds == found["half"].other_multiplies == found["gate"].other_multiplies
    assert 2 * 8 * 8 * 4 == found["clip"].compares


def test_answers_are_checked_against_a_model(cli: Cli, write: Write) -> None:
    """3*3*4*4 + 4 = 148 parameters, not the 144 without biases."""
    model = write(functional(CONV("c")), "model.json")
    right = write("layer,params\nc,148\n", "right.csv")
    assert 0 == cli("check", right, "--network", model).exit_code
    wrong = write("layer,params\nc,144\n", "wrong.csv")
    assert "bias" in cli("check", wrong, "--network", model, status=1).stdout


def test_the_place_of_a_layer_is_its_name_in_the_file(cli: Cli, write: Write) -> None:
    path = write(json.dumps(json.loads(functional(layer("Lambda", "twist", "x"))), indent=1), "model.json")
    number = next(at for at, line in enumerate(Path(path).read_text().splitlines(), 1) if '"twist"' in line)
    assert f"model.json:{number}:" in cli.refused(path, status=1)


# What cannot be read ---------------------------------------------------------------------------


def layer(kind: str, name: str, *reads: Any, module: str = "keras.layers", **config: Any) -> Json:
    """A layer of a functional model of Keras 2 that is called once on some others."""
    nodes = [[[each, 0, 0, {}] if isinstance(each, str) else each for each in reads]] if reads else []
    return {"class_name": kind, "module": module, "name": name, "config": {"name": name, **config},
            "inbound_nodes": nodes}  # fmt: skip


def functional(*layers: Json, output: str = "", inputs: tuple[str, ...] = ("x",)) -> str:
    given = [layer("InputLayer", name, batch_input_shape=[None, 8, 8, 4]) for name in inputs]
    config = {"name": "net", "layers": [*given, *layers], "input_layers": [[name, 0, 0] for name in inputs],
              "output_layers": [[output or layers[-1]["name"], 0, 0]]}  # fmt: skip
    return json.dumps({"class_name": "Functional", "config": config})


CONV: Callable[..., Json] = lambda name, *reads, **more: layer(  # noqa: E731
    "Conv2D", name, *(reads or ("x",)), **{"filters": 4, "kernel_size": [3, 3], "padding": "same", **more}
)
REFUSED = {
    "lambda": ([layer("Lambda", "twist", "x", function=["4wEA", None, None])], "twist: Lambda is a function"),
    "custom": (
        [layer("Conv2D", "mine", "x", module="my.layers", filters=3)],
        "mine: Conv2D of my.layers is not a class of Keras, and its code is not in the file",
    ),
    "registered": (
        [{**CONV("mine"), "module": None, "registered_name": "Lab>Conv2D"}],
        "mine: Conv2D of lab is not a class of Keras",
    ),
    "unknown": ([layer("LSTM", "memory", "x", units=3)], "memory: cnncalc has no layer for LSTM of Keras"),
    "function": ([layer("Einsum", "e", "x", module="keras.src.ops.numpy")], "e: the function Einsum of Keras"),
    "argument": ([CONV("c", rate=3)], "c: Conv2D has no 'rate'"),
    "channels first": ([CONV("c", data_format="channels_first")], "c: shapes here are channels last"),
    "axis": ([layer("BatchNormalization", "b", "x", axis=[1])], "b: BatchNormalization along axis [1]"),
    "missing": ([CONV("c", "y")], "c: no layer makes 'y', which it reads"),
    "circle": ([CONV("c", "d"), CONV("d", "c")], "c: it reads what comes out of it"),
    "twice": ([CONV("c"), CONV("c")], "two layers are called 'c'"),
    "second output": ([CONV("c"), CONV("d", ["c", 0, 1, {}])], "c: only 1 of its outputs is known"),
    "two values": ([CONV("c"), CONV("d", "x", "c")], "d: Conv2D takes one value, not 2"),
    "one value": ([layer("Add", "a", "x")], "a: Add needs at least two values"),
    "activation": ([CONV("c", activation="warp")], "c: cnncalc has no activation 'warp'"),
    "no filters": ([layer("Conv2D", "c", "x", kernel_size=3)], "c: Conv2D needs filters"),
    "many filters": ([CONV("c", filters=10**30)], "c: filters is larger than"),
    "object": ([CONV("c", filters={"a": 1})], "c: Conv2D: filters is an object"),
    "half": ([CONV("c", filters=2.5)], "filters"),
    "sizes": ([CONV("c", strides=2), layer("Add", "a", "c", "x")], "the inputs differ: 4x4x4"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_read_is_refused_with_the_name_of_the_layer_and_its_place(
    case: str, cli: Cli, write: Write
) -> None:
    layers, message = REFUSED[case]
    said = cli.refused(write(functional(*layers), "model.json"), status=1)
    assert message in said
    assert "model.json:1:" in said


def test_all_layers_that_cannot_be_read_are_named_at_once(cli: Cli, write: Write) -> None:
    path = write(functional(layer("Lambda", "one", "x"), CONV("c", "one"), layer("GRU", "two", "c")), "model.json")
    said = cli.refused(path, status=1)
    assert said.count("error: ") + said.count("\n\n") >= 2
    assert "one: Lambda" in said
    assert "two: cnncalc has no layer for GRU" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"class_name": "Functional", "config": ', "this is not JSON"),
        ('{"class_name": "Sequential", "config": {"layers": 3}}', "Sequential has no list of layers"),
        ('{"class_name": "Sequential", "config": {"layers": [3]}}', "must be an object with a class_name"),
        ('{"class_name": "Sequential", "config": {"layers": []}}', "the network has no layers"),
        ('{"class_name": "Sequential", "config": 7}', "Sequential has no config"),
        ('{"class_name": ["Sequential"], "config": {}}', "this is no model of Keras"),
        ('{"class_name": "Dense", "config": {"units": 3}}', "this is no model of Keras, but a Dense"),
        ('{"class_name": "Functional", "config": {"layers": []}}', "the model has no output_layers"),
        ('{"class_name": "Sequential", "config": [{"nb_filter": 3}]}', "the JSON of Keras 1"),
        ('{"class_name": "Sequential", "config": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"class_name": "Sequential", "config": ' + "1" * 10_000 + "}", "a number of too many digits"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_model_is_refused(text: str, message: str, cli: Cli, write: Write) -> None:
    assert message in cli.refused(write(text, "model.json"), status=1)


def nested(depth: int) -> str:
    """A convolution in models inside one another, each of which is called on what its own first call makes."""
    net = json.loads(functional(CONV("c")))
    for number in range(depth):
        inside = {**net, "name": f"m{number}", "inbound_nodes": [[["x", 0, 0, {}]], [[f"m{number}", 1, 0, {}]]]}
        net = json.loads(functional(inside))
        net["config"]["output_layers"] = [[f"m{number}", 2, 0]]
    return json.dumps(net)


def test_a_model_that_is_called_on_what_it_makes_shares_its_weights(write: Write) -> None:
    """Three models inside one another, each called twice: 2^3 convolutions with the 3*3*4*4 + 4 weights of one."""
    analysis = cnncalc.analyze(write(nested(3), "model.json"))
    assert 8 == len([each for each in analysis.layers if each.macs])
    assert 148 == analysis.total("params")


def test_models_that_call_one_another_twice_end_at_a_limit(cli: Cli, write: Write) -> None:
    """Seventeen models inside one another are called 2^18 - 2 times, forty 2^41 - 2 times."""
    for depth in (17, 40):
        assert "models are called more than 200,000 times" in cli.refused(write(nested(depth), "model.json"), status=1)


def test_a_name_that_steers_a_terminal_is_not_printed_as_it_is(cli: Cli, write: Write) -> None:
    said = cli.refused(write(functional(layer("\x1b[2J", "\x1b[31m", "x")), "model.json"), status=1)
    assert "\x1b" not in said


# Inputs and notes ------------------------------------------------------------------------------


def test_a_model_without_an_input_takes_one_from_the_command_line(cli: Cli, write: Write) -> None:
    """3*3*3*4 + 4."""
    conv = {"class_name": "Conv2D", "config": {"name": "c", "filters": 4, "kernel_size": [3, 3]}}
    path = write(json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [conv]}}), "model.json")
    assert 112 == cli.data(path, "--input", "8x8x3")["totals"]["params"]


def test_sizes_that_the_file_leaves_open_are_symbols(cli: Cli) -> None:
    path = str(FOLDER / "keras" / "any_size.json")
    assert "(H - 2)x(W - 2)x4" in cli.text(path)


def test_outputs_that_are_not_the_last_layer_are_named(cli: Cli) -> None:
    notes = cli.data(str(FOLDER / "keras" / "twins.json"))["notes"]
    assert "the output of the network is that of subtract, heads_1/two" in notes


def test_factors_for_every_channel_are_said_to_be_shown_by_the_first(cli: Cli) -> None:
    notes = cli.data(str(FOLDER / "keras" / "prepared.json"))["notes"]
    assert "rescaling_1 has a factor for every channel, the first of which is shown" in notes


@pytest.mark.parametrize("name", ["branches", "straight", "twins"])
def test_a_model_converted_to_a_spec_has_the_same_numbers(name: str, cli: Cli, write: Write) -> None:
    path = FOLDER / "keras" / f"{name}.json"
    spec = write(cli("convert", str(path), status=0).stdout, "net.yaml")
    mine, its = cnncalc.analyze(path), cnncalc.analyze(spec)
    assert weights(mine) == weights(its)
    assert [str(each.output) for each in mine.layers] == [str(each.output) for each in its.layers]
