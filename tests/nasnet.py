"""NASNet-A as specs: every cell reads the cell before it and the one before that.

Zoph et al. 2017, Learning transferable architectures, with the layers of Keras Applications. Its branches are padded
as in TensorFlow, and meet again in every cell: with symbols for the input, their number of cases must not multiply.
"""

from __future__ import annotations

from typing import NamedTuple

HEAD = """\
name: {name}
input: {size}x{size}x3
defaults:
  conv: {{kernel: 1, bias: false}}
  depthwise: {{padding: same, bias: false}}
  avgpool: {{kernel: 3, stride: 1, padding: same}}
  maxpool: {{kernel: 3, stride: 2, padding: same}}
blocks:
  half(filters, kernel, stride=1):
    - relu:
    - {{depthwise: {{kernel: kernel, stride: stride}}}}
    - {{conv: filters}}
    - bn:
  separable(filters, kernel, stride=1):
    - {{half: [filters, kernel, stride]}}
    - {{half: [filters, kernel]}}
  squeeze(filters):
    - relu:
    - {{conv: filters}}
    - bn:
  subsampled(filters):
    - {{avgpool: {{kernel: 1, stride: 2, padding: 0}}}}
    - {{conv: filters}}
  halve(filters):
    - relu:
    - concat:
        - [{{subsampled: filters // 2}}]
        - [{{pad: [[0, 1], [0, 1]]}}, {{crop: [[1, 0], [1, 0]]}}, {{subsampled: filters - filters // 2}}]
    - bn:
layers:
  - {{conv: {{filters: {stem}, kernel: 3, stride: 2}}, name: stem_conv}}
  - {{bn: , name: stem}}
"""
NORMAL = """\
  - {{squeeze: {f}, from: {x}, name: {c}_h}}
  - {{separable: [{f}, 5], from: {c}_h, name: {c}_1a}}
  - {{separable: [{f}, 3], from: {p}, name: {c}_1b}}
  - {{add: , from: [{c}_1a, {c}_1b], name: {c}_1}}
  - {{separable: [{f}, 5], from: {p}, name: {c}_2a}}
  - {{separable: [{f}, 3], from: {p}, name: {c}_2b}}
  - {{add: , from: [{c}_2a, {c}_2b], name: {c}_2}}
  - {{avgpool: , from: {c}_h, name: {c}_3a}}
  - {{add: , from: [{c}_3a, {p}], name: {c}_3}}
  - {{add: [[avgpool], [avgpool]], from: {p}, name: {c}_4}}
  - {{separable: [{f}, 3], from: {c}_h, name: {c}_5a}}
  - {{add: , from: [{c}_5a, {c}_h], name: {c}_5}}
  - {{concat: , from: [{p}, {c}_1, {c}_2, {c}_3, {c}_4, {c}_5], name: {c}}}
"""
REDUCTION = """\
  - {{squeeze: {f}, from: {x}, name: {c}_h}}
  - {{separable: [{f}, 5, 2], from: {c}_h, name: {c}_1a}}
  - {{separable: [{f}, 7, 2], from: {p}, name: {c}_1b}}
  - {{add: , from: [{c}_1a, {c}_1b], name: {c}_1}}
  - {{maxpool: , from: {c}_h, name: {c}_2a}}
  - {{separable: [{f}, 7, 2], from: {p}, name: {c}_2b}}
  - {{add: , from: [{c}_2a, {c}_2b], name: {c}_2}}
  - {{avgpool: {{stride: 2}}, from: {c}_h, name: {c}_3a}}
  - {{separable: [{f}, 5, 2], from: {p}, name: {c}_3b}}
  - {{add: , from: [{c}_3a, {c}_3b], name: {c}_3}}
  - {{avgpool: , from: {c}_1, name: {c}_4a}}
  - {{add: , from: [{c}_2, {c}_4a], name: {c}_4}}
  - {{separable: [{f}, 3], from: {c}_1, name: {c}_5a}}
  - {{maxpool: , from: {c}_h, name: {c}_5b}}
  - {{add: , from: [{c}_5a, {c}_5b], name: {c}_5}}
  - {{concat: , from: [{c}_2, {c}_3, {c}_4, {c}_5], name: {c}}}
"""


class Cell(NamedTuple):
    """A cell's name, its channels, and how often the maps were halved before its output."""

    name: str
    channels: int
    halvings: int


def nasnet(name: str, size: int, channels: int, cells: int, stem: int, *, skip: bool = False) -> str:
    """The text of the spec with `channels` before the classifier; `skip`: a reduction is no input of the cell behind.

    `cells` normal cells stand between two reductions.
    """
    text = [HEAD.format(name=name, size=size, stem=stem)]
    before = here = Cell("stem", stem, 1)

    def cell(name: str, layout: str, filters: int) -> None:
        nonlocal before, here
        other = before.name
        if (before.channels, before.halvings) != (filters, here.halvings) and before is not here:
            block = "halve" if before.halvings != here.halvings else "squeeze"
            other = f"{name}_p"
            text.append(f"  - {{{block}: {filters}, from: {before.name}, name: {other}}}\n")
        text.append(layout.format(c=name, f=filters, x=here.name, p=other))
        normal = layout == NORMAL
        before, here = here, Cell(name, filters * (6 if normal else 4), here.halvings + (not normal))

    filters = channels // 24
    cell("stem_1", REDUCTION, filters // 4)
    cell("stem_2", REDUCTION, filters // 2)
    for stage in range(3):
        if stage:
            kept = before
            cell(f"reduction_{stage}", REDUCTION, filters << stage)
            before = kept if skip else before
        for number in range(cells):
            cell(f"normal_{stage}_{number}", NORMAL, filters << stage)
    text.append("  - relu:\n  - globalavgpool:\n  - {fc: 1000, name: predictions}\n")
    return "".join(text)
