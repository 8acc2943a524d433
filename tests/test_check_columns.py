"""The columns and claims of course tables: their headings, what they mean, and what becomes of those not read."""

from __future__ import annotations

import pytest
from conftest import Cli, Write

from cnncalc.check.claim import Verdict
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Source


def judged(text: str, name: str = "table.yaml") -> list[Verdict]:
    return verdicts(read_table(Source(name, text)))


def statuses(text: str, name: str = "table.yaml") -> list[str]:
    return [verdict.status for verdict in judged(text, name)]


# Trainable parameters, memory ----------------------------------------------------------------------

NORMED = """
convention: {convention}
network: 'conv7-32, bn, relu, pool2, flatten, fc-1'
input: 64x64x3
claims:
  total: {{{claims}}}
"""


@pytest.mark.parametrize("name", ["trainable", "trainable params", "Trainable Parameters", "# trainable params"])
def test_the_statistics_of_a_norm_are_not_trainable(name: str) -> None:
    """7*7*3*32 + 32 = 4,736; 2*32 of the norm's 4*32 are trained; 32*32*32 + 1 = 32,769."""
    claims = f"'{name}': '37,569', 'non-{name.removeprefix('# ')}': 64"
    for convention in ("keras", "cnncalc"):
        assert ["match", "match"] == statuses(NORMED.format(convention=convention, claims=claims))


def test_what_keras_and_torchinfo_print_below_their_tables_holds() -> None:
    """Keras: 37,633 (147.00 KB), 37,569 (146.75 KB), 64 (256.00 B). To PyTorch's tools the 64 are no parameters."""
    keras = "params: '37,633', trainable params: '37,569', non-trainable params: 64, weight memory: 147.00 KiB"
    assert ["match"] * 4 == statuses(NORMED.format(convention="keras", claims=keras))
    torchinfo = "params: '37,569', trainable params: '37,569', non-trainable params: 0, weight memory: 0.15 MB"
    assert ["match"] * 4 == statuses(NORMED.format(convention="torchinfo", claims=torchinfo))


def test_a_wrong_number_of_trainable_parameters_is_explained() -> None:
    claims = "trainable: '37,633', learnable parameters: '37,536'"
    found = judged(NORMED.format(convention="cnncalc", claims=claims))
    assert "the running statistics were counted as parameters" in found[0].diagnoses[0]
    assert "mismatch" == found[1].status


def test_memory_of_the_weights_and_at_the_peak_are_claimed_by_name() -> None:
    """903,400 parameters of 4 bytes; at the peak two neighbouring volumes, 1,500,000 and 750,000 values."""
    table = """
network: 'conv3-100/2p1, conv3-200/2p1, conv3-400/2p1'
input: 200x300x3
claims:
  total: {params: '903,400', weight memory: 3.6 MB, Peak Memory (MB): 9, peak: '9,000,000'}
"""
    assert ["match"] * 4 == statuses(table)


def test_every_command_knows_the_trainable_parameters(cli: Cli) -> None:
    net = ("conv7-32, bn, fc-1", "--input", "8x8x3")
    assert "37" not in cli.text("explain", *net, "non-trainable parameters")
    assert "non-trainable = 2C = 2*32 = 64" in cli.text("explain", *net, "batchnorm1", "non_trainable")
    assert "64" in cli.text("sweep", *net, "--columns", "non_trainable").split()
    assert "4,736" in cli.text("show", *net, "--columns", "layer,trainable").split()


def test_a_sum_of_n_products_may_have_n_minus_1_additions(cli: Cli) -> None:
    """(2*5*5*3 - 1) * 28*28*6 = 149 * 4,704 = 700,896; (2*1,176 - 1) * 10 = 23,510."""
    net = ("conv5-6p0, pool2, fc-10", "--input", "32x32x3", "--flops", "2mac-1")
    assert [700_896, 0, 23_510] == [layer["flops"] for layer in cli.data("show", *net)["layers"]]
    assert "2*MACs - sums = 2*352800 - 4704 = 700,896" in cli.text("explain", *net, "conv1", "flops")
    table = "network: conv5-6p0\ninput: 32x32x3\nflops: 2mac-1\nclaims:\n  conv1: {flops: (2*75 - 1)*4704 = 700,896}\n"
    assert ["match"] == statuses(table)


# Settings and receptive fields ---------------------------------------------------------------------

CHAIN = """
input: 28x28x1
defaults: {conv: {bias: false}}
layers:
  - {conv: {filters: 8, kernel: 3}, name: a}
  - {conv: {filters: 16, kernel: 3}, name: b}
  - {maxpool: 2, name: c}
  - {conv: {filters: 10, kernel: 3}, name: d}
"""
FIELDS = """{head}
a,28,0,3,1,26,1,1,1,3
b,26,0,3,1,24,1,1,3,5
c,24,0,2,2,12,1,2,5,6
d,12,0,3,1,10,2,2,6,{last}
"""


