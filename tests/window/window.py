# SPDX-License-Identifier: GPL-3.0-or-later
"""A Blender window on a screen of its own, driven with mouse and keys, and looked at through pictures.

Buttons are found by the words on them (`sight.py`). Nothing waits for a time: all waits are for a state (`inside.py`)
or for words.
"""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sight
from chroot import Chroot
from PIL import Image
from sight import Box, Place

SIZE = (1400, 1000)
PATIENCE = 300.0  # seconds; only what is broken needs them
_PAUSE = 0.1
_MARGIN = 24  # pixels below the last words of a sidebar
_TABS = 26  # pixels of a sidebar's right side
_TURNED_SURE = 0.6  # letters that run upwards are drawn a little differently
_ICON = 16  # pixels from the tabs to the middle of a row's last icon
_ROW = 21  # pixels from one row of a panel to the next
_F3 = "69"  # by its place: sid's keyboard has the name on another key as well, which Blender does not know
_NEAR = 20  # pixels around the mouse: what is under it, and where the search field appears
_INK = 150  # as light as letters are, of 255
TREE = Path(__file__).resolve().parents[2]


class Window:
    """Blender in a chroot. ``python``: this machine's interpreter that runs the backend."""

    display = ":77"
    options: tuple[str, ...] = ()  # of Blender's command line

    def __init__(self, chroot: Chroot, python: Path, shots: Path) -> None:
        self.chroot, self.shots = chroot, shots
        self.folder = chroot.share
        self._python = python
        self._watch = self.folder / "state.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._environment = {
            "DISPLAY": self.display,
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "BLENDER_USER_RESOURCES": str(self.folder / "blender"),
            "COAMD_HOME": str(self.folder / "home"),
            "COAMD_WATCH": str(self._watch),
            "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE",
        }
        self._patterns: dict[str, list[np.ndarray]] = {}
        self.clicks = 0  # how many the mouse has made

    def install(self, archive: Path) -> None:
        """Install and enable the zip through Blender's own installer, and let the chroot reach the host's Python."""
        wrapper = self.folder / "python"
        keep = "COAMD_HOME OMP_NUM_THREADS OMP_WAIT_POLICY PYTHONPATH PYTHONUNBUFFERED"
        pairs = " ".join(f'{name}="${name}"' for name in keep.split())
        run = f'exec chroot /host env -C / TMPDIR={self.folder} {pairs} {self._python} "$@"'
        wrapper.write_text(f"#!/bin/sh\n{run}\n", "utf-8")
        wrapper.chmod(0o755)
        target = self.folder / archive.name
        target.write_bytes(archive.read_bytes())
        command = ["blender", "--background", "--command", "extension", "install-file", "-r", "user_default"]
        self.chroot.run([*command, "--enable", str(target)], self._environment)

    def open(self, *, backend: bool = True) -> None:
        """Start screen and Blender, and wait until it draws. Without ``backend`` nobody says which Python has one."""
        self.clicks = 0
        self._watch.unlink(missing_ok=True)  # what another Blender wrote
        if not backend:
            self._environment.pop("COAMD_PYTHON", None)
        else:
            self._environment["COAMD_PYTHON"] = str(self.folder / "python")
        screen = f"{SIZE[0]}x{SIZE[1]}x24"
        self._start(
            ["Xvfb", self.display, "-screen", "0", screen, "-nolisten", "tcp", "-fbdir", str(self.folder)], "xvfb.log"
        )
        self._until(lambda: self._tool("xdpyinfo") is not None, "the screen")
        shutil.rmtree(self.folder / "letters", ignore_errors=True)
        (self.folder / "letters").mkdir()
        inside = self.folder / "inside.py"
        inside.write_bytes((Path(__file__).parent / "inside.py").read_bytes())
        geometry = ["--window-geometry", "0", "0", *map(str, SIZE)]
        self._start(["blender", *self.options, *geometry, "--python", str(inside)], "blender.log")
        self.wait(lambda state: state["windows"] > 0, "Blender's window")
        self.draw_settled()

    def print_from_background(self, code: str, *options: str) -> str:
        """What some Python prints in a Blender without a window, with the extension installed unless options differ."""
        command = ["blender", "--background", *options, "--python-expr", code]
        return self.chroot.run(command, self._environment).decode("utf-8", "replace")

    def close(self) -> None:
        """End Blender and the screen."""
        for process in reversed(self._processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self._processes.clear()

    def _start(self, command: list[str], log: str) -> None:
        self._processes.append(self.chroot.start(command, self._environment, self.folder / log))

    def _tool(self, *command: str) -> bytes | None:
        try:
            return self.chroot.run(command, self._environment)
        except RuntimeError:
            return None

    def _until(self, condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
        deadline = time.monotonic() + patience
        while not (result := condition()):
            if any(process.poll() is not None for process in self._processes):
                log = (self.folder / "blender.log").read_text("utf-8", "replace")[-3000:]
                raise AssertionError(f"Blender or its screen has ended while waiting for {what}:\n{log}")
            assert time.monotonic() < deadline, self._in_vain(what)
            time.sleep(_PAUSE)
        return result

    def _in_vain(self, what: str) -> str:
        try:
            where = self.shoot("in_vain")
        except RuntimeError:
            where = Path("no picture")
        return f"waited in vain for {what}; see {where}; state: {self.state()}"

    # What is there

    def state(self) -> dict[str, Any]:
        """What Blender wrote down last."""
        try:
            found: dict[str, Any] = json.loads(self._watch.read_text("utf-8"))
        except (OSError, ValueError):
            return {"count": 0, "windows": 0}
        assert "fault" not in found, found["fault"]
        return found

    def wait(self, condition: Callable[[dict[str, Any]], Any], what: str) -> dict[str, Any]:
        """The first state that fits."""

        def look() -> dict[str, Any] | None:
            state = self.state()
            return state if state["count"] and condition(state) else None

        found: dict[str, Any] = self._until(look, what)
        return found

    def picture(self) -> Image.Image:
        """The screen as it is, from the file that Xvfb keeps it in: a header with its own size first, then colours."""
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        size, width, height, per_line, colours = header[0], header[4], header[5], header[12], header[19]
        pixels = data[size + 12 * colours :]  # a colour of the map takes 12 bytes
        return Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX", per_line)

    def draw_settled(self) -> Image.Image:
        """The screen once two pictures of the sidebar are alike; what moves in the view does not count.

        The mouse goes aside, as what is under it is lit.
        """
        self.move(self.aside)
        last: list[Image.Image] = []

        def settled() -> Image.Image | None:
            self._beat()
            now = self.picture()
            box = self.sidebar() or (0, 0, *SIZE)
            alike = bool(last) and last[-1].crop(box).tobytes() == now.crop(box).tobytes()
            last.append(now)
            return now if alike and now.getbbox() else None

        found: Image.Image = self._until(settled, "a picture that stands still")
        return found

    def box(self, area: str, region: str) -> Box | None:
        """A region's box on the screen, or None when it is not shown."""
        state = self.state()
        for found in state.get("areas", ()):
            if found["type"] == area:
                for part in found["regions"]:
                    x, y, width, height = part["box"]
                    if part["type"] == region and width > 1 and height > 1:
                        top = state["height"][0] - y - height
                        return x, top, x + width, top + height
        return None

    def sidebar(self) -> Box | None:
        """The 3D viewport's sidebar."""
        return self.box("VIEW_3D", "UI")

    def view(self) -> Box:
        """The 3D viewport."""
        found = self.box("VIEW_3D", "WINDOW")
        assert found is not None
        return found

    def patterns(self, text: str) -> list[np.ndarray]:
        """How Blender draws a phrase, in each of its sizes; values from 0 to 1."""
        if text not in self._patterns:
            question = self.folder / "letters" / f"{len(self._patterns)}.txt"
            part = question.with_suffix(".new")
            part.write_text(text, "utf-8")
            part.replace(question)
            answer = question.with_suffix(".npz")
            self._until(answer.exists, f"Blender's drawing of “{text}”")
            with np.load(answer) as drawn:
                self._patterns[text] = [drawn[name] / 255.0 for name in drawn.files]
        return self._patterns[text]

    def places(self, text: str, box: Box | None = None, picture: Image.Image | None = None) -> list[Place]:
        """Where a phrase stands on the screen now, from the top down."""
        within = box or self.sidebar()
        assert within is not None, "the sidebar is closed"
        return sight.look(picture or self.picture(), within, self.patterns(text))

    def find(self, text: str, box: Box | None = None, which: int = 0) -> Place:
        """Where a phrase is, waiting for it to stand still; ``which`` of several, from the top; -1 is the last."""
        last: list[tuple[int, int]] = []

        def seen() -> Place | None:
            self._beat()
            found = self.places(text, box)
            there = -len(found) <= which < len(found)
            still = there and found[which].corner in last
            last[:] = [place.corner for place in found]
            return found[which] if still else None

        place: Place = self._until(seen, f"the words “{text}”")
        return place

    def shows(self, text: str, box: Box | None = None) -> bool:
        """Whether a phrase is on the screen now."""
        return bool(self.places(text, box))

    # What is done

    def move(self, at: tuple[int, int]) -> None:
        """Put the mouse there, in two steps, as Blender looks at motion."""
        self.chroot.run(["xdotool", "mousemove", str(at[0] - 1), str(at[1])], self._environment)
        self.chroot.run(["xdotool", "mousemove", str(at[0]), str(at[1])], self._environment)
        self._beat()

    def click(
        self, at: tuple[int, int] | str, box: Box | None = None, which: int = 0, times: int = 1, held: str = ""
    ) -> None:
        """Click a place or a phrase, once what is under the mouse is lit: before, Blender 5 may miss the click.

        ``held``: a key that is down meanwhile.
        """
        place = self.find(at, box, which).middle if isinstance(at, str) else at
        self.move(place)
        around = self._around(place)
        last: list[bytes] = []

        def still() -> bool:
            self._beat()
            last.append(self.picture().crop(around).tobytes())
            return last[-1] in last[:-1]

        self._until(still, "the mouse's place to be drawn")
        if held:
            self.chroot.run(["xdotool", "keydown", held], self._environment)
            self._beat()
        try:
            self.chroot.run(["xdotool", "click", "--repeat", str(times), "--delay", "60", "1"], self._environment)
            self.clicks += 1
            self._beat()
        finally:
            if held:
                self.chroot.run(["xdotool", "keyup", held], self._environment)

    def click_beside(self, text: str, which: int = 0, rows: int = 0, icons: int = 0) -> None:
        """Click the last icon of the row in which a phrase stands, or of one so many rows above it.

        ``icons``: how many stand to the right of it.
        """
        box = self.sidebar()
        assert box is not None
        across = box[2] - _TABS - _ICON - icons * _ROW
        self.click((across, self.find(text, which=which).middle[1] - rows * _ROW))

    def drag(self, *way: tuple[int, int]) -> None:
        """Press at the first place, move through the others, and let go at the last one."""
        self.move(way[0])
        for command in ("mousedown 1", *(f"mousemove {x} {y}" for x, y in way[1:]), "mouseup 1"):
            self.chroot.run(["xdotool", *command.split()], self._environment)
            self._beat()

    def on_screen(self, place: list[int]) -> tuple[int, int]:
        """A place that is told from the window's lower left corner."""
        return place[0], self.state()["height"][0] - place[1]

    def _around(self, at: tuple[int, int]) -> Box:
        return at[0] - _NEAR, at[1] - _NEAR, at[0] + _NEAR, at[1] + _NEAR

    def key(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.chroot.run(["xdotool", "key", key], self._environment)
            self._beat()

    def type(self, text: str) -> None:
        """Type letters."""
        self.chroot.run(["xdotool", "type", "--delay", "25", text], self._environment)
        self._beat()

    def _beat(self) -> None:
        """Wait until Blender has gone round its loop twice."""
        count = self.state()["count"]
        self.wait(lambda state: state["count"] >= count + 2, "Blender to take in the event")

    def frame_character(self) -> None:
        """Look at what is selected, with room to walk."""
        self.move(self.aside)
        self.key("KP_Decimal")
        self.chroot.run(["xdotool", "click", "--repeat", "5", "--delay", "60", "5"], self._environment)  # away from it
        self._beat()

    @property
    def aside(self) -> tuple[int, int]:
        """In the 3D viewport, away from panels and from what stands in its middle."""
        left, top, right, bottom = self.view()
        return left + (right - left) // 3, (top + bottom) // 2

    @property
    def everywhere(self) -> Box:
        """The whole screen, for dialogs."""
        return 0, 0, *SIZE

    def solo(self, panel: str) -> None:
        """Open a panel and close the others, as Ctrl and a click on its header do; it is then on top."""
        self.click(panel, held="ctrl")
        self.draw_settled()

    def search(self, name: str) -> None:
        """Run an operator by its name: F3, letters, Enter. Letters that come before the field are shortcuts."""
        self.move(self.aside)
        around = self._around(self.aside)
        before = self.picture().crop(around).tobytes()
        self.key(_F3)
        self._until(lambda: self.picture().crop(around).tobytes() != before, "the search field")
        self._beat()
        self.type(name)
        self.key("Return")

    def enter(self, at: tuple[int, int] | str, text: str, box: Box | None = None) -> None:
        """Replace what is in a text field."""
        self.click(at, box, times=2)
        self.key("ctrl+a")
        self.type(text)
        self.key("Return")

    def shoot(self, name: str, box: Box | None = None) -> Path:
        """Keep a picture of the screen or of a box of it; of the sidebar, only the part with panels."""
        path = self.shots / f"{name}.png"
        picture = self.picture()
        if box is not None and box == self.sidebar():  # as far down as there are letters
            panels = (*box[:2], box[2] - _TABS, box[3])
            light = picture.crop(panels).convert("L").point(lambda value: 255 if value > _INK else 0).getbbox()
            box = (*box[:3], min(box[1] + (light[3] if light else 0) + _MARGIN, box[3]))
        picture = picture.crop(box) if box is not None else picture
        self.shots.mkdir(parents=True, exist_ok=True)
        picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        return path

    def open_tab(self, tab: str = "CoAMD") -> None:
        """Open the sidebar with N and choose a tab by the word on it, which runs upwards."""
        if self.sidebar() is None:
            self.move(self.aside)
            self.key("n")
            self._until(self.sidebar, "the sidebar")
        self.draw_settled()
        if self._tab() == tab:
            return
        box = self.sidebar()
        assert box is not None
        strip = (box[2] - _TABS, box[1], box[2], box[3])
        turned = [np.rot90(pattern, turns) for pattern in self.patterns(tab) for turns in (1, 3)]
        places = sight.look(self.picture(), strip, turned, _TURNED_SURE)
        assert places, self._in_vain(f"the tab {tab}")
        self.click(max(places, key=lambda place: place.likeness).middle)
        self.wait(lambda _: self._tab() == tab, f"the tab {tab}")
        self.draw_settled()

    def _tab(self) -> str:
        for area in self.state().get("areas", ()):
            for region in area["regions"]:
                if area["type"] == "VIEW_3D" and region["type"] == "UI":
                    return str(region["tab"])
        return ""
