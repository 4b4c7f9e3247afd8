# SPDX-License-Identifier: GPL-3.0-or-later
"""An animator's working day, with mouse and keys: going on, steps, poses, several characters, Live, files.

It begins in a new Blender; the tests build on one another.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
from window import Window

pytestmark = pytest.mark.needs_window
FIRST = "a person walks forward and waves"
STEPS = "a person walks forward, stops, waves, then sits down"
SAME_PLACE = 0.05  # metres that a body may be off where one motion goes on from another
DRAG = (-14, 10)  # pixels of one move of the mouse
MOVES = 3
READ_BACK = """
import bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath={file!r})
rig = next(obj for obj in bpy.data.objects if obj.type == "ARMATURE")
bpy.context.scene.frame_set(round(rig.animation_data.action.frame_range[0]))
print("HIPS", *(rig.matrix_world @ rig.pose.bones["mixamorig:Hips"].matrix.translation))
"""


@pytest.fixture(scope="module")
def window(installed: Window) -> Iterator[Window]:
    """A Blender of its own, in which nothing has been done yet."""
    installed.close()
    installed.open()
    yield installed
    installed.close()


def idle(state: dict[str, Any]) -> bool:
    return not state["busy"]


def choose(window: Window, now: str, wanted: str) -> None:
    """Take another entry of a menu that shows ``now``."""
    window.click(now)
    window.click(wanted, window.everywhere)


def test_the_first_clip_plays_with_the_triangle(window: Window) -> None:
    window.key("Escape")  # the splash screen
    window.open_tab()
    window.move(window.aside)
    window.key("a", "Delete")
    window.click("Generate on a Mannequin")
    window.wait(lambda state: state["character"]["action"] and idle(state), "the clip")
    first = window.state()["character"]["hips"]
    window.click_beside("Generate", which=1)
    window.wait(lambda state: state["playing"] and state["character"]["hips"] != first, "the character to move")
    window.click_beside("Generate", which=1)
    window.wait(lambda state: not state["playing"], "the pause")


def test_continue_goes_on_from_where_the_character_is(window: Window) -> None:
    window.move(window.aside)
    window.key("shift+Right")  # the last frame
    before = window.wait(lambda state: state["frame"] == state["frame_end"], "the last frame")
    choose(window, "New", "Continue from Here")
    window.enter(FIRST, "a person bows")
    window.wait(lambda state: state["start"] == "CONTINUE" and state["prompt"] == "a person bows", "the settings")
    window.click("Generate", which=1)
    state = window.wait(lambda state: state["character"]["range"][1] > before["frame"] and idle(state), "more")
    assert state["character"]["range"][0] == before["character"]["range"][0], "it is one motion"
    assert state["frame"] == before["frame"]
    away = [a - b for a, b in zip(state["character"]["hips"], before["character"]["hips"], strict=True)]
    assert max(map(abs, away)) < SAME_PLACE, "it begins where the character is"
    window.draw_settled()
    window.shoot("continue")


def test_a_prompt_becomes_steps(window: Window) -> None:
    choose(window, "Continue from Here", "New")
    window.enter("a person bows", STEPS)
    window.click("Split into 4 Steps")
    window.wait(lambda state: state["steps"] == 4, "the steps")
    window.find("a person stops")
    window.draw_settled()
    window.shoot("steps", window.sidebar())
    before = window.state()["character"]["action"]
    window.click("Generate", which=1)
    state = window.wait(lambda state: state["character"]["action"] != before and idle(state), "the motion")
    assert "is on “Mannequin”" in state["message"]
    window.click("Steps")  # back to the one prompt
    window.wait(lambda state: not state["steps"], "the prompt")


def test_between_two_poses(window: Window) -> None:
    window.click("Generate")  # closed, so that the results below it are in sight
    window.click_beside("22 bones", which=-1, icons=1)  # selects keys and bones, so that the timeline has them
    timeline = window.box("DOPESHEET_EDITOR", "WINDOW")
    assert timeline is not None
    window.move(((timeline[0] + timeline[2]) // 2, (timeline[1] + timeline[3]) // 2))
    window.key("alt+a", "shift+Left", "ctrl+k")  # no keys, the first frame, its keys
    window.wait(lambda state: state["frame"] == state["character"]["range"][0], "the first frame")
    window.key("shift+Right", "ctrl+k")
    window.solo("Edit")
    choose(window, "Regenerate", "In-Between")
    first, last = window.state()["character"]["range"]
    window.wait(lambda state: state["summary"] == f"{first}-{last} the selected keys", "what the panel says")
    before = window.state()["character"]["action"]
    window.click("In-Between", which=1)
    state = window.wait(lambda state: state["character"]["action"] != before and idle(state), "the motion")
    assert state["message"] == f"Frames {first} to {last} of “Mannequin” are edited."
    window.draw_settled()
    window.shoot("inbetween")


def test_two_characters_are_queued(window: Window) -> None:
    window.solo("Generate")
    window.search("mannequin")
    window.wait(lambda state: "Mannequin.001" in state["objects"], "the second one")
    outliner = window.box("OUTLINER", "WINDOW")
    assert outliner is not None
    window.click("Mannequin", outliner)
    window.click("Mannequin.001", outliner, held="ctrl")
    before = set(window.state()["actions"])
    window.click("Generate on 2 Characters")
    state = window.wait(lambda state: len(state["going"]) == 2 or idle(state), "the queue")
    if not idle(state):
        window.shoot("queue", window.sidebar())
    state = window.wait(lambda state: len(state["animated"]) == 2 and idle(state), "both motions")
    assert set(state["animated"].values()).isdisjoint(before)
    window.draw_settled()
    window.shoot("two")


def test_live_follows_the_path_that_is_dragged(window: Window) -> None:
    """How long it takes from the mouse to the stick figure is printed: it says nothing on a machine that is busy."""
    window.solo("Edit")
    choose(window, "In-Between", "Follow a Path")
    name = window.state()["character"]["name"]
    window.click_beside("Root", rows=1)  # the pencil
    feet = window.on_screen(window.state()["feet"])
    window.drag(feet, (feet[0] - 60, feet[1] + 60), (feet[0] - 120, feet[1] + 150))
    window.wait(lambda state: len(state["path"]) > 3, "the path")
    window.click("Live")
    window.wait(lambda state: state["drafts"], "the first draft")
    outliner = window.box("OUTLINER", "WINDOW")
    assert outliner is not None
    window.click(f"{name} path", outliner)
    window.move(window.aside)
    window.key("Tab")
    before = window.wait(lambda state: state["mode_of_character"] == "EDIT", "the curve's Edit Mode")
    at = window.on_screen(before["path"][-1])
    window.click(at)
    window.move(at)
    window.key("g")
    seconds = []
    for move in range(1, MOVES + 1):
        moved = time.monotonic()
        window.move((at[0] + move * DRAG[0], at[1] + move * DRAG[1]))
        shown = window.wait(
            lambda state, moved=moved: [done for began, done in state["drafts"] if began > moved and done], "a draft"
        )
        seconds.append(min(done for began, done in shown["drafts"] if began > moved and done) - moved)
    window.shoot("live")
    assert window.state()["path_end"] != before["path_end"], "the point is dragged"
    assert window.state()["character"]["action"] == before["character"]["action"], "a draft is no keys"
    window.click(at := (at[0] + MOVES * DRAG[0], at[1] + MOVES * DRAG[1]))
    window.wait(lambda state: "path" in state["animated"][name] and idle(state), "keys, when the hand rests")
    window.key("Tab")
    window.click("Live")
    print(f"\nLive: {statistics.median(seconds):.2f} s from the mouse to the draft, at most {max(seconds):.2f} s")


def test_an_export_is_read_by_a_fresh_blender(window: Window) -> None:
    window.solo("Results")
    window.click("Export")
    choose(window, "FBX", "glTF")
    window.wait(lambda state: state["format"] == "GLB", "the format")
    window.move(window.aside)
    window.key("shift+Left")
    shown = window.wait(lambda state: state["frame"] == state["character"]["range"][0], "the first frame")
    folder = window.folder / "exports"
    folder.mkdir()
    window.click("Export", which=-1)  # it asks where
    window.wait(lambda state: state["windows"] == 2, "the file browser")
    window.enter("/root/", str(folder), window.everywhere)
    window.click("Export", window.everywhere, which=-1)
    window.wait(lambda state: state["windows"] == 1 and str(folder) in state["message"] and idle(state), "the file")
    window.draw_settled()
    window.shoot("export", window.sidebar())
    (file,) = folder.glob("*.glb")
    assert file.stem == shown["character"]["action"]
    read = window.print_from_background(READ_BACK.format(file=str(file)), "--factory-startup")
    found = [float(number) for number in read.partition("HIPS ")[2].split()[:3]]
    away = [abs(a - b) for a, b in zip(found, shown["character"]["hips"], strict=True)]
    assert max(away) < 0.002, f"{found} is where it was"
