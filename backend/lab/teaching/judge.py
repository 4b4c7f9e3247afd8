# SPDX-License-Identifier: GPL-3.0-or-later
"""A judge that no network has a part in: which family's takes a motion is nearest to, by the distances of poses.

Two clips are as far apart as the poses of each from the nearest of the other, on average: metres of mean joint
distance in the body's own place and heading, the movement over 0.1 s counted in. Order and number of repetitions do not
matter, and a motion that only stands is far from one that bows. A clip and its mirror image are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ....rigs.body.canonical import mirrored
from ...training.composition import pose_features

NEAREST = 3  # takes of a family that a motion is compared with: those that it is nearest to
JOINTS_AND_MOVES = 44  # points in a row of ``pose_features``


class Judge:
    """Knows families by takes (F, 22, 3)."""

    def __init__(self, families: Mapping[str, Sequence[np.ndarray]]) -> None:
        self._rows = {name: [_both(take) for take in takes] for name, takes in families.items()}

    def distance(self, joints: np.ndarray, family: str) -> float:
        """Metres from a motion (F, 22, 3) to the takes of a family."""
        return self._to(_both(joints), family)

    def named(self, joints: np.ndarray) -> str:
        """The family that a motion is nearest to."""
        rows = _both(joints)
        return min(self._rows, key=lambda family: self._to(rows, family))

    def among(self, family: str) -> float:
        """Metres between each take of a family and the others, on average."""
        takes = self._rows[family]
        rest = [[_apart(take, other[0]) for other in takes if other is not take] for take in takes]
        return float(np.mean([np.sort(some)[:NEAREST].mean() for some in rest]))

    def _to(self, rows: Sequence[np.ndarray], family: str) -> float:
        return float(np.sort([_apart(rows, take[0]) for take in self._rows[family]])[:NEAREST].mean())


def _both(joints: np.ndarray) -> list[np.ndarray]:
    """Rows (F, 132) of a motion and of its mirror image."""
    exact = joints.astype(np.float64)  # differences of squares of float32 would be off by half a millimetre
    return [pose_features(exact), pose_features(mirrored(exact))]


def _apart(ways: Sequence[np.ndarray], take: np.ndarray) -> float:
    """Metres between a take (B, 132) and the nearest of ``ways`` (A, 132)."""
    found = []
    for rows in ways:
        squares = (rows**2).sum(1)[:, None] + (take**2).sum(1) - 2 * rows @ take.T
        metres = np.sqrt(np.maximum(squares, 0.0) / JOINTS_AND_MOVES)
        found.append(0.5 * (metres.min(1).mean() + metres.min(0).mean()))
    return float(min(found))
