# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps: prompts with lengths that follow one another. Generate and Edit share the list, ``scene.coamd.steps``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
from bpy.props import FloatProperty, StringProperty

from ..results.action_names import short
from ..ui.tab import draw_rows
from .prompt_steps import frames_of

_LEAST_WIDTH = 0.15  # of the timeline, for a step however short


class COAMD_PG_step(bpy.types.PropertyGroup):  # noqa: N801 (Blender's naming rule)
    """One step."""

    prompt: StringProperty(name="Prompt", description="What the character does in this step", default="")
    seconds: FloatProperty(
        name="Length",
        description="Length of this step in seconds. In Edit the steps share the range in proportion to their lengths",
        default=2.0,
        min=0.2,
        soft_min=1.0,
        soft_max=9.8,
        step=10,
        precision=3,  # digits in all, as units count them
        unit="TIME_ABSOLUTE",
    )


class COAMD_UL_steps(bpy.types.UIList):  # noqa: N801
    """The list of steps."""

    bl_idname = "COAMD_UL_steps"

    def draw_item(
        self,
        _context: Any,
        layout: Any,
        _data: Any,
        item: Any,
        _icon: Any,
        _active: Any,
        _property: Any,
        _index: int = 0,
        _flag: int = 0,
    ) -> None:
        """One row: prompt and length."""
        row = layout.row(align=True)
        row.prop(item, "prompt", text="", emboss=False, placeholder="what happens")
        length = row.row(align=True)
        length.ui_units_x = 3.0
        length.prop(item, "seconds", text="")


def prompts_and_seconds(settings: Any) -> tuple[tuple[str, float], ...]:
    """The steps of a scene's settings."""
    return tuple((step.prompt.strip(), round(step.seconds, 4)) for step in settings.steps)


def joined_prompt(steps: Iterable[tuple[str, float]]) -> str:
    """All steps in one sentence, which splits into them again."""
    first, *others = [prompt for prompt, _ in steps] or [""]
    return ", then ".join([first, *map(short, others)])


def draw(layout: Any, settings: Any, first: int, last: int) -> None:
    """The list, and below it the steps to scale with the frames at which each begins when they fill a range."""
    draw_rows(layout, "COAMD_UL_steps", settings, "steps", "step", "coamd.add_step", "coamd.remove_step", 3)
    steps = prompts_and_seconds(settings)
    if not steps:
        return
    total = sum(seconds for _, seconds in steps)
    spans = frames_of([seconds for _, seconds in steps], first, last)
    row = layout.row(align=True)
    for number, ((_, seconds), (start, _)) in enumerate(zip(steps, spans, strict=True)):
        piece = row.row(align=True)
        piece.scale_x = max(seconds / total, _LEAST_WIDTH)
        chosen = number == settings.step
        piece.operator("coamd.choose_step", text=str(start), depress=chosen, translate=False).step = number
    if settings.step < len(steps):
        layout.prop(settings.steps[settings.step], "prompt", text="", placeholder="what happens")


CLASSES = (COAMD_PG_step, COAMD_UL_steps)
