# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames to edit: from selected keys, the preview range or the settings; all in the scene's time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from ..rigs.errors import UserError
from . import source_action as source_actions
from .source_action import Source


def extent(rig_object: Any, source: Source, curves: Sequence[Any]) -> tuple[int, int]:
    """First and last frame of the keys."""
    keyed = source_actions.to_scene(rig_object, source, source_actions.key_frames(curves))
    return int(np.floor(keyed.min() + 1e-3)), int(np.ceil(keyed.max() - 1e-3))


def selected(rig_object: Any, source: Source, bones: Collection[str] | None = None) -> tuple[int, ...]:
    """Frames of the selected keys on ``bones``, or on any."""
    curves = source_actions.bone_curves(source)
    if bones is not None:
        curves = [curve for curve in curves if source_actions.bone_of(curve.data_path) in bones]
    frames = source_actions.to_scene(rig_object, source, source_actions.key_frames(curves, selected=True))
    return tuple(sorted({round(float(frame)) for frame in frames}))


def frames_of(scene: Any, rig_object: Any, source: Source, where: str) -> tuple[int, int]:
    """First and last frame that ``where`` says: SELECTED, PREVIEW, ACTION or TYPED."""
    if where == "PREVIEW":
        if not scene.use_preview_range:
            raise UserError(
                "The scene has no preview range.", "Press P in the timeline and drag over the frames.", "no_preview"
            )
        return scene.frame_preview_start, scene.frame_preview_end
    if where == "ACTION":
        return extent(rig_object, source, source_actions.bone_curves(source))
    if where == "SELECTED":
        frames = selected(rig_object, source)
        if not frames:
            raise UserError(
                f"No key of “{source.action}” is selected.",
                "Select keys in the Dope Sheet, or take the range from the preview range or typed frames.",
                "no_selection",
            )
        return frames[0], frames[-1]
    settings = scene.coamd.edit
    return settings.frame_start, settings.frame_end


def check(start: int, end: int, first: int, last: int) -> None:
    """UserError for a range that cannot be edited in an action whose keys go from ``first`` to ``last``."""
    if end < start:
        raise UserError(
            f"The range from frame {start} to {end} is empty.", "Choose an end after the start.", "empty_range"
        )
    if end - start < 2:
        frames = "a single frame" if start == end else "two frames with nothing in between"
        raise UserError(
            f"The range from frame {start} to {end} is {frames}.",
            "Select keys that are further apart, or type a longer range.",
            "short_range",
        )
    if start < first or end > last:
        raise UserError(
            f"The range from frame {start} to {end} leaves the action, whose keys go from {first} to {last}.",
            "Choose a range inside it, or use the mode Extend to add motion.",
            "range_outside",
        )


def is_level_outside(curves: Sequence[Any]) -> bool:
    """Whether before the first key and after the last there is nothing but a held pose."""
    return not _repeats(curves) and all(curve.extrapolation == "CONSTANT" for curve in curves)


def check_no_repeats(curves: Sequence[Any]) -> None:
    """UserError where a Cycles modifier repeats the keys: keys beyond them would change every repetition."""
    if _repeats(curves):
        raise UserError(
            "A Cycles modifier repeats the keys of this action, so it has no end to go on from.",
            "Remove the modifier, or bake the action first (Key > Bake Action), then edit again.",
            "cyclic",
        )


def _repeats(curves: Sequence[Any]) -> bool:
    return any(modifier.type == "CYCLES" and not modifier.mute for curve in curves for modifier in curve.modifiers)
