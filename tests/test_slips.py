"""Slips once made in counts, scopes and limits: each stays mended."""

from __future__ import annotations

import re

import pytest
from conftest import Write

import cnncalc
from cnncalc.analysis import training_memory


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            (
                "input: 8x8x3\nblocks:\n  b(w):\n    - {conv: {filters: w, kernel: 3}}\n"
                "layers:\n  - relu\n  - {b: {w: }}\n  - {fc: 10}\n"
            ),
            "w has no value",
        ),
        ("input: 8x8x3\nparameters: {p: [1, null]}\nlayers: [relu]\n", "no value"),
        ("input: HxWx3\nlayers:\n  - add: [[{conv: {filters: 3, kernel: 3}}], []]\n", "inputs differ"),
        (
            (
                "input: 9x9x3\nlayers:\n  - {conv: {filters: 3, kernel: [1, 9], padding: half}, name: a}\n"
                "  - {conv: {filters: 3, kernel: 3, padding: half}, share: a}\n"
            ),
            "cannot share",
        ),
        ("input: 8x8x3\nlayers:\n  - {conv: {filters: in + 1, kernel: 3}}\n", "name a part"),
        ("input: 8x8x3\nlayers:\n  - {conv: {filters: in, kernel: 3}}\n", "name a part"),
        ("input: 8x8x3\nlayers:\n  - {conv: {filters: 8 // (0-3), kernel: 3}}\n", "divisor must be positive"),
        ("input: 8x8x3\nlayers:\n  - {relu: , repeat: 2, name: a}\n  - {relu: , from: a}\n", "did you mean 'a_2'"),
        (
            "input: 8x8x3\nlayers:\n  - relu\n  - {repeat: 1000000, group: [{group: [], repeat: 1000000}]}\n",
            "steps",
        ),
    ],
)
def test_what_was_let_pass_is_refused_with_its_reason(write: Write, text: str, message: str) -> None:
    with pytest.raises(cnncalc.SpecError, match=re.escape(message)):
        cnncalc.analyze(write(text))


def test_a_chain_of_a_hundred_and_twenty_blocks_is_refused_and_no_recursion_error(write: Write) -> None:
    blocks = "".join(f"  b{number}: [b{number + 1}]\n" for number in range(120))
    path = write(f"input: 8x8x3\nblocks:\n{blocks}  b120: [relu]\nlayers: [b0]\n")
    with pytest.raises(cnncalc.SpecError, match="nested more than 100 deep"):
        cnncalc.analyze(path)


@pytest.mark.parametrize("text", ["conv3-8, add, fc-10", "conv3-8p[1same]", "conv3-8p[,2]"])
def test_wrong_notation_is_a_spec_error(text: str) -> None:
    with pytest.raises(cnncalc.SpecError):
        cnncalc.analyze(text, "8x8x3")


def test_vectors_of_paths_with_different_jumps_may_be_put_together(write: Write) -> None:
    text = "input: 12x12x3\nlayers:\n  - concat: [[{adaptivemaxpool: 4}, flatten], [{adaptivemaxpool: 2}, flatten]]\n"
    expected = 3 * 16 + 3 * 4
    assert expected == cnncalc.analyze(write(text)).layers[-1].output.channels


def test_vectors_may_be_multiplied(write: Write) -> None:
    analysis = cnncalc.analyze(write("input: 8\nlayers:\n  - multiply: [[fc: 10], [fc: 10]]\n"))
    expected = (10, 10)
    assert expected == (analysis.layers[-1].output.channels, analysis.layers[-1].operations.multiplies)


def test_a_symbolic_encoder_and_decoder_says_what_it_does_not_know(write: Write) -> None:
    text = (
        "input: HxWx3\nlayers:\n"
        "  - {conv: {filters: 8, kernel: 3, padding: same, stride: 2}}\n  - {upsample: 2}\n"
        "  - {conv: {filters: 8, kernel: 3, padding: same, stride: 3}}\n"
    )
    assert "symbol" in cnncalc.analyze(write(text)).layers[-1].receptive_field.unknown


def test_training_keeps_the_input_of_a_batch_norm() -> None:
    """torch 2.13.0 saves, for conv, batch norm and in-place ReLU: the input, the conv's output, the norm's output."""
    analysis = cnncalc.analyze("conv3-8, batchnorm, relu", "32x32x3")
    expected = 12_288 + 32_768 + 32_768
    assert expected == training_memory(analysis)["activations"]


def test_flops_of_everything_leave_the_biases_out_where_they_are_not_counted() -> None:
    counts = [
        cnncalc.analyze("conv3-8", "8x8x3", convention=cnncalc.Convention(bias=bias, flops="all")).total("flops")
        for bias in (True, False)
    ]
    expected = 8 * 8 * 8
    assert expected == counts[0] - counts[1]


@pytest.mark.parametrize("batch", [0, -1, 2.5, "2x", True])
def test_a_batch_is_a_number_of_images_or_a_name(batch: object) -> None:
    with pytest.raises(cnncalc.SpecError, match="batch"):
        cnncalc.analyze("conv3-8", "8x8x3", batch=batch)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ["orxHx3", "inxinx3"])
def test_words_of_the_language_name_no_size(size: str) -> None:
    with pytest.raises(cnncalc.SpecError, match="word of the language"):
        cnncalc.analyze("conv3-8", size)


def test_a_size_beyond_all_use_is_refused() -> None:
    with pytest.raises(cnncalc.SpecError, match="beyond 1,000,000,000,000"):
        cnncalc.analyze("upsample1000000*1000", "2x2x1")


def test_connections_behind_a_symbolic_kernel_are_refused_with_their_reason() -> None:
    analysis = cnncalc.analyze("stack_5x5", settings={"kernel": "K"})
    with pytest.raises(cnncalc.SpecError, match="the kernel must be a number, not K"):
        analysis.total("connections")
