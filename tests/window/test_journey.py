# SPDX-License-Identifier: GPL-3.0-or-later
"""From the zip to the first clip in a Blender that never saw the extension: dropped, installed and used for real.

What is real: the drag of the zip from another window (X11's drag-and-drop protocol), Blender's dialogs, the installer
with all that it downloads and unpacks, the backend and the clip. Before the first click Blender has been started with
``--online-mode`` (the six clicks are those of a Blender that may go online; one that may not asks for one more in the
dialog), and Escape has closed its splash screen. ``N`` opens the sidebar. See `supplies.py` for a machine that
PyTorch's index cannot be reached from: its CPU wheel is then served on loopback, for this interpreter's Python.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chroot import Chroot, discard
from fresh import FreshWindow
from supplies import Supplies

import build_addon

pytestmark = pytest.mark.needs_window
CLICKS = 6
INSTALL_SECONDS = 600.0  # it took 55 on two busy cores, with packages from near
PROMPT = "a person walks forward and waves"


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FreshWindow]:
    """Blender as after its own installation, with a file to drag in the shared folder."""
    shots = Path(os.environ.get("COAMD_SHOTS") or tmp_path_factory.mktemp("shots"))
    chroot = Chroot(os.environ["COAMD_WINDOW"], share="journey")
    chroot.make()
    discard(chroot.share)
    with Supplies(chroot) as supplies:
        if supplies.lack:
            pytest.skip(supplies.lack)
        build_addon.pack(build_addon.here(), chroot.share)
        with chroot:
            window = FreshWindow(chroot, shots, supplies.environment)
            try:
                window.open(backend=False)
                yield window
            finally:
                window.close()
    discard(chroot.share)


def test_from_the_zip_to_the_first_clip_it_is_six_clicks(fresh: FreshWindow) -> None:
    fresh.key("Escape")  # the splash screen
    fresh.draw_settled()
    (archive,) = fresh.folder.glob("coamd-*.zip")
    assert not fresh.state()["installed"]

    fresh.drop(archive, fresh.aside)  # 1
    fresh.find("Enable Add-on", fresh.everywhere)
    fresh.shoot("journey_1_drop")
    fresh.click("OK", fresh.everywhere)  # 2
    fresh.wait(lambda state: state["installed"], "the extension")
    fresh.open_tab()  # 3
    fresh.wait(lambda state: state["needed"] == "install", "the look at this machine")
    fresh.find("Set Up")
    fresh.shoot("journey_3_tab")
    fresh.click("Install Backend")  # 4
    fresh.find("Device", fresh.everywhere)
    fresh.shoot("journey_4_dialog")
    fresh.click("Install", fresh.everywhere, which=-1)  # 5; the dialog's title begins with the same word

    factors = fresh.watch_installation(INSTALL_SECONDS)
    assert factors == sorted(factors), "the bar never goes back"
    assert len(factors) > 10, "and moves"
    fresh.wait(lambda state: state["installing"]["busy"] is False and state["needed"] == "", "the look at it")
    fresh.draw_settled()
    assert not fresh.shows("Set Up"), "a backend is there"
    fresh.shoot("journey_5_installed")

    fresh.click("Generate on a Mannequin")  # 6
    fresh.wait(lambda state: state["busy"], "the job")
    state = fresh.wait(lambda state: state["character"]["action"] and not state["busy"], "the clip")
    assert fresh.clicks <= CLICKS
    assert state["character"]["name"] == "Mannequin"
    assert state["character"]["action"].startswith(f"Mannequin {PROMPT.removeprefix('a person ')} 1-")
    assert "is on “Mannequin”" in state["message"]
    fresh.frame_character()
    fresh.draw_settled()
    fresh.shoot("journey_6_clip")


def test_the_seventh_click_plays_it(fresh: FreshWindow) -> None:
    first = fresh.state()["character"]["hips"]
    fresh.click_beside("Generate", which=1)
    fresh.wait(lambda state: state["playing"] and state["character"]["hips"] != first, "the character to move")
    fresh.click_beside("Generate", which=1)
    fresh.wait(lambda state: not state["playing"], "the pause")


def test_the_installation_is_whole_and_lies_in_the_profile(fresh: FreshWindow) -> None:
    (mark,) = fresh.profile.glob("**/coamd_backend.json")
    assert mark.is_relative_to(fresh.profile / "extensions")
    written = json.loads(mark.read_text("utf-8"))
    assert written["complete"]
    assert written["torch"].startswith("2.")
    assert not (mark.parent / "downloads").exists(), "nothing is left over"
    assert fresh.check_installation() == "The backend is whole."


def test_no_process_outlives_blender(fresh: FreshWindow) -> None:
    assert any("venv/bin" in line for line in fresh.processes()), "the backend runs out of the profile"
    fresh.quit()
    fresh.wait_alone()
