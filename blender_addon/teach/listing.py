# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists takes for the Teach panel: those of the file, and those that Find has found elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import bpy

from ...backend.requests.fields import FloatArray
from ...backend.requests.lesson import SHORTEST
from ...backend.wire.messages import Fetch, Reply, Request, Result
from ...rigs.body.skeleton import FPS
from ...rigs.errors import UserError
from ..label.task import collect_takes, skipped_sentences
from ..session.tasks import READING, SOLVING, Task
from ..takes.takes import Problem, Take, of_file
from ..ui.notices import TEACH


@dataclass(frozen=True, eq=False)
class FetchedTake:
    """A take out of another file, as the backend read it: joints (F, 22, 3) metres, 20 fps."""

    name: str
    joints: FloatArray

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.joints) / FPS


@dataclass
class ListJob(Task):
    """Collects the takes of the panel's list.

    ``takes`` are there already; ``whole_file`` adds the actions of the file, of which ``only`` those of these names.
    ``elsewhere`` are found takes by path and name, which the backend is asked for one after the other.
    """

    takes: list[Take | FetchedTake]
    scene: str
    character_name: str
    whole_file: bool = False
    only: frozenset[str] | None = None
    elsewhere: tuple[tuple[str, str], ...] = ()
    state: str = field(default=READING, kw_only=True)
    phase: str = field(default="looking through the file", kw_only=True)
    problems: list[Problem] = field(default_factory=list, kw_only=True)
    _looking: Iterator[Take | Problem | None] | None = field(init=False, default=None)
    _next: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if self.whole_file:
            self._looking = of_file(bpy.data.scenes[self.scene], self.character_name)

    @property
    def button(self) -> str:
        return TEACH

    @property
    def writer(self) -> str:
        return "show_examples"

    @property
    def writes_in_tweak_mode(self) -> bool:
        return True  # nothing is written

    def read(self, budget: float) -> bool:
        if self._looking is not None:
            found: list[Take] = []
            done = collect_takes(self._looking, found, self.problems, budget)
            self.takes += [take for take in found if self.only is None or take.name in self.only]
            if not done:
                return False
            self._looking = None
            if self.only is not None:
                self.problems = [problem for problem in self.problems if problem[0] in self.only]
        if self._next < len(self.elsewhere):
            self.phase, self.step, self.of = f"reading “{self._title}”", self._next, len(self.elsewhere)
            return True
        self._finish()
        return False

    def message(self, id: str) -> Request:
        return Fetch(id, *self.elsewhere[self._next])

    def take(self, reply: Reply) -> None:
        assert isinstance(reply, Result)
        assert reply.joints is not None
        self.takes.append(FetchedTake(self._free_name(), reply.joints[0]))
        self._advance()

    def refused(self, error: UserError) -> None:
        self.problems.append((self._title, error.message))
        self._advance()

    def report(self) -> str:
        count = len(self.takes)
        return f"{count} take{'s are' if count > 1 else ' is'} listed. Give each its words, then press Teach."

    @property
    def _title(self) -> str:
        path, name = self.elsewhere[self._next]
        return name or str(bpy.path.display_name_from_filepath(path))

    def _free_name(self) -> str:
        """The take's title, with a number if another take of the list has it, as words are stored by title."""
        there, name, number = {take.name for take in self.takes}, self._title, 1
        while name in there:
            number += 1
            name = f"{self._title} ({number})"
        return name

    def _advance(self) -> None:
        self._next += 1
        self.request, self.state = None, READING

    def _finish(self) -> None:
        short = [take for take in self.takes if take.seconds < SHORTEST]
        self.problems += [(take.name, f"{take.seconds:.1f} s of motion are too short to be taught.") for take in short]
        self.takes = [take for take in self.takes if take.seconds >= SHORTEST]
        if not self.takes:
            remedy = "Animate one first." if self.only is None else "Find others."
            raise UserError(
                "There is no take that can be taught.",
                "\n".join((*skipped_sentences(self.problems), remedy)),
                "no_action",
            )
        self.warnings, self.state, self.phase = skipped_sentences(self.problems), SOLVING, "listing"
