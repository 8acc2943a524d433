"""A tool's or a paper's name -> its counting convention, with version, source and known faults: all of it data."""

from __future__ import annotations

from cnncalc.analysis.convention import Convention
from cnncalc.analysis.counting import Rule
from cnncalc.errors import Problem, SpecError, closest, one_of

CONVOLUTIONS, TRANSPOSED, DENSE = "convolutions", "transposed convolutions", "fully connected layers"
UPSAMPLINGS, POOLS = "upsamplings", "pools"
NEAREST, BILINEAR = (("mode", "nearest"),), (("mode", "bilinear"),)


def rule(*of: str, where: tuple[tuple[str, str], ...] = (), about: str = "", **weights: int) -> Rule:
    """A rule, its weights by keyword."""
    return Rule(of, tuple(weights.items()), where, about)


WITH_BIASES = rule(CONVOLUTIONS, DENSE, macs=1, bias_adds=1)
PLAIN = rule(CONVOLUTIONS, DENSE, macs=1)
WITH_BUFFERS = (rule(weights=1, biases=1, buffers=1),)
AT_OUTPUTS = "on the output's pixels"

_SLIDES = Convention(
    bias=False,
    flops="mac",
    name="slides",
    version="2019",
    source="Stanford CS231n lecture 9, CNN architectures: weights alone, a multiply-add is one operation",
)
_PAPER = Convention(
    bias=False,
    flops="mac",
    thousand=1024,
    name="paper",
    version="2014",
    source="Szegedy et al. 2014, Going Deeper with Convolutions, arXiv 1409.4842, Table 1: K = 1024",
)
_TORCHINFO = Convention(
    mac_rules=(
        WITH_BIASES,
        rule(TRANSPOSED, weights_at_outputs=1, bias_adds=1, about=AT_OUTPUTS),
        rule("norms", weights=1, biases=1, about="once per parameter, whatever the size of the map"),
        rule(weights=1, biases=1),
    ),
    activation_rules=(rule(trained_outputs=2),),
    input_held=False,
    statistics=False,
    name="torchinfo",
    version="1.8.0",
    source="torchinfo/layer_info.py, calculate_macs; mult-adds = parameters x output positions",
    faults=(
        "batch norm counts its parameters once, not at every value of the map",
        "a transposed convolution is counted at every pixel of its output",
        "activations, pools and additions are not counted, in memory either; memory is doubled for gradients",
    ),
    captured=True,
)
_TORCHSUMMARY = Convention(
    activation_rules=(rule(outputs=2),),
    input_held=False,
    statistics=False,
    headline="params",
    name="torchsummary",
    version="1.5.1",
    source="torchsummary/torchsummary.py, summary; it counts no operations",
    faults=(
        "the output of every module counts in memory, in place or not, and twice: the second time for its gradient",
        "memory is printed as MB, but in units of 2^20 bytes",
        "only modules count: the module around a block counts as the merge of its branches",
    ),
    captured=True,
)
_FVCORE = Convention(
    mac_rules=(
        rule(CONVOLUTIONS, TRANSPOSED, DENSE, macs=1),
        rule("batchnorm", outputs=1, trained_outputs=1),
        rule("layernorm", "groupnorm", "instancenorm", outputs=4, trained_outputs=1),
        rule(UPSAMPLINGS, where=NEAREST, outputs=1),
        rule(UPSAMPLINGS, where=BILINEAR, outputs=4),
        rule("adaptiveavgpool", "globalavgpool", inputs=1),
    ),
    flops="mac",
    headline="flops",
    name="fvcore",
    version="0.1.5.post20221221",
    source="fvcore/nn/flop_count.py, FlopCountAnalysis; global average pools are adaptive ones",
    faults=("what it calls a flop is a multiply-add", "activations, other pools and additions are not counted"),
    captured=True,
)
_PTFLOPS_OTHER = (
    rule(CONVOLUTIONS, TRANSPOSED, DENSE, macs=1, bias_adds=1),
    rule("lrn", inputs=4, adds_of_a_channel=1, input_positions=-1),
    rule("layernorm", outputs=1),
    rule("norms", outputs=1, trained_outputs=1),
    rule("softmax", "silu", outputs=1),
)
_PTFLOPS = Convention(
    mac_rules=(
        *_PTFLOPS_OTHER,
        rule("relu", "prelu", "elu", "gelu", outputs=2, about="twice"),
        rule("relu6", "leaky_relu", outputs=1),
        rule(POOLS, inputs=2, about="twice"),
        rule(UPSAMPLINGS, outputs=2, about="twice"),
    ),
    name="ptflops",
    version="0.7.5",
    source="ptflops/pytorch_ops.py and pytorch_engine.py; the backend pytorch, every layer a module",
    faults=(
        "ReLU, PReLU, ELU, GELU, pools, upsampling count twice: as a module, and as the function that it calls",
        "a layer norm counts as if it had no scale; an addition written as + is not counted",
    ),
    captured=True,
)
_PTFLOPS_FUNCTIONAL = Convention(
    mac_rules=(
        *_PTFLOPS_OTHER,
        rule("relu", "prelu", "elu", "gelu", "relu6", outputs=1),
        rule(POOLS, inputs=1),
        rule(UPSAMPLINGS, outputs=1),
    ),
    name="ptflops-functional",
    version="0.7.5",
    source="ptflops/pytorch_ops.py; the backend pytorch, activations and pools called as functions",
    faults=("the same network written with modules counts its activations and pools twice: see ptflops",),
    captured=True,
)
_PTFLOPS_ATEN = Convention(
    mac_rules=(rule(CONVOLUTIONS, TRANSPOSED, DENSE, macs=1, bias_adds=1),),
    name="ptflops-aten",
    version="0.7.5",
    source="ptflops/aten_ops.py; the backend aten",
    captured=True,
)
_THOP = Convention(
    mac_rules=(
        PLAIN,
        rule(TRANSPOSED, weights_at_outputs=1, about=AT_OUTPUTS),
        rule("batchnorm", "layernorm", "instancenorm", outputs=2, trained_outputs=2),
        rule("prelu", outputs=1),
        rule("softmax", inputs=3, input_positions=-1),
        rule("avgpool", outputs=1),
        rule("adaptiveavgpool", "globalavgpool", inputs=1, outputs=1),
        rule(UPSAMPLINGS, where=NEAREST, outputs=1),
        rule(UPSAMPLINGS, where=BILINEAR, outputs=11),
    ),
    param_rules=(rule("groupnorm"), rule(weights=1, biases=1)),
    name="thop",
    version="0.1.1-2209072238",
    source="thop/vision/basic_hooks.py, calc_func.py",
    faults=(
        "batch norm counts four MACs per value",
        "a transposed convolution is counted at every pixel of its output",
        "a group norm is not counted, not even its parameters; nor are functions that are not modules",
        "not reproduced: uneven adaptive pools are divided as floating-point numbers, and the count may be one too low",
    ),
    captured=True,
)
_FLOP_COUNTER = Convention(
    headline="flops",
    name="flop-counter-mode",
    version="2.13.0",
    source="torch/utils/flop_counter.py, FlopCounterMode",
    faults=("only convolutions and matrix products are counted",),
    captured=True,
)
_KERAS = Convention(
    param_rules=WITH_BUFFERS,
    headline="params",
    name="keras",
    version="3.15.1",
    source="Model.summary() and count_params(); it counts no operations",
    faults=("the running statistics of batch norms count as parameters, as non-trainable ones",),
    captured=True,
)
_NETSCOPE = Convention(
    mac_rules=(
        PLAIN,
        rule(TRANSPOSED, macs=1),
        rule("batchnorm", trained_outputs=1, about="as a scale layer of its own"),
        rule("affine", outputs=1),
        rule("lrn", adds=1),
        rule("multiply", outputs=1),
    ),
    param_rules=(
        rule("batchnorm", buffers=1),
        rule("lrn", one=2),
        rule("prelu"),
        rule("affine"),
        rule(TRANSPOSED, weights=1),
        rule(weights=1, biases=1),
    ),
    activation_rules=(rule("batchnorm", outputs=1, trained_outputs=1), rule(outputs=1)),
    name="netscope",
    version="8ae36d8",
    source="dgschwend/netscope of July 2018, src/analyzer.coffee; a batch norm is Caffe's, with a scale layer",
    faults=(
        "a local response norm has two parameters, and its squares count as MACs",
        "the scale after a batch norm is one MAC per value and has no parameters; the statistics count as parameters",
        "not reproduced: a transposed convolution counts (F/S)^2 taps at every output, and ignores groups",
    ),
)
_DARKNET = Convention(
    mac_rules=(PLAIN,),
    headline="flops",
    name="darknet",
    version="0b64cb4",
    source="pjreddie/darknet, examples/darknet.c, numops: what `darknet ops` prints",
    faults=("only convolutions and connected layers are counted, deconvolutions are not",),
)
_ONNX_TOOL = Convention(
    mac_rules=(
        WITH_BIASES,
        rule(
            TRANSPOSED,
            mirrored_weights_at_outputs=1,
            bias_adds=1,
            about="by output channels, not input channels",
        ),
        rule("batchnorm", outputs=31, about="31 per value"),
        rule("lrn", inputs=37, adds=1),
        rule("relu", outputs=1),
        rule("relu6", "leaky_relu", "prelu", outputs=2),
        rule("softmax", outputs=36, about="36 per value"),
        rule("maxpool", compares=1, outputs=1),
        rule("avgpool", adds=1, outputs=1),
        rule("globalavgpool", inputs=1, outputs=4),
        rule("add", adds=1),
        rule("multiply", multiplies=1),
        rule(UPSAMPLINGS, where=BILINEAR, outputs=4),
    ),
    param_rules=WITH_BUFFERS,
    name="onnx-tool",
    version="1.0.1",
    source="onnx_tool/node.py, on a graph exported with batch norms left as they are",
    faults=(
        "a transposed convolution is counted at every pixel of its output, by output channels, not input channels",
        "a division counts 4, a root 24, an exponential 32: so a batch norm counts 31 per value, a softmax 36",
    ),
    captured=True,
)

