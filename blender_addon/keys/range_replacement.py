# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces the keys in a range of a curve without changing the curve outside.

Keys outside the range keep every field, but for one: the key that is left beside a cut has a new neighbour, which its
automatic handles would follow at the next change, so they become free ones, in place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .keys import AUTO, AUTO_CLAMPED, BEZIER, FREE, LINEAR, SAME, VECTOR, Keys, curved, empty, joined, plain, taken
from .segment_cuts import HINGE, leading, trailing


@dataclass(frozen=True)
class Range:
    """Frames of an action, ``start`` <= ``end``. A closed border keeps its value, and all beyond it its shape."""

    start: float
    end: float
    closed_start: bool = True
    closed_end: bool = True


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
        slopes: (K,) each, per frame, how fast a curve that is not a polyline comes to each of ``frames`` and leaves it;
            then the first and the last of these are the borders.
    """
    at = keys["co"][:, 0]
    before = taken(keys, at < within.start - SAME)
    after = taken(keys, at > within.end + SAME)
    inside = (frames > within.start + SAME) | (not within.closed_start and frames > within.start - SAME)
    inside &= (frames < within.end - SAME) | (not within.closed_end and frames < within.end + SAME)
    new = plain(frames[inside], values[inside]) if slopes is None else taken(curved(frames, values, slopes), inside)
    first, last = empty(), empty()
    sloped = linear and len(at) > 1 and at[-2] < within.end - SAME < at[-1] and keys["interpolation"][-1] == LINEAR
    if within.closed_start:
        first = _border(keys, within.start, evaluate)
        _keep_handles(keys, within.start, before[-(2 if len(before) == 2 else 1) :])
        before = joined(before, leading(keys, within.start, first, evaluate))
    if within.closed_end:
        last = _border(keys, within.end, evaluate)
        _keep_handles(keys, within.end, after[: 2 if len(after) == 2 else 1])
        after = joined(trailing(keys, within.end, last, evaluate, 2.0 * HINGE if sloped else HINGE), after)
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
        elif sloped:
            after = joined(taken(after, slice(-1)), _slope(at[-1], evaluate), taken(after, slice(-1, None)))
    return joined(before, middle, after)


def _border(keys: Keys, frame: float, evaluate: Callable[[float], float]) -> Keys:
    """The key at a border: the one that is there, else a new one with the old value."""
    here = np.flatnonzero(np.abs(keys["co"][:, 0] - frame) <= SAME)
    out = taken(keys, here[:1]) if len(here) else plain(np.array([frame]), np.array([evaluate(frame)]))
    # Handles that follow their neighbours would turn with the new ones at the next change.
    out["handle_left_type"] = out["handle_right_type"] = FREE
    return out


def _keep_handles(keys: Keys, border: float, beside: Keys) -> None:
    """Let the key beside a border that cuts its segment keep its handles whatever is next to it now.

    With continuous acceleration Blender works out the handles of all keys in a row together, which gives the same again
    as long as there are two of them; so where one alone would be left, it keeps its handles too.
    """
    if not len(beside) or np.abs(keys["co"][:, 0] - border).min() <= SAME:
        return
    for side in ("handle_left_type", "handle_right_type"):
        automatic = np.isin(beside[side], (AUTO, VECTOR, AUTO_CLAMPED))  # what follows its neighbours
        beside[side] = np.where(automatic, FREE, beside[side])


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


def _extrapolate(middle: Keys, k: int, sign: float, evaluate: Callable[[float], float]) -> None:
    """Let the first or last key of a curve that goes on straight have the old slope there.

    Of a Bezier key Blender takes the handle that points away, of a linear one the slope of the segment beside it.
    """
    co = middle["co"][k].astype(np.float64)
    slope = sign * (evaluate(co[0] + sign) - evaluate(co[0]))
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
    slope = evaluate(float(last) + 1.0) - evaluate(float(last))
    return plain(np.array([float(last) - HINGE]), np.array([evaluate(float(last)) - slope * HINGE]))
