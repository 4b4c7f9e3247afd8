# SPDX-License-Identifier: GPL-3.0-or-later
"""The measures of retargeting see what they are for: each is zero for a rig made to fit, and rises with its fault."""

from __future__ import annotations

from dataclasses import replace

import characters
import motions
import numpy as np
import pytest
from coamd.backend.lab.retargeting import posed_rig as measure
from coamd.backend.lab.retargeting.posed_rig import PosedRig
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rotations import about
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.detect.detection import detect
from coamd.rigs.solve.retarget import retarget
from gates import Posed as Solved
from gates import largest_step

RIG = characters.mixamo()
MAPPING = detect(RIG)
SIDEWAYS = np.array([1.0, 0.0, 0.0])


def at_rest(frames: int = 30) -> np.ndarray:
    """(F, bones, 4, 4): the rest pose throughout."""
    return np.repeat(RIG.matrices[None], frames, axis=0)


def turned(role: str, angles: np.ndarray, axis: np.ndarray) -> PosedRig:
    """The rest pose with a bone, and what hangs on it, turned about an axis of the world by angles (F,)."""
    matrices = at_rest(len(angles))
    name = MAPPING.bones[role]
    pivot = RIG.bone(name).head
    for i, bone in enumerate(RIG.bones):
        if bone.name == name or name in RIG.ancestors(bone.name):
            turn = about(axis, angles)
            matrices[:, i, :3, :3] = turn @ matrices[:, i, :3, :3]
            matrices[:, i, :3, 3] = pivot + (turn @ (matrices[:, i, :3, 3] - pivot)[..., None])[..., 0]
    return PosedRig(RIG, MAPPING, matrices)


def test_directions_are_those_of_the_source() -> None:
    clip = motions.walk(2.0)
    assert measure.direction_error(Solved(clip, RIG), clip) < 0.01
    assert measure.direction_error(Solved(clip, RIG), clip * (-1.0, 1.0, -1.0)) > 15.0, "it faces backwards"


def test_a_bone_that_grows_is_seen() -> None:
    matrices = at_rest()
    assert measure.stretch(PosedRig(RIG, MAPPING, matrices)) < 1e-9
    knee, ankle = (RIG.bone(MAPPING.bones[f"left_{part}"]).head for part in ("knee", "ankle"))
    matrices[7, RIG.index[MAPPING.bones["left_ankle"]], :3, 3] += 0.01 * (ankle - knee)
    assert np.isclose(measure.stretch(PosedRig(RIG, MAPPING, matrices)), 1.0)


def test_a_part_that_stays_behind_is_seen() -> None:
    matrices = at_rest()
    assert measure.gap(PosedRig(RIG, MAPPING, matrices)) < 1e-9
    arms = [i for i, bone in enumerate(RIG.bones) if bone.name.endswith(("LeftShoulder", "LeftArm"))]
    matrices[:, arms, 2, 3] += 0.05  # the arm's bones together, so no limb is longer
    behind = PosedRig(RIG, MAPPING, matrices)
    assert 1.0 < measure.gap(behind) < 100.0 * 0.05 / behind.leg + 1e-6


def test_legs_that_hang_on_the_root_leave_a_gap_unless_they_follow() -> None:
    rig = replace(RIG, bones=tuple(replace(b, parent=None) if b.name.endswith("UpLeg") else b for b in RIG.bones))
    mapping, clip = detect(rig), motions.walk(2.0)
    assert {bone for bone, _ in mapping.hung} == {"mixamorig:LeftUpLeg", "mixamorig:RightUpLeg"}
    followed = pose(rig, retarget(clip, rig, mapping, fps=20.0))
    assert measure.gap(PosedRig(rig, mapping, followed)) < 1e-6
    left = pose(rig, retarget(clip, rig, replace(mapping, hung=()), fps=20.0))
    assert measure.gap(PosedRig(rig, mapping, left)) > 50.0


