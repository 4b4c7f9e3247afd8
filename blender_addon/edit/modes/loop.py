# SPDX-License-Identifier: GPL-3.0-or-later
"""Marks a loop in Blender: the action's manual frame range, its cyclic flag, and Cycles on its curves."""

from __future__ import annotations

from typing import Any

from ...keys import source_action as source_actions


def make_cyclic(action: Any, slot: int | None, first: float, last: float, whole: bool) -> None:
    """Tell Blender that an action repeats from ``first`` to ``last``.

    If the range is the ``whole`` action, its bones repeat beyond its keys, and a character that travels goes on
    travelling; a Cycles modifier knows no other range.
    """
    action.use_frame_range, action.use_cyclic = True, True
    action.frame_start, action.frame_end = first, last
    if not whole:
        return
    for curve in source_actions.curves_of_slot(action, slot):
        if not source_actions.bone_of(curve.data_path) or not len(curve.keyframe_points):
            continue
        cycles = next((modifier for modifier in curve.modifiers if modifier.type == "CYCLES"), None)
        if cycles is None:
            cycles = curve.modifiers.new("CYCLES")
        travels = curve.data_path.endswith(".location")
        cycles.mode_before = cycles.mode_after = "REPEAT_OFFSET" if travels else "REPEAT"
