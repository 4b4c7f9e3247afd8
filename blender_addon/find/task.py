# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds takes: updates the index, then queries it; and puts a found take on the character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import bpy
import numpy as np

from ...backend.requests.label import Moment, Offer
from ...backend.wire.messages import Fetch, Find, Found, Index, Indexed, Reply, Request
from ...rigs.errors import UserError
from ..label.task import collect_takes, skipped_sentences
from ..session.part_progress import PartProgress
from ..session.tasks import READING, SOLVING, Job
from ..takes.reading_task import TakeReadingTask
from ..takes.take_reader import TakeReader
from ..takes.takes import SHORTEST, Problem, Take, of_file
from ..ui.notices import FIND, USE
from .thumbnails import picture

_BATCH = 12_000  # frames of takes that are sent together: ten minutes, 3 MB


@dataclass(frozen=True)
class FindOrder:
    """The panel's settings at the moment of the click."""

    scene: str
    character: str
    origin: str  # the open file
    places: tuple[str, ...]  # folders that the backend reads
    this_file: bool
    query: str
    example: Take | None
    top: int


@dataclass
class FindJob(TakeReadingTask):
    """A running search.

    The actions of the file are offered by their fingerprints first; those that the index lacks are then read and sent.
    """

    order: FindOrder
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="looking through the file", kw_only=True)
    moments: tuple[Moment, ...] = field(default=(), kw_only=True)
    pictures: list[np.ndarray] = field(default_factory=list, kw_only=True)
    takes: int = field(default=0, kw_only=True)  # that the index holds
    _takes: dict[str, Take] = field(init=False, default_factory=dict)
    _problems: list[Problem] = field(init=False, default_factory=list)
    _looking: Iterator[Take | Problem | None] | None = field(init=False, default=None)
    _stage: str = field(init=False, default="offer")  # offer, send, ask
    _wanted: list[str] = field(init=False, default_factory=list)
    _lengths: tuple[float, ...] = field(init=False, default=())  # seconds of all the takes that are wanted
    _read: list[Offer] = field(init=False, default_factory=list)
    _example: np.ndarray | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.order.this_file:
            self._looking = of_file(bpy.data.scenes[self.order.scene], self.order.character)

    @property
    def button(self) -> str:
        return FIND

    @property
    def writer(self) -> str:
        return "show_found"

    @property
    def parts(self) -> PartProgress | None:
        if self._stage != "send" or len(self._lengths) < 2:
            return None
        share = 0.0 if self._reader is None else self._reader.done / self._reader.of
        return PartProgress(self._lengths, len(self._lengths) - len(self._wanted), share)

    def read(self, budget: float) -> bool:
        if self._stage == "offer":
            return self._look(budget)
        if self._stage == "send":
            return self._read_wanted(budget)
        example = self.order.example
        if example is None:
            return True
        self._reader = self._reader or TakeReader(example)
        self.phase, self.step, self.of = "reading the example", self._reader.done, self._reader.of
        if self._reader.work(budget):
            self._example, self._reader = self._reader.joints, None
        return self._example is not None

    def message(self, id: str) -> Request:
        order = self.order
        if self._stage == "offer":
            offers = tuple(Offer(take.name, take.fingerprint) for take in self._takes.values())
            return Index(id, order.places, order.origin, offers, order.this_file)
        if self._stage == "send":
            return Index(id, (), order.origin, tuple(self._read))
        return Find(id, order.query, self._example, order.places, order.origin, order.this_file, order.top)

    def take(self, reply: Reply) -> None:
        self.request = None
        if isinstance(reply, Indexed):
            self.takes = reply.takes
            self._problems += [(skipped.name, skipped.reason) for skipped in reply.skipped]
            self.warnings = (*self.warnings, *reply.warnings)
            if self._stage == "offer":
                self._wanted = list(reply.wanted)
                self._lengths = tuple(self._takes[name].seconds for name in self._wanted)
            self._read = []
            self._stage = "send" if self._wanted else "ask"
            self.state, self.phase, self.step, self.of = READING, "reading the actions", 0, 0
            return
        assert isinstance(reply, Found)
        self.moments = reply.moments
        self.warnings = (*self.warnings, *reply.warnings, *skipped_sentences(self._problems))
        self.state, self.phase, self.step, self.of = SOLVING, "drawing", 0, len(self.moments)

    def refused(self, error: UserError) -> None:
        if error.code == "nothing_indexed" and self._problems:
            raise UserError(error.message, "\n".join((*skipped_sentences(self._problems), error.hint)), error.code)
        raise error

    @property
    def is_solved(self) -> bool:
        return len(self.pictures) == len(self.moments)

    def solve_on(self) -> None:
        self.pictures.append(picture(self.moments[len(self.pictures)].poses))
        self.step = len(self.pictures)

    def report(self) -> str:
        best, count = _title(self.moments[0].path, self.moments[0].name), len(self.moments)
        return f"1 take is listed: “{best}”." if count == 1 else f"{count} takes are listed; the best is “{best}”."

    def end(self, state: str) -> None:
        super().end(state)
        self._looking, self._example, self._read = None, None, []

    def _look(self, budget: float) -> bool:
        found: list[Take] = []
        done = self._looking is None or collect_takes(self._looking, found, self._problems, budget)
        for take in found:
            if take.seconds >= SHORTEST:
                self._takes[take.name] = take
            else:
                self._problems.append((take.name, f"{take.seconds:.1f} s of motion are too short to be found."))
        return done

    def _read_wanted(self, budget: float) -> bool:
        """Read takes until there are enough for a message."""
        while self._wanted and sum(len(offer.joints) for offer in self._read if offer.joints is not None) < _BATCH:
            take = self._takes[self._wanted[0]]
            try:
                self._reader = self._reader or TakeReader(take)
                self.phase, self.step, self.of = f"reading “{take.name}”", self._reader.done, self._reader.of
                if not self._reader.work(budget):
                    return False
            except UserError as error:
                self._problems.append((take.name, error.message))
            else:
                self._read.append(Offer(take.name, take.fingerprint, self._reader.joints))
            self._reader = None
            self._wanted.pop(0)
            if self._wanted:
                return False
        return True


