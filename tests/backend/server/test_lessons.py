# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching as the backend's clients see it: beside other jobs, with progress, ended early or cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from coamd.backend.client.client import Client
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.lesson import Example
from coamd.backend.wire.connection import Connection
from coamd.backend.wire.messages import Accepted, Error, Learnt, Progress, Teach
from coamd.backend.wire.protocol import new_id
from coamd.rigs.errors import UserError

from tests.motions import walk

Wait = Callable[[Callable[[], object], str], None]


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    with Client(connection) as one:
        yield one


def examples(count: int = 4) -> tuple[Example, ...]:
    return tuple(
        Example(f"walk {n}", walk(2.0, turning=n).astype(np.float32), ("a person struts",)) for n in range(count)
    )


def begun(client: Client, name: str, wait_until: Wait) -> str:
    """The id of a lesson that is being taught."""
    id = client.send(Teach(new_id(), name, examples()))
    wait_until(lambda: any(isinstance(reply, Progress) for reply in client.poll()), "a step")
    return id


def last(client: Client, id: str, wait_until: Wait) -> Learnt | Error:
    seen: list[Learnt | Error] = []

    def ended() -> bool:
        seen.extend(reply for reply in client.poll() if isinstance(reply, Learnt | Error) and reply.id == id)
        return bool(seen)

    wait_until(ended, "the end of the lesson")
    return seen[0]


def test_what_is_taught_can_be_generated_with(client: Client) -> None:
    with pytest.raises(UserError, match="no taught model"):
        client.generate(GenerateRequest("a person struts", 1.0, models=("Strut",)))
    steps: list[Progress] = []
    learnt = client.teach("Strut", examples(), progress=steps.append)
    assert (learnt.name, learnt.nearer) == ("Strut", 0.25)
    assert {step.phase for step in steps} == {"learning"}
    joints = client.generate(GenerateRequest("a person struts", 1.0, models=("Strut",))).joints
    assert joints is not None
    assert joints.shape == (1, 20, 22, 3)


def test_what_was_taught_at_several_times_can_be_used_together(client: Client) -> None:
    for name in ("Strut", "Bows"):
        client.teach(name, examples())
    joints = client.generate(GenerateRequest("struts, then bows", 1.0, models=("Strut", "Bows"))).joints
    assert joints is not None
    for names, words in ((("Strut", "Salutes"), "no taught model “Salutes”"), (("Strut", "strut"), "named twice")):
        with pytest.raises(UserError, match=words):
            client.generate(GenerateRequest("struts", 1.0, models=names))


def test_motion_is_made_while_a_lesson_goes_on(client: Client, wait_until: Wait) -> None:
    id = begun(client, "for ever", wait_until)
    assert client.generate(GenerateRequest("a person sways", 1.0)).joints is not None
    assert client.status().busy
    client.cancel(id)


def test_a_second_lesson_waits_for_the_first(client: Client, wait_until: Wait) -> None:
    first = begun(client, "for ever", wait_until)
    second = client.send(Teach(new_id(), "next", examples()))
    places: list[int] = []

    def accepted() -> bool:
        places.extend(reply.place for reply in client.poll() if isinstance(reply, Accepted) and reply.id == second)
        return bool(places)

    wait_until(accepted, "its place")
    assert places == [1]
    client.cancel(first)
    assert isinstance(last(client, second, wait_until), Learnt)


def test_ending_early_keeps_what_is_learnt(client: Client, wait_until: Wait) -> None:
    id = begun(client, "early, for ever", wait_until)
    client.enough(id)
    learnt = last(client, id, wait_until)
    assert isinstance(learnt, Learnt)
    assert client.generate(GenerateRequest("a person struts", 1.0, models=(learnt.name,))).joints is not None


def test_a_cancelled_lesson_leaves_nothing(client: Client, wait_until: Wait) -> None:
    client.cancel(begun(client, "dropped, for ever", wait_until))
    assert client.teach("next one", examples()).name == "next one"  # the teacher is free again
    with pytest.raises(UserError, match="no taught model"):
        client.generate(GenerateRequest("a person struts", 1.0, models=("dropped, for ever",)))


def test_a_lesson_that_breaks_ends_alone(client: Client) -> None:
    with pytest.raises(UserError) as caught:
        client.teach("Bug", examples())
    assert caught.value.code == "job_failed"
    assert client.teach("after it", examples()).name == "after it"


def test_what_makes_no_sense_is_not_sent(client: Client) -> None:
    with pytest.raises(UserError) as caught:
        client.teach("Strut", ())
    assert caught.value.code == "no_takes"
