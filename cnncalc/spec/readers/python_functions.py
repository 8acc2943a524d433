"""The functions of PyTorch and Keras on tensors -> the modules that do the same."""

from __future__ import annotations

TORCH_FUNCTIONS = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU",
    "gelu": "GELU", "silu": "SiLU", "mish": "Mish", "sigmoid": "Sigmoid", "tanh": "Tanh", "hardswish": "Hardswish",
    "hardsigmoid": "Hardsigmoid", "softplus": "Softplus", "softmax": "Softmax", "log_softmax": "LogSoftmax",
    "hardtanh": "Hardtanh", "dropout": "Dropout", "dropout1d": "Dropout1d", "dropout2d": "Dropout2d",
    "dropout3d": "Dropout3d", "alpha_dropout": "AlphaDropout", "flatten": "Flatten", "interpolate": "Upsample",
    "pixel_shuffle": "PixelShuffle", "local_response_norm": "LocalResponseNorm", "pad": "ZeroPad2d",
    **{f"{kind}_pool{axes}d": f"{module}Pool{axes}d" for axes in (1, 2, 3)
       for kind, module in (("max", "Max"), ("avg", "Avg"), ("adaptive_avg", "AdaptiveAvg"),
                            ("adaptive_max", "AdaptiveMax"))},
}  # fmt: skip
"""Functions with the arguments of a module behind the tensor."""
TORCH_MERGES = {"cat": "concat", "concat": "concat", "concatenate": "concat", "add": "add", "mul": "multiply",
                "multiply": "multiply"}  # fmt: skip
KERAS_FUNCTIONS = dict.fromkeys(
    ("relu", "relu6", "elu", "selu", "gelu", "sigmoid", "tanh", "softmax", "softplus", "silu", "swish", "leaky_relu",
     "hard_sigmoid", "mish"), "Activation",
)  # fmt: skip
"""Functions of tf.nn and keras.activations."""
KERAS_MERGES = {
    "Add": "add", "add": "add", "Concatenate": "concat", "concatenate": "concat", "concat": "concat",
    "Multiply": "multiply", "multiply": "multiply",
}  # fmt: skip
SAME = ("contiguous", "clone", "detach", "to", "float", "double", "half", "cuda", "cpu", "requires_grad", "Variable",
        "checkpoint", "expand_as", "identity")  # fmt: skip
"""What hands on a tensor as it is."""
SILENT = ("print", "len", "isinstance", "summary", "Model", "Functional", "type")
"""What makes no tensor of a tensor."""