def test_a_jump_is_seen_unless_the_source_has_it() -> None:
    clip = motions.still(1.5)
    angles = np.zeros(len(clip))
    angles[12:] = np.radians(40.0)
    jump = turned("left_knee", angles, SIDEWAYS)
    assert np.isclose(measure.unexplained_step(jump, clip), 40.0)
    assert np.isclose(largest_step(jump), 40.0)
    for j, name in enumerate(INDEX):
        if name in ("left_ankle", "left_foot"):
            away = clip[12:, j] - clip[12:, INDEX["left_knee"]]
            clip[12:, j] = clip[12:, INDEX["left_knee"]] + away @ about(SIDEWAYS, np.radians(40.0)).T
    assert measure.unexplained_step(jump, clip) < 1e-6


@pytest.mark.parametrize(("role", "part"), [("left_hip", "hip"), ("right_knee", "knee")])
def test_twist_is_the_turn_about_the_limb(role: str, part: str) -> None:
    rest = RIG.bone(MAPPING.bones[role])
    end = RIG.bone(MAPPING.bones[{"left_hip": "left_knee", "right_knee": "right_ankle"}[role]])
    axis = (end.head - rest.head) / np.linalg.norm(end.head - rest.head)
    found = measure.twists(turned(role, np.radians(np.linspace(0.0, 70.0, 9)), axis))
    assert np.isclose(found[part], 70.0, atol=0.5)


def test_spread_legs_at_rest_are_no_twist_in_a_deep_crouch() -> None:
    """A thigh that goes up in front of a straight stance keeps its roll, from whatever rest pose it began."""
    found = measure.twists(turned("left_hip", np.radians(np.linspace(0.0, 110.0, 9)), -SIDEWAYS))
    assert found["hip"] < 5.0


def test_a_knee_bends_backwards_and_an_elbow_forwards() -> None:
    bend = np.radians(np.linspace(25.0, 90.0, 10))
    assert measure.wrong_bends(turned("left_knee", bend, SIDEWAYS)) == 0.0
    assert measure.wrong_bends(turned("left_knee", -bend, SIDEWAYS)) == 1.0
    up = np.array([0.0, 0.0, 1.0])
    assert measure.wrong_bends(turned("left_elbow", -bend, up)) == 0.0
    assert measure.wrong_bends(turned("left_elbow", bend, up)) == 1.0
    assert measure.wrong_bends(turned("left_elbow", -0.1 * bend, -up)) == 0.0, "hardly bent: no way is wrong"


def test_a_toe_that_rests_stands() -> None:
    clip = motions.still(2.0)
    clip[15:25, INDEX["left_foot"], 1] += 0.2
    stands = measure.standing(clip, "left")
    assert stands[:12].all()
    assert not stands[16:24].any()
    assert measure.standing(clip, "right").all()


def test_somebody_who_lies_does_not_stand() -> None:
    lying = motions.lie()
    assert not measure.standing(lying, "left")[-5:].any()


def test_feet_off_the_ground_and_feet_that_tip() -> None:
    clip = motions.still(1.5)
    plain = PosedRig(RIG, MAPPING, at_rest(len(clip)))
    assert measure.off_ground(plain, clip) == 0.0
    assert measure.flatness(plain, clip) < 1e-6
    matrices = at_rest(len(clip))
    matrices[:15, :, 2, 3] += 0.05
    assert np.isclose(measure.off_ground(PosedRig(RIG, MAPPING, matrices), clip), 50.0)
    tipped = turned("left_ankle", np.full(len(clip), np.radians(20.0)), SIDEWAYS)
    assert np.isclose(measure.flatness(tipped, clip), 10.0, atol=0.5), "one foot of two"


def test_how_far_standing_feet_slide() -> None:
    clip = motions.still(1.5)
    matrices = at_rest(len(clip))
    matrices[:, :, 0, 3] += np.linspace(0.0, 0.1, len(clip))[:, None]
    rig, source, frames = measure.travels(PosedRig(RIG, MAPPING, matrices), clip)
    scale = measure.leg_length(clip) / PosedRig(RIG, MAPPING, matrices).leg
    assert source < 1e-9
    assert frames == 2 * (len(clip) - 1)
    assert np.isclose(rig, 0.2 * scale)


def test_very_little_says_nothing_about_feet() -> None:
    clip = motions.still(1.5) + np.array([0.0, 1.0, 0.0])
    assert np.isnan(measure.off_ground(PosedRig(RIG, MAPPING, at_rest(len(clip))), clip))
    assert np.isnan(measure.flatness(PosedRig(RIG, MAPPING, at_rest(len(clip))), clip))
