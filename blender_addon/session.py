# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's one session with the backend: jobs on their way, and the tick that moves them on.

``tick`` is a plain function. In a window a timer calls it; in background mode, where timers never fire, scripts and
``generate(wait=True)`` do. A tick does at most one piece of heavy work: reading some frames of a character or writing
one result. Takes are solved in a thread beside it.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

from ..backend.protocol import Accepted, Error, Progress, Reply, new_id
from ..rigs.errors import UserError
from .jobs import CANCELLED, DONE, FAILED, READING, RUNNING, SOLVING, WAITING, Task
from .link import FAILED as LINK_FAILED
from .link import LAUNCHING, Link
from .messages import BACKEND, ERROR, INFO, WARNING, Message

BUDGET = 0.005  # seconds a tick may spend on replies
READ_BUDGET = 0.003  # seconds a tick may spend on reading a character's pose, and then ends the frame that it is at
_JOBS_KEPT = 20


class Session:
    """Backend, jobs and the last message.

    ``apply`` writes a solved job into Blender (an operator with undo). ``obstacle`` says what keeps a job from
    Blender's data for now; it is empty when nothing does.
    """

    def __init__(self, apply: Callable[[Task], None], obstacle: Callable[[Task], str]) -> None:
        self.link = Link()
        self.jobs: list[Task] = []
        self.message: Message | None = None
        self._apply = apply
        self._obstacle = obstacle
        self._count = 0

    @property
    def busy(self) -> bool:
        """True while a job is on its way."""
        return any(not job.over for job in self.jobs)

    @property
    def current(self) -> Task | None:
        """The oldest job that is on its way."""
        return next((job for job in self.jobs if not job.over), None)

    def current_of(self, button: str) -> Task | None:
        """The oldest job on its way that was begun with this button."""
        return next((job for job in self.jobs if not job.over and job.button == button), None)

    @property
    def idle(self) -> bool:
        """True when no tick is needed."""
        return not self.busy and not self.link.running

    def job(self, number: int) -> Task:
        """The job of that number; UserError when it is unknown."""
        for job in self.jobs:
            if job.number == number:
                return job
        raise UserError("This result is gone.", "Press Generate again.", "unknown_job")

    def say(self, text: str, hint: str = "", level: str = INFO, about: str = "") -> None:
        """Set the message of a panel."""
        self.message = Message(text, hint, level, about=about)

    def submit(self, job: Task) -> Task:
        """Queue a job; it is sent as soon as all is known that it says and the backend can be reached."""
        self._count += 1
        job.number = self._count
        self.jobs = [*self.jobs[-_JOBS_KEPT:], job]
        self.message = None
        self._send(job)
        return job

    def cancel(self, job: Task) -> None:
        """Drop a job: the backend stops within a sampling step, and nothing is written."""
        if job.over:
            return
        if job.request is not None:
            self.link.cancel(job.request)
        job.end(CANCELLED)
        self.say("Cancelled. Nothing was changed.", about=job.button)

    def drop(self) -> None:
        """Let go of all jobs, as another file has none of what they speak of; the backend goes on without them."""
        for job in self.jobs:
            if not job.over:
                self.cancel(job)
        self.jobs, self.message = [], None

    def stop(self) -> None:
        """End all jobs and the backend, without waiting for it."""
        for job in self.jobs:
            if not job.over:
                job.end(CANCELLED)
        self.link.stop()

    def close(self) -> None:
        """End all jobs and the backend, and come back when it is gone."""
        self.stop()
        self.link.close()

    def tick(self, budget: float = BUDGET) -> bool:
        """Move everything on by one small step; True when something the panel shows has changed."""
        before = self._picture()
        deadline = time.perf_counter() + budget
        while replies := self.link.tick():
            for reply in replies:
                self._take(reply)
            if time.perf_counter() > deadline:
                break
        if self.link.problem is not None and self.link.state in (LINK_FAILED, LAUNCHING):
            self._lost(self.link.problem)
            self.link.problem = None
        for job in self.jobs:
            if job.state == WAITING and job.request is None:
                self._send(job)
        self._work()
        return self._picture() != before

    def _send(self, job: Task) -> None:
        if not self.link.connected or job.state != WAITING:
            return
        try:
            job.request = self.link.send(job.message(new_id()))
        except UserError as error:
            self.fail(job, error)

    def _take(self, reply: Reply) -> None:
        job = next((job for job in self.jobs if job.request == reply.id), None)
        if job is None or job.over:
            return
        if isinstance(reply, Progress):
            job.state, job.phase, job.step, job.of = RUNNING, reply.phase, reply.step, reply.of
            if reply.preview is not None:
                job.preview = reply.preview
            return
        try:
            if isinstance(reply, Error):
                job.refused(UserError(reply.message, reply.hint, reply.code))
            elif not isinstance(reply, Accepted):
                job.take(reply)
        except UserError as error:
            self.fail(job, error)

    def _work(self) -> None:
        """At most one unit of heavy work, for the first job that nothing holds up."""
        job = next((job for job in self.jobs if job.state in (READING, SOLVING) and not self._held(job)), None)
        if job is None:
            return
        try:
            if job.state == READING:
                if job.read(READ_BUDGET):
                    job.state, job.phase, job.step, job.of = WAITING, "waiting for the backend", 0, 0
                return
            if not job.is_solved:
                job.solve_on()
                return
            self._apply(job)
        except UserError as error:
            self.fail(job, error)
        except Exception as error:  # a fault of ours must not leave the panel at a job that never ends
            traceback.print_exc()
            text = f"The motion could not be written: {error}"
            self.fail(job, UserError(text, "Nothing was changed. The system console has the details.", "fault"))
        else:
            job.end(DONE)
            self.say(job.report(), "\n".join(job.warnings), WARNING if job.warnings else INFO, job.button)

    def _held(self, job: Task) -> bool:
        """Whether Blender's data must be left alone now; solving touches none of it."""
        if job.state == SOLVING and not job.is_solved:
            return False
        job.obstacle = self._obstacle(job)
        return bool(job.obstacle)

    def fail(self, job: Task, error: UserError) -> None:
        """End a job with a sentence; nothing of it has been written."""
        job.end(FAILED)
        self.message = Message.of(error, job.button)

    def _lost(self, error: UserError) -> None:
        """The backend is gone: say so, and end every job that it had, as its memory of them is gone too.

        A job whose result has come goes on, and so does one that was not sent if another backend is on its way.
        """
        again = self.link.state == LAUNCHING
        needed = [job for job in self.jobs if not job.over and job.state != SOLVING]
        lost = [job for job in needed if not again or job.request is not None]
        for job in lost:
            job.end(FAILED)
        hint = error.hint
        if again:
            button = lost[0].button if lost else "Generate"
            hint = f"It is started again; press {button} once more. {hint}"
        text = f"{error.message} Nothing was changed." if lost else error.message
        self.message = Message(text, hint.strip(), ERROR, error.code, lost[0].button if lost else BACKEND)

    def _picture(self) -> tuple[object, ...]:
        job = self.current
        shown = (job.number, job.state, job.phase, job.step, job.obstacle) if job else None
        return (self.link.state, self.link.model, shown, self.message)
