# SPDX-License-Identifier: GPL-3.0-or-later
"""Reduced keys as Blender evaluates them, locked channels, and who may be written to at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import motions
import numpy as np
import pytest
from coamd.blender_addon.character import armature, mannequin
from coamd.blender_addon.keys import action as actions
from coamd.blender_addon.keys import locked_channels
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.rotations import angle_between, continuous, matrix_from_quaternion, normalised
from coamd.rigs.detect.detection import detect
from coamd.rigs.errors import UserError
from coamd.rigs.solve.key_reduction import Tolerance
from coamd.rigs.solve.retarget import retarget

BONE = "mixamorig:LeftArm"
HIPS = "mixamorig:Hips"


def walk(rig_object: Any) -> tuple[BoneCurves, ...]:
    rig = armature.rest_rig(rig_object)
    return retarget(motions.walk(4.0), rig, detect(rig), fps=24.0)


def write(rig_object: Any, curves: tuple[BoneCurves, ...], tolerance: Tolerance | None = None) -> tuple[Any, range]:
    frames = 10 + np.arange(len(curves[0].rotations), dtype=np.float32)
    action = actions.new_action(rig_object, "new", actions.channels(rig_object, curves, frames, tolerance))
    actions.assign(rig_object, action)
    return action, range(10, 10 + len(frames))


@pytest.mark.parametrize("mode", ["QUATERNION", "XYZ", "ZXY", "AXIS_ANGLE"])
def test_reduced_keys_keep_every_frame_within_the_tolerance(character: Any, mode: str) -> None:
    """Blender's own evaluation of every bone at every frame."""
    curves = walk(character)
    for pose_bone in character.pose.bones:
        pose_bone.rotation_mode = mode
    tolerance = Tolerance(1.0, 0.5)
    action, frames = write(character, curves, tolerance)
    keys = [len(curve.keyframe_points) for curve in actions.curves_of(action)]
    assert np.mean(keys) < 0.3 * len(frames)
    for i, frame in enumerate(frames):
        bpy.context.scene.frame_set(frame)
        for curve in curves:
            pose_bone = character.pose.bones[curve.bone]
            made = np.array(pose_bone.matrix_basis.to_3x3())
            wanted = matrix_from_quaternion(curve.rotations[i])
            assert np.degrees(angle_between(made, wanted)) <= tolerance.degrees + 1e-3, curve.bone
            if curve.locations is not None:
                assert np.linalg.norm(np.array(pose_bone.location) - curve.locations[i]) <= 0.005 + 1e-5


def test_a_scaled_character_is_measured_in_centimetres_of_the_world(character: Any) -> None:
    """At a hundredth of its size, the hips of the same armature may be off by a hundred times as many units."""
    t = np.arange(60)[:, None]
    still = np.tile([1.0, 0.0, 0.0, 0.0], (60, 1))
    hips = BoneCurves(HIPS, still, 0.02 * np.hstack([np.sin(0.5 * t), np.cos(0.7 * t), np.sin(t)]))
    counts = []
    for scale in (1.0, 0.01):
        character.scale = (scale, scale, scale)
        bpy.context.view_layer.update()
        action, _ = write(character, (hips,), Tolerance(1.0, 0.5))
        counts.append(len(actions.curves_of(action)[0].keyframe_points))
    assert counts[0] > 10
    assert counts[1] == 2


def test_all_channels_of_a_bone_are_keyed_on_the_same_frames(character: Any) -> None:
    action, _ = write(character, walk(character), Tolerance(1.0, 0.5))
    frames: dict[str, set[tuple[float, ...]]] = {}
    for curve in actions.curves_of(action):
        frames.setdefault(curve.group.name, set()).add(tuple(key.co[0] for key in curve.keyframe_points))
        assert {key.interpolation for key in curve.keyframe_points} == {"BEZIER"}
    assert all(len(found) == 1 for found in frames.values())


def turning(frames: int = 40) -> np.ndarray:
    steps = np.random.default_rng(3).normal(size=(frames, 4)) * 0.1
    return continuous(normalised(np.cumsum(steps, axis=0) + np.array([1.0, 0.0, 0.0, 0.0])))


def indices(action: Any, attribute: str) -> list[int]:
    return sorted(curve.array_index for curve in actions.curves_of(action) if curve.data_path.endswith(attribute))


