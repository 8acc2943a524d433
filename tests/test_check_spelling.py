"""Right answers are right however people, spreadsheets and frameworks write them; all numbers are worked by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from conftest import Cli, Write

import cnncalc
from cnncalc.check.claim import Verdict
from cnncalc.check.naming import Heading, heading
from cnncalc.check.numbers.printed import Printed
from cnncalc.check.readers import read_table
from cnncalc.check.verdicts import verdicts
from cnncalc.errors import Source, SpecError
from cnncalc.layers import Shape, Sides


def judged(text: str, name: str = "table.yaml") -> list[Verdict]:
    return verdicts(read_table(Source(name, text)))


def statuses(text: str, name: str = "table.yaml") -> list[str]:
    return [verdict.status for verdict in judged(text, name)]


# Numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quantity", "exact", "holds"),
    [
        ("1.38*10^8", "params", 138_357_544, True),
        ("1.38 x 10^8", "params", 138_357_544, True),
        ("1.38\u00d710\u2078", "params", 138_357_544, True),
        ("1.38\u00b710**8", "params", 138_357_544, True),
        ("1.39*10^8", "params", 138_357_544, False),
        ("1.40*10^8", "params", 138_357_544, False),
        ("3.49*10^4", "params", 34_944, True),
        ("3.48*10^4", "params", 34_944, False),
        ("3\u00b2*3*64+64", "params", 1_792, True),
        ("3x3x3x64 + 64 = 1,792", "params", 1_792, True),
        ("3x3x3x64 + 64", "params", 1_792, True),
        ("3x3x3x64", "weights", 1_728, True),
        ("3x3x3x64", "params", 1_792, False),
        ("3x3x3x64 + 63 = 1,792", "params", 1_792, False),
        ("\u224835K", "params", 34_848, True),
        ("~= 35K", "params", 34_848, True),
        ("312.", "params", 312, True),
        ("35K = 34,848", "params", 34_848, True),
        ("36K = 34,848", "params", 34_848, False),
        ("35K = 34,849", "params", 34_848, False),
        ("34,848 = 35K", "params", 34_848, True),
        ("61MB / image", "memory_bytes", 60_950_432, True),
        ("61 MB per image", "memory_bytes", 60_950_432, True),
        ("15.2M * 4 bytes ~= 61MB", "memory_bytes", 60_950_432, True),
        ("15.2M * 4 bytes ~= 62MB", "memory_bytes", 60_950_432, False),
        ("15.6M * 4 bytes ~= 61MB", "memory_bytes", 60_950_432, False),
        ("15.5B", "macs", 15_470_264_320, True),
        ("15.5B", "memory_bytes", 15_470_264_320, False),
        ("0M", "params", 61_706, False),
        ("0.00 MiB", "memory_bytes", 5_242, True),
        ("0.00 MiB", "memory_bytes", 5_244, False),
        ("0.0M", "params", 61_706, False),
        ("0.0M", "params", 49_999, True),
        ("0.00", "memory_bytes", 1, False),
        ("0.0", "params", 0, True),
        ("0K", "params", 0, True),
        ("0 %", "params", 1, False),
        ("0.4M", "params", 461_706, True),
        ("416,520 MACs", "macs", 416_520, True),
        ("416,521 MACs", "macs", 416_520, False),
        ("416520 MAC", "macs", 416_520, True),
        ("416,520 Macs", "macs", 416_520, True),
        ("416520 macs", "macs", 416_520, True),
        ("417 kMACs", "macs", 416_520, True),
        ("417 MMACs", "macs", 416_520, False),
        ("4.17*10^5 MACs", "macs", 416_520, True),
        ("4.17e5 MACs", "macs", 416_520, True),
        ("5*83,304 MACs = 416,520 MACs", "macs", 416_520, True),
        ("0 MACs", "macs", 0, True),
        ("0 MACs", "macs", 1, False),
        ("15.5\u00d710\u2079 MACs", "macs", 15_470_264_320, True),
        ("15.5 GMACs", "macs", 15_470_264_320, True),
        ("15.5 MACs", "macs", 15_470_264, False),
        ("48,120 Params", "params", 48_120, True),
        ("48 Params", "params", 48 * 10**15, False),
        ("156 Parameters", "params", 156, True),
        ("1 Parameter", "params", 1, True),
        ("138M params", "params", 138_357_544, True),
        ("138 MParams", "params", 138_357_544, True),
        ("~61,706 Params", "params", 61_706, True),
    ],
)
def test_a_number_may_be_spelt_as_people_do(text: str, quantity: str, exact: int, holds: bool) -> None:
    assert holds == Printed.read(text, quantity=quantity).matches(exact)


@pytest.mark.parametrize(
    "text", ["(55, 55, 96)", "55,55,96", "55, 55, 96", "[55, 55, 96]", "96@55x55", "96 @ 55 x 55", "(None, 55, 55, 96)"]
)
def test_a_volume_may_be_spelt_as_frameworks_and_papers_do(text: str) -> None:
    assert Printed.read(text, quantity="output").matches(Shape(96, 55, 55))
    assert not Printed.read(text, quantity="output").matches(Shape(95, 55, 55))
    assert not Printed.read(text, quantity="output").matches(Shape(96, 55, 54))


def test_the_number_of_a_vector_may_have_a_comma_and_be_short() -> None:
    for text in ("25,088", "25K", "25.1K", "1x1x25088", "(None, 25088)", "(25088,)"):
        assert Printed.read(text, quantity="output").matches(Shape(25_088)), text
    assert not Printed.read("25K", quantity="output").matches(Shape(25_088, 1, 2))


def test_a_shape_of_differences_stays_a_shape() -> None:
    assert (5, 5, 64) == Printed.read("(7 - 2)x(7 - 2)x64", quantity="output").claimed


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("((227 - 11)/4 + 1)x55x96", (55, 55, 96)),
        ("((227-11)/4+1) x ((227-11)/4+1) x 96", (55, 55, 96)),
        ("((224 - 11)/4 + 1)x54x96", (Fraction(217, 4), 54, 96)),
        ("(2*8)x2^4x(3 + 1)", (16, 16, 4)),
        ("~55x55x96", (55, 55, 96)),
        ("~ 55 x 55", (55, 55)),
        ("\u224855x55x96", (55, 55, 96)),
        ("(227 - 11)/4 + 1 = ~55x55x96", (55, 55, 96)),
    ],
)
def test_the_sizes_of_an_output_may_be_sums_or_about(text: str, claimed: tuple[object, ...]) -> None:
    printed = Printed.read(text, quantity="output")
    assert claimed == printed.claimed
    assert (claimed == (55, 55, 96)) == (printed.matches(Shape(96, 55, 55)) and len(claimed) == 3)


def test_no_thousands_begin_with_0() -> None:
    for text in ("0,156", "0,156 = 156", "0,156*1000"):
        with pytest.raises(SpecError, match="is not a number"):
            Printed.read(text)
    assert ["mismatch"] == statuses("network: lenet\nclaims: {conv1: {params: 0.156}}\n")
    with pytest.raises(SpecError, match="does not begin with 0; write a decimal with a point"):
        Printed.read("0,156")


def test_an_exponent_that_is_too_large_is_reported() -> None:
    with pytest.raises(SpecError, match="the exponent is too large"):
        Printed.read("1.5e300")


# Names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("param", ("params", "")),
        ("#Params", ("params", "")),
        ("Param #", ("params", "")),
        ("Number of parameters", ("params", "")),
        ("params (K)", ("params", "K")),
        ("mem", ("memory_bytes", "")),
        ("memory (MB)", ("memory_bytes", "MB")),
        ("Memory [MiB]", ("memory_bytes", "MiB")),
        ("bias", ("biases", "")),
        ("gflops", ("flops", "G")),
        ("GFLOPs", ("flops", "G")),
        ("mflops", ("flops", "M")),
        ("gmacs", ("macs", "G")),
        ("mmacs", ("macs", "M")),
        ("multiply-adds", ("macs", "")),
        ("output size", ("output", "")),
        ("Output Volume", ("output", "")),
        ("output (HxWxC)", ("output", "")),
    ],
)
def test_a_quantity_has_the_names_that_people_give_it(text: str, expected: tuple[str, str]) -> None:
    assert Heading(*expected) == heading(text)


def test_the_unit_of_a_heading_holds_for_numbers_without_one() -> None:
    """VGG-16: 138,357,544 parameters, 15.47 and 30.94 thousand million multiply-adds and FLOPs."""
    total = "network: vgg16\nclaims:\n  total: {gmacs: [15.5, 15.6, 15.5G], gflops: 30.9, params (M): 138}\n"
    assert ["match", "mismatch", "match", "match", "match"] == statuses(total)


@pytest.mark.parametrize("name", ["Conv1_1", "CONV1_1", "conv1-1", "conv 1_1", "conv11"])
def test_case_and_dashes_do_not_matter_where_one_layer_is_meant(name: str) -> None:
    (verdict,) = judged(f"network: vgg16\nclaims:\n  {name}: {{params: '1,728'}}\n")
    assert ("conv1_1", 1_792) == (verdict.claim.layer, verdict.exact)
    assert "the biases were forgotten" in verdict.diagnoses[0]


def test_a_name_that_may_be_two_layers_is_an_error() -> None:
    spec = "{input: 8x8x3, layers: [{conv: {filters: 4, kernel: 3}, name: a_b}, {fc: 4, name: AB}]}"
    assert ["error", "match"] == statuses(f"spec: {spec}\nclaims: {{ab: 6x6x4, a_b: {{params: 112}}}}\n")


# Lists and commas in YAML --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ("conv1_1: {params: [1,792, 1.8K]}", ["match", "match"]),
        ("conv1_1: {params: [1.8K, 1,792]}", ["match", "match"]),
        ("conv1_1: {output: [224,224,64]}", ["match"]),
        ("conv1_1: {output: [224, 224, 64], params: 1,792}", ["match", "match"]),
        ("conv1_1: [224, 224, 64]", ["match"]),
        ("conv1_1: {output: 224,224,64, params: 1,792}", ["match", "match"]),
        ("conv1_1: {output: (None, 224, 224, 64), params: 1,792}", ["match", "match"]),
        ("fc6: {output: [4096, 4096]}", ["match", "match"]),
        ("total: {params: [138M, 138.4M], macs: 15.5G}", ["match", "match", "match"]),
    ],
)
def test_commas_of_numbers_and_shapes_are_told_from_those_of_lists(claims: str, expected: list[str]) -> None:
    assert expected == statuses(f"network: vgg16\nclaims:\n  {claims}\n")


def test_a_list_that_may_be_one_number_says_so_where_it_does_not_hold() -> None:
    found = judged("network: vgg16\nclaims:\n  conv1_1: {params: [1,792]}\n")
    assert [1, 792] == [verdict.claim.printed.claimed for verdict in found]
    assert all("for one number quote it: ['1,792']" in verdict.message for verdict in found)


def test_a_decimal_comma_is_reported_in_yaml() -> None:
    (verdict,) = judged("network: lenet\nclaims:\n  total: {params: 61,7K}\n")
    assert "write a decimal with a point" in verdict.message
    (verdict,) = judged("network: lenet\nclaims:\n  conv3: {params: 2.416}\n")
    assert "2,416 would be right" in verdict.message


def test_a_network_is_a_name() -> None:
    with pytest.raises(SpecError) as caught:
        judged("network: [a]\nclaims: {conv1: 5}\n")
    assert ["a network must be a name, not a list"] == [problem.message for problem in caught.value.problems]


def test_an_input_may_be_a_list() -> None:
    assert ["match"] == statuses("network: lenet\ninput: [40, 40, 1]\nclaims: {conv1: 36x36x6}\n")


# Spreadsheets --------------------------------------------------------------------------------------

RIGHT = (("conv1", "28x28x6", 156), ("conv3", "10x10x16", 2_416))


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\n# network: lenet\nlayer;output;params\nconv1;28x28x6;156\nconv3;10x10x16;2.416,0\n",
        '"# network: lenet";;\nlayer;output;params\nconv1;28x28x6;156\nconv3;10x10x16;2,416\n',
        (
            "# network: lenet\nName;Ada;\nMatriculation;123;\n;;\nLayer;Output Size;#Params\nconv1;28x28x6;156\n"
            "conv3;10x10x16;2,4K\n"
        ),
        "# network: lenet\nLayer (type),Output Shape,params (K)\nConv1,28x28x6,0.156\nCONV3,10x10x16,2.416\n",
        (
            "# network: lenet\nlayer,quantity,value\nconv1,output,28x28x6\nconv1,params,156\nconv3,output,10x10x16\n"
            "conv3,params,2416\n"
        ),
        (
            "# network: lenet\nlayer\tquantity\tanswer\nconv1\tOutput Volume\t28x28x6\nconv1\tparam\t156\n"
            "conv3\tshape\t10x10x16\nconv3\t#params\t2,416\n"
        ),
    ],
)
def test_a_spreadsheet_is_read_as_people_fill_it_in(text: str) -> None:
    found = judged(text, "ada.csv")
    assert ["match"] * 4 == [verdict.status for verdict in found]
    assert [(layer, exact) for layer, _, exact in RIGHT] == [
        (verdict.claim.layer, verdict.exact) for verdict in found if verdict.claim.quantity == "params"
    ]


@pytest.mark.parametrize(
    ("cell", "status"),
    [("61,7K", "match"), ("61,8K", "mismatch"), ("61.706", "mismatch"), ("61,706", "match"), ("61.706,0", "match"),
     ("0,0617M", "match")],
)  # fmt: skip
def test_between_semicolons_a_comma_is_the_decimal_mark(cell: str, status: str) -> None:
    (verdict,) = judged(f"# network: lenet\nlayer;params\ntotal;{cell}\n", "ada.csv")
    assert status == verdict.status
    assert (cell == "61.706") == ("61,706 would be right" in verdict.message)


def test_between_semicolons_a_comma_is_the_decimal_mark_of_a_column_in_kB_or_K() -> None:
    """conv1: 28*28*6*4 = 18,816 bytes, 28*28*6*25 = 117,600 MACs, 156 parameters; conv3: 6,400, 240,000 and 2,416."""
    head = "# network: lenet\nlayer;memory (kB);macs (K);params (K)\n"
    assert ["match"] * 6 == statuses(f"{head}conv1;18,816;117,600;0,156\nconv3;6,400;240;2,416\n", "ada.csv")
    assert ["mismatch"] * 3 == statuses(f"{head}conv1;18,817;117,601;1,156\n", "ada.csv")
    long = "# network: lenet\nlayer;quantity;value\nconv1;memory (kB);18,816\nconv1;params (K);0,156\n"
    assert ["match"] * 2 == statuses(long, "ada.csv")


def test_between_semicolons_a_comma_parts_thousands_of_what_is_counted_one_by_one() -> None:
    head = "# network: lenet\nlayer;memory (bytes);macs;params\n"
    assert ["match"] * 3 == statuses(f"{head}conv3;6,400;240,000 MACs;2,416 params\n", "ada.csv")
    assert ["match", "mismatch"] == statuses("# network: vgg16\nlayer;macs;params\ntotal;15,470B;0,138\n", "ada.csv")


def test_an_old_spreadsheet_is_read_in_its_encoding_which_is_reported(cli: Cli, write: Write) -> None:
    path = write("Name;J\u00f6rg M\u00fcller\nlayer;params\ntotal;61,7K\n".encode("cp1252"), "ada.csv")
    result = cli("check", path, "-n", "lenet", status=0)
    assert "is read as Windows-1252" in result.stdout


# Sums ----------------------------------------------------------------------------------------------


def test_a_sum_that_was_copied_wrongly_is_reported(tmp_path: Path) -> None:
    (verdict,) = judged("network: alexnet\nclaims:\n  conv2: {params: '5*5*96*256+256 = 614,565'}\n")
    assert "the working gives 614,656" in verdict.message
    assert ("the working itself is right; its result was added up or copied wrongly",) == verdict.diagnoses


def test_two_digits_swapped_behind_a_sum_are_told() -> None:
    (verdict,) = judged("network: lenet\nclaims:\n  conv3: {params: '5*5*6*16+16 = 2,461'}\n")
    assert "the working gives 2,416" in verdict.message
    assert "swapped" in verdict.diagnoses[0]


def test_what_a_sum_lacks_is_reported() -> None:
    (verdict,) = judged("network: alexnet\nclaims:\n  conv2: {params: '5*5*96*256 = 614,656'}\n")
    assert "the working gives 614,400" in verdict.message
    assert verdict.diagnoses[0] == "in the working the biases were forgotten; this gives 614,400"


def test_what_a_slide_prints_of_the_memory_holds(cli: Cli) -> None:
    shown = cli("vgg16", "--format", "slide").stdout
    printed = shown.partition("TOTAL memory: ")[2].partition(" (")[0]
    assert printed == "15.2M * 4 bytes ~= 61MB / image"
    assert Printed.read(printed, quantity="memory_bytes").matches(cnncalc.analyze("vgg16").total("memory_bytes"))


# Files of quiz answers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("anna.txt", "# Anna\n1. 30x30x6\n\n2) 198\n"),
        ("anna.yaml", "1. (30, 30, 6)\n2. 32*6 + 6 = 198\n"),
        ("anna.yaml", "- 30x30x6\n- 198\n"),
        ("anna.yaml", "1: 30x30x6\n2: params = 198\n"),
        ("anna.csv", "1,30x30x6\n2,198\n"),
    ],
)
def test_quiz_answers_may_be_numbered_lines_or_a_list(cli: Cli, write: Write, name: str, text: str) -> None:
    path = write(text, name)
    result = cli("quiz", "--seed", "7", "--count", "2", "--answers", path)
    assert (0, True) == (result.exit_code, result.stdout.endswith("2 of 2 right\n")), result.output


# Shapes and sums as people write them ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [
        ("(120, 1)", Shape(120), True),
        ("84 x 1", Shape(84), True),
        ("512x1x1", Shape(512), True),
        ("(512)", Shape(512), True),
        ("[512,]", Shape(512), True),
        ("(512, 2)", Shape(512), False),
        ("[1, 14, 14, 20]", Shape(20, 14, 14), True),
        ("(2, 14, 14, 20)", Shape(20, 14, 14), False),
        ("(?, 14, 14, 20)", Shape(20, 14, 14), True),
        ("(N, 14, 14, 20)", Shape(20, 14, 14), True),
        ("(batch, 14, 14, 20)", Shape(20, 14, 14), True),
        ("1x3x3x8", Shape(8, 1, 3, 3), True),
        ("(29 + 2*0 - 7)/2 + 1 = 12", Shape(16, 12, 12), True),
        ("(29 + 2*0 - 7)/2 + 1 = 12", Shape(16, 12, 13), False),
        ("4", Shape(4, 5, 5), False),
        ("98", Shape(64, 98), True),
        ("28*28*6", Shape(6, 28, 28), True),
        ("10\u00b710\u00b716", Shape(16, 10, 10), True),
        ("6*28*28", Shape(6, 28, 28), False),
        ("7*7*512", Shape(25_088), True),
        ("7x7x512", Shape(25_088), False),
        ("(floor((11-2)/2)+1) x (\u230a(11-2)/2\u230b+1) x 2", Shape(2, 5, 5), True),
        ("((5-3)//1+1)x((5-3)//1+1)x4", Shape(4, 3, 3), True),
        ("$28 \\times 28 \\times 6$", Shape(6, 28, 28), True),
        ("**28x28x6**", Shape(6, 28, 28), True),
        ("`(28, 28, 6)`", Shape(6, 28, 28), True),
    ],
)
def test_an_output_is_read_in_every_dress(text: str, exact: Shape, holds: bool) -> None:
    assert holds == Printed.read(text, quantity="output").matches(exact)


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [
        ("48'120 = 400*120+120", 48_120, True),
        ("48\u2019120", 48_120, True),
        ("12,28,800", 1_228_800, True),
        ("1,28,800", 1_228_800, False),
        ("1,28,800", 128_800, True),
        ("256x3x5x5x8x8 = 12,28,800", 1_228_800, True),
        ("(floor((11 - 2)/2) + 1)*(floor((11 - 2)/2) + 1)*2 = 50", 50, True),
        ("\u2308(11 - 2)/2\u2309*10", 50, True),
        ("ceil((11 - 2)/2)*10 = 50", 50, True),
        ("int((11 - 2)/2)*10 = 50", 50, False),
        ("(11 - 2)//2*10", 40, True),
        ("$\\lfloor\\frac{11 - 2}{2}\\rfloor \\cdot 10$", 40, True),
        ("\\num{1792}", 1_792, True),
        ("1{,}792", 1_792, True),
        ("$3^{2}\\times 3\\times 64 + 64$", 1_792, True),
        ("**1,792**", 1_792, True),
        ("3<sup>2</sup>*3*64 + 64 = `1,792`", 1_792, True),
        ("3**2*3*64 + 64", 1_792, True),
    ],
)
def test_a_number_is_read_in_every_dress(text: str, exact: int, holds: bool) -> None:
    assert holds == Printed.read(text, quantity="params").matches(exact)


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [
        ("(227 \u2212 11)/4 + 1 = 55", 55, True),
        ("(227 \u2013 11)/4 + 1", 55, True),
        ("(227 \u2212 12)/4 + 1 = 55", 55, False),
        ("(227\u221211)\u00f74+1", 55, True),
        ("(227-11):4+1 = 55", 55, True),
        ("(227-11)/4+1 => 55", 55, True),
        ("(227-11)/4+1 == 55", 55, True),
        (r"\(1{,}792\)", 1_792, True),
        (r"\[1,792\]", 1_792, True),
        (r"\[1,793\]", 1_792, False),
        ("$$1,792$$", 1_792, True),
        (r"\(\sim 1.8\)K", 1_792, True),
        ("(1,792)", 1_792, True),
        ("\u201c1,792\u201d", 1_792, True),
        ("1,792;", 1_792, True),
        ("\uff11\uff0c\uff17\uff19\uff12", 1_792, True),
        ("\uff11\uff0c\uff17\uff19\uff13", 1_792, False),
        ("\uff08\uff13\uff0a\uff13\uff09\uff0a\uff13\uff0a\uff16\uff14", 1_728, True),
        ("\u0661\u066c\u0667\u0669\u0662", 1_792, True),
        ("\u0661\u066b\u0668K", 1_792, True),
        ("\u0967\u096d\u096f\u0968", 1_792, True),
        ("1\u202f792", 1_792, True),
        ("1\u00a0792", 1_792, True),
        ("1\u200b792", 1_792, True),
        ("28 \u00d7 64 = 1\u2009792", 1_792, True),
        ("1\u202f792 \u00d7 4 = 7\u202f168", 7_168, True),
        ("1\u02bc792", 1_792, True),
        ("1.228.800", 1_228_800, True),
        ("1.22.88.000", 12_288_000, True),
        ("1.228,5K", 1_228_500, True),
        ("3\u22173\u22173\u221764 + 64", 1_792, True),
        ("3 \u22c5 3 \u22c5 3 \u22c5 64 + 64", 1_792, True),
        ("3\u04453\u04453\u044564", 1_728, True),
        ("1,8\u041a".replace(",", "."), 1_792, True),
        ("1.792\u00d710\u00b3", 1_792, True),
        ("1792\u00d710\u207b\u00b3 K", 1_792, True),
        ("2.4E+06", 2_400_000, True),
        ("2.4 E6", 2_400_000, True),
        ("approx. 1.8K", 1_792, True),
        ("Approximately 1.8K", 1_792, True),
        ("roughly 1.9K", 1_792, False),
        ("\u223c1.8K", 1_792, True),
        ("\u22451.8K", 1_792, True),
        ("3*3*3*64 + 64 = ca. 1.8K", 1_792, True),
        ("[3*3*3 + 1]*64 = 1792", 1_792, True),
        ("(3*3*3 + 1)64 = 28(64) = 1,792", 1_792, True),
        ("(3)(3)(3)(64) + 64", 1_792, True),
        ("3*3*3*64 + 64 (bias) = 1,792", 1_792, True),
        ("1,728 weights + 64 biases = 1,792", 1_792, True),
        ("(3*3*3)*64 + 64 = 27*64 + 64 = 1728 + 64 = 1,792", 1_792, True),
        ("(3*3*3)*64 + 64 = 27*64 + 64 = 1729 + 64 = 1,792", 1_792, False),
        ("+1792", 1_792, True),
    ],
)
def test_the_signs_of_other_keyboards_scripts_and_programs_are_read(text: str, exact: int, holds: bool) -> None:
    assert holds == Printed.read(text, quantity="params").matches(exact)


@pytest.mark.parametrize(
    ("text", "exact", "holds"),
    [
        ("(None, None, None, 64)", Shape(64, 28, 30), True),
        ("(None, None, None, 63)", Shape(64, 28, 30), False),
        ("(?, ?, ?, 64)", Shape(64, 28, 30), True),
        ("(-1, -1, -1, 64)", Shape(64, 28, 30), True),
        ("(None, None, 64)", Shape(64, 28, 30), True),
        ("(None, None, 64)", Shape(64, 28), True),
        ("?x?x64", Shape(64, 28, 30), True),
        ("None x 30 x 64", Shape(64, 28, 30), True),
        ("None x 31 x 64", Shape(64, 28, 30), False),
        ("28x28x6 = 4,704", Shape(6, 28, 28), True),
        ("28x28x6 = 4,705", Shape(6, 28, 28), False),
        ("28\u00b2x6", Shape(6, 28, 28), True),
        ("28^2 * 6", Shape(6, 28, 28), True),
        ("27\u00b2x6", Shape(6, 28, 28), False),
        ("28 by 28 by 6", Shape(6, 28, 28), True),
        ("(28x28)x6", Shape(6, 28, 28), True),
        ("28x28, 6", Shape(6, 28, 28), True),
        ("6 maps of 28x28", Shape(6, 28, 28), True),
        ("6 feature maps of 28x28", Shape(6, 28, 28), True),
        ("torch.Size([1, 28, 28, 6])", Shape(6, 28, 28), True),
        ("[28 28 6]", Shape(6, 28, 28), True),
        ("(28; 28; 6)", Shape(6, 28, 28), True),
        ("{28, 28, 6}", Shape(6, 28, 28), True),
        ("\uff12\uff18\u00d7\uff12\uff18\u00d7\uff16", Shape(6, 28, 28), True),
        ("28 \u2715 28 \u2715 6", Shape(6, 28, 28), True),
        (r"\( 28 \times 28 \times 6 \)", Shape(6, 28, 28), True),
        ("((227 \u2212 11)/4 + 1)x55x96", Shape(96, 55, 55), True),
    ],
)
def test_an_output_is_read_with_sides_unsaid_squared_or_in_words(text: str, exact: Shape, holds: bool) -> None:
    assert holds == Printed.read(text, quantity="output").matches(exact)


def test_the_comma_of_thousands_is_not_one_between_two_paddings() -> None:
    assert Printed.read("1,021", quantity="padding").matches((1_021, 1_021))
    assert Sides(1, 2) == Printed.read("1,2", quantity="layer_padding").claimed


def test_a_kernel_may_be_squared() -> None:
    assert Printed.read("5\u00b2", quantity="kernel").matches((5, 5))
    assert not Printed.read("5\u00b2", quantity="kernel").matches((25, 5))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.228,800", "write 1,228,800 or 1228.8"),
        ("1.22.88", "points part groups of three digits"),
        ("1,8k", "write a decimal with a point"),
        ("15.47 Mio", "capital letters are multiples"),
        ("35 cats", "'cats' is not a unit"),
        ("1.8K (rounded)", "write a remark in a column of its own"),
        ("227-11 \u2192 216", "write one working, with = between its steps"),
    ],
)
def test_what_may_mean_two_things_is_refused_with_a_way_to_write_it(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Printed.read(text, quantity="params")


def test_an_output_without_a_size_is_refused() -> None:
    with pytest.raises(SpecError, match="it says no size"):
        Printed.read("(None, None, None)", quantity="output")


def test_sides_that_are_not_said_are_named_in_the_verdict(write: Write, cli: Cli) -> None:
    path = write("claims: {conv1: '(None, None, None, 6)', conv3: '(None, None, None, 61)'}\n", "ada.yaml")
    text = cli.text("check", path, "-n", "lenet", status=1)
    assert 2 == text.count("only the sizes that are numbers are judged")
    assert ["mismatch", "match"] == [
        line.split()[-1] for line in text.splitlines() if " (None" in line and "of" not in line
    ]


BESIDE = """layer,output,params,memory
conv1,"28x28x6 ({values})","156 ({share})","18.8 KB ({bytes})"
conv3,10x10x16,"{sum}","6,400 (6.4 KB)"
total,,"61,706 (100%)",
"""
IN_BRACKETS = {"values": "4,704", "share": "0.25 %", "bytes": "18,816 bytes", "sum": "2,416 (= 5*5*6*16 + 16)"}
"""Of LeNet: 28*28*6 values of 4 bytes, 156 of 61,706 parameters."""


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("values", "4,705"), ("share", "0.35 %"), ("bytes", "18,817 bytes"), ("sum", "2,416 (= 5*5*6*16 + 15)")],
)
def test_a_number_in_brackets_behind_another_is_judged_too(write: Write, cli: Cli, key: str, wrong: str) -> None:
    path = write(BESIDE.format(**IN_BRACKETS), "ada.csv")
    assert "13 claims: 13 matches" in cli.text("check", path, "-n", "lenet")
    found = cli.data("check", write(BESIDE.format(**IN_BRACKETS | {key: wrong}), "ben.csv"), "-n", "lenet", status=1)
    (claim,) = [claim for claim in found["files"][0]["claims"] if not claim["passed"]]
    assert claim["claimed"] in wrong
    assert claim["status"] == "mismatch"


def test_a_number_in_brackets_is_judged_in_yaml_too() -> None:
    claims = 'conv1: {params: 156 (0.25%)}, conv3: {params: "2,416 (2.4K)"}, pool2: {params: 0 (1%)}'
    assert ["match"] * 5 + ["mismatch"] == statuses(f"network: lenet\nclaims: {{{claims}}}\n")


def test_a_bracket_of_a_working_is_not_a_second_number() -> None:
    for text in ("5*5*6*(16) + 16", "151(16)", "(5*5*6 + 1)*(16)"):
        assert ["match"] == statuses(f"network: lenet\nclaims: {{conv3: {{params: '{text}'}}}}\n")


COMMAS = """| layer | params | memory |
|---|---|---|
| conv1 | 156 (0,25 %) | 18,8 KB |
| conv3 | 2,416 (3,9 %) | 6,4 KB |
| total | 61,7K | |
"""


def test_a_column_with_decimal_commas_is_read_and_a_note_says_so(write: Write, cli: Cli) -> None:
    text = cli.text("check", write(COMMAS, "ada.md"), "-n", "lenet")
    assert "7 claims: 7 matches" in text
    assert "the commas of the column 'memory' are decimal marks" in text


def test_a_column_with_points_and_commas_is_not_taken_for_one_with_decimal_commas(write: Write, cli: Cli) -> None:
    text = cli.text("check", write(COMMAS.replace("6,4 KB", "6.4 KB"), "ada.md"), "-n", "lenet", status=1)
    assert "7 claims: 6 matches, 1 error" in text
    assert "write a decimal with a point" in text


EXAM = """network: 'conv{k}-{f}/{s}p{p}'
input: mxnx3
claims:
  conv1:
    params: ["(3k^2 + 1)f", "(k\u00d7k\u00d73 + 1)\u00d7f", "3fk\u00b2 + f", "3k\u00b2f + 1"]
    output: ["((m-k+2p)/s + 1) x ((n-k+2p)/s + 1) x f", "(\u230a(m-k+2p)/s\u230b+1) x (\u230a(n-k+2p)/s\u230b+1) x f"]
