# SPDX-License-Identifier: GPL-3.0-or-later
"""The smoothest curves through what is known: how an edit goes over into what stays."""

from __future__ import annotations

import numpy as np

# An offset's curve costs its bending, and its size over RELAX frames: by then what a border asks has faded.
RELAX = 6.0


def smoothest(frames: int) -> np.ndarray:
    """The matrix (F, F) M with which d M d is the sum of squared second differences of d (F,)."""
    difference = np.diff(np.eye(frames), n=2, axis=0)
    out: np.ndarray = difference.T @ difference
    return out


def offset_curve(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The smoothest curve (F, ...) that has ``values`` (F, ...) at the frames ``known`` (F,) bool and fades off them.

    It minimises |d''|^2 + |d|^2 / RELAX^4 subject to the known values, so two known frames at a border give it their
    slope too.
    """
    frames = len(known)
    flat = values.reshape(frames, -1)
    if not known.any():
        return np.zeros_like(values)
    matrix = smoothest(frames) + np.eye(frames) / RELAX**4
    free = ~known
    out = np.where(known[:, None], flat, 0.0)
    if free.any():
        out[free] = -np.linalg.solve(matrix[np.ix_(free, free)], matrix[np.ix_(free, known)] @ flat[known])
    return out.reshape(values.shape)
