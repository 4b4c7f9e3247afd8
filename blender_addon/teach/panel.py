# SPDX-License-Identifier: GPL-3.0-or-later
"""Teach: which takes, their words, a name, the button, and the models that are there."""

from __future__ import annotations

import math
from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface

from ...backend.requests.lesson import seconds_needed
from ..session.timer import session
from ..ui.notices import TEACH
from ..ui.tab import Tab, draw_message, draw_progress, split_column
from .model_choice import draw_model
from .operators import teaching, wordless
from .settings import listed_examples


class COAMD_UL_examples(bpy.types.UIList):  # noqa: N801 (Blender's naming rule)
    """Takes with a tick, their words and their length."""

    bl_idname = "COAMD_UL_examples"

    def draw_item(
        self, _context: Any, layout: Any, _data: Any, item: Any, _icon: Any, _active: Any, _prop: Any, _index: Any = 0
    ) -> None:
        """One row: tick, words, length."""
        row = layout.row(align=True)
        row.prop(item, "use", text="")
        row.prop(item, "words", text="", emboss=False, placeholder="what happens")
        length = row.row()
        length.ui_units_x = 2.4
        length.alignment = "RIGHT"
        length.label(text=f"{item.seconds:.1f} s", translate=False)


class COAMD_PT_teach(Tab, bpy.types.Panel):  # noqa: N801
    """Show the model takes, so that it makes more of them."""

    bl_idname = "COAMD_PT_teach"
    bl_label = "Teach"
    bl_order = 7
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Takes and words, then name and button, then the models."""
        layout, settings = self.layout, context.scene.coamd.teach
        row = layout.row(align=True)
        row.prop(settings, "source", text="")
        row.operator("coamd.list_examples", icon="FILE_REFRESH")
        listed = listed_examples()
        if len(listed.examples):
            layout.template_list("COAMD_UL_examples", "", listed, "examples", listed, "example", rows=5)
            _draw_chosen(layout, listed)
            if wordless():
                layout.operator("coamd.suggest_words", icon="VIEWZOOM")
        column = split_column(layout)
        column.prop(settings, "name", placeholder="Hero moves")
        column.prop(settings, "mirror")
        job = session.current_of(TEACH)
        if job is None:
            row = layout.row()
            row.scale_y = 1.6
            row.operator("coamd.teach", icon="OUTLINER_DATA_ARMATURE")
        else:
            draw_progress(layout, context, job)
            if teaching() is not None:
                layout.operator("coamd.enough", icon="CHECKMARK")
        row = layout.row(align=True)
        draw_model(row, context)
        row.menu("COAMD_MT_model_actions", text="", icon="DOWNARROW_HLT")
        draw_message(layout, context, TEACH)


def _draw_chosen(layout: Any, listed: Any) -> None:
    """The chosen take's name, and about how long all that are ticked take."""
    if listed.example < len(listed.examples):
        layout.label(text=listed.examples[listed.example].take, icon="ACTION", translate=False)
    used = [example for example in listed.examples if example.use]
    actions = len({example.words.split(";")[0].strip() for example in used})
    minutes = math.ceil(seconds_needed(sum(example.seconds for example in used), max(1, actions)) / 60)
    layout.label(text=iface("Learning takes about {} min").format(minutes), icon="TIME", translate=False)


CLASSES = (COAMD_UL_examples, COAMD_PT_teach)
