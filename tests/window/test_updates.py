# SPDX-License-Identifier: GPL-3.0-or-later
"""The extension from a repository of our own, as docs/shelves.md has it, in a Blender that never had it: the repository
is added by its address, and the extension is installed and updated from it, twice.

What is real: what is published, by ``build_addon.py --repository``; a web server on this machine's loopback; and all of
Blender, which goes online for it. extensions.blender.org, which a new Blender lists as well, is out of reach: its name
leads to this machine, where nobody answers.

By click: all menus and buttons, by the words on them; and two icons beside the list of repositories, **+** and the two
arrows that look for updates, by their places. By key: Escape for the splash screen, the address, and Ctrl Q.
"""

from __future__ import annotations

import os
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chroot import Chroot, discard
from fresh import FreshWindow
from served import served

import build_addon

pytestmark = pytest.mark.needs_window
NAME = "CoAMD Motion"
HOST = "127.0.0.1"  # by which Blender names the repository
MARKED = Path("blender_addon", "session", "timer.py")  # deep in the add-on; imported when it is registered
MENUS = (0, 0, 400, 600)  # the top bar's, with what they open
PREFERENCES = (250, 100, 940, 640)  # where their window is moved
HOSTS = "127.0.0.1 localhost\n127.0.0.1 extensions.blender.org\n"
# In pixels from a repository's first letter, which stands in the list's first row.
PLUS = (290, 0)
REFRESH = (290, 40)
A_DAY = 25 * 3600.0  # seconds: Blender looks for updates once a day when it starts


class UserWindow(FreshWindow):
    """A Blender as it is after its own installation: not allowed online before the user says so."""

    options = ()

    def open_extensions(self) -> None:
        """Preferences > Get Extensions. Without a window manager nothing keeps them in sight, so they are moved."""
        self.click("Edit", MENUS)
        self.click("Preferences...", MENUS)
        self.wait(lambda state: state["windows"] == 2, "the preferences")
        self._xdotool(f"search --onlyvisible --name Preferences windowmove {PREFERENCES[0]} {PREFERENCES[1]}")
        self.click("Get Extensions", PREFERENCES)

    def click_in_repositories(self, first: str, icon: tuple[int, int], shot: str = "") -> None:
        """Open the list of repositories, of which that is the first one, and click an icon beside it."""
        self.click("Repositories", PREFERENCES)
        row = self.find(first, PREFERENCES)
        if shot:
            self.shoot(shot, PREFERENCES)
        self.click((row.left + icon[0], row.top + icon[1]))

    def wait_gone(self, text: str) -> None:
        """Wait until a phrase is no longer on the screen."""
        self._until(lambda: not self.shows(text, PREFERENCES), f"“{text}” to go")


@dataclass
class Shelf:
    """A window, and the repository that it can reach."""

    window: UserWindow
    folder: Path
    address: str

    def publish(self, release: str) -> None:
        """What ``build_addon.py --repository`` makes of a release; in Blender, the add-on's timer tells which it is."""
        lay_out = build_addon.lay_out

        def marked(platform: str, folder: Path, kind: build_addon.Kind = build_addon.OWN) -> None:
            lay_out(platform, folder, kind)
            with (folder / MARKED).open("a", encoding="utf-8") as file:
                file.write(f'\nRELEASE = "{release}"\n')

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(build_addon, "version", lambda: release)
            patch.setattr(build_addon, "lay_out", marked)
            out = self.folder.with_name("out")
            options = ["--platform", build_addon.here(), "--out", str(out), "--repository", str(self.folder)]
            assert build_addon.main(options) == 0

    @property
    def profile(self) -> Path:
        """Where Blender keeps what it has from this repository."""
        return self.window.profile / "extensions" / self.window.state()["repositories"][self.address]

    def installed(self) -> str:
        """The version that lies in Blender's profile, from this repository."""
        manifest = self.profile / "coamd" / "blender_manifest.toml"
        return str(tomllib.loads(manifest.read_text("utf-8"))["version"])

    def wait_for(self, release: str) -> None:
        """Wait until Blender runs this release, from this repository, and from the files in its profile."""
        state = self.window.wait(lambda state: state["release"] == release and state["enabled"], f"release {release}")
        assert state["enabled"] == [f"bl_ext.{state['repositories'][self.address]}.coamd"]
        assert state["installed"], "what it adds to scenes is there"
        assert self.installed() == release


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Blender's window with nothing in it, and a repository with one release."""
    shots = Path(os.environ.get("COAMD_SHOTS") or tmp_path_factory.mktemp("shots"))
    chroot = Chroot(os.environ["COAMD_WINDOW"], share="updates")
    chroot.make()
    discard(chroot.share)
    hosts = tmp_path_factory.mktemp("hosts") / "hosts"
    hosts.write_text(HOSTS, "utf-8")
    chroot.binds.append((hosts, "/etc/hosts"))
    folder = tmp_path_factory.mktemp("web") / "repository"
    folder.mkdir()
    with served(folder) as address, chroot:
        window = UserWindow(chroot, shots, {})
        shelf = Shelf(window, folder, f"{address}/index.json")
        shelf.publish("1.0.0")
        try:
            window.open(backend=False)
            yield shelf
        finally:
            window.close()
    discard(chroot.share)


