# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python that runs the model: on top while none is found, and below Backend."""

from __future__ import annotations

from typing import Any

import bpy

from ..preferences import stored_preferences
from ..session.timer import installation
from ..ui import notices
from ..ui.notices import Notice
from ..ui.tab import Tab, width
from . import no_python


class COAMD_PT_install(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """What has to be done once, before the first motion."""

    bl_idname = "COAMD_PT_install"
    bl_label = "Set Up"
    bl_order = 0

    @classmethod
    def poll(cls, _context: Any) -> bool:
        """Only while no Python suits."""
        return bool(installation.needed)

    def draw(self, context: Any) -> None:
        """What is missing, and where to name it."""
        notices.draw(self.layout, Notice.of(no_python()), width(context))
        _draw_choice(self.layout)


class COAMD_PT_installation(Tab, bpy.types.Panel):  # noqa: N801
    """The Python that is used, and a backend on another machine."""

    bl_idname = "COAMD_PT_installation"
    bl_label = "Python"
    bl_parent_id = "COAMD_PT_backend"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What was found, and the fields for another."""
        layout, view, stored = self.layout, installation.view, stored_preferences()
        if view is not None and view.python is not None:
            layout.label(text=str(view.python), icon="CHECKMARK", translate=False)
        _draw_choice(layout)
        if stored is None:
            return
        layout.prop(stored, "connection", text="", icon="NETWORK_DRIVE", placeholder="a connection file")
        if view is not None and view.broken_file is not None:
            notices.draw(layout, Notice.of(view.broken_file), width(context))
        if view is not None and view.port:
            layout.prop(stored, "host", text="", icon="URL", placeholder="user@host")
            layout.operator("coamd.copy_tunnel", icon="COPYDOWN")


def _draw_choice(layout: Any) -> None:
    """The field for a Python, and how to have one."""
    stored = stored_preferences()
    if stored is not None:
        layout.prop(stored, "python", text="", icon="SCRIPT", placeholder="a Python with PyTorch")
    row = layout.row(align=True)
    row.operator("coamd.check_backend", icon="FILE_REFRESH")
    row.operator("coamd.copy_packages", text="", icon="COPYDOWN")
    row.operator("coamd.how_to_python", text="", icon="URL")


FIRST = (COAMD_PT_install,)
CLASSES = (COAMD_PT_installation,)
