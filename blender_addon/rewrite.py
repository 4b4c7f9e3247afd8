# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the changes of an edit into an action: new keys inside the range on the changed bones, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..rigs.curves import Change
from ..rigs.rotations import (
    continuous,
    matrix_from_euler,
    multiplied,
    quaternion_from_matrix,
    quaternion_to_euler,
)
from . import keys
from . import source_action as source_actions
from .action import axis_angle, bone_path, location_channel

_SAME_VALUE = 1e-7


def rewrite(
    action: Any,
    handle: int | None,
    rig_object: Any,
    changes: Sequence[Change],
    frames: np.ndarray,
    within: keys.Range,
) -> list[str]:
    """Put changes into the slot of ``action`` with that handle.

    Args:
        frames: (F,) of the changes, in the action's time.
        within: the range in the action's time; at its closed borders the first and last change are none.

    Returns:
        Names of bones that could not be changed, because drivers move them.
    """
    data = rig_object.animation_data
    driven = {(driver.data_path, driver.array_index) for driver in data.drivers}
    there = {(curve.data_path, curve.array_index): curve for curve in source_actions.curves_of_slot(action, handle)}
    refused = []
    for change in changes:
        bone = rig_object.pose.bones[change.bone]
        for attribute in _attributes(bone, change):
            path = bone_path(change.bone, attribute)
            old = np.array(getattr(bone, attribute), dtype=np.float64)
            if any((path, index) in driven for index in range(len(old))):
                refused.append(change.bone)
                continue
            curves = [there.get((path, index)) for index in range(len(old))]
            seen = np.repeat(old[None], len(frames), axis=0)  # (F, components), with F-curve modifiers
            for index, curve in enumerate(curves):
                if curve is not None and len(curve.keyframe_points):
                    seen[:, index] = [curve.evaluate(frame) for frame in frames]
            new = _changed(bone, attribute, seen, change)
            if np.abs(new - seen).max() <= _SAME_VALUE * max(1.0, float(np.abs(seen).max())):
                continue
            flip = _flip(attribute, new, seen)
            for index, there_already in enumerate(curves):
                curve = there_already or source_actions.new_curve(action, handle, path, index, change.bone)
                _write(curve, frames, new[:, index] - seen[:, index], float(old[index]), within, flip)
    action.update_tag()
    return refused


def _attributes(bone: Any, change: Change) -> list[str]:
    names = {"QUATERNION": "rotation_quaternion", "AXIS_ANGLE": "rotation_axis_angle"}
    rotation = names.get(bone.rotation_mode, "rotation_euler")
    return [rotation] if change.shift is None else [rotation, "location"]


def _changed(bone: Any, attribute: str, seen: np.ndarray, change: Change) -> np.ndarray:
    """The new values (F, components) of a channel whose old ones are ``seen``, near to them in representation."""
    if attribute == "location":
        assert change.shift is not None
        return seen + location_channel(bone, change.shift)
    if attribute == "rotation_quaternion":
        return multiplied(seen, change.turn)
    if attribute == "rotation_axis_angle":
        half, axes = 0.5 * seen[:, :1], seen[:, 1:]
        axes = axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-9)
        rotations = multiplied(np.concatenate([np.cos(half), np.sin(half) * axes], axis=1), change.turn)
        new = axis_angle(continuous(rotations))
        if new[0, 1:] @ axes[0] < 0.0:
            new = -new
        new[:, 0] += 4.0 * np.pi * np.round((seen[0, 0] - new[0, 0]) / (4.0 * np.pi))
        return new
    order = bone.rotation_mode
    rotations = multiplied(quaternion_from_matrix(matrix_from_euler(seen, order)), change.turn)
    return quaternion_to_euler(rotations, order, before=seen[0])


def _flip(attribute: str, new: np.ndarray, seen: np.ndarray) -> bool:
    """Whether the end of the range says the old rotation in other numbers than the frame before: after a full turn.

    What lies between two such frames means nothing, so the value is held there for one frame.
    """
    if attribute == "rotation_quaternion":
        return bool(new[-1] @ seen[-1] < 0.0)
    if attribute == "location":
        return False
    return bool(np.abs(new[-1] - seen[-1]).max() > np.pi)


def _write(curve: Any, frames: np.ndarray, more: np.ndarray, default: float, within: keys.Range, flip: bool) -> None:
    """Replace the keys of one curve inside the range so that its values become larger by ``more`` (F,).

    Modifiers go on working on top of the keys, so the keys take the difference.
    """
    old = keys.read(curve)
    with _plain(curve):

        def evaluate(frame: float) -> float:
            return float(curve.evaluate(frame)) if len(old["co"]) else default

        values = np.array([evaluate(float(frame)) for frame in frames]) + more
        new = keys.replaced(old, within, frames, values, evaluate, curve.extrapolation == "LINEAR")
    if flip and within.closed_end:
        last = int(np.searchsorted(new["co"][:, 0], within.end - keys.SAME)) - 1
        new["interpolation"][max(last, 0)] = keys.CONSTANT
    keys.write(curve, new)


@contextmanager
def _plain(curve: Any) -> Iterator[None]:
    """The curve without its modifiers, for as long as it is looked at."""
    muted = [modifier.mute for modifier in curve.modifiers]
    for modifier in curve.modifiers:
        modifier.mute = True
    try:
        yield
    finally:
        for modifier, mute in zip(curve.modifiers, muted, strict=True):
            modifier.mute = mute


def copy_keys(source: Any, target: Any, handle: int | None) -> None:
    """Make the curves of a slot in ``target`` those that it has in ``source``, key by key."""
    wanted = {(c.data_path, c.array_index): c for c in source_actions.curves_of_slot(source, handle)}
    there = {(c.data_path, c.array_index): c for c in source_actions.curves_of_slot(target, handle)}
    for key, curve in wanted.items():
        if key not in there:
            there[key] = source_actions.new_curve(target, handle, *key, curve.group.name if curve.group else key[0])
        mine, theirs = keys.read(there[key]), keys.read(curve)
        if any(mine[name].tobytes() != theirs[name].tobytes() for name in keys.FIELDS):
            keys.write(there[key], theirs)
    for key in there.keys() - wanted.keys():
        _remove(target, handle, there[key])
    target.update_tag()


def _remove(action: Any, handle: int | None, curve: Any) -> None:
    if handle is None:
        action.fcurves.remove(curve)
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                if bag.slot_handle == handle:
                    bag.fcurves.remove(curve)
