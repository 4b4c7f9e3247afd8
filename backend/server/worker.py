# SPDX-License-Identifier: GPL-3.0-or-later
"""The one thread that owns the model: it loads it, then does one job after the other.

A second one does the lessons. They are taught in a process of their own, so it only waits for that.

It knows no sockets. What happens goes out through ``emit`` in the order in which it happens, and whatever a job
raises ends that job alone.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from ...rigs.errors import UserError
from ..requests.fields import FloatArray
from ..requests.generate import LazyPreview, PhaseReport
from ..requests.lesson import Decision, Lesson
from ..system.failures import GPU_LOST, OUT_OF_MEMORY, explain
from ..wire.messages import Edit, Error, Generate, Learnt, Progress, Reply, Result, Search, Teach
from ..wire.protocol import clip_hash
from .engine_protocol import Engine
from .job_queue import QueuedJob, Stopped
from .label_requests import answer

log = logging.getLogger(__name__)

PREVIEW_SECONDS = 0.1  # between two previews of one job: more than an eye needs, less than a slow client chokes on
MAX_EMBEDDED = 20_000  # clips whose vectors are kept for later searches: 2 KB each


@dataclass(frozen=True, eq=False)
class Loading:
    """How far the model is from being there."""

    step: int
    of: int


@dataclass(frozen=True, eq=False)
class Loaded:
    """The model is there."""

    model: str
    device: str


@dataclass(frozen=True, eq=False)
class Broken:
    """The model could not be loaded, and no job can be done."""

    problem: UserError


@dataclass(frozen=True, eq=False)
class ModelLost:
    """The graphics card is gone, and with it the model: nothing can be done but in a new process."""

    problem: UserError


@dataclass(frozen=True, eq=False)
class JobReply:
    """A job's progress, or with Result or Error its end."""

    job: QueuedJob
    reply: Reply


WorkerEvent = Loading | Loaded | Broken | ModelLost | JobReply
Jobs = queue.SimpleQueue[QueuedJob | None]


