# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of the backend, for scripts and for the add-on. It needs no torch.

Ten lines that make a motion with a running backend (``coamd serve``)::

    from coamd.backend.client.client import Client
    from coamd.backend.requests.generate import GenerateRequest
    from coamd.backend.wire.connection import Connection, default_path

    with Client(Connection.read(default_path())) as client:
        result = client.generate(GenerateRequest("a person walks forward and waves", 4.0, seed=1, variations=2))
        print(result.joints.shape)  # (2, 80, 22, 3): variations, frames, joints, metres with Y up
        for segment in client.label(result.joints[0], top=3).segments:
            print(segment.first, segment.end, [(named.label, named.confidence) for named in segment.labels])
        print(client.search("somebody jumps", list(result.joints)))  # one score per clip
    # What goes wrong is a coamd.rigs.errors.UserError: message, hint, code.

A program with its own loop, such as Blender's timer, calls `Client.send` and `Client.poll` instead; neither
ever blocks. A client belongs to the thread that made it.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import zmq

from ...rigs.errors import UserError
from ..requests.edit import EditRequest
from ..requests.edit_checks import check
from ..requests.fields import MAX_FRAME_BYTES, FloatArray, ProtocolError
from ..requests.generate import GenerateRequest
from ..requests.label import Moment, Offer
from ..requests.lesson import Example, Lesson, checked
from ..wire.connection import Connection
from ..wire.messages import (
    Accepted,
    Cancel,
    Edit,
    Enough,
    Error,
    Fetch,
    Find,
    Found,
    Generate,
    Hello,
    Index,
    Indexed,
    Label,
    Labelled,
    Learnt,
    Progress,
    Reply,
    Request,
    Result,
    Search,
    Shutdown,
    State,
    Status,
    Teach,
    Welcome,
)
from ..wire.protocol import clip_hash, decode, encode, new_id

log = logging.getLogger(__name__)

OnProgress = Callable[[Progress], None]
R = TypeVar("R", bound=Reply)
_LOOK_SECONDS = 0.5  # between two looks whether the backend still lives, while one waits
_SILENT = "Look at the backend's log, or stop it and start it again."


