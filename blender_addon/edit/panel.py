# SPDX-License-Identifier: GPL-3.0-or-later
"""Edit: mode, frames, body parts, what the mode needs, the button, and the switch between before and after."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface

from ..character import armature
from ..generate.steps import draw as draw_steps
from ..live.operators import draw as draw_live
from ..results.action_names import frames as frames_in_words
from ..session.timer import session
from ..teach.model_choice import draw_model
from ..ui.notices import EDIT
from ..ui.tab import Tab, draw_button, draw_message, draw_queue, split_column
from .modes import reach
from .result import is_shown, last_edit
from .summary import EditSummary, summary
from .task import EditJob

BUTTONS = {  # what the button says, by the mode
    "REGENERATE": "Regenerate",
    "INBETWEEN": "In-Between",
    "EXTEND": "Extend",
    "LOOP": "Make Loop",
    "REFINE": "Refine",
    "PROMPTS": "Make Steps",
    "PATH": "Follow Path",
    "REACH": "Reach",
}
_FREE = ("REGENERATE", "INBETWEEN", "EXTEND", "LOOP", "PATH", "REACH")  # modes that take one prompt


class COAMD_PT_edit(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """Change a range of the character's own animation and leave the rest alone."""

    bl_idname = "COAMD_PT_edit"
    bl_label = "Edit"
    bl_order = 4
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
            found = _summary(context)
            draw_steps(layout, context.scene.coamd, found.start, found.end)
        elif settings.mode == "LOOP":
            row = layout.row(align=True)
            row.prop(settings, "cycle", toggle=True)
            row.prop(settings, "in_place", toggle=True)
        elif settings.mode == "PATH":
            row = layout.row(align=True)
            row.prop(settings, "path", text="")
            row.operator("coamd.draw_path", text="", icon="GREASEPENCIL")
        elif settings.mode == "REACH":
            reach.draw(layout, settings)
        _draw_parts(layout, settings)
        draw_model(layout, context)
        _draw_button(layout, context, settings)
        draw_live(layout, context, EDIT)
        done = last_edit(session.jobs)
        if done is not None:
            _draw_takes(layout, done)
        draw_message(layout, context, EDIT)


def _summary(context: Any) -> EditSummary:
    rig_object = armature.character(context)
    return EditSummary() if rig_object is None else summary(context.scene, rig_object)


def _draw_button(layout: Any, context: Any, settings: Any) -> None:
    """What the click does, and the button that is named by it; or how far the character's edit is."""
    rig_object = armature.character(context)
    if draw_queue(layout, context, session.going(EDIT), "" if rig_object is None else rig_object.name):
        return
    found = _summary(context)
    if found.known:
        text = iface("Frames {} to {} ({:.1f} s)").format(found.start, found.end, found.seconds)
        column = layout.column(align=True)
        column.label(text=text, icon="TIME", translate=False)
        if found.what:
            column.label(text=found.what, icon="BLANK1")
    text = iface(BUTTONS[settings.mode])
    if found.known:
        text = f"{text} {frames_in_words(found.start, found.end)}"
    draw_button(layout, context, None, "coamd.edit", "ACTION_TWEAK", text)


def _draw_frames(column: Any, settings: Any) -> None:
    if settings.mode == "EXTEND":
        column.prop(settings, "direction")
        column.prop(settings, "seconds")
        return
    row = column.row(align=True)
    row.prop(settings, "range_from")
    row.operator("coamd.edit_range", text="", icon="EYEDROPPER")
    if settings.range_from == "TYPED":
        column.prop(settings, "frame_start")
        column.prop(settings, "frame_end")


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
