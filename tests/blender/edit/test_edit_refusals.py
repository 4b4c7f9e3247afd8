# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be edited is said in one sentence with its remedy, and nothing changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from edits import reach, refusal_code

SLOTS = bpy.app.version >= (4, 4, 0)


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with a nod of three keys."""
    for bone in ("Hips", "Head", "LeftArm", "RightArm"):
        for frame in (10, 30, 60):
            pose_bone = character.pose.bones[f"mixamorig:{bone}"]
            pose_bone.rotation_quaternion = (1.0, 0.01 * frame, 0.0, 0.0)
            pose_bone.keyframe_insert("rotation_quaternion", frame=frame)
    return character


def typed(start: int = 15, end: int = 50, **others: Any) -> Any:
    edit = bpy.context.scene.coamd.edit
    edit.range_from, edit.frame_start, edit.frame_end = "TYPED", start, end
    for name, value in others.items():
        setattr(edit, name, value)
    return edit


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (30, 20, "empty_range"),
        (30, 30, "short_range"),
        (30, 31, "short_range"),
        (5, 30, "range_outside"),
        (30, 90, "range_outside"),
        (100, 140, "range_outside"),
    ],
)
def test_ranges(addon: Session, animated: Any, start: int, end: int, code: str) -> None:
    typed(start, end)
    assert refusal_code(addon) == code


def test_no_preview_range(addon: Session, animated: Any) -> None:
    typed(range_from="PREVIEW")
    assert refusal_code(addon) == "no_preview"


def test_no_selected_keys(addon: Session, animated: Any) -> None:
    select(animated, ())
    typed(range_from="SELECTED")
    assert refusal_code(addon) == "no_selection"


def test_one_selected_key(addon: Session, animated: Any) -> None:
    select(animated, (30,))
    typed(range_from="SELECTED")
    assert refusal_code(addon) == "short_range"


def select(rig_object: Any, frames: tuple[int, ...]) -> None:
    """Select the keys at these frames and no others."""
    for curve in curves_of(rig_object.animation_data.action):
        for key in curve.keyframe_points:
            key.select_control_point = int(key.co.x) in frames


def test_selected_keys_without_a_pose(addon: Session, animated: Any) -> None:
    """Keys of a part that is off do not pose those that are on."""
    select(animated, (30,))
    typed(mode="INBETWEEN", root=False, trunk=False, left_arm=False, right_arm=False)
    assert refusal_code(addon) == "no_poses"
    select(animated, ())
    typed(root=True)
    assert refusal_code(addon) == "no_poses"


def test_no_part(addon: Session, animated: Any) -> None:
    parts = ("root", "trunk", "left_arm", "right_arm", "left_leg", "right_leg")
    typed(**dict.fromkeys(parts, False))
    assert refusal_code(addon) == "no_parts"


def test_a_target_out_of_reach(addon: Session, backend: BackendProcess, animated: Any) -> None:
    target = bpy.data.objects.new("Moon", None)
    bpy.context.scene.collection.objects.link(target)
    typed(mode="REACH")
    assert refusal_code(addon) == "no_reach"
    added = reach("right_wrist", None, 30, 30)
    assert refusal_code(addon) == "no_target"
    added.target = target
    target.location = (0.0, 0.0, 30.0)
    bpy.context.view_layer.update()
    assert refusal_code(addon) == "out_of_reach"
    added.start = added.end = 55
    assert refusal_code(addon) == "target_outside"
    added.start = 60
    assert refusal_code(addon) == "empty_reach"
    added.start = added.end = 30
    reach("right_wrist", target, 33, 33)
    assert refusal_code(addon) == "reaches_overlap"


def test_a_path_that_is_none(addon: Session, backend: BackendProcess, animated: Any) -> None:
    edit = typed(mode="PATH")
    assert refusal_code(addon) == "no_path"
    edit.path = bpy.data.objects.new("Way", bpy.data.curves.new("Way", "CURVE"))
    bpy.context.scene.collection.objects.link(edit.path)
    assert refusal_code(addon) == "bad_path"
    edit.root = False
    assert refusal_code(addon) == "path_needs_root"


def test_no_prompts(addon: Session, animated: Any) -> None:
    typed(mode="PROMPTS")
    assert refusal_code(addon) == "no_steps"


def test_no_action(addon: Session, character: Any) -> None:
    typed()
    assert refusal_code(addon) == "no_action"
    character.animation_data_create()
    assert refusal_code(addon) == "no_action"


def test_an_action_that_moves_no_bones(addon: Session, character: Any) -> None:
    for frame in (1, 60):
        character.keyframe_insert("location", frame=frame)
    typed()
    assert refusal_code(addon) == "no_keys"


@pytest.mark.skipif(not SLOTS, reason="actions have slots from Blender 4.4 on")
def test_an_action_without_a_slot_for_the_character(addon: Session, animated: Any) -> None:
    animated.animation_data.action_slot = None
    typed()
    assert refusal_code(addon) == "no_slot"


def test_a_linked_action(addon: Session, animated: Any, tmp_path: Path) -> None:
    data = animated.animation_data
    action, slot = data.action, getattr(data, "action_slot", None)
    identifier = slot.identifier if slot else None
    path = tmp_path / "library.blend"
    bpy.data.libraries.write(str(path), {action}, fake_user=True)
    name = action.name
    bpy.data.actions.remove(action)
    with bpy.data.libraries.load(str(path), link=True) as (_, into):
        into.actions = [name]
    data.action = into.actions[0]
    if identifier:
        data.action_slot = data.action.slots[identifier]
    typed()
    assert refusal_code(addon) == "linked_action"


def test_an_action_that_is_blended_with_strips(addon: Session, animated: Any) -> None:
    data = animated.animation_data
    data.nla_tracks.new().strips.new("below", 1, data.action)
    data.action_blend_type = "ADD"
    typed()
    assert refusal_code(addon) == "blended"


def test_an_end_that_repeats(addon: Session, animated: Any) -> None:
    curves_of(animated.animation_data.action)[0].modifiers.new("CYCLES")
    typed(mode="EXTEND")
    assert refusal_code(addon) == "cyclic"


def test_no_edit_to_show(addon: Session, animated: Any) -> None:
    with pytest.raises(RuntimeError, match="no edit to show"):
        bpy.ops.coamd.show_edit(take=1)


def test_frames_are_taken_over(addon: Session, animated: Any) -> None:
    edit, scene = bpy.context.scene.coamd.edit, bpy.context.scene
    bpy.ops.coamd.edit_range(source="ACTION")
    assert (edit.range_from, edit.frame_start, edit.frame_end) == ("TYPED", 10, 60)
    select(animated, (10, 30))
    bpy.ops.coamd.edit_range(source="SELECTED")
    assert (edit.frame_start, edit.frame_end) == (10, 30)
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 12, 44
    bpy.ops.coamd.edit_range(source="PREVIEW")
    assert (edit.frame_start, edit.frame_end) == (12, 44)


def test_an_armature_that_shows_its_rest_pose(addon: Session, animated: Any) -> None:
    animated.data.pose_position = "REST"
    typed()
    assert refusal_code(addon) == "rest_position"


def test_a_rig_that_lacks_an_arm(addon: Session, animated: Any) -> None:
    """Without it there is no body to edit, whatever parts are on."""
    bpy.ops.object.mode_set(mode="EDIT")
    for name in ("LeftHand", "LeftForeArm", "LeftArm"):
        bones = animated.data.edit_bones
        bones.remove(bones[f"mixamorig:{name}"])
    bpy.ops.object.mode_set(mode="OBJECT")
    typed()
    refusal_code(addon)
    assert "no complete arms" in addon.message.text