CONVENTIONS: dict[str, Convention] = {
    convention.name: convention
    for convention in (
        *(_SLIDES, _PAPER, _TORCHINFO, _TORCHSUMMARY, _FVCORE, _PTFLOPS, _PTFLOPS_FUNCTIONAL, _PTFLOPS_ATEN),
        *(_THOP, _FLOP_COUNTER, _KERAS, _NETSCOPE, _DARKNET, _ONNX_TOOL),
    )
}
DEFAULT = Convention()


def find_convention(name: str) -> Convention:
    """The convention of a name (`cnncalc` is the usual one); raises SpecError, with the closest name, if there is none.

    Capitals, hyphens and underscores make no difference: `FlopCounterMode` is `flop-counter-mode`.
    """
    known = {DEFAULT.name: DEFAULT, **CONVENTIONS}
    found = next((convention for key, convention in known.items() if _letters(key) == _letters(name)), None)
    if found is None:
        hint = closest(name.strip().lower(), known) or one_of(tuple(known))
        raise SpecError([Problem(f"unknown convention '{name}'", None, hint)])
    return found


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def convention_of(convention: Convention | str | None) -> Convention:
    """A convention as it is, by its name, or the usual one for none; raises SpecError for an unknown name."""
    if isinstance(convention, str):
        return find_convention(convention)
    return convention or DEFAULT
