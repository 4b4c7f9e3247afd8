# SPDX-License-Identifier: GPL-3.0-or-later
"""A path drawn on the ground becomes a curve that the character follows."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit.modes.path_drawing import SPACING, evenly, on_ground
from coamd.blender_addon.session.session import Session
from edits import bone_head, edit, settings, typed
from hypothesis import given
from hypothesis import strategies as st

NUMBER = st.floats(-20.0, 20.0)


@given(NUMBER, NUMBER, st.floats(0.1, 20.0), NUMBER, NUMBER, st.floats(-3.0, 3.0))
def test_a_ray_meets_the_ground_where_it_points(
    x: float, y: float, up: float, to_x: float, to_y: float, height: float
) -> None:
    origin, target = np.array([x, y, height + up]), np.array([to_x, to_y, height])
    found = on_ground(origin, target - origin, height)
    assert found is not None
    np.testing.assert_allclose(found, target, atol=1e-6)
    assert on_ground(origin, origin - target, height) is None, "behind the eye"
    assert on_ground(origin, np.array([1.0, 0.0, 0.0]), height) is None, "along the ground"


def test_points_are_evenly_apart_and_the_ends_stay() -> None:
    drawn = np.array([[0, 0, 0], [0.01, 0, 0], [0.02, 0, 0], [2.0, 0, 0], [2.0, 1.0, 0]])
    points = evenly(drawn)
    np.testing.assert_allclose(points[[0, -1]], drawn[[0, -1]])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert steps.max() <= 1.05 * SPACING and steps.min() > 0.7 * SPACING


def stroke(*places: Any) -> list[dict[str, Any]]:
    return [{"name": "", "location": tuple(place)} for place in places]


def test_what_is_drawn_is_followed(addon: Session, backend: BackendProcess, walker: Any) -> None:
    first, last = 11, 105
    start, end = (np.array(bone_head(walker, "Hips", frame)) * (1.0, 1.0, 0.0) for frame in (first, last))
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.coamd.draw_path(points=stroke(start, (1.0, -2.0, 0.0), end)) == {"FINISHED"}
    assert settings().mode == "PATH" and settings().path.name == "Mannequin path"
    bpy.context.view_layer.update()
    typed(first, last)
    edit()
    path = addon.jobs[-1].edit_request.path
    assert np.ptp(path[:, 1]) > 0.5, "it goes aside, as it was drawn"


def test_a_click_is_no_path(addon: Session, walker: Any) -> None:
    for places in ((), ((0.0, 0.0, 0.0),), ((0.0, 0.0, 0.0), (0.05, 0.0, 0.0))):
        with pytest.raises(RuntimeError, match="too short"):
            bpy.ops.coamd.draw_path(points=stroke(*places))
    assert settings().path is None and not bpy.data.curves
