# SPDX-License-Identifier: GPL-3.0-or-later
"""What Edit would change, for the panel: the frames, and how they were chosen.

Blender draws a panel at every move of the mouse, and whether keys are selected is only known by reading them. So an
answer is cached for a moment, and the selection is not read in actions with very many keys.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from ...rigs.errors import UserError
from ..keys import source_action as source_actions
from ..keys.scene_time import playhead, rate
from . import frame_range
from .order import added_frames

KEPT = 0.4  # seconds
MOST_KEYS = 200_000  # of an action whose selection is read for the panel


@dataclass(frozen=True)
class EditSummary:
    """The frames and how they were chosen, or why there are none."""

    start: int = 0
    end: int = 0
    seconds: float = 0.0
    what: str = ""
    problem: str = ""

    @property
    def known(self) -> bool:
        """Whether there are frames."""
        return self.end > self.start


_kept: tuple[object, float, EditSummary] = ((), 0.0, EditSummary())


def summary(scene: Any, rig_object: Any) -> EditSummary:
    """What a click on Edit would do now."""
    global _kept  # noqa: PLW0603 - what was found last
    settings = scene.coamd.edit
    data = rig_object.animation_data
    action = data.action.name if data is not None and data.action is not None else ""
    chosen = (settings.mode, settings.range_from, settings.frame_start, settings.frame_end, settings.direction)
    about = (rig_object.name, action, chosen, settings.seconds, scene.frame_current)
    now = time.monotonic()
    if _kept[0] != about or now - _kept[1] > KEPT:
        _kept = (about, now, _found(scene, rig_object, settings))
    return _kept[2]


def _found(scene: Any, rig_object: Any, settings: Any) -> EditSummary:
    try:
        source = source_actions.find(rig_object)
        curves = source_actions.bone_curves(source)
        chosen = settings.mode != "EXTEND" and settings.range_from in ("AUTO", "SELECTED")
        if chosen and sum(len(curve.keyframe_points) for curve in curves) > MOST_KEYS:
            return EditSummary()
        if settings.mode == "EXTEND":
            first, last = frame_range.extent(rig_object, source, curves)
            forwards, added = settings.direction == "FORWARDS", added_frames(scene, settings)
            start, end = (last, last + added) if forwards else (first - added, first)
            what = ""
        elif settings.range_from == "AUTO":
            start, end, what = frame_range.automatic(scene, rig_object, source, settings, playhead(scene))
        else:
            start, end = frame_range.frames_of(scene, rig_object, source, settings.range_from, playhead(scene))
            what = settings.range_from
    except UserError as error:
        return EditSummary(problem=error.message)
    return EditSummary(start, end, (end - start) / rate(scene), frame_range.RANGE_WORDS.get(what, ""))
