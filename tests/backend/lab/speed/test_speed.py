# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark measures real things. How fast they are is not tested: that depends on the machine."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.retargeting import sample_rig
from coamd.backend.lab.speed import product as speed
from coamd.backend.lab.speed.full_size import full_size
from coamd.rigs.detect.detection import detect
from coamd.rigs.errors import UserError
from tiny_model import write_tiny_model


def test_a_real_backend_is_timed(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "weights")
    figures, motion = speed.backend(tmp_path / "weights", "cpu", runs=1)
    assert motion.shape == (80, 22, 3)
    assert len(figures) == 5
    assert all(figure.value is None or figure.value > 0.0 for figure in figures)


def test_a_backend_without_weights_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        speed.backend(tmp_path / "none", "cpu", runs=1)
    assert caught.value.code == "weights_missing"


def test_the_sample_rig_has_60_bones_and_is_known() -> None:
    rig = sample_rig.rest_rig()
    mapping = detect(rig)
    assert len(rig.bones) == 60
    assert (mapping.family, mapping.missing) == ("Mixamo", ())
    # Mixamo's children start where their parents end, all but the collars and the hips of the legs.
    for name in ("LeftForeArm", "RightLeg", "Spine2", "Head"):
        bone = rig.bone(f"mixamorig:{name}")
        assert bone.parent is not None
        assert np.allclose(bone.head, rig.bone(bone.parent).tail), name


def test_a_motion_is_stretched_to_200_frames() -> None:
    joints = np.tile(sample_rig.t_pose()[:, [0, 2, 1]] * (1.0, 1.0, -1.0), (80, 1, 1))
    curves = speed.solve(joints, sample_rig.rest_rig())
    assert {len(curve.rotations) for curve in curves} == {speed.FRAMES}


def test_memory_and_machine_are_named() -> None:
    before = speed.peak_memory(os.getpid())
    assert before is None or 0.01 < before < 100.0
    assert "cores" in speed.machine()


def test_the_verdict_follows_the_target() -> None:
    assert speed.SpeedFigure("a", 1.0, "s", 2.0).cells() == ("a", "1.00 s", "<= 2 s", "ok")
    assert speed.SpeedFigure("a", 3.0, "s", 2.0).cells()[-1] == "over"
    assert speed.SpeedFigure("a", 3.0, "s").cells() == ("a", "3.00 s", "", "")
    assert speed.SpeedFigure("a", None, "s", 2.0).cells()[1] == "not measured"


def test_a_whole_size_is_built_loaded_sampled_and_labelled() -> None:
    """With the small config, for time's sake; the command runs the same function with the full one."""
    told: list[str] = []
    figures = full_size("cpu", told.append, "CoAMD-SiT-S")
    assert told == ["building", "loading", "sampling", "labelling"]
    assert all(figure.value is None or figure.value > 0.0 for figure in figures)
