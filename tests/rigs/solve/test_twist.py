# SPDX-License-Identifier: GPL-3.0-or-later
"""Twist bones share the twist of their limb, and locked axes stay at rest."""

from __future__ import annotations

from dataclasses import replace

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from coamd.rigs.body.rotations import about, angle_between, matrix_from_quaternion, quaternion_from_matrix, transpose
from coamd.rigs.body.rotations import twist_angle as twist_of
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.mapping import Mapping, Twist
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.twist import limb_twists, within_locks
from hypothesis import given
from hypothesis import strategies as st

X, Y, Z = np.eye(3)
ARM = "mixamorig:LeftArm"


def hanging(share: float) -> tuple[RestRig, Mapping]:
    """A rig with a twist bone that hangs on the left upper arm."""
    rig = characters.mixamo()
    arm = rig.bone(ARM)
    bone = replace(arm, name="twist", parent=ARM, length=0.1)
    rig = RestRig((*rig.bones, bone), rig.matrix_world)
    return rig, replace(detect(rig), twists=(Twist("twist", "left_shoulder", share),))


def running_through() -> tuple[RestRig, Mapping]:
    """A rig whose left upper arm is a bone and, below that, a twist bone that carries the forearm, off the line."""
    rig = characters.mixamo()
    arm, elbow = rig.bone(ARM), rig.bone("mixamorig:LeftForeArm").head
    middle = 0.5 * (arm.head + elbow) + (0.0, 0.01, 0.005)
    first = replace(arm, matrix=rest_matrix(arm.head, middle), length=float(np.linalg.norm(middle - arm.head)))
    below = RestBone("twist", ARM, rest_matrix(middle, elbow), float(np.linalg.norm(elbow - middle)))
    bones = [first if bone.name == ARM else bone for bone in rig.bones]
    bones = [replace(bone, parent="twist") if bone.name == "mixamorig:LeftForeArm" else bone for bone in bones]
    rig = RestRig(tuple(bones), rig.matrix_world)
    at = rig.index[ARM] + 1
    rig = RestRig((*rig.bones[:at], below, *rig.bones[at:]), rig.matrix_world)
    return rig, replace(detect(characters.mixamo()), twists=(Twist("twist", "left_shoulder", 1.0),))


def rolled(figure: Figure, angle: float) -> dict[str, np.ndarray]:
    """Turns of an arm that has rolled by ``angle`` and of a hand that has rolled as much again."""
    still = np.eye(3)[None]
    axis = figure.place("left_elbow") - figure.place("left_shoulder")
    roll = about(axis / np.linalg.norm(axis), np.array([angle]))
    return {"left_collar": still, "left_shoulder": roll, "left_elbow": roll, "left_wrist": roll @ roll}


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_an_upper_arm_twists_between_shoulder_and_elbow(share: float) -> None:
    rig, mapping = hanging(share)
    found = limb_twists(Figure(rig, mapping), rolled(Figure(rig, mapping), 0.8))
    assert list(found) == ["twist"]
    assert np.allclose(angle_between(found["twist"], np.eye(3)), 0.8 * share)


def test_a_forearm_twists_as_far_as_the_hand_does() -> None:
    rig, mapping = hanging(0.5)
    mapping = replace(mapping, twists=(Twist("twist", "left_elbow", 0.5),))
    turns = rolled(Figure(rig, mapping), 0.8)
    found = limb_twists(Figure(rig, mapping), turns)["twist"]
    assert np.allclose(angle_between(found, turns["left_elbow"]), 0.4, atol=0.02)


def test_a_limb_that_runs_on_through_its_twist_bone_ends_where_it_would() -> None:
    clip = motions.walk(1.0)
    rig, mapping = running_through()
    plain = characters.mixamo()
    with_twist = pose(rig, retarget(clip, rig, mapping, fps=20.0))
    without = pose(plain, retarget(clip, plain, detect(plain), fps=20.0))
    for bone in ("mixamorig:LeftForeArm", "mixamorig:LeftHand"):
        place, expected = with_twist[:, rig.index[bone]], without[:, plain.index[bone]]
        assert np.allclose(place[:, :3, 3], expected[:, :3, 3], atol=1e-9)
        assert np.allclose(place[:, :3, :3], expected[:, :3, :3], atol=1e-9)
    upper = with_twist[:, rig.index[ARM], :3, :3] @ rig.bone(ARM).matrix[:3, :3].T
    chest = with_twist[:, rig.index["mixamorig:LeftShoulder"], :3, :3]
    chest = chest @ rig.bone("mixamorig:LeftShoulder").matrix[:3, :3].T
    axis = rig.bone(ARM).matrix[:3, 1]
    shown = twist_of(quaternion_from_matrix(transpose(chest) @ upper), axis)
    whole = twist_of(
        quaternion_from_matrix(
            transpose(chest) @ with_twist[:, rig.index["twist"], :3, :3] @ rig.bone("twist").matrix[:3, :3].T
        ),
        axis,
    )
    assert np.abs(shown).max() < 0.4 * np.abs(whole).max()


def test_without_twist_bones_nothing_is_shared() -> None:
    rig = characters.mixamo()
    assert limb_twists(Figure(rig, detect(rig)), {}) == {}


@given(st.floats(-3.0, 3.0), st.floats(-1.4, 1.4), st.sampled_from([0, 1, 2]))
def test_a_hinge_keeps_the_turn_about_its_axis_alone(angle: float, aside: float, free: int) -> None:
    axis, other = np.eye(3)[free], np.eye(3)[(free + 1) % 3]
    turn = about(other, np.array([aside])) @ about(axis, np.array([angle]))
    found = within_locks(quaternion_from_matrix(turn), tuple(k == free for k in range(3)))  # type: ignore[arg-type]
    assert np.allclose(matrix_from_quaternion(found), about(axis, np.array([angle])), atol=1e-6)


@given(st.floats(-3.0, 3.0), st.floats(-1.4, 1.4))
def test_a_locked_axis_loses_its_twist(angle: float, aside: float) -> None:
    turn = about(X, np.array([aside])) @ about(Y, np.array([angle]))
    found = within_locks(quaternion_from_matrix(turn), (True, False, True))
    assert np.allclose(matrix_from_quaternion(found), about(X, np.array([aside])), atol=1e-6)


def test_a_bone_without_a_free_axis_does_not_turn() -> None:
    found = within_locks(quaternion_from_matrix(about(Z, np.array([0.5]))), (False, False, False))
    assert np.allclose(found, [[1.0, 0.0, 0.0, 0.0]])
