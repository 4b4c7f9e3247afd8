# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide says of Blender's search is in a menu, as the search looks through menus alone."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import bpy
from coamd import blender_addon
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.ui import menus
from test_registration import draw

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "keys.md"


def drawers(menu: str) -> list[Any]:
    """What others have added to a menu of Blender's."""
    return [each for each in getattr(bpy.types, menu)._dyn_ui_initialize() if each.__module__ == menus.__name__]


def test_what_the_guide_names_is_there(addon: Session) -> None:
    told = " ".join(GUIDE.read_text("utf-8").split())
    names = re.search(r"finds them by their names: (.*?), \.\.\.", told)
    assert names is not None
    drawn = draw(menus.COAMD_MT_actions)
    shown = {text or getattr(bpy.ops.coamd, name.partition(".")[2]).get_rna_type().name for name, text in pairs(drawn)}
    assert set(names.group(1).split(", ")) <= shown


def pairs(drawn: list[str]) -> list[tuple[str, str]]:
    return [(a, b) for a, b in pairwise(drawn) if a.startswith("coamd.")]


def test_menus_come_and_go_with_the_addon(addon: Session) -> None:
    places = (*menus.PLACES, "VIEW3D_MT_armature_add")
    assert [len(drawers(place)) for place in places] == [1, 1, 1]
    blender_addon.unregister()
    assert [len(drawers(place)) for place in places] == [0, 0, 0]
    blender_addon.register()
