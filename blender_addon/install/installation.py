# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the backend from inside Blender, and knows the state of the installation. Nothing here waits.

The work is done by ``coamd install`` in a process of its own, which Blender's Python runs. It writes its progress into
a file; ``tick`` reads what is new. Slow checks (the graphics card, whether the installed libraries can be
imported, whether another Python will do) run in a thread.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ...backend.client.backend_process import BOOTSTRAP
from ...backend.install import install_marker, installer, machine, python_finder, torch_builds
from ...backend.install.command_runner import cancelled
from ...backend.install.plan import PARTS
from ...backend.install.progress import InstallProgress, parse
from ...backend.system.subprocesses import NO_WINDOW, end_family, environment
from ...backend.system.user_files import open_private, private_folder
from ...backend.system.user_folder import home
from ...backend.wire.connection import Connection
from ...rigs.errors import UserError
from ..preferences import BackendSettings
from . import interpreter

INSTALL, REPAIR, REMOVE = "install", "repair", "remove"
_GRACE_SECONDS = 3.0  # for the installer to tidy up after a cancel; then it is ended by force
_OFFLINE = UserError(
    "Blender is set to stay offline, and the backend has to be downloaded.",
    "Turn on Allow Online Access in Preferences > System, or choose a folder with offline files.",
    "offline",
)


@dataclass(frozen=True)
class MachineView:
    """What is known about this machine."""

    state: install_marker.InstallState  # of the installation
    offered: tuple[torch_builds.Build, ...] = ()  # what can be installed, the best first
    unfit: UserError | None = None  # why nothing can be
    python: Path | None = None  # the Python that would run the backend now
    port: int = 0  # of the backend behind the chosen connection file, when it listens on its own machine only
    broken_file: UserError | None = None  # what is wrong with that file


@dataclass(frozen=True)
class InstallRequest:
    """An action of the installer with its options."""

    action: str
    folder: Path
    device: str = torch_builds.AUTO
    wheels: Path | None = None
    proxy: str = ""


