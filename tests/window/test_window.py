# SPDX-License-Identifier: GPL-3.0-or-later
"""An animator's first quarter of an hour, with mouse and keys, in a real Blender. The tests build on one another."""

from __future__ import annotations

import pytest
from window import Window

pytestmark = pytest.mark.needs_window
CLICKS_FROM_TAB = 2  # the tab and the button; dropping the zip, its OK, Install and its OK come before: six


def test_the_zip_brings_its_languages(window: Window) -> None:
    code = (
        "import bpy; view = bpy.context.preferences.view; view.use_translate_interface = True; "
        "view.language = next(n for n in bpy.app.translations.locales if n in ('de_DE', 'de')); "
        "say = bpy.app.translations.pgettext_iface; "
        "print('SAID', say('Foot Lock'), say('Generate on a Mannequin', 'Operator'))"
    )
    assert "SAID Fußhaftung Mit einer Figur erzeugen" in window.print_from_background(code)


def test_the_tab_fits_the_sidebar(window: Window) -> None:
    window.key("Escape")  # the splash screen
    window.open_tab()
    for text in ("Generate", "Length", "Seed", "Variations", "Generate on a Mannequin", "Edit", "Character", "Backend"):
        window.find(text)
    window.shoot("first", window.sidebar())


def test_from_the_tab_to_the_first_clip_it_is_one_click(window: Window) -> None:
    left, top, right, bottom = window.view()
    window.move(((left + right) // 2 - 200, (top + bottom) // 2))
    window.key("a", "Delete")  # the cube would stand in the way
    window.wait(lambda state: not state["objects"], "an empty scene")
    window.click("Generate on a Mannequin")
    assert window.clicks <= CLICKS_FROM_TAB
    window.wait(lambda state: state["character"]["name"], "the mannequin")
    window.frame_character()
    window.wait(lambda state: (state["job"] or {}).get("phase") == "sampling" and state["job"]["step"] > 3, "sampling")
    window.shoot("running")
    assert window.shows("Making the motion")
    state = window.wait(lambda state: not state["busy"], "the end of the job")
    assert state["character"]["name"] == "Mannequin"
    assert state["character"]["action"] == "a person walks forward and waves"
    assert "is on “Mannequin”" in state["message"]
    window.find("Results")
    window.draw_settled()
    window.shoot("generate")


def test_a_take_is_played_by_the_name_of_its_operator(window: Window) -> None:
    window.search("play result")
    first = window.wait(lambda state: state["playing"], "playback")
    moved = window.wait(lambda state: state["frame"] > first["frame"] + 5, "frames to pass")
    assert moved["character"]["hips"] != first["character"]["hips"], "the character moves"
    window.key("space")
    window.wait(lambda state: not state["playing"], "the playback's end")


def test_another_take_is_another_row(window: Window) -> None:
    window.search("generate")
    state = window.wait(lambda state: len(state["actions"]) > 1 and not state["busy"], "a second action")
    window.click("walks forward and waves", which=1)  # the field of the prompt comes first
    window.wait(
        lambda now: now["character"]["action"] != state["character"]["action"], "the other take on the character"
    )


def test_an_edit(window: Window) -> None:
    window.solo("Edit")
    mode = window.find("Regenerate")
    window.enter((mode.left + 60, mode.middle[1] + 25), "a person jumps")
    window.wait(lambda state: state["edit_prompt"] == "a person jumps", "the prompt")
    window.click("Selected Keys")
    view = window.view()
    window.click("Frames", (view[0], view[1], window.sidebar()[2], view[3]))
    window.find("Start")
    before = window.state()["character"]["action"]
    window.click("Edit", which=1)
    state = window.wait(lambda state: state["character"]["action"] != before and not state["busy"], "the edit")
    assert state["character"]["action"].endswith("edited")
    assert "are edited" in state["message"]
    window.draw_settled()
    window.shoot("edit")
    window.click("Before")
    window.wait(lambda state: state["character"]["action"] == before, "how it was before")
    window.click("After")
    window.wait(lambda state: state["character"]["action"] != before, "the edit again")


def test_the_pie_menu_opens_with_its_key(window: Window) -> None:
    left, top, right, bottom = window.view()
    window.move(((left + right) // 2 - 100, (top + bottom) // 2))
    window.key("ctrl+shift+k")
    for text in ("Next Result", "Previous Result", "Another Take"):
        window.find(text, window.view())
    window.shoot("pie", window.view())
    window.key("Escape")


def test_a_refusal_has_the_button_that_helps(window: Window) -> None:
    window.solo("Generate")
    left, top, right, _ = window.view()
    window.move(((left + right) // 2, top + 120))
    window.key("Tab")
    window.wait(lambda state: state["mode_of_character"] == "EDIT", "Edit Mode")
    window.click("Generate", which=1)
    window.wait(lambda state: "Edit Mode" in state["message"], "the refusal")
    window.shoot("remedy", window.sidebar())
    window.click("Leave Edit Mode")
    window.wait(lambda state: state["mode_of_character"] == "OBJECT" and not state["message"], "Object Mode")


def test_the_character_and_its_bones(window: Window) -> None:
    window.solo("Character")
    window.find("Mixamo")
    window.shoot("character", window.sidebar())


def test_a_report_is_copied(window: Window) -> None:
    window.solo("Backend")
    window.shoot("backend", window.sidebar())
    window.click("Copy Report")
    everywhere = (0, 0, *window.picture().size)
    window.find("With Prompts Names and Paths", everywhere)
    window.click("OK", everywhere)
    state = window.wait(lambda state: "CoAMD Motion" in state["clipboard"], "the clipboard")
    assert "Blender" in state["clipboard"]
    assert "a person" not in state["clipboard"], "prompts stay here"
    assert "/var/" not in state["clipboard"], "paths stay here"
