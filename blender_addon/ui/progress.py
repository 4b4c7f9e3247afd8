# SPDX-License-Identifier: GPL-3.0-or-later
"""A job's progress in words: what it does now, and the time left."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from bpy.app.translations import pgettext_iface as iface

from ..session.tasks import Task
from ..translations.sentences import sentence

# Phases of the backend and the session, and obstacles, in an animator's words.
PHASES = {
    "waiting for the backend": "Waiting for the backend",
    "loading": "Loading the model",
    "reading the pose": "Reading the pose",
    "text": "Reading the prompt",
    "sampling": "Making the motion",
    "solving": "Putting it on the rig",
    "naming": "Naming the motion",
    "looking at the takes": "Looking at the takes",
    "making motions to rehearse": "Making motions to rehearse",
    "preparing": "Preparing the takes",
    "learning": "Learning",
    "writing": "Writing the model",
    "writing the files": "Writing the files",
    "waiting for the render to end": "Waiting for the render to end",
    "waiting for the transform to end": "Waiting for the transform to end",
    "waiting for you to leave Edit Mode": "Waiting for you to leave Edit Mode",
    "waiting for you to leave the NLA's tweak mode": "Waiting for you to leave the NLA's tweak mode",
}
_LEAST_STEPS = 2  # before these, the time of one step is not known
_LEAST_SHARE = 0.02  # the same share of a job with many parts
_MINUTES = 100  # seconds from which on time is given in minutes


@dataclass
class _Phase:
    name: str
    step: float  # at which it was first seen
    began: float  # monotonic seconds


@dataclass(frozen=True)
class _Measure:
    """What measures a job's progress: the steps of a phase, or all of its parts."""

    name: str
    step: float
    of: float
    least: float  # steps that must have been made before anything is said

    @staticmethod
    def of_job(job: Task) -> _Measure:
        if job.parts is not None:
            return _Measure("parts", job.parts.of_all, 1.0, _LEAST_SHARE)
        return _Measure(job.phase, job.step, job.of, _LEAST_STEPS)


class Clock:
    """Watches jobs and estimates the seconds left of them, or of their present phase."""

    def __init__(self) -> None:
        self._seen: dict[int, _Phase] = {}

    def look(self, jobs: Iterable[Task], now: float | None = None) -> None:
        """Take in where the jobs are; call it at every tick."""
        now = time.monotonic() if now is None else now
        on_the_way = {job.number: job for job in jobs if not job.over}
        self._seen = {number: phase for number, phase in self._seen.items() if number in on_the_way}
        for number, job in on_the_way.items():
            pace = _Measure.of_job(job)
            if number not in self._seen or self._seen[number].name != pace.name:
                self._seen[number] = _Phase(pace.name, pace.step, now)

    def left(self, job: Task, now: float | None = None) -> float | None:
        """Seconds until the end at the present rate; None if unknown."""
        seen, pace = self._seen.get(job.number), _Measure.of_job(job)
        if seen is None or seen.name != pace.name or pace.step - seen.step < pace.least:
            return None
        elapsed = (time.monotonic() if now is None else now) - seen.began
        return max(elapsed / (pace.step - seen.step) * (pace.of - pace.step), 0.0)


clock = Clock()


def describe(job: Task) -> str:
    """The phase, its steps and the time left: "Making the motion 12/24, 3 s left". Of a job with parts, all of it:
    "Take 3 of 19, 2 min left"."""
    phase = job.obstacle or job.phase
    text = sentence(PHASES.get(phase, phase[:1].upper() + phase[1:]))
    if job.obstacle or (job.parts is None and not job.of):
        return text
    if job.parts is not None:
        text = iface("Take {} of {}").format(job.parts.number, len(job.parts.lengths))
    else:
        text = f"{text} {job.step}/{job.of}"
    left = clock.left(job)
    return text if left is None else f"{text}, {_in_words(left)}"


def _in_words(left: float) -> str:
    if left > _MINUTES:
        return iface("{} min left").format(math.ceil(left / 60.0))
    return iface("{} s left").format(math.ceil(left))
