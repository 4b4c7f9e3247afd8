# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a job is, in words: what happens now, and for how long still."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from bpy.app.translations import pgettext_iface as iface

from .jobs import Task
from .sentences import sentence

# What the phases of the backend, those of the session and obstacles are to an animator.
PHASES = {
    "waiting for the backend": "Waiting for the backend",
    "loading": "Loading the model",
    "reading the pose": "Reading the pose",
    "text": "Reading the prompt",
    "sampling": "Making the motion",
    "solving": "Putting it on the rig",
    "naming": "Naming the motion",
    "waiting for the render to end": "Waiting for the render to end",
    "waiting for the transform to end": "Waiting for the transform to end",
    "waiting for you to leave Edit Mode": "Waiting for you to leave Edit Mode",
    "waiting for you to leave the NLA's tweak mode": "Waiting for you to leave the NLA's tweak mode",
}
_LEAST_STEPS = 2  # before them, the time that one step takes is not known


@dataclass
class _Phase:
    name: str
    step: int  # at which it was first seen
    began: float  # monotonic seconds


class Clock:
    """Watches jobs and tells how many seconds their present phase has left."""

    def __init__(self) -> None:
        self._seen: dict[int, _Phase] = {}

    def look(self, jobs: Iterable[Task], now: float | None = None) -> None:
        """Take in where the jobs are; call it at every tick."""
        now = time.monotonic() if now is None else now
        on_the_way = {job.number: job for job in jobs if not job.over}
        self._seen = {number: phase for number, phase in self._seen.items() if number in on_the_way}
        for number, job in on_the_way.items():
            if number not in self._seen or self._seen[number].name != job.phase:
                self._seen[number] = _Phase(job.phase, job.step, now)

    def left(self, job: Task, now: float | None = None) -> float | None:
        """Seconds until the phase ends, if it goes on as it went so far; None where nobody can know."""
        seen = self._seen.get(job.number)
        if seen is None or seen.name != job.phase or job.step - seen.step < _LEAST_STEPS:
            return None
        elapsed = (time.monotonic() if now is None else now) - seen.began
        return max(elapsed / (job.step - seen.step) * (job.of - job.step), 0.0)


clock = Clock()


def describe(job: Task) -> str:
    """The phase, its steps and the time left: "Making the motion 12/24, 3 s left"."""
    phase = job.obstacle or job.phase
    words = sentence(PHASES.get(phase, phase[:1].upper() + phase[1:]))
    if job.obstacle or not job.of:
        return words
    text = f"{words} {job.step}/{job.of}"
    left = clock.left(job)
    return text if left is None else f"{text}, " + iface("{} s left").format(math.ceil(left))
