"""The sections of Darknet's configuration -> layers: what each is, in both lineages (pjreddie, AlexeyAB).

Where the two programs differ, the key that only one of them knows says which is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from cnncalc.spec.expressions import Expression
from cnncalc.spec.model import Expected, GroupItem, Item, LayerItem, NameReference
from cnncalc.spec.readers.darknet_keys import Section, words
from cnncalc.spec.readers.darknet_layers import (
    MAP,
    SINGLE,
    VECTOR,
    Layers,
    activation_layers,
    blurred,
    joined,
    made_layer,
    made_merge,
    on_a_map,
    outputs,
    over_stride,
    strides,
    with_weights,
)

RECURRENT = words("rnn gru lstm crnn conv_lstm history")
"""Sections of networks that run over time."""
NET = words(
    "batch subdivisions max_batches learning_rate learning_rate_min momentum decay policy burn_in power step scale "
    "steps scales gamma seq_scales sgdr_cycle sgdr_mult adam B1 B2 eps random notruth center clip angle aspect "
    "saturation exposure hue max_crop min_crop max_ratio min_ratio flip blur gaussian_noise mixup cutmix mosaic "
    "mosaic_bound contrastive contrastive_jit_flip contrastive_color unsupervised letter_box label_smooth_eps "
    "resize_step attention adversarial_lr max_chart_loss track augment_speed sequential_subdivisions try_fix_nan "
    "weights_reject_freq equidistant_point badlabels_rejection_percentage num_sigmas_reject_badlabels ema_alpha "
    "use_cuda_graph loss_scale dynamic_minibatch optimized_memory workspace_size_limit_MB show_receptive_field seen "
    "max_epochs"
)
"""Keys of [net] that set how it is trained."""
IGNORED = words(
    "truth onlyforward stopbackward dontsave dontload numload dontloadscales learning_rate smooth clip dont_update "
    "burnin_update train_only_bn stream wait_stream"
)
"""Keys that every section may have, and that change no number."""
Make: TypeAlias = Callable[[Section, Layers], Item]


class Kind(NamedTuple):
    """A kind of section: what its layers are called, what makes them, and its keys that change no number."""

    name: str
    make: Make
    about: str
    """What it becomes, in the words of the spec language."""
    ignored: frozenset[str] = frozenset()


# Sections ---------------------------------------------------------------------------------------


def _convolutional(section: Section, layers: Layers) -> Item:
    """pad=1 is a padding of size/2, whatever the size."""
    size, groups, filters = section.whole("size", 1), section.whole("groups", 1), outputs(section, "filters")
    padding, dilation = _padding(section, size), section.whole("dilation", 1)
    if size == 1:
        dilation = 1
    if dilation > 1 and size != 2 * padding + 1:
        hint = "Darknet computes the size of the output as without a dilation, but not the output itself"
        raise section.refused(f"dilation={dilation} needs pad=1 and an odd size", hint, "dilation")
    if groups > 1 and section.whole("xnor", 0, least=0):
        hint = "AlexeyAB's Darknet has no groups then, and pjreddie's has: leave out one of them"
        raise section.refused("xnor and groups cannot be combined", hint, "groups")
    blur = blurred(section)
    stride = 1 if blur else strides(section)
    main = made_layer(
        section,
        "conv",
        "conv",
        filters=section.at("filters", filters),
        kernel=section.at("size", size),
        stride=section.at("stride", stride),
        padding=section.at("pad", padding * dilation),
        groups=section.at("groups", groups) if groups > 1 else None,
        dilation=section.at("dilation", dilation) if dilation > 1 else None,
    )
    title = f"conv{size}-{filters}{over_stride(stride)}"
    title += f"g{groups}" * (groups > 1) + f"d{dilation}" * (dilation > 1)
    return with_weights(section, layers, title, main, blur)


def _padding(section: Section, size: int) -> int:
    """The padding on each side."""
    padding = section.whole("padding", 0, least=0)
    return size // 2 if section.whole("pad", 0, least=0) else padding


def _deconvolutional(section: Section, layers: Layers) -> Item:
    size, stride, filters = section.whole("size", 1), section.whole("stride", 1), outputs(section, "filters")
    main = made_layer(
        section,
        "deconv",
        "deconv",
        filters=section.at("filters", filters),
        kernel=section.at("size", size),
        stride=section.at("stride", stride),
        padding=section.at("pad", _padding(section, size)),
    )
    title = f"deconv{size}-{filters}{over_stride(stride)}"
    return with_weights(section, layers, title, main, [])


def _local(section: Section, layers: Layers) -> Item:
    """A convolution with weights of its own at every place; `pad` is a number of pixels here."""
    size, padding = section.whole("size", 1), section.whole("pad", 0, least=0)
    if padding and size != 2 * padding + 1:
        hint = "Darknet computes the size of the output for a padding of (size - 1)/2, and pads by another"
        raise section.refused(f"[local] with size={size} and pad={padding} is not supported", hint, "pad")
    main = made_layer(
        section,
        "local",
        "local",
        filters=section.at("filters", outputs(section, "filters")),
        kernel=section.at("size", size),
        stride=section.number("stride", 1),
        padding=section.at("pad", padding),
    )
    return with_weights(section, layers, "local", main, [])


def _connected(section: Section, layers: Layers) -> Item:
    layers.made[section.index] = VECTOR
    units = outputs(section, "output")
    main = made_layer(section, "fc", "fc", units=section.at("output", units))
    return with_weights(section, layers, f"fc-{units}", main, [])


def _pool(kind: str, section: Section, layers: Layers) -> Item:
    """A pool; its padding is one number for both sides together, size-1 if it is not given, half of it before."""
    section.only("maxpool_depth", 0)
    before = on_a_map(section, layers)
    blur = blurred(section) if kind == "maxpool" else []
    stride = strides(section)
    size = section.whole("size", section.whole("stride", 1))
    total = section.whole("padding", size - 1, least=0)
    sides = (total // 2, total - total // 2)
    padding = sides[0] if sides[0] == sides[1] else (sides,)
    main = made_layer(
        section,
        kind,
        "pool",
        kernel=section.at("size", size),
        stride=section.at("stride", 1 if blur else stride),
        padding=section.at("padding", padding),
    )
    return joined(section, f"{kind}{size}{over_stride(1 if blur else stride)}", before, main, blur)


def _avgpool(section: Section, layers: Layers) -> Item:
    before = on_a_map(section, layers)
    layers.made[section.index] = SINGLE
    return joined(section, "globalavgpool", before, made_layer(section, "globalavgpool", "pool"), [])


def _upsample(section: Section, layers: Layers) -> Item:
    section.only("scale", 1)
    before = on_a_map(section, layers)
    main = made_layer(section, "upsample", "upsample", factor=section.number("stride", 2))
    return joined(section, "upsample", before, main, [])


def _reorg(section: Section, layers: Layers) -> Item:
    """Space to depth, or with `reverse` depth to space; pjreddie's `extra` makes a vector with zeros at its end."""
    section.only("flatten", 0)
    extra = section.whole("extra", 0, least=0)
    if extra:
        if section.kind == "reorg3d" or section.whole("reverse", 0, least=0):
            raise section.refused(f"[{section.kind}] with extra is not supported here", key="extra")
        section.whole("stride", 1)
        layers.made[section.index] = VECTOR
        section.notes.append("extra is read as pjreddie's Darknet reads it; AlexeyAB's has no such key")
        flat = made_layer(section, "flatten", "flatten")
        pad = made_layer(section, "pad", "pad", channels=section.at("extra", extra))
        return joined(section, "flatten pad", [flat], pad, [])
    before = on_a_map(section, layers)
    kind = "pixel_shuffle" if section.whole("reverse", 0, least=0) else "space_to_depth"
    return joined(section, kind, before, made_layer(section, kind, kind, factor=section.number("stride", 1)), [])


