# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights and a motion for the tests of commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files.motion_file import write_motion
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from tiny_model import write_tiny_model


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def broken_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh weights folder that a test may spoil."""
    folder = tmp_path_factory.mktemp("spoilt") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def motion(tmp_path: Path) -> Path:
    """A whole motion file of 3 s."""
    rng = np.random.default_rng(1)
    bones = rng.normal(size=(1, 22, 3)) + 0.3 * np.sin(np.linspace(0, 5, 60))[:, None, None]
    bones *= BONE_LENGTHS[:, None] / np.linalg.norm(bones, axis=-1, keepdims=True)
    joints = np.zeros(bones.shape)
    for joint in range(1, 22):
        joints[:, joint] = joints[:, PARENTS[joint]] + bones[:, joint]
    write_motion(tmp_path / "motion.npz", joints)
    return tmp_path / "motion.npz"
