# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a clip or an edit depends on, as a value that compares unequal once any of it changes.

Read at every tick, also in the middle of a transform, so it does not read keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

Watched = tuple[object, ...]

GENERATE = (
    *("prompt", "seconds", "use_steps", "steps", "seed", "foot_lock", "root", "limbs"),
    *("reduce_keys", "rotation_error", "location_error", "models"),
)
EDIT = (
    *("mode", "range_from", "frame_start", "frame_end", "prompt", "strength", "seed", "direction", "seconds"),
    *("root", "trunk", "left_arm", "right_arm", "left_leg", "right_leg", "cycle", "in_place", "path", "reaches"),
)
_SHARED = ("steps", "reduce_keys", "rotation_error", "location_error", "models")  # settings of Generate that Edit uses


def of_generate(scene: Any) -> Watched:
    """What Generate would make."""
    return (scene.render.fps, scene.render.fps_base, *_values(scene.coamd, GENERATE))


def of_edit(scene: Any) -> Watched:
    """What Edit would make of the same motion."""
    preview = (scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end)
    rate = (scene.render.fps, scene.render.fps_base)
    return (*rate, *preview, *_values(scene.coamd, _SHARED), *_values(scene.coamd.edit, EDIT))


def _values(group: Any, names: Iterable[str]) -> Watched:
    return tuple(_value(group, name) for name in names)


def _value(group: Any, name: str) -> object:
    prop, value = group.bl_rna.properties[name], getattr(group, name)
    if prop.type == "COLLECTION":
        fields = [field.identifier for field in prop.fixed_type.properties if not field.is_readonly]
        fields = [field for field in fields if field != "name"] or ["name"]  # which an item without fields is
        return tuple(_values(item, fields) for item in value)
    return _object(value) if prop.type == "POINTER" else value


def _object(obj: Any | None) -> object:
    """An object by its place, and a curve by its points too."""
    if obj is None:
        return None
    place = np.array(obj.matrix_world, dtype=np.float32).tobytes()
    if obj.type != "CURVE":
        return obj.name, place
    return obj.name, place, tuple(part for spline in obj.data.splines for part in _points(spline))


def _points(spline: Any) -> tuple[bytes, ...]:
    """The points of one part of a curve, also while it is in Edit Mode."""
    points = spline.bezier_points if spline.type == "BEZIER" else spline.points
    fields = ("co", "handle_left", "handle_right") if spline.type == "BEZIER" else ("co",)
    found = []
    for name in fields:
        flat = np.empty((3 if spline.type == "BEZIER" else 4) * len(points), dtype=np.float32)
        points.foreach_get(name, flat)
        found.append(flat.tobytes())
    return (spline.type.encode(), *found)
