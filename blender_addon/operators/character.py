# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing the character: reading its mapping again, and adding the mannequin."""

from __future__ import annotations

from typing import Any

import bpy

from ..mannequin import add_mannequin
from ..mapping import forget
from ..timer import redraw


class COAMD_OT_check_character(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Read the character's bones again, after they were edited or renamed"""

    bl_idname = "coamd.check_character"
    bl_label = "Check Character"

    def execute(self, _context: Any) -> set[str]:
        forget()
        redraw()
        return {"FINISHED"}


class COAMD_OT_add_mannequin(bpy.types.Operator):  # noqa: N801
    """Add a mannequin to animate: an armature with Mixamo's bone names and a simple body"""

    bl_idname = "coamd.add_mannequin"
    bl_label = "Add Mannequin"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        return context.mode == "OBJECT"

    def execute(self, context: Any) -> set[str]:
        rig_object = add_mannequin(context.scene.collection, context.scene.cursor.location)
        for other in context.selected_objects:
            other.select_set(False)
        rig_object.select_set(True)
        context.view_layer.objects.active = rig_object
        context.scene.coamd.character = rig_object
        return {"FINISHED"}


CLASSES = (COAMD_OT_check_character, COAMD_OT_add_mannequin)
