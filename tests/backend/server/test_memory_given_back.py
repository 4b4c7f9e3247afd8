# SPDX-License-Identifier: GPL-3.0-or-later
"""A job that needs more memory than there is: the card's cache is given back, and the next job works."""

from __future__ import annotations

import queue
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.motion import generation
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.server import worker as workers
from coamd.backend.server.job_queue import QueuedJob
from coamd.backend.server.worker import JobReply, Loaded, Worker, WorkerEvent
from coamd.backend.wire.messages import Error, Generate, Progress, Result
from coamd.backend.wire.protocol import new_id
from pretended_gpu import pretended_gpu
from tiny_model import write_tiny_model

PATIENCE = 60.0  # seconds; only a broken worker needs them
ERRORS = {
    "cuda": (torch.OutOfMemoryError, "CUDA out of memory. Tried to allocate 2.00 GiB."),
    "mps": (RuntimeError, "MPS backend out of memory (MPS allocated: 9.00 GB). Tried to allocate 2.00 GB."),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_the_cache_is_emptied_once_nothing_of_the_job_is_held(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_model(tmp_path)
    error, message = ERRORS[kind]
    monkeypatch.setattr(workers.log, "exception", lambda *_: None)  # pytest keeps what is logged, with all its frames
    held: list[weakref.ref[torch.Tensor]] = []
    alive: list[bool] = []  # what the job had made, each time that the cache was emptied
    real = generation.motions

    def motions(*args: object, **settings: object) -> list[np.ndarray]:
        if held:
            return real(*args, **settings)  # type: ignore[arg-type]
        large = torch.ones(1000, device=kind)
        held.append(weakref.ref(large))
        raise error(message)

    monkeypatch.setattr(generation, "motions", motions)
    monkeypatch.setattr(Pipeline, "prepare", lambda _self, _progress: None)
    events: queue.SimpleQueue[WorkerEvent] = queue.SimpleQueue()
    with pretended_gpu(kind, monkeypatch) as counts:
        emptied = getattr(torch, kind).empty_cache

        def empty_cache() -> None:
            alive.append(held[0]() is not None)
            emptied()

        monkeypatch.setattr(getattr(torch, kind), "empty_cache", empty_cache)
        worker = Worker(lambda: Pipeline.load(tmp_path, kind, "float32"), events.put)
        worker.start()
        assert isinstance(events.get(timeout=PATIENCE), Loaded)
        for seed in (1, 2):
            worker.submit(QueuedJob(b"client", Generate(new_id(), GenerateRequest("walk", 1.0, seed=seed))))
        replies = []
        while len(replies) < 2:
            event = events.get(timeout=PATIENCE)
            assert isinstance(event, JobReply)
            if not isinstance(event.reply, Progress):
                replies.append(event.reply)
        assert worker.stop(PATIENCE)
    failed, made = replies
    assert isinstance(failed, Error) and failed.code == "out_of_memory" and "fewer variations" in failed.hint
    assert isinstance(made, Result) and np.isfinite(made.joints).all()
    assert alive == [False] and counts.emptied == 1
