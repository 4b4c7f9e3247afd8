# SPDX-License-Identifier: GPL-3.0-or-later
"""Choosing the character and its bones: reading them again, presets of the user's own, and the mannequin."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from bpy.props import StringProperty

from ...rigs.errors import UserError
from ..session.timer import redraw
from ..ui.notices import INFO
from ..ui.reporting import reporting
from . import armature, bone_choice
from .bone_mapping import forget, mapping_of
from .mannequin import add_mannequin
from .placement import beside, boxes_of


class COAMD_OT_check_character(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Read the character's bones again, after they were edited or renamed"""

    bl_idname = "coamd.check_character"
    bl_label = "Check Character"

    def execute(self, _context: Any) -> set[str]:
        bone_choice.load()
        forget()
        redraw()
        return {"FINISHED"}


class COAMD_OT_detect_bones(armature.NeedsCharacter, bpy.types.Operator):  # noqa: N801
    """Find the bones of the joints again, and forget those that were chosen by hand"""

    bl_idname = "coamd.detect_bones"
    bl_label = "Detect Again"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        bone_choice.forget_choice(armature.character(context))
        return COAMD_OT_check_character.execute(self, context)


class COAMD_OT_save_preset(bpy.types.Operator):  # noqa: N801
    """Save these bones as a preset of your own, which is tried first on every rig"""

    bl_idname = "coamd.save_preset"
    bl_label = "Save Preset"

    name: StringProperty(
        name="Name", description="What the preset is called. A preset of the same name is replaced", default=""
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        rig_object = armature.character(context)
        return rig_object is not None and not isinstance(mapping_of(rig_object), UserError)

    def invoke(self, context: Any, _event: Any) -> set[str]:
        rig_object: Any = armature.character(context)
        self.name = self.name or rig_object.name
        return context.window_manager.invoke_props_dialog(self)

    @reporting
    def execute(self, context: Any) -> set[str]:
        rig_object: Any = armature.character(context)
        found = mapping_of(rig_object)
        if isinstance(found, UserError):
            raise found
        path = bone_choice.save(self.name or rig_object.name, found)
        self.report({INFO}, f"The preset is in {path}.")
        forget()
        redraw()
        return {"FINISHED"}


class COAMD_OT_remove_preset(bpy.types.Operator):  # noqa: N801
    """Delete a preset of your own"""

    bl_idname = "coamd.remove_preset"
    bl_label = "Remove Preset"

    name: StringProperty(name="Name", description="The preset to delete", default="")

    def invoke(self, context: Any, event: Any) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        bone_choice.remove(self.name)
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
        place = beside(boxes_of(context), np.array(context.scene.cursor.location))
        rig_object = add_mannequin(context.scene.collection, tuple(place))
        for other in context.selected_objects:
            other.select_set(False)
        rig_object.select_set(True)
        context.view_layer.objects.active = rig_object
        context.scene.coamd.character = rig_object
        return {"FINISHED"}


CLASSES = (
    COAMD_OT_check_character,
    COAMD_OT_detect_bones,
    COAMD_OT_save_preset,
    COAMD_OT_remove_preset,
    COAMD_OT_add_mannequin,
)