def _crop(section: Section, layers: Layers) -> Item:
    """The middle of a map; in training, another place of it."""
    before = on_a_map(section, layers)
    sides = []
    for number, axis in enumerate(("height", "width")):
        key = f"crop_{axis}"
        wanted = section.whole(key, 1)
        given = layers.size.sizes[number] if layers.size and layers.size.sizes and not section.index else wanted
        if isinstance(given, int) and given < wanted:
            raise section.refused(f"{key} is {wanted}, but the {axis} of the input is {given}", key=key)
        texts = (f"(in.{axis} - {wanted})//2", f"in.{axis} - {wanted} - (in.{axis} - {wanted})//2")
        sides.append(tuple(section.at(key, Expression(text)) for text in texts))
    return joined(section, "crop", before, made_layer(section, "crop", "crop", size=tuple(sides)), [])


def _route(section: Section, layers: Layers) -> Item:
    """The channels of several layers, or of each the part number `group_id` of `groups`."""
    read = layers.read_by(section, "layers")
    sources = [source for _, source in read]
    made = {layers.made[number] for number, _ in read}
    layers.made[section.index] = made.pop() if len(made) == 1 else MAP
    groups, part = section.whole("groups", 1), section.whole("group_id", 0, least=0)
    if groups == 1:
        return (
            _one_source(section, "identity", sources[0])
            if len(sources) == 1
            else made_merge(section, "concat", *sources)
        )
    if part >= groups:
        raise section.refused(f"there is no group {part} of {groups}", "groups count from 0", "group_id")
    fields = {"parts": section.at("groups", groups), "part": section.at("group_id", part + 1)}
    splits = [_one_source(section, "split", source, **fields) for source in sources]
    if len(splits) == 1:
        return splits[0]
    concat = made_merge(section, "concat", name="concat")
    concat.branches = tuple((split,) for split in splits)
    return GroupItem(span=section.span, items=(concat,), title=f"split{groups} concat")


