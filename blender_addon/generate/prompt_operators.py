# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators for recent prompts and favourites."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, FloatProperty, IntProperty, StringProperty

from ..session.timer import redraw
from . import prompt_history


class COAMD_OT_use_prompt(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Put this prompt into the panel"""

    bl_idname = "coamd.use_prompt"
    bl_label = "Use Prompt"
    bl_options = {"UNDO", "INTERNAL"}

    prompt: StringProperty(name="Prompt", description="The prompt to use")
    seconds: FloatProperty(name="Length", description="Length to use with it. 0: that of the panel", default=0.0)
    seed: IntProperty(name="Seed", description="Seed to use with it. -1: that of the panel", default=-1, min=-1)
    edit: BoolProperty(name="In Edit", description="Put it into the Edit panel instead", options={"SKIP_SAVE"})

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """The whole prompt, which the menu may have cut."""
        return properties.prompt or cls.__doc__ or ""

    def execute(self, context: Any) -> set[str]:
        """Into the settings of Generate, or of Edit."""
        settings = context.scene.coamd
        (settings.edit if self.edit else settings).prompt = self.prompt
        if not self.edit:
            settings.use_steps = False
            settings.seconds = self.seconds or settings.seconds
            settings.seed = settings.seed if self.seed < 0 else self.seed
        redraw()
        return {"FINISHED"}


class COAMD_OT_favourite_prompt(bpy.types.Operator):  # noqa: N801
    """Add this prompt to your favourites, or remove it from them"""

    bl_idname = "coamd.favourite_prompt"
    bl_label = "Favourite Prompt"

    prompt: StringProperty(name="Prompt", description="The prompt. Empty: the one of the panel")

    def execute(self, context: Any) -> set[str]:
        """Toggle."""
        prompt_history.toggle(self.prompt or context.scene.coamd.prompt)
        redraw()
        return {"FINISHED"}


class COAMD_OT_clear_prompts(bpy.types.Operator):  # noqa: N801
    """Clear the recent prompts. Favourites are kept"""

    bl_idname = "coamd.clear_prompts"
    bl_label = "Clear History"

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, _context: Any) -> set[str]:
        """For good."""
        prompt_history.clear()
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_use_prompt, COAMD_OT_favourite_prompt, COAMD_OT_clear_prompts)