class Installation:
    """One installation at a time. Call ``tick`` often; it takes well under a millisecond."""

    def __init__(self) -> None:
        self.view: MachineView | None = None  # None until the first check
        self.progress = InstallProgress()
        self.problem: UserError | None = None
        self.request: InstallRequest | None = None  # the one at work, or the last one
        self._child: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._rest = b""
        self._failure: UserError | None = None
        self._cancelled = 0.0  # when; 0: not
        self._look: threading.Thread | None = None
        self._seen: MachineView | None = None  # what the thread found
        self._again: BackendSettings | None = None  # look once more after this

    @property
    def busy(self) -> bool:
        """True while something is installed, repaired or removed."""
        return self._child is not None

    @property
    def looking(self) -> bool:
        """True while the machine is being checked."""
        return self._look is not None

    @property
    def needed(self) -> str:
        """What the user should do before anything else: INSTALL, REPAIR, or nothing."""
        view = self.view
        if view is None or view.python is not None or self.busy:
            return ""
        return REPAIR if view.state.to_repair else INSTALL

    @property
    def log_path(self) -> Path:
        """The log of the last installation."""
        return home() / "install.log"

    def check(self, settings: BackendSettings, *, imports: bool = True) -> None:
        """Begin to check the machine; ``view`` has the result some seconds later.

        ``imports``: also whether the installed libraries can be imported, at a low priority.
        """
        if self._look is not None:
            self._again = settings
            return
        self._look = threading.Thread(target=self._find_out, args=(settings, imports), name="coamd-look", daemon=True)
        self._look.start()

    def start(self, request: InstallRequest, settings: BackendSettings) -> None:
        """Begin; UserError "offline", "second_install", "not_ours" or why the installer cannot start."""
        if self.busy:
            raise UserError("An installation is running.", "Wait for it, or cancel it.", "second_install")
        if request.action != REMOVE and request.wheels is None and not settings.online:
            raise _OFFLINE
        if request.action == REMOVE:
            install_marker.check_ours(request.folder, PARTS)
        self.request, self.progress, self.problem, self._failure = request, InstallProgress(), None, None
        self._cancelled, self._rest = 0.0, b""
        output = home() / "install.progress"
        try:
            private_folder(output.parent)
            with open_private(output, "wb") as file:
                self._child = subprocess.Popen(
                    self._command(request),
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    creationflags=NO_WINDOW,
                    start_new_session=sys.platform != "win32",
                    env=environment() | ({"PIP_PROXY": request.proxy} if request.proxy else {}),
                )
            self._output = output.open("rb")
        except OSError as error:
            text = f"The installer cannot be started ({error.strerror})."
            raise UserError(text, f"See that {home()} can be written, then try again.", "install") from error

    def cancel(self) -> None:
        """Stop; the next installation continues with what is there."""
        if self._child is not None and not self._cancelled:
            self._cancelled = time.monotonic()
            end_family(self._child, force=False)

    def stop(self) -> None:
        """End the installer at once, for Blender is leaving."""
        if self._child is not None:
            end_family(self._child, force=True)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(1.0)
            self._close()

    def tick(self, settings: BackendSettings) -> bool:
        """Look at everything once; True when something the panel shows has changed."""
        before = (self.progress, self.busy, self.view)
        if self._look is not None and not self._look.is_alive():
            self._look, self.view = None, self._seen
            if self._again is not None:
                self._again = None
                self.check(settings)
        if self._child is not None:
            ended = self._child.poll() is not None  # asked before reading, so that its last words are read
            self._read()
            if ended:
                self._end(settings)
            elif self._cancelled and time.monotonic() - self._cancelled > _GRACE_SECONDS:
                end_family(self._child, force=True)
        return before != (self.progress, self.busy, self.view)

    def log_tail(self, lines: int = 200) -> str:
        """The end of the installer's log."""
        try:
            return "\n".join(self.log_path.read_text("utf-8", errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _command(self, request: InstallRequest) -> list[str]:
        command = [
            str(python_finder.own()),
            str(BOOTSTRAP),
            "install",
            request.action,
            "--json",
            "--folder",
            str(request.folder),
        ]
        command += ["--log", str(self.log_path), "--parent-pid", str(os.getpid()), "--device", request.device]
        return command + (["--wheels", str(request.wheels)] if request.wheels else [])

    def _read(self) -> None:
        assert self._output is not None
        *lines, self._rest = (self._rest + self._output.read()).split(b"\n")
        for line in lines:
            said = parse(line.decode("utf-8", errors="replace"))
            if isinstance(said, UserError):
                self._failure = said
            elif said is not None:
                self.progress = said

    def _end(self, settings: BackendSettings) -> None:
        assert self._child is not None
        code = self._child.returncode
        self._close()
        if code == 0:
            self.problem = None
        elif self._cancelled:
            self.problem = cancelled()
        else:
            text = f"The installer ended unexpectedly with exit code {code}."
            self.problem = self._failure or UserError(text, f"Press Repair. The log is {self.log_path}.", "install")
        self.view = None  # what was known is no longer true
        self.check(settings, imports=code != 0)  # the installer has just imported what it has installed

    def _close(self) -> None:
        if self._output is not None:
            self._output.close()
        self._child, self._output = None, None

    def _find_out(self, settings: BackendSettings, imports: bool) -> None:
        folder = Path(settings.folder)
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            state = installer.verify(folder, nowhere) if imports else install_marker.state(folder)
        offered: tuple[torch_builds.Build, ...] = ()
        unfit = broken = python = None
        try:
            offered = torch_builds.devices(machine.look())
        except UserError as error:
            unfit = error
        if not state.to_repair or settings.python:
            with contextlib.suppress(UserError):
                python = interpreter.find(settings.python, settings.folder)
        port = 0
        if settings.connection:
            try:
                there = Connection.read(Path(settings.connection))
                port = int(there.endpoint.rpartition(":")[2]) if there.is_local and there.is_stale() else 0
                python = python or Path(settings.connection)  # nothing has to be installed here
            except UserError as error:
                broken = error
        self._seen = MachineView(state, offered, unfit, python, port, broken)
