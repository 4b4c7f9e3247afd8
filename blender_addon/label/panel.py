# SPDX-License-Identifier: GPL-3.0-or-later
"""Label: what to read and with which words, the list of what was found, and where to write it."""

from __future__ import annotations

from typing import Any

import bpy

from ..session.timer import session
from ..ui.notices import LABEL
from ..ui.tab import Tab, draw_button, draw_message, split_column
from .result import listed_by
from .settings import found_labels
from .task import LabelJob


class COAMD_UL_labels(bpy.types.UIList):  # noqa: N801 (Blender's naming rule)
    """Segments with a tick, their time, what they are called and how sure that is."""

    bl_idname = "COAMD_UL_labels"

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _prop: Any, _index: Any = 0
    ) -> None:
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        begin = row.row()
        begin.ui_units_x = 2.0
        begin.label(text=f"{item.seconds[0]:.1f} s", translate=False)
        if not item.others and not item.label:
            row.label(text="stands still")
            return
        row.prop(item, "label", text="", emboss=False)
        if item.confidence >= 0.0:
            sure = row.row()
            sure.ui_units_x = 2.0
            sure.alignment = "RIGHT"
            sure.label(text=f"{item.confidence:.0%}")


class COAMD_PT_label(Tab, bpy.types.Panel):  # noqa: N801
    """Say what takes are, and write it into the file."""

    bl_idname = "COAMD_PT_label"
    bl_label = "Label"
    bl_order = 5
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What to read, then what was found."""
        layout, settings = self.layout, context.scene.coamd.label
        column = split_column(layout)
        column.prop(settings, "source")
        column.prop(settings, "words")
        if settings.words == "OWN":
            layout.prop(settings, "own_words", text="", icon="OUTLINER_OB_FONT", placeholder="walk, run, open a door")
        column = layout.column(align=True)
        column.prop(settings, "whole")
        draw_button(layout, context, session.current_of(LABEL), "coamd.label", "BOOKMARKS")
        listed = found_labels()
        done = listed_by(session.jobs, listed)
        if done is not None and len(listed.segments):
            _draw_list(layout, listed, done)
            _draw_places(layout, settings)
        draw_message(layout, context, LABEL)


def _draw_list(layout: Any, listed: Any, job: LabelJob) -> None:
    row = layout.row()
    row.template_list("COAMD_UL_labels", "", listed, "segments", listed, "segment", rows=5)
    column = row.column(align=True)
    column.operator("coamd.tick_labels", text="", icon="CHECKBOX_HLT").use = True
    column.operator("coamd.tick_labels", text="", icon="CHECKBOX_DEHLT").use = False
    item = listed.segments[listed.segment] if listed.segment < len(listed.segments) else None
    if item is None:
        return
    start, end = item.seconds
    layout.label(text=f"{job.found[item.take][0].name}, {start:.1f}-{end:.1f} s", icon="ACTION", translate=False)
    flow = layout.grid_flow(columns=2, align=True)
    for label in item.others.splitlines():
        flow.operator("coamd.choose_label", text=label, depress=label == item.label).label = label


def _draw_places(layout: Any, settings: Any) -> None:
    column = split_column(layout)
    column.prop(settings, "markers")
    column.prop(settings, "rename")
    column.prop(settings, "asset")
    column.prop(settings, "custom")
    column.prop(settings, "file", placeholder="none")
    column.prop(settings, "existing")
    row = layout.row()
    row.scale_y = 1.3
    row.operator("coamd.apply_labels", text="Apply", icon="CHECKMARK")


CLASSES = (COAMD_UL_labels, COAMD_PT_label)
