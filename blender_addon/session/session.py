# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's session with the backend: running jobs, and the tick that advances them.

``tick`` is a plain function. In a window a timer calls it; in background mode, where timers never fire, scripts and
``generate(wait=True)`` do. A tick does at most one piece of heavy work: reading some frames of a character or writing
one result. Takes are solved in a thread beside it.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

from ...backend.wire.messages import Accepted, Error, Progress, Reply
from ...backend.wire.protocol import new_id
from ...rigs.errors import UserError
from ..ui.notices import BACKEND, ERROR, INFO, WARNING, Notice
from .backend_link import FAILED as LINK_FAILED
from .backend_link import LAUNCHING, BackendLink
from .tasks import CANCELLED, DONE, FAILED, READING, RUNNING, SOLVING, WAITING, Task

BUDGET = 0.005  # seconds a tick may spend on replies
READ_BUDGET = 0.005  # seconds a tick may spend on reading a character's poses: as many as fit, and at least one
_JOBS_KEPT = 20  # of those that are over; one on its way is never forgotten


class Session:
    """Backend, jobs and the last message.

    ``apply`` writes a solved job into Blender (an operator with undo). ``obstacle`` says what keeps a job from
    Blender's data for now; it is empty when nothing does.
    """

    def __init__(self, apply: Callable[[Task], None], obstacle: Callable[[Task], str]) -> None:
        self.link = BackendLink()
        self.jobs: list[Task] = []
        self.message: Notice | None = None
        self._apply = apply
        self._obstacle = obstacle
        self._count = 0

    @property
    def busy(self) -> bool:
        """True while a job is on its way."""
        return any(not job.over for job in self.jobs)

    @property
    def current(self) -> Task | None:
        """The oldest running job; a background one only if there is no other."""
        going = [job for job in self.jobs if not job.over]
        return next((job for job in going if not job.beside), going[0] if going else None)

    def going(self, button: str) -> list[Task]:
        """The jobs on their way that were begun with this button, the oldest first; Live's are not."""
        return [job for job in self.jobs if not job.over and not job.live and job.button == button]

    def current_of(self, button: str) -> Task | None:
        """The oldest of them, or None."""
        return next(iter(self.going(button)), None)

    @property
    def idle(self) -> bool:
        """True when no tick is needed."""
        return not self.busy and not self.link.running

    def job(self, number: int) -> Task:
        """The job of that number; UserError when it is unknown."""
        for job in self.jobs:
            if job.number == number:
                return job
        raise UserError("This result no longer exists.", "Press Generate again.", "unknown_job")

    def say(self, text: str, hint: str = "", level: str = INFO, about: str = "") -> None:
        """Set the message of a panel."""
        self.message = Notice(text, hint, level, about=about)

    def submit(self, job: Task) -> Task:
        """Queue a job; it is sent as soon as all is known that it says and the backend can be reached."""
        self._count += 1
        job.number = self._count
        forgotten = {old.number for old in [old for old in self.jobs if old.over][:-_JOBS_KEPT]}
        self.jobs = [*(old for old in self.jobs if old.number not in forgotten), job]
        if not job.is_silent:
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

    def withdraw(self, job: Task) -> None:
        """Drop a job silently and forget it, as another replaces it."""
        if not job.over and job.request is not None:
            self.link.cancel(job.request)
        job.end(CANCELLED)
        self.jobs = [other for other in self.jobs if other is not job]

    def drop(self) -> None:
        """Drop all jobs, as another file was opened; the backend keeps running."""
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
        """End all jobs and the backend, and wait until it is gone."""
        self.stop()
        self.link.close()

    def tick(self, budget: float = BUDGET) -> bool:
        """Advance everything by one small step; True when something the panel shows has changed, besides ``steps``."""
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
        """At most one unit of heavy work, for the first job without an obstacle."""
        in_turn = sorted(self.jobs, key=lambda job: job.beside)  # what goes on beside others lets them go first
        job = next((job for job in in_turn if job.state in (READING, SOLVING) and not self._held(job)), None)
        if job is None:
            return
        try:
            if job.state == READING:
                if job.read(READ_BUDGET):
                    job.state, job.phase, job.step, job.of = WAITING, "waiting for the backend", 0, 0
                    self._send(job)
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
            if job.is_silent:
                return
            level = WARNING if job.warnings else INFO
            self.message = Notice(job.report(), "\n".join((*job.notes, *job.warnings)), level, job.advice, job.button)

    def _held(self, job: Task) -> bool:
        """Whether the job has to wait before it touches Blender's data; solving does not."""
        if job.state == SOLVING and not job.is_solved:
            return False
        job.obstacle = self._obstacle(job)
        return bool(job.obstacle)

    def fail(self, job: Task, error: UserError) -> None:
        """End a job with a sentence; nothing of it has been written."""
        job.end(FAILED)
        if not job.is_silent:
            self.message = Notice.of(error, job.button)

    def _lost(self, error: UserError) -> None:
        """The backend is gone: report it, and end every job that it had.

        A job whose result has come goes on, and so does one that was not sent if another backend is on its way.
        """
        again = self.link.state == LAUNCHING
        needed = [job for job in self.jobs if not (job.over or job.is_silent) and job.state != SOLVING]
        for job in self.jobs:
            if job.is_silent and not job.over:
                job.end(FAILED)
        lost = [job for job in needed if not again or job.request is not None]
        for job in lost:
            job.end(FAILED)
        hint = error.hint
        if again:
            button = lost[0].button if lost else "Generate"
            hint = f"It is being restarted; press {button} once more. {hint}"
        text = f"{error.message} Nothing was changed." if lost else error.message
        self.message = Notice(text, hint.strip(), ERROR, error.code, lost[0].button if lost else BACKEND)

    @property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """How far the jobs on their way are: their numbers and steps."""
        return tuple((job.number, job.step) for job in self.jobs if not job.over)

    def _picture(self) -> tuple[object, ...]:
        going = [job for job in self.jobs if not job.over]
        states = [(job.number, job.state, job.phase, job.of, job.obstacle) for job in going]
        return (self.link.state, self.link.model, states, self.message)
