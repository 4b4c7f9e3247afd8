# SPDX-License-Identifier: GPL-3.0-or-later
"""Some of the keys of a long curve, read and written without touching the others.

Blender reads and writes one field of all keys of a curve quickly, but only of all of them: an edit of 2 s in a take of
ten minutes would read 36,000 keys of each curve for 120. Key by key costs about eight times as much for each, which
decides between the two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

import bpy
import numpy as np

from . import keys
from .keys import FIELDS, SAME, Keys

NEIGHBOURS = 3  # keys on either side that what is done in a range looks at, or lets go of
WHOLE = 8  # a curve with so many times the keys of a part is not read as a whole
FEW = 1000  # keys that are looked at all together sooner than one finds some of them
_PLACES = ("co", "handle_left", "handle_right")
_ENUMS = ("handle_left_type", "handle_right_type", "interpolation", "easing", "type")


@dataclass(frozen=True)
class KeyPart:
    """Keys of a curve that follow one another, ``first`` being the number of the first of them."""

    first: int
    keys: Keys
    whole: bool  # whether they are all that the curve has


def around(curve: Any, start: float, end: float, fields: Iterable[str] = FIELDS) -> KeyPart:
    """The keys in the frames from ``start`` to ``end`` with their neighbours, or all of a curve that has few others.

    Only the ``fields`` are read; the others are 0.
    """
    low, high = _numbers(curve, start, end)
    return _read(curve, max(low - NEIGHBOURS, 0), min(high + NEIGHBOURS, len(curve.keyframe_points)), fields)


def between(curve: Any, start: float, end: float) -> KeyPart:
    """The keys in the frames from ``start`` to ``end`` alone, however many others there are."""
    return _read(curve, *_numbers(curve, start, end), FIELDS, alone=True)


def put(curve: Any, part: KeyPart, new: Keys) -> None:
    """Put keys, which are in order, in the place of a part that was read."""
    points, old = curve.keyframe_points, part.keys
    if part.whole:
        keys.write(curve, new)
        return
    same = _first_difference(old, new)
    if len(new) > len(old):
        if part.first + len(old) < len(points):  # inserting between keys takes longer than writing all of them
            everything = keys.read(curve)
            keys.write(curve, keys.joined(everything[: part.first], new, everything[part.first + len(old) :]))
            return
        points.add(len(new) - len(old))
    for _ in range(len(old) - len(new)):
        points.remove(points[part.first + same], fast=True)
    there = np.concatenate([old[:same], old[same + max(len(old) - len(new), 0) :]])
    for number, row in enumerate(new):
        known = there[number] if number < len(there) else None
        if known is None or known.tobytes() != row.tobytes():
            _set(points[part.first + number], row, known)


def span(curve: Any) -> tuple[float, float]:
    """Frames of the first and the last key."""
    points = curve.keyframe_points
    return float(points[0].co[0]), float(points[len(points) - 1].co[0])


def shape(curve: Any) -> bytes:
    """Places and handles of all keys: other bytes when one of them is elsewhere."""
    points = curve.keyframe_points
    flat = np.empty((3, 2 * len(points)), dtype=np.float32)
    for row, name in zip(flat, _PLACES, strict=True):
        points.foreach_get(name, row)
    return flat.tobytes()


def shape_around(curve: Any, start: float, end: float) -> bytes:
    """The same of the keys in the frames from ``start`` to ``end``, where there are very many others."""
    if len(curve.keyframe_points) <= FEW:
        return shape(curve)
    return around(curve, start, end, _PLACES).keys.tobytes()


def _numbers(curve: Any, start: float, end: float) -> tuple[int, int]:
    """The first key of a range and the one after its last."""
    points = curve.keyframe_points
    numbers = range(len(points))
    low = bisect_left(numbers, start - SAME, key=lambda number: points[number].co[0])
    return low, bisect_right(numbers, end + SAME, lo=low, key=lambda number: points[number].co[0])


def _read(curve: Any, low: int, high: int, fields: Iterable[str], alone: bool = False) -> KeyPart:
    count = len(curve.keyframe_points)
    if not alone and count <= WHOLE * (high - low):
        return KeyPart(0, keys.read(curve, fields), whole=True)
    rows, some = keys.empty(high - low), curve.keyframe_points[low:high]
    for name in fields:
        get = _reader(name)
        rows[name] = np.array([get(key) for key in some], dtype=rows.dtype[name].base).reshape(rows[name].shape)
    return KeyPart(low, rows, whole=high - low == count)


def _first_difference(old: Keys, new: Keys) -> int:
    """How many keys at the beginning are the same."""
    many = min(len(old), len(new))
    return next((number for number in range(many) if old[number].tobytes() != new[number].tobytes()), many)


def _set(key: Any, row: np.void, known: np.void | None) -> None:
    """Give a key the fields of a row that differ from those ``known`` to be there."""
    for name in FIELDS:
        if known is None or known[name].tobytes() != row[name].tobytes():
            value = row[name].tolist()
            setattr(key, name, _words(name)[value] if name in _ENUMS else value)


@cache
def _words(name: str) -> dict[int, str]:
    return {item.value: item.identifier for item in bpy.types.Keyframe.bl_rna.properties[name].enum_items}


@cache
def _reader(name: str) -> Callable[[Any], Any]:
    get = attrgetter(name)
    if name not in _ENUMS:
        return get if FIELDS[name][1] == 1 else lambda key: tuple(get(key))
    values = {word: value for value, word in _words(name).items()}
    return lambda key: values[get(key)]
