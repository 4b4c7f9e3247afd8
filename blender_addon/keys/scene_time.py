# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of the scene and frames of keys, which differ where the scene stretches time (Output > Time Stretching)."""

from __future__ import annotations

import math
from typing import Any

from ...rigs.errors import UserError

SLOWEST, FASTEST = 1.0, 1000.0  # frames a second: at fewer a motion is a single pose, at more its keys fill the memory


def keys_per_frame(scene: Any) -> float:
    """Frames of animation that pass in one frame of the scene; 1 without time stretching."""
    return float(scene.render.frame_map_old / scene.render.frame_map_new)


def rate(scene: Any) -> float:
    """Frames of animation in a second of playing."""
    return float(scene.render.fps / scene.render.fps_base) * keys_per_frame(scene)


def usable_rate(scene: Any) -> float:
    """``rate``; UserError "bad_rate" where no motion can be made for it."""
    found = rate(scene)
    if not SLOWEST <= found <= FASTEST:
        raise UserError(
            f"The scene has {found:.6g} frames a second; motion is made for {SLOWEST:g} to {FASTEST:g}.",
            "Set its frame rate, and its base, in the Output properties.",
            "bad_rate",
        )
    return found


def playhead(scene: Any) -> int:
    """The frame of animation that the scene shows now."""
    return round(scene.frame_current * keys_per_frame(scene))


def scene_frames(scene: Any, first: float, last: float) -> tuple[int, int]:
    """The frames of the scene in which the animation from ``first`` to ``last`` plays."""
    step = keys_per_frame(scene)
    return math.floor(first / step + 1e-6), math.ceil(last / step - 1e-6)
