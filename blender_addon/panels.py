# SPDX-License-Identifier: GPL-3.0-or-later
"""The "CoAMD" tab in the 3D viewport's sidebar."""

from __future__ import annotations

from typing import Any

import bpy

from ..rigs.errors import UserError
from . import armature, messages
from .jobs import DONE, Job
from .link import FAILED, LAUNCHING, OFF, READY, SEARCHING, STARTING
from .mapping import mapping_of
from .messages import ERROR, Message
from .timer import session

_STATES = {
    OFF: ("Not running", "RADIOBUT_OFF"),
    SEARCHING: ("Looking for Python", "SORTTIME"),
    LAUNCHING: ("Starting", "SORTTIME"),
    STARTING: ("Loading the model", "SORTTIME"),
    READY: ("Ready", "RADIOBUT_ON"),
    FAILED: ("Failed", "CANCEL"),
}
_WORDS = {"pelvis": "hips"}


def _width(context: Any) -> float:
    """Width of the sidebar in units of the interface scale, which is 0 where there is no window."""
    return context.region.width / (context.preferences.system.ui_scale or 1.0)


class _Panel:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "CoAMD"


class COAMD_PT_generate(_Panel, bpy.types.Panel):  # noqa: N801 (Blender's naming rule)
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
            _draw_progress(layout, job)
        if session.message is not None:
            messages.draw(layout, session.message, _width(context))
        _draw_takes(layout)


def _draw_progress(layout: Any, job: Job) -> None:
    text = job.phase if not job.of else f"{job.phase} {job.step}/{job.of}"
    row = layout.row(align=True)
    row.scale_y = 1.6
    row.progress(factor=job.factor, text=text[:1].upper() + text[1:])
    row.operator("coamd.cancel", text="", icon="X")


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


class COAMD_PT_character(_Panel, bpy.types.Panel):  # noqa: N801
    """Who is animated and how its bones were understood."""

    bl_idname = "COAMD_PT_character"
    bl_label = "Character"
    bl_order = 1

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
            messages.draw(layout, Message(found.message, found.hint, ERROR), _width(context))
            return
        column = layout.column(align=True)
        column.label(text=rig_object.name, icon="ARMATURE_DATA")
        column.label(text=f"{found.family}, {found.score:.0%} of the joints found", icon="CHECKMARK")
        if found.missing:
            missing = ", ".join(_WORDS.get(name, name).replace("_", " ") for name in found.missing)
            column.label(text=f"Not there: {missing}", icon="INFO")


class COAMD_PT_backend(_Panel, bpy.types.Panel):  # noqa: N801
    """The process with the model."""

    bl_idname = "COAMD_PT_backend"
    bl_label = "Backend"
    bl_order = 2

    def draw(self, _context: Any) -> None:
        layout, link = self.layout, session.link
        text, icon = _STATES[link.state]
        if link.state == READY:
            text = f"{link.model or 'Ready'} on {link.device}"
        layout.label(text=text, icon=icon)
        row = layout.row(align=True)
        if link.running:
            row.operator("coamd.stop_backend", icon="PAUSE")
        else:
            row.operator("coamd.start_backend", icon="PLAY")
        row.operator("coamd.copy_log", text="", icon="COPYDOWN")


CLASSES = (COAMD_PT_generate, COAMD_PT_character, COAMD_PT_backend)
