# SPDX-License-Identifier: GPL-3.0-or-later
"""Splitting the prompt into steps, and the buttons beside their list."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import IntProperty, StringProperty

from ..session.timer import redraw
from ..ui.list_rows import RemoveRow
from .prompt_steps import lengths, split


class COAMD_OT_split_prompt(bpy.types.Operator):  # noqa: N801 (Blender's naming rule)
    """Make a step of each action in the prompt: "walks, then sits down" has two"""

    bl_idname = "coamd.split_prompt"
    bl_label = "Split into Steps"
    bl_options = {"REGISTER", "UNDO"}

    prompt: StringProperty(name="Prompt", description="What to split. Empty: the prompt of the panel")

    def execute(self, context: Any) -> set[str]:
        """In the place of the steps there were."""
        settings = context.scene.coamd
        found = split(self.prompt or settings.prompt)
        settings.steps.clear()
        for prompt, seconds in zip(found, lengths(len(found), settings.seconds), strict=True):
            step = settings.steps.add()
            step.prompt, step.seconds = prompt, seconds
        settings.step, settings.use_steps = 0, True
        redraw()
        return {"FINISHED"}


class COAMD_OT_add_step(bpy.types.Operator):  # noqa: N801
    """Add a step after the last one of the list"""

    bl_idname = "coamd.add_step"
    bl_label = "Add Step"
    bl_options = {"UNDO", "INTERNAL"}

    prompt: StringProperty(name="Prompt", description="What the character does in this step")

    def execute(self, context: Any) -> set[str]:
        """As long as the one before it."""
        settings = context.scene.coamd
        before = settings.steps[-1].seconds if len(settings.steps) else 2.0
        step = settings.steps.add()
        step.prompt, step.seconds = self.prompt, before
        settings.step = len(settings.steps) - 1
        return {"FINISHED"}


class COAMD_OT_remove_step(RemoveRow, bpy.types.Operator):  # noqa: N801
    """Remove the chosen step from the list"""

    bl_idname = "coamd.remove_step"
    bl_label = "Remove Step"
    bl_options = {"UNDO", "INTERNAL"}

    group, rows, chosen = "", "steps", "step"


class COAMD_OT_choose_step(bpy.types.Operator):  # noqa: N801
    """Choose this step in the list, to change its prompt and length"""

    bl_idname = "coamd.choose_step"
    bl_label = "Choose Step"
    bl_options = {"UNDO", "INTERNAL"}

    step: IntProperty(name="Step", description="Place of the step in the list, from 0 on", default=0, min=0)

    def execute(self, context: Any) -> set[str]:
        """Make its row the chosen one."""
        context.scene.coamd.step = self.step
        return {"FINISHED"}


CLASSES = (COAMD_OT_split_prompt, COAMD_OT_add_step, COAMD_OT_remove_step, COAMD_OT_choose_step)
