# SPDX-License-Identifier: GPL-3.0-or-later
"""Waypoints of the body: passed over in their frames, on a smooth way, in one edit with what hands reach."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit.modes.waypoints import path_through
from coamd.blender_addon.session.session import Session
from edits import bone_head, edit, reach, refused, typed
from hypothesis import given
from hypothesis import strategies as st

numbers = st.floats(-5.0, 5.0)


@given(st.lists(st.tuples(st.integers(2, 40), numbers, numbers), min_size=2, max_size=6))
def test_it_passes_every_place_and_leaves_no_stretch_between_two(found: list[tuple[int, float, float]]) -> None:
    """Between two places each coordinate lies between theirs, so the way has no detours and no turning back."""
    frames = np.cumsum([step for step, _, _ in found]).astype(float)
    places = np.array([place for _, *place in found])
    np.testing.assert_allclose(path_through(frames, places, frames), places, atol=1e-9)
    at = np.arange(frames[0], frames[-1] + 0.5, 0.5)
    way = path_through(frames, places, at)
    k = np.clip(np.searchsorted(frames, at, side="right") - 1, 0, len(frames) - 2)
    low, high = np.minimum(places[k], places[k + 1]), np.maximum(places[k], places[k + 1])
    assert ((way >= low - 1e-9) & (way <= high + 1e-9)).all()


def test_evenly_placed_it_goes_at_one_speed_and_does_not_stop() -> None:
    frames, places = np.array([0.0, 20.0, 40.0]), np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 1.0]])
    at = np.arange(41.0)
    np.testing.assert_allclose(path_through(frames, places, at), np.column_stack([at, at / 2]) / 20, atol=1e-12)


def test_where_it_waits_it_stays() -> None:
    frames, places = np.array([0.0, 10.0, 30.0, 40.0]), np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    np.testing.assert_allclose(path_through(frames, places, np.arange(10.0, 31.0)), [[1.0, 0.0]] * 21, atol=1e-12)


def empty_at(place: Any, name: str) -> Any:
    target = bpy.data.objects.new(name, None)
    bpy.context.scene.collection.objects.link(target)
    target.location = place
    bpy.context.view_layer.update()
    return target


def test_a_waypoint_and_a_hand_in_one_edit(addon: Session, backend: BackendProcess, walker: Any) -> None:
    """The way begins and ends where the character is, and passes the waypoint in its frame, also at another height."""
    place = walker.matrix_world @ bone_head(walker, "Hips", 40)
    aside = empty_at((place.x + 0.2, place.y, 0.0), "Mark")
    cup = empty_at(walker.matrix_world @ bone_head(walker, "RightHand", 50), "Cup")
    typed(20, 60, mode="REACH", same_action=False)
    reach("pelvis", aside, 40, 40)
    reach("right_wrist", cup, 50, 50)
    edit()
    job = addon.jobs[-1]
    path, joints = job.edit_request.path, job.edit_request.joints
    assert {target.joint for target in job.edit_request.targets} == {"right_wrist"}
    at = job.grid.number(40)
    row = path[np.abs(path[:, 0] - at).argmin()]
    here = joints[round(at), 0]
    assert abs(row[0] - at) < 0.51
    assert float(np.hypot(row[1] - here[0], row[2] - here[2])) == pytest.approx(0.2, rel=0.35), "in the model's metres"
    for k in (0, -1):
        there = joints[round(path[k, 0]), 0]
        assert float(np.hypot(path[k, 1] - there[0], path[k, 2] - there[2])) < 0.1


def test_a_waypoint_needs_the_root(addon: Session, walker: Any) -> None:
    typed(20, 60, mode="REACH", root=False)
    reach("pelvis", empty_at((0.0, 0.0, 0.0), "Mark"), 40, 40)
    assert "A waypoint moves the root, which is off." in refused()
