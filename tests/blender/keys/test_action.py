# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys are written exactly, on a bound slot, in every Blender version; what was there before stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.blender_addon.character import armature
from coamd.blender_addon.keys import action as actions
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.rest_rig import RestBone, RestRig
from coamd.rigs.body.rotations import continuous, matrix_from_euler, matrix_from_quaternion, normalised
from coamd.rigs.detect.detection import Switch

FRAMES = np.arange(10, 40, dtype=np.float32)
BONE = "mixamorig:LeftArm"


@pytest.fixture
def turning() -> np.ndarray:
    """A bone that wanders through half of all rotations: (F, 4)."""
    steps = np.random.default_rng(3).normal(size=(len(FRAMES), 4)) * 0.15
    return continuous(normalised(np.cumsum(steps, axis=0) + np.array([1.0, 0.0, 0.0, 0.0])))


def write(rig_object: Any, *curves: BoneCurves, name: str = "new") -> Any:
    made = actions.new_action(rig_object, name, actions.channels(rig_object, curves, FRAMES))
    actions.assign(rig_object, made)
    return made


def test_every_key_reads_back_as_it_was_written(character: Any, turning: np.ndarray) -> None:
    places = np.cumsum(turning[:, 1:], axis=0)
    made = write(character, BoneCurves("mixamorig:Hips", turning, places))
    curves = {(curve.data_path, curve.array_index): curve for curve in actions.curves_of(made)}
    assert len(curves) == 7
    for attribute, values in (("rotation_quaternion", turning), ("location", places)):
        for index in range(values.shape[1]):
            curve = curves['pose.bones["mixamorig:Hips"].' + attribute, index]
            written = np.array([tuple(key.co) for key in curve.keyframe_points], dtype=np.float32)
            np.testing.assert_array_equal(written[:, 0], FRAMES)
            np.testing.assert_array_equal(written[:, 1], values[:, index].astype(np.float32))
            assert {key.interpolation for key in curve.keyframe_points} == {"LINEAR"}
            assert curve.group.name == "mixamorig:Hips"


def test_the_slot_is_bound_so_that_the_character_moves(character: Any, turning: np.ndarray) -> None:
    made = write(character, BoneCurves(BONE, turning, None))
    data = character.animation_data
    assert data.action == made
    if hasattr(made, "slots"):
        assert data.action_slot == made.slots[0]
        assert made.slots[0].target_id_type == "OBJECT"
    for frame, rotation in zip(FRAMES, turning, strict=True):
        bpy.context.scene.frame_set(int(frame))
        np.testing.assert_allclose(character.pose.bones[BONE].rotation_quaternion, rotation, atol=1e-6)


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX", "AXIS_ANGLE"])
def test_a_bone_keeps_its_rotation_mode(character: Any, turning: np.ndarray, mode: str) -> None:
    """Whatever the mode, Blender's own evaluation gives the wanted rotation at every frame."""
    bone = character.pose.bones[BONE]
    bone.rotation_mode = mode
    write(character, BoneCurves(BONE, turning, None))
    assert bone.rotation_mode == mode
    for frame, wanted in zip(FRAMES, matrix_from_quaternion(turning), strict=True):
        bpy.context.scene.frame_set(int(frame))
        np.testing.assert_allclose(np.array(bone.matrix_basis.to_3x3()), wanted, atol=1e-5)


def test_axis_and_angle_do_not_jump_where_a_bone_swings_through_rest() -> None:
    swing = np.linspace(-0.5, 0.5, 20)
    rotations = np.stack([np.cos(swing), np.sin(swing), 0 * swing, 0 * swing], axis=1)
    values = actions.axis_angle(rotations)
    assert np.abs(np.diff(values, axis=0)).max() < 0.12


def test_axis_and_angle_go_on_past_a_full_turn() -> None:
    angle = np.linspace(0.0, 6 * np.pi, 200)
    rotations = np.stack([np.cos(angle / 2), 0 * angle, np.sin(angle / 2), 0 * angle], axis=1)
    values = actions.axis_angle(rotations)
    np.testing.assert_allclose(values[:, 0] * values[:, 2], angle, atol=1e-6)


def test_a_location_that_is_not_local_means_the_same_place(character: Any, turning: np.ndarray) -> None:
    """With "Local Location" off, Blender takes the location in armature space."""
    hips = character.data.bones["mixamorig:Hips"]
    places = np.cumsum(turning[:, 1:], axis=0)
    heads = []
    for local in (True, False):
        hips.use_local_location = local
        write(character, BoneCurves("mixamorig:Hips", turning, places))
        bpy.context.scene.frame_set(30)
        heads.append(np.array(character.pose.bones["mixamorig:Hips"].matrix))
    np.testing.assert_allclose(heads[0], heads[1], atol=1e-5)


