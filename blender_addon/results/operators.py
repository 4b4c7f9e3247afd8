# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with a result: look at it, go to the next one, take its prompt again, delete it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty

from ...rigs.errors import UserError
from ..character import armature
from ..session.timer import redraw
from ..teach.chosen_models import names_in, put
from ..ui.notices import INFO
from ..ui.reporting import reporting
from . import playback, results
from .key_selection import select_between, select_bones


def _result(name: str, rig_object: Any | None) -> Any:
    """The action of that name, or the one on the character; UserError when there is none."""
    action = bpy.data.actions.get(name) if name else results.current_action(rig_object)
    if action is None:
        raise UserError("This result no longer exists.", "Press Generate again with the same seed.", "take_gone")
    return action


class COAMD_OT_play_result(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Put this result on the character and play it from its beginning. The others are kept"""

    bl_idname = "coamd.play_result"
    bl_label = "Play Result"
    bl_options = {"UNDO"}

    action: StringProperty(name="Action", description="Name of the action. Empty: the one on the character")

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Assign it, go to its first frame and start the playback, which background mode has not."""
        rig_object = armature.character(context)
        if rig_object is None:
            raise UserError("There is no character.", "Select an armature.", "no_armature")
        action = _result(self.action, rig_object)
        results.put_on(rig_object, action)
        note = action.coamd
        playback.play(context.scene, note.first if note.made else round(action.frame_range[0]))
        redraw()
        return {"FINISHED"}


class COAMD_OT_step_result(armature.NeedsCharacter, bpy.types.Operator):  # noqa: N801
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

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Go round."""
        rig_object: Any = armature.character(context)
        made = results.of(rig_object.name)
        if not made:
            self.report({INFO}, "Nothing has been made for this character yet.")
            return {"CANCELLED"}
        now = results.current_action(rig_object)
        step = 1 if self.way == "NEXT" else -1
        place = made.index(now) + step if now in made else 0 if step > 0 else -1
        results.put_on(rig_object, made[place % len(made)])
        redraw()
        return {"FINISHED"}


class COAMD_OT_recall_result(bpy.types.Operator):  # noqa: N801
    """Put the prompt, the seed and the model that this result was made from back into the panel"""

    bl_idname = "coamd.recall_result"
    bl_label = "Use Its Prompt, Seed and Model"
    bl_options = {"UNDO"}

    action: StringProperty(name="Action", description="Name of the action. Empty: the one on the character")

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Into the settings of Generate, or of Edit for an edit."""
        note = _result(self.action, armature.character(context)).coamd
        if not note.made:
            raise UserError("This action was not made by CoAMD.", "Choose one of the results.", "not_ours")
        settings = context.scene.coamd if note.kind == "GENERATED" else context.scene.coamd.edit
        settings.prompt, settings.seed = note.prompt, note.seed
        put(context.scene.coamd.models, names_in(note.models))
        redraw()
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

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Remove it, if it is ours and nobody else's."""
        rig_object = armature.character(context)
        results.delete(_result(self.action, rig_object), rig_object)
        redraw()
        return {"FINISHED"}


class COAMD_OT_select_keys(bpy.types.Operator):  # noqa: N801
    """Select the keys that were made, and their bones, so that the Timeline and the Dope Sheet show them"""

    bl_idname = "coamd.select_keys"
    bl_label = "Select Keys"
    bl_options = {"REGISTER", "UNDO"}

    action: StringProperty(name="Action", description="Name of the action. Empty: the one on the character")

    @reporting
    def execute(self, context: Any) -> set[str]:
        """All that lie in the frames that were made; all others are deselected."""
        rig_object = armature.character(context)
        action = _result(self.action, rig_object)
        note = action.coamd
        bones = select_between(action, note.first if note.made else None, note.last if note.made else None)
        if rig_object is not None:
            select_bones(rig_object, bones)
        redraw()
        return {"FINISHED"}


CLASSES = (
    COAMD_OT_play_result,
    COAMD_OT_step_result,
    COAMD_OT_recall_result,
    COAMD_OT_delete_result,
    COAMD_OT_select_keys,
)
