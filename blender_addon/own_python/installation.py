# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python would run the backend. It is looked for in a thread; nothing here waits, installs or downloads."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

from ...backend.wire.connection import Connection
from ...rigs.errors import UserError
from ..install import interpreter
from ..preferences import BackendSettings

REMOVE = "remove"  # an action that is never requested here


@dataclass(frozen=True)
class InstallRequest:
    """An action of the installer with its options."""

    action: str


@dataclass(frozen=True)
class MachineView:
    """What is known about this machine."""

    python: Path | None = None  # the Python that would run the backend now
    port: int = 0  # of the backend behind the chosen connection file, when it listens on its own machine only
    broken_file: UserError | None = None  # what is wrong with that file


class Installation:
    """Takes the place of the installer's class."""

    busy = False
    problem: UserError | None = None
    request: InstallRequest | None = None

    def __init__(self) -> None:
        self.view: MachineView | None = None  # None until the first check
        self._look: threading.Thread | None = None
        self._seen: MachineView | None = None
        self._again: BackendSettings | None = None

    @property
    def looking(self) -> bool:
        """True while the machine is being checked."""
        return self._look is not None

    @property
    def needed(self) -> str:
        """Not empty where the user has to name a Python."""
        return "python" if self.view is not None and self.view.python is None else ""

    def check(self, settings: BackendSettings) -> None:
        """Begin to look for a Python; ``view`` has it some seconds later."""
        if self._look is not None:
            self._again = settings
            return
        self._look = threading.Thread(target=self._find_out, args=(settings,), name="coamd-look", daemon=True)
        self._look.start()

    def tick(self, _settings: BackendSettings) -> bool:
        """Take over what was found; True when something the panel shows has changed."""
        before = self.view
        if self._look is not None and not self._look.is_alive():
            self._look, self.view = None, self._seen
            if self._again is not None:
                again, self._again = self._again, None
                self.check(again)
        return before != self.view

    def stop(self) -> None:
        """Nothing is at work that would have to end."""

    def _find_out(self, settings: BackendSettings) -> None:
        broken = python = None
        with contextlib.suppress(UserError):
            python = interpreter.find(settings.python, settings.folder)
        port = 0
        if settings.connection:
            try:
                there = Connection.read(Path(settings.connection))
                port = int(there.endpoint.rpartition(":")[2]) if there.is_local and there.is_stale() else 0
                python = python or Path(settings.connection)  # no Python is needed here
            except UserError as error:
                broken = error
        self._seen = MachineView(python, port, broken)
