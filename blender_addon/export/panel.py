# SPDX-License-Identifier: GPL-3.0-or-later
"""Export: below the results, what is written and where."""

from __future__ import annotations

from typing import Any

import bpy

from ..session.timer import session
from ..ui.notices import EXPORT
from ..ui.tab import Tab, draw_message, draw_progress, split_column


class COAMD_PT_export(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """Results as files for game engines and other programs."""

    bl_idname = "COAMD_PT_export"
    bl_parent_id = "COAMD_PT_results"
    bl_label = "Export"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Format, travel and folder, then a button for one result and one for all."""
        layout, settings = self.layout, context.scene.coamd.export
        column = split_column(layout)
        column.prop(settings, "format")
        column.prop(settings, "travel")
        if settings.format != "BVH":
            column.prop(settings, "meshes")
        column.prop(settings, "folder")
        column.prop(settings, "replace")
        job = session.current_of(EXPORT)
        if job is not None:
            draw_progress(layout, context, job)
        else:
            row = layout.row(align=True)
            row.scale_y = 1.3
            row.operator("coamd.export", icon="EXPORT")
            row.operator("coamd.export", text="All Kept").which = "KEPT"
        draw_message(layout, context, EXPORT)


CLASSES = (COAMD_PT_export,)
