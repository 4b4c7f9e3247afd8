# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's link to the backend: finds a Python, starts the process, connects and monitors it. Never blocks."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...backend.client.backend_process import BackendProcess
from ...backend.system.user_folder import home
from ...backend.wire.connection import Connection
from ...backend.wire.messages import Cancel, Error, Progress, Reply, Request, Result, State, Status, Welcome
from ...backend.wire.protocol import new_id
from ...rigs.errors import UserError
from ..install import interpreter
from ..preferences import BackendSettings

if TYPE_CHECKING:
    from ...backend.client.client import Client

OFF, SEARCHING, STARTING, READY, LAUNCHING, FAILED = "off", "searching", "starting", "ready", "launching", "failed"
STOPPING = "stopping"
_STATUS_SECONDS = 0.5  # between questions while the model loads
_SILENT_SECONDS = 15.0  # without an answer, a backend elsewhere counts as gone
_LOADING_SECONDS = 60.0  # the same while it loads: on a busy machine the imports hold its network up for many seconds
_STOP_SECONDS = 1.0  # a backend that was asked to end has so long; it has nothing to lose, and is then ended by force
_SILENT_TICKS = 100  # ... and only if we looked often: a render keeps Blender from looking for minutes


def _is_work(reply: Reply) -> bool:
    """Whether a reply comes from a model that is loaded and works."""
    return isinstance(reply, Result) or (isinstance(reply, Progress) and reply.phase != "loading")


