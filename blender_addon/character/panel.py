# SPDX-License-Identifier: GPL-3.0-or-later
"""Character: who is animated, and how its bones were understood."""

from __future__ import annotations

from typing import Any

import bpy

from ...rigs.errors import UserError
from ..translations.sentences import sentence
from ..ui import notices
from ..ui.notices import ERROR, WARNING, Notice
from ..ui.tab import Tab, width
from . import armature, bone_choice
from .bone_mapping import LABELS, bones_by_role, mapping_of

_SIDES = ("Left", "Right")
_ROLE_WIDTH = 0.3  # of the panel, for the names of the roles
_OPTIONAL_CHAIN = ("spine4", "spine5", "spine6", "neck2", "neck3")  # listed where the rig has them


class COAMD_PT_character(Tab, bpy.types.Panel):  # noqa: N801
    """Who is animated and how its bones were understood."""

    bl_idname = "COAMD_PT_character"
    bl_label = "Character"
    bl_order = 1

    def draw_header_preset(self, context: Any) -> None:
        """At a glance: whether there is one, and whether its bones are known."""
        rig_object = armature.character(context)
        known = rig_object is not None and not isinstance(mapping_of(rig_object), UserError)
        self.layout.label(text="", icon="CHECKMARK" if known else "ERROR")

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
            notices.draw(layout, Notice(found.message, found.hint, ERROR), width(context))
            return
        column = layout.column(align=True)
        if context.scene.coamd.character != rig_object:  # else its name is in the field above
            column.label(text=rig_object.name, icon="ARMATURE_DATA", translate=False)
        of_joints = f"{found.family}, {found.score:.0%} of the joints found"
        notices.draw_text(column, sentence(of_joints), width(context), "CHECKMARK")
        chosen = len(bone_choice.chosen(rig_object))
        if chosen:
            column.label(text=f"{chosen} chosen by hand", icon="HAND")
        if found.missing:
            missing = ", ".join(LABELS[role].lower() for role in found.missing)
            notices.draw_text(column, sentence(f"Not there: {missing}"), width(context), "INFO")


class COAMD_PT_bones(Tab, armature.NeedsCharacter, bpy.types.Panel):  # noqa: N801
    """Which bone is which joint, to be changed by hand."""

    bl_idname = "COAMD_PT_bones"
    bl_label = "Bones"
    bl_parent_id = "COAMD_PT_character"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        layout = self.layout
        rig_object: Any = armature.character(context)
        bones = bones_by_role(rig_object)
        for side in ("", *_SIDES):
            column = layout.column(align=True)
            if side:
                column.label(text=side)
            for role, label in LABELS.items():
                of_side = next((name for name in _SIDES if label.startswith(f"{name} ")), "")
                if of_side != side or (role in _OPTIONAL_CHAIN and role not in bones):
                    continue
                # Short names of the roles leave room for longer names of bones in the narrow sidebar.
                row = column.split(factor=_ROLE_WIDTH, align=True)
                row.label(text=label.removeprefix(f"{side} "))
                row.prop_search(rig_object.coamd_bones, role, rig_object.data, "bones", text="")
        row = layout.row(align=True)
        row.operator("coamd.detect_bones", icon="FILE_REFRESH")
        row.operator("coamd.save_preset", icon="ADD")
        for preset in bone_choice.own.values():
            row = layout.row(align=True)
            row.label(text=preset.family, icon="PRESET")
            row.operator("coamd.remove_preset", text="", icon="X").name = preset.family
        for error in bone_choice.broken:
            notices.draw(layout, Notice(error.message, error.hint, WARNING), width(context))


CLASSES = (COAMD_PT_character, COAMD_PT_bones)
