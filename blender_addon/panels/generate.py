# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: prompt, length, seed, and the button."""

from __future__ import annotations

from typing import Any

import bpy

from .. import armature, prompts
from ..messages import GENERATE
from ..timer import session
from .tab import Tab, draw_message, draw_progress, split_column

_MENU_LETTERS = 60  # of a prompt in the menu; its tool tip has it all


class COAMD_MT_prompts(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """Favourite prompts and those of before."""

    bl_idname = "COAMD_MT_prompts"
    bl_label = "Prompts"

    def draw(self, _context: Any) -> None:
        """Favourites first."""
        layout = self.layout
        for texts, icon in ((prompts.favourites, "SOLO_ON"), (prompts.recent, "TIME")):
            for text in texts:
                short = text if len(text) <= _MENU_LETTERS else text[: _MENU_LETTERS - 1] + "…"
                layout.operator("coamd.use_prompt", text=short, icon=icon, translate=False).prompt = text
            if texts:
                layout.separator()
        if not (prompts.favourites or prompts.recent):
            layout.label(text="Your prompts will be here")
        elif prompts.recent:
            layout.operator("coamd.clear_prompts", icon="TRASH")


class COAMD_PT_generate(Tab, bpy.types.Panel):  # noqa: N801
    """Prompt, length, seed, and the button."""

    bl_idname = "COAMD_PT_generate"
    bl_label = "Generate"
    bl_order = 0

    def draw_header_preset(self, context: Any) -> None:
        """Favourites and prompts of before, where Blender's panels have their presets."""
        row = self.layout.row(align=True)
        kept = context.scene.coamd.prompt.strip() in prompts.favourites
        row.operator("coamd.favourite_prompt", text="", icon="SOLO_ON" if kept else "SOLO_OFF", emboss=False)
        row.menu("COAMD_MT_prompts", text="", icon="PRESET")

    def draw(self, context: Any) -> None:
        """What must be known, then the button, then what came of it."""
        layout, settings = self.layout, context.scene.coamd
        layout.prop(settings, "prompt", text="", placeholder="a person walks forward")
        column = split_column(layout)
        column.prop(settings, "seconds")
        column.prop(settings, "seed")
        column.prop(settings, "variations")
        column.prop(settings, "candidates")
        job = session.current_of(GENERATE)
        if job is None:
            row = layout.row(align=True)
            row.scale_y = 1.6
            if armature.character(context) is None and not armature.any_in(context.scene):
                row.operator("coamd.generate", text="Generate on a Mannequin", icon="ARMATURE_DATA").mannequin = True
            else:
                row.operator("coamd.generate", icon="ARMATURE_DATA")
                row.operator("coamd.generate", text="", icon="FILE_REFRESH").another = True
        else:
            draw_progress(layout, job)
        draw_message(layout, context, GENERATE, "")


class COAMD_PT_rig_keys(Tab, bpy.types.Panel):  # noqa: N801
    """How the motion is put on the rig, and which keys are written."""

    bl_idname = "COAMD_PT_rig_keys"
    bl_label = "Rig and Keys"
    bl_parent_id = "COAMD_PT_generate"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What rarely changes."""
        layout, settings = self.layout, context.scene.coamd
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(settings, "foot_lock", slider=True)
        layout.prop(settings, "root")
        layout.row().prop(settings, "limbs", expand=True)
        layout.prop(settings, "reduce_keys")
        column = layout.column(align=True)
        column.active = settings.reduce_keys
        column.prop(settings, "rotation_error")
        column.prop(settings, "location_error")
        column = layout.column()
        column.prop(settings, "extend_range")
        column.prop(settings, "preview")


CLASSES = (COAMD_MT_prompts, COAMD_PT_generate, COAMD_PT_rig_keys)
