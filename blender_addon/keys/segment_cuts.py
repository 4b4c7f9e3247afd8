# SPDX-License-Identifier: GPL-3.0-or-later
"""Cutting a segment of a curve at the border of a range: the keys that keep the shape of the part that stays.

The key at which that part begins or ends keeps its handle, but a piece of a cubic has shorter handles than the whole
(de Casteljau). So a second key follows at ``HINGE``, on the curve, from where the piece goes on with its own handles.
Blender shortens handles that are longer than their segment, so what lies in between is as flat as the curve; where the
piece itself has such handles, it is cut once more. A segment that is straight, constant or level needs no such key.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from .keys import BEZIER, CONSTANT, FREE, LINEAR, SAME, Keys, empty, joined, plain

HINGE = 1.0 / 64.0  # frames; Blender merges keys within 0.01, and over this distance the curve is straight
LEVEL = 1e-6  # share of the values' size below which a segment counts as level
EASED_STEPS = 8  # least keys per frame where the piece of an easing segment that stays is sampled
EASED_ERROR = 1e-3  # share of its values that it may be off between two of them


def _cut(keys: Keys, frame: float) -> int | None:
    """The key at which the segment begins that ``frame`` cuts, or None."""
    at = keys["co"][:, 0]
    if not len(at) or np.abs(at - frame).min() <= SAME or not at[0] < frame < at[-1]:
        return None
    return int(np.searchsorted(at, frame)) - 1


def leading(keys: Keys, frame: float, border: Keys, evaluate: Callable[[float], float]) -> Keys:
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
    pieces = _pieces(points, start + HINGE, frame)
    border["handle_left"][0] = pieces[-1][2]
    begin = pieces[0][0]
    return joined(_hinge(begin, begin - (begin - points[0]) / 3.0, pieces[0][1]), *_seams(pieces))


def trailing(keys: Keys, frame: float, border: Keys, evaluate: Callable[[float], float], room: float) -> Keys:
    """What must stand between the border key, whose right side is set, and the first key after the range; at least
    ``room`` frames before that one."""
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
        return _eased(frame, end - room + HINGE, evaluate)
    if _is_level(points) or end - frame <= HINGE + room:
        border["handle_right"][0] = border["co"][0] + np.array([(end - frame) / 3.0, 0.0])
        return empty()
    pieces = _pieces(points, frame, end - room)
    border["handle_right"][0] = pieces[0][1]
    last = pieces[-1][3]
    return joined(*_seams(pieces), _hinge(last, pieces[-1][2], last + (points[3] - last) / 3.0))


def _straight_on(keys: Keys, frame: float, evaluate: Callable[[float], float]) -> Keys:
    """The key that keeps the curve straight from the last key to a border beyond it."""
    last = float(keys["co"][-1, 0])
    if int(keys["interpolation"][-1]) in (CONSTANT, LINEAR) or frame - last <= 2.0 * HINGE:
        return empty()
    return plain(np.array([last + HINGE]), np.array([evaluate(last + HINGE)]))


def _hinge(co: np.ndarray, left: np.ndarray, right: np.ndarray) -> Keys:
    out = plain(co[:1], co[1:])
    out["handle_left"][0], out["handle_right"][0] = left, right
    out["handle_left_type"] = out["handle_right_type"] = FREE
    out["interpolation"] = BEZIER
    return out


def _seams(pieces: list[np.ndarray]) -> list[Keys]:
    """The keys between pieces of a curve."""
    return [_hinge(b[0], a[2], b[1]) for a, b in itertools.pairwise(pieces)]


def _eased(start: float, end: float, evaluate: Callable[[float], float]) -> Keys:
    """A piece of an easing segment (bounce, elastic, ...), which exists only whole, as a polyline: as fine as its
    waves and corners need it, and as Blender can hold.

    It begins ``HINGE`` after the key that stays and ends as much before the border or the next key.
    """
    steps = max(int(np.ceil((end - start) * EASED_STEPS)), 2)
    frames = np.linspace(start, end, steps + 1)
    frames[0], frames[-1] = start + HINGE, end - HINGE
    values = np.array([evaluate(float(frame)) for frame in frames])
    while True:
        middles = 0.5 * (frames[:-1] + frames[1:])
        wide = np.flatnonzero(np.diff(frames) >= 2.0 * HINGE)
        there = np.array([evaluate(float(frame)) for frame in middles[wide]])
        off = np.abs(there - 0.5 * (values[:-1] + values[1:])[wide])
        coarse = off > EASED_ERROR * max(float(np.ptp(values)), LEVEL)
        if not coarse.any():
            return plain(frames, values)
        at = wide[coarse] + 1
        frames, values = np.insert(frames, at, middles[at - 1]), np.insert(values, at, there[coarse])


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
    return bool(np.ptp(points[:, 1]) <= LEVEL * max(1.0, float(np.abs(points[:, 1]).max())))


def _piece(points: np.ndarray, start: float, end: float) -> np.ndarray:
    """The part (4, 2) of a Bezier segment between two frames (de Casteljau, by blossoms)."""
    s, t = _parameter(points[:, 0], start), _parameter(points[:, 0], end)

    def blossom(u: float, v: float, w: float) -> np.ndarray:
        one = (1.0 - u) * points[:-1] + u * points[1:]
        two = (1.0 - v) * one[:-1] + v * one[1:]
        return ((1.0 - w) * two[:-1] + w * two[1:])[0]

    return np.stack([blossom(s, s, s), blossom(s, s, t), blossom(s, t, t), blossom(t, t, t)])


def _pieces(points: np.ndarray, start: float, end: float) -> list[np.ndarray]:
    """The part of a Bezier segment between two frames, in as many pieces as it takes that no handle is longer than its
    piece, which Blender would shorten."""
    piece = _piece(points, start, end)
    length = end - start
    handles = max(piece[1, 0] - piece[0, 0], piece[3, 0] - piece[2, 0])
    if handles <= length * (1.0 + 1e-6) or length < 2.0 * HINGE:
        return [piece]
    middle = 0.5 * (start + end)
    return [*_pieces(points, start, middle), *_pieces(points, middle, end)]


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