def _one_source(section: Section, kind: str, source: NameReference, **fields: Any) -> LayerItem:
    item = made_layer(section, kind, **fields)
    item.sources = (source,)
    return item


def _combined(kind: str, section: Section, layers: Layers) -> Item:
    """The layer above combined with others, `from`: added, or multiplied."""
    read = layers.read_by(section, "from")
    sources = [source for _, source in read]
    if kind != "shortcut" and len(sources) > 1:
        raise section.refused(f"[{section.kind}] takes one layer in 'from'", key="from")
    if section.word("weights_type", "none") != "none":
        raise section.refused("a shortcut with weights is not supported", key="weights_type")
    section.word("weights_normalization", "none")
    section.whole("scale_wh", 0, least=0)
    if not section.index:
        raise section.refused(f"[{section.kind}] needs a layer above it")
    first = layers.above(section)
    inputs = (first, *sources) if kind == "shortcut" else (*sources, first)
    if kind == "multiply":
        layers.made[section.index] = layers.made[read[0][0]]
    return joined(
        section, kind, [], made_merge(section, kind, *inputs, name=kind), activation_layers(section, "linear")
    )


def _softmax(section: Section, layers: Layers) -> Item:
    """A softmax over all values, or with `spatial` over the channels of every pixel."""
    main = made_layer(section, "softmax", "softmax")
    section.whole("groups", 1)
    if layers.before(section) != MAP or section.whole("spatial", 0, least=0):
        return main
    layers.made[section.index] = VECTOR
    return joined(section, "softmax", [made_layer(section, "flatten", "flatten")], main, [])


def _head(coordinates: int | None, section: Section, layers: Layers) -> Item:
    """A layer that reads boxes out of its input, and does not change it: so many channels it must have."""
    classes, boxes = section.whole("classes", 20), section.whole("num", 1)
    if coordinates is None:
        coordinates = section.whole("coords", 4, least=0)
    elif "mask" in section:
        boxes = len(section.numbers("mask"))
    channels = boxes * (classes + coordinates + 1)
    hint = f"the convolution above needs filters={channels}: {boxes} boxes x ({coordinates} + 1 + {classes} classes)"
    return _expecting(section, Expected(f"[{section.kind}]", section.at("classes", channels), hint=hint))


def _detection(section: Section, layers: Layers) -> Item:
    side, boxes, classes = section.whole("side", 7), section.whole("num", 1), section.whole("classes", 1)
    values = side * side * ((1 + section.whole("coords", 1, least=0)) * boxes + classes)
    hint = f"the layer above must make {values} values: side x side x ((coords + 1) x num + classes)"
    return _expecting(section, Expected("[detection]", section.at("side", values), values=True, hint=hint))


def _segmentation(section: Section, layers: Layers) -> Item:
    number = section.at("classes", section.whole("classes", 20) + section.whole("ids", 32, least=0))
    return _expecting(section, Expected("[iseg]", number, hint="the convolution above needs filters = classes + ids"))


def _expecting(section: Section, expected: Expected) -> Item:
    item = made_layer(section, "identity")
    item.expected = expected
    return item


def _plain(kind: str, section: Section, layers: Layers) -> Item:
    return made_layer(section, kind)


def _dropout(section: Section, layers: Layers) -> Item:
    return made_layer(section, "dropout", rate=section.decimal("probability"))


def _normalization(section: Section, layers: Layers) -> Item:
    alpha, beta = section.decimal("alpha"), section.decimal("beta")
    return made_layer(section, "lrn", channels=section.number("size", 5), alpha=alpha, beta=beta)


def _active_section(section: Section, layers: Layers) -> Item:
    active = activation_layers(section, "linear")
    return active[0] if active else made_layer(section, "identity")


