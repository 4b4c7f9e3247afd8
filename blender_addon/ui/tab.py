# SPDX-License-Identifier: GPL-3.0-or-later
"""What every panel of the "CoAMD" tab has."""

from __future__ import annotations

from typing import Any

from bpy.app.translations import pgettext_iface as iface

from ..session.tasks import Task
from ..session.timer import session
from . import notices
from .progress import describe

NAMES = 0.4  # of a panel's width, for the names on the left of what they name, as Blender splits it


def width(context: Any) -> float:
    """Width of the sidebar in units of the interface scale, which is 0 where there is no window."""
    return context.region.width / (context.preferences.system.ui_scale or 1.0)


class Tab:
    """Where the panels are: the 3D viewport's sidebar."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "CoAMD"


def split_column(layout: Any) -> Any:
    """A column of properties with their names on the left."""
    column = layout.column(align=True)
    column.use_property_split = True
    column.use_property_decorate = False
    return column


def draw_button(layout: Any, context: Any, job: Task | None, operator: str, icon: str, text: str | None = None) -> None:
    """The panel's large button, or the progress of its job."""
    if job is not None:
        draw_progress(layout, context, job)
        return
    row = layout.row()
    row.scale_y = 1.6
    if text is None:
        row.operator(operator, icon=icon)
    else:
        row.operator(operator, icon=icon, text=text, translate=False)


def draw_rows(layout: Any, kind: str, settings: Any, rows: str, chosen: str, add: str, remove: str, count: int) -> None:
    """A list of the settings with the buttons that add and remove rows."""
    row = layout.row()
    row.template_list(kind, "", settings, rows, settings, chosen, rows=count)
    column = row.column(align=True)
    column.operator(add, text="", icon="ADD")
    column.operator(remove, text="", icon="REMOVE")


def draw_queue(layout: Any, context: Any, jobs: list[Task], character: str) -> bool:
    """The jobs of a button: how far the first is and whose the others are. True when one is of that ``character``,
    so that its panel has no button for now."""
    for place, job in enumerate(jobs):
        if place:
            row = layout.row(align=True)
            row.label(text=iface("Next: {}").format(job.character), icon="SORTTIME", translate=False)
            row.operator("coamd.cancel", text="", icon="X").job = job.number
            continue
        if job.character != character or len(jobs) > 1:
            layout.label(text=job.character, icon="ARMATURE_DATA", translate=False)
        draw_progress(layout, context, job)
    return any(job.character == character for job in jobs)


def draw_progress(layout: Any, context: Any, job: Task) -> None:
    """A job's progress, and the button that stops it. Text that does not fit into the bar is below it."""
    text, room = describe(job), notices.letters_in(width(context))
    row = layout.row(align=True)
    row.scale_y = 1.6
    row.progress(factor=job.factor, text=text if len(text) <= room else f"{job.factor:.0%}", translate=False)
    row.operator("coamd.cancel", text="", icon="X").job = job.number
    if len(text) > room:
        notices.draw_text(layout, text, width(context))


def draw_message(layout: Any, context: Any, *about: str) -> None:
    """The session's message, in the panel that it belongs to."""
    message = session.message
    if message is not None and message.about in about:
        notices.draw(layout, message, width(context))
