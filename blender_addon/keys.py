# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of one F-curve as plain arrays, and how a range of them is replaced without a trace outside.

Keys outside the range come back with every field as it was. Where a border of the range cuts a Bezier segment, the part
that stays must keep its shape, but the key that it begins or ends at keeps its handle, and a piece of a cubic has
shorter handles than the whole (de Casteljau). So a second key follows it at ``HINGE``, on the curve, from where the
piece goes on with its own handles. Blender shortens handles that are longer than their segment, so what lies in
between is as flat as the curve. A segment that is straight, constant or level needs no such key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

CONSTANT, LINEAR, BEZIER = 0, 1, 2  # Keyframe.interpolation as foreach_get gives it
FREE, VECTOR = 0, 2  # Keyframe.handle_left_type
HINGE = 1.0 / 64.0  # frames; Blender takes keys within 0.01 for one, and at this distance the curve is straight
SAME = 1e-3  # frames: a key this near to a border is on it
_LEVEL = 1e-6  # share of the values' size below which a segment counts as level
EASED_STEPS = 8  # keys a frame where the piece of an easing segment that stays is drawn anew

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


@dataclass(frozen=True)
class Range:
    """Frames of an action, ``start`` <= ``end``. A closed border keeps its value, and all beyond it its shape."""

    start: float
    end: float
    closed_start: bool = True
    closed_end: bool = True


