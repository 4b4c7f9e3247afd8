# SPDX-License-Identifier: GPL-3.0-or-later
"""Suggests words for takes whose names say nothing: the recognizer's best phrase."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...backend.requests.fields import FloatArray
from ...backend.wire.messages import Label, Labelled, Reply, Request
from ...rigs.errors import UserError
from ..label.task import skipped_sentences
from ..session.part_progress import PartProgress
from ..session.tasks import READING, SOLVING
from ..takes.reading_task import TakeReadingTask
from ..takes.take_reader import TakeReader
from ..takes.takes import Problem, Take
from ..ui.notices import TEACH
from .listing import FetchedTake


@dataclass
class SuggestJob(TakeReadingTask):
    """Reads and sends takes one after the other, for a phrase each."""

    takes: tuple[Take | FetchedTake, ...]
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="reading the motion", kw_only=True)
    found: dict[str, str] = field(default_factory=dict, kw_only=True)  # phrases by the takes' names
    problems: list[Problem] = field(default_factory=list, kw_only=True)
    _joints: FloatArray | None = field(init=False, default=None)
    _next: int = field(init=False, default=0)

    @property
    def button(self) -> str:
        return TEACH

    @property
    def writer(self) -> str:
        return "fill_words"

    @property
    def parts(self) -> PartProgress | None:
        if len(self.takes) < 2:
            return None
        share = 0.0 if self._reader is None else 0.5 * self._reader.done / self._reader.of
        return PartProgress(tuple(take.seconds for take in self.takes), self._next, share)

    def read(self, budget: float) -> bool:
        if self._next == len(self.takes):
            self._finish()
            return False
        take = self.takes[self._next]
        if isinstance(take, FetchedTake):
            self._joints = take.joints
            return True
        try:
            self._reader = self._reader or TakeReader(take)
            if not self._reader.work(budget):
                return False
        except UserError as error:
            self.refused(error)
            return False
        self._joints = self._reader.joints
        return True

    def message(self, id: str) -> Request:
        assert self._joints is not None
        return Label(id, self._joints, 1, (), True, True)

    def take(self, reply: Reply) -> None:
        assert isinstance(reply, Labelled)
        names = [label.label for segment in reply.segments for label in segment.labels]
        if names:
            self.found[self.takes[self._next].name] = names[0]
        self._advance()

    def refused(self, error: UserError) -> None:
        if len(self.takes) == 1:
            raise error
        self.problems.append((self.takes[self._next].name, error.message))
        self._advance()

    def report(self) -> str:
        count = len(self.found)
        if not count:
            return "No words were found for these takes. Type what happens in them."
        return f"Words for {count} take{'s' * (count > 1)} are suggested. Correct them before you press Teach."

    def end(self, state: str) -> None:
        super().end(state)
        self._joints = None

    def _advance(self) -> None:
        self._drop_reader()
        self._joints = None
        self._next += 1
        self.request, self.state = None, READING

    def _finish(self) -> None:
        self.warnings, self.state, self.phase = skipped_sentences(self.problems), SOLVING, "listing"