@pytest.mark.parametrize(
    "head",
    [
        "layer,nin,padding,kernel,stride,nout,jin,jout,rin,rout",
        "layer,n_in,p,k,s,n_out,j_in,j_out,r_in,r_out",
        "Layer,n (in),Padding (P),Kernel size,Strides,n (out),j (in),j (out),RF in,RF (out)",
        "layer,$n_{in}$,P,F,S,$n_{out}$,$j_{in}$,$j_{out}$,$r_{in}$,$r_{out}$",
        "layer,Input size,Zero-padding,Filter Size,stride,Output Size,jump in,Total Stride,r_in,Receptive Field Size",
    ],
)
def test_the_table_of_receptive_fields_is_read_in_all_its_spellings(head: str, cli: Cli, write: Write) -> None:
    """r: 3, 5, 5 + 1 = 6, 6 + 2*2 = 10; the field 14 adds the jump twice."""
    network = write(CHAIN)
    sheet = write(FIELDS.format(head=head, last=10), "sheet.csv")
    assert "36 claims: 36 matches" in cli.text("check", sheet, "--network", network)
    wrong = write(FIELDS.format(head=head, last=14), "wrong.csv")
    found = cli("check", wrong, "--network", network, status=1).output
    assert "36 claims: 35 matches, 1 mismatch" in found


def test_a_kernel_that_is_misprinted_is_found_out() -> None:
    found = judged(
        "network: 'conv3-8/2p1, pool2, fc-10'\ninput: 32x32x3\nclaims:\n"
        "  conv1: {kernel: 5x5, stride: 1, padding: 0, filters: 16, in channels: 1, groups: 3, dilation: 2}\n"
        "  maxpool1: {kernel: 3, stride: 3}\n  fc1: {units: 100, kernel: 3}\n"
    )
    assert ["mismatch"] * 10 + ["error"] == [verdict.status for verdict in found]
    assert (3, 3) == found[0].exact
    assert "fc1 has no kernel" == found[-1].message


@pytest.mark.parametrize(
    "claims",
    [
        "kernel: [3, 3], stride: 2, padding: 1",
        "kernel: 3x3, stride: (2, 2), zero padding: 1",
        "filter shape: 3x3x3, number of filters: 8, input channels: 3",
        "filter shape: 3x3x3x8, output channels: 8, groups: 1",
        "kernel: 3*3, padding: same, dilation rate: 1, input shape: 32x32x3",
    ],
)
def test_the_settings_of_a_layer_are_claimed_as_courses_write_them(claims: str) -> None:
    table = f"network: 'conv3-8/2p1'\ninput: 32x32x3\nclaims:\n  conv1: {{{claims}}}\n"
    assert {"match"} == set(statuses(table))


def test_padding_is_that_of_the_layer_beside_a_kernel_and_else_that_of_the_field() -> None:
    """Behind two convolutions with P = 1 the padding is 2 pixels of the input."""
    text = "network: 'conv3-8p1, conv3-8p1'\ninput: 32x32x3\nclaims:\n  conv2: {%s}\n"
    assert ["match", "match"] == statuses(text % "kernel: 3, padding: 1")
    assert ["match"] == statuses(text % "padding: 2")


def test_a_global_pool_may_be_read_as_a_window() -> None:
    """The pool sees 8x8 units of field 14 and jump 2: 14 + 7*2 = 28; a convolution of 1x1 behind it as well."""
    net = "network: 'conv3-8p0, conv3-8p0, pool2, conv3-8p0, conv3-8p0, {pool}, conv1-10'\ninput: 28x28x1\n"
    claims = (
        "claims:\n  conv4: {rf: 14, jump: 2}\n  conv5: {rf: 28}\n  globalavgpool1: {rf: [28, all, 27], kernel: 8}\n"
    )
    expected = ["match", "match", "match", "match", "match", "mismatch", "match"]
    assert expected == statuses(net.format(pool="globalavgpool") + claims)


# Headings of course tables -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "size", "params"),
    [
        ("Activation shape", "Activation size", "# parameters"),
        ("Output dimensions", "Activation Size", "Learnable parameters"),
        ("Tensor size", "activation_size", "Weights and Biases"),
        ("Feature map", "output values", "Weights & Biases"),
        ("Output volume", "Output elements", "number of parameters"),
    ],
)
def test_the_headings_of_course_tables_are_read(shape: str, size: str, params: str) -> None:
    """28*28*8 = 6,272; 5*5*3*8 + 8 = 608."""
    text = f"# network: conv5-8p0, relu, pool2\n# input: 32x32x3\nlayer,{shape},{size},{params}\n"
    text += 'input,"(32, 32, 3)",3072,0\n'
    text += 'conv1,"(28, 28, 8)",6272,608\nrelu1,28x28x8,6272,0\nmaxpool1,"(14, 14, 8)",1568,0\n'
    assert ["match"] * 12 == statuses(text, "table.csv")


