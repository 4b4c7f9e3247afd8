# SPDX-License-Identifier: GPL-3.0-or-later
"""Character: who is animated, and how its bones were understood."""

from __future__ import annotations

from typing import Any

import bpy

from ...rigs.errors import UserError
from .. import armature, messages
from ..mapping import mapping_of
from ..messages import ERROR, Message
from .tab import Tab, width

_WORDS = {"pelvis": "hips"}


class COAMD_PT_character(Tab, bpy.types.Panel):  # noqa: N801
    """Who is animated and how its bones were understood."""

    bl_idname = "COAMD_PT_character"
    bl_label = "Character"
    bl_order = 1

    def draw(self, context: Any) -> None:
        layout = self.layout
        row = layout.row(align=True)
        row.prop(context.scene.coamd, "character", text="")
        row.operator("coamd.check_character", text="", icon="FILE_REFRESH")
        rig_object = armature.character(context)
        if rig_object is None:
            layout.label(text="Select an armature", icon="INFO")
            layout.operator("coamd.add_mannequin", icon="OUTLINER_OB_ARMATURE")
            return
        found = mapping_of(rig_object)
        if isinstance(found, UserError):
            messages.draw(layout, Message(found.message, found.hint, ERROR), width(context))
            return
        column = layout.column(align=True)
        column.label(text=rig_object.name, icon="ARMATURE_DATA")
        column.label(text=f"{found.family}, {found.score:.0%} of the joints found", icon="CHECKMARK")
        if found.missing:
            missing = ", ".join(_WORDS.get(name, name).replace("_", " ") for name in found.missing)
            column.label(text=f"Not there: {missing}", icon="INFO")


CLASSES = (COAMD_PT_character,)
