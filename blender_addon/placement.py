# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a new figure can stand: at the 3D cursor, or beside what is there already, as Blender's first cube is."""

from __future__ import annotations

from typing import Any

import numpy as np

SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT"}
REACH = 0.6  # metres to each side that a figure with its arms down needs
TALL, LOW = 1.8, 0.1  # metres: what lies between these heights above its floor is in its way
STEP, STEPS = 0.5, 12


def beside(boxes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The nearest free place (3,) to ``wanted`` (3,) to its left and right along X, or that place itself where none is.

    ``boxes`` (N, 2, 3) are the lowest and highest corners of what is there. Z up; a figure looks along -Y, so that it
    walks past what it stands beside.
    """
    aside = sorted(range(-STEPS, STEPS + 1), key=lambda step: (abs(step), -step))
    for step in aside:
        place = wanted + np.array([step * STEP, 0.0, 0.0])
        low, high = place + np.array([-REACH, -REACH, LOW]), place + np.array([REACH, REACH, TALL])
        if not ((boxes[:, 0] < high) & (boxes[:, 1] > low)).all(axis=1).any():
            return place
    return wanted


def boxes_of(context: Any) -> np.ndarray:
    """Lowest and highest corners (N, 2, 3) of the solid objects that the scene shows."""
    corners = [
        np.array(seen.bound_box) @ np.array(seen.matrix_world)[:3, :3].T + np.array(seen.matrix_world.translation)
        for seen in context.view_layer.objects
        if seen.type in SOLID and seen.visible_get()
    ]  # (8, 3) each
    return np.array([(eight.min(axis=0), eight.max(axis=0)) for eight in corners]).reshape(-1, 2, 3)
