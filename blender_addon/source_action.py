# SPDX-License-Identifier: GPL-3.0-or-later
"""The action that moves a character, found in every Blender from 4.2 on: its slot, its curves, its time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ..rigs.errors import UserError

_BONE = re.compile(r'^pose\.bones\["((?:[^"\\]|\\.)*)"\]')
_AGAIN = "then edit again."


@dataclass(frozen=True)
class Source:
    """Names and numbers of what is edited, as a job keeps them."""

    action: str
    slot: int | None  # handle, None before Blender 4.4
    tweaked: bool  # the action is that of an NLA strip that is open for tweaking


def find(rig_object: Any) -> Source:
    """The action of a character that can be edited; UserError, with its remedy, where there is none."""
    data, name = rig_object.animation_data, rig_object.name
    action = data.action if data else None
    if action is None:
        raise UserError(
            f"“{name}” has no action to edit.", "Generate a motion, or choose one in the Action editor.", "no_action"
        )
    if action.library is not None:
        raise UserError(
            f"The action “{action.name}” is linked from another file and cannot be changed.",
            f"Make it local (Action editor, menu beside its name), {_AGAIN}",
            "linked_action",
        )
    slot = None
    if hasattr(action, "slots"):
        if data.action_slot is None:
            raise UserError(
                f"The action “{action.name}” has no slot that moves “{name}”.",
                f"Choose a slot beside the action in the Action editor, {_AGAIN}",
                "no_slot",
            )
        slot = data.action_slot.handle
    tweaked = bool(data.use_tweak_mode)
    _check_blending(data, tweaked)
    source = Source(action.name, slot, tweaked)
    if not bone_curves(source):
        raise UserError(
            f"The action “{action.name}” has no keys on the bones of “{name}”.",
            "Generate a motion, or choose an action that moves the bones.",
            "no_keys",
        )
    return source


def _check_blending(data: Any, tweaked: bool) -> None:
    """Keys say what one sees only where the action replaces what is below it."""
    blending, influence = data.action_blend_type, data.action_influence
    if tweaked:
        strip = _tweaked_strip(data)
        blending = strip.blend_type if strip else "REPLACE"
        influence = 0.0 if strip and strip.use_animated_influence else 1.0
    elif not data.use_nla or not len(data.nla_tracks):
        return
    if blending != "REPLACE" or influence != 1.0:
        raise UserError(
            "The action is blended with the NLA strips below it, so its keys are not the pose that one sees.",
            f"Set its blending to Replace and its influence to 1, or bake the strips, {_AGAIN}",
            "blended",
        )


def _tweaked_strip(data: Any) -> Any | None:
    for track in data.nla_tracks:
        for strip in track.strips:
            if track.active and strip.active and strip.action == data.action:
                return strip
    return None


def action_of(source: Source) -> Any:
    """The action itself; UserError when it is gone."""
    action = bpy.data.actions.get((source.action, None))  # a linked one may have the same name
    if action is None:
        raise UserError(
            f"The action “{source.action}” was deleted or renamed while it was edited.",
            "Undo that, or choose another action and edit again.",
            "action_gone",
        )
    return action


def slot_of(action: Any, handle: int | None) -> Any | None:
    """The slot with that handle, which a copy of the action has too."""
    return next((slot for slot in action.slots if slot.handle == handle), None) if handle is not None else None


def curves_of_slot(action: Any, handle: int | None) -> list[Any]:
    """The F-curves of one slot."""
    if handle is None:
        return list(action.fcurves)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    return [curve for bag in bags if bag.slot_handle == handle for curve in bag.fcurves]


def new_curve(action: Any, handle: int | None, path: str, index: int, group: str) -> Any:
    """A new F-curve without keys in a slot that has curves already."""
    if handle is None:
        return action.fcurves.new(path, index=index, action_group=group)
    bags = [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]
    bag = next(bag for bag in bags if bag.slot_handle == handle)
    if bpy.app.version >= (5, 0, 0):
        return bag.fcurves.new(path, index=index, group_name=group)
    curve = bag.fcurves.new(path, index=index)
    curve.group = bag.groups.get(group) or bag.groups.new(group)
    return curve


def bone_of(path: str) -> str | None:
    """The pose bone that an RNA path belongs to."""
    found = _BONE.match(path)
    return bpy.utils.unescape_identifier(found.group(1)) if found else None


def bone_curves(source: Source) -> list[Any]:
    """The curves with keys that move bones."""
    curves = curves_of_slot(action_of(source), source.slot)
    return [curve for curve in curves if len(curve.keyframe_points) and bone_of(curve.data_path)]


def key_frames(curves: Iterable[Any], selected: bool = False) -> np.ndarray:
    """Frames (K,) of the keys, in the action's time, sorted and each once; or of the selected ones alone."""
    found = [np.empty(0)]
    for curve in curves:
        points = curve.keyframe_points
        co = np.empty(2 * len(points), dtype=np.float32)
        points.foreach_get("co", co)
        frames = co[::2]
        if selected:
            flags = np.empty(len(points), dtype=np.bool_)
            points.foreach_get("select_control_point", flags)
            frames = frames[flags]
        found.append(frames.astype(np.float64))
    return np.unique(np.concatenate(found).round(4))


def to_scene(rig_object: Any, source: Source, frames: np.ndarray) -> np.ndarray:
    """Frames (K,) of the action as frames of the scene, which differ for a strip that is open for tweaking."""
    if not source.tweaked:
        return frames
    data = rig_object.animation_data
    return np.array([data.nla_tweak_strip_time_to_scene(float(frame)) for frame in frames])


def to_action(rig_object: Any, source: Source, frames: np.ndarray) -> np.ndarray:
    """The way back."""
    if not source.tweaked:
        return frames
    data = rig_object.animation_data
    return np.array([data.nla_tweak_strip_time_to_scene(float(frame), invert=True) for frame in frames])


def fingerprint(source: Source) -> int:
    """A number that changes when a key of the slot does."""
    parts: list[object] = []
    for curve in curves_of_slot(action_of(source), source.slot):
        points = curve.keyframe_points
        co = np.empty(6 * len(points), dtype=np.float32)
        points.foreach_get("co", co[: 2 * len(points)])
        points.foreach_get("handle_left", co[2 * len(points) : 4 * len(points)])
        points.foreach_get("handle_right", co[4 * len(points) :])
        parts.append((curve.data_path, curve.array_index, co.tobytes()))
    return hash(tuple(parts))
