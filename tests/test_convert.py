"""`convert`: a network in any format as a spec in YAML, folded as a person writes it, or flat."""

from __future__ import annotations

from pathlib import Path

import pytest

import cnncalc
from cnncalc.spec.find import bundled
from tests.conftest import Cli, Write

HERE = Path(__file__).parent
DARKNET = sorted((HERE / "foreign" / "darknet").glob("*.cfg"))
SPECS = [path for path in sorted((HERE / "specs").glob("*.yaml")) if path.stem not in ("taps", "symbols")]

# As the slides have it: https://cs231n.github.io/convolutional-networks/ lists the layers of VGG-16 so.
VGG_16 = """\
layers:
  - {conv: 64, name: conv1, repeat: 2}
  - {maxpool: 2, name: pool1}
  - {conv: 128, name: conv2, repeat: 2}
  - {maxpool: 2, name: pool2}
  - {conv: 256, name: conv3, repeat: 3}
  - {maxpool: 2, name: pool3}
  - {conv: 512, name: conv4, repeat: 3}
  - {maxpool: 2, name: pool4}
  - {conv: 512, name: conv5, repeat: 3}
  - {maxpool: 2, name: pool5}
  - {fc: {units: 4096, activation: relu}, name: fc6}
"""

NET = """\
[net]
height=32
width=32
channels=3

"""


def unit(filters: int, size: int, stride: int = 1, activation: str = "leaky") -> str:
    return (
        f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride={stride}\npad=1\n"
        f"activation={activation}\n"
    )


def same(spec: str | Path, write: Write, *, flat: bool) -> bool:
    """Whether the converted spec is the same network: names, layers, inputs, sizes."""
    text = cnncalc.convert(spec, flat=flat)
    return cnncalc.expand(write(text, "again.yaml")).same_network(cnncalc.expand(spec))


@pytest.mark.parametrize("flat", [False, True], ids=["folded", "flat"])
@pytest.mark.parametrize("spec", [*DARKNET, *SPECS, *bundled()], ids=lambda spec: getattr(spec, "name", spec))
def test_a_converted_spec_is_the_same_network(spec: str | Path, flat: bool, write: Write) -> None:
    network = cnncalc.load(spec)
    if network.input is None and not network.inputs:
        pytest.skip("has no size of its own")
    assert same(spec, write, flat=flat)


def test_the_converted_spec_prints_the_same_numbers(cli: Cli, write: Write) -> None:
    columns = ("--columns", "layer,output,params,macs,activations,rf", "--format", "csv")
    for path in DARKNET:
        converted = write(cli.text("convert", str(path)), f"{path.stem}.yaml")
        assert cli.text("show", converted, *columns) == cli.text("show", str(path), *columns), path


def test_repeats_and_defaults_are_those_of_a_person() -> None:
    text = cnncalc.convert("vgg16")
    assert VGG_16 in text
    assert "  conv: {kernel: 3, padding: half, activation: relu}\n" in text


def test_groups_that_differ_in_numbers_are_calls_of_a_block(write: Write) -> None:
    text = NET + unit(8, 3) + unit(16, 3, 2) + unit(8, 1) + unit(16, 3) + "[shortcut]\nfrom=-3\n"
    written = cnncalc.convert(write(text, "net.cfg"))
    assert written == (
        "name: net\n"
        "input: 32x32x3\n"
        "defaults:\n"
        "  conv: {kernel: 3, padding: half, bias: false}\n"
        "  leaky_relu: {slope: 0.1}\n"
        "blocks:\n"
        "  conv_bn_leaky(filters, kernel=3, stride=1):\n"
        "    - {conv: {filters: filters, kernel: kernel, stride: stride}, name: conv}\n"
        "    - {batchnorm: , name: bn}\n"
        "    - {leaky_relu: , name: leaky}\n"
        "layers:\n"
        "  - {conv_bn_leaky: 8, name: conv0}\n"
        "  - {conv_bn_leaky: {filters: 16, stride: 2}, name: conv1}\n"
        "  - {conv_bn_leaky: {filters: 8, kernel: 1}, name: conv2}\n"
        "  - {conv_bn_leaky: 16, name: conv3}\n"
        "  - {add: , name: shortcut4, from: [conv3, conv1]}\n"
    )


def test_a_block_keeps_its_name_and_what_it_reads_is_its_input() -> None:
    text = cnncalc.convert("resnet18")
    assert "  basic(filters):\n    - conv: filters\n" in text
    assert "    - {add: , from: [batchnorm2, input]}\n" in text
    assert "  - {basic: 64, name: conv2, repeat: 2}\n" in text
    # DenseNet-121 has 6, 12, 24 and 16 layers in its dense blocks (Huang et al. 2016, Table 1).
    dense = [f"  - {{dense_layer: , name: dense{at}, repeat: {times}}}" for at, times in enumerate((6, 12, 24, 16), 1)]
    assert set(dense) <= set(cnncalc.convert("densenet121").splitlines())


def test_what_a_reader_passed_over_stands_in_comments(write: Write) -> None:
    text = cnncalc.convert(write(f"{NET}own=1\n{unit(8, 3)}", "net.cfg"))
    assert text.startswith("# Darknet has no key 'own' in [net], and ignores line 6\nname: net\n")


def test_flat_writes_every_layer_by_itself() -> None:
    text = cnncalc.convert("conv3-8 x2, pool2", "16x16x3", flat=True)
    assert text.count("  - conv: {filters: 8, kernel: 3, padding: 1}\n") == 2
    assert "repeat" not in text


def test_a_spec_is_written_to_a_file(cli: Cli, folder: Path) -> None:
    assert cli.text("convert", str(DARKNET[0]), "-o", "net.yaml") == ""
    assert (folder / "net.yaml").read_text(encoding="utf-8") == cnncalc.convert(DARKNET[0])
    assert "conv0" in cli.text("net.yaml")


def test_the_input_and_settings_are_put_in(cli: Cli) -> None:
    text = cli.text("convert", "convF-K/SpP", "--input", "32x32x3", "--set", "F=5", "--set", "K=8", "--set", "S=1")
    assert "  - conv: {filters: 8, kernel: 5, padding: P}\n" in text
    assert "input: HxWx3\n" in cnncalc.convert("conv3-8", "HxWx3")


def test_what_cannot_be_written_is_refused(cli: Cli) -> None:
    told = cli.refused("convert", "conv3-8 xL", "--input", "16x16x8", status=1)
    assert "a repeat of L cannot be written out" in told
    assert "the size of the input is not known" in cli.refused("convert", "conv3-8", status=1)
