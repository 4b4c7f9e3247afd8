# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops the add-on from touching the character for now: renders, transforms, modes. A job waits until it ends."""

from __future__ import annotations

import bpy

from .tasks import READING, Task


def obstacle(job: Task) -> str:
    """What has to end first, as the job's phase; empty if nothing. Takes microseconds."""
    if bpy.app.is_job_running("RENDER"):
        return "waiting for the render to end"  # its thread reads what would be written
    # An undo step in the middle of it would keep half of the transform.
    modal = (operator for window in bpy.context.window_manager.windows for operator in window.modal_operators)
    looking = job.state == READING and not job.looks_at_poses
    if not looking and any(operator.bl_idname.startswith("TRANSFORM_OT_") for operator in modal):
        return "waiting for the transform to end"
    rig_object = bpy.data.objects.get(job.character)
    if rig_object is None:
        return ""
    if rig_object.mode == "EDIT":
        return "waiting for you to leave Edit Mode"
    data = rig_object.animation_data
    if data is not None and data.use_tweak_mode and not job.writes_in_tweak_mode:
        return "waiting for you to leave the NLA's tweak mode"
    return ""
