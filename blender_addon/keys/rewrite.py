# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the changes of an edit into an action: new keys inside the range on the changed bones, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...rigs.body.bone_curves import Change
from ...rigs.body.rotations import (
    continuous,
    matrix_from_euler,
    multiplied,
    quaternion_from_matrix,
    quaternion_to_euler,
)
from ...rigs.solve.key_reduction import ReducedKeys
from . import key_range, keys, locked_channels
from . import source_action as source_actions
from .action import axis_angle, bags_of, bone_path, location_channel
from .range_reduction import RangeReduction
from .range_replacement import Range, replaced

_SAME_VALUE = 1e-7
_OTHER_NUMBERS = 1e-2  # difference between two representations of one rotation, far above single precision


def rewrite(
    action: Any,
    handle: int | None,
    rig_object: Any,
    changes: Sequence[Change],
    frames: np.ndarray,
    within: Range,
    reduction: RangeReduction | None = None,
) -> tuple[list[str], list[str]]:
    """Put changes into the slot of ``action`` with that handle.

    Args:
        frames: (F,) of the changes, in the action's time, evenly apart.
        within: the range in the action's time; at its closed borders the first and last change are none.
        reduction: key only the frames that are needed; None keys them all.

    Returns:
        Names of bones that drivers move, so that they could not be changed, and of bones with locked channels or curves
        that were left alone.
    """
    data = rig_object.animation_data
    driven = {(driver.data_path, driver.array_index) for driver in data.drivers}
    there = {(curve.data_path, curve.array_index): curve for curve in source_actions.curves_of_slot(action, handle)}
    refused, kept = [], []
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
            kept += [change.bone] * _keep_locked(_locked(bone, attribute, curves), new, seen)
            if np.abs(new - seen).max() <= _SAME_VALUE * max(1.0, float(np.abs(seen).max())):
                continue
            for index, there_already in enumerate(curves):
                if there_already is None:
                    curves[index] = source_actions.new_curve(action, handle, path, index, change.bone)
            # Modifiers go on working on top of the keys, so these take the difference.
            modified = any(curve is not None and len(curve.modifiers) for curve in curves)
            values = new if not modified else _keyed(curves, frames, old) + new - seen
            flip = _flip(attribute, new, seen, within.closed_end and frames[-1] > within.end - keys.SAME)
            mode = "" if attribute == "location" else bone.rotation_mode
            reduced = None if flip else _reduced_keys(reduction, change.bone, mode, curves, values)
            _write(curves, frames, values, old, within, reduced)
            if flip and within.closed_end:
                _hold_last(curves, within)
    action.update_tag()
    return refused, kept


def _keep_locked(locked: list[int], new: np.ndarray, seen: np.ndarray) -> bool:
    """Put the old values of locked components back into the new ones, both (F, components); True if any differed."""
    differs = bool(np.abs(new[:, locked] - seen[:, locked]).max(initial=0.0) > _SAME_VALUE)
    new[:, locked] = seen[:, locked]
    return differs


def _locked(bone: Any, attribute: str, curves: Sequence[Any]) -> list[int]:
    """The components of a channel that the user has locked, on the bone or in its curves."""
    if attribute == "location":
        free: tuple[int, ...] = locked_channels.free_locations(bone)
    else:
        _, free = locked_channels.free_rotation(bone, np.array([[1.0, 0.0, 0.0, 0.0]]))
        if attribute != "rotation_euler" and (any(bone.lock_rotation) or len(free) < len(curves)):
            free = ()  # a part of a quaternion is not a rotation of its own
    barred = [c is not None and (c.lock or (c.group is not None and c.group.lock)) for c in curves]
    return [index for index in range(len(curves)) if index not in free or barred[index]]


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


def _keyed(curves: Sequence[Any], frames: np.ndarray, defaults: np.ndarray) -> np.ndarray:
    """Values (F, components) of curves without their modifiers; of those without keys the default (components,)."""
    out = np.repeat(defaults[None], len(frames), axis=0)
    for index, curve in enumerate(curves):
        if len(curve.keyframe_points):
            with _plain(curve):
                out[:, index] = [curve.evaluate(float(frame)) for frame in frames]
    return out


def _reduced_keys(
    reduction: RangeReduction | None, bone: str, mode: str, curves: Sequence[Any], values: np.ndarray
) -> ReducedKeys | None:
    """The frames that get keys; None for all, as where a curve goes on straight beyond its keys by their slope."""
    if reduction is None or any(curve.extrapolation == "LINEAR" for curve in curves):
        return None
    return reduction.of(bone, mode, values)


def _write(
    curves: Sequence[Any],
    frames: np.ndarray,
    values: np.ndarray,
    defaults: np.ndarray,
    within: Range,
    reduced: ReducedKeys | None,
) -> None:
    """Replace the keys of curves inside the range by ``values`` (F, components)."""
    step = float(frames[1] - frames[0])
    if reduced is not None:
        frames, values = frames[reduced.frames], values[reduced.frames]
    for k, curve in enumerate(curves):
        old = key_range.around(curve, within.start, within.end)

        def evaluate(frame: float, curve: Any = curve, empty: bool = not len(old.keys), k: int = k) -> float:
            return float(defaults[k]) if empty else float(curve.evaluate(frame))

        slopes = None if reduced is None else (reduced.arriving[:, k] / step, reduced.leaving[:, k] / step)
        with _plain(curve):
            linear = curve.extrapolation == "LINEAR"
            new = replaced(old.keys, within, frames, values[:, k], evaluate, linear, slopes)
        key_range.put(curve, old, new)


def _hold_last(curves: Sequence[Any], within: Range) -> None:
    """Hold the last keys before the end of the range: what lies between them and the end means nothing."""
    for curve in curves:
        old = key_range.around(curve, within.end, within.end)
        new = old.keys.copy()
        last = int(np.searchsorted(new["co"][:, 0], within.end - keys.SAME)) - 1
        new["interpolation"][max(last, 0)] = keys.CONSTANT
        key_range.put(curve, old, new)


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


def copy_keys(source: Any, target: Any, handle: int | None, start: float, end: float) -> None:
    """Make the curves of a slot in ``target`` those of ``source`` in the frames from ``start`` to ``end``."""
    wanted = {(c.data_path, c.array_index): c for c in source_actions.curves_of_slot(source, handle)}
    there = {(c.data_path, c.array_index): c for c in source_actions.curves_of_slot(target, handle)}
    for key, curve in wanted.items():
        if key not in there:
            there[key] = source_actions.new_curve(target, handle, *key, curve.group.name if curve.group else key[0])
        _copy_range(curve, there[key], start, end)
    for key in there.keys() - wanted.keys():
        _remove(target, handle, there[key])
    target.update_tag()


def _copy_range(source: Any, target: Any, start: float, end: float) -> None:
    """The same for one curve; the neighbours of the range may differ too."""
    theirs, mine = key_range.around(source, start, end), key_range.around(target, start, end)
    if not (theirs.whole and mine.whole):
        reached = [frame for part in (theirs, mine) for frame in part.keys["co"][:, 0].tolist()] or [start, end]
        low, high = min(reached), max(reached)
        theirs, mine = key_range.between(source, low, high), key_range.between(target, low, high)
    if mine.keys.tobytes() != theirs.keys.tobytes():
        key_range.put(target, mine, theirs.keys)


def _remove(action: Any, handle: int | None, curve: Any) -> None:
    if handle is None:
        action.fcurves.remove(curve)
        return
    for bag in bags_of(action, handle):
        bag.fcurves.remove(curve)