class BackendLink:
    """One backend, from off to ready. Call ``tick`` often; it takes well under a millisecond."""

    def __init__(self) -> None:
        self.state = OFF
        self.model = ""
        self.device = ""
        self.problem: UserError | None = None
        self._settings = BackendSettings()
        self._search: threading.Thread | None = None
        self._found: Path | UserError | None = None
        self._process: BackendProcess | None = None
        self._client: Client | None = None
        self._asked = ""  # id of the status request on its way
        self._ask_at = 0.0
        self._silent_ticks = 0
        self._stopped_at = 0.0
        self._next: tuple[BackendSettings, BackendProcess | None] | None = None  # to be started after the one that ends

    @property
    def running(self) -> bool:
        """True from the start on until it has ended or failed."""
        return self.state not in (OFF, FAILED)

    @property
    def wanted(self) -> bool:
        """True from the start on until it is told to stop or has failed."""
        return self.state not in (OFF, FAILED, STOPPING) or self._next is not None

    @property
    def connected(self) -> bool:
        """True when requests can be sent; the model may still be loading."""
        return self._client is not None

    @property
    def elsewhere(self) -> bool:
        """Whether the backend is on another machine, whose files are not ours."""
        return self._client is not None and not self._client.connection.is_local

    @property
    def pid(self) -> int | None:
        """Process id of the backend that we started."""
        return self._process.pid if self._process else None

    def start(self, settings: BackendSettings, process: BackendProcess | None = None) -> None:
        """Begin; nothing happens when it runs already. ``process``: one made elsewhere, for scripts."""
        if self.state == STOPPING and self._next is None:
            self._next = settings, process
        if self.running:
            return
        self.problem, self._settings, self._process, self._found = None, settings, process, None
        if process is not None:
            self.state = LAUNCHING
        elif settings.connection:
            self.state = STARTING
            self._guarded(self._connect_elsewhere)
        else:
            self.state = SEARCHING
            self._search = threading.Thread(target=self._find, name="coamd-find-python", daemon=True)
            self._search.start()

    def stop(self) -> None:
        """Disconnect and ask our own process to end, which ``tick`` sees to; one that others started goes on."""
        self._disconnect()
        self.problem = self._next = None
        if self._process is None or self._process.ended:
            self._process, self.state = None, OFF
        elif self.state != STOPPING:
            self._process.terminate()
            self.state, self._stopped_at = STOPPING, time.monotonic()

    def close(self) -> None:
        """Stop, and come back when the process is gone: for the end of Blender and of the add-on."""
        self.stop()
        if self._process is not None:
            self._process.stop(_STOP_SECONDS)
        self._process, self.state = None, OFF

    def send(self, request: Request) -> str:
        """Send without waiting; UserError when it does not fit or nobody is there."""
        if self._client is None:
            raise UserError("The backend is not connected.", "Start it in the CoAMD tab.", "no_backend")
        return self._client.send(request)

    def cancel(self, target: str) -> None:
        """Tell the backend to drop a request; no reply to it is seen any more."""
        if self._client is not None:
            with contextlib.suppress(UserError):  # a backend that takes no messages; the job ends here all the same
                self._client.send(Cancel(new_id(), target))

    def enough(self, target: str) -> None:
        """Ask the backend to end a teaching early and to keep what is learnt."""
        if self._client is not None:
            with contextlib.suppress(UserError):
                self._client.enough(target)

    def log_tail(self, lines: int = 20) -> str:
        """The end of the backend's log."""
        process = self._process or BackendProcess("", home())
        return process.log_tail(lines)

    def tick(self) -> list[Reply]:
        """Look at everything once; returns the replies that belong to jobs."""
        replies: list[Reply] = []
        if self.state == SEARCHING and self._search is not None and not self._search.is_alive():
            self._guarded(self._take_found)
        elif self.state == STOPPING:
            self._await_end()
        elif self.state == LAUNCHING:
            self._guarded(self._start_process)
        elif self.state in (STARTING, READY):
            self._guarded(self._watch)
            if self._client is not None:
                replies = [reply for reply in self._client.poll() if not self._is_own(reply)]
                if self._client is not None and any(map(_is_work, replies)):  # it may come before the asked-for state
                    self.state = READY
        return replies

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except UserError as error:
            self._fail(error)

    def _await_end(self) -> None:
        assert self._process is not None
        if not self._process.ended:
            if time.monotonic() - self._stopped_at > _STOP_SECONDS:
                self._process.kill()
            return
        following = self._next
        self._process, self._next, self.state = None, None, OFF
        if following is not None:
            self.start(*following)

    def _fail(self, error: UserError) -> None:
        # A process that cannot load its model, or hangs, must be gone: the next start would find it and take it.
        # It is not waited for, as this runs in Blender's timer.
        self._disconnect()
        if self._process is not None:
            self._process.kill()
        self.state, self.problem = FAILED, error

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client, self._asked, self.model, self.device = None, "", "", ""

    def _find(self) -> None:
        try:
            self._found = interpreter.find(self._settings.python, self._settings.folder)
        except UserError as error:
            self._found = error

    def _take_found(self) -> None:
        self._search = None
        if isinstance(self._found, UserError):
            raise self._found
        assert self._found is not None
        weights = Path(self._settings.weights) if self._settings.weights else None
        self._process = BackendProcess(self._found, home(), weights=weights, device=self._settings.device)
        self._start_process()

    def _start_process(self) -> None:
        assert self._process is not None
        if self._process.start():
            self.state = STARTING

    def _watch(self) -> None:
        if self._process is not None:
            alive = self._process.poll()
            if alive == "dead":
                self._process_died()
                return
            if alive == "ready" and self._client is None:
                self._connect(self._process.connection())
        if self._client is not None:
            self._ask()

    def _process_died(self) -> None:
        """The process is gone: restart it if it ever worked, else report why."""
        assert self._process is not None
        worked = self.state == READY
        error = self._process.problem() or UserError(
            "The backend has ended.", "Press Start Backend, then generate again.", "backend_died"
        )
        self._fail(error)
        if worked:  # BackendProcess.start says no within 5 s of the last start
            self.state = LAUNCHING

    def _connect_elsewhere(self) -> None:
        connection = Connection.read(Path(self._settings.connection))
        if not connection.is_local and not self._settings.online:
            raise UserError(
                f"Blender is set to stay offline, and the backend is at {connection.endpoint}.",
                "Turn on Allow Online Access in Preferences > System.",
                "offline",
            )
        self._connect(connection)

    def _connect(self, connection: Connection) -> None:
        from ...backend.client.client import Client  # zmq: half of the time that enabling the add-on would take

        self._client = Client(connection)
        self._asked, self._ask_at, self._silent_ticks = "", 0.0, 0

    def _ask(self) -> None:
        """Ask for the state: often while the model loads, then only to notice a silent backend."""
        assert self._client is not None
        now = time.monotonic()
        if self._asked:
            self._silent_ticks += 1
            patience = _SILENT_SECONDS if self.state == READY else _LOADING_SECONDS
            if now - self._ask_at > patience and self._silent_ticks > _SILENT_TICKS:
                raise UserError(
                    "The backend does not answer.",
                    "Check that it is running and can be reached, then start it again.",
                    "silent",
                )
            return
        known = self.state == READY and self.model
        if now - self._ask_at > (_SILENT_SECONDS / 3 if known else _STATUS_SECONDS):
            self._asked, self._ask_at, self._silent_ticks = self._client.send(Status(new_id())), now, 0

    def _is_own(self, reply: Reply) -> bool:
        """Handle replies about the backend itself; True for these."""
        if isinstance(reply, State) and reply.id == self._asked:
            self._asked = ""
            self.model, self.device = reply.model, reply.device
            if reply.phase == "ready":
                self.state = READY
            elif reply.phase == "broken":
                self._fail(UserError(reply.message, reply.hint, reply.code))
            return True
        if isinstance(reply, Error) and self._client is not None and reply.id in (self._client.hello_id, self._asked):
            self._fail(UserError(reply.message, reply.hint, reply.code))
            return True
        if isinstance(reply, Error) and reply.code == "gpu_lost":  # the backend ends of it; the job is told as well
            self._fail(UserError(reply.message, reply.hint, reply.code))
        return isinstance(reply, Welcome)
