# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order Live makes drafts and the real thing, on a pretended clock: the newest change wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from coamd.blender_addon.live.live import PATIENCE, REST, Live
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import DONE, FAILED, RUNNING, Task
from coamd.rigs.errors import UserError


@dataclass
class Made(Task):
    """A job of the pretended maker: which settings it was made of."""

    of: Any = None
    draft: bool = field(default=True, kw_only=True)

    @property
    def button(self) -> str:
        return "Edit"


class Maker:
    """Counts what is asked of it."""

    button = "Edit"

    def __init__(self) -> None:
        self.now: tuple[object, ...] = ("as it was",)
        self.stands_in_the_way = ""
        self.jobs: list[Made] = []
        self.told: list[Made] = []
        self.problem: UserError | None = None

    def watched(self) -> tuple[object, ...]:
        return self.now

    def obstacle(self) -> str:
        return self.stands_in_the_way

    def job(self, draft: bool) -> Any:
        if self.problem is not None:
            raise self.problem
        self.jobs.append(Made(of=self.now, draft=draft, live=True))
        return self.jobs[-1]

    def written(self, job: Any) -> None:
        self.told.append(job)


@pytest.fixture
def session() -> Session:
    return Session(lambda _task: None, lambda _task: "")


@pytest.fixture
def maker() -> Maker:
    return Maker()


@pytest.fixture
def live(session: Session, maker: Maker) -> Live:
    """Turned on, with the draft that shows how it is now already seen."""
    one = Live(session, lambda: None)
    one.start(maker)
    one.tick(0.0)
    maker.jobs[0].state = DONE
    one.tick(10.0)
    return one


def test_turned_on_it_shows_a_draft_and_writes_nothing(live: Live, maker: Maker) -> None:
    live.tick(20.0)
    assert [(job.of, job.draft) for job in maker.jobs] == [(("as it was",), True)]


def test_a_change_makes_a_draft_and_rest_the_real_one(live: Live, maker: Maker) -> None:
    maker.now = ("moved",)
    live.tick(20.0)
    assert [job.draft for job in maker.jobs[1:]] == [True]
    maker.jobs[1].state = DONE
    live.tick(20.0 + REST / 2)
    assert len(maker.jobs) == 2, "the hand does not rest yet"
    live.tick(20.0 + REST + 0.01)
    assert [(job.of, job.draft) for job in maker.jobs[2:]] == [(("moved",), False)]
    maker.jobs[2].state = DONE
    live.tick(30.0)
    assert maker.told == [maker.jobs[2]]
    live.tick(40.0)
    assert len(maker.jobs) == 3, "without another change nothing more is made"


def test_of_what_changes_while_a_draft_is_sampled_the_newest_is_made(
    live: Live, maker: Maker, session: Session
) -> None:
    maker.now = (1,)
    live.tick(20.0)
    maker.jobs[1].state = RUNNING
    for number in range(2, 8):
        maker.now = (number,)
        live.tick(20.0 + 0.03 * number)
    assert len(maker.jobs) == 2, "what is being sampled is seen through"
    maker.jobs[1].state = DONE
    live.tick(20.5)
    assert [job.of for job in maker.jobs[2:]] == [(7,)]
    assert session.jobs == maker.jobs[2:], "the older ones are forgotten"


def test_a_draft_that_is_not_begun_or_takes_long_makes_room_at_once(live: Live, maker: Maker) -> None:
    maker.now = (1,)
    live.tick(20.0)
    maker.now = (2,)
    live.tick(20.03)
    assert maker.jobs[1].over, "it was only waiting"
    maker.jobs[2].state = RUNNING
    maker.now = (3,)
    live.tick(20.03 + PATIENCE + 0.01)
    assert maker.jobs[2].over
    assert maker.jobs[3].of == (3,)


def test_a_change_ends_the_real_one(live: Live, maker: Maker, session: Session) -> None:
    maker.now = (1,)
    live.tick(20.0)
    maker.jobs[1].state = DONE
    live.tick(21.0)
    real = maker.jobs[2]
    assert not real.draft
    real.state = RUNNING
    maker.now = (2,)
    live.tick(21.1)
    assert real.over
    assert real not in session.jobs
    assert maker.jobs[3].draft
    assert not maker.told


def test_a_drag_that_is_taken_back_writes_nothing(live: Live, maker: Maker) -> None:
    """Before anything was written, and after it."""
    for number, settled in enumerate([("as it was",), ("moved",)]):
        now = 100.0 * (number + 1)
        maker.now = ("on the way",)
        live.tick(now)
        maker.jobs[-1].state = DONE
        maker.now = settled
        live.tick(now + REST / 2)
        maker.jobs[-1].state = DONE
        live.tick(now + 10.0)
        live.tick(now + 20.0)
        assert maker.jobs[-1].draft, "the figure goes back too"
        assert maker.jobs[-1].of == settled
        maker.now = ("moved",)
        live.tick(now + 30.0)
        maker.jobs[-1].state = DONE
        live.tick(now + 40.0)
        if number == 0:
            assert not maker.jobs[-1].draft
            maker.jobs[-1].state = DONE
            live.tick(now + 41.0)
    assert [job.of for job in maker.told] == [("moved",)]


def test_nothing_is_begun_while_something_is_in_the_way(live: Live, maker: Maker) -> None:
    maker.stands_in_the_way = "Live waits for the render to end"
    maker.now = (1,)
    assert live.tick(20.0)
    assert len(maker.jobs) == 1
    assert live.status == "Live waits for the render to end"
    maker.stands_in_the_way, maker.now = "", (2,)
    live.tick(20.1)
    assert maker.jobs[1].of == (2,), "the newest of what changed meanwhile"


def test_what_undo_brings_back_is_no_wish(live: Live, maker: Maker, session: Session) -> None:
    """Held down, undo would otherwise end at the first thing that Live writes."""
    maker.now = (1,)
    live.tick(20.0)
    for number in range(5):
        maker.now = ("undone", number)
        live.after_undo()
        live.tick(20.1 + 0.1 * number)
    live.tick(30.0)
    assert len(maker.jobs) == 2
    assert maker.jobs[1].over
    assert session.message is not None
    assert session.message.text == "Live continues with your next change."
    maker.now = (2,)
    live.tick(31.0)
    assert maker.jobs[2].of == (2,)


def test_what_cannot_be_made_is_said_and_the_next_change_tries_again(
    live: Live, maker: Maker, session: Session
) -> None:
    maker.problem = UserError("There is no curve to follow.", "Choose one under Path.", "no_path")
    maker.now = (1,)
    live.tick(20.0)
    live.tick(25.0)
    assert session.message is not None
    assert (session.message.text, session.message.about) == ("There is no curve to follow.", "Edit")
    assert live.on
    maker.problem, maker.now = None, (2,)
    live.tick(26.0)
    assert maker.jobs[1].of == (2,)


def test_a_draft_that_fails_has_no_real_one(live: Live, maker: Maker) -> None:
    maker.now = (1,)
    live.tick(20.0)
    maker.jobs[1].state = FAILED
    live.tick(25.0)
    live.tick(26.0)
    assert len(maker.jobs) == 2


def test_without_its_character_it_is_off(
    live: Live, maker: Maker, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> tuple[object, ...]:
        raise UserError("“Hero” was deleted, so Live is off.", "Undo that.", "live_over")

    monkeypatch.setattr(maker, "watched", gone)
    assert live.tick(20.0)
    assert not live.on
    assert session.message is not None
    assert session.message.text == "“Hero” was deleted, so Live is off."
    assert not session.jobs