def read(curve: Any) -> Keys:
    """All keys of an F-curve."""
    out = empty(len(curve.keyframe_points))
    for name, (kind, width) in FIELDS.items():
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
    whose handles are at a third of the way to the next key."""
    out = plain(frames, values, BEZIER)
    third = np.diff(frames, prepend=frames[0] - 3.0, append=frames[-1] + 3.0) / 3.0
    for side, step, slope in (("left", -third[:-1], slopes[0]), ("right", third[1:], slopes[1])):
        handles = np.column_stack([frames + step, values + step * slope])
        out[f"handle_{side}"] = handles
        out[f"handle_{side}_type"] = FREE
    return out


def joined(*parts: Keys) -> Keys:
    """The keys of all parts, one after the other."""
    out, at = empty(sum(len(part) for part in parts)), 0
    for part in parts:  # np.concatenate would find out anew what dtype they have in common
        out[at : at + len(part)] = part
        at += len(part)
    return out


def taken(keys: Keys, which: np.ndarray | slice) -> Keys:
    """Some of the keys."""
    return np.asarray(keys[which].copy())


def replaced(
    keys: Keys,
    within: Range,
    frames: np.ndarray,
    values: np.ndarray,
    evaluate: Callable[[float], float],
    linear: bool,
    slopes: tuple[np.ndarray, np.ndarray] | None = None,
) -> Keys:
    """The keys of a curve with those inside a range replaced.

    Args:
        keys: what the curve has, in order; may be empty.
        frames: (K,) where the new keys go, inside the range; at a closed border the old value is kept instead.
        values: (K,).
        evaluate: the value of the old curve at a frame, without modifiers.
        linear: the curve goes on straight before its first and after its last key, instead of level.
        slopes: (K,) each, per frame, how fast a curve that is no polyline comes to each of ``frames`` and leaves it;
            then the first and the last of these are the borders.
    """
    at = keys["co"][:, 0]
    before = taken(keys, at < within.start - SAME)
    after = taken(keys, at > within.end + SAME)
    inside = (frames > within.start + SAME) | (not within.closed_start and frames > within.start - SAME)
    inside &= (frames < within.end - SAME) | (not within.closed_end and frames < within.end + SAME)
    new = plain(frames[inside], values[inside]) if slopes is None else taken(curved(frames, values, slopes), inside)
    first, last = empty(), empty()
    if within.closed_start:
        first = _border(keys, within.start, evaluate)
        before = joined(before, _leading(keys, within.start, first, evaluate))
    if within.closed_end:
        last = _border(keys, within.end, evaluate)
        after = joined(_trailing(keys, within.end, last, evaluate), after)
    middle = joined(first, new, last)
    if slopes is not None:
        _bend_borders(middle, within, slopes)
    elif within.closed_start and len(middle) > 1:
        _point_at_next(middle)
    if linear:
        if within.closed_start and not len(before):
            _extrapolate(middle, 0, -1.0, evaluate)
        if within.closed_end and not len(after):
            _extrapolate(middle, -1, 1.0, evaluate)
        elif len(at) > 1 and at[-2] < within.end - SAME < at[-1] and keys["interpolation"][-1] == LINEAR:
            after = joined(taken(after, slice(-1)), _slope(at[-1], evaluate), taken(after, slice(-1, None)))
    return joined(before, middle, after)


def _border(keys: Keys, frame: float, evaluate: Callable[[float], float]) -> Keys:
    """The key at a border: the one that is there, else a new one with the old value."""
    here = np.flatnonzero(np.abs(keys["co"][:, 0] - frame) <= SAME)
    out = taken(keys, here[:1]) if len(here) else plain(np.array([frame]), np.array([evaluate(frame)]))
    # Handles that follow their neighbours would turn with the new ones at the next change.
    out["handle_left_type"] = out["handle_right_type"] = FREE
    return out


def _point_at_next(middle: Keys) -> None:
    """Let the first border key lead straight to the first new one."""
    middle["interpolation"][0] = LINEAR
    middle["handle_right"][0] = middle["co"][0] + (middle["co"][1] - middle["co"][0]) / 3.0


def _bend_borders(middle: Keys, within: Range, slopes: tuple[np.ndarray, np.ndarray]) -> None:
    """Let the keys at closed borders leave into the range, and be come to out of it, with their slopes."""
    third = np.diff(middle["co"][:, 0]) / 3.0
    if within.closed_start:
        middle["interpolation"][0] = BEZIER
        middle["handle_right"][0] = middle["co"][0] + third[0] * np.array([1.0, slopes[1][0]])
    if within.closed_end:
        middle["handle_left"][-1] = middle["co"][-1] - third[-1] * np.array([1.0, slopes[0][-1]])


def _extrapolate(middle: Keys, k: int, way: float, evaluate: Callable[[float], float]) -> None:
    """Let the first or last key of a curve that goes on straight have the old slope there.

    Of a Bezier key Blender takes the handle that points away, of a linear one the slope of the segment beside it.
    """
    co = middle["co"][k].astype(np.float64)
    slope = way * (evaluate(co[0] + way) - evaluate(co[0]))
    if k == 0:
        middle["handle_left"][k] = co - np.array([1.0, slope])
        if len(middle) > 1:  # a straight Bezier segment
            middle["handle_left"][1] = middle["co"][1] - (middle["co"][1] - middle["co"][0]) / 3.0
    else:
        middle["handle_right"][k] = co + np.array([1.0, slope])
    middle["interpolation"][k] = BEZIER


def _slope(last: float, evaluate: Callable[[float], float]) -> Keys:
    """A key right before the ``last`` of a curve that goes on straight, so that it goes on as before: of a linear key
    Blender takes the slope from the key before it, which used to be another."""
    frame = float(last) - HINGE / 2.0
    slope = evaluate(float(last) + 1.0) - evaluate(float(last))
    return plain(np.array([frame]), np.array([evaluate(float(last)) - slope * HINGE / 2.0]))


def _cut(keys: Keys, frame: float) -> int | None:
    """The key at which the segment begins that ``frame`` cuts, or None."""
    at = keys["co"][:, 0]
    if not len(at) or np.abs(at - frame).min() <= SAME or not at[0] < frame < at[-1]:
        return None
    return int(np.searchsorted(at, frame)) - 1


def _leading(keys: Keys, frame: float, border: Keys, evaluate: Callable[[float], float]) -> Keys:
    """What must stand between the last key before the range and the border key, whose left handle is set."""
    at = keys["co"][:, 0]
    if len(at) and frame > at[-1] + SAME:  # beyond the last key the curve is straight, and its handle is not read
        return _straight_on(keys, frame, evaluate)
    k = _cut(keys, frame)
    if k is None:
        return empty()
    kind, points = int(keys["interpolation"][k]), _segment(keys, k)
    if kind in (CONSTANT, LINEAR):
        return empty()
    start = points[0, 0]
    if kind != BEZIER:
        return _eased(start, frame, evaluate)
    if _is_level(points) or frame - start <= 2.0 * HINGE:
        border["handle_left"][0] = border["co"][0] - np.array([(frame - start) / 3.0, 0.0])
        return empty()
    piece = _piece(points, start + HINGE, frame)
    border["handle_left"][0] = piece[2]
    hinge = _hinge(piece[0], piece[0] - (piece[0] - points[0]) / 3.0, piece[1])
    hinge["interpolation"] = BEZIER
    return hinge


def _trailing(keys: Keys, frame: float, border: Keys, evaluate: Callable[[float], float]) -> Keys:
    """What must stand between the border key, whose right side is set, and the first key after the range."""
    k = _cut(keys, frame)
    if k is None:
        return empty()
    kind, points = int(keys["interpolation"][k]), _segment(keys, k)
    border["interpolation"][0] = kind
    if kind in (CONSTANT, LINEAR):
        return empty()
    end = points[3, 0]
    if kind != BEZIER:
        border["interpolation"][0] = LINEAR
        return _eased(frame, end, evaluate)
    if _is_level(points) or end - frame <= 2.0 * HINGE:
        border["handle_right"][0] = border["co"][0] + np.array([(end - frame) / 3.0, 0.0])
        return empty()
    piece = _piece(points, frame, end - HINGE)
    border["handle_right"][0] = piece[1]
    hinge = _hinge(piece[3], piece[2], piece[3] + (points[3] - piece[3]) / 3.0)
    hinge["interpolation"] = BEZIER
    return hinge


def _straight_on(keys: Keys, frame: float, evaluate: Callable[[float], float]) -> Keys:
    """What makes the way from the last key to a border beyond it straight."""
    last = float(keys["co"][-1, 0])
    if int(keys["interpolation"][-1]) in (CONSTANT, LINEAR) or frame - last <= 2.0 * HINGE:
        return empty()
    return plain(np.array([last + HINGE]), np.array([evaluate(last + HINGE)]))


def _hinge(co: np.ndarray, left: np.ndarray, right: np.ndarray) -> Keys:
    out = plain(co[:1], co[1:])
    out["handle_left"][0], out["handle_right"][0] = left, right
    out["handle_left_type"] = out["handle_right_type"] = FREE
    return out


def _eased(start: float, end: float, evaluate: Callable[[float], float]) -> Keys:
    """A piece of an easing segment (bounce, elastic, ...), which exists only whole, as a polyline.

    It begins ``HINGE`` after the key that stays and ends as much before the border or the next key.
    """
    steps = max(int(np.ceil((end - start) * EASED_STEPS)), 2)
    frames = np.linspace(start, end, steps + 1)
    frames[0], frames[-1] = start + HINGE, end - HINGE
    return plain(frames, np.array([evaluate(float(frame)) for frame in frames]))


def _segment(keys: Keys, k: int) -> np.ndarray:
    """The control points (4, 2) of the Bezier segment after key ``k``, as Blender evaluates it.

    Handles that reach further than the other key are shortened to it, as in BKE_fcurve_correct_bezpart.
    """
    a, d = keys["co"][k].astype(np.float64), keys["co"][k + 1].astype(np.float64)
    b, c = keys["handle_right"][k].astype(np.float64), keys["handle_left"][k + 1].astype(np.float64)
    length = d[0] - a[0]
    if abs(b[0] - a[0]) > length:
        b = a + (b - a) * length / abs(b[0] - a[0])
    if abs(d[0] - c[0]) > length:
        c = d + (c - d) * length / abs(d[0] - c[0])
    return np.stack([a, b, c, d])


def _is_level(points: np.ndarray) -> bool:
    return bool(np.ptp(points[:, 1]) <= _LEVEL * max(1.0, float(np.abs(points[:, 1]).max())))


def _piece(points: np.ndarray, start: float, end: float) -> np.ndarray:
    """The part (4, 2) of a Bezier segment between two frames (de Casteljau, by blossoms)."""
    s, t = _parameter(points[:, 0], start), _parameter(points[:, 0], end)

    def blossom(u: float, v: float, w: float) -> np.ndarray:
        one = (1.0 - u) * points[:-1] + u * points[1:]
        two = (1.0 - v) * one[:-1] + v * one[1:]
        return ((1.0 - w) * two[:-1] + w * two[1:])[0]

    return np.stack([blossom(s, s, s), blossom(s, s, t), blossom(s, t, t), blossom(t, t, t)])


def _parameter(x: np.ndarray, frame: float) -> float:
    """Where a cubic whose first coordinates are ``x`` (4,) passes ``frame``; they rise, so halving finds it."""
    low, high = 0.0, 1.0
    for _ in range(60):
        t = 0.5 * (low + high)
        u = 1.0 - t
        if u**3 * x[0] + 3.0 * u * u * t * x[1] + 3.0 * u * t * t * x[2] + t**3 * x[3] < frame:
            low = t
        else:
            high = t
    return 0.5 * (low + high)