def test_a_number_of_maps_and_a_column_of_activations_are_told_from_shapes() -> None:
    text = "# network: lenet\nLayer,Feature Map,Size,Kernel Size,Stride,Activation\ninput,1,32x32,-,-,-\n"
    assert ["match"] * 6 == statuses(f"{text}conv1,6,28x28,5x5,1,tanh\n", "table.csv")
    assert ["match"] * 2 + ["mismatch"] * 4 == statuses(f"{text}conv1,5,27x27,3x3,2,tanh\n", "table.csv")


def test_size_and_stride_may_share_a_column() -> None:
    text = "# network: conv7-64/2p3, pool3/2\n# input: 224x224x3\nlayer,patch size/stride,output size\n"
    assert ["match"] * 3 == statuses(f"{text}conv1,7\u00d77/2,112\u00d7112\u00d764\n", "table.csv")
    assert ["mismatch", "mismatch", "match"] == statuses(f"{text}conv1,5x5/1,112x112x64\n", "table.csv")


def test_the_neurons_of_a_pool_may_be_the_values_of_its_output() -> None:
    assert ["match", "match", "mismatch"] == statuses(
        "network: 'pool2'\ninput: 11x11x2\nclaims:\n  maxpool1: {neurons: [5*5*2 = 50, 0, 25]}\n"
    )


def test_numbers_that_are_not_read_fail_and_words_do_not(cli: Cli, write: Write) -> None:
    words = write("layer,output,remark,mood\nconv1,28x28x6,easy,good\n", "words.csv")
    assert "1 claim: 1 match" in cli.text("check", words, "--network", "lenet")
    numbers = write("layer,output,wibble\nconv1,28x28x6,12\npool2,14x14x6,see p. 3\n", "numbers.csv")
    assert "'wibble' looks like answers" in cli("check", numbers, "--network", "lenet", status=1).output
    one = "layer,output,wibble,hint\nconv1,28x28x6,28x28x6 = 4704,3x3 would do\npool2,14x14x6,see p. 3,of 2\n"
    text = cli("check", write(one, "one.csv"), "--network", "lenet", status=1).output
    assert "'wibble' looks like answers" in text
    assert "note:" in text.partition("hint")[0].rpartition("\n")[2]
    own = write("# network: lenet\nlayer,output,wibble\nconv1,28x28x6,12\n", "own.csv")
    assert "unknown quantity 'wibble'" in cli("check", own, status=1).output


def test_a_right_input_is_given_and_no_answer(cli: Cli, write: Write) -> None:
    """A sheet to fill in has the inputs; handed in as it is, it has no answers."""
    sheet = write("layer,input,output\nconv1,32x32x1,\npool2,28x28x6,14x14x6\n", "sheet.csv")
    rows = cli.text("check", sheet, "--network", "lenet", "--format", "csv").splitlines()
    assert ["1", "1", "0"] == rows[1].split(",")[2:5]


# Against another network ---------------------------------------------------------------------------


def test_a_percentage_of_another_network_is_its_ratio(write: Write) -> None:
    """(9+1)*3 + (3+1)*128 = 542 parameters of (27+1)*128 = 3,584: 15.12 %."""
    other = write("input: 32x32x3\nlayers: [{conv: {filters: 128, kernel: 3, padding: 1}}]\n")
    own = "input: 32x32x3\nlayers: [{depthwise: {kernel: 3, padding: 1}}, {conv: {filters: 128, kernel: 1}}]\n"
    spec = write(own, "own.yaml")
    text = f"network: {spec}\nagainst: {other}\nclaims:\n  total: {{params: [15 %, 15.1 %, 0.151, 14 %]}}\n"
    assert ["match", "match", "match", "mismatch"] == statuses(text)
    single = f"network: {spec}\nclaims:\n  total: {{params: [542, {{is: 15 %, against: {other}}}]}}\n"
    assert ["match", "match"] == statuses(single)
    sheet = f"# network: {spec}\n# against: {other}\nlayer,params\ntotal,15.1 %\n"
    assert ["match"] == statuses(sheet, "sheet.csv")


def test_two_inputs_of_one_network_are_compared() -> None:
    """A convolution that keeps the size costs in proportion to the pixels: a quarter for half the side."""
    claim = "{macs: [{is: 25 %, against: {input: 64x64x3}}, '221,184']}"
    table = f"network: 'conv3-8p1'\ninput: 32x32x3\nclaims:\n  total: {claim}\n"
    assert ["match", "match"] == statuses(table)
