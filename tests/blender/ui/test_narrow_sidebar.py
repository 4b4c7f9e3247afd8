# SPDX-License-Identifier: GPL-3.0-or-later
"""A sidebar of 260 pixels, as Blender opens it: nothing that the panels write is longer than a line of it."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
import test_registration
from coamd.blender_addon import classes
from coamd.blender_addon.edit import settings as edit_settings
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.ui.notices import ERROR, Notice, letters_in

WIDTH = 260
LINE = (WIDTH - 30) // 7  # letters beside margins and no icon, at the 7 units that a letter takes
NAME = 14  # letters of a property's name, which has 40 % of the line
PANELS = [cls for cls in classes.PANELS if issubclass(cls, bpy.types.Panel)]


def too_long(drawn: list[str]) -> list[str]:
    """Texts that do not fit; names of operators and properties are none."""
    return [text for text in drawn if len(text) > LINE and " " in text]


@pytest.mark.parametrize("mode", [mode for mode, *_ in edit_settings.MODES])
def test_no_panel_has_a_longer_text(addon: Session, walker: Any, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setattr(test_registration.Context.region, "width", WIDTH)
    bpy.context.scene.coamd.edit.mode = mode
    for panel in PANELS:
        assert not too_long(test_registration.draw(panel)), panel.__name__


def test_messages_and_the_prompts_they_offer_fit(
    addon: Session, character: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_registration.Context.region, "width", WIDTH)
    known = "a person walks forward, turns around and walks back to where they came from"
    addon.message = Notice("The model does not know much of this prompt.", f"It knows: '{known}'.", ERROR, about="Edit")
    edit_panel = next(panel for panel in PANELS if panel.bl_idname == "COAMD_PT_edit")
    drawn = test_registration.draw(edit_panel)
    assert not too_long(drawn)
    (button,) = (text for text in drawn if text.endswith("…"))
    assert known.startswith(button[:-1])
    assert known[len(button) - 1] == " ", "it is shortened between two words"
    assert len(button) <= letters_in(WIDTH)


def test_names_of_numbers_and_choices_fit_into_their_column(addon: Session) -> None:
    kinds = ("FLOAT", "INT", "ENUM", "POINTER", "STRING")
    groups = [group for group in bpy.types.PropertyGroup.__subclasses__() if group.__module__.startswith("coamd.")]
    names = {
        prop.name
        for group in groups
        if group.__name__ != "COAMD_PG_bones"  # its panel says the side above the names
        for prop in group.bl_rna.properties
        if prop.type in kinds and not prop.is_readonly
    }
    assert len(names) > 20
    assert not [name for name in names if len(name) > NAME]
