# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelling takes, from the click to the list of segments. The file is not changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import bpy

from ...backend.requests.label import Segment
from ...backend.wire.messages import Label, Labelled, Reply, Request
from ...rigs.errors import UserError
from ..session.part_progress import PartProgress
from ..session.tasks import READING, SOLVING
from ..takes.hidden_scene import PlayedAction
from ..takes.reading_task import TakeReadingTask
from ..takes.take_reader import TakeReader
from ..takes.takes import Problem, Take, of_file
from ..ui.notices import LABEL

TOP = 5  # names for each segment
_NAMED_PROBLEMS = 3
_NEXT = "reading the motion"


@dataclass(frozen=True)
class LabelOrder:
    """The panel's settings at the moment of the click."""

    takes: tuple[Take, ...]  # () is all of the file
    scene: str
    character: str
    labels: tuple[str, ...] = ()  # () is the model's list
    describe: bool = False
    whole: bool = False


@dataclass
class LabelJob(TakeReadingTask):
    """Reads and sends takes one after the other, to be named."""

    order: LabelOrder
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default=_NEXT, kw_only=True)
    found: list[tuple[Take, tuple[Segment, ...]]] = field(default_factory=list, kw_only=True)
    problems: list[Problem] = field(default_factory=list, kw_only=True)
    renamed: dict[PlayedAction, list[str]] = field(default_factory=dict, kw_only=True)  # the names that Apply gave
    _takes: list[Take] = field(init=False)
    _looking: Iterator[Take | Problem | None] | None = field(init=False, default=None)
    _next: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._takes = list(self.order.takes)
        if not self._takes:
            self._looking = of_file(bpy.data.scenes[self.order.scene], self.order.character)

    @property
    def button(self) -> str:
        return LABEL

    @property
    def writer(self) -> str:
        return "show_labels"

    @property
    def parts(self) -> PartProgress | None:
        if self._looking is not None or len(self._takes) < 2:
            return None
        reader = self._reader  # reading a take is about half of the work, naming it the other
        share = 0.0 if reader is None else 0.5 * reader.done / reader.of
        return PartProgress(tuple(take.seconds for take in self._takes), self._next, share)

    def read(self, budget: float) -> bool:
        if self._looking is not None:
            if not collect_takes(self._looking, self._takes, self.problems, budget):
                return False
            self._looking = None
            if not self._takes and not self.problems:
                raise UserError(
                    "No action of this file moves the bones of a character.", "Animate one first.", "no_action"
                )
        while self._reader is None:
            if self._next == len(self._takes):
                self._finish()
                return False
            try:
                self._reader = TakeReader(self._takes[self._next])
            except UserError as error:
                self.refused(error)
        try:
            done = self._reader.work(budget)
        except UserError as error:
            self.refused(error)
            return False
        self.phase, self.step, self.of = _NEXT, self._reader.done, self._reader.of
        return done

    def message(self, id: str) -> Request:
        assert self._reader is not None
        order = self.order
        return Label(id, self._reader.joints, TOP, order.labels, order.describe, order.whole)

    def take(self, reply: Reply) -> None:
        assert isinstance(reply, Labelled)
        self.found.append((self._takes[self._next], reply.segments))
        self.warnings = tuple(dict.fromkeys((*self.warnings, *reply.warnings)))
        self._advance()

    def refused(self, error: UserError) -> None:
        if len(self._takes) == 1:
            raise error
        self.problems.append((self._takes[self._next].name, error.message))
        self._advance()

    def report(self) -> str:
        segments = sum(len(segments) for _, segments in self.found)
        still = [take.name for take, segments in self.found if not any(segment.labels for segment in segments)]
        takes = "1 take" if len(self.found) == 1 else f"{len(self.found)} takes"
        if len(still) == len(self.found) == 1:
            return f"“{still[0]}” stands still: there is no motion to name."
        text = f"{segments} segment{'s' * (segments != 1)} of {takes} found. Look them through, then press Apply."
        return text + (f" {len(still)} of the takes stand still." if still else "")

    def end(self, state: str) -> None:
        super().end(state)
        self._looking = None

    def _advance(self) -> None:
        """On to the next take."""
        self._drop_reader()
        self._next += 1
        self.request = None
        self.state, self.phase, self.step, self.of = READING, _NEXT, 0, 0

    def _finish(self) -> None:
        self.warnings = (*self.warnings, *skipped_sentences(self.problems))
        if not self.found:
            raise UserError("None of the takes could be read.", "\n".join(self.warnings), "no_motion")
        self.state, self.phase = SOLVING, "listing"


def collect_takes(
    looking: Iterator[Take | Problem | None], takes: list[Take], problems: list[Problem], budget: float
) -> bool:
    """Collect takes and problems of the file for ``budget`` seconds; True when done."""
    deadline = time.perf_counter() + budget
    for found in looking:
        if isinstance(found, Take):
            takes.append(found)
        elif found is not None:
            problems.append(found)
        if time.perf_counter() > deadline:
            return False
    return True


def skipped_sentences(problems: list[Problem]) -> tuple[str, ...]:
    """How many takes were skipped, then a few of them with their reasons."""
    if not problems:
        return ()
    named = [reason if name in reason else f"{name}: {reason}" for name, reason in problems[:_NAMED_PROBLEMS]]
    more = len(problems) - len(named)
    return (f"Skipped: {len(problems)}.", *named, *((f"And {more} more.",) if more else ()))
