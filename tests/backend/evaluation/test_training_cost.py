# SPDX-License-Identifier: GPL-3.0-or-later
"""The computed cost of a training step, against what is known of a single layer and of the paper's size."""

from __future__ import annotations

import pytest
import torch
from coamd.backend.cli import main
from coamd.backend.evaluation.training_cost import STATE, cost
from torch import nn


def test_a_linear_layer_costs_what_its_definition_says() -> None:
    """Forward and the gradient of the weights are a product of 2 B I O operations each; nobody asks for the input's."""
    with torch.device("meta"):
        layer = nn.Linear(30, 50, bias=False)
        found = cost("layer", 7, layer, lambda model: model(torch.empty(7, 30)).sum())
    assert found.operations == 2 * (2 * 7 * 30 * 50)
    assert found.parameters == 1500
    assert found.kept == 4 * 7 * 30  # the input, not the weights


def test_the_paper_size_is_the_one_that_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["benchmark", "training"]) == 0
    rows = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert float(rows["autoencoder"][2]) == pytest.approx(19.0, abs=0.1)
    assert float(rows["generator"][2]) == pytest.approx(385.0, abs=5.0)
    assert float(rows["generator"][3]) == pytest.approx(STATE * 0.385, abs=0.2)
    # each parameter is used by every row that passes it: 6 operations in all, at least for the head's 271 M
    head_rows = 4 * 0.6366 * 64 * 49
    assert float(rows["generator"][6]) > 6 * 271e6 * head_rows / 1e12
    assert "computed" in rows
