# SPDX-License-Identifier: GPL-3.0-or-later
"""The one thread that owns the model: it loads it, then does one job after the other.

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

import numpy as np

from ..rigs.errors import UserError
from .answers import answer
from .engine import Engine, Preview, Told
from .fields import FloatArray
from .jobs import Job
from .protocol import Edit, Error, Generate, Progress, Reply, Result, Search, clip_hash

log = logging.getLogger(__name__)

PREVIEW_SECONDS = 0.1  # between two previews of one job: more than an eye needs, less than a slow client chokes on
MAX_EMBEDDED = 20_000  # clips whose vectors are kept for later searches: 2 KB each


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
class Said:
    """A job's progress, or with Result or Error its end."""

    job: Job
    reply: Reply


Event = Loaded | Broken | Said


class Worker:
    """Runs ``factory`` and then the submitted jobs, each to its end, in a thread of its own."""

    def __init__(self, factory: Callable[[], Engine], emit: Callable[[Event], None]) -> None:
        self._factory = factory
        self._emit = emit
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._vectors: OrderedDict[str, FloatArray] = OrderedDict()  # clip_hash -> unit vector, oldest use first
        # A daemon: a model that hangs in a library must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="coamd-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def stop(self, timeout: float) -> bool:
        """Ends the thread after its present job; False if it still runs after ``timeout`` seconds."""
        self._jobs.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        started = time.monotonic()
        try:
            engine = self._factory()
            loaded = Loaded(engine.name, engine.device)
        except Exception as error:
            problem = explain(error, "The model could not be loaded", "load_failed")
            log.error("%s", problem, exc_info=None if isinstance(error, UserError) else error)
            self._emit(Broken(problem))
            return
        log.info("%s is ready on %s after %.1f s", loaded.model, loaded.device, time.monotonic() - started)
        self._emit(loaded)
        while (job := self._jobs.get()) is not None:
            self._emit(Said(job, self._answer(engine, job)))

    def _answer(self, engine: Engine, job: Job) -> Reply:
        request = job.request
        try:
            if isinstance(request, Generate | Edit):
                return self._make(engine, job, request)
            if isinstance(request, Search):
                return self._search(engine, job, request)
            return answer(engine, request, lambda *step: self._emit(Said(job, Progress(request.id, *step))), job.check)
        except Exception as error:
            if job.stopped.is_set():  # whatever the engine raises then is how it stopped
                return Error(request.id, "cancelled", "The job was cancelled.")
            if not isinstance(error, UserError):
                log.exception("job %s failed", request.id)
            problem = explain(error, "The job failed", "job_failed")
            return Error(request.id, problem.code, problem.message, problem.hint)

    def _make(self, engine: Engine, job: Job, request: Generate | Edit) -> Result:
        progress, cancelled = self._teller(job), job.stopped.is_set
        if isinstance(request, Edit):
            made = engine.edit(request.request, progress=progress, cancelled=cancelled)
        else:
            made = engine.generate(
                request.prompt,
                request.seconds,
                seed=request.seed,
                variations=request.variations,
                guidance_scale=request.guidance_scale,
                recognizer_guidance=request.recognizer_guidance,
                candidates=request.candidates,
                progress=progress,
                cancelled=cancelled,
            )
        return Result(request.id, joints=made.joints, warnings=tuple(made.warnings))

    def _teller(self, job: Job) -> Told:
        """What passes a job's progress on, with a preview now and then."""
        last_preview = -PREVIEW_SECONDS

        def progress(phase: str, step: int, of: int, preview: Preview | None = None) -> None:
            nonlocal last_preview
            shown: FloatArray | None = None
            now = time.monotonic()
            if preview is not None and now - last_preview >= PREVIEW_SECONDS:
                last_preview = now
                # A copy: the engine may go on in the same memory before the network has read it.
                shown = np.array(preview(), dtype=np.float32)
            self._emit(Said(job, Progress(job.request.id, phase, step, of, shown)))

        return progress

    def _search(self, engine: Engine, job: Job, request: Search) -> Reply:
        lost = [name for name in request.known if name not in self._vectors]
        if lost:
            text = f"{len(lost)} of the clips are not known to this backend."
            return Error(request.id, "unknown_clip", text, "Send their joints.")
        vectors = [self._recall(name) for name in request.known]
        fresh = []
        for index, clip in enumerate(request.clips):
            if job.stopped.is_set():
                return Error(request.id, "cancelled", "The job was cancelled.")
            self._emit(Said(job, Progress(request.id, "reading clips", index, len(request.clips))))
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


def explain(error: Exception, what: str, code: str) -> UserError:
    """``error`` as a sentence with a remedy; one that is already for the user stays as it is."""
    if isinstance(error, UserError):
        return error
    # torch's own class, by name: this module does not import torch.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        hint = "Ask for fewer variations or fewer seconds, close other programs, or start the backend on the CPU."
        return UserError(f"{what}: there is not enough memory.", hint, "out_of_memory")
    reason = str(error).strip().partition("\n")[0][:300]
    text = f"{what}: {type(error).__name__}{': ' + reason if reason else ''}"
    return UserError(text.rstrip(".") + ".", "Look at the backend's log; `coamd doctor` names what is wrong.", code)
