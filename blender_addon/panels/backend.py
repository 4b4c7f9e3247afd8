# SPDX-License-Identifier: GPL-3.0-or-later
"""Backend: the process with the model."""

from __future__ import annotations

from typing import Any

import bpy

from ..link import FAILED, LAUNCHING, OFF, READY, SEARCHING, STARTING, STOPPING
from ..timer import session
from .tab import Tab

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
    bl_order = 2

    def draw(self, _context: Any) -> None:
        layout, link = self.layout, session.link
        text, icon = _STATES[link.state]
        if link.state == READY:
            text = f"{link.model or 'Ready'} on {link.device}"
        layout.label(text=text, icon=icon)
        row = layout.row(align=True)
        if link.wanted:
            row.operator("coamd.stop_backend", icon="PAUSE")
        else:
            row.operator("coamd.start_backend", icon="PLAY")
        row.operator("coamd.copy_log", text="", icon="COPYDOWN")


CLASSES = (COAMD_PT_backend,)
