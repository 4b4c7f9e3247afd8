# SPDX-License-Identifier: GPL-3.0-or-later
"""Captured clips in the posture in which rigs are read; the oracle is the way over a rig and back."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.rigs.body.canonical import at_origin, mirrored
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.posture import ACCAD, CHARACTER, CMU, OWN, Posture, find_posture
from coamd.rigs.body.rotations import about, normalised
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, JOINTS, PARENTS
from coamd.rigs.detect.detection import detect
from coamd.rigs.solve.posture_change import in_own_posture
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose
from coamd.rigs.solve.settings import RetargetSettings

from tests.characters import mixamo
from tests.motions import walk

TRUNK = [INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head", "left_collar", "right_shoulder")]


def captured(posture: Posture, bend: float = 0.0) -> np.ndarray:
    """A walk (F, 22, 3) as a skeleton of that posture has it, its trunk bent forward by ``bend`` radians."""
    clip = walk(3.0)
    turn = about(np.array([1.0, 0.0, 0.0]), np.array(bend))
    out = np.zeros_like(clip)
    out[:, 0] = clip[:, 0]
    for j, name in enumerate(JOINTS[1:], start=1):
        way = posture.offsets[j]
        ways = clip[:, j] - clip[:, PARENTS[j]]
        if way.any():
            rigid = name.endswith("_hip")
            ways = np.broadcast_to((way if rigid else turn @ way), ways.shape)
        out[:, j] = out[:, PARENTS[j]] + BONE_LENGTHS[j] * normalised(ways)
    return out


def over_a_rig(joints: np.ndarray) -> np.ndarray:
    rig = mixamo()
    mapping = detect(rig)
    posed = pose(rig, retarget(joints, rig, mapping, fps=FPS, settings=RetargetSettings(foot_lock=0.0)))
    return joints_from_pose(posed, rig, mapping)


@pytest.mark.parametrize("posture", [CMU, CHARACTER], ids=["CMU", "character"])
def test_a_t_pose_of_any_skeleton_is_our_own(posture: Posture) -> None:
    clip = captured(posture)
    out = in_own_posture(clip)
    ways = normalised(out[:, TRUNK] - out[:, [PARENTS[j] for j in TRUNK]])
    assert np.allclose(ways, normalised(OWN.offsets[TRUNK]), atol=1e-3)  # postures are told by an angle
    assert not np.allclose(clip, out, atol=0.03)
    assert find_posture(out) is OWN


@pytest.mark.parametrize("posture", [CMU, CHARACTER], ids=["CMU", "character"])
def test_it_is_what_comes_back_from_a_rig(posture: Posture) -> None:
    clip = captured(posture, bend=0.3)
    back, out = at_origin(over_a_rig(at_origin(clip))), at_origin(in_own_posture(clip))
    assert np.linalg.norm(out - back, axis=-1).mean() < 0.01
    assert np.linalg.norm(at_origin(clip) - back, axis=-1).mean() > 0.02  # it would not be so without


def test_limbs_point_where_they_did_and_lengths_are_the_models() -> None:
    clip = captured(CMU, bend=0.2)
    out = in_own_posture(clip)
    for name in ("left_knee", "right_ankle", "left_elbow", "right_wrist"):
        j = INDEX[name]
        ways = (normalised(x[:, j] - x[:, PARENTS[j]]) for x in (clip, out))
        assert np.allclose(*ways, atol=1e-6)
    lengths = np.linalg.norm(out[:, 1:] - out[:, list(PARENTS[1:])], axis=-1)
    assert np.allclose(lengths, BONE_LENGTHS[1:], atol=1e-6)


def test_a_clip_of_a_rig_comes_back_as_it_is() -> None:
    own = over_a_rig(walk(3.0))
    assert in_own_posture(own) is own


def test_left_and_right_are_treated_alike() -> None:
    clip = captured(CMU, bend=0.2)
    there, back = in_own_posture(mirrored(clip)), mirrored(in_own_posture(clip))
    assert np.abs(there - back).max() < 0.02  # the model's legs and collars differ by some millimetres


def test_place_and_heading_do_not_matter() -> None:
    clip = captured(CMU, bend=0.2)
    moved = clip + np.array([3.0, 0.0, -2.0])
    assert np.allclose(in_own_posture(moved), in_own_posture(clip) + np.array([3.0, 0.0, -2.0]), atol=1e-6)
    assert ACCAD is OWN
