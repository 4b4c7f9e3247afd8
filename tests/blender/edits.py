# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of editing in Blender share: an action as an animator makes it, and how to compare actions."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.blender_addon.keys import keys
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.keys.source_action import bone_of
from coamd.blender_addon.session.session import Session

ARM = ("LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand")
POSES = (1, 13, 30, 44, 61, 80)  # frames of the user's keys, sparse and uneven
START, END = 20, 50


def settings() -> Any:
    return bpy.context.scene.coamd.edit


def typed(start: int = START, end: int = END, **others: Any) -> None:
    """Set the panel's settings."""
    edit = settings()
    edit.range_from, edit.frame_start, edit.frame_end = "TYPED", start, end
    for name, value in others.items():
        setattr(edit, name, value)


def reach(limb: str, target: Any, start: int, end: int) -> Any:
    """Add a target to the mode Reach."""
    added = settings().reaches.add()
    added.limb, added.target, added.start, added.end = limb, target, start, end
    return added


def animate(character: Any) -> Any:
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
    """The chosen keys as bytes; automatic handles as free ones, which they become beside a border that cuts."""
    found = found.copy()
    for side in ("handle_left_type", "handle_right_type"):
        found[side][np.isin(found[side], (keys.AUTO, keys.AUTO_CLAMPED))] = keys.FREE
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


def refusal_code(session: Session) -> str:
    """Press Edit: it says no, with a remedy, and the file is as it was; the code of the refusal."""
    bpy.context.view_layer.update()
    refused()
    assert session.message is not None
    assert session.message.level == "ERROR"
    assert session.message.hint
    return session.message.code


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
