# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny model in a folder, as the bundled one is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from coamd.backend.model.weights import System, load_system
from tiny_model import write_tiny_model


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its folder."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="session")
def system(tiny: Path) -> System:
    """It, loaded; its head begins with zeros, through which nothing could be learnt."""
    system = load_system(tiny, torch.device("cpu"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        torch.nn.init.normal_(system.generator.head.net.out.weight, std=0.3)
    return system
