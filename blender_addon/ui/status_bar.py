# SPDX-License-Identifier: GPL-3.0-or-later
"""The running job in Blender's status bar, for users with a closed sidebar."""

from __future__ import annotations

from typing import Any

import bpy

from ..session.timer import session
from .progress import describe

_FACTOR_UNITS = 8.0  # width of the bar, in units of a button's height


def draw(header: Any, _context: Any) -> None:
    """Append to what Blender shows there."""
    job = session.current
    if job is None:
        return
    row = header.layout.row(align=True)
    row.label(text="CoAMD", icon="ARMATURE_DATA", translate=False)
    bar = row.row(align=True)
    bar.ui_units_x = _FACTOR_UNITS + 8.0
    bar.progress(factor=job.factor, text=describe(job), translate=False)
    row.operator("coamd.cancel", text="", icon="X").job = job.number


def register() -> None:
    """Append to the status bar."""
    bpy.types.STATUSBAR_HT_header.append(draw)


def unregister() -> None:
    """Undo register()."""
    bpy.types.STATUSBAR_HT_header.remove(draw)
