# SPDX-License-Identifier: GPL-3.0-or-later
"""An export on its way: a Blender in the background writes the files from a copy of the character.

So the user's scene, selection, frame range, actions and NLA are not touched at all, and Blender does not wait.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ...backend.requests.export import CHARACTER, ExportOrder, done, problem
from ...backend.system.background_blender import EXPORT as JOB
from ...backend.system.background_blender import blender, start
from ...backend.system.temporary_folder import temporary_folder
from ...backend.system.user_files import sweep
from ...rigs.errors import UserError
from ..session.tasks import SOLVING, Task
from ..ui.notices import EXPORT


@dataclass
class ExportJob(Task):
    """Clips on their way into files. It needs no backend."""

    order: ExportOrder
    state: str = field(default=SOLVING, kw_only=True)
    phase: str = field(default="writing the files", kw_only=True)
    _held: contextlib.ExitStack = field(init=False, default_factory=contextlib.ExitStack)
    _folder: Path = field(init=False)
    _child: subprocess.Popen[str] | None = field(init=False, default=None)

    def begin(self, rig_object: Any) -> None:
        """Copy the character into a file and start the Blender that reads it; UserError where there is none."""
        self._folder, self.of = self._held.enter_context(temporary_folder("export")), len(self.order.clips)
        meshes = {bpy.data.objects[name] for name in self.order.meshes}
        actions = {bpy.data.actions[clip.name] for clip in self.order.clips}
        try:
            bpy.data.libraries.write(
                str(self._folder / CHARACTER), {rig_object, *meshes, *actions}, path_remap="ABSOLUTE"
            )
            self.order.write(self._folder)
        except (OSError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0]
            raise UserError(
                f"The character could not be copied ({reason}).", "Free some space on the disk.", "disk_full"
            ) from error
        command = blender(JOB)
        assert command is not None  # the add-on names its own Blender
        self._child = start(command, self._folder, subprocess.DEVNULL)

    @property
    def button(self) -> str:
        return EXPORT

    @property
    def writer(self) -> str:
        return "show_exported"

    @property
    def beside(self) -> bool:
        return True

    @property
    def is_solved(self) -> bool:
        return self._child is not None and self._child.poll() is not None and self.step == self.of

    def solve_on(self) -> None:
        """See how many files are written."""
        assert self._child is not None
        over = self._child.poll() is not None
        self.step = done(self._folder)
        wrong = problem(self._folder, self.order) if over else None
        if wrong is not None:
            raise wrong

    def report(self) -> str:
        first = Path(self.order.clips[0].path)
        if len(self.order.clips) == 1:
            return f"{first.name} is in {first.parent}."
        return f"{len(self.order.clips)} files are in {first.parent}."

    def end(self, state: str) -> None:
        super().end(state)
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
        threading.Thread(target=self._tidy, name="coamd-export", daemon=True).start()

    def _tidy(self) -> None:
        """Once the other Blender is gone, remove what it has left half written."""
        child = self._child
        if child is not None:
            child.wait()
            assert child.stdin is not None
            child.stdin.close()
        for place in {Path(clip.path).parent for clip in self.order.clips}:
            sweep(place)
        self._held.close()
