# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the changes of an edit into an action: new keys inside the range on the changed bones, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..rigs.curves import Change
from ..rigs.reduction import Keys as Thin
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
from .thinning import Thinning

_SAME_VALUE = 1e-7
_OTHER_NUMBERS = 1e-2  # between two ways to say one rotation, far above what single precision leaves


def rewrite(
    action: Any,
    handle: int | None,
    rig_object: Any,
    changes: Sequence[Change],
    frames: np.ndarray,
    within: keys.Range,
    thinning: Thinning | None = None,
) -> list[str]:
    """Put changes into the slot of ``action`` with that handle.

    Args:
        frames: (F,) of the changes, in the action's time, evenly apart.
        within: the range in the action's time; at its closed borders the first and last change are none.
        thinning: key only the frames that are needed; None keys them all.

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
            for index, there_already in enumerate(curves):
                if there_already is None:
                    curves[index] = source_actions.new_curve(action, handle, path, index, change.bone)
            # Modifiers go on working on top of the keys, so these take the difference.
            values = new if not any(map(_modified, curves)) else _keyed(curves, frames, old) + new - seen
            flip = _flip(attribute, new, seen, within.closed_end and frames[-1] > within.end - keys.SAME)
            mode = "" if attribute == "location" else bone.rotation_mode
            thin = None if flip else _thinned(thinning, change.bone, mode, curves, values)
            _write(curves, frames, values, old, within, thin)
            if flip and within.closed_end:
                _hold_last(curves, within)
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


def _flip(attribute: str, new: np.ndarray, seen: np.ndarray, stays: bool) -> bool:
    """Whether the end of the range says the old rotation in other numbers than the frame before: after a full turn, or
    about the opposite axis.

    What lies between two such frames means nothing, so the value is held there for one frame. ``stays``: the last frame
    keeps its pose.
    """
    if attribute == "location":
        return False
    apart = float(np.abs(new[-1] - seen[-1]).max())
    if stays:
        return apart > _OTHER_NUMBERS
    return bool(new[-1] @ seen[-1] < 0.0) if attribute == "rotation_quaternion" else apart > np.pi


def _modified(curve: Any) -> bool:
    return len(curve.modifiers) > 0


def _keyed(curves: Sequence[Any], frames: np.ndarray, defaults: np.ndarray) -> np.ndarray:
    """Values (F, components) of curves without their modifiers; of those without keys the default (components,)."""
    out = np.repeat(defaults[None], len(frames), axis=0)
    for index, curve in enumerate(curves):
        if len(curve.keyframe_points):
            with _plain(curve):
                out[:, index] = [curve.evaluate(float(frame)) for frame in frames]
    return out


def _thinned(thinning: Thinning | None, bone: str, mode: str, curves: Sequence[Any], values: np.ndarray) -> Thin | None:
    """The frames that get keys; None for all, as where a curve goes on straight beyond its keys by their slope."""
    if thinning is None or any(curve.extrapolation == "LINEAR" for curve in curves):
        return None
    return thinning.of(bone, mode, values)


def _write(
    curves: Sequence[Any],
    frames: np.ndarray,
    values: np.ndarray,
    defaults: np.ndarray,
    within: keys.Range,
    thin: Thin | None,
) -> None:
    """Replace the keys of curves inside the range by ``values`` (F, components)."""
    step = float(frames[1] - frames[0])
    if thin is not None:
        frames, values = frames[thin.frames], values[thin.frames]
    for k, curve in enumerate(curves):
        old = keys.read(curve)

        def evaluate(frame: float, curve: Any = curve, empty: bool = not len(old), k: int = k) -> float:
            return float(defaults[k]) if empty else float(curve.evaluate(frame))

        slopes = None if thin is None else (thin.arriving[:, k] / step, thin.leaving[:, k] / step)
        with _plain(curve):
            linear = curve.extrapolation == "LINEAR"
            new = keys.replaced(old, within, frames, values[:, k], evaluate, linear, slopes)
        keys.write(curve, new)


def _hold_last(curves: Sequence[Any], within: keys.Range) -> None:
    """Hold the last keys before the end of the range: what lies between them and the end means nothing."""
    for curve in curves:
        new = keys.read(curve)
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
        if mine.tobytes() != theirs.tobytes():
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
