# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: prompt, length, seed, the button, and the takes that came of it."""

from __future__ import annotations

from typing import Any

import bpy

from .. import messages
from ..jobs import DONE
from ..timer import session
from .tab import Tab, draw_progress, width


class COAMD_PT_generate(Tab, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
    """Prompt, length, seed, and the button."""

    bl_idname = "COAMD_PT_generate"
    bl_label = "Generate"
    bl_order = 0

    def draw(self, context: Any) -> None:
        layout, settings = self.layout, context.scene.coamd
        layout.prop(settings, "prompt", text="", icon="OUTLINER_OB_SPEAKER", placeholder="a person walks forward")
        column = layout.column(align=True)
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "seconds")
        column.prop(settings, "seed")
        column.prop(settings, "variations")
        column.prop(settings, "extend_range")
        job = session.current
        if job is None:
            row = layout.row()
            row.scale_y = 1.6
            row.operator("coamd.generate", icon="ARMATURE_DATA")
        else:
            draw_progress(layout, job)
        if session.message is not None:
            messages.draw(layout, session.message, width(context))
        _draw_takes(layout)


class COAMD_PT_rig_keys(Tab, bpy.types.Panel):  # noqa: N801
    """How the motion is put on the rig, and which keys are written."""

    bl_idname = "COAMD_PT_rig_keys"
    bl_label = "Rig and Keys"
    bl_parent_id = "COAMD_PT_generate"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        layout, settings = self.layout, context.scene.coamd
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "foot_lock", slider=True)
        layout.prop(settings, "root")
        layout.row().prop(settings, "limbs", expand=True)
        layout.prop(settings, "reduce_keys")
        column = layout.column(align=True)
        column.enabled = settings.reduce_keys
        column.prop(settings, "rotation_error")
        column.prop(settings, "location_error")


def _draw_takes(layout: Any) -> None:
    """One button per take of the last result that had several."""
    job = session.jobs[-1] if session.jobs else None
    if job is None or job.state != DONE or len(job.actions) < 2:
        return
    rig_object = bpy.data.objects.get(job.order.character)
    data = rig_object.animation_data if rig_object else None
    current = data.action.name if data and data.action else ""
    row = layout.row(align=True)
    row.label(text="Take")
    for number, name in enumerate(job.actions, 1):
        operator = row.operator("coamd.use_take", text=str(number), depress=name == current)
        operator.character, operator.action = job.order.character, name


CLASSES = (COAMD_PT_generate, COAMD_PT_rig_keys)
