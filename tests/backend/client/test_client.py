# SPDX-License-Identifier: GPL-3.0-or-later
"""The client against a real backend: what scripts wait for, and what a program with its own loop polls."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coamd.backend.client.client import Client
from coamd.backend.files.motion_file import write_motion
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.fields import ProtocolError
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.requests.label import Named, Offer
from coamd.backend.wire.connection import Connection
from coamd.backend.wire.messages import Accepted, Generate, Progress, Reply, Result, Welcome
from coamd.backend.wire.protocol import clip_hash, new_id
from coamd.rigs.errors import UserError

from tests.motions import walk

Wait = Callable[[Callable[[], object], str], None]


@pytest.fixture
def client(connection: Connection) -> Iterator[Client]:
    with Client(connection) as client:
        client.hello(60.0)
        client.poll()
        yield client


def travel(x: float, z: float) -> np.ndarray:
    """A clip (20, 22, 3) that goes one way over the ground."""
    clip = np.zeros((20, 22, 3), np.float32)
    clip[..., 0], clip[..., 2] = (np.linspace(0, far, 20)[:, None] for far in (x, z))
    return clip


def collect(client: Client, wait_until: Wait, fits: Callable[[Reply], bool]) -> list[Reply]:
    """Polls as Blender's timer does, until a reply fits."""
    replies: list[Reply] = []

    def tick() -> bool:
        replies.extend(client.poll())
        return any(map(fits, replies))

    wait_until(tick, "a reply")
    return replies


def test_the_ten_lines_of_the_documentation(client: Client) -> None:
    result = client.generate(GenerateRequest("a person walks forward and waves", 4.0, seed=1, variations=2))
    assert result.joints is not None and result.joints.shape == (2, 80, 22, 3)
    first, _ = client.label(result.joints[0], top=2).segments
    assert [named.label for named in first.labels] == ["sway", "stand"]
    assert first.labels[0].score > first.labels[1].score
    assert len(client.search("somebody jumps", list(result.joints))) == 2


def test_it_says_hello_by_itself(connection: Connection, wait_until: Wait) -> None:
    with Client(connection) as client:
        replies = collect(client, wait_until, lambda reply: isinstance(reply, Welcome))
        assert replies[0].id == client.hello_id and client.welcome is replies[0]
        assert client.welcome.fps == 20.0


def test_progress_comes_while_one_waits(client: Client) -> None:
    seen: list[Progress] = []
    client.generate(GenerateRequest("sways", 1.0), progress=seen.append)
    assert [one.step for one in seen if one.phase == "sampling"] == [1, 2, 3, 4, 5]


def test_the_ten_lines_that_edit(client: Client) -> None:
    walk = travel(1, 1)
    seen: list[Progress] = []
    result = client.edit(EditRequest(walk, start=5, end=15, prompt="sways", variations=2), progress=seen.append)
    assert result.joints is not None and result.joints.shape == (2, 20, 22, 3)
    assert np.array_equal(result.joints[0, :5], walk[:5]) and np.array_equal(result.joints[1, 15:], walk[15:])
    assert not np.array_equal(*result.joints), "each variation is another motion"
    assert [one.step for one in seen if one.phase == "sampling"] == [1, 2, 3, 4, 5]


def test_an_edit_that_makes_no_sense_is_not_sent(client: Client) -> None:
    with pytest.raises(UserError) as caught:
        client.edit(EditRequest(travel(1, 1), start=15, end=5))
    assert caught.value.code == "empty_range" and caught.value.hint
    assert not client._open


def test_own_labels_are_used(client: Client) -> None:
    reply = client.label(travel(1, 0), labels=("jump", "", "crawl", "Jump"), top=9, whole=True)
    assert [named.label for named in reply.segments[0].labels] == ["jump", "crawl"]
    assert reply.warnings == ("Of the labels, 1 that came twice and 1 without a name were left out.",)
    (segment,) = client.label(travel(1, 0), describe=True).segments
    assert segment.labels[0] == Named("a figure sways", segment.labels[0].score, None)


def test_a_take_is_indexed_found_and_fetched(client: Client, tmp_path: Path) -> None:
    left = travel(1, 0)
    write_motion(tmp_path / "ahead.npz", walk(2.0))
    (tmp_path / "broken.npz").write_bytes(b"PK")
    seen: list[Progress] = []
    reply = client.index([tmp_path], origin="a.blend", offers=[Offer("Left", "1")], progress=seen.append)
    assert reply.takes == 1 and reply.wanted == ("Left",), "it has not been sent the joints"
    assert [Path(skipped.name).name for skipped in reply.skipped] == ["broken.npz"]
    assert (seen[-1].step, seen[-1].of) == (2, 2)
    assert client.index(origin="a.blend", offers=[Offer("Left", "1", left)]).wanted == ()
    assert client.index(origin="a.blend", offers=[Offer("Left", "1"), Offer("Left", "2")]).wanted == ("Left",)
    both = client.find("walks ahead", places=[tmp_path], origin="a.blend", offered=True)
    assert [(Path(m.path).name, m.name) for m in both] == [("ahead.npz", ""), ("", "Left")]
    assert [m.score for m in both] == pytest.approx([1.0, 0.0], abs=0.1)
    assert both[0].poses.shape == (5, 22, 3) and (both[0].first, both[0].end) == (0, 40)
    assert client.find(example=left, places=[tmp_path])[0].path, "the file's takes were not asked for"
    assert client.fetch(both[0].path).shape == (40, 22, 3)
    for ask in (lambda: client.fetch("", "Left"), lambda: client.fetch("/etc/passwd")):
        with pytest.raises(UserError) as caught:
            ask()
        assert caught.value.code == "unknown_take"
    client.index(origin="a.blend", all_offers=True)
    with pytest.raises(UserError) as caught:
        client.find("walks", origin="a.blend", offered=True)
    assert caught.value.code == "nothing_indexed"