HEAD = words(
    "anchors mask num max jitter ignore_thresh truth_thresh iou_thresh random map tree show_details max_delta resize "
    "counters_per_class label_smooth_eps scale_x_y objectness_smooth new_coords iou_normalizer obj_normalizer "
    "cls_normalizer delta_normalizer uc_normalizer iou_loss iou_thresh_kind beta_nms nms_kind focal_loss yolo_point "
    "track_history_size sim_thresh dets_for_track dets_for_show track_ciou_norm embedding_layer beta1 log sqrt softmax "
    "background rescore thresh classfix absolute coord_scale object_scale noobject_scale mask_scale class_scale "
    "bias_match forced reorg coords"
)
CONVOLUTION = words(
    "binary xnor bin_output flipped dot sway rotate stretch stretch_sway angle grad_centr reverse coordconv "
    "assisted_excitation"
)
KINDS: dict[str, Kind] = {
    "convolutional": Kind("conv", _convolutional, "`conv`, `batchnorm` and an activation", CONVOLUTION),
    "deconvolutional": Kind("deconv", _deconvolutional, "`deconv`, `batchnorm` and an activation"),
    "local": Kind("local", _local, "`local`, and an activation"),
    "connected": Kind("connected", _connected, "`fc`, `batchnorm` and an activation", words("flipped dot")),
    "maxpool": Kind(
        "maxpool", partial(_pool, "maxpool"), "`maxpool`", words("out_channels maxpool_zero_nonmax antialiasing")
    ),
    "local_avgpool": Kind("local_avgpool", partial(_pool, "avgpool"), "`avgpool`"),
    "avgpool": Kind("avgpool", _avgpool, "`globalavgpool`"),
    "route": Kind("route", _route, "`identity`, `concat` or `split`"),
    "shortcut": Kind("shortcut", partial(_combined, "shortcut"), "`shortcut` and an activation", words("alpha beta")),
    "scale_channels": Kind("scale_channels", partial(_combined, "multiply"), "`multiply` and an activation"),
    "sam": Kind("sam", partial(_combined, "multiply"), "`multiply` and an activation"),
    "upsample": Kind("upsample", _upsample, "`upsample`"),
    "reorg": Kind("reorg", _reorg, "`space_to_depth`; `pixel_shuffle` with reverse; `flatten` and `pad` with extra"),
    "reorg3d": Kind("reorg3d", _reorg, "`space_to_depth`; `pixel_shuffle` with reverse"),
    "crop": Kind(
        "crop", _crop, "`crop`, the middle of the map", words("flip angle saturation exposure shift noadjust")
    ),
    "dropout": Kind("dropout", _dropout, "`dropout`", words("dropblock dropblock_size_rel dropblock_size_abs")),
    "batchnorm": Kind("batchnorm", partial(_plain, "batchnorm"), "`batchnorm`"),
    "normalization": Kind("normalization", _normalization, "`lrn`", words("kappa")),
    "activation": Kind("activation", _active_section, "an activation"),
    "logistic": Kind("logistic", partial(_plain, "sigmoid"), "`sigmoid`"),
    "softmax": Kind("softmax", _softmax, "`softmax`, behind `flatten` on a map", words("temperature tree noloss")),
    "yolo": Kind("yolo", partial(_head, 4), "`identity`, its input checked", HEAD),
    "Gaussian_yolo": Kind("yolo", partial(_head, 8), "`identity`, its input checked", HEAD),
    "region": Kind("region", partial(_head, None), "`identity`, its input checked", HEAD),
    "detection": Kind("detection", _detection, "`identity`, its input checked", HEAD),
    "iseg": Kind("iseg", _segmentation, "`identity`, its input checked", HEAD),
    "contrastive": Kind(
        "contrastive",
        partial(_plain, "identity"),
        "`identity`",
        words("classes yolo_layer temperature cls_normalizer max_delta contrastive_neg_max"),
    ),
    "cost": Kind("cost", partial(_plain, "identity"), "`identity`", words("type scale ratio noobj thresh")),
    "empty": Kind("empty", partial(_plain, "identity"), "`identity`"),
}
"""Every section by its full name."""
SHORT = {
    "conv": "convolutional", "deconv": "deconvolutional", "conn": "connected", "max": "maxpool", "avg": "avgpool",
    "local_avg": "local_avgpool", "lrn": "normalization", "soft": "softmax", "silence": "empty",
}  # fmt: skip
SECTIONS = KINDS | {short: KINDS[full] for short, full in SHORT.items()}
