# SPDX-License-Identifier: GPL-3.0-or-later
"""Random windows of whole takes, for parts that need motion but no words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ....rigs.body.canonical import facing, mirrored, turned
from ....rigs.errors import UserError
from ...training.data import RecordedTake


class RandomWindows:
    """Windows of a fixed length at all offsets, half of them mirrored.

    The pelvis starts over the origin; half the windows start facing +Z like a clip, the others anywhere.
    """

    def __init__(self, takes: Sequence[RecordedTake], frames: int) -> None:
        long = [take.joints for take in takes if len(take.joints) >= frames]
        if not long:
            raise UserError(f"No training take has {frames} frames.", "Prepare longer recordings.", "no_data")
        self.frames = frames
        self.joints = np.concatenate(long)
        starts = np.cumsum([0, *map(len, long)])
        self.offsets = np.concatenate([np.arange(a, b - frames + 1) for a, b in pairwise(starts)])

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(count, frames, 22, 3) float32 metres, Y up."""
        return np.stack([self.window(int(start), rng) for start in rng.choice(self.offsets, count)])

    def window(self, start: int, rng: np.random.Generator) -> np.ndarray:
        """The window at row ``start``, placed at the origin, perhaps mirrored or turned."""
        joints = self.joints[start : start + self.frames]
        if rng.random() < 0.5:
            joints = mirrored(joints)
        angle = -float(facing(joints[:1])[0]) if rng.random() < 0.5 else rng.uniform(-np.pi, np.pi)
        ground = joints[0, 0] * np.array([1, 0, 1], dtype=joints.dtype)
        return turned(joints - ground, angle).astype(np.float32)
