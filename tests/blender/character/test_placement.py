# SPDX-License-Identifier: GPL-3.0-or-later
"""The mannequin comes where one can see it: at the 3D cursor, or beside what is there already."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.blender_addon.character.placement import REACH, STEP, STEPS, TALL, beside, boxes_of
from coamd.blender_addon.session.session import Session
from hypothesis import given
from hypothesis import strategies as st


def add_box(size: tuple[float, float, float], at: tuple[float, float, float], name: str = "Box") -> Any:
    bpy.ops.mesh.primitive_cube_add(size=1.0, location=at)
    box = bpy.context.object
    box.name, box.scale = name, size
    bpy.context.view_layer.update()
    return box


def place_of_mannequin() -> np.ndarray:
    assert bpy.ops.coamd.add_mannequin() == {"FINISHED"}
    return np.array(bpy.context.object.location)


@pytest.mark.usefixtures("addon")
def test_blenders_first_cube_is_stood_beside() -> None:
    cube = add_box((2.0, 2.0, 2.0), (0.0, 0.0, 0.0))
    place = place_of_mannequin()
    assert abs(place[0]) >= 1.0 + REACH
    assert abs(place[0]) < 1.0 + REACH + STEP
    assert (place[1], place[2]) == (0.0, 0.0)
    assert tuple(cube.location) == (0.0, 0.0, 0.0), "nothing of the user's is moved"


@pytest.mark.parametrize(
    ("size", "at"),
    [((40.0, 40.0, 0.0), (0.0, 0.0, 0.0)), ((40.0, 40.0, 6.0), (0.0, 0.0, 2.9)), ((2.0, 2.0, 2.0), (0.0, 3.0, 1.0))],
    ids=["ground", "a room around it", "a cube behind it"],
)
def test_at_the_cursor_where_nothing_is_in_the_way_or_everything_is(
    addon: Session, size: tuple[float, float, float], at: tuple[float, float, float]
) -> None:
    add_box(size, at)
    bpy.context.scene.cursor.location = (0.5, 0.0, 0.0)
    np.testing.assert_allclose(place_of_mannequin(), (0.5, 0.0, 0.0), atol=1e-6)


@pytest.mark.usefixtures("addon")
def test_what_is_hidden_or_no_solid_is_in_nobodys_way() -> None:
    add_box((2.0, 2.0, 2.0), (0.0, 0.0, 0.0)).hide_set(True)
    bpy.ops.object.empty_add()
    bpy.ops.object.light_add()
    assert boxes_of(bpy.context).shape == (0, 2, 3)
    np.testing.assert_allclose(place_of_mannequin(), 0.0)


@pytest.mark.usefixtures("addon")
def test_a_second_mannequin_stands_beside_the_first() -> None:
    first, second = place_of_mannequin(), place_of_mannequin()
    assert abs(second[0] - first[0]) >= 2 * REACH - STEP


@given(st.lists(st.tuples(*[st.floats(-4, 4)] * 3, *[st.floats(0.1, 2)] * 3), max_size=6))
def test_a_place_is_free_or_none_was(boxes: list[tuple[float, ...]]) -> None:
    low = np.array([box[:3] for box in boxes]).reshape(-1, 3)
    corners = np.stack([low, low + np.array([box[3:] for box in boxes]).reshape(-1, 3)], axis=1)
    place = beside(corners, np.zeros(3))

    def overlaps(x: float) -> bool:
        return any(
            a[0] < x + REACH and b[0] > x - REACH and a[1] < REACH and b[1] > -REACH and a[2] < TALL and b[2] > 0.1
            for a, b in corners
        )

    tried = [step * STEP for step in range(-STEPS, STEPS + 1)]
    if all(overlaps(x) for x in tried):
        assert not place.any()
    else:
        assert not overlaps(place[0])
        assert not any(not overlaps(x) and abs(x) < abs(place[0]) for x in tried), "and there is no nearer one"


def test_who_has_walked_away_is_stood_beside_all_the_same(addon: Session) -> None:
    """Its next motion begins where the first one did."""
    first = place_of_mannequin()
    walker = bpy.context.object
    walker.pose.bones[0].location = (0.0, 0.0, 5.0)
    bpy.context.view_layer.update()
    assert abs(place_of_mannequin() - first)[0] >= REACH
