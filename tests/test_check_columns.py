"""The columns and claims of course tables: their headings, what they mean, and what becomes of those not read."""

from __future__ import annotations

import pytest
from conftest import Cli

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
