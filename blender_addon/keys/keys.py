# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of one F-curve as plain arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

CONSTANT, LINEAR, BEZIER = 0, 1, 2  # Keyframe.interpolation as foreach_get gives it
FREE, AUTO, VECTOR, _ALIGNED, AUTO_CLAMPED = range(5)  # Keyframe.handle_left_type
SAME = 1e-3  # frames: a key this close to a border is on it

FIELDS: dict[str, tuple[type, int]] = {
    "co": (np.float32, 2),
    "handle_left": (np.float32, 2),
    "handle_right": (np.float32, 2),
    "handle_left_type": (np.int32, 1),
    "handle_right_type": (np.int32, 1),
    "interpolation": (np.int32, 1),
    "easing": (np.int32, 1),
    "back": (np.float32, 1),
    "amplitude": (np.float32, 1),
    "period": (np.float32, 1),
    "type": (np.int32, 1),
    "select_control_point": (np.bool_, 1),
    "select_left_handle": (np.bool_, 1),
    "select_right_handle": (np.bool_, 1),
}
# One row a key: what is cut out or joined is so in all fields at once. A dict of 14 arrays took ten times as long.
_ROW = np.dtype([(name, kind, (width,) if width > 1 else ()) for name, (kind, width) in FIELDS.items()])
Keys = np.ndarray  # (K,) of _ROW


def read(curve: Any, fields: Iterable[str] = FIELDS) -> Keys:
    """All keys of an F-curve; fields that are not asked for are 0."""
    out = empty(len(curve.keyframe_points))
    for name in fields:
        kind, width = FIELDS[name]
        flat: np.ndarray = np.empty(len(out) * width, dtype=kind)
        curve.keyframe_points.foreach_get(name, flat)
        out[name] = flat.reshape(-1, width) if width > 1 else flat
    return out


def write(curve: Any, keys: Keys) -> None:
    """Put these keys, which are in order, in the place of all that the curve has. Handles stay as they are given."""
    points = curve.keyframe_points
    points.clear()
    points.add(len(keys))
    for name in FIELDS:
        points.foreach_set(name, np.ascontiguousarray(keys[name]).ravel())


def empty(count: int = 0) -> Keys:
    """So many keys with nothing in them."""
    return np.zeros(count, dtype=_ROW)


def plain(frames: np.ndarray, values: np.ndarray, interpolation: int = LINEAR) -> Keys:
    """Keys at ``frames`` (K,) with ``values`` (K,) whose handles point straight at their neighbours."""
    out = empty(len(frames))
    co = np.column_stack([frames, values]).astype(np.float64)
    step = np.diff(co, axis=0) / 3.0 if len(co) > 1 else np.zeros((0, 2))
    one = np.array([[1.0 / 3.0, 0.0]])
    out["co"] = co
    out["handle_left"] = co - np.concatenate([step[:1] if len(step) else one, step])
    out["handle_right"] = co + np.concatenate([step, step[-1:] if len(step) else one])
    out["handle_left_type"] = out["handle_right_type"] = VECTOR
    out["interpolation"] = interpolation
    return out


def curved(frames: np.ndarray, values: np.ndarray, slopes: tuple[np.ndarray, np.ndarray]) -> Keys:
    """Bezier keys at ``frames`` (K,) with ``values`` (K,) that come and leave with ``slopes`` (K,) per frame, as cubics
    whose handles are at a third of the distance to the next key."""
    out = plain(frames, values, BEZIER)
    out["handle_left"], out["handle_right"] = third_handles(np.column_stack([frames, values]), *slopes)
    out["handle_left_type"] = out["handle_right_type"] = FREE
    return out


def third_handles(points: np.ndarray, arriving: np.ndarray, leaving: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left and right handles (K, 2) of keys (K, 2) at a third of the distance to the next, which makes the curve the
    cubic with these slopes (K,) per frame."""
    third = np.diff(points[:, 0], prepend=points[0, 0] - 3.0, append=points[-1, 0] + 3.0) / 3.0
    left, right = (np.stack([step, step * slope], 1) for step, slope in ((-third[:-1], arriving), (third[1:], leaving)))
    return points + left, points + right


def joined(*parts: Keys) -> Keys:
    """The keys of all parts, one after the other."""
    out, at = empty(sum(len(part) for part in parts)), 0
    for part in parts:  # np.concatenate would find out again what dtype they have in common
        out[at : at + len(part)] = part
        at += len(part)
    return out


def taken(keys: Keys, which: np.ndarray | slice) -> Keys:
    """Some of the keys."""
    return np.asarray(keys[which].copy())
