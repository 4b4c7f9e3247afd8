# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edit leaves alone: keys outside its range and parts, and all else in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys import keys
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.keys.source_action import curves_of_slot
from coamd.blender_addon.session.session import Session
from edits import (
    ARM,
    END,
    START,
    action_of,
    animate,
    changed_curves,
    edit,
    local,
    outside_is_kept,
    raw,
    rows,
    short,
    typed,
    values,
)

SLOTS = bpy.app.version >= (4, 4, 0)


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with keys in every rotation mode."""
    return animate(character)


def test_outside_the_range_not_a_bit_differs(
    addon: Session, backend: BackendProcess, animated: Any, tmp_path: Path
) -> None:
    old = action_of(animated)
    before, before_old = raw(old), snapshot.of_action(old)
    frames = np.concatenate([np.arange(-5, START, 0.173), [START, END], np.arange(END + 0.05, 95, 0.173)])
    curves = values(old, frames)
    typed()
    edit()
    new = action_of(animated)
    assert new != old
    assert snapshot.of_action(old) == before_old, "the edit goes into a copy"
    after = raw(new)
    assert outside_is_kept(before, after, START, END) > 200
    now = values(new, frames)
    for curve, was in curves.items():
        np.testing.assert_allclose(now[curve], was, atol=2e-5, err_msg=str(curve))
    name = new.name
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    again = raw(bpy.data.actions[name])
    assert again.keys() == after.keys()
    for curve, found in after.items():
        for field in keys.FIELDS:
            assert again[curve][field].tobytes() == found[field].tobytes(), (curve, field)


def test_what_is_not_chosen_keeps_every_key(addon: Session, backend: BackendProcess, animated: Any) -> None:
    before = raw(action_of(animated))
    typed(root=False, trunk=False, right_arm=False, left_leg=False, right_leg=False)
    edit()
    changed = changed_curves(before, raw(action_of(animated)))
    assert changed
    assert {short(path) for path, _ in changed} <= set(ARM)


def test_nothing_else_in_the_file_changes(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """Other objects, drivers, constraints, NLA strips, unkeyed poses and the playhead."""
    prop = bpy.data.objects.new("Prop", None)
    bpy.context.scene.collection.objects.link(prop)
    prop.keyframe_insert("location", frame=30)
    animated.pose.bones["mixamorig:Head"].constraints.new("LIMIT_ROTATION").influence = 0.5
    driver = animated.driver_add("hide_render").driver
    driver.expression = "frame > 30"
    track = animated.animation_data.nla_tracks.new()
    track.strips.new("strip", 100, prop.animation_data.action)
    hand = animated.pose.bones["mixamorig:RightHand"]
    hand.rotation_mode, hand.rotation_euler = "XYZ", (0.3, 0.2, 0.1)  # not keyed yet
    seen: list[str] = []
    bpy.app.handlers.frame_change_post.append(lambda scene, *_: seen.append(scene.name))
    before = snapshot.of_file()
    action = action_of(animated).name
    typed(right_arm=False)
    edit()
    action_of(animated).name = "aside"
    after = snapshot.of_file()
    bpy.app.handlers.frame_change_post.clear()
    assert bpy.context.scene.name not in seen
    assert before[2] == after[2], "the playhead stands where it stood"
    kept = {row[0][0]: row[0] for row in after[1]}
    assert all(kept[row[0][0]] == row[0] for row in before[1])
    for old, new in zip(before[0], after[0], strict=True):
        assert [x for x in old if x != action] == [x for x in new if x != "aside"]
    assert [c.influence for c in animated.pose.bones["mixamorig:Head"].constraints] == [0.5]
    assert [d.driver.expression for d in animated.animation_data.drivers] == ["frame > 30"]
    assert len(bpy.data.scenes) == 1


def test_fingers_and_other_bones_that_hang_on_the_body_keep_their_pose(
    addon: Session, backend: BackendProcess, animated: Any
) -> None:
    """The hand has no joint beyond it, so it stays on the forearm as the animator put it."""
    frames = range(START, END + 1, 6)
    before = [local(animated, "LeftHand", frame) for frame in frames]
    typed()
    edit()
    for was, frame in zip(before, frames, strict=True):
        np.testing.assert_allclose(local(animated, "LeftHand", frame), was, atol=1e-4)


def test_modifiers_stay_and_the_pose_is_right_on_top_of_them(
    addon: Session, backend: BackendProcess, animated: Any
) -> None:
    """Noise on a curve: outside and inside it goes on, and inside it is not counted twice."""
    action = action_of(animated)
    curve = next(c for c in curves_of(action) if short(c.data_path) == "LeftArm")
    noise = curve.modifiers.new("NOISE")
    noise.strength, noise.scale, noise.phase = 0.2, 3.0, 4.0
    typed(root=False, trunk=False, right_arm=False, left_leg=False, right_leg=False)
    edit()
    noisy = action_of(animated)
    there = next(c for c in curves_of(noisy) if (c.data_path, c.array_index) == (curve.data_path, curve.array_index))
    assert [(m.type, m.strength, m.mute) for m in there.modifiers] == [("NOISE", pytest.approx(0.2), False)]
    bpy.context.scene.frame_set(35)
    way = animated.pose.bones["mixamorig:LeftForeArm"].head - animated.pose.bones["mixamorig:LeftArm"].head
    assert way.normalized().z > 0.9


@pytest.mark.skipif(not SLOTS, reason="actions have slots from Blender 4.4 on")
def test_only_the_slot_of_the_character_changes(addon: Session, backend: BackendProcess, animated: Any) -> None:
    other = animated.copy()
    bpy.context.scene.collection.objects.link(other)
    action = action_of(animated)
    data = other.animation_data_create()
    data.action = action
    data.action_slot = action.slots.new(id_type="OBJECT", name="Other")
    hips = other.pose.bones["mixamorig:Hips"]
    for frame in (10, 40, 70):
        hips.location = (frame, 0, 0)
        hips.keyframe_insert("location", frame=frame)
    handle = data.action_slot.handle
    before = [keys.read(curve) for curve in curves_of_slot(action, handle)]
    assert before
    typed()
    edit()
    new = action_of(animated)
    assert new != action
    for was, curve in zip(before, curves_of_slot(new, handle), strict=True):
        assert rows(was, was["co"][:, 0] > -99) == rows(keys.read(curve), was["co"][:, 0] > -99)
    assert animated.animation_data.action_slot.handle != handle


def test_at_strength_0_every_key_stays(addon: Session, backend: BackendProcess, animated: Any) -> None:
    before = raw(action_of(animated))
    typed(strength=0.0)
    edit()
    assert not changed_curves(before, raw(action_of(animated)))


def test_bones_that_drivers_move_stay_and_are_named(addon: Session, backend: BackendProcess, animated: Any) -> None:
    arm = animated.pose.bones["mixamorig:LeftForeArm"]
    attribute = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}.get(
        arm.rotation_mode, "rotation_euler"
    )
    arm.driver_add(attribute, 1).driver.expression = "0.2"
    before = raw(action_of(animated))
    typed()
    edit()
    changed = {short(path) for path, _ in changed_curves(before, raw(action_of(animated)))}
    assert "LeftArm" in changed
    assert "LeftForeArm" not in changed
    assert "Drivers move" in " ".join(addon.jobs[-1].warnings)
    assert [d.driver.expression for d in animated.animation_data.drivers] == ["0.2"]
