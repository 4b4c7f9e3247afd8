# SPDX-License-Identifier: GPL-3.0-or-later
"""Editing a range of a character's own action: what was asked for changes, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.backend.process import BackendProcess
from coamd.blender_addon import edit_settings, interpreter, keys, panels
from coamd.blender_addon.action import curves_of
from coamd.blender_addon.jobs import READING, WAITING
from coamd.blender_addon.session import Session
from coamd.blender_addon.source_action import bone_of, curves_of_slot
from test_registration import draw

ARM = ("LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand")
POSES = (1, 13, 30, 44, 61, 80)  # frames of the user's keys, sparse and uneven
START, END = 20, 50
WEIGHTS = Path(__file__).resolve().parents[2] / "backend" / "weights"
SLOTS = bpy.app.version >= (4, 4, 0)


def settings() -> Any:
    return bpy.context.scene.coamd.edit


def typed(start: int = START, end: int = END, **others: Any) -> None:
    """Set the panel's settings."""
    edit = settings()
    edit.range_from, edit.frame_start, edit.frame_end = "TYPED", start, end
    for name, value in others.items():
        setattr(edit, name, value)


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with an action as an animator makes it: few keys, all kinds of handles, every rotation mode."""
    rng = np.random.default_rng(5)
    modes = ("QUATERNION", "XYZ", "AXIS_ANGLE", "ZXY")
    for number, bone in enumerate(character.pose.bones):
        if bone.name.endswith(("Spine1", "RightHand")):
            continue  # bones without curves
        bone.rotation_mode = modes[number % len(modes)]
        for frame in POSES[number % 2 :: 1 + number % 2]:
            angle, axis = rng.uniform(-0.4, 0.4), rng.normal(size=3)
            axis /= np.linalg.norm(axis)
            if bone.rotation_mode == "QUATERNION":
                bone.rotation_quaternion = (np.cos(angle / 2), *np.sin(angle / 2) * axis)
                bone.keyframe_insert("rotation_quaternion", frame=frame)
            elif bone.rotation_mode == "AXIS_ANGLE":
                bone.rotation_axis_angle = (angle, 0.0, 1.0, 0.0)
                bone.keyframe_insert("rotation_axis_angle", frame=frame)
            else:
                bone.rotation_euler = angle * axis
                bone.keyframe_insert("rotation_euler", frame=frame)
    hips = character.pose.bones["mixamorig:Hips"]
    for frame in POSES:
        hips.location = (0.1 * np.sin(frame), 0.02 * np.cos(frame), 0.01 * frame)
        hips.keyframe_insert("location", frame=frame)
    character["mood"] = 1.0
    for frame in (5, 70):
        character["mood"] = frame / 10
        character.keyframe_insert('["mood"]', frame=frame)
    kinds = ("BEZIER", "LINEAR", "CONSTANT", "BEZIER", "BEZIER")
    for number, curve in enumerate(curves_of(character.animation_data.action)):
        for k, key in enumerate(curve.keyframe_points):
            key.interpolation = kinds[(number + k) % len(kinds)]
            key.handle_left_type = key.handle_right_type = ("AUTO_CLAMPED", "AUTO", "ALIGNED")[number % 3]
            key.easing = "EASE_IN"
        curve.update()
    bpy.context.scene.frame_set(7)
    return character


def raw(action: Any) -> dict[tuple[str, int], keys.Keys]:
    """Every field of every key, by curve."""
    return {(curve.data_path, curve.array_index): keys.read(curve) for curve in curves_of(action)}


def short(path: str) -> str:
    """The bone of a path, without the prefix."""
    return (bone_of(path) or "").split(":")[-1]


def rows(found: keys.Keys, which: np.ndarray) -> list[bytes]:
    """The chosen keys as bytes."""
    return [b"".join(found[name][k].tobytes() for name in keys.FIELDS) for k in np.flatnonzero(which)]


def outside_is_kept(before: dict[Any, keys.Keys], after: dict[Any, keys.Keys], start: int, end: int) -> int:
    """Every key outside the range is there as it was, in every field; returns how many were compared."""
    count = 0
    for curve, old in before.items():
        at = old["co"][:, 0]
        wanted = rows(old, (at < start) | (at > end))
        there = rows(after[curve], np.ones(len(after[curve]["co"]), dtype=bool))
        assert set(wanted) <= set(there), curve
        count += len(wanted)
    return count


def values(action: Any, frames: np.ndarray) -> dict[tuple[str, int], np.ndarray]:
    """What the curves give at frames."""
    return {(c.data_path, c.array_index): np.array([c.evaluate(float(f)) for f in frames]) for c in curves_of(action)}


def action_of(rig_object: Any) -> Any:
    return rig_object.animation_data.action


def edit() -> None:
    """Press Edit and wait."""
    assert bpy.ops.coamd.edit(wait=True) == {"FINISHED"}


def refused() -> str:
    """Press Edit and see that nothing changes; the sentence that says why."""
    before = snapshot.of_file()
    with pytest.raises(RuntimeError) as error:
        bpy.ops.coamd.edit(wait=True)
    assert snapshot.of_file() == before
    return str(error.value)


def changed_curves(before: dict[Any, keys.Keys], after: dict[Any, keys.Keys]) -> set[tuple[str, int]]:
    """The curves that are new, gone or differ in any field of any key."""

    def content(found: keys.Keys) -> list[bytes]:
        return rows(found, np.ones(len(found["co"]), dtype=bool))

    both = before.keys() & after.keys()
    return (before.keys() ^ after.keys()) | {curve for curve in both if content(before[curve]) != content(after[curve])}


def at(frame: int) -> None:
    bpy.context.scene.frame_set(frame)


def bone_head(rig_object: Any, name: str, frame: int) -> Any:
    """Head of a bone at a frame, in armature space."""
    at(frame)
    return rig_object.pose.bones[f"mixamorig:{name}"].head.copy()


def local(rig_object: Any, name: str, frame: int) -> np.ndarray:
    """How a bone sits on its parent at a frame: (4, 4)."""
    at(frame)
    bone = rig_object.pose.bones[f"mixamorig:{name}"]
    return np.array(bone.parent.matrix.inverted() @ bone.matrix)


def world(rig_object: Any, frame: int) -> np.ndarray:
    """The whole pose at a frame: (bones, 4, 4)."""
    at(frame)
    return np.array([np.array(bone.matrix) for bone in rig_object.pose.bones])


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


def test_one_undo_takes_the_edit_back_and_one_redo_brings_it_again(
    addon: Session, backend: BackendProcess, animated: Any, tick_until: Callable[..., None]
) -> None:
    typed(variations=2)
    bpy.ops.coamd.start_backend(wait=True)
    bpy.ops.ed.undo_push(message="before")
    before = snapshot.of_file()
    assert bpy.ops.coamd.edit() == {"FINISHED"}
    tick_until(lambda: not addon.busy)
    after = snapshot.of_file()
    assert after != before
    bpy.ops.ed.undo()
    assert snapshot.of_file() == before
    bpy.ops.ed.redo()
    assert snapshot.of_file() == after


def test_the_motion_comes_as_asked(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """In the middle of the range the arm points as the backend's figure does: up, with a little sway."""
    typed()
    edit()
    bpy.context.scene.frame_set((START + END) // 2)
    way = animated.pose.bones["mixamorig:LeftForeArm"].head - animated.pose.bones["mixamorig:LeftArm"].head
    assert way.normalized().z > 0.9
    bpy.context.scene.frame_set(END + 1)
    way = animated.pose.bones["mixamorig:LeftForeArm"].head - animated.pose.bones["mixamorig:LeftArm"].head
    assert way.normalized().z < 0.9


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


def test_variations_and_the_switch_between_them(addon: Session, backend: BackendProcess, animated: Any) -> None:
    old = action_of(animated)
    typed(variations=3)
    edit()
    names = addon.jobs[-1].takes
    assert names[0] == old.name
    assert len({snapshot.of_action(bpy.data.actions[name])[1] for name in names}) == 4
    for take in (0, 3, 1):
        bpy.ops.coamd.show_edit(take=take)
        assert action_of(animated).name == names[take]
        slot = getattr(animated.animation_data, "action_slot", None)
        assert slot is None or slot.name_display == animated.name


def test_the_action_itself_can_be_changed(addon: Session, backend: BackendProcess, animated: Any) -> None:
    action = action_of(animated)
    before = raw(action)
    typed(same_action=True)
    edit()
    assert action_of(animated) == action
    after = raw(action)
    assert changed_curves(before, after)
    bpy.ops.coamd.show_edit(take=0)
    assert not changed_curves(before, raw(action)), "before is back, in every field"
    bpy.ops.coamd.show_edit(take=1)
    assert not changed_curves(after, raw(action))


def test_a_strip_that_is_open_for_tweaking(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """The strip lies at another place and runs at half speed; keys go where the action has them."""
    data, action = animated.animation_data, action_of(animated)
    track = data.nla_tracks.new()
    strip = track.strips.new("strip", 201, action)
    strip.scale = 2.0
    if hasattr(strip, "action_slot"):
        strip.action_slot = data.action_slot
    place = (strip.frame_start, strip.frame_end)
    data.action = None
    data.nla_tracks.active = track
    data.use_tweak_mode = True
    assert data.use_tweak_mode
    before = raw(action)
    # 13 and 44 in the action are 225 and 287 in the scene.
    typed(225, 287)
    edit()
    after = raw(action)
    outside_is_kept(before, after, 13, 44)
    changed = changed_curves(before, after)
    assert changed
    new = {float(frame) for curve in changed for frame in after[curve]["co"][:, 0]} - {float(f) for f in POSES}
    assert {13.5, 14.0, 43.5} <= new
    assert data.use_tweak_mode
    assert (strip.frame_start, strip.frame_end, strip.scale, strip.action) == (*place, 2.0, action)


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


def test_poses_between_are_hit(addon: Session, backend: BackendProcess, animated: Any) -> None:
    action = action_of(animated)
    for curve in curves_of(action):
        for key in curve.keyframe_points:
            key.select_control_point = key.co.x == 30
    before = world(animated, 30)
    typed(mode="INBETWEEN")
    edit()
    np.testing.assert_allclose(world(animated, 30), before, atol=1e-4)
    assert not np.allclose(world(animated, 25), before, atol=0.1)


@pytest.mark.parametrize(("direction", "new"), [("FORWARDS", (80, 110)), ("BACKWARDS", (-29, 1))])
def test_motion_is_added(
    addon: Session, backend: BackendProcess, animated: Any, direction: str, new: tuple[int, int]
) -> None:
    bpy.context.scene.frame_end = 90
    before = raw(action_of(animated))
    typed(mode="EXTEND", direction=direction, length=30)
    edit()
    after = raw(action_of(animated))
    everything = np.array([x for found in after.values() for x in found["co"][:, 0]])
    assert (min(1, new[0]), max(80, new[1])) == (everything.min(), everything.max())
    for curve, old in before.items():
        inside = (old["co"][:, 0] > 1) & (old["co"][:, 0] < 80)
        assert set(rows(old, inside)) <= set(rows(after[curve], after[curve]["co"][:, 0] > -99))
    assert bpy.context.scene.frame_end == max(90, new[1])


def test_a_loop_ends_as_it_begins(addon: Session, backend: BackendProcess, animated: Any) -> None:
    typed(1, 80, mode="LOOP")
    edit()
    body = [bone for bone in animated.pose.bones if not bone.name.endswith(("Hand", "Hips", "ToeBase"))]
    ends = [[np.array(bone.matrix_basis) for bone in body] for frame in (1, 80) if not at(frame)]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-4)


def test_several_prompts(addon: Session, backend: BackendProcess, animated: Any) -> None:
    typed(mode="PROMPTS")
    bpy.ops.coamd.add_prompt(prompt="sways")
    bpy.ops.coamd.add_prompt(prompt="stands")
    segments = [(item.prompt, item.start, item.end) for item in settings().segments]
    assert segments == [("sways", 20, 35), ("stands", 35, 50)]
    edit()
    settings().segments[1].end = 99
    assert "do not lie in the range" in refused()
    bpy.ops.coamd.remove_prompt()
    assert len(settings().segments) == 1


def test_a_hand_reaches_a_target(addon: Session, backend: BackendProcess, animated: Any) -> None:
    target = bpy.data.objects.new("Cup", None)
    bpy.context.scene.collection.objects.link(target)
    target.location = animated.matrix_world @ bone_head(animated, "RightArm", 35)
    target.location.z += 0.3
    target.location.y -= 0.2
    typed(mode="REACH", limb="right_wrist", target=target, reach_start=33, reach_end=37, root=False, trunk=False)
    edit()
    for frame in (33, 35, 37):
        hand = animated.matrix_world @ bone_head(animated, "RightHand", frame)
        assert (hand - target.location).length < 0.002


def test_a_path_is_followed(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """The request has the curve on the ground, in the model's metres; the small engine does not follow it."""
    curve = bpy.data.curves.new("Way", "CURVE")
    curve.dimensions = "3D"
    points = curve.splines.new("POLY").points
    points.add(1)
    start, end = bone_head(animated, "Hips", 1), bone_head(animated, "Hips", 80)
    points[0].co, points[1].co = (*start, 1.0), (*end, 1.0)
    way = bpy.data.objects.new("Way", curve)
    bpy.context.scene.collection.objects.link(way)
    typed(1, 80, mode="PATH", path=way)
    edit()
    path = addon.jobs[-1].asked.path
    assert path.shape[1] == 3
    assert (np.diff(path[:, 0]) > 0).all()
    way.location.x = 5.0
    typed(20, 50)
    bpy.context.view_layer.update()
    assert "away from where the character is" in refused()


def test_cancelling_leaves_nothing_behind(
    addon: Session, backend: BackendProcess, animated: Any, tick_until: Callable[..., None]
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    before = snapshot.of_file()
    typed(1, 80)
    bpy.ops.coamd.edit()
    addon.tick()
    assert addon.jobs[-1].state in (READING, WAITING)
    bpy.ops.coamd.cancel()
    assert snapshot.of_file() == before
    typed(prompt="for ever")
    bpy.ops.coamd.edit()
    tick_until(lambda: addon.jobs[-1].phase == "sampling")
    bpy.ops.coamd.cancel()
    assert snapshot.of_file() == before


def test_keys_that_change_meanwhile_are_not_lost(
    addon: Session, backend: BackendProcess, animated: Any, tick_until: Callable[..., None]
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    typed()
    bpy.ops.coamd.edit()
    tick_until(lambda: addon.jobs[-1].phase == "sampling")
    curve = curves_of(action_of(animated))[0]
    curve.keyframe_points[2].co.y += 0.5
    before = snapshot.of_file()
    tick_until(lambda: not addon.busy)
    assert "was changed while it was edited" in addon.message.text
    assert snapshot.of_file() == before


def test_the_panel_shows_what_a_mode_needs(addon: Session, backend: BackendProcess, animated: Any) -> None:
    shown = {}
    for mode, *_ in edit_settings.MODES:
        settings().mode = mode
        shown[mode] = draw(panels.edit.COAMD_PT_edit)
        assert "coamd.edit" in shown[mode]
    assert "path" in shown["PATH"]
    assert "path" not in shown["REGENERATE"]
    assert {"limb", "target"} <= set(shown["REACH"])
    assert "coamd.add_prompt" in shown["PROMPTS"]
    assert "length" in shown["EXTEND"]
    typed(mode="REGENERATE", variations=2)
    edit()
    after = draw(panels.edit.COAMD_PT_edit)
    assert after.count("coamd.show_edit") == 3
    assert "are edited" in " ".join(after)
    settings().range_from = "SELECTED"
    assert "frame_start" not in draw(panels.edit.COAMD_PT_edit)


def test_every_setting_explains_itself(addon: Session) -> None:
    for kind in (edit_settings.COAMD_PG_edit, edit_settings.COAMD_PG_segment):
        for prop in kind.bl_rna.properties:
            if prop.identifier not in ("name", "rna_type", "segments"):
                assert len(prop.description) > 10, f"{prop.identifier} has no tool tip"


def test_the_bundled_model_edits_the_character(addon: Session, animated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, with the real model in the Python that has torch."""
    python = next((path for path in interpreter.candidates() if interpreter.suits(path)), None)
    if python is None:
        pytest.skip("no Python with torch (set COAMD_PYTHON to one)")
    if not (WEIGHTS / "config.json").is_file():
        pytest.skip("the bundled weights are not in backend/weights")
    monkeypatch.setenv("COAMD_PYTHON", str(python))
    before = raw(action_of(animated))
    border = world(animated, START)
    typed(prompt="a person waves with the left hand", root=False, left_leg=False, right_leg=False)
    edit()
    after = raw(action_of(animated))
    changed = changed_curves(before, after)
    assert {"LeftArm", "RightArm"} <= {short(path) for path, _ in changed}
    assert not {"Hips", "LeftUpLeg", "RightFoot"} & {short(path) for path, _ in changed}
    outside_is_kept(before, after, START, END)
    np.testing.assert_allclose(world(animated, START), border, atol=1e-5)
