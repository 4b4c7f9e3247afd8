# SPDX-License-Identifier: GPL-3.0-or-later
"""The network side of the backend: one ROUTER socket, one queue, and a worker that owns the model.

The loop never computes and never waits for the model, so that Status and Cancel are answered while a job
runs or the model loads. Worker and loop share nothing but a queue and a socket pair that wakes the loop.
Only the client key of the connection file is let in: everybody else gets no byte of an answer.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import queue
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import zmq

from ...rigs.body.skeleton import FPS
from ...rigs.errors import UserError
from ..requests.fields import ProtocolError
from ..system.process_lifetime import birth
from ..wire.connection import claimed, default_path
from ..wire.messages import (
    JOBS,
    PROTOCOL_VERSION,
    Accepted,
    Cancel,
    Enough,
    Error,
    Hello,
    Progress,
    Reply,
    Request,
    Shutdown,
    State,
    Status,
    Teach,
    Welcome,
)
from ..wire.protocol import decode, encode
from .curve_auth import open_door
from .engine_protocol import Engine
from .job_queue import QUEUE_LIMIT, Queue, QueuedJob
from .rate_limit import MOST, RateLimit
from .worker import Broken, JobReply, Loaded, Loading, ModelLost, Worker, WorkerEvent

log = logging.getLogger(__name__)

MAX_PEERS = 256  # clients whose hello is remembered
TICK_SECONDS = 0.25  # how soon a signal is seen
PARENT_SECONDS = 1.0  # between two looks at the parent
ABSENCE_SECONDS = 3.0  # a client that cannot be reached for so long has left, and its jobs with it
FAREWELL_SECONDS = 1.0  # a backend that has lost its graphics card tells whoever asks, then ends
STOP_SECONDS = 3.0  # for the running job to notice that it is over
_GONE = ("backend_stopped", "The backend was stopped.", "Start it again.")


class Server:
    """Binds a port of 127.0.0.1 that the system picks; `serve` runs until told to stop.

    Without a model it stays up to tell clients why, unless ``ends_broken``.
    """

    def __init__(self, factory: Callable[[], Engine], *, ends_broken: bool = False) -> None:
        self._context = zmq.Context()
        self._door = open_door(self._context)
        self._router, self._auth, self.connection = self._door.router, self._door.auth, self._door.connection
        self._events: queue.SimpleQueue[WorkerEvent] = queue.SimpleQueue()
        self._bell, self._rope = (self._context.socket(zmq.PAIR) for _ in range(2))
        self._bell.bind("inproc://worker")
        self._rope.connect("inproc://worker")
        self._worker = Worker(factory, self._emit)
        self._peers: OrderedDict[bytes, RateLimit] = OrderedDict()  # who has said hello, oldest word first
        self._absent: dict[bytes, float] = {}  # clients that cannot be reached, and since when
        self._queue = Queue()
        self._lessons = Queue()  # taught beside the other jobs
        self._loaded: Loaded | None = None
        self._problem: UserError | None = None
        self._ends_broken = ends_broken
        self._stopping = False
        self._ends_at = math.inf  # of the monotonic clock

    def stop(self) -> None:
        """Asks the loop to end; safe in a signal handler."""
        self._stopping = True

    def serve(self, parent_pid: int | None = None) -> None:
        """Answers until `stop`, a Shutdown request, or the end of the process ``parent_pid``."""
        parent_born = birth(parent_pid) if parent_pid else None
        next_look = 0.0
        self._worker.start()
        poller = zmq.Poller()
        poller.register(self._router, zmq.POLLIN)
        poller.register(self._bell, zmq.POLLIN)
        poller.register(self._auth.socket, zmq.POLLIN)
        while not self._stopping and time.monotonic() < self._ends_at:
            ready = dict(poller.poll(int(1000 * TICK_SECONDS)))
            if self._auth.socket in ready:
                self._auth.answer()
            if self._bell in ready:
                self._hear()
            if self._router in ready:
                self._receive()
            if parent_pid and time.monotonic() >= next_look:
                next_look = time.monotonic() + PARENT_SECONDS
                if parent_born is None or birth(parent_pid) != parent_born:
                    log.info("process %d, which started this backend, is gone", parent_pid)
                    self.stop()

    @property
    def problem(self) -> UserError | None:
        """Why there is no model."""
        return self._problem

    def close(self) -> bool:
        """Ends what waits and what runs. False if the worker hangs: the process can then only be ended hard."""
        for job in self._cleared():
            self._send(job.peer, Error(job.id, *_GONE))
        ended = self._worker.stop(STOP_SECONDS)
        self._door.close()  # the last replies still leave
        if ended:
            for socket in (self._auth.socket, self._bell, self._rope):
                socket.close(linger=0)
            self._context.term()
        return ended

    # The worker's thread calls this, and only this

    def _emit(self, event: WorkerEvent) -> None:
        self._events.put(event)
        with contextlib.suppress(zmq.Again):  # then the loop has a thousand rings to answer already
            self._rope.send(b"", zmq.NOBLOCK)

    # What the worker says

    def _hear(self) -> None:
        while self._bell.poll(0):
            self._bell.recv()
        while not self._events.empty():
            event = self._events.get()
            if isinstance(event, JobReply):
                self._pass_on(event)
            elif isinstance(event, Loading):
                for job in (*self._queue.waiting, *self._lessons.waiting):
                    self._send(job.peer, Progress(job.id, "loading", event.step, event.of))
            else:
                self._turn(event)
                self._next()

    def _turn(self, event: Loaded | Broken | ModelLost) -> None:
        """The model is there, or there will be none."""
        if isinstance(event, Loaded):
            self._loaded = event
            return
        self._problem = event.problem
        for job in self._cleared():
            self._send(job.peer, self._refusal(job.id, event.problem))
        if isinstance(event, ModelLost):
            for jobs in (self._queue, self._lessons):
                jobs.end()
            self._ends_at = time.monotonic() + FAREWELL_SECONDS
        elif self._ends_broken:
            self.stop()

    def _pass_on(self, event: JobReply) -> None:
        job, reply = event.job, event.reply
        if not isinstance(reply, Progress):
            self._queue_of(job.request).end()
            if job.stopped.is_set():  # a job that ended just before it could be stopped is cancelled all the same
                reply = Error(reply.id, "cancelled", "The job was cancelled.")
            self._send(job.peer, reply)
            self._next()
        elif not job.stopped.is_set():
            self._send(job.peer, reply)

    def _next(self) -> None:
        for waiting in (self._queue, self._lessons):
            job = waiting.start() if self._loaded is not None else None
            if job is not None:
                self._worker.submit(job)

    def _queue_of(self, request: Request) -> Queue:
        return self._lessons if isinstance(request, Teach) else self._queue

    def _find(self, peer: bytes, id: str) -> QueuedJob | None:
        return self._queue.find(peer, id) or self._lessons.find(peer, id)

    def _cleared(self) -> list[QueuedJob]:
        return [*self._queue.clear(), *self._lessons.clear()]

    # What clients say

    def _receive(self) -> None:
        for _ in range(64):  # then the worker's word is heard again
            try:
                peer, *frames = self._router.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            if self._door.keeper is not None:
                self._door.keeper.received(frames)
            if self._is_too_fast(peer):
                continue
            try:
                request = decode(frames)
                if not isinstance(request, Request):
                    raise ProtocolError("This kind of message is a reply.", code="unknown_kind", id=request.id)
                self._answer(peer, request)
            except ProtocolError as error:
                log.warning("message refused: %s", error)
                self._send(peer, self._refusal(error.id, error))

    def _is_too_fast(self, peer: bytes) -> bool:
        beyond = self._peers[peer].beyond() if peer in self._peers else 0
        if beyond == 1:
            text = f"This client sends more than {MOST} messages a second, and the rest of them is dropped."
            self._send(peer, Error("", "too_fast", text, "Wait for the answer to a message before you send many more."))
        return beyond > 0

    def _answer(self, peer: bytes, request: Request) -> None:
        if isinstance(request, Hello):
            self._welcome(peer, request)
            return
        if peer not in self._peers:
            raise ProtocolError("The first message must be a hello.", code="hello_first", id=request.id)
        self._peers.move_to_end(peer)
        if isinstance(request, Status):
            self._send(peer, self._state(request.id))
        elif isinstance(request, Cancel):
            self._cancel(peer, request)
        elif isinstance(request, Enough):
            self._end_early(peer, request)
        elif isinstance(request, Shutdown):
            self.stop()
            self._send(peer, State(request.id, "stopping"))
        elif isinstance(request, JOBS):
            self._take(QueuedJob(peer, request))

    def _welcome(self, peer: bytes, request: Hello) -> None:
        if request.version != PROTOCOL_VERSION:
            text = f"This backend speaks version {PROTOCOL_VERSION} of the protocol, the client {request.version}."
            hint = "Restart Blender and the backend after an update, so that both are of the same version."
            raise ProtocolError(text, hint, "version_mismatch", request.id)
        self._peers.setdefault(peer, RateLimit())
        self._peers.move_to_end(peer)
        if len(self._peers) > MAX_PEERS:
            self._peers.popitem(last=False)
        state = self._state(request.id)
        self._send(peer, Welcome(request.id, PROTOCOL_VERSION, state.model, state.device, FPS, os.getpid()))

    def _take(self, job: QueuedJob) -> None:
        id = job.id
        if self._problem is not None:
            self._send(job.peer, self._refusal(id, self._problem))
            return
        if self._find(job.peer, id) is not None:
            raise ProtocolError(
                "A job with this id is still open.", "Give each request an id of its own.", "same_id", id
            )
        waiting = self._queue_of(job.request)
        if waiting.full:
            text = f"{QUEUE_LIMIT} jobs are waiting already."
            self._send(job.peer, Error(id, "queue_full", text, "Wait for one to end, or cancel one."))
            return
        self._send(job.peer, Accepted(id, len(waiting)))
        if self._loaded is None:
            self._send(job.peer, Progress(id, "loading", 0, 1))
        waiting.waiting.append(job)
        self._next()

    def _cancel(self, peer: bytes, request: Cancel) -> None:
        job = self._open_job(peer, request)
        job.stopped.set()
        waited = self._queue_of(job.request).leave(job)
        self._send(peer, Accepted(request.id, 0))
        if waited:
            self._send(peer, Error(request.target, "cancelled", "The job was cancelled."))

    def _end_early(self, peer: bytes, request: Enough) -> None:
        self._open_job(peer, request).enough.set()
        self._send(peer, Accepted(request.id, 0))

    def _open_job(self, peer: bytes, request: Cancel | Enough) -> QueuedJob:
        job = self._find(peer, request.target)
        if job is None:
            raise ProtocolError("There is no such job.", "It has ended already.", "unknown_job", request.id)
        return job

    def _state(self, id: str) -> State:
        model, device = (self._loaded.model, self._loaded.device) if self._loaded else ("", "")
        queues, problem = (self._queue, self._lessons), self._problem
        busy = any(queue.running is not None for queue in queues)
        waiting = sum(len(queue.waiting) for queue in queues)
        if problem is not None:
            return State(id, "broken", code=problem.code, message=problem.message, hint=problem.hint)
        return State(id, "ready" if self._loaded else "loading", model, device, busy, waiting)

    def _refusal(self, id: str, error: UserError) -> Error:
        return Error(id, error.code, error.message, error.hint)

    def _send(self, peer: bytes, reply: Reply) -> None:
        try:
            frames = encode(reply)
        except ProtocolError as error:  # such as a model that gave endless numbers
            log.error("reply to %s cannot be sent: %s", reply.id, error)
            if isinstance(reply, Progress):
                return  # the job goes on, and its end will say whether it went well
            hint = "Try another seed; if it stays so, look at the backend's log."
            frames = encode(Error(reply.id, error.code, error.message, hint))
        try:
            self._router.send_multipart([peer, *frames], zmq.NOBLOCK)
            self._absent.pop(peer, None)
        except zmq.ZMQError as error:
            log.debug("reply to %s is lost: %s", reply.id, error)
            if len(self._absent) > MAX_PEERS:
                self._absent.clear()
            since = self._absent.setdefault(peer, time.monotonic())
            if time.monotonic() - since > ABSENCE_SECONDS:
                self._abandon(peer)

    def _abandon(self, peer: bytes) -> None:
        """Drops the jobs of a client that was killed or closed, so that they do not hold up the others."""
        self._absent.pop(peer, None)
        if self._queue.drop(peer) | self._lessons.drop(peer):
            log.info("a client left during its job")


def run(factory: Callable[[], Engine], *, connection_file: Path | None = None, parent_pid: int | None = None) -> int:
    """Serve until stopped. ``factory`` makes the model in the worker's thread, while clients are answered.

    Who starts it by hand, without a parent, is told at once when the model cannot be loaded.

    Raises UserError "second_backend" and "home_unwritable"; without ``parent_pid`` also the model's.
    """
    path = Path(connection_file or default_path())
    with claimed(path):
        server = Server(factory, ends_broken=parent_pid is None)
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, lambda *_: server.stop())
        server.connection.write(path)
        log.info("process %d listens on %s; the keys are in %s", os.getpid(), server.connection.endpoint, path)
        try:
            server.serve(parent_pid)
        finally:
            path.unlink(missing_ok=True)
            ended = server.close()
        log.info("stopped")
    if not ended:
        logging.shutdown()
        os._exit(0)  # a thread inside a library call would keep the interpreter from finishing
    if parent_pid is None and server.problem is not None:
        raise server.problem
    return 0
