# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames of an edit need keys: those that are asked for, and as few between them as stay within a tolerance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...rigs.solve.key_reduction import BoneTrack, ReducedKeys, reduce
from .action import BEARING


@dataclass(frozen=True)
class RangeReduction:
    """How far keys may be off the full motion, and where they may not be off at all.

    ``angle`` is in radians, ``length`` in armature units. ``poses`` are the frames (of F) that are exact, besides the
    first and the last; ``bearing`` are bones on which feet depend, which may use a quarter of the tolerance.
    """

    angle: float
    length: float
    poses: tuple[int, ...]
    bearing: Collection[str]

    def of(self, bone: str, mode: str, values: np.ndarray) -> ReducedKeys:
        """The keys of a rotation ``mode`` or, where that is empty, a location, with ``values`` (F, components)."""
        share = BEARING if bone in self.bearing else 1.0
        ends = sorted({0, len(values) - 1, *(pose for pose in self.poses if 0 < pose < len(values) - 1)})
        frames = [np.array([0])]
        arriving: list[np.ndarray] = []
        leaving: list[np.ndarray] = []
        for start, end in pairwise(ends):
            piece = values[start : end + 1]
            slope = np.diff(piece, axis=0)
            found = ReducedKeys(np.array([0, len(piece) - 1]), slope[[0, -1]], slope[[0, -1]])
            if len(piece) > 2:
                track = BoneTrack(mode, piece if mode else None, None if mode else piece, share)
                found = reduce([track], angle=self.angle, length=self.length)[0]
            frames.append(start + found.frames[1:])
            arriving.append(found.arriving[1:] if arriving else found.arriving)
            leaving[-1:] = [leaving[-1][:-1]] if leaving else []
            leaving.append(found.leaving)
        return ReducedKeys(np.concatenate(frames), np.concatenate(arriving), np.concatenate(leaving))