class Worker:
    """Runs ``factory`` and then the submitted jobs, each to its end, in a thread of its own; lessons in another."""

    def __init__(self, factory: Callable[[], Engine], emit: Callable[[WorkerEvent], None]) -> None:
        self._factory = factory
        self._emit = emit
        self._jobs: Jobs = queue.SimpleQueue()
        self._lessons: Jobs = queue.SimpleQueue()
        self._teacher: threading.Thread | None = None
        self._vectors: OrderedDict[str, FloatArray] = OrderedDict()  # clip_hash -> unit vector, oldest use first
        # A daemon: a model that hangs in a library must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="coamd-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: QueuedJob) -> None:
        (self._lessons if isinstance(job.request, Teach) else self._jobs).put(job)

    def stop(self, timeout: float) -> bool:
        """Ends the threads after their present jobs; False if one still runs after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        self._jobs.put(None)
        self._lessons.put(None)
        threads = [thread for thread in (self._thread, self._teacher) if thread is not None]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self) -> None:
        started = time.monotonic()
        try:
            engine = self._factory()
            engine.prepare(lambda step, of: self._emit(Loading(step, of)))
            loaded = Loaded(engine.name, engine.device)
        except Exception as error:
            problem = explain(error, "The model could not be loaded", "load_failed")
            log.error("%s", problem, exc_info=None if isinstance(error, UserError) else error)
            self._emit(Broken(problem))
            return
        log.info("%s is ready on %s after %.1f s", loaded.model, loaded.device, time.monotonic() - started)
        teach = partial(self._serve, engine, self._lessons)
        self._teacher = threading.Thread(target=teach, name="coamd-teacher", daemon=True)
        self._teacher.start()
        self._emit(loaded)
        self._serve(engine, self._jobs)

    def _serve(self, engine: Engine, jobs: Jobs) -> None:
        while (job := jobs.get()) is not None:
            reply = self._answer(engine, job)
            code = reply.code if isinstance(reply, Error) else ""
            if code == OUT_OF_MEMORY:  # only here is nothing of the job held any more by the error's own frames
                engine.release()
            if isinstance(reply, Error) and code == GPU_LOST:  # the end of this job, and of all that wait
                self._emit(ModelLost(UserError(reply.message, reply.hint, code)))
                return
            self._emit(JobReply(job, reply))

    def _answer(self, engine: Engine, job: QueuedJob) -> Reply:
        request = job.request
        try:
            if isinstance(request, Generate | Edit):
                return self._make(engine, job, request)
            if isinstance(request, Search):
                return self._search(engine, job, request)
            if isinstance(request, Teach):
                return self._teach(engine, job, request)
            return answer(engine, request, partial(self._report, job), job.check)
        except (Exception, Stopped) as error:
            if isinstance(error, Stopped) or job.stopped.is_set():  # whatever the engine raises then is how it stopped
                return Error(request.id, "cancelled", "The job was cancelled.")
            if not isinstance(error, UserError):
                log.exception("job %s failed", request.id)
            problem = explain(error, "The job failed", "job_failed")
            return Error(request.id, problem.code, problem.message, problem.hint)

    def _make(self, engine: Engine, job: QueuedJob, request: Generate | Edit) -> Result:
        progress, cancelled = self._reporter(job), job.stopped.is_set
        if isinstance(request, Edit):
            made = engine.edit(request.request, progress=progress, cancelled=cancelled)
        else:
            made = engine.generate(request.request, progress=progress, cancelled=cancelled)
        return Result(request.id, joints=made.joints, warnings=made.warnings)

    def _teach(self, engine: Engine, job: QueuedJob, request: Teach) -> Learnt:
        def decision() -> Decision:
            return "drop" if job.stopped.is_set() else "keep" if job.enough.is_set() else ""

        lesson = Lesson(request.name, request.examples, request.mirror)
        learnt = engine.teach(lesson, progress=partial(self._report, job), decision=decision)
        return Learnt(request.id, learnt.name, learnt.nearer, learnt.notes)

    def _report(self, job: QueuedJob, phase: str, step: int, of: int, preview: FloatArray | None = None) -> None:
        self._emit(JobReply(job, Progress(job.request.id, phase, step, of, preview)))

    def _reporter(self, job: QueuedJob) -> PhaseReport:
        """What passes a job's progress on, with a preview now and then."""
        last_preview = -PREVIEW_SECONDS

        def progress(phase: str, step: int, of: int, preview: LazyPreview | None = None) -> None:
            nonlocal last_preview
            copy: FloatArray | None = None
            now = time.monotonic()
            if preview is not None and now - last_preview >= PREVIEW_SECONDS:
                last_preview = now
                # A copy: the engine may go on in the same memory before the network has read it.
                copy = np.array(preview(), dtype=np.float32)
            self._report(job, phase, step, of, copy)

        return progress

    def _search(self, engine: Engine, job: QueuedJob, request: Search) -> Reply:
        lost = [name for name in request.known if name not in self._vectors]
        if lost:
            text = f"{len(lost)} of the clips are not known to this backend."
            return Error(request.id, "unknown_clip", text, "Send their joints.")
        vectors = [self._recall(name) for name in request.known]
        fresh = []
        for index, clip in enumerate(request.clips):
            if job.stopped.is_set():
                return Error(request.id, "cancelled", "The job was cancelled.")
            self._report(job, "reading clips", index, len(request.clips))
            fresh.append(self._embed(engine, clip))
        text_vector = engine.embed_text(request.query)
        return Result(request.id, scores=tuple(float(vector @ text_vector) for vector in [*fresh, *vectors]))

    def _embed(self, engine: Engine, clip: FloatArray) -> FloatArray:
        name = clip_hash(clip)
        if name not in self._vectors:
            self._vectors[name] = np.asarray(engine.embed_motion(clip), dtype=np.float32)
            if len(self._vectors) > MAX_EMBEDDED:
                self._vectors.popitem(last=False)
        return self._recall(name)

    def _recall(self, name: str) -> FloatArray:
        self._vectors.move_to_end(name)
        return self._vectors[name]
