# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a result: look at it, go to the next one, take its prompt again, delete it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...rigs.errors import UserError
from .. import armature, results
from ..messages import ERROR, INFO
from ..timer import redraw


def _result(name: str, rig_object: Any | None) -> Any:
    """The action of that name, or the one on the character; UserError when there is none."""
    action = bpy.data.actions.get(name) if name else results.shown(rig_object)
    if action is None:
        raise UserError("This result is gone.", "Press Generate again with the same seed.", "take_gone")
    return action


class COAMD_OT_play_result(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Put this result on the character and play it from its beginning. The others are kept"""

    bl_idname = "coamd.play_result"
    bl_label = "Play Result"
    bl_options = {"UNDO"}

    action: StringProperty(name="Action", description="Name of the action. Empty: the one on the character")

    def execute(self, context: Any) -> set[str]:
        """Assign it, go to its first frame and start the playback, which background mode has not."""
        rig_object = armature.character(context)
        try:
            if rig_object is None:
                raise UserError("There is no character.", "Select an armature.", "no_armature")
            action = _result(self.action, rig_object)
            results.put_on(rig_object, action)
        except UserError as error:
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        screen = context.screen
        if screen is not None and not bpy.app.background:
            context.scene.frame_set(round(action.frame_range[0]))
            if not screen.is_animation_playing:
                bpy.ops.screen.animation_play()
        redraw()
        return {"FINISHED"}


class COAMD_OT_step_result(bpy.types.Operator):  # noqa: N801
    """Put the next or previous result on the character"""

    bl_idname = "coamd.step_result"
    bl_label = "Step Through Results"
    bl_options = {"UNDO"}

    way: EnumProperty(
        name="Way",
        description="Which of the results, in the order they were made",
        items=(
            ("NEXT", "Next", "The one made after it, or the first"),
            ("PREVIOUS", "Previous", "The one made before it, or the last"),
        ),
        default="NEXT",
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Whether there is a character."""
        return armature.character(context) is not None

    def execute(self, context: Any) -> set[str]:
        """Go round."""
        rig_object: Any = armature.character(context)
        made = results.of(rig_object.name)
        if not made:
            self.report({INFO}, "Nothing has been made for this character yet.")
            return {"CANCELLED"}
        now = results.shown(rig_object)
        step = 1 if self.way == "NEXT" else -1
        place = made.index(now) + step if now in made else 0 if step > 0 else -1
        try:
            results.put_on(rig_object, made[place % len(made)])
        except UserError as error:
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        redraw()
        return {"FINISHED"}


class COAMD_OT_recall_result(bpy.types.Operator):  # noqa: N801
    """Put the prompt and the seed that this result was made from back into the panel"""

    bl_idname = "coamd.recall_result"
    bl_label = "Take Its Prompt and Seed"
    bl_options = {"UNDO"}

    action: StringProperty(name="Action", description="Name of the action. Empty: the one on the character")

    def execute(self, context: Any) -> set[str]:
        """Into the settings of Generate, or of Edit for an edit."""
        try:
            note = _result(self.action, armature.character(context)).coamd
            if not note.made:
                raise UserError("This action was not made by CoAMD.", "Choose one of the results.", "not_ours")
        except UserError as error:
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        settings = context.scene.coamd if note.kind == "GENERATED" else context.scene.coamd.edit
        settings.prompt, settings.seed = note.prompt, note.seed
        return {"FINISHED"}


class COAMD_OT_delete_result(bpy.types.Operator):  # noqa: N801
    """Delete this result. The action that was on the character before comes back"""

    bl_idname = "coamd.delete_result"
    bl_label = "Delete Result"
    bl_options = {"UNDO"}

    action: StringProperty(name="Action", description="Name of the action. Empty: the one on the character")

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: Any) -> set[str]:
        """Remove it, if it is ours and nobody else's."""
        rig_object = armature.character(context)
        try:
            results.delete(_result(self.action, rig_object), rig_object)
        except UserError as error:
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_play_result, COAMD_OT_step_result, COAMD_OT_recall_result, COAMD_OT_delete_result)
