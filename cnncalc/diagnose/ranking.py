"""What students get wrong -> the order in which mistakes are tried and reported: the likeliest first.

First what a formula's parts suggest (a forgotten term, a forgotten factor), then what confuses one
quantity, unit or layer with another, then what changes a number by a little and so explains much
by chance.
"""

THROUGHOUT = "-throughout"
BEFORE = "-before"
INSIDE = "-in-block"
PROPAGATING = (
    "padding-forgotten",
    "stride-ignored",
    "floor-for-ceil",
    "ceil-for-floor",
    "padding-once",
    "plus-one-forgotten",
    "padding-added",
    "dilation-ignored",
)
"""Mistakes that change the size of a map, and so what is found in the layers behind: made in all layers, or in one
layer or block."""
IN_BLOCK = tuple(key + INSIDE for key in PROPAGATING)
"""The same in a block whose number is asked for: in all its layers, or in one."""
PROPAGATED = (*(key + THROUGHOUT for key in PROPAGATING), *(key + BEFORE for key in PROPAGATING))

RANKING = (
    "batch-forgotten",
    "biases-forgotten",
    "biases-added",
    "depth-forgotten",
    "macs-for-flops",
    "flops-for-macs",
    "input-forgotten",
    "padding-forgotten",
    "pools-forgotten",
    "stride-ignored",
    "floor-for-ceil",
    "ceil-for-floor",
    "padding-once",
    "plus-one-forgotten",
    "padding-added",
    "groups-ignored",
    "groups-assumed",
    "depthwise-as-dense",
    "table-ignored",
    "dilation-ignored",
    "dilation-for-stride",
    "jump-forgotten",
    "own-window-only",
    "kernel-not-less-one",
    "field-times-jump",
    "jump-after-stride",
    "padding-in-receptive-field",
    "spatial-size-forgotten",
    "input-size-for-output-size",
    "output-size-for-input-size",
    "flatten-forgotten",
    "wrong-map-flattened",
    "square-forgotten",
    "one-axis-only",
    "channels-exchanged",
    "depth-kept",
    "channels-pooled",
    "maps-forgotten",
    "filters-forgotten",
    "kernel-for-stride",
    "elements-for-bytes",
    "bytes-for-elements",
    "bits-for-bytes",
    "in-place-counted",
    "batch-counted",
    "backward-counted",
    "padding-connected",
    "fully-connected",
    "buffers-counted",
    "one-kind-only",
    "one-kind-forgotten",
    "one-bias",
    "bias-at-every-position",
    "shared-counted",
    "weights-not-shared",
    "1024-for-1000",
    "1000-for-1024",
    "other-value-size",
    "weights-in-memory",
    "every-path-counted",
    "input-as-layer",
    "output-layer-forgotten",
    "pools-as-layers",
    "channels-first",
    *IN_BLOCK,
    "layer-before",
    "layer-after",
    *PROPAGATED,
    "layer-forgotten",
    "layer-twice",
    "other-quantity",
    "digits-transposed",
    "digit-lost",
    "digit-doubled",
)
"""The keys of all mistakes: in a layer, in a block, in a total."""

TRANSPOSED = "digits-transposed"
MISSPELT = (TRANSPOSED, "digit-lost", "digit-doubled")
"""Numbers written wrongly; only of those printed in full, or in digits that show it."""
BY_CHANCE = frozenset({"groups-assumed", "layer-forgotten", "layer-twice", "other-quantity", *IN_BLOCK, *PROPAGATED})
"""Mistakes with so many ways that one of them soon gives a number printed in two digits; these are not tried there."""
