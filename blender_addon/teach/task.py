# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching takes: each is read off its armature, then all are sent to the backend."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...backend.requests.lesson import Example
from ...backend.wire.messages import Learnt, Reply, Request, Teach
from ...rigs.errors import UserError
from ..label.task import skipped_sentences
from ..session.part_progress import PartProgress
from ..session.tasks import READING, SOLVING
from ..takes.reading_task import TakeReadingTask
from ..takes.take_reader import TakeReader
from ..takes.takes import Problem, Take
from ..ui.notices import TEACH
from .listing import FetchedTake


@dataclass(frozen=True)
class TeachOrder:
    """The panel's settings at the moment of the click."""

    name: str
    takes: tuple[tuple[Take | FetchedTake, tuple[str, ...]], ...]  # each with its words
    mirror: bool = True


@dataclass
class TeachJob(TakeReadingTask):
    """Reads takes and sends them together, to be taught in the background."""

    order: TeachOrder
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="reading the motion", kw_only=True)
    learnt: Learnt | None = field(default=None, kw_only=True)
    problems: list[Problem] = field(default_factory=list, kw_only=True)
    _examples: list[Example] = field(init=False, default_factory=list)
    _next: int = field(init=False, default=0)

    @property
    def button(self) -> str:
        return TEACH

    @property
    def writer(self) -> str:
        return "show_learnt"

    @property
    def beside(self) -> bool:
        return True

    @property
    def parts(self) -> PartProgress | None:
        if self.state != READING or len(self.order.takes) < 2:
            return None
        share = 0.0 if self._reader is None else self._reader.done / self._reader.of
        return PartProgress(tuple(take.seconds for take, _ in self.order.takes), self._next, share)

    def read(self, budget: float) -> bool:
        take, words = self.order.takes[self._next]
        try:
            if isinstance(take, FetchedTake):
                self._examples.append(Example(take.name, take.joints, words))
                return self._advance()
            self._reader = self._reader or TakeReader(take)
            self.phase, self.step, self.of = f"reading “{take.name}”", self._reader.done, self._reader.of
            if not self._reader.work(budget):
                return False
            self._examples.append(Example(take.name, self._reader.joints, words))
        except UserError as error:
            self.problems.append((take.name, error.message))
        return self._advance()

    def _advance(self) -> bool:
        """Go on to the next take; True if there is none."""
        self._drop_reader()
        self._next += 1
        if self._next < len(self.order.takes):
            return False
        if not self._examples:
            raise UserError(
                "None of the takes could be read.", "\n".join(skipped_sentences(self.problems)), "no_motion"
            )
        return True

    def message(self, id: str) -> Request:
        return Teach(id, self.order.name, tuple(self._examples), self.order.mirror)

    def take(self, reply: Reply) -> None:
        assert isinstance(reply, Learnt)
        self.learnt, self.warnings = reply, (*reply.warnings, *skipped_sentences(self.problems))
        self.state, self.phase = SOLVING, "listing"

    def report(self) -> str:
        assert self.learnt is not None
        nearer = self.learnt.nearer
        text = f"“{self.learnt.name}” is learnt. Choose it under Model."
        return text if nearer is None else f"{text} Held-out takes are {nearer:.0%} closer than before."

    def end(self, state: str) -> None:
        super().end(state)
        self._examples = []
