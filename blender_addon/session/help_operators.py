# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons that help when something went wrong: remedies of messages, and the report."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty

from ..character import armature
from ..preferences import PACKAGE
from ..ui.notices import INFO
from .problem_report import compose
from .timer import redraw, session


class COAMD_OT_copy_report(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Copy versions, device, the last error and the end of the log to the clipboard, to ask somebody for help"""

    bl_idname = "coamd.copy_report"
    bl_label = "Copy Report"

    private: BoolProperty(
        name="With Prompts, Names and Paths",
        description="Also copy what you typed, the names of objects and actions, and where your files are",
        default=False,
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Let the user choose what is in it."""
        return context.window_manager.invoke_props_dialog(self, width=320)

    def draw(self, _context: Any) -> None:
        """Draw the dialog."""
        column = self.layout.column()
        column.label(text="Versions, device, last error, end of the log.", icon="INFO")
        column.prop(self, "private")

    def execute(self, context: Any) -> set[str]:
        """Into the clipboard."""
        context.window_manager.clipboard = compose(session, self.private, context.scene.coamd)
        self.report({INFO}, "The report is on the clipboard.")
        return {"FINISHED"}


class COAMD_OT_leave_mode(armature.NeedsCharacter, bpy.types.Operator):  # noqa: N801
    """Leave what keeps the character from being animated: Edit Mode, an NLA strip's tweak mode, or its rest position"""

    bl_idname = "coamd.leave_mode"
    bl_label = "Make Character Ready"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Leave all three."""
        rig_object: Any = armature.character(context)
        if rig_object.mode == "EDIT":
            bpy.ops.object.mode_set(mode="OBJECT")
        data = rig_object.animation_data
        if data is not None and data.use_tweak_mode:
            data.use_tweak_mode = False
        rig_object.data.pose_position = "POSE"
        session.message = None
        redraw()
        return {"FINISHED"}


class COAMD_OT_open_preferences(bpy.types.Operator):  # noqa: N801
    """Open the preferences of CoAMD Motion"""

    bl_idname = "coamd.open_preferences"
    bl_label = "Open CoAMD Preferences"

    def execute(self, context: Any) -> set[str]:
        """The add-on's own section; the list of all add-ons when it runs from a checkout."""
        if context.preferences.addons.get(PACKAGE) is not None:
            bpy.ops.preferences.addon_show(module=PACKAGE)
        else:
            bpy.ops.screen.userpref_show(section="ADDONS")
        return {"FINISHED"}


CLASSES = (COAMD_OT_copy_report, COAMD_OT_leave_mode, COAMD_OT_open_preferences)