def test_locked_locations_get_no_keys_and_are_named(character: Any) -> None:
    rotations = turning()
    hips = BoneCurves(HIPS, rotations, np.cumsum(rotations[:, 1:], axis=0))
    assert locked_channels.warnings(character, [hips]) == ()
    character.pose.bones[HIPS].lock_location = (False, True, False)
    action, _ = write(character, (hips,))
    assert indices(action, "location") == [0, 2]
    (said,) = locked_channels.warnings(character, [hips])
    assert HIPS in said


def test_locked_euler_axes_get_no_keys(character: Any) -> None:
    bone = character.pose.bones[BONE]
    bone.rotation_mode, bone.lock_rotation = "XYZ", (True, False, False)
    action, _ = write(character, (BoneCurves(BONE, turning(), None),), Tolerance(1.0, 0.5))
    assert indices(action, "rotation_euler") == [1, 2]


def test_four_locks_of_a_quaternion_hold_back_four_channels(character: Any) -> None:
    bone = character.pose.bones[BONE]
    bone.lock_rotations_4d, bone.lock_rotation_w, bone.lock_rotation = True, True, (False, True, False)
    action, _ = write(character, (BoneCurves(BONE, turning(), None),))
    assert indices(action, "rotation_quaternion") == [1, 3]


def test_a_locked_axis_of_a_quaternion_does_not_turn(character: Any) -> None:
    bone = character.pose.bones[BONE]
    bone.lock_rotations_4d, bone.lock_rotation = False, (False, False, True)
    _, frames = write(character, (BoneCurves(BONE, turning(), None),))
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        assert abs(bone.matrix_basis.to_euler("XYZ").z) < 1e-5


def test_a_bone_that_only_moves_keeps_its_rotation(character: Any) -> None:
    bone = character.pose.bones[HIPS]
    bone.rotation_quaternion = (0.6, 0.8, 0.0, 0.0)
    still = np.tile([1.0, 0.0, 0.0, 0.0], (20, 1))
    curves = (BoneCurves(HIPS, still, np.zeros((20, 3)), turns=False),)
    action, _ = write(character, curves)
    assert indices(action, "rotation_quaternion") == []
    assert actions.rest_channels(character, curves, 1.0) == []


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the mannequin in a collection, to be linked."""
    path = tmp_path_factory.mktemp("library") / "library.blend"
    bpy.ops.wm.read_homefile(use_empty=True)
    rig_object = mannequin.add_mannequin(bpy.context.scene.collection)
    collection = bpy.data.collections.new("Character")
    for obj in (rig_object, *rig_object.children):
        collection.objects.link(obj)
    bpy.data.libraries.write(str(path), {collection})
    return path


@pytest.fixture
def linked(library: Path, empty_scene: None) -> Any:
    """The collection of that file, linked into the scene."""
    with bpy.data.libraries.load(str(library), link=True) as (_, into):
        into.collections = ["Character"]
    bpy.context.scene.collection.children.link(into.collections[0])
    return into.collections[0]


def armature_in(objects: Any) -> Any:
    return next(obj for obj in objects if obj.type == "ARMATURE" and obj.library is None)


def test_a_linked_character_is_refused_with_the_remedy(linked: Any) -> None:
    rig_object = next(obj for obj in linked.objects if obj.type == "ARMATURE")
    with pytest.raises(UserError) as caught:
        armature.check_writable(rig_object)
    assert caught.value.code == "linked"
    assert "Library Override" in caught.value.hint


def test_an_overridden_character_keeps_its_motion_in_the_file(linked: Any, tmp_path: Path) -> None:
    linked.override_hierarchy_create(bpy.context.scene, bpy.context.view_layer)
    rig_object = armature_in(bpy.context.scene.objects)
    moved_and_kept(rig_object, tmp_path)


def test_a_local_object_with_linked_bones_keeps_its_motion_in_the_file(linked: Any, tmp_path: Path) -> None:
    data = next(obj.data for obj in linked.objects if obj.type == "ARMATURE")
    rig_object = bpy.data.objects.new("Local", data)
    bpy.context.scene.collection.objects.link(rig_object)
    bpy.context.view_layer.update()
    moved_and_kept(rig_object, tmp_path)


def moved_and_kept(rig_object: Any, folder: Path) -> None:
    """Write a walk, save, open again: the character walks, and its bones still come from the other file."""
    armature.check_writable(rig_object)
    assert rig_object.data.library is not None or rig_object.data.override_library is not None
    write(rig_object, walk(rig_object))
    path = str(folder / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    again = armature_in(bpy.context.scene.objects)
    assert again.animation_data.action.name == "new"
    bpy.context.scene.frame_set(80)
    assert again.pose.bones[HIPS].head.y < -2.0
