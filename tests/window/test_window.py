# SPDX-License-Identifier: GPL-3.0-or-later
"""An animator's first quarter of an hour, with mouse and keys, in a real Blender. The tests build on one another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from coamd.backend.taught.model_file import save
from window import Window

from tests.taught import CARD, arrays

pytestmark = pytest.mark.needs_window
CLICKS_FROM_TAB = 2  # the tab and the button
ROW = 21  # pixels from one row of a list or panel to the next
DIALOG = 260  # pixels from the middle of OK to the left of a dialog


def _sampling(state: dict[str, Any]) -> bool:
    job = state["job"] or {}
    return job.get("phase") == "sampling" and job["step"] > 3


def test_the_zip_brings_its_languages(installed: Window) -> None:
    code = (
        "import bpy; view = bpy.context.preferences.view; view.use_translate_interface = True; "
        "view.language = next(n for n in bpy.app.translations.locales if n in ('de_DE', 'de')); "
        "say = bpy.app.translations.pgettext_iface; "
        "print('SAID', say('Foot Lock'), say('Generate on a Mannequin', 'Operator'))"
    )
    assert "SAID Fußhaftung Mit einer Figur erzeugen" in installed.print_from_background(code)


def test_without_a_backend_the_first_panel_offers_it(installed: Window) -> None:
    window = installed
    window.open(backend=False)
    window.key("Escape")  # the splash screen
    window.open_tab()
    window.wait(lambda state: state["needed"] == "install", "the look at this machine")
    window.find("Set Up")
    window.draw_settled()
    window.shoot("setup", window.sidebar())
    window.click("Install Backend")
    for text in ("Device", "Folder", "Offline Files", "Proxy", "Install"):
        window.find(text, window.everywhere)
    window.shoot("install")
    window.key("Escape")
    state = window.wait(lambda state: state["needed"] == "install", "the panel")
    assert not state["message"], "nothing was begun"
    window.close()


def test_the_tab_fits_the_sidebar(window: Window) -> None:
    window.key("Escape")
    window.open_tab()
    order = ("Character", "Generate", "Length", "Seed", "Variations", "Generate on a Mannequin", "Advanced")
    panels = ("Edit", "Label", "Find", "Backend")
    tops = [window.find(text).top for text in (*order, *panels)]
    assert tops == sorted(tops), "in the order of work"
    assert not window.shows("Set Up"), "a backend was found"
    window.shoot("first", window.sidebar())


def test_from_the_tab_to_the_first_clip_it_is_one_click(window: Window) -> None:
    window.move(window.aside)
    window.key("a", "Delete")  # the cube would stand in the way
    window.wait(lambda state: not state["objects"], "an empty scene")
    window.click("Generate on a Mannequin")
    assert window.clicks <= CLICKS_FROM_TAB
    window.wait(lambda state: state["character"]["name"], "the mannequin")
    window.frame_character()
    state = window.wait(lambda state: _sampling(state) or state["actions"], "sampling")
    if _sampling(state):  # else this machine was so busy that the clip came before the view was set
        window.shoot("running")
    state = window.wait(lambda state: not state["busy"], "the end of the job")
    assert state["character"]["name"] == "Mannequin"
    assert state["character"]["action"].startswith("Mannequin walks forward and waves 1-")
    assert "is on “Mannequin”" in state["message"]
    window.find("Results")
    window.draw_settled()
    window.shoot("generate")


def test_a_take_is_played_by_the_name_of_its_operator(window: Window) -> None:
    window.search("play result")
    first = window.wait(lambda state: state["playing"], "playback")
    moved = window.wait(lambda state: state["frame"] != first["frame"], "frames to pass")
    assert moved["character"]["hips"] != first["character"]["hips"], "the character moves"
    window.key("space")
    window.wait(lambda state: not state["playing"], "the playback's end")


def test_another_take_is_another_row(window: Window) -> None:
    window.search("generate")
    state = window.wait(lambda state: len(state["actions"]) > 1 and not state["busy"], "a second action")
    older = next(name for name in state["actions"] if name != state["character"]["action"])
    window.click(older.rsplit(" ", 1)[1])  # its frames stand in its row alone
    window.wait(lambda now: now["character"]["action"] == older, "the other take on the character")


def test_undo_takes_a_click_back(window: Window) -> None:
    before = window.state()["character"]["action"]
    window.move(window.aside)
    window.key("ctrl+z")
    window.wait(lambda state: state["character"]["action"] != before, "undo")
    window.key("ctrl+shift+z")
    window.wait(lambda state: state["character"]["action"] == before, "redo")


def test_an_edit(window: Window) -> None:
    window.solo("Edit")
    mode = window.find("Regenerate")
    window.enter((mode.middle[0], mode.middle[1] + ROW + 4), "a person jumps")
    window.wait(lambda state: state["edit_prompt"] == "a person jumps", "the prompt")
    window.click("Automatic")
    window.click("Frames", window.everywhere)
    window.find("Start")
    before = window.state()["character"]["action"]
    window.click("Regenerate", which=1)  # the button, which is named by the mode
    state = window.wait(lambda state: state["character"]["action"] != before and not state["busy"], "the edit")
    assert state["character"]["action"].startswith("Mannequin jumps")
    assert "are edited" in state["message"]
    window.draw_settled()
    window.shoot("edit")
    window.click("Before")
    window.wait(lambda state: state["character"]["action"] == before, "how it was before")
    window.click("After")
    window.wait(lambda state: state["character"]["action"] != before, "the edit again")


def test_labels_are_listed_and_become_markers(window: Window) -> None:
    window.solo("Label")
    window.click("Label", which=-1)  # the button comes after the title and “One Label per Take”
    state = window.wait(lambda state: state["labels"] and not state["busy"], "labels")
    window.find("Apply")
    window.draw_settled()
    window.shoot("label", window.sidebar())
    window.click("Apply")
    written = window.wait(lambda state: state["markers"], "markers")
    assert set(written["markers"]) <= set(state["labels"])
    assert "written" in written["message"]


def test_a_take_is_found_and_put_on(window: Window) -> None:
    window.solo("Find")
    button = window.find("Find", which=-1)
    window.enter("somebody climbs stairs", "a person walks")
    window.wait(lambda state: state["query"] == "a person walks", "the question")
    window.click(button.middle)
    window.wait(lambda state: state["moments"] and not state["busy"], "takes")
    window.find("Use")
    window.draw_settled()
    window.shoot("find", window.sidebar())
    before = window.state()
    window.click("Use")
    state = window.wait(lambda state: len(state["actions"]) > len(before["actions"]) and not state["busy"], "the take")
    assert state["character"]["action"] != before["character"]["action"]


def test_the_pie_menu_opens_with_its_key(window: Window) -> None:
    window.move(window.aside)
    window.key("ctrl+shift+k")
    for text in ("Next Result", "Previous Result", "Another Take"):
        window.find(text, window.view())
    window.shoot("pie", window.view())
    window.key("Escape")


def test_a_refusal_has_the_button_that_helps(window: Window) -> None:
    window.solo("Generate")
    window.move(window.aside)
    window.key("Tab")
    window.wait(lambda state: state["mode_of_character"] == "EDIT", "Edit Mode")
    window.click("Generate", which=1)
    window.wait(lambda state: "Edit Mode" in state["message"], "the refusal")
    window.find("Leave Edit Mode", which=-1)  # the hint says so too
    window.draw_settled()
    window.shoot("remedy", window.sidebar())
    window.click("Leave Edit Mode", which=-1)
    window.wait(lambda state: state["mode_of_character"] == "OBJECT" and not state["message"], "Object Mode")


def test_the_character_and_its_bones(window: Window) -> None:
    window.solo("Character")
    window.click("Bones")
    window.find("Hips")
    window.draw_settled()
    window.shoot("character", window.sidebar())
    window.click("Bones")  # closed again, as they fill the sidebar


def test_several_taught_models_are_chosen(window: Window) -> None:
    files = {name: window.folder / "home" / "models" / f"{name}.coamd" for name in ("Bows", "Hero moves", "Salutes")}
    for name, path in files.items():
        save(path, replace(CARD, name=name), arrays())
    window.solo("Generate")
    window.click("Bundled")
    window.click("Several...", window.everywhere)
    for name in ("Bows", "Hero moves"):
        window.click(name, window.everywhere)
    ok, panel = window.find("OK", window.everywhere), window.sidebar()
    assert panel is not None
    window.shoot("models", (ok.middle[0] - DIALOG, panel[1], panel[2], ok.middle[1] + ROW))
    window.click(ok.middle)
    window.click("Bows + Hero moves")
    window.click("Bundled", window.everywhere)
    window.find("Bundled")
    for path in files.values():
        path.unlink()


def test_a_report_is_copied(window: Window) -> None:
    window.solo("Backend")
    window.draw_settled()
    window.shoot("backend", window.sidebar())
    window.click("Copy Report")
    window.find("With Prompts, Names and Paths", window.everywhere)
    window.click("OK", window.everywhere)
    state = window.wait(lambda state: "CoAMD Motion" in state["clipboard"], "the clipboard")
    assert "Blender" in state["clipboard"]
    assert "a person" not in state["clipboard"], "prompts stay here"
    assert "/var/" not in state["clipboard"], "paths stay here"


def test_a_second_window_opens_while_a_job_runs_and_starts_one_too(window: Window) -> None:
    before = window.state()["actions"]
    window.search("generate")
    window.wait(lambda state: state["busy"], "the job")
    window.search("new main window")
    window.wait(lambda state: state["windows"] == 2, "the second window")
    window.wait(lambda state: len(state["actions"]) == len(before) + 1 and not state["busy"], "its take")
    window.search("generate")  # the new window lies under the mouse
    state = window.wait(lambda state: len(state["actions"]) == len(before) + 2 and not state["busy"], "another take")
    assert state["windows"] == 2
    assert "is on “Mannequin”" in state["message"]
