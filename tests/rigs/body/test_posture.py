# SPDX-License-Identifier: GPL-3.0-or-later
"""The T-pose behind a clip: told from its rigid angles, whatever the figure does."""

from __future__ import annotations

from pathlib import Path

import motions
import numpy as np
import pytest
from coamd.rigs.body.posture import ACCAD, CHARACTER, CMU, OWN, Posture, chest_turn, find_posture, pelvis_turn
from coamd.rigs.body.rotations import about, angle_between, angle_of, normalised
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, JOINTS, PARENTS
from coamd.rigs.files.motion_sources import read_source
from hypothesis import given, settings
from hypothesis import strategies as st

ANGLES = st.floats(-3.0, 3.0)


def standing(posture: Posture) -> np.ndarray:
    """(1, 22, 3) that T-pose on the model's bone lengths; the limbs hang straight down."""
    out = np.zeros((1, len(JOINTS), 3))
    for j, parent in enumerate(PARENTS):
        if parent >= 0:
            way = posture.offsets[j]
            way = normalised(way) if way.any() else np.array([0.0, -1.0, 0.0])
            out[:, j] = out[:, parent] + BONE_LENGTHS[j] * way
    return out


@pytest.mark.parametrize("kind", [ACCAD, CMU, CHARACTER])
def test_each_skeleton_is_told_by_its_collars(kind: Posture) -> None:
    found = find_posture(standing(kind))
    assert np.allclose(found.shares, kind.shares, atol=0.02)
    assert abs(found.neck - kind.neck) < 0.02
    for joint in ("left_hip", "spine2", "neck", "head", "right_shoulder"):
        assert np.degrees(angle_of(found.offset(joint), kind.offset(joint))) < 1.0


def test_the_figure_of_the_way_back_is_known_exactly() -> None:
    assert find_posture(standing(OWN)) is OWN


def test_a_clip_between_two_skeletons_has_a_posture_between_theirs() -> None:
    half = standing(ACCAD) + 0.5 * (standing(CMU) - standing(ACCAD))
    assert 0.1 < find_posture(half).neck < 0.9


@settings(deadline=None, max_examples=30)
@given(ANGLES, ANGLES, ANGLES)
def test_turns_of_pelvis_and_chest_are_those_of_the_whole_figure(yaw: float, pitch: float, roll: float) -> None:
    turn = about(motions.Y, np.array(yaw)) @ about(motions.X, np.array(pitch)) @ about(motions.Z, np.array(roll))
    joints = standing(CMU) @ turn.T
    posture = find_posture(joints)
    assert np.degrees(angle_between(pelvis_turn(joints, posture)[0], turn)) < 1.0
    assert np.degrees(angle_between(chest_turn(joints, posture)[0], turn)) < 1.0


def test_captured_clips_are_told_apart_whatever_they_do(shared: Path) -> None:
    for take, neck in (("accad/male1/walk.bvh", 1.0), ("accad/female1/stand.bvh", 1.0), ("cmu/bvh/06_02.bvh", 0.0)):
        posture = find_posture(read_source(shared / "mocap" / take).joints)
        assert posture.neck == neck
        assert posture is not OWN


def test_a_clip_recorded_on_a_skeleton_takes_its_t_pose() -> None:
    """Another performer's hips: half way between the usual ones and straight down."""
    offsets = CMU.offsets.copy()
    offsets[[INDEX["left_hip"], INDEX["right_hip"]], 1] -= 0.05
    performer = standing(Posture(offsets, CMU.shares, CMU.neck))
    other = find_posture(performer, standing(CMU)[0])
    same = find_posture(performer, performer[0])
    assert np.degrees(angle_of(other.offset("left_hip"), performer[0, INDEX["left_hip"]])) > 3.0
    assert np.degrees(angle_of(same.offset("left_hip"), performer[0, INDEX["left_hip"]])) < 1e-6
