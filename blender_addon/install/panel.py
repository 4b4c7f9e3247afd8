# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing the backend: on top while it is needed or at work, and below Backend for whoever looks for it."""

from __future__ import annotations

from typing import Any

import bpy

from ...backend.install.install_marker import UNFINISHED
from ...backend.install.plan import size
from ..preferences import stored_preferences
from ..session.timer import installation
from ..session.tunnel import tunnel_command
from ..ui import notices
from ..ui.notices import ERROR, Notice
from ..ui.tab import Tab, width
from .installation import REPAIR


class COAMD_PT_install(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """What has to be done once, before the first motion."""

    bl_idname = "COAMD_PT_install"
    bl_label = "Set Up"
    bl_order = 0

    @classmethod
    def poll(cls, _context: Any) -> bool:
        return installation.busy or bool(installation.needed)

    def draw(self, context: Any) -> None:
        """The one button that is needed, or how far it is."""
        layout = self.layout
        if installation.busy:
            _draw_progress(layout)
            return
        view, space = installation.view, width(context)
        if view is None:
            return
        if installation.needed == REPAIR:
            notices.draw(layout, Notice(view.state.text, view.state.hint, ERROR), space)
            text = "Continue Installing" if view.state.code == UNFINISHED else "Repair Backend"
            _large(layout).operator("coamd.repair_backend", text=text, icon="TOOL_SETTINGS")
        elif view.unfit is not None:
            notices.draw(layout, Notice.of(view.unfit), space)
        else:
            build = view.offered[0]
            load = f"It will run on: {build.label}. About {size(build.load)} to download."
            notices.draw(layout, Notice("The model needs PyTorch, once. Blender stays as it is.", load), space)
            if build.note:
                notices.draw(layout, Notice(build.note, level=notices.WARNING), space)
            _large(layout).operator("coamd.install_backend", icon="IMPORT")
        _draw_problem(layout, space)


class COAMD_PT_installation(Tab, bpy.types.Panel):  # noqa: N801
    """The installed backend, and other ways to have one."""

    bl_idname = "COAMD_PT_installation"
    bl_label = "Installation"
    bl_parent_id = "COAMD_PT_backend"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What is there, what can be done with it."""
        layout, view = self.layout, installation.view
        if installation.busy:
            _draw_progress(layout)
            return
        there = False
        if view is None:
            layout.label(text="Looking...", icon="SORTTIME")
        else:
            mark = view.state.sentinel
            there = view.state.code != "none"
            if view.state.whole and mark is not None:
                layout.label(text=f"PyTorch {mark.torch}, Python {mark.python}", icon="CHECKMARK")
                if mark.device != "cpu" and not mark.gpu:
                    text = "PyTorch does not see the GPU, and computes on the processor."
                    notices.draw(layout, Notice(text, "Install the GPU's driver.", notices.WARNING), width(context))
            elif there:
                notices.draw(layout, Notice(view.state.text, view.state.hint, ERROR), width(context))
            else:
                layout.label(text="Not installed by the add-on", icon="INFO")
        column = layout.column(align=True)
        if there:
            column.operator("coamd.repair_backend", icon="TOOL_SETTINGS")
            column.operator("coamd.install_backend", text="Change Device", icon="IMPORT")
            column.operator("coamd.remove_backend", icon="TRASH")
        else:
            column.operator("coamd.install_backend", icon="IMPORT")
        row = layout.row(align=True)
        row.operator("coamd.check_backend", icon="FILE_REFRESH")
        row.operator("coamd.copy_install_log", text="", icon="COPYDOWN")
        _draw_problem(layout, width(context))
        _draw_other_ways(layout, context)


def _draw_progress(layout: Any) -> None:
    row = layout.row(align=True)
    row.scale_y = 1.6
    row.progress(factor=installation.progress.factor, text=installation.progress.text)
    row.operator("coamd.cancel_install", text="", icon="X")


def _draw_problem(layout: Any, space: float) -> None:
    if installation.problem is not None:
        notices.draw(layout, Notice.of(installation.problem), space)


def _draw_other_ways(layout: Any, context: Any) -> None:
    """A Python that is there already, or a backend on another machine."""
    stored, view = stored_preferences(), installation.view
    if stored is None:
        return
    column = layout.column()
    column.label(text="Or use what is there:")
    column.prop(stored, "python", text="", icon="SCRIPT", placeholder="a Python with PyTorch")
    column.prop(stored, "connection", text="", icon="NETWORK_DRIVE", placeholder="a connection file")
    if view is not None and view.broken_file is not None:
        notices.draw(layout, Notice.of(view.broken_file), width(context))
    if view is not None and view.port:
        column.prop(stored, "host", text="", icon="URL", placeholder="user@host")
        box = layout.box().column(align=True)
        box.label(text="Keep this running in a terminal:", icon="CONSOLE")
        box.label(text=tunnel_command(view.port, stored.host))
        box.operator("coamd.copy_tunnel", icon="COPYDOWN")


def _large(layout: Any) -> Any:
    row = layout.row()
    row.scale_y = 1.6
    return row


FIRST = (COAMD_PT_install,)
CLASSES = (COAMD_PT_installation,)
