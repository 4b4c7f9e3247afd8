# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits the character's own motion: from the panel to a job, and from its result to keys.

Scripts set ``scene.coamd.edit`` and call ``bpy.ops.coamd.edit(wait=True)``::

    edit = bpy.context.scene.coamd.edit
    edit.mode, edit.range_from, edit.frame_start, edit.frame_end = "REGENERATE", "TYPED", 20, 60
    edit.prompt, edit.left_leg, edit.right_leg = "waves with the right hand", False, False
    bpy.ops.coamd.edit(wait=True)
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty

from ...rigs.errors import UserError
from ..keys import source_action
from ..keys.scene_time import playhead
from ..session.queueing import PanelButton, queueing, wait_property
from ..session.tasks import Task
from ..session.timer import redraw, session
from ..ui.notices import EDIT, ERROR
from ..ui.reporting import reporting
from . import frame_range
from . import order as edit_order
from . import result as edit_result
from .task import EditJob


class COAMD_OT_edit(PanelButton, bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Change the chosen frames and body parts of the character's own action. All else stays as it is"""

    bl_idname = "coamd.edit"
    bl_label = "Edit"

    wait: wait_property("Return only when the keys are written (for scripts and background mode)")

    @queueing(EDIT)
    def execute(self, context: Any) -> Task:
        """The edit that the panel asks for."""
        rig_object, rig, mapping = edit_order.character(context)
        order, mapping = edit_order.read(context, rig_object, rig, mapping)
        return EditJob(order, rig, mapping)


class COAMD_OT_apply_edit(bpy.types.Operator):  # noqa: N801
    """Write a finished edit. Called by the session"""

    bl_idname = "coamd.apply_edit"
    bl_label = "Edit Motion"
    bl_options = {"UNDO", "INTERNAL"}

    job: IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, _context: Any) -> set[str]:
        """Write it, all or nothing."""
        try:
            job = session.job(self.job)
            assert isinstance(job, EditJob)
            edit_result.write(job)
        except UserError as error:
            job.refusal = error
            self.report({ERROR}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class COAMD_OT_show_edit(bpy.types.Operator):  # noqa: N801
    """Show the character as it was before the edit, or one of the variations. The others are kept"""

    bl_idname = "coamd.show_edit"
    bl_label = "Show Edit"
    bl_options = {"UNDO"}

    take: IntProperty(name="Take", description="0 is before the edit, 1 the first variation", default=0, min=0)

    @reporting
    def execute(self, _context: Any) -> set[str]:
        """Put it on the character."""
        job = edit_result.last_edit(session.jobs)
        if job is None:
            raise UserError("There is no edit to show.", "Press Edit first.", "no_edit")
        edit_result.show(job, self.take)
        redraw()
        return {"FINISHED"}


class COAMD_OT_edit_range(bpy.types.Operator):  # noqa: N801
    """Type in the frames that are selected, or those of the preview range"""

    bl_idname = "coamd.edit_range"
    bl_label = "Take Frames"
    bl_options = {"UNDO"}

    source: EnumProperty(
        name="From",
        description="Where to take the frames from",
        items=(
            ("SELECTED", "Selected Keys", "From the first to the last selected key"),
            ("PREVIEW", "Preview Range", "The preview range of the timeline"),
            ("ACTION", "Action", "All keys of the action"),
        ),
        default="SELECTED",
    )

    @reporting
    def execute(self, context: Any) -> set[str]:
        """Write start and end into the settings."""
        settings = context.scene.coamd.edit
        rig_object, _, _ = edit_order.character(context)
        source = source_action.find(rig_object)
        start, end = frame_range.frames_of(context.scene, rig_object, source, self.source, playhead(context.scene))
        settings.range_from, settings.frame_start, settings.frame_end = "TYPED", start, end
        return {"FINISHED"}


CLASSES = (
    COAMD_OT_edit,
    COAMD_OT_apply_edit,
    COAMD_OT_show_edit,
    COAMD_OT_edit_range,
)
