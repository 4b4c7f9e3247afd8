# SPDX-License-Identifier: GPL-3.0-or-later
"""Small modules with random weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from coamd.backend.model.config import GeneratorConfig
from coamd.backend.model.generator import Generator
from small_system import shake, small_generator
from torch import nn


@pytest.fixture(scope="session")
def shaken() -> Callable[[nn.Module], nn.Module]:
    """Makes every parameter of a module random, in place, and puts it in evaluation mode."""
    return shake


@pytest.fixture
def generator_config() -> GeneratorConfig:
    return small_generator()


@pytest.fixture(scope="module", params=["sit", "ddpm"])
def generator(request: pytest.FixtureRequest) -> Generator:
    """A small generator, once with either head."""
    torch.manual_seed(0)
    model = shake(Generator(small_generator(request.param)))
    assert isinstance(model, Generator)
    return model