class Client:
    """A DEALER socket to one backend. Says hello at once; messages wait until the connection stands."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.welcome: Welcome | None = None
        self._open: dict[str, type[Request]] = {}  # requests that still await their last reply
        self._inbox: list[Reply] = []
        self._known: set[str] = set()  # clips this backend has embedded for us
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0  # closing never waits for a backend that is gone
        # A name of our own: after a broken connection, as after suspending the machine, replies still find us.
        self._socket.routing_id = uuid.uuid4().bytes
        self._socket.rcvhwm = 0  # a render keeps us from reading for minutes and must not cost us the result
        self._socket.maxmsgsize = MAX_FRAME_BYTES
        self._socket.curve_serverkey = connection.server_key.encode()
        self._socket.curve_publickey = connection.client_key.encode()
        self._socket.curve_secretkey = connection.client_secret.encode()
        try:
            self._socket.connect(connection.endpoint)
        except zmq.ZMQError as error:
            self.close()
            text = f"{connection.endpoint} is not an address one can connect to ({error})."
            raise UserError(text, "Start the backend again.", "connection_broken") from error
        self.hello_id = self.send(Hello(new_id()))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Drops the connection at once; what was not sent or read is lost."""
        self._context.destroy(linger=0)

    # For programs with a loop of their own

    def send(self, request: Request) -> str:
        """Hands the request over without waiting and returns its id; `ProtocolError` if it does not fit."""
        if isinstance(request, Cancel):
            self._forget(request.target)
        frames = encode(request)
        try:
            self._socket.send_multipart(frames, zmq.NOBLOCK)
        except zmq.Again:
            raise UserError("The backend takes no more messages.", _SILENT, "backend_silent") from None
        if not isinstance(request, Cancel):
            self._open[request.id] = type(request)
        return request.id

    def cancel(self, target: str) -> None:
        """Ends that job; from now on no reply to it is seen."""
        if target in self._open:
            self.send(Cancel(new_id(), target))

    def enough(self, target: str) -> None:
        """Ends a teaching early; what is learnt so far is kept, and its last reply comes as ever."""
        if target in self._open:
            self.send(Enough(new_id(), target))

    def poll(self, limit: int = 16) -> list[Reply]:
        """The replies that have come, at most ``limit`` of them, in their order. Never blocks.

        Replies to cancelled, finished or unknown requests are dropped.
        """
        self._receive(limit)
        taken, self._inbox = self._inbox[:limit], self._inbox[limit:]
        return taken

    # For scripts: each of these waits for the answer

    def wait(self, id: str, timeout: float = 600.0, progress: OnProgress | None = None) -> Reply:
        """The last reply to request ``id``: Result, State or Welcome.

        Raises UserError: the backend's own; "backend_died"; "timeout" after ``timeout`` seconds (the job is then
        cancelled).
        """
        deadline = time.monotonic() + timeout
        try:
            while (last := self._take_last(id, progress)) is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise UserError(f"The backend gave no answer in {timeout:g} s.", _SILENT, "timeout")
                if self._socket.poll(int(1000 * min(left, _LOOK_SECONDS)) + 1):
                    self._receive(64)
                elif self.connection.is_stale():
                    raise UserError("The backend is gone.", "Start it again; its log says why.", "backend_died")
        except BaseException:  # KeyboardInterrupt too: nobody waits any longer
            self.cancel(id)
            raise
        if isinstance(last, Error):
            raise UserError(last.message, last.hint, last.code)
        return last

    def hello(self, timeout: float = 10.0) -> Welcome:
        """The backend's welcome, once it has answered."""
        if self.welcome is None:
            self.wait(self.hello_id, timeout)
        assert self.welcome is not None
        return self.welcome

    def status(self, timeout: float = 10.0) -> State:
        """What the backend is doing now."""
        state = self.wait(self.send(Status(new_id())), timeout)
        assert isinstance(state, State)
        return state

    def generate(
        self, request: GenerateRequest, *, timeout: float = 600.0, progress: OnProgress | None = None
    ) -> Result:
        """Text to motion: ``joints`` (V, F, 22, 3) metres, Y up, 20 frames per second, and ``warnings``."""
        return self._result(Generate(new_id(), request), timeout, progress)

    def edit(self, request: EditRequest, *, timeout: float = 600.0, progress: OnProgress | None = None) -> Result:
        """A motion changed in a range: ``joints`` (V, F', 22, 3), where F' has the frames that an extension adds.

        Raises UserError where the request makes no sense (`requests.edit_checks.check`), before anything is sent.
        """
        check(request)
        return self._result(Edit(new_id(), request), timeout, progress)

    def teach(
        self,
        name: str,
        examples: Sequence[Example],
        *,
        mirror: bool = True,
        timeout: float = 3600.0,
        progress: OnProgress | None = None,
    ) -> Learnt:
        """Takes with their words become a model that ``generate`` and ``edit`` know by ``name``.

        Raises UserError where there is nothing to be learnt from (`requests.lesson.checked`), before anything is sent.
        """
        lesson, _ = checked(Lesson(name, tuple(examples), mirror))
        return self._answer(Teach(new_id(), lesson.name, lesson.examples, mirror), Learnt, timeout, progress)

    def label(
        self,
        joints: FloatArray,
        *,
        labels: Sequence[str] = (),
        top: int = 5,
        describe: bool = False,
        whole: bool = False,
        timeout: float = 600.0,
        progress: OnProgress | None = None,
    ) -> Labelled:
        """``segments`` of the take (F, 22, 3), each with its ``top`` best names, best first, and ``warnings``."""
        request = Label(new_id(), joints, top, tuple(labels), describe, whole)
        return self._answer(request, Labelled, timeout, progress)

    def index(
        self,
        places: Sequence[Path | str] = (),
        *,
        origin: str = "",
        offers: Sequence[Offer] = (),
        all_offers: bool = False,
        timeout: float = 3600.0,
        progress: OnProgress | None = None,
    ) -> Indexed:
        """Bring the backend's index up to date with files and folders of its machine, and with offered takes."""
        request = Index(new_id(), tuple(map(str, places)), origin, tuple(offers), all_offers)
        return self._answer(request, Indexed, timeout, progress)

    def find(
        self,
        query: str = "",
        *,
        example: FloatArray | None = None,
        places: Sequence[Path | str] = (),
        origin: str = "",
        offered: bool = False,
        top: int = 10,
        timeout: float = 600.0,
    ) -> tuple[Moment, ...]:
        """The nearest moments of indexed takes, best first; ``fetch`` gives the joints of their takes."""
        request = Find(new_id(), query, example, tuple(map(str, places)), origin, offered, top)
        return self._answer(request, Found, timeout).moments

    def fetch(self, path: str, name: str = "", *, timeout: float = 600.0) -> FloatArray:
        """Joints (F, 22, 3) of an indexed take."""
        joints = self._answer(Fetch(new_id(), path, name), Result, timeout).joints
        assert joints is not None
        return joints[0]

    def search(self, query: str, clips: Sequence[FloatArray], *, timeout: float = 600.0) -> list[float]:
        """How well each clip (F, 22, 3) fits the text, in the order of ``clips``: -1 to 1.

        A clip that was sent before is named by its hash and not sent again.
        """
        names = [clip_hash(clip) for clip in clips]
        fresh = {name: clip for name, clip in zip(names, clips, strict=True) if name not in self._known}
        known = tuple(name for name in dict.fromkeys(names) if name in self._known)
        try:
            result = self._result(Search(new_id(), query, tuple(fresh.values()), known), timeout)
        except UserError as error:
            if error.code != "unknown_clip":
                raise
            self._known.clear()  # the backend has let go of some: send all of them once more
            return self.search(query, clips, timeout=timeout)
        self._known.update(fresh)
        score = dict(zip([*fresh, *known], result.scores, strict=True))
        return [score[name] for name in names]

    def shutdown(self, timeout: float = 10.0) -> None:
        """Ends the backend."""
        self.wait(self.send(Shutdown(new_id())), timeout)

    def _result(self, request: Request, timeout: float, progress: OnProgress | None = None) -> Result:
        return self._answer(request, Result, timeout, progress)

    def _answer(self, request: Request, kind: type[R], timeout: float, progress: OnProgress | None = None) -> R:
        reply = self.wait(self.send(request), timeout, progress)
        assert isinstance(reply, kind)
        return reply

    def _take_last(self, id: str, progress: OnProgress | None) -> Reply | None:
        """Takes what has come for ``id`` out of the inbox: shows its progress, returns its last reply."""
        mine = [reply for reply in self._inbox if reply.id == id]
        self._inbox = [reply for reply in self._inbox if reply.id != id]
        for reply in mine:
            if isinstance(reply, Progress) and progress is not None:
                progress(reply)
        return next((reply for reply in mine if not isinstance(reply, Accepted | Progress)), None)

    def _receive(self, limit: int) -> None:
        for _ in range(limit):
            try:
                frames = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            try:
                reply = decode(frames)
            except ProtocolError as error:
                log.warning("reply dropped: %s", error)
                reply = Error(error.id, error.code, error.message, error.hint)
            if reply.id not in self._open or not isinstance(reply, Reply):
                continue
            if isinstance(reply, Welcome):
                self.welcome = reply
            if not isinstance(reply, Accepted | Progress):
                del self._open[reply.id]
            self._inbox.append(reply)

    def _forget(self, id: str) -> None:
        self._open.pop(id, None)
        self._inbox = [reply for reply in self._inbox if reply.id != id]
