"""The layers of Caffe -> layers: the fields of each type's message, and the layers that it is here.

The defaults are those of caffe.proto. A field that changes no number (a filler, an engine) may stand there and is not
looked at; one that no message of the type has is refused, as protobuf refuses it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from cnncalc.layers import CATALOGUE
from cnncalc.spec.model import Item, LayerItem
from cnncalc.spec.readers import caffe_shapes as shapes
from cnncalc.spec.readers import caffe_values as values
from cnncalc.spec.readers import caffe_windows as windows
from cnncalc.spec.readers.caffe_fields import Make

FILLERS = "weight_filler bias_filler filler engine"
WINDOW = "kernel_h kernel_w pad_h pad_w stride_h stride_w"
CONVOLUTION = f"num_output bias_term kernel_size* pad* stride* dilation* group axis force_nd_im2col {WINDOW} {FILLERS}"
POOLING = f"pool kernel_size pad stride global_pooling round_mode ceil_mode engine {WINDOW}"
LEFT_OUT = {
    "only for training": re.compile(r"\w*Loss\w*|\w*Accuracy|Silence|HDF5Output|DetectionEvaluate"),
    "boxes without weights": re.compile(r"PriorBox|DetectionOutput"),
}
"""The types that are left out: losses and measures of success, and what a detector does with its answers (SSD)."""
MANY = 1_000_000


class Type(NamedTuple):
    """A type of layer: the layers that it becomes, its message, and the fields of that (`*`: may stand several times).

    `bottoms` are the fewest and the most that it reads. Where several items are made, each reads the one before it,
    unless it names its sources or there are several tops.
    """

    becomes: str
    make: Make
    message: str = ""
    fields: str = ""
    bottoms: tuple[int, int] = (1, 1)

    @property
    def names(self) -> list[str]:
        """The fields of its message."""
        return self.fields.replace("*", "").split()

    def repeats(self, field: str) -> bool:
        """Whether a field may stand several times."""
        return f"{field}*" in self.fields.split()


def layer(kind: str, **fields: Any) -> Make:
    """A layer whose fields are the same in every file."""
    return lambda given, place: [given.layer(kind, **fields)]


TYPES: dict[str, Type] = {
    "Convolution": Type("conv", windows.convolution("conv"), "convolution_param", CONVOLUTION),
    "Deconvolution": Type("deconv", windows.convolution("deconv"), "convolution_param", CONVOLUTION),
    "ConvolutionDepthwise": Type("depthwise", windows.depthwise, "convolution_param", CONVOLUTION),
    "DepthwiseConvolution": Type("depthwise", windows.depthwise, "convolution_param", CONVOLUTION),
    "Pooling": Type("maxpool, avgpool, globalmaxpool, globalavgpool", windows.pooling, "pooling_param", POOLING),
    "LRN": Type("lrn", windows.response_norm, "lrn_param", "local_size alpha beta norm_region k engine"),
    "InnerProduct": Type(
        "fc", values.inner_product, "inner_product_param", f"num_output bias_term axis transpose {FILLERS}"
    ),
    "BatchNorm": Type(
        "batchnorm", values.batch_norm, "batch_norm_param",
        "use_global_stats moving_average_fraction eps scale_bias scale_filler bias_filler engine",
    ),
    "BN": Type(
        "batchnorm", layer("batchnorm"), "bn_param", "slope_filler bias_filler momentum eps frozen bn_mode engine"
    ),
    "Scale": Type("affine, multiply", values.scale, "scale_param", f"axis num_axes bias_term {FILLERS}", (1, 2)),
    "Bias": Type("affine", values.bias, "bias_param", "axis num_axes filler", (1, 2)),
    "Eltwise": Type(
        "add, multiply, maximum, power", values.elementwise, "eltwise_param",
        "operation coeff* stable_prod_grad", (2, MANY),
    ),
    "Axpy": Type("multiply, add", values.axpy, bottoms=(3, 3)),
    "ReLU": Type("relu, leaky_relu", values.relu, "relu_param", "negative_slope engine"),
    "ReLU6": Type("relu6", layer("relu6"), "relu6_param", "engine"),
    "PReLU": Type("prelu", values.prelu, "prelu_param", "filler channel_shared"),
    "ELU": Type("elu", layer("elu"), "elu_param", "alpha"),
    "SeLU": Type("selu", layer("selu"), "selu_param", "alpha lambda"),
    "SeLu": Type("selu", layer("selu"), "selu_param", "alpha lambda"),
    "Clip": Type("relu6", values.clip, "clip_param", "min max"),
    "Swish": Type("silu", values.swish, "swish_param", "beta"),
    "BNLL": Type("softplus", layer("softplus")),
    "Sigmoid": Type("sigmoid", layer("sigmoid"), "sigmoid_param", "engine"),
    "TanH": Type("tanh", layer("tanh"), "tanh_param", "engine"),
    "AbsVal": Type("abs", layer("abs")),
    "Power": Type("power", values.power, "power_param", "power scale shift"),
    "Exp": Type("power, exp", values.exponential("exp"), "exp_param", "base scale shift"),
    "Log": Type("power, log", values.exponential("log"), "log_param", "base scale shift"),
    "MVN": Type("instancenorm, layernorm", values.mean_variance, "mvn_param", "normalize_variance across_channels eps"),
    "Normalize": Type("normalize", values.normalize, "norm_param", "across_spatial scale_filler channel_shared eps"),
    "Softmax": Type("softmax", layer("softmax"), "softmax_param", "engine axis"),
    "Dropout": Type("dropout", layer("dropout"), "dropout_param", "dropout_ratio scale_train"),
    "SeLuDropout": Type("dropout", layer("dropout"), "selu_dropout_param", "dropout_ratio alpha lambda"),
    "Split": Type("identity", layer("identity")),
    "Concat": Type("concat, identity", shapes.concat, "concat_param", "axis concat_dim", (1, MANY)),
    "Slice": Type("slice, split, crop", shapes.parts, "slice_param", "axis slice_dim slice_point*"),
    "Flatten": Type("flatten", shapes.flatten, "flatten_param", "axis end_axis"),
    "Reshape": Type("reshape", shapes.reshape, "reshape_param", "shape axis num_axes"),
    "Permute": Type("permute", shapes.permute, "permute_param", "order*"),
    "Crop": Type("crop_like", shapes.crop, "crop_param", "axis offset*", (2, 2)),
    "Interp": Type(
        "resize", shapes.interpolate, "interp_param",
        "height width zoom_factor shrink_factor pad_beg pad_end use_blob_size", (1, 2),
    ),
    "ShuffleChannel": Type("channel_shuffle", shapes.shuffle, "shuffle_channel_param", "group"),
}  # fmt: skip


def axes_behind(item: Item, axes: int | None) -> int | None:
    """The axes of what an item makes, whose first input has so many."""
    if not isinstance(item, LayerItem):
        return axes
    if item.layer in (CATALOGUE["fc"], CATALOGUE["flatten"]):
        return 0
    if item.layer is CATALOGUE["reshape"]:
        size = item.arguments.get("size")
        return len(size.value) if size is not None and isinstance(size.value, tuple) else 0
    return axes


def weight_blobs(item: Item) -> int:
    """How many blobs of weights a layer of Caffe has whose first item this is; 0 where nothing is known of them."""
    if not isinstance(item, LayerItem):
        return 0
    given = {name: argument.value for name, argument in item.arguments.items()}
    if "bias" in item.layer.fields:
        return 2 if given.get("bias", True) else 1
    if item.layer is CATALOGUE["affine"]:
        return sum(bool(given.get(name, True)) for name in ("scale", "offset"))
    return 0
