# SPDX-License-Identifier: GPL-3.0-or-later
"""Which jobs the session remembers: all that are on their way, and the last of those that are over."""

from __future__ import annotations

from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import DONE, WAITING, Task


def session() -> Session:
    return Session(lambda _task: None, lambda _task: "")


def test_a_job_on_its_way_is_never_forgotten() -> None:
    """However often the button is clicked before the first answer comes."""
    one = session()
    jobs = [one.submit(Task()) for _ in range(30)]
    assert [job.number for job in one.jobs] == [job.number for job in jobs] == list(range(1, 31))
    assert all(one.job(number).state == WAITING for number in range(1, 31))


def test_of_those_that_are_over_the_last_are_kept() -> None:
    one = session()
    waiting = one.submit(Task())
    for _ in range(50):
        one.submit(Task()).end(DONE)
    assert one.job(waiting.number) is waiting
    assert [job.number for job in one.jobs] == [1, *range(31, 52)]
