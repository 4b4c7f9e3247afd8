# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames to edit: from selected keys, the preview range or the settings, in scene time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from ...rigs.errors import UserError
from ..keys import source_action as source_actions
from ..keys.scene_time import keys_per_frame, rate
from ..keys.source_action import SourceAction

AROUND = 1.0  # seconds changed on each side of the playhead by default
WHOLE = ("LOOP", "REFINE", "PROMPTS", "PATH")  # modes that edit the whole action by default
RANGE_WORDS = {  # what a range is, as the panel says it
    "SELECTED": "the selected keys",
    "PREVIEW": "the preview range",
    "ACTION": "the whole action",
    "PLAYHEAD": "around the playhead",
    "TARGETS": "around the targets",
    "TYPED": "as typed",
}


def extent(rig_object: Any, source: SourceAction, curves: Sequence[Any]) -> tuple[int, int]:
    """First and last frame of the keys."""
    keyed = source_actions.to_scene(rig_object, source, np.array(source_actions.extent(curves)))
    return int(np.floor(keyed.min() + 1e-3)), int(np.ceil(keyed.max() - 1e-3))


def selected(rig_object: Any, source: SourceAction, bones: Collection[str] | None = None) -> tuple[int, ...]:
    """Frames of the selected keys on ``bones``, or on any."""
    curves = source_actions.bone_curves(source)
    if bones is not None:
        curves = [curve for curve in curves if source_actions.bone_of(curve.data_path) in bones]
    frames = source_actions.to_scene(rig_object, source, source_actions.selected_frames(curves))
    return tuple(sorted({round(float(frame)) for frame in frames}))


def frames_of(scene: Any, rig_object: Any, source: SourceAction, where: str, around: int) -> tuple[int, int]:
    """First and last frame of ``where`` (AUTO, SELECTED, PREVIEW, ACTION, TYPED); ``around`` is the playhead."""
    settings = scene.coamd.edit
    if where == "AUTO":
        start, end, _ = automatic(scene, rig_object, source, settings, around)
        return start, end
    if where == "PREVIEW":
        if not scene.use_preview_range:
            raise UserError(
                "The scene has no preview range.", "Press P in the timeline and drag over the frames.", "no_preview"
            )
        step = keys_per_frame(scene)
        return round(scene.frame_preview_start * step), round(scene.frame_preview_end * step)
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
    return settings.frame_start, settings.frame_end


def automatic(scene: Any, rig_object: Any, source: SourceAction, settings: Any, around: int) -> tuple[int, int, str]:
    """The default frames of a mode with the playhead at ``around``, and which range that is, a key of ``RANGE_WORDS``.

    A selection counts only if it leaves keys out: after a motion was generated, all of its keys are selected.
    """
    first, last = extent(rig_object, source, source_actions.bone_curves(source))
    chosen = selected(rig_object, source)
    some = len(chosen) > 1 and (chosen[0], chosen[-1]) != (first, last)
    if settings.mode == "INBETWEEN":
        start, end = frames_of(scene, rig_object, source, "SELECTED", around)
        return start, end, "SELECTED"
    if some:
        return chosen[0], chosen[-1], "SELECTED"
    if scene.use_preview_range:
        start, end = frames_of(scene, rig_object, source, "PREVIEW", around)
        if max(start, first) + 2 <= min(end, last):
            return max(start, first), min(end, last), "PREVIEW"
    if settings.mode in WHOLE:
        return first, last, "ACTION"
    start, end, away = around, around, round(AROUND * rate(scene))
    what = "PLAYHEAD"
    if settings.mode == "REACH" and len(settings.reaches):
        start, end = min(reach.start for reach in settings.reaches), max(reach.end for reach in settings.reaches)
        what = "TARGETS"
    start, end = max(start - away, first), min(end + away, last)
    return (start, end, what) if start + 2 <= end else (first, last, "ACTION")


def fingerprint(rig_object: Any, source: SourceAction, start: int, end: int) -> int:
    """A number that changes when a key in the scene's frames from ``start`` to ``end`` does."""
    borders = source_actions.to_action(rig_object, source, np.array([float(start), float(end)]))
    return source_actions.fingerprint(source, float(borders.min()), float(borders.max()))


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
            f"The range from frame {start} to {end} extends beyond the action, whose keys run from {first} to {last}.",
            "Choose a range inside it, or use the mode Extend to add motion.",
            "range_outside",
        )


def is_level_outside(curves: Sequence[Any]) -> bool:
    """Whether the pose is constant before the first and after the last key."""
    return not _repeats(curves) and all(curve.extrapolation == "CONSTANT" for curve in curves)


def check_no_repeats(curves: Sequence[Any]) -> None:
    """UserError where a Cycles modifier repeats the keys: keys beyond them would change every repetition."""
    if _repeats(curves):
        raise UserError(
            "A Cycles modifier repeats the keys of this action, so it has no end to continue from.",
            "Remove the modifier, or bake the action first (Key > Bake Action), then edit again.",
            "cyclic",
        )


def _repeats(curves: Sequence[Any]) -> bool:
    return any(modifier.type == "CYCLES" and not modifier.mute for curve in curves for modifier in curve.modifiers)
