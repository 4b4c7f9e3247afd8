# SPDX-License-Identifier: GPL-3.0-or-later
"""A small model with random weights, and the bundled one."""

from __future__ import annotations

from pathlib import Path

import pytest
from coamd.backend.motion.pipeline import BUNDLED, Pipeline
from tiny_model import write_tiny_model


@pytest.fixture(scope="package")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """Random weights: what holds with them holds with any."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    return Pipeline.load(folder, "cpu")


@pytest.fixture(scope="package")
def bundled() -> Pipeline:
    """The bundled model."""
    if not (Path(BUNDLED) / "generator.safetensors").is_file():
        pytest.skip("the bundled weights are not in backend/weights")
    return Pipeline.load(device="cpu")
