# SPDX-License-Identifier: GPL-3.0-or-later
"""The action that drives a character, in every Blender from 4.2 on: its slot, its curves, its time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...rigs.errors import UserError
from . import key_range, nla
from .action import bags_of
from .scene_time import playhead

_BONE = re.compile(r'^pose\.bones\["((?:[^"\\]|\\.)*)"\]')
_AGAIN = "then edit again."


@dataclass(frozen=True)
class SourceAction:
    """The action and slot that an edit changes, by name and handle, as a job keeps them."""

    action: str
    slot: int | None  # handle, None before Blender 4.4
    tweaked: bool  # the action is that of an NLA strip that is open for tweaking


def find(rig_object: Any) -> SourceAction:
    """The action of a character that can be edited; UserError, with its remedy, where there is none."""
    data, name = rig_object.animation_data, rig_object.name
    action = data.action if data else None
    if action is None and (strip := nla.strip_at(rig_object, playhead(bpy.context.scene))) is not None:
        raise UserError(
            f"The motion of “{name}” is in the NLA strip “{strip.name}”.",
            "Open it for changes (Tab in the NLA editor), then edit.",
            "on_strip",
        )
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
    source = SourceAction(action.name, slot, tweaked)
    _check_samples(source)
    if not bone_curves(source):
        raise UserError(
            f"The action “{action.name}” has no keys on the bones of “{name}”.",
            "Generate a motion, or choose an action that moves the bones.",
            "no_keys",
        )
    return source


def _check_blending(data: Any, tweaked: bool) -> None:
    """Keys match what is on screen only where the action replaces what lies below it."""
    blending, influence = data.action_blend_type, data.action_influence
    if tweaked:
        strip = _tweaked_strip(data)
        blending = strip.blend_type if strip else "REPLACE"
        influence = 0.0 if strip and strip.use_animated_influence else 1.0
    elif not data.use_nla or not len(data.nla_tracks):
        return
    elif any(track.is_solo for track in data.nla_tracks):
        raise UserError(
            "A solo track of the NLA hides the action, so its keys are not the pose on screen.",
            "Turn the star beside the track off, then edit again.",
            "solo",
        )
    if blending != "REPLACE" or influence != 1.0:
        raise UserError(
            "The action is blended with the NLA strips below it, so its keys are not the pose on screen.",
            f"Set its blending to Replace and its influence to 1, or bake the strips, {_AGAIN}",
            "blended",
        )


def _check_samples(source: SourceAction) -> None:
    """UserError where curves of bones are samples, which an edit would not keep outside its range."""
    for curve in curves_of_slot(action_of(source), source.slot):
        name = bone_of(curve.data_path)
        if name is not None and len(curve.sampled_points):
            raise UserError(
                f"The curves of “{name}” are samples instead of keys.",
                "Choose Key > Samples to Keys in the Graph editor, then edit again.",
                "samples",
            )


def check_not_muted(source: SourceAction, bones: Collection[str]) -> None:
    """UserError where curves of these bones are muted, so that nobody would see what is written there."""
    for curve in curves_of_slot(action_of(source), source.slot):
        name = bone_of(curve.data_path)
        if name in bones and (curve.mute or (curve.group is not None and curve.group.mute)):
            raise UserError(
                f"The curves of “{name}” are muted, so an edit of them would not show.",
                "Turn them on in the Graph editor, or their part off in the Edit panel, then edit again.",
                "muted",
            )


def _tweaked_strip(data: Any) -> Any | None:
    for track in data.nla_tracks:
        for strip in track.strips:
            if track.active and strip.active and strip.action == data.action:
                return strip
    return None


def action_of(source: SourceAction) -> Any:
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
    return [curve for bag in bags_of(action, handle) for curve in bag.fcurves]


def new_curve(action: Any, handle: int | None, path: str, index: int, group: str) -> Any:
    """A new F-curve without keys in a slot that has curves already."""
    if handle is None:
        return action.fcurves.new(path, index=index, action_group=group)
    bag = bags_of(action, handle)[0]
    if bpy.app.version >= (5, 0, 0):
        return bag.fcurves.new(path, index=index, group_name=group)
    curve = bag.fcurves.new(path, index=index)
    curve.group = bag.groups.get(group) or bag.groups.new(group)
    return curve


def bone_of(path: str) -> str | None:
    """The pose bone that an RNA path belongs to."""
    found = _BONE.match(path)
    return bpy.utils.unescape_identifier(found.group(1)) if found else None


def bone_curves(source: SourceAction) -> list[Any]:
    """The curves with keys that move bones."""
    curves = curves_of_slot(action_of(source), source.slot)
    return [curve for curve in curves if len(curve.keyframe_points) and bone_of(curve.data_path)]


def extent(curves: Iterable[Any]) -> tuple[float, float]:
    """Frames of the first and the last key, in the action's time; no curve may be without keys."""
    spans = [key_range.span(curve) for curve in curves]
    return min(first for first, _ in spans), max(last for _, last in spans)


def selected_frames(curves: Iterable[Any]) -> np.ndarray:
    """Frames (K,) of the selected keys, in the action's time, sorted and each once."""
    found: set[float] = set()
    for curve in curves:
        points = curve.keyframe_points
        flags = np.empty(len(points), dtype=np.bool_)
        points.foreach_get("select_control_point", flags)
        if flags.all():
            co = np.empty(2 * len(points), dtype=np.float32)
            points.foreach_get("co", co)
            found.update(co[::2].astype(np.float64).round(4).tolist())
        else:
            found.update(round(points[int(number)].co[0], 4) for number in np.flatnonzero(flags))
    return np.array(sorted(found))


def to_scene(rig_object: Any, source: SourceAction, frames: np.ndarray) -> np.ndarray:
    """Frames (K,) of the action as frames of the scene, which differ for a strip that is open for tweaking."""
    if not source.tweaked:
        return frames
    data = rig_object.animation_data
    return np.array([data.nla_tweak_strip_time_to_scene(float(frame)) for frame in frames])


def to_action(rig_object: Any, source: SourceAction, frames: np.ndarray) -> np.ndarray:
    """The inverse of ``to_scene``."""
    if not source.tweaked:
        return frames
    data = rig_object.animation_data
    return np.array([data.nla_tweak_strip_time_to_scene(float(frame), invert=True) for frame in frames])


def fingerprint(source: SourceAction, start: float, end: float) -> int:
    """A number that changes when a key of the slot does in the frames of the action from ``start`` to ``end``, when
    there are others than there were, and in a short action when any key does."""
    parts: list[object] = []
    for curve in curves_of_slot(action_of(source), source.slot):
        shape = key_range.shape_around(curve, start, end)
        parts.append((curve.data_path, curve.array_index, len(curve.keyframe_points), shape))
    return hash(tuple(parts))