def test_the_old_action_is_kept_bit_for_bit(character: Any, turning: np.ndarray) -> None:
    old = write(character, BoneCurves(BONE, turning, None), name="mine")
    old.use_fake_user = False
    track = character.animation_data.nla_tracks.new()
    track.strips.new("strip", 1, old)
    before = snapshot.of_action(old)
    new = write(character, BoneCurves(BONE, turning[::-1], None))
    assert character.animation_data.action == new
    assert snapshot.of_action(bpy.data.actions["mine"]) == before
    assert old.use_fake_user, "without a user it would be lost when the file is saved"
    assert [strip.action for strip in track.strips] == [old]


def test_what_an_earlier_pose_left_behind_is_set_to_rest(character: Any, turning: np.ndarray) -> None:
    spine, arm = (character.pose.bones[f"mixamorig:{name}"] for name in ("Spine", "LeftArm"))
    spine.location, spine.rotation_quaternion, arm.scale = (0.0, 0.3, 0.0), (0.0, 1.0, 0.0, 0.0), (2.0, 2.0, 2.0)
    curves = [BoneCurves(BONE, turning, None)]
    chans = actions.rest_channels(character, curves, 10)
    assert sorted(channel.path for channel in chans) == [
        'pose.bones["mixamorig:LeftArm"].scale',
        'pose.bones["mixamorig:Spine"].location',
        'pose.bones["mixamorig:Spine"].rotation_quaternion',
    ]
    actions.assign(character, actions.new_action(character, "new", chans))
    bpy.context.scene.frame_set(20)
    assert tuple(spine.location) == (0.0, 0.0, 0.0)
    assert tuple(spine.rotation_quaternion) == (1.0, 0.0, 0.0, 0.0)
    assert tuple(arm.scale) == (1.0, 1.0, 1.0)


def test_bones_that_place_the_character_stay_where_they_are(
    build: Callable[..., Any], character: Any, turning: np.ndarray
) -> None:
    rig = armature.rest_rig(character)
    root = RestBone("root", None, np.eye(4), 0.3)
    bones = [RestBone(b.name, b.parent or "root", b.matrix, b.length) for b in rig.bones]
    placed = build(RestRig((root, *bones), np.eye(4)), "Placed")
    placed.pose.bones["root"].location = (0.0, 3.0, 0.0)
    placed.pose.bones["mixamorig:Spine"].location = (0.0, 0.3, 0.0)
    hips = BoneCurves("mixamorig:Hips", turning, turning[:, 1:])
    chans = actions.rest_channels(placed, [hips, BoneCurves(BONE, turning, None)], 10)
    assert [channel.path for channel in chans] == ['pose.bones["mixamorig:Spine"].location']


def test_a_character_at_rest_gets_no_such_keys(character: Any, turning: np.ndarray) -> None:
    assert actions.rest_channels(character, [BoneCurves(BONE, turning, None)], 10) == []


def test_switches_are_keyed_in_the_same_action(character: Any) -> None:
    hips = character.pose.bones["mixamorig:Hips"]
    hips["IK_FK"] = 0.0
    switches = (Switch("mixamorig:Hips", "IK_FK", 1.0), Switch("mixamorig:Hips", "no such", 1.0))
    chans = actions.switch_channels(character, switches, 10)
    assert [channel.path for channel in chans] == ['pose.bones["mixamorig:Hips"]["IK_FK"]']
    actions.assign(character, actions.new_action(character, "new", chans))
    bpy.context.scene.frame_set(20)
    assert hips["IK_FK"] == 1.0


def test_names_with_quotes_are_safe(character: Any, turning: np.ndarray) -> None:
    name = 'Arm "left" \\'
    character.data.bones[BONE].name = name
    write(character, BoneCurves(name, turning, None))
    bpy.context.scene.frame_set(30)
    np.testing.assert_allclose(character.pose.bones[name].rotation_quaternion, turning[20], atol=1e-6)


def test_the_rotation_order_matters() -> None:
    """The oracle of the Euler tests can fail: another order is another rotation."""
    angles = np.array([0.3, 0.7, -0.4])
    assert not np.allclose(matrix_from_euler(angles, "XYZ"), matrix_from_euler(angles, "ZYX"), atol=1e-3)
