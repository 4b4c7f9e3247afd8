# SPDX-License-Identifier: GPL-3.0-or-later
"""A free place for a new figure: at the 3D cursor, or beside what is already there, such as Blender's default cube."""

from __future__ import annotations

from typing import Any

import numpy as np

SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT"}
REACH = 0.6  # metres to each side that a figure with its arms down needs
TALL, LOW = 1.8, 0.1  # metres: objects between these heights above its floor are in its way
STEP, STEPS = 0.5, 12


def beside(boxes: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The free place (3,) nearest to ``wanted`` (3,) along X, or that place itself if none is free.

    ``boxes`` (N, 2, 3) are the lowest and highest corners of what is there. Z up; a figure looks along -Y, so that it
    walks past its neighbours.
    """
    aside = sorted(range(-STEPS, STEPS + 1), key=lambda step: (abs(step), -step))
    for step in aside:
        place = wanted + np.array([step * STEP, 0.0, 0.0])
        low, high = place + np.array([-REACH, -REACH, LOW]), place + np.array([REACH, REACH, TALL])
        if not ((boxes[:, 0] < high) & (boxes[:, 1] > low)).all(axis=1).any():
            return place
    return wanted


def boxes_of(context: Any) -> np.ndarray:
    """Lowest and highest corners (N, 2, 3) of the solid objects that the scene shows, and of where figures begin.

    A character that has walked away stands where it was again in its next motion.
    """
    corners = [
        np.array(seen.bound_box) @ np.array(seen.matrix_world)[:3, :3].T + np.array(seen.matrix_world.translation)
        for seen in context.view_layer.objects
        if seen.type in SOLID and seen.visible_get()
    ]  # (8, 3) each
    for seen in context.view_layer.objects:
        if seen.type == "ARMATURE" and seen.visible_get():
            figure = np.array([[-REACH, -REACH, 0.0], [REACH, REACH, TALL]]) / 2.0
            corners.append(np.array(seen.matrix_world.translation) + figure)
    return np.array([(some.min(axis=0), some.max(axis=0)) for some in corners]).reshape(-1, 2, 3)