@dataclass
class UseJob(Job):
    """Puts a found take on the character: read again, then solved and written as a generated one."""

    path: str = field(kw_only=True)  # "" where it is an action of this file
    name: str = field(kw_only=True)
    span: tuple[int, int] | None = field(default=None, kw_only=True)  # frames at 20 fps; None takes it all
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="reading the take", kw_only=True)
    _looking: Iterator[Take | Problem | None] | None = field(init=False, default=None)
    _reader: TakeReader | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        target = self.order.target()
        if not self.path and target is not None:
            self._looking = of_file(target[0], self.order.character)

    @property
    def button(self) -> str:
        return USE

    def read(self, budget: float) -> bool:
        if self.path:
            return True
        if self._reader is None:
            self._find(budget)
            return False
        self.step, self.of = self._reader.done, self._reader.of
        if self._reader.work(budget):
            self._solve(self._reader.joints[None])
            self._reader = None
        return False

    def message(self, id: str) -> Request:
        return Fetch(id, self.path, self.name)

    def take(self, reply: Reply) -> None:
        super().take(reply)
        if self.joints is not None:
            self._solve(self.joints)

    def end(self, state: str) -> None:
        super().end(state)
        if self._reader is not None:
            self._reader.drop()
        self._reader = self._looking = None

    def _find(self, budget: float) -> None:
        assert self._looking is not None
        found: list[Take] = []
        done = collect_takes(self._looking, found, [], budget)
        take = next((take for take in found if take.name == self.name), None)
        if take is not None:
            self._reader = TakeReader(take)
        elif done:
            raise UserError(f"The action “{self.name}” is no longer there.", "Press Find again.", "take_gone")

    def _solve(self, joints: np.ndarray) -> None:
        if self.span is not None:
            joints = joints[:, self.span[0] : self.span[1]]
        self.joints, self.state = joints, SOLVING
        self.phase, self.step, self.of = "solving", 0, len(joints) + 1


def _title(path: str, name: str) -> str:
    return name or str(bpy.path.display_name_from_filepath(path))
