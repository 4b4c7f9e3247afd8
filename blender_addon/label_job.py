# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelling takes, from the click to the list of segments. Nothing of the file changes here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import bpy

from ..backend.labelling.request import Segment
from ..backend.protocol import Label, Labelled, Reply, Request
from ..rigs.errors import UserError
from .jobs import READING, SOLVING, Task
from .messages import LABEL
from .stage import Played
from .take_reader import TakeReader
from .takes import Problem, Take, of_file

TOP = 5  # names for each segment
_NAMED_PROBLEMS = 3
_NEXT = "reading the motion"


@dataclass(frozen=True)
class LabelOrder:
    """What was asked for at the moment of the click."""

    takes: tuple[Take, ...]  # () is all of the file
    scene: str
    character: str
    labels: tuple[str, ...] = ()  # () is the model's list
    describe: bool = False
    whole: bool = False


@dataclass
class LabelJob(Task):
    """Takes on their way to names: each is read, sent, and waited for, one after the other."""

    order: LabelOrder
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default=_NEXT, kw_only=True)
    found: list[tuple[Take, tuple[Segment, ...]]] = field(default_factory=list, kw_only=True)
    problems: list[Problem] = field(default_factory=list, kw_only=True)
    renamed: dict[Played, list[str]] = field(default_factory=dict, kw_only=True)  # the names that Apply gave
    _takes: list[Take] = field(init=False)
    _looking: Iterator[Take | Problem | None] | None = field(init=False, default=None)
    _reader: TakeReader | None = field(init=False, default=None)
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
    def character(self) -> str:
        return self._reader.take.character if self._reader is not None else ""

    @property
    def writes_in_tweak_mode(self) -> bool:
        return True  # a copy is read, and nothing is written

    def read(self, budget: float) -> bool:
        if self._looking is not None:
            if not look(self._looking, self._takes, self.problems, budget):
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
        self.phase, self.step, self.of = self._called(_NEXT), self._reader.done, self._reader.of
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
        self._drop()
        self._looking = None

    def _advance(self) -> None:
        """On to the next take."""
        self._drop()
        self._next += 1
        self.request = None
        self.state, self.phase, self.step, self.of = READING, self._called(_NEXT), 0, 0

    def _finish(self) -> None:
        self.warnings = (*self.warnings, *told(self.problems))
        if not self.found:
            raise UserError("None of the takes could be read.", "\n".join(self.warnings), "no_motion")
        self.state, self.phase = SOLVING, "listing"

    def _drop(self) -> None:
        if self._reader is not None:
            self._reader.drop()
            self._reader = None

    def _called(self, phase: str) -> str:
        return phase if len(self._takes) == 1 else f"{phase} of take {self._next + 1} of {len(self._takes)}"


def look(looking: Iterator[Take | Problem | None], takes: list[Take], problems: list[Problem], budget: float) -> bool:
    """Go on looking through the file for ``budget`` seconds; True when all is seen."""
    deadline = time.perf_counter() + budget
    for found in looking:
        if isinstance(found, Take):
            takes.append(found)
        elif found is not None:
            problems.append(found)
        if time.perf_counter() > deadline:
            return False
    return True


def told(problems: list[Problem]) -> tuple[str, ...]:
    """What was skipped, in one sentence and then a few by name."""
    if not problems:
        return ()
    named = [reason if name in reason else f"{name}: {reason}" for name, reason in problems[:_NAMED_PROBLEMS]]
    more = len(problems) - len(named)
    return (f"Skipped: {len(problems)}.", *named, *((f"And {more} more.",) if more else ()))
