"""Darknet's configuration files: every section against hand arithmetic, every trap, and every kind of broken file."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cnncalc
from cnncalc import SpecError
from cnncalc.analysis.results import Analysis
from cnncalc.spec.readers.darknet_sections import SECTIONS
from cnncalc.spec.readers.register import reader_of
from tests.conftest import Cli
from tests.foreign import check_folder

FOLDER = Path(__file__).parent / "foreign" / "darknet"
NET = "[net]\nheight=8\nwidth=8\nchannels=3\n"
CONV = "[convolutional]\nfilters=4\nsize=3\npad=1\nactivation=leaky\n"

# Section -> (output, parameters, MACs), by hand. Darknet itself, built from either repository and given these files,
# has the same sizes, parameters and operations, but for the blurs, which it does not count.
BY_HAND = {
    "detector": {
        "conv0": ("32x40x16", 3 * 3 * 3 * 16 + 2 * 16, 432 * 32 * 40),  # the first width; 1 6 is 16
        "maxpool1": ("16x20x16", 0, 0),  # (32 + 1 - 2)/2 + 1 = 16.5
        "conv2": ("16x20x8", 16 * 8 + 8, 128 * 16 * 20),
        "maxpool3": ("16x20x8", 0, 0),  # 2 zeros in all for a size of 3
        "route4": ("16x20x16", 0, 0),
        "upsample5": ("32x40x16", 0, 0),
        "route6": ("32x40x32", 0, 0),
        "conv7": ("32x40x21", 32 * 21 + 21, 672 * 32 * 40),  # 3 boxes x (4 + 1 + 2)
        "yolo8": ("32x40x21", 0, 0),
    },
    "classifier": {
        "crop0": ("32x32x3", 0, 0),
        "normalization1": ("32x32x3", 0, 0),
        "conv2": ("16x16x4", 5 * 5 * 3 * 4 + 4, 300 * 16 * 16),  # (32 + 4 - 5)/2 + 1 = 16.5
        "batchnorm3": ("16x16x4", 4 + 4, 0),
        "activation4": ("16x16x4", 0, 0),
        "local5": ("16x16x2", 3 * 3 * 4 * 2 * 256 + 2 * 256, 72 * 256),  # weights and biases at 16 x 16 places
        "local_avgpool6": ("8x8x2", 0, 0),
        "dropout7": ("8x8x2", 0, 0),
        "connected8": ("12", 128 * 12 + 2 * 12, 128 * 12),
        "conv9": ("1x1x6", 12 * 6 + 6, 72),
        "avgpool10": ("1x1x6", 0, 0),
        "softmax11": ("1x1x6", 0, 0),
        "cost12": ("1x1x6", 0, 0),
    },
    "blocks": {
        "conv0": ("24x24x8", 3 * 3 * 1 * 8 + 8, 72 * 576),  # 4 groups of 1 channel; no stride means 1
        "route1": ("24x24x4", 0, 0),
        "conv2": ("24x24x6", 3 * 3 * 4 * 6 + 6, 216 * 576),  # a dilation of 2 pads by 2
        "shortcut3": ("24x24x6", 0, 0),  # 6 of the 8 channels are added
        "conv4": ("12x12x6", 3 * 3 * 6 * 6 + 2 * 6, 324 * 144),
        "conv5": ("12x12x6", 324 + 12, 324 * 144),
        "conv6": ("12x12x6", 0, 324 * 144),  # the weights of conv5, and its batch norm
        "avgpool7": ("1x1x6", 0, 0),
        "conv8": ("1x1x6", 6 * 6 + 6, 36),
        "scale_channels9": ("12x12x6", 0, 0),
        "sam10": ("12x12x6", 0, 0),
        "reorg11": ("6x6x24", 0, 0),
        "reorg3d12": ("12x12x6", 0, 0),
        "route13": ("12x12x4", 0, 0),  # the last third of 6 channels, twice
    },
    "board": {
        "conv0": ("5x5x1", 2 + 1, 50),
        "reorg1": ("26", 0, 0),  # 25 places, and one more
        "softmax2": ("26", 0, 0),
    },
    "strides": {
        "conv0": ("11x11x2", 4 * 4 * 2 + 2, 32 * 121),  # (20 + 4 - 4)/2 + 1, (30 + 4 - 4)/3 + 1
        "maxpool1": ("11x11x2", 0, 0),  # 3 zeros: 1 before, 2 behind
        "maxpool2": ("5x10x2", 0, 0),  # (11 - 2)/2 + 1 = 5.5, (11 - 2)/1 + 1
        "conv3": ("3x5x3", 3 * 3 * 2 * 3 + 3, 54 * 50 + 9 * 3 * 15),  # on 5x10, then a blur of 3x3 with stride 2
        "maxpool4": ("1x2x3", 0, 4 * 3 * 2),  # on 3x5, then a blur of 2x2: (3 - 2)/2 + 1, (5 - 2)/2 + 1
    },
    "old_detector": {
        "conv0": ("4x4x4", 3 * 3 * 3 * 4 + 4, 108 * 16),  # (16 + 2 - 3)/4 + 1 = 4.75
        "connected1": ("44", 64 * 44 + 44, 64 * 44),
        "detection2": ("44", 0, 0),  # 2 x 2 x ((4 + 1) x 2 + 1)
    },
    "regions": {
        "conv0": ("8x8x40", 3 * 40 + 40, 120 * 64),
        "region1": ("8x8x40", 0, 0),  # 5 x (4 + 1 + 3)
        "conv2": ("8x8x22", 40 * 22 + 22, 880 * 64),
        "yolo3": ("8x8x22", 0, 0),  # 2 x (8 + 1 + 2)
    },
    "pjreddie": {
        "conv0": ("12x20x4", 3 * 3 * 3 * 4 + 4, 108 * 240),
        "conv1": ("6x10x6", 3 * 3 * 4 * 6 + 6, 216 * 60),
        "shortcut2": ("6x10x6", 0, 0),  # every second pixel of 4 channels is added
        "deconv3": ("12x20x2", 4 * 4 * 6 * 2 + 2 * 2, 192 * 60),  # (6 - 1)*2 + 4 - 2
    },
}


def read(text: str, folder: Path, **options: str) -> Analysis:
    path = folder / "net.cfg"
    path.write_text(text, encoding="utf-8")
    return cnncalc.analyze(path, **options)


def sections(analysis: Analysis) -> dict[str, tuple[str, int, int]]:
    """(output, parameters, MACs) of every section."""
    found: dict[str, tuple[str, int, int]] = {}
    for layer in analysis.layers:
        name = layer.name.split("/")[0]
        _, params, macs = found.get(name, ("", 0, 0))
        found[name] = (str(layer.output), params + layer.params, macs + layer.macs)
    return found


def refusal(text: str, folder: Path) -> str:
    with pytest.raises(SpecError) as error:
        read(text, folder)
    return str(error.value).replace(f"{folder}/", "")


# What is read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BY_HAND)
def test_every_section_makes_and_costs_what_hand_arithmetic_gives(name: str) -> None:
    assert sections(cnncalc.analyze(FOLDER / f"{name}.cfg")) == BY_HAND[name]


def test_the_files_have_every_section_that_is_read() -> None:
    text = "".join(path.read_text() for path in FOLDER.glob("*.cfg"))
    made = {kind.name for name, kind in SECTIONS.items() if f"[{name}]" in text}
    assert {kind.name for kind in SECTIONS.values()} - made == {"logistic", "iseg", "contrastive", "empty"}


def test_layers_that_only_pass_on_are_read_by_name(tmp_path: Path) -> None:
    text = f"{NET}[logistic]\n[empty]\n[silence]\n[contrastive]\nclasses=3\n[iseg]\nclasses=1\nids=2\n"
    found = sections(read(text, tmp_path))
    assert [*found] == ["logistic0", "empty1", "empty2", "contrastive3", "iseg4"]
    assert {*found.values()} == {("8x8x3", 0, 0)}


def test_a_table_has_a_line_for_every_section(cli: Cli) -> None:
    shown = cli.text("show", str(FOLDER / "detector.cfg"))
    rows = re.findall(r"^ ([a-z]+\d+) ", shown, re.MULTILINE)
    assert rows == list(BY_HAND["detector"])
    assert re.search(r"conv0 +conv3-16 bn leaky +32x40x16 +464", shown)


@pytest.mark.parametrize(("name", "sections_seen"), [
    ("detector", {"conv0": "3", "maxpool1": "4", "maxpool3": "8", "conv7": "8"}),
    # conv0 sees 3; conv1 3 + 2 of jump 2; every 2nd pixel of conv0 lies in the middle of what conv1 sees
    ("pjreddie", {"conv0": "3", "conv1": "5", "shortcut2": "5"}),
])  # fmt: skip
def test_receptive_fields_follow_the_sections(name: str, sections_seen: dict[str, str]) -> None:
    analysis = cnncalc.analyze(FOLDER / f"{name}.cfg")
    for section, size in sections_seen.items():
        assert {size} == {str(side) for side in analysis.layers_in(section)[-1].receptive_field.read("size")}, section


def test_a_batch_norm_has_scales_beside_the_biases_and_keeps_statistics() -> None:
    convolution, norm, _ = cnncalc.analyze(FOLDER / "detector.cfg").layers_in("conv0")
    assert (432, 0) == (convolution.weights, convolution.biases)
    assert (16, 16, 32) == (norm.weights, norm.biases, norm.buffers)


def test_a_file_is_recognised_by_what_stands_in_it(tmp_path: Path) -> None:
    for text in (NET + CONV, f"# a comment\n\n; another\n [ net ]\n{CONV}", CONV, f"batch=1\n{NET}"):
        reader = reader_of(text)
        assert reader is not None
        assert reader.module == "darknet", text
    for text in ("[conv3-64, pool2]*2", "layers:\n  - [net]\n", "[a, b]", "[net"):
        reader = reader_of(text)
        assert reader is None or reader.module != "darknet", text
    (tmp_path / "network.txt").write_text(NET + CONV, encoding="utf-8")
    assert cnncalc.analyze(tmp_path / "network.txt").total("params") == 112


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ends_of_lines_and_a_byte_order_mark_change_nothing(end: str, tmp_path: Path) -> None:
    (tmp_path / "net.cfg").write_bytes(("\ufeff" + (NET + CONV).replace("\n", end)).encode())
    assert cnncalc.analyze(tmp_path / "net.cfg").total("params") == 3 * 3 * 3 * 4 + 4


def test_the_size_of_the_input_may_come_from_the_command_line(tmp_path: Path) -> None:
    assert read(NET + CONV, tmp_path, input="32").input.shape.text() == "32x32x3"
    assert read(f"[net]\nchannels=3\n{CONV}", tmp_path, input="16x24").input.shape.text() == "16x24x3"
    assert read(CONV, tmp_path, input="16x24x1").total("params") == 40
    assert str(read(NET + CONV, tmp_path, input="HxWx3").layers[0].output) == "HxWx4"
    vector = read("[net]\ninputs=30\n[connected]\noutput=3\n", tmp_path)
    assert vector.total("params") == 30 * 3 + 3


def test_a_map_of_one_channel_scales_the_places_of_another(tmp_path: Path) -> None:
    text = f"{NET}{CONV}[convolutional]\nfilters=1\nsize=1\nactivation=logistic\n[scale_channels]\nfrom=0\nscale_wh=1\n"
    assert sections(read(text, tmp_path))["scale_channels2"] == ("8x8x4", 0, 0)


# Traps ----------------------------------------------------------------------------------------------


def layer(text: str, folder: Path, section: str = "conv0") -> list[str]:
    """The layers of a section in slide notation."""
    return [one.node.layer.notation() for one in read(text, folder).layers_in(section)]


@pytest.mark.parametrize(("keys", "expected"), [
    ("size=5\npad=1", ["conv5-4 + sigmoid"]),  # 5/2 = 2 on each side
    ("size=5\npad=2", ["conv5-4 + sigmoid"]),  # pad is a switch
    ("size=5\npadding=1", ["conv5-4p1 + sigmoid"]),
    ("size=5\npadding=1\npad=1", ["conv5-4 + sigmoid"]),
    ("size=1\npad=1", ["conv1-4 + sigmoid"]),  # 1/2 = 0
    ("size=2\npad=1\nactivation=linear", ["conv2-4p1"]),
    ("size=1\ndilation=4", ["conv1-4 + sigmoid"]),
    ("size=3\npad=1\ndilation=3\nactivation=relu6", ["conv3-4d3 + relu6"]),
    ("activation=leaky\nbatch_normalize=1", ["conv1-4[nobias]", "batchnorm", "leaky_relu[slope=0.1]"]),
    ("activation=linear\nbatch_normalize=1", ["conv1-4[nobias]", "batchnorm"]),
    ("activation=revleaky\ncbn=1", ["conv1-4[nobias]", "batchnorm", "leaky_relu[slope=0.1]"]),
    ("xnor=1\nbin_output=1\nactivation=linear", ["conv1-4"]),
    ("stride=2\nstride_x=3\nactivation=linear", ["conv1-4/2x3"]),
    ("size=7 # a comment\nactivation=linear", ["conv7-4p0"]),
])  # fmt: skip
def test_a_convolution_is_read_as_darknet_reads_it(keys: str, expected: list[str], tmp_path: Path) -> None:
    assert layer(f"{NET}[convolutional]\nfilters=4\n{keys}\n", tmp_path) == expected


@pytest.mark.parametrize(("keys", "expected"), [
    ("", "maxpool1"),
    ("stride=2", "maxpool2p[0,1]"),  # the size is the stride, and one zero stands behind
    ("size=2", "maxpool2/1p[0,1]"),
    ("size=3\nstride=2", "maxpool3/2p1"),
    ("size=4\nstride=2\npadding=0", "maxpool4/2"),
    ("size=6\nstride=2", "maxpool6/2p[2,3]"),
    ("size=3\npadding=1", "maxpool3/1p[0,1]"),
])  # fmt: skip
def test_a_pool_pads_by_size_less_one_in_all(keys: str, expected: str, tmp_path: Path) -> None:
    assert layer(f"{NET}[maxpool]\n{keys}\n", tmp_path, "maxpool0") == [expected]


def test_what_darknet_passes_over_is_printed(tmp_path: Path) -> None:
    word = "'leaky#slope0.1'"
    text = NET + "height=16\n" + CONV.replace("leaky", "leaky # slope 0.1") + "size=5\nsize=3\nstopbackward=1\nown=3\n"
    assert read(text, tmp_path).graph.assumed == [
        "height=8 of line 2 holds, as in Darknet, and not 16 of line 5",
        f"conv0: Darknet does not know the activation {word} and takes relu: a comment needs a line of its own",
        "conv0: size=3 of line 8 holds, as in Darknet, and not 5 of line 11",
        "conv0: Darknet has no key 'own' in [convolutional], and ignores line 14",
    ]
    bare = read(f"{NET}[convolutional]\nsize=3\n", tmp_path)
    assert bare.graph.assumed == ["conv0: filters is not given, and Darknet takes 1"]
    many = read(NET + CONV + "".join(f"own{number}=1\n" for number in range(100)), tmp_path)
    assert many.graph.assumed[20:] == ["... and 80 more of such lines"]


# What is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "message"), [
    ("[net]\n", "net.cfg:1:1: no section describes a layer"),
    (CONV, "net.cfg: the size of the input is not known\n  hint: add height, width and channels of [net] to the spec"),
    (f"height=8\n{NET}{CONV}", "net.cfg:1:1: this line stands before the first section"),
    (f"{NET}[convolutoinal]\nfilters=3\n", "net.cfg:5:1: unknown section [convolutoinal]"),
    (f"{NET}[lstm]\noutput=3\n", "net.cfg:5:1: [lstm] is recurrent"),
    (f"{NET}[conv_lstm]\noutput=3\n", "net.cfg:5:1: [conv_lstm] is recurrent"),
    (f"{NET}[maxpool] # x\nsize=2\n", "net.cfg:5:1: Darknet does not recognise this section"),
    (f"{NET}[maxpool\nsize=2\n", "net.cfg:5:1: Darknet does not recognise this section"),
    (f"{NET}{CONV}{NET}", "net.cfg:10:1: [net] must be the first section, and there is one only"),
    (f"{NET}{CONV}[convolutional]\nfil", "net.cfg:11:1: a line must be a section, as [maxpool], or 'key=value'"),
    (f"{NET}{CONV}[convolutional]\nfilters=", "net.cfg:11:1: a line must be a section, as [maxpool], or 'key=value'"),
    (f"{NET}{CONV.replace('=4', '= four')}", "net.cfg:6:10: filters must be a whole number, not 'four'"),
    (f"{NET}{CONV.replace('=4', '=0')}", "net.cfg:6:9: filters must be at least 1, not 0"),
    (f"{NET}{CONV.replace('filters', 'fliters')}", "net.cfg:6:1: [convolutional] has no key 'fliters'"),
    (f"{NET}{CONV.replace('leaky', 'leeky')}", "net.cfg:9:12: unknown activation 'leeky'"),
    (f"{NET}{CONV.replace('leaky', 'stair')}", "net.cfg:9:12: the activation stair is not supported"),
    (f"{NET}{CONV.replace('size=3', 'size=4')}dilation=2\n", "net.cfg:10:10: dilation=2 needs pad=1 and an odd size"),
    (f"{NET}{CONV}groups=3\n", "net.cfg:5:1: conv0: groups (3) must divide the filters (4)"),
    (f"{NET}{CONV}xnor=1\ngroups=2\n", "net.cfg:11:8: xnor and groups cannot be combined"),
    (f"{NET}{CONV}share_index=0\n", "net.cfg:10:13: 'share_index' names layer 0, but this is layer 0"),
    (f"{NET}[avgpool]\n{CONV}share_index=0\n", "net.cfg:11:13: share_index must name a convolution"),
    (f"{NET}{CONV}{CONV}share_index=0\n", "net.cfg:15:13: conv1 cannot share the weights of conv0"),
    (f"{NET}[route]\nlayers=-1\n", "net.cfg:6:8: 'layers' names layer -1, but this is layer 0"),
    (f"{NET}{CONV}[route]\nlayers=1\n", "net.cfg:11:8: 'layers' names layer 1, but this is layer 1"),
    (f"{NET}{CONV}[route]\nlayers=-1,2\n{CONV}", "net.cfg:11:8: 'layers' names layer 2, but this is layer 1"),
    (f"{NET}{CONV}[route]\n", "net.cfg:10:1: [route] needs layers"),
    (f"{NET}{CONV}[route]\nlayers=-1,\n", "net.cfg:11:8: layers must be whole numbers, joined by commas"),
    (f"{NET}{CONV}[route]\nlayers=0\ngroups=2\ngroup_id=2\n", "net.cfg:13:10: there is no group 2 of 2"),
    (f"{NET}{CONV}[shortcut]\nfrom=-1\nweights_type=per_feature\n", "net.cfg:12:14: a shortcut with weights"),
    (f"{NET}{CONV}[sam]\nfrom=0,0\n", "net.cfg:11:6: [sam] takes one layer in 'from'"),
    (f"{NET}[maxpool]\nmaxpool_depth=1\n", "net.cfg:6:15: [maxpool] with maxpool_depth=1 is not supported"),
    (f"{NET}[upsample]\nstride=-2\n", "net.cfg:6:8: stride must be at least 1, not -2"),
    (f"{NET}[upsample]\nscale=2\n", "net.cfg:6:7: [upsample] with scale=2 is not supported"),
    (f"{NET}[reorg]\nstride=3\n", "net.cfg:5:1: reorg0: the height 8 is not a multiple of 3"),
    (f"{NET}[reorg]\nflatten=1\n", "net.cfg:6:9: [reorg] with flatten=1 is not supported"),
    (f"{NET}[crop]\ncrop_height=9\ncrop_width=4\n", "net.cfg:6:13: crop_height is 9, but the height of the input is 8"),
    (f"{NET}[local]\nsize=5\npad=1\n", "net.cfg:7:5: [local] with size=5 and pad=1 is not supported"),
    (f"{NET}[dropout]\nprobability=half\n", "net.cfg:6:13: probability must be a number, not 'half'"),
    (f"{NET.replace('8', '2000000000')}{CONV}", "net.cfg:2:8: height is at most 1,000,000,000"),
    (f"{NET}inputs=5\n{CONV}", "net.cfg:5:8: inputs is 5, but height, width and channels make 192"),
    (f"{NET}{CONV}[yolo]\nclasses=2\nmask=0,1\n", "net.cfg:10:1: yolo1: [yolo] takes 14 channels"),
    (f"{NET}{CONV}[region]\nclasses=2\ncoords=4\n", "net.cfg:10:1: region1: [region] takes 7 channels"),
    (f"{NET}[connected]\noutput=5\n[detection]\nside=2\n", "net.cfg:7:1: detection1: [detection] takes 12 values"),
    (f"[net]\ninputs=30\n{CONV}", "net.cfg:3:1: conv0: conv needs a map, but its input is a vector of 30"),
    (f"{NET}{CONV}[maxpool]\nsize=3\nstride=3\n[shortcut]\nfrom=0\n", "net.cfg:13:1: shortcut2: the inputs differ"),
    (f"{NET}{CONV}[route]\nlayers={'0,' * 60_000}0\n", "net.cfg:11:8: up to here, more than 50,000 layers are read"),
    (f"{NET}[shortcut]\nfrom=-1\n", "net.cfg:6:6: 'from' names layer -1, but this is layer 0"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_at_its_line(text: str, message: str, tmp_path: Path) -> None:
    told = refusal(text, tmp_path)
    assert told.startswith(message), told


def test_every_mistake_of_a_file_is_reported(tmp_path: Path) -> None:
    told = refusal(f"{NET}[foo]\n[bar]\n[convolutional]\nsize=x\nfilters=y\n[maxpool]\nstride=0\n", tmp_path)
    assert re.findall(r"net.cfg:(\d+):", told) == ["5", "6", "8", "9", "11"]


@pytest.mark.parametrize("text", [
    "[a]\n" * 200_000,
    NET + "[convolutional]\n" * 40_000,
    NET + "[maxpool]\n" * 110_000,
    NET + "[route]\nlayers=-1\n" * 40_000,
    NET + "[convolutional]\n" + "filters=" + "9" * 900_000,
    NET + "[convolutional]\n" + "own=1\n" * 150_000,
    NET + CONV + "[route]\nlayers=" + "0," * 400_000 + "0\n",
    NET.replace("8", "999999999") + CONV * 20,
    "[" * 900_000,
    "#\n" * 400_000,
    "[net]\n" + "=" * 900_000,
    NET + "[maxpool]\n" + " " * 900_000 + "size = 2",
])  # fmt: skip
def test_a_hostile_file_ends_in_an_answer_or_a_message(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.cfg").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "cnncalc", str(tmp_path / "net.cfg"), "--columns", "layer,output"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in ended.stderr
    assert ended.returncode in (0, 1)


def test_nothing_of_a_file_reaches_the_terminal_as_a_control_sequence(tmp_path: Path) -> None:
    text = f"{NET}{CONV}a\x1b[2Jb=3\n"
    assert "\x1b" not in str(read(text, tmp_path))
    assert "\x1b" not in refusal(f"{text}[\x1b[31mred]\n", tmp_path)


# Other commands -------------------------------------------------------------------------------------


def test_other_commands_take_a_configuration(cli: Cli) -> None:
    path = str(FOLDER / "pjreddie.cfg")
    assert "(3*3*4)*6 + 6 = 222" in cli.text("explain", path, "conv1")
    # The shortcut takes every second pixel of an even map alone.
    assert "H = 2k (k >= 1)" in cli.text("fit", path)
    # 27 weights of 4 filters at H x W places; 36 of 6 filters, and 96 of 2, at half as many on each side
    assert "108*H*W + 408*((H + 1)//2)*((W + 1)//2)" in cli.text("formula", path, "--input", "HxWx3")
    assert cnncalc.analyze(path, "24x40").total("macs") == 4 * (25_920 + 12_960 + 11_520)


def test_a_table_of_answers_is_checked_against_a_configuration(tmp_path: Path, cli: Cli) -> None:
    table = tmp_path / "answers.csv"
    table.write_text("layer,output,params\nconv0,32x40x16,464\nconv2,16x20x8,128\nyolo8,32x40x21,0\n", encoding="utf-8")
    assert "136" in cli.text("check", str(table), "--network", str(FOLDER / "detector.cfg"), status=1)


# Facts of public files ------------------------------------------------------------------------------


def test_a_folder_is_checked_against_the_facts_by_the_contents_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.cfg").write_bytes(b"")
    assert check_folder.blob(tmp_path / "empty.cfg") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # of an empty file
    (tmp_path / "net.cfg").write_text(NET + CONV, encoding="utf-8")
    fact = {"refused": "", "layers": "1", "params": "112", "macs": str(108 * 64), "last": "8x8x4"}
    for params, status, told in (("112", 0, "1 files known, 0 differ"), ("108", 1, "params 108, found 112")):
        known = {check_folder.blob(tmp_path / "net.cfg"): fact | {"params": params}}
        monkeypatch.setattr(check_folder, "facts", lambda known=known: known)
        monkeypatch.setattr(sys, "argv", ["check_folder.py", str(tmp_path)])
        assert check_folder.main() == status
        assert told in capsys.readouterr().out


def test_the_table_of_facts_is_well_formed() -> None:
    with open(FOLDER.parent / "darknet_facts.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["blob"] for row in rows}) == 133
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{40}", row["blob"]), row
        assert row["refused"] or int(row["params"]) >= 0, row
