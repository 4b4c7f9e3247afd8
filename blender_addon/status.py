# SPDX-License-Identifier: GPL-3.0-or-later
"""The job on its way in Blender's status bar, for all who have the sidebar closed."""

from __future__ import annotations

from typing import Any

import bpy

from .progress import describe
from .timer import session

_FACTOR_UNITS = 8.0  # width of the bar, in units of a button's height


def draw(header: Any, _context: Any) -> None:
    """Draw behind what Blender shows there."""
    job = session.current
    if job is None:
        return
    row = header.layout.row(align=True)
    row.label(text="CoAMD", icon="ARMATURE_DATA", translate=False)
    bar = row.row(align=True)
    bar.ui_units_x = _FACTOR_UNITS + 8.0
    bar.progress(factor=job.factor, text=describe(job), translate=False)
    row.operator("coamd.cancel", text="", icon="X").job = job.number


def redraw() -> None:
    """Draw the status bar again. It is no area of the screen that could be tagged, but setting its text draws it; with
    a tool at work, the text there is the tool's, and the bar is drawn with its next step."""
    for window in bpy.context.window_manager.windows:
        if not any(True for _ in window.modal_operators):
            window.workspace.status_text_set_internal(None)


def register() -> None:
    """Append to the status bar."""
    bpy.types.STATUSBAR_HT_header.append(draw)


def unregister() -> None:
    """Undo register()."""
    bpy.types.STATUSBAR_HT_header.remove(draw)
