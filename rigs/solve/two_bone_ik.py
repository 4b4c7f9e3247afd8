# SPDX-License-Identifier: GPL-3.0-or-later
"""Two-bone IK: the analytic solution, smooth where the limb becomes straight."""

from __future__ import annotations

import numpy as np

from ..body.rotations import normalised, perpendicular, swing
from ..body.smoothing import blur

# Beyond this share of its length a limb approaches its goal only softly, unless it is that straight already.
BENDS = 0.99
# Change of the middle joint's distance from the line, in upper bone lengths, from which on its side is smoothed.
SAME = 0.04


def two_bones(
    upper: np.ndarray, lower: np.ndarray, goal: np.ndarray, hinge: np.ndarray, steady: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The two bones (F, 3) of a limb turned so that they end at ``goal`` (F, 3), all from the limb's root.

    The middle joint stays on its side of the line from root to end; for a straight limb ``hinge`` (F, 3) gives it.
    With lengths a, b and the distance d the first bone leaves that line by the angle whose cosine is
    (a² + d² - b²) / 2ad. A goal out of reach is approached, smoothly, not reached.

    Args:
        steady: width in frames. The side on which a nearly straight limb bends is mostly noise, which grows when the
            limb is bent more; with this its neighbours in time count too, each by how far it is bent, and no limb
            bends against its hinge.
    """
    a, b = np.linalg.norm(upper, axis=-1, keepdims=True), np.linalg.norm(lower, axis=-1, keepdims=True)
    line, wanted = normalised(upper + lower), normalised(goal)
    side = perpendicular(upper, line)
    if steady > 0.0:
        side = side + blur(side, steady)
    # Source knees overstretch by up to 8 degrees. Bent more, they would bend the wrong way.
    ahead = np.cross(line, hinge)
    side = side - np.minimum((side * ahead).sum(-1, keepdims=True), 0.0) * ahead
    pole = side + 0.02 * a * ahead
    carried = swing(line, wanted) @ np.stack([normalised(pole), upper], axis=-1)
    pole = normalised(perpendicular(carried[..., 0], wanted))
    own = perpendicular(carried[..., 1], wanted)
    before = np.linalg.norm(upper + lower, axis=-1, keepdims=True)
    d = soft_limit(np.linalg.norm(goal, axis=-1, keepdims=True), np.maximum(before, BENDS * (a + b)), a + b)
    d = np.maximum(d, np.abs(a - b) + 0.01 * (a + b))
    cosine = np.clip((a * a + d * d - b * b) / np.maximum(2.0 * a * d, 1e-12), -1.0, 1.0)
    off = a * np.sqrt(1.0 - cosine**2)  # of the middle joint from the line
    if steady > 0.0:  # a limb that bends as much as before keeps its side, whatever its neighbours say
        bend = np.linalg.norm(own, axis=-1, keepdims=True)
        share = np.minimum(np.abs(off - bend) / (SAME * a), 1.0)
        pole = normalised((1.0 - share) * normalised(own) + share * pole)
    first = a * cosine * wanted + off * pole
    return first, d * wanted - first


def soft_limit(values: np.ndarray, start: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """``values`` up to ``start``; beyond, they near ``limit`` without reaching it and without a corner."""
    room = np.maximum(limit - start, 1e-9)
    over = np.maximum(values - start, 0.0)
    return np.where(over <= 0.0, values, start + room * (1.0 - np.exp(-over / room)))
