# SPDX-License-Identifier: GPL-3.0-or-later
"""A Blender that never had the extension, in a profile of its own, and all that a user does to it from outside."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from chroot import Chroot
from window import TREE, Window

_FILE_AT = (20, 880)  # of the dragged file's window
_GRIP = (30, 20)  # where in it the mouse takes it
_STEPS = 6
_WELL_INTO_IT = {"load": 0.2, "unpack": 0.75}  # of the bar: when a phase's picture shows most
_SECONDS_TO_END = 60


class FreshWindow(Window):
    """No backend, no extension, allowed online; beside the window of the other tests, if that is open."""

    display = ":78"
    options = ("--online-mode",)

    def __init__(self, chroot: Chroot, shots: Path, environment: dict[str, str]) -> None:
        super().__init__(chroot, Path(), shots)
        self._environment.update(environment)

    @property
    def profile(self) -> Path:
        """Blender's user data."""
        return self.folder / "blender"

    def drop(self, file: Path, at: tuple[int, int]) -> None:
        """Drag a file from a window of its own and let it go: one press of the button, counted as a click."""
        script = self.folder / "drag.py"
        script.write_bytes((TREE / "tests/window/drag.py").read_bytes())
        log = self.folder / "drag.log"
        command = ["/usr/bin/python3", str(script), str(file), *map(str, _FILE_AT)]
        source = self.chroot.start(command, self._environment, log)
        try:
            self._until(lambda: b"ready" in log.read_bytes() or source.poll() is not None, "the file to drag")
            self.shoot("journey_0_zip")
            start = (_FILE_AT[0] + _GRIP[0], _FILE_AT[1] + _GRIP[1])
            way = [tuple(a + (b - a) * i // _STEPS for a, b in zip(start, at, strict=True)) for i in range(_STEPS + 1)]
            # One command: Blender may be waiting for the drop alone, so that no state comes while the button is down.
            moves = [f"mousemove {x} {y} sleep 0.1" for x, y in way]
            self._xdotool(f"{moves[0]} mousedown 1 {' '.join(moves[1:])} mouseup 1")
            self.clicks += 1
            self._until(lambda: source.poll() is not None, "Blender to take the file")
        finally:
            source.kill()
        assert source.returncode == 0, log.read_text("utf-8")
        self._beat()

    def _xdotool(self, line: str) -> None:
        self.chroot.run(["xdotool", *line.split()], self._environment)

    def watch_installation(self, patience: float) -> list[float]:
        """Follow the bar to its end, with a picture of each phase; how far it was, from 0 to 1. It must not fail."""
        self.wait(lambda state: state["installing"]["busy"], "the installer")
        factors: list[float] = []
        phases: set[str] = set()

        def over() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.state().get("installing") or {"busy": True, "phase": "", "factor": 0.0}
            phase, factor = shown["phase"], shown["factor"]
            if phase and factor not in factors[-1:]:
                factors.append(factor)
            if phase not in {"", *phases} and factor > _WELL_INTO_IT.get(phase, 0.0):
                phases.add(phase)
                self.shoot(f"journey_5_{phase}")
            return None if shown["busy"] else shown

        last = self._until(over, "the end of the installation", patience)
        assert not last["problem"], last["problem"] + (self.folder / "home/install.log").read_text("utf-8")[-2000:]
        assert {"load", "unpack"} <= phases, (phases, factors)
        return factors

    def quit(self, *, changed: bool = True) -> None:
        """Close Blender as a user does, with Ctrl Q, and keep nothing. It asks only when the file has ``changed``."""
        self.move(self.aside)
        if changed:
            self.key("ctrl+q")
            self.move(self.find("Don't Save", self.everywhere).middle)
        blender = self._processes.pop()  # its end is not a fault from here on
        self._xdotool("click 1" if changed else "key ctrl+q")
        try:
            blender.wait(_SECONDS_TO_END)
        finally:
            blender.kill()

    def processes(self) -> list[str]:
        """Command lines of all processes that run out of the profile."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:  # it has ended meanwhile
                continue
            if str(self.profile) in line:
                found.append(line)
        return found

    def wait_alone(self) -> None:
        """Wait until nothing runs out of the profile any more."""
        self._until(lambda: not self.processes(), f"the end of {self.processes()}")

    def check_installation(self) -> str:
        """What the product itself says about the backend in the profile; all its libraries are imported."""
        (bootstrap,) = self.profile.glob("extensions/user_default/*/backend/bootstrap.py")
        (mark,) = self.profile.glob("**/coamd_backend.json")
        command = ["/usr/bin/python3", str(bootstrap), "install", "check", "--folder", str(mark.parent)]
        command += ["--log", str(self.folder / "check.log")]
        done = subprocess.run(
            self.chroot.command(command, self._environment), capture_output=True, text=True, check=False
        )
        return (done.stdout + done.stderr).strip()
