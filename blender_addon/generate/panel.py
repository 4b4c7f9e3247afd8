# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: prompt, length, seed, and the button."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface

from ...rigs.body.skeleton import FPS
from ..character import armature
from ..find import offer
from ..keys.scene_time import playhead, rate
from ..live.operators import draw as draw_live
from ..results import results
from ..session.timer import session
from ..teach.model_choice import draw_model
from ..ui import notices
from ..ui.notices import GENERATE, WARNING, Notice
from ..ui.tab import Tab, draw_message, draw_queue, split_column, width
from . import prompt_history, steps
from .prompt_language import is_english
from .prompt_steps import count as steps_in

NOT_ENGLISH = "The model reads English alone. Say it in English, for example “a person walks forward”."


class COAMD_PT_generate(Tab, bpy.types.Panel):  # noqa: N801
    """Prompt, length, seed, and the button."""

    bl_idname = "COAMD_PT_generate"
    bl_label = "Generate"
    bl_order = 2

    def draw_header_preset(self, context: Any) -> None:
        """Favourites and prompts of before, where Blender's panels have their presets."""
        row = self.layout.row(align=True)
        kept = context.scene.coamd.prompt.strip() in prompt_history.favourites
        row.operator("coamd.favourite_prompt", text="", icon="SOLO_ON" if kept else "SOLO_OFF", emboss=False)
        row.menu("COAMD_MT_prompts", text="", icon="PRESET")

    def draw(self, context: Any) -> None:
        """What must be known, then the button, then what came of it."""
        layout, settings = self.layout, context.scene.coamd
        _draw_prompt(layout, context)
        column = split_column(layout)
        if not settings.use_steps:
            column.prop(settings, "seconds")
        column.prop(settings, "seed")
        column.prop(settings, "start")
        column.prop(settings, "variations")
        column.prop(settings, "quality")
        column.prop(settings, "reduce_keys")
        draw_model(layout, context)
        _draw_frames(layout, context)
        rig_object = armature.character(context)
        character = "" if rig_object is None else rig_object.name
        if not draw_queue(layout, context, session.going(GENERATE), character):
            _draw_buttons(layout, context)
        draw_live(layout, context, GENERATE)
        draw_message(layout, context, GENERATE, "")
        offer.draw(layout, context)


def _draw_buttons(layout: Any, context: Any) -> None:
    """Generate, for one character or all that are selected; another take; play."""
    selected = armature.selected(context)
    row = layout.row(align=True)
    row.scale_y = 1.6
    if armature.character(context) is None and not armature.any_in(context.scene):
        row.operator("coamd.generate", text="Generate on a Mannequin", icon="ARMATURE_DATA").mannequin = True
    elif len(selected) > 1:
        text = iface("Generate on {} Characters").format(len(selected))
        row.operator("coamd.generate", text=text, icon="COMMUNITY", translate=False).selected = True
    else:
        row.operator("coamd.generate", icon="ARMATURE_DATA")
        row.operator("coamd.generate", text="", icon="FILE_REFRESH").another = True
    _draw_play(row, context)


def _draw_prompt(layout: Any, context: Any) -> None:
    """The prompt, with a button that splits it into steps; or the list of steps."""
    settings = context.scene.coamd
    if settings.use_steps:
        layout.prop(settings, "use_steps", icon="LINENUMBERS_ON")
        first = playhead(context.scene)
        total = sum(seconds for _, seconds in steps.prompts_and_seconds(settings))
        steps.draw(layout, settings, first, first + round(total * rate(context.scene)))
        return
    layout.prop(settings, "prompt", text="", placeholder="a person walks forward")
    if not is_english(settings.prompt):
        notices.draw(layout, Notice(NOT_ENGLISH, "", WARNING), width(context))
    count = steps_in(settings.prompt)
    if count > 1:
        text = iface("Split into {} Steps").format(count)
        layout.operator("coamd.split_prompt", text=text, icon="LINENUMBERS_ON", translate=False)


def _draw_frames(layout: Any, context: Any) -> None:
    """Which frames it will be, as Edit says it too."""
    scene, settings = context.scene, context.scene.coamd
    known = steps.prompts_and_seconds(settings) if settings.use_steps else (("", settings.seconds),)
    seconds, first = sum(length for _, length in known), playhead(scene)
    count = max(round(seconds * FPS), 1) - 1  # of the model's frames behind the first
    added = round(seconds * rate(scene)) if settings.start == "CONTINUE" else int(count * rate(scene) / FPS + 1e-6)
    text = iface("Frames {} to {} ({:.1f} s)").format(first, first + added, seconds)
    layout.label(text=text, icon="TIME", translate=False)


def _draw_play(row: Any, context: Any) -> None:
    """Beside Generate: play what is on the character, or stop."""
    action = results.current_action(armature.character(context))
    if context.screen is not None and context.screen.is_animation_playing:
        row.operator("screen.animation_play", text="", icon="PAUSE")
    elif action is not None:
        row.operator("coamd.play_result", text="", icon="PLAY").action = action.name


class COAMD_PT_rig_keys(Tab, bpy.types.Panel):  # noqa: N801
    """How the motion is put on the rig, and which keys are written."""

    bl_idname = "COAMD_PT_rig_keys"
    bl_label = "Advanced"
    bl_parent_id = "COAMD_PT_generate"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What rarely changes."""
        layout, settings = self.layout, context.scene.coamd
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.active = settings.quality == "CUSTOM"
        column.prop(settings, "candidates")
        layout.prop(settings, "foot_lock", slider=True)
        layout.prop(settings, "root")
        layout.row().prop(settings, "limbs", expand=True)
        column = layout.column(align=True)
        column.active = settings.reduce_keys
        column.prop(settings, "rotation_error")
        column.prop(settings, "location_error")
        column = layout.column()
        column.prop(settings, "scene_range")
        column.prop(settings, "frame_motion")
        column.prop(settings, "play")
        column.prop(settings, "preview")


CLASSES = (COAMD_PT_generate, COAMD_PT_rig_keys)
