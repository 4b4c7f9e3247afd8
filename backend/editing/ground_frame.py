# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the world of the user's motion and the model's space, which begins at the origin and faces +Z."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...rigs.body.canonical import facing, turned
from ...rigs.body.skeleton import JOINTS
from .canvas import GROUND


@dataclass(frozen=True, eq=False)
class GroundFrame:
    """Where the windows of V variations lie: first pelvis over ``start`` (V, 3), facing ``angle`` (V,) radians."""

    start: np.ndarray
    angle: np.ndarray

    @classmethod
    def of(cls, world: np.ndarray) -> GroundFrame:
        """The place of windows (V, F, 22, 3)."""
        return cls(world[:, 0, 0] * GROUND, facing(world[:, 0]))

    def enter(self, world: np.ndarray) -> Tensor:
        """Joints (V, F, 22, 3) of the world in the model's space, on the CPU."""
        rows = [turned(joints - at, -float(angle)) for joints, at, angle in zip(world, *self._each, strict=True)]
        return torch.from_numpy(np.stack(rows).astype(np.float32))

    def points(self, world: np.ndarray) -> Tensor:
        """Points (V, K, 3) of the world as the windows see them, (V, K, 3)."""
        return self.enter(world[:, :, None])[:, :, 0]

    def leave(self, rows: Tensor) -> np.ndarray:
        """Decoded joints (V, F, 66) in the world, (V, F, 22, 3) float64."""
        joints = rows.reshape(*rows.shape[:2], len(JOINTS), 3).cpu().double().numpy()
        return np.stack([turned(row, float(angle)) + at for row, at, angle in zip(joints, *self._each, strict=True)])

    @property
    def _each(self) -> tuple[np.ndarray, np.ndarray]:
        return self.start, self.angle