def test_search_scores_each_clip_in_its_place_and_sends_it_once(client: Client, connection: Connection) -> None:
    left, ahead = travel(1, 0), travel(0, 1)
    scores = client.search("walks to the left", [ahead, left, ahead])
    assert scores == pytest.approx([0.0, 1.0, 0.0])
    assert client.search("walks ahead", [left, travel(1, 1), ahead]) == pytest.approx([0.0, 0.5**0.5, 1.0])
    forgotten = travel(-1, 0)  # the client believes that the backend has it, as after a restart
    client._known.add(clip_hash(forgotten))
    assert client.search("walks to the left", [forgotten, left]) == pytest.approx([-1.0, 1.0])


def test_polling_never_waits_and_gives_each_reply_once(client: Client, wait_until: Wait) -> None:
    assert client.poll() == []
    id = client.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    replies = collect(client, wait_until, lambda reply: isinstance(reply, Result))
    assert isinstance(replies[0], Accepted) and isinstance(replies[-1], Result)
    assert {reply.id for reply in replies} == {id}
    assert client.poll() == []


def test_one_poll_gives_no_more_than_its_limit(client: Client, wait_until: Wait) -> None:
    id = client.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    wait_until(lambda: client.status().busy is False, "the end of the job")
    taken = []
    while replies := client.poll(limit=2):
        assert len(replies) <= 2
        taken += replies
    assert isinstance(taken[-1], Result) and taken[-1].id == id


def test_late_replies_to_a_cancelled_job_are_dropped(client: Client, wait_until: Wait) -> None:
    cancelled = client.send(Generate(new_id(), GenerateRequest("sways for ever", 1.0, seed=0)))
    collect(client, wait_until, lambda reply: isinstance(reply, Progress))
    client.cancel(cancelled)
    kept = client.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=1)))
    replies = collect(client, wait_until, lambda reply: isinstance(reply, Result))
    assert {reply.id for reply in replies} == {kept}
    assert client.poll() == []
    client.cancel(kept)  # it has ended: nothing is sent, nothing happens
    assert client.status().busy is False


def test_who_stops_waiting_stops_the_job(client: Client, wait_until: Wait) -> None:
    with pytest.raises(UserError) as caught:
        client.generate(GenerateRequest("sways for ever", 1.0), timeout=0.3)
    assert caught.value.code == "timeout" and caught.value.hint

    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.generate(GenerateRequest("sways for ever", 1.0), progress=interrupt)
    wait_until(lambda: not client.status().busy, "the end of the jobs")


def test_two_clients_do_not_see_each_others_replies(client: Client, connection: Connection) -> None:
    with Client(connection) as other:
        id = new_id()  # even when both choose the same
        client.send(Generate(id, GenerateRequest("sways", 1.0, seed=1)))
        other.send(Generate(id, GenerateRequest("sways", 1.0, seed=2)))
        mine, theirs = client.wait(id), other.wait(id)
    assert isinstance(mine, Result) and isinstance(theirs, Result)
    assert mine.joints is not None and theirs.joints is not None
    assert not np.array_equal(mine.joints, theirs.joints)


def test_what_does_not_fit_is_refused_before_it_is_sent(client: Client) -> None:
    with pytest.raises(ProtocolError) as caught:
        client.generate(GenerateRequest("sways", float("nan")))
    assert caught.value.hint
    assert client.status().waiting == 0


def test_a_backend_that_is_killed_is_noticed_while_one_waits(serve: Callable[..., Any]) -> None:
    connection, child = serve()

    def kill(_: Progress) -> None:
        child.kill()
        child.wait()

    with Client(connection) as client, pytest.raises(UserError) as caught:
        client.generate(GenerateRequest("sways for ever", 1.0), progress=kill)
    assert caught.value.code == "backend_died" and caught.value.hint


def test_the_jobs_of_a_client_that_leaves_do_not_hold_up_the_others(client: Client, connection: Connection) -> None:
    with Client(connection) as leaver:
        for _ in range(3):
            leaver.send(Generate(new_id(), GenerateRequest("sways for ever", 1.0, seed=0)))
        leaver.status()
    assert client.status().busy
    assert client.generate(GenerateRequest("sways", 1.0), timeout=60.0).joints is not None


def test_closing_does_not_wait_for_a_backend_that_is_not_there(connection: Connection) -> None:
    with Client(replace(connection, endpoint="tcp://127.0.0.1:9")) as client:
        client.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
        with pytest.raises(UserError) as caught:
            client.hello(0.2)
    assert caught.value.code == "timeout" and caught.value.hint


def test_an_address_that_is_none_is_a_clear_sentence(connection: Connection) -> None:
    with pytest.raises(UserError) as caught:
        Client(replace(connection, endpoint="tcp://no host:1"))
    assert caught.value.code == "connection_broken"


def test_what_blender_runs_needs_no_torch() -> None:
    code = "import sys, coamd.backend.client.client, coamd.backend.client.backend_process\n"
    code += "print([name for name in ('torch', 'transformers', 'bpy') if name in sys.modules])"
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
