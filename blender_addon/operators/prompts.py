# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of before and the favourites."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty

from .. import prompts
from ..timer import redraw


class COAMD_OT_use_prompt(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Put this prompt into the panel"""

    bl_idname = "coamd.use_prompt"
    bl_label = "Use Prompt"
    bl_options = {"UNDO", "INTERNAL"}

    prompt: StringProperty(name="Prompt", description="The prompt to use")

    @classmethod
    def description(cls, _context: Any, properties: Any) -> str:
        """The whole prompt, which the menu may have cut."""
        return properties.prompt or cls.__doc__ or ""

    def execute(self, context: Any) -> set[str]:
        """Into the settings of Generate."""
        context.scene.coamd.prompt = self.prompt
        return {"FINISHED"}


class COAMD_OT_favourite_prompt(bpy.types.Operator):  # noqa: N801
    """Keep this prompt among your favourites, or drop it from them"""

    bl_idname = "coamd.favourite_prompt"
    bl_label = "Favourite Prompt"

    prompt: StringProperty(name="Prompt", description="The prompt. Empty: the one of the panel")

    def execute(self, context: Any) -> set[str]:
        """Toggle."""
        prompts.toggle(self.prompt or context.scene.coamd.prompt)
        redraw()
        return {"FINISHED"}


class COAMD_OT_clear_prompts(bpy.types.Operator):  # noqa: N801
    """Forget the prompts of before. Favourites stay"""

    bl_idname = "coamd.clear_prompts"
    bl_label = "Clear History"

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, _context: Any) -> set[str]:
        """For good."""
        prompts.clear()
        redraw()
        return {"FINISHED"}


CLASSES = (COAMD_OT_use_prompt, COAMD_OT_favourite_prompt, COAMD_OT_clear_prompts)
