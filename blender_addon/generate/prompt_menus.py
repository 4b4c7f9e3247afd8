# SPDX-License-Identifier: GPL-3.0-or-later
"""Menus of prompts: examples in groups, favourites and recent ones."""

from __future__ import annotations

from typing import Any

import bpy

from . import prompt_history
from .examples import GROUPS, ExampleGroup

_MENU_LETTERS = 60  # of a prompt in the menu; its tool tip has it all


def _draw_prompt(layout: Any, text: str, icon: str) -> Any:
    short = text if len(text) <= _MENU_LETTERS else text[: _MENU_LETTERS - 1] + "…"
    button = layout.operator("coamd.use_prompt", text=short, icon=icon, translate=False)
    button.prompt = text
    return button


class COAMD_MT_prompts(bpy.types.Menu):  # noqa: N801 (Blender's naming rule)
    """Examples, favourite and recent prompts."""

    bl_idname = "COAMD_MT_prompts"
    bl_label = "Prompts"

    def draw(self, _context: Any) -> None:
        """Examples first, as a newcomer has nothing else."""
        layout = self.layout
        for menu in EXAMPLE_MENUS:
            layout.menu(menu.bl_idname)
        for texts, icon in ((prompt_history.favourites, "SOLO_ON"), (prompt_history.recent, "TIME")):
            if texts:
                layout.separator()
            for text in texts:
                _draw_prompt(layout, text, icon)
        if prompt_history.recent:
            layout.separator()
            layout.operator("coamd.clear_prompts", icon="TRASH")


def _menu_of(number: int, group: ExampleGroup) -> type[bpy.types.Menu]:
    """The submenu of one group; each prompt brings the length and the seed that it was judged with."""

    def draw(self: Any, _context: Any) -> None:
        for example in group.prompts:
            button = _draw_prompt(self.layout, example.prompt, "NONE")
            button.seconds, button.seed = example.seconds, example.seed

    name = f"COAMD_MT_examples_{number}"
    return type(name, (bpy.types.Menu,), {"bl_idname": name, "bl_label": group.name, "draw": draw})


EXAMPLE_MENUS = tuple(_menu_of(number, group) for number, group in enumerate(GROUPS))
CLASSES = (*EXAMPLE_MENUS, COAMD_MT_prompts)
