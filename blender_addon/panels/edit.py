# SPDX-License-Identifier: GPL-3.0-or-later
"""Edit: mode, frames, body parts, what the mode needs, the button, and the switch between before and after."""

from __future__ import annotations

from typing import Any

import bpy

from ..edit_job import EditJob
from ..edit_result import is_shown, last_edit
from ..messages import EDIT
from ..timer import session
from .tab import Tab, draw_button, draw_message, draw_rows, split_column

_FREE = ("REGENERATE", "INBETWEEN", "EXTEND", "LOOP", "PATH", "REACH")  # modes that take one prompt


class COAMD_PT_edit(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """Change a range of the character's own animation and leave the rest alone."""

    bl_idname = "COAMD_PT_edit"
    bl_label = "Edit"
    bl_order = 2
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Mode, then what it needs."""
        layout, settings = self.layout, context.scene.coamd.edit
        layout.prop(settings, "mode", text="")
        if settings.mode in _FREE:
            layout.prop(settings, "prompt", text="", placeholder="whatever fits around it")
        column = split_column(layout)
        _draw_frames(column, settings)
        if settings.mode == "PROMPTS":
            prompts = ("segments", "segment", "coamd.add_prompt", "coamd.remove_prompt")
            draw_rows(layout, "COAMD_UL_segments", settings, *prompts, 3)
        elif settings.mode == "PATH":
            layout.prop(settings, "path")
        elif settings.mode == "REACH":
            _draw_reach(layout, settings)
        _draw_parts(layout, settings)
        draw_button(layout, session.current_of(EDIT), "coamd.edit", "ACTION_TWEAK")
        done = last_edit(session.jobs)
        if done is not None:
            _draw_takes(layout, done)
        draw_message(layout, context, EDIT)


def _draw_frames(column: Any, settings: Any) -> None:
    if settings.mode == "EXTEND":
        column.prop(settings, "direction")
        column.prop(settings, "length")
        return
    row = column.row(align=True)
    row.prop(settings, "range_from")
    row.operator("coamd.edit_range", text="", icon="EYEDROPPER")
    if settings.range_from == "TYPED":
        column.prop(settings, "frame_start")
        column.prop(settings, "frame_end")


def _draw_reach(layout: Any, settings: Any) -> None:
    column = split_column(layout)
    column.prop(settings, "limb")
    column.prop(settings, "target")
    column.prop(settings, "reach_start")
    column.prop(settings, "reach_end")


def _draw_parts(layout: Any, settings: Any) -> None:
    grid = layout.grid_flow(row_major=True, columns=2, align=True)
    for part in ("root", "trunk", "left_arm", "right_arm", "left_leg", "right_leg"):
        grid.prop(settings, part, toggle=True)


def _draw_takes(layout: Any, job: EditJob) -> None:
    """Before, and each variation."""
    row = layout.row(align=True)
    for take in range(len(job.takes)):
        text = "Before" if take == 0 else "After" if len(job.takes) == 2 else str(take)
        row.operator("coamd.show_edit", text=text, depress=is_shown(job, take)).take = take


class COAMD_PT_edit_options(Tab, bpy.types.Panel):  # noqa: N801
    """How far an edit goes, how many there are, and where they are written."""

    bl_idname = "COAMD_PT_edit_options"
    bl_label = "Options"
    bl_parent_id = "COAMD_PT_edit"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What rarely changes."""
        layout, settings = self.layout, context.scene.coamd.edit
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column(align=True)
        column.prop(settings, "strength", slider=True)
        column.prop(settings, "seed")
        column.prop(settings, "variations")
        layout.prop(settings, "same_action")
        layout.prop(context.scene.coamd, "reduce_keys")


CLASSES = (COAMD_PT_edit, COAMD_PT_edit_options)