"""


def test_formulas_are_read_as_an_exam_writes_them() -> None:
    assert ["match", "match", "match", "mismatch", "match", "match"] == statuses(EXAM)


@pytest.mark.parametrize("word", ["--", "n.a.", "none", "N/A", "\u2014", "?"])
def test_a_cell_that_says_nothing_claims_nothing(word: str) -> None:
    text = f"# network: lenet\nlayer,output,params,macs\nconv1,28x28x6,156,117600\npool2,14x14x6,{word},{word}\n"
    assert 4 == len(judged(text, "sheet.csv"))


CHANNELS_FIRST = """# network: conv5-6p0, pool2, conv5-16p0, pool2, fc-120
# input: 32x32x1
layer,output,params
conv1,"[-1, 6, 28, 28]",156
maxpool1,"[-1, 6, 14, 14]",0
conv2,"{second}","2,416"
fc1,"[-1, 120]","48,120"
"""


def test_a_column_that_is_right_with_channels_first_is_read_so_and_says_so(write: Write, cli: Cli) -> None:
    right = CHANNELS_FIRST.format(second="[-1, 16, 10, 10]")
    assert {"match"} == set(statuses(right, "sheet.csv"))
    assert "the shapes are read as channels x height x width" in cli.text("check", write(right, "sheet.csv"))
    mixed = CHANNELS_FIRST.format(second="[-1, 10, 10, 16]")
    assert ["mismatch", "match", "mismatch", "match", "match"] == statuses(mixed, "sheet.csv")[:5]


def test_the_layout_of_a_table_can_be_set(write: Write, cli: Cli) -> None:
    path = write(CHANNELS_FIRST.format(second="[-1, 16, 11, 10]"), "sheet.csv")
    assert "8 claims: 7 matches, 1 mismatch" in cli.text("check", path, "--layout", "chw", status=1)
    assert "8 claims: 5 matches, 3 mismatches" in cli.text("check", path, "--layout", "hwc", status=1)
    assert {"match"} == set(statuses("layout: chw\nnetwork: lenet\nclaims: {conv1: 6x28x28, pool2: 6x14x14}\n"))
