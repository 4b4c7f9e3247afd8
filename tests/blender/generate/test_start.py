# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new motion begins: afresh, from where the character is at the playhead, or as an NLA strip."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys import nla
from coamd.blender_addon.session.session import Session
from edits import action_of, bone_head, outside_is_kept, raw, world


def generate(start: str, frame: int, **others: Any) -> Any:
    """Press Generate with the playhead at a frame."""
    scene = bpy.context.scene
    scene.frame_set(frame)
    settings = scene.coamd
    settings.start, settings.seconds = start, 2.0
    for name, value in others.items():
        setattr(settings, name, value)
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}


def refused(start: str, frame: int) -> str:
    with pytest.raises(RuntimeError) as error:
        generate(start, frame)
    return str(error.value)


@pytest.mark.parametrize("frame", [60, 106, 130])
def test_it_goes_on_from_place_and_pose_at_the_playhead(
    addon: Session, backend: BackendProcess, walker: Any, frame: int
) -> None:
    """In the middle of a walk, at its last key, and after it, where the last pose is held."""
    action = action_of(walker)
    last = round(action.frame_range[1])
    before, pose = raw(action), world(walker, frame)
    generate("CONTINUE", frame)
    made = action_of(walker)
    assert made != action and action.use_fake_user, "the one before is kept"
    np.testing.assert_allclose(world(walker, frame), pose, atol=1e-4)
    asked = addon.jobs[-1].edit_request
    assert (asked.mode, asked.after) == ("extend", 40), "2 s of the model's frames"
    assert len(asked.joints) > 20, "it is told how the character came there"
    assert made.frame_range[1] == frame + 2 * bpy.context.scene.render.fps, "what came after it has made room"
    assert outside_is_kept(before, raw(made), min(frame, last), 10_000)
    assert "goes on from frame" in addon.message.text
    assert addon.message.about == "Generate"


def test_a_pose_alone_is_gone_on_from(addon: Session, backend: BackendProcess, character: Any) -> None:
    bone = character.pose.bones["mixamorig:LeftArm"]
    bone.rotation_mode = "XYZ"
    bone.rotation_euler.x = 0.5
    bone.keyframe_insert("rotation_euler", frame=10)
    pose = world(character, 20)
    generate("CONTINUE", 20)
    np.testing.assert_allclose(world(character, 20), pose, atol=1e-4)
    assert action_of(character).frame_range[1] == 20 + 2 * bpy.context.scene.render.fps


def test_there_must_be_something_to_go_on_from(addon: Session, backend: BackendProcess, walker: Any) -> None:
    assert "has not begun to move" in refused("CONTINUE", 5)
    walker.animation_data.action = None
    assert "has no action" in refused("CONTINUE", 50)


def test_a_strip_leaves_the_action_alone_and_push_down_uncovers_it(
    addon: Session, backend: BackendProcess, walker: Any
) -> None:
    action = action_of(walker)
    before = raw(action)
    generate("STRIP", 130)
    assert action_of(walker) == action and not outside_differs(before, raw(action))
    (strip,) = nla.strips(walker)
    assert strip.action.coamd.made and strip.frame_start == 130
    assert "is a strip of" in addon.message.text and "hides it" in addon.message.hint
    assert addon.message.remedy.operator == "coamd.push_down"
    bpy.ops.coamd.push_down()
    assert walker.animation_data.action is None and len(nla.strips(walker)) == 2
    moved = {frame: np.array(bone_head(walker, "Hips", frame)) for frame in (60, 150)}
    strip.mute = True
    assert np.allclose(bone_head(walker, "Hips", 60), moved[60]), "the older action plays in its own frames"
    assert not np.allclose(bone_head(walker, "Hips", 150), moved[150]), "and the strip in its own"


def outside_differs(before: dict[Any, Any], after: dict[Any, Any]) -> bool:
    return before.keys() != after.keys() or any(before[k].tobytes() != after[k].tobytes() for k in before)


def test_a_new_action_above_strips_does_not_hide_them_before_its_first_key(
    addon: Session, backend: BackendProcess, walker: Any
) -> None:
    bpy.ops.coamd.push_down()
    walked = bone_head(walker, "Hips", 60)
    generate("NEW", 130)
    assert walker.animation_data.action_extrapolation == "HOLD_FORWARD"
    assert (bone_head(walker, "Hips", 60) - walked).length < 1e-4


def test_editing_what_a_strip_plays_offers_to_open_it(addon: Session, backend: BackendProcess, walker: Any) -> None:
    bpy.ops.coamd.push_down()
    bpy.context.scene.frame_set(60)
    with pytest.raises(RuntimeError, match=r"is in the NLA strip “Take 001”"):
        bpy.ops.coamd.edit(wait=True)
    assert addon.message.remedy.operator == "coamd.tweak_strip"
    bpy.ops.coamd.tweak_strip()
    assert walker.animation_data.use_tweak_mode and action_of(walker).name == "Take 001"


def test_the_keys_that_were_made_can_be_selected(addon: Session, backend: BackendProcess, walker: Any) -> None:
    generate("CONTINUE", 60)
    bpy.ops.coamd.select_keys()
    keys = raw(action_of(walker))
    for path, found in keys.items():
        inside = found["co"][:, 0] >= 60 - 1e-3
        assert (found["select_control_point"] == inside).all(), path
    selected = {b.name for b in walker.pose.bones if (b if hasattr(b, "select") else b.bone).select}
    assert "mixamorig:Hips" in selected
