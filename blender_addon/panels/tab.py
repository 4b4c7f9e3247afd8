# SPDX-License-Identifier: GPL-3.0-or-later
"""What every panel of the "CoAMD" tab has."""

from __future__ import annotations

from typing import Any

from .. import messages
from ..jobs import Task
from ..progress import describe
from ..timer import session


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


def draw_button(layout: Any, job: Task | None, operator: str, icon: str) -> None:
    """The panel's large button, or how far the job is that it began."""
    if job is not None:
        draw_progress(layout, job)
        return
    row = layout.row()
    row.scale_y = 1.6
    row.operator(operator, icon=icon)


def draw_rows(layout: Any, kind: str, settings: Any, rows: str, chosen: str, add: str, remove: str, count: int) -> None:
    """A list of the settings with the buttons that add and remove rows."""
    row = layout.row()
    row.template_list(kind, "", settings, rows, settings, chosen, rows=count)
    column = row.column(align=True)
    column.operator(add, text="", icon="ADD")
    column.operator(remove, text="", icon="REMOVE")


def draw_progress(layout: Any, job: Task) -> None:
    """How far a job is, and the button that stops it."""
    row = layout.row(align=True)
    row.scale_y = 1.6
    row.progress(factor=job.factor, text=describe(job), translate=False)
    row.operator("coamd.cancel", text="", icon="X").job = job.number


def draw_message(layout: Any, context: Any, *about: str) -> None:
    """The session's message, in the panel that it belongs to."""
    message = session.message
    if message is not None and message.about in about:
        messages.draw(layout, message, width(context))
