# SPDX-License-Identifier: GPL-3.0-or-later
"""Backend: the process with the model."""

from __future__ import annotations

from typing import Any

import bpy

from ..ui.notices import BACKEND
from ..ui.tab import Tab, draw_message
from .backend_link import FAILED, LAUNCHING, OFF, READY, SEARCHING, STARTING, STOPPING
from .timer import session

_STATES = {
    OFF: ("Not running", "RADIOBUT_OFF"),
    SEARCHING: ("Looking for Python", "SORTTIME"),
    LAUNCHING: ("Starting", "SORTTIME"),
    STARTING: ("Loading the model", "SORTTIME"),
    READY: ("Ready", "RADIOBUT_ON"),
    STOPPING: ("Stopping", "SORTTIME"),
    FAILED: ("Failed", "CANCEL"),
}


class COAMD_PT_backend(Tab, bpy.types.Panel):  # noqa: N801
    """The process with the model."""

    bl_idname = "COAMD_PT_backend"
    bl_label = "Backend"
    bl_order = 8
    bl_options = {"DEFAULT_CLOSED"}

    def draw_header_preset(self, _context: Any) -> None:
        """At a glance: whether it runs."""
        self.layout.label(text="", icon=_STATES[session.link.state][1])

    def draw(self, context: Any) -> None:
        layout, link = self.layout, session.link
        text, icon = _STATES[link.state]
        if link.state == READY and link.model:
            text = f"{link.model} on {link.device}"
        layout.label(text=text, icon=icon)
        row = layout.row(align=True)
        if link.wanted:
            row.operator("coamd.stop_backend", icon="PAUSE")
        else:
            row.operator("coamd.start_backend", icon="PLAY")
        row.operator("coamd.open_preferences", text="", icon="PREFERENCES")
        row = layout.row(align=True)
        row.operator("coamd.copy_report", icon="COPYDOWN")
        row.operator("coamd.copy_log", text="Log", icon="TEXT")
        draw_message(layout, context, BACKEND)


CLASSES = (COAMD_PT_backend,)
