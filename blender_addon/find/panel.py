# SPDX-License-Identifier: GPL-3.0-or-later
"""Find: what to look for and where, the ranked list with its pictures, and the button that puts a take on."""

from __future__ import annotations

from typing import Any

import bpy

from ..session.timer import session
from ..ui.notices import FIND, USE
from ..ui.tab import Tab, draw_button, draw_message, draw_rows
from . import thumbnails
from .settings import found_moments


class COAMD_UL_folders(bpy.types.UIList):  # noqa: N801 (Blender's naming rule)
    """Folders to look through."""

    bl_idname = "COAMD_UL_folders"

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _prop: Any, _index: Any = 0
    ) -> None:
        layout.prop(item, "path", text="")


class COAMD_UL_moments(bpy.types.UIList):  # noqa: N801
    """Found moments: picture, take, score and time."""

    bl_idname = "COAMD_UL_moments"

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _prop: Any, index: Any = 0
    ) -> None:
        row = layout.row(align=True)  # one line: what is higher, Blender lights only in part
        row.label(text=item.title, icon_value=thumbnails.icon(index), translate=False)
        score = row.row()
        score.ui_units_x = 1.6
        score.label(text=f"{item.score:.2f}", translate=False)
        row.operator("coamd.use_found", text="", icon="CHECKMARK").number = index


class COAMD_PT_find(Tab, bpy.types.Panel):  # noqa: N801
    """Find takes in this file, in asset libraries and in folders."""

    bl_idname = "COAMD_PT_find"
    bl_label = "Find"
    bl_order = 6
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """The question, the places, the answer."""
        layout, settings = self.layout, context.scene.coamd.find
        layout.row().prop(settings, "by", expand=True)
        if settings.by == "TEXT":
            layout.prop(settings, "query", text="", icon="VIEWZOOM", placeholder="somebody climbs stairs")
        row = layout.row(align=True)
        row.prop(settings, "this_file", toggle=True)
        row.prop(settings, "libraries", toggle=True)
        if len(settings.folders):
            folders = ("folders", "folder", "coamd.add_folder", "coamd.remove_folder")
            draw_rows(layout, "COAMD_UL_folders", settings, *folders, 2)
        else:
            layout.operator("coamd.add_folder", icon="FILE_FOLDER")
        layout.prop(settings, "top")
        draw_button(layout, context, session.current_of(FIND) or session.current_of(USE), "coamd.find", "VIEWZOOM")
        listed = found_moments()
        if len(listed.moments):
            layout.template_list("COAMD_UL_moments", "", listed, "moments", listed, "moment", rows=3)
            _draw_chosen(layout, listed)
            layout.prop(settings, "moment_only")
        draw_message(layout, context, FIND, USE)


def _draw_chosen(layout: Any, listed: Any) -> None:
    """The chosen moment, large."""
    if not listed.moment < len(listed.moments):
        return
    item = listed.moments[listed.moment]
    layout.template_icon(icon_value=thumbnails.icon(listed.moment), scale=6.0)
    start, end = item.seconds
    column = layout.column(align=True)
    column.label(text=item.path or "This File", icon="FILE")
    column.label(text=f"{start:.1f}-{end:.1f} s", icon="TIME", translate=False)
    row = layout.row()
    row.scale_y = 1.3
    row.operator("coamd.use_found", icon="CHECKMARK").number = listed.moment


CLASSES = (COAMD_UL_folders, COAMD_UL_moments, COAMD_PT_find)
