# SPDX-License-Identifier: GPL-3.0-or-later
"""The up axis of a file: Y as usual, or another one, inferred from how the figure stands and moves."""

from __future__ import annotations

import numpy as np

from .rotations import normalised, swing
from .skeleton import INDEX

Y = np.array([0.0, 1.0, 0.0])
ALONG = np.cos(np.radians(30.0))  # a figure closer to an axis than this stands or lies along it
STRAIGHT = np.cos(np.radians(45.0))  # between trunk and legs of a figure that stands or lies straight
OFTEN = 0.6  # share of the frames in which it does
# A figure that lies on the ground does not travel this far across its own length with its ankles passing each other by
# this much. In leg lengths.
TRAVEL, STEPS = 0.6, 0.12


def nearest_axis(direction: np.ndarray) -> np.ndarray:
    """The coordinate axis (3,), one of six, that is nearest to a vector (3,)."""
    axis = np.zeros(3)
    k = int(np.argmax(np.abs(direction)))
    axis[k] = np.sign(direction[k]) or 1.0
    return axis


def turn_to_y(axis: np.ndarray) -> np.ndarray:
    """A rotation (3, 3) that takes a coordinate axis (3,) to +Y."""
    if axis @ Y < -0.5:
        return np.diag([1.0, -1.0, -1.0])
    turn: np.ndarray = np.round(swing(axis, Y))
    return turn


def motion_turn(joints: np.ndarray) -> tuple[np.ndarray, str]:
    """The rotation (3, 3) after which joints (F, 22, 3), in any unit, stand with +Y up; and a remark, usually "".

    A figure that is upside down throughout is turned, and so is one along another axis that walks. One that lies there
    throughout is left as it is, with a remark.
    """
    ankles = joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
    hips = joints[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    trunk, legs = normalised(joints[:, INDEX["neck"]] - hips), normalised(hips - ankles.mean(axis=1))
    straight = (trunk * legs).sum(-1) > STRAIGHT
    if straight.mean() < OFTEN:
        return np.eye(3), ""
    mean = (trunk + legs)[straight].mean(axis=0) / 2.0
    axis = nearest_axis(mean)
    if float(mean @ axis) < ALONG or axis[1] > 0.5:
        return np.eye(3), ""
    if axis[1] < -0.5:
        return turn_to_y(axis), ""
    leg = float(np.median(np.linalg.norm(hips - ankles.mean(axis=1), axis=-1)))
    across = hips - np.outer(hips @ axis, axis)
    gone = across[-1] - across[0]
    apart = (ankles[:, 0] - ankles[:, 1]) @ normalised(gone)
    if np.linalg.norm(gone) > TRAVEL * leg and apart.std() > STEPS * leg:
        return turn_to_y(axis), ""
    name = "XYZ"[int(np.argmax(np.abs(axis)))]
    return np.eye(3), f"The figure lies along the {name} axis throughout; if it should stand, export it with Y up."
