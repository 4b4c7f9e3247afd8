# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the backend in an interpreter of its own and watches it, without ever blocking.

The child writes to a log file (an unread pipe would stop it when full), finds the connection file's path on its
command line and its parent's process id beside it: it ends by itself when the parent is gone, however that
ended, and never because the parent is merely busy.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Literal

from ...rigs.errors import UserError
from ..system.subprocesses import NO_WINDOW, environment
from ..system.user_files import open_private, private_folder
from ..wire.connection import Connection, live

RESTART_SECONDS = 5.0  # between two starts: a backend that dies at once must not be started in a storm
BOOTSTRAP = Path(__file__).resolve().parents[1] / "bootstrap.py"

ProcessState = Literal["starting", "ready", "dead"]


class BackendProcess:
    """One backend for one parent.

    ``python``: the interpreter that has torch. ``home``: folder of the log and the connection file. ``weights``:
    folder of the model, None for the bundled one. ``script``: what that Python runs; it is given ``serve`` and
    its options. A backend that already lives on the connection file is used as it is and not stopped.
    """

    def __init__(
        self,
        python: Path | str,
        home: Path,
        *,
        weights: Path | None = None,
        device: str = "auto",
        connection_file: Path | None = None,
        script: Path = BOOTSTRAP,
    ) -> None:
        self.python = str(python)
        self.home = Path(home)
        self.log_path = self.home / "backend.log"
        self.connection_file = Path(connection_file or self.home / "connection.json")
        self._options = ["--device", device] + (["--weights", str(weights)] if weights else [])
        self._script = Path(script)
        self._child: subprocess.Popen[bytes] | None = None
        self._started = -RESTART_SECONDS

    @property
    def pid(self) -> int | None:
        """Process id of the child, dead or alive; None before the first start."""
        return self._child.pid if self._child else None

    def start(self) -> bool:
        """Starts the backend unless it lives. False when the last start is less than 5 s ago: ask again later.

        Raises UserError "python_missing" or "home_unwritable".
        """
        if self.poll() != "dead":
            return True
        if time.monotonic() - self._started < RESTART_SECONDS:
            return False
        self._started = time.monotonic()
        self._child = None
        with self._open_log() as log:
            self._child = self._spawn(log)
        return True

    def poll(self) -> ProcessState:
        """ "ready" once it answers (the model may still be loading: ask it for its State). Takes 0.1 to 0.3 ms."""
        if live(self.connection_file) is not None:
            return "ready"
        return "starting" if self._child is not None and self._child.poll() is None else "dead"

    def connection(self) -> Connection:
        """Where the living backend listens; UserError "no_backend" while there is none."""
        found = live(self.connection_file)
        if found is None:
            raise self.problem() or UserError("The backend is not ready yet.", "Wait a moment.", "no_backend")
        return found

    def problem(self) -> UserError | None:
        """Why the child ended, in one sentence with its remedy; None if it did not end or was asked to."""
        code = self._child.poll() if self._child else None
        if not code or self.poll() != "dead":
            return None
        said = next((line for line in reversed(self.log_tail(20).splitlines()) if line.startswith("coamd")), "")
        if code == 2 and said:  # a mistake the user can mend; the command line has put it into words
            return UserError(said.partition(": ")[2], "", "backend_refused")
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return UserError(f"The backend ended unexpectedly, {how}.", f"Its log is {self.log_path}.", "backend_died")

    def log_tail(self, lines: int = 20) -> str:
        """The last lines of the log."""
        try:
            with self.log_path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 200 * max(lines, 1)))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    @property
    def ended(self) -> bool:
        """Whether our own child is gone, or there never was one."""
        return self._child is None or self._child.poll() is not None

    def terminate(self) -> None:
        """Asks our own child to end and does not wait for it: for Blender's main thread."""
        if self._child is not None and not self.ended:
            self._child.terminate()

    def kill(self) -> None:
        """Ends our own child at once and does not wait for it either."""
        if self._child is not None and not self.ended:
            self._child.kill()

    def stop(self, timeout: float = 5.0) -> None:
        """Ends our own child: politely, and after ``timeout`` seconds by force.

        One that was killed is not waited for without end: a machine that is busy lets it go later.
        """
        if self._child is None or self.ended:
            return
        self.terminate()
        try:
            self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(timeout)

    def _open_log(self) -> IO[bytes]:
        try:
            private_folder(self.home)
            with contextlib.suppress(OSError):  # the log of the start before stays readable
                self.log_path.replace(self.log_path.with_suffix(".previous.log"))
            return open_private(self.log_path, "wb")
        except OSError as error:
            text = f"The backend's folder {self.home} cannot be written ({error.strerror})."
            raise UserError(text, "Make room there or choose another folder.", "home_unwritable") from error

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env=environment(),
                creationflags=NO_WINDOW,
                start_new_session=sys.platform != "win32",  # a Ctrl-C in Blender's terminal is not the backend's
            )
        except OSError as error:
            text = f"The backend's Python {self.python} cannot be started ({error.strerror})."
            raise UserError(text, "Choose a Python that has torch installed.", "python_missing") from error

    def _command(self) -> Sequence[str]:
        return [
            self.python,
            str(self._script),
            "serve",
            "--connection-file",
            str(self.connection_file),
            "--parent-pid",
            str(os.getpid()),
            *self._options,
        ]
