# SPDX-License-Identifier: GPL-3.0-or-later
"""Results: what was made for the character, to look at, keep or delete."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface

from ..character import armature
from ..teach.chosen_models import names_in, shown
from ..ui.tab import Tab
from . import results

_ROWS = 4


class COAMD_PT_results(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """The motions made for this character. The chosen row is on it."""

    bl_idname = "COAMD_PT_results"
    bl_label = "Results"
    bl_order = 3

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only where there is something to show."""
        rig_object = armature.character(context)
        return rig_object is not None and any(results.is_of(action, rig_object.name) for action in bpy.data.actions)

    def draw(self, context: Any) -> None:
        """The list, and what concerns the chosen one."""
        layout = self.layout
        rows = {"rows": _ROWS, "maxrows": 8}
        layout.template_list("COAMD_UL_results", "", bpy.data, "actions", context.scene, "coamd_result", **rows)
        action = results.current_action(armature.character(context))
        if action is None or not action.coamd.made:
            return
        row = layout.row(align=True)
        row.prop(action, "name", text="")
        row.operator("coamd.delete_result", text="", icon="TRASH").action = action.name
        note = action.coamd
        if note.bones:
            row = layout.row(align=True)
            keyed = iface("Frames {} to {}, {} bones").format(note.first, note.last, note.bones)
            row.label(text=keyed, icon="KEYFRAME", translate=False)
            row.operator("coamd.select_keys", text="", icon="RESTRICT_SELECT_OFF").action = action.name
            row.operator("coamd.push_down", text="", icon="NLA_PUSHDOWN")
        if note.models:
            layout.label(text=shown(names_in(note.models)), icon="OUTLINER_DATA_ARMATURE", translate=False)
        layout.operator("coamd.recall_result", icon="RECOVER_LAST").action = action.name


CLASSES = (COAMD_PT_results,)
