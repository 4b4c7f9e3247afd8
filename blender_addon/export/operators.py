# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing results to files."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ...rigs.errors import UserError
from ..character import armature
from ..results import results
from ..session.queueing import PanelButton, queued, refusing, wait_property
from ..session.tasks import FAILED
from ..session.timer import redraw
from ..ui.notices import EXPORT
from .order import kept_results, order_of
from .task import ExportJob


class COAMD_OT_export(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Write results to files for game engines and other programs. The scene stays exactly as it is"""

    bl_idname = "coamd.export"
    bl_label = "Export"

    which: EnumProperty(
        name="Which",
        description="Which of the character's results",
        items=(
            ("ONE", "One", "The one on the character, or the action that is named"),
            ("KEPT", "All Kept", "All that the file keeps, each to a file of its own"),
        ),
        default="ONE",
        options={"SKIP_SAVE"},
    )
    action: StringProperty(
        name="Action", description="Name of the action. Empty: the one on the character", options={"SKIP_SAVE"}
    )
    directory: StringProperty(
        name="Folder",
        description="Where the files go. Empty: the folder of the panel",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )
    wait: wait_property()

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """What this button does."""
        if properties.which == "KEPT":
            return "Write each result that the file keeps to a file of its own. The scene stays exactly as it is"
        return cls.__doc__ or ""

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the folder where none is chosen yet, and remember it."""
        if self.directory or context.scene.coamd.export.folder or context.window is None:
            return super().invoke(context, event)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, _context: Any) -> None:
        """Nothing beside the folders of the file browser: the panel has the choices, and the rest is for scripts."""

    @refusing(EXPORT)
    def execute(self, context: Any) -> set[str]:
        """Copy the character, and let a Blender in the background write the files."""
        settings = context.scene.coamd.export
        if self.directory and not settings.folder:
            settings.folder = self.directory
        order, rig_object = order_of(context, self._chosen(context), self.directory)
        job = ExportJob(order)
        try:
            job.begin(rig_object)
        except BaseException:
            job.end(FAILED)
            raise
        return queued(self, job, self.wait, needs_backend=False)

    def _chosen(self, context: Any) -> list[Any]:
        rig_object = armature.character(context)
        if self.which == "KEPT":
            if rig_object is None:
                raise UserError("There is no character to export.", "Select an armature.", "no_armature")
            return kept_results(rig_object)
        action = bpy.data.actions.get(self.action) if self.action else results.current_action(rig_object)
        if self.action and action is None:
            raise UserError(f"There is no action “{self.action}”.", "Choose one of the results.", "take_gone")
        if rig_object is None and action is None:
            raise UserError("There is no character to export.", "Select an armature.", "no_armature")
        return [action] if action is not None else []


class COAMD_OT_show_exported(bpy.types.Operator):  # noqa: N801
    """Say that the files are written. Called by the session"""

    bl_idname = "coamd.show_exported"
    bl_label = "Show Exported Files"
    bl_options = {"INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """The job's own sentence says where they are."""
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_export, COAMD_OT_show_exported)