def test_the_repository_is_added_by_its_address(shelf: Shelf) -> None:
    window = shelf.window
    window.key("Escape")  # the splash screen
    window.open_extensions()
    window.click("Allow Online Access", PREFERENCES)
    window.wait(lambda state: state["online"], "the permission")
    window.click_in_repositories("extensions.blender.org", PLUS, "updates_1_repositories")
    window.click("Add Remote Repository...", PREFERENCES)
    window.find("URL", PREFERENCES)  # its field has the cursor
    window.type(shelf.address)
    window.key("Return")
    window.click("Check for Updates on", PREFERENCES)  # Blender's dialog is too narrow for “Startup”
    window.shoot("updates_2_address", PREFERENCES)
    window.click("Create", PREFERENCES)
    window.wait(lambda state: shelf.address in state["repositories"], "the repository")


def test_the_extension_is_listed_and_installed(shelf: Shelf) -> None:
    window = shelf.window
    window.move(window.find(NAME, PREFERENCES).middle)  # out of the list of repositories, which closes it
    window.find("Install", PREFERENCES)
    window.shoot("updates_3_listed", PREFERENCES)
    assert not window.state()["enabled"]
    window.click("Install", PREFERENCES)
    shelf.wait_for("1.0.0")


def test_a_newer_release_is_found_and_taken(shelf: Shelf) -> None:
    window = shelf.window
    shelf.publish("1.1.0")
    assert not window.shows("Update", PREFERENCES), "nobody has looked yet"
    window.click_in_repositories(HOST, REFRESH)
    window.wait(lambda state: state["updates"] == 1, "the update")
    window.move(window.find(NAME, PREFERENCES).middle)
    window.find("Update", PREFERENCES)
    window.shoot("updates_4_found", PREFERENCES)
    assert shelf.installed() == "1.0.0", "Blender takes nothing before the user says so"
    window.click("Update", PREFERENCES)
    shelf.wait_for("1.1.0")
    window.wait(lambda state: state["updates"] == 0, "the end of the update")
    window.move(window.find(NAME, PREFERENCES).middle)  # off the button, which the pointer would hide
    window.wait_gone("Update")
    window.shoot("updates_5_taken", PREFERENCES)


def test_a_blender_that_starts_a_day_later_says_so_by_itself(shelf: Shelf) -> None:
    """Blender's own list is made a day older for it, and what is looked at first is before any click."""
    window = shelf.window
    known = shelf.profile / ".blender_ext" / "index.json"
    window.quit(changed=False)
    window.close()
    shelf.publish("1.2.0")
    os.utime(known, (time.time() - A_DAY,) * 2)
    window.open(backend=False)
    shelf.wait_for("1.1.0")
    window.wait(lambda state: state["updates"] == 1, "the number in the status bar")
    window.shoot("updates_6_day_later")
    window.key("Escape")  # the splash screen
    window.open_extensions()
    window.click("Update", PREFERENCES)
    shelf.wait_for("1.2.0")
