# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of jobs, without a network."""

from __future__ import annotations

from coamd.backend.server.job_queue import QUEUE_LIMIT, Queue, QueuedJob
from coamd.backend.wire.messages import Status


def queue_of(*names: str) -> Queue:
    """Jobs named by their client and their id, as in "a1"."""
    queue = Queue()
    queue.waiting.extend(QueuedJob(name[0].encode(), Status(name[1:])) for name in names)
    return queue


def test_jobs_run_one_after_the_other_in_the_order_they_came() -> None:
    queue = queue_of("a1", "b1", "a2")
    ran = []
    while (job := queue.start()) is not None:
        assert queue.start() is None, "one runs already"
        ran.append(job.peer.decode() + job.id)
        queue.end()
    assert ran == ["a1", "b1", "a2"] and len(queue) == 0


def test_a_job_is_found_by_its_client_and_its_id_until_it_ends() -> None:
    queue = queue_of("a1", "b1")
    running = queue.start()
    assert running is not None and queue.find(b"a", "1") is running
    assert queue.find(b"b", "1") is queue.waiting[0]
    assert queue.find(b"b", "2") is None
    queue.end()
    assert queue.find(b"a", "1") is None


def test_only_a_waiting_job_can_leave() -> None:
    queue = queue_of("a1", "b1")
    running, waiting = queue.start(), queue.waiting[0]
    assert running is not None and not queue.leave(running) and queue.leave(waiting)
    assert len(queue) == 1


def test_the_jobs_of_a_client_that_leaves_go_with_it() -> None:
    queue = queue_of("a1", "b1", "a2")
    running = queue.start()
    assert running is not None
    assert queue.drop(b"a") and running.stopped.is_set()
    assert not queue.drop(b"a"), "it knows already"
    assert [job.peer for job in queue.waiting] == [b"b"]


def test_the_end_stops_every_job() -> None:
    queue = queue_of("a1", "b1")
    queue.start()
    assert all(job.stopped.is_set() for job in queue.clear())
    assert not queue.waiting


def test_few_may_wait() -> None:
    queue = queue_of(*[f"a{i}" for i in range(QUEUE_LIMIT)])
    assert queue.full and len(queue) == QUEUE_LIMIT
    queue.start()
    assert not queue.full and len(queue) == QUEUE_LIMIT
