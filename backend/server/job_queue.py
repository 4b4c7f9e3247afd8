# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs in their order: one runs, a few wait behind it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from ..wire.messages import Request

QUEUE_LIMIT = 8  # jobs that may wait behind the running one


class Stopped(BaseException):
    """The job was told to end. It is no ``Exception``: nobody on the way takes it for the fault of a file."""


@dataclass(eq=False)
class QueuedJob:
    """One request on its way through the queue; ``stopped`` and ``enough`` are set from the network side."""

    peer: bytes
    request: Request
    stopped: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)  # end early with what there is

    @property
    def id(self) -> str:
        """The id of its request."""
        return self.request.id

    def check(self) -> None:
        """Raises `Stopped` once the job is to end."""
        if self.stopped.is_set():
            raise Stopped


class Queue:
    """The job that runs and those that wait. It belongs to the network side alone."""

    def __init__(self) -> None:
        self.running: QueuedJob | None = None
        self.waiting: deque[QueuedJob] = deque()

    @property
    def full(self) -> bool:
        """Whether no further job may wait."""
        return len(self.waiting) >= QUEUE_LIMIT

    def __len__(self) -> int:
        """How many jobs are before a new one."""
        return len(self.waiting) + (self.running is not None)

    def find(self, peer: bytes, id: str) -> QueuedJob | None:
        """The open job of that client with that id."""
        jobs = [*self.waiting, self.running]
        return next((job for job in jobs if job is not None and (job.peer, job.id) == (peer, id)), None)

    def start(self) -> QueuedJob | None:
        """Takes the next job as the running one; None while one runs or none waits."""
        if self.running is not None or not self.waiting:
            return None
        self.running = self.waiting.popleft()
        return self.running

    def end(self) -> None:
        """The running job is over."""
        self.running = None

    def leave(self, job: QueuedJob) -> bool:
        """Takes a job out of those that wait; False if it runs."""
        if job not in self.waiting:
            return False
        self.waiting.remove(job)
        return True

    def drop(self, peer: bytes) -> bool:
        """Ends all jobs of a client that has left; whether one of them runs and did not yet know."""
        self.waiting = deque(job for job in self.waiting if job.peer != peer)
        if self.running is None or self.running.peer != peer or self.running.stopped.is_set():
            return False
        self.running.stopped.set()
        return True

    def clear(self) -> list[QueuedJob]:
        """Ends every job and returns them."""
        jobs = [job for job in (self.running, *self.waiting) if job is not None]
        self.waiting.clear()
        for job in jobs:
            job.stopped.set()
        return jobs
