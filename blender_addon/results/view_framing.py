# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a 3D view has to stand so that a whole motion is in it, beside the sidebar and the tools that lie over it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

EDGE = 0.92  # share of the view that the motion may fill
ALL = (-1.0, 1.0)  # of a view that nothing lies over, from its left to its right in clip space
_LEAST = 0.3  # share of a view's width that must be free to be looked at alone


def free_of(view: tuple[float, float], panels: list[tuple[float, float]]) -> tuple[float, float]:
    """What of a view's width no panel lies over, in clip space. All are left and right edges on the screen.

    A panel lies over the side that it is nearer to.
    """
    low, high = view
    left, right = low, high
    for begin, end in panels:
        if begin - low < high - end:
            left = max(left, min(end, high))
        else:
            right = min(right, max(begin, low))
    if right - left < _LEAST * (high - low):
        return ALL
    return 2.0 * (left - low) / (high - low) - 1.0, 2.0 * (right - low) / (high - low) - 1.0


def is_seen(points: np.ndarray, perspective: np.ndarray, free: tuple[float, float] = ALL) -> bool:
    """Whether all points (N, 3) of the world are in the view with that matrix (4, 4) of world to clip space."""
    clip = np.column_stack([points, np.ones(len(points))]) @ perspective.T
    w = clip[:, 3]
    if not (w > 0.0).all():
        return False
    middle, half = (free[0] + free[1]) / 2.0, (free[1] - free[0]) / 2.0
    across, up = clip[:, 0] / w - middle, clip[:, 1] / w
    return bool((np.abs(across) <= EDGE * half).all() and (np.abs(up) <= EDGE).all())


def framed(
    points: np.ndarray,
    window: np.ndarray,
    distance: float,
    right: Sequence[float] = (1.0, 0.0, 0.0),
    free: tuple[float, float] = ALL,
) -> tuple[np.ndarray, float]:
    """The point (3,) to look at, and from how far, so that all points (N, 3) are in the view whatever its direction.

    ``window`` (4, 4) takes the view's space to clip space; without perspective it goes with the ``distance`` that the
    view has now. ``right`` (3,) is the view's own right in the world.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    radius = max(float(np.linalg.norm(high - low)) / 2.0, 0.1)
    middle, half = (free[0] + free[1]) / 2.0, (free[1] - free[0]) / 2.0
    across, up = abs(float(window[0, 0])), abs(float(window[1, 1]))
    zoom = max(across / half, up)
    with_perspective = window[3, 3] == 0.0
    # With perspective, a sphere touches the edge of the view at the sine of half its angle.
    away = radius * float(np.hypot(1.0, zoom)) if with_perspective else distance * radius * zoom
    away /= EDGE
    aside = middle / across * (away if with_perspective else away / distance)
    return (low + high) / 2.0 - aside * np.asarray(right), away
