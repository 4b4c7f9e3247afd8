# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend as its clients see it: a real second process behind real, encrypted ZeroMQ."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
import zmq
from coamd.backend.client.client import Client
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.server.job_queue import QUEUE_LIMIT
from coamd.backend.wire.connection import Connection, live
from coamd.backend.wire.messages import (
    Accepted,
    Cancel,
    Edit,
    Error,
    Generate,
    Hello,
    Message,
    Progress,
    Result,
    Shutdown,
    State,
    Status,
    Welcome,
)
from coamd.backend.wire.protocol import decode, encode, new_id
from coamd.rigs.errors import UserError

PATIENCE_MS = 60_000


class Wire:
    """A bare DEALER: it sees every reply, also those that `Client` would drop."""

    def __init__(self, connection: Connection, *, curve: bool = True, **keys: bytes) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        if curve:
            self.socket.curve_serverkey = keys.get("server", connection.server_key.encode())
            self.socket.curve_publickey = keys.get("public", connection.client_key.encode())
            self.socket.curve_secretkey = keys.get("secret", connection.client_secret.encode())
        self.socket.connect(connection.endpoint)

    def send(self, message: Message) -> str:
        self.socket.send_multipart(encode(message))
        return message.id

    def read(self, patience: int = PATIENCE_MS) -> Any:
        assert self.socket.poll(patience), "no reply"
        return decode(self.socket.recv_multipart())

    def read_until(self, fits: Callable[[Any], bool]) -> list[Any]:
        replies = [self.read()]
        while not fits(replies[-1]):
            replies.append(self.read())
        return replies

    def greet(self) -> Wire:
        self.send(Hello(new_id()))
        assert isinstance(self.read(), Welcome)
        return self


@pytest.fixture
def make_wire() -> Iterator[Callable[..., Wire]]:
    wires: list[Wire] = []

    def make(*args: Any, **options: Any) -> Wire:
        wires.append(Wire(*args, **options))
        return wires[-1]

    yield make
    for wire in wires:
        wire.context.destroy(linger=0)


@pytest.fixture
def wire(connection: Connection, make_wire: Callable[..., Wire]) -> Wire:
    return make_wire(connection).greet()


def ends(id: str) -> Callable[[Any], bool]:
    return lambda reply: reply.id == id and isinstance(reply, Result | Error)


def test_a_job_is_accepted_then_shows_its_progress_then_ends(wire: Wire) -> None:
    id = wire.send(Generate(new_id(), GenerateRequest("a person sways", 2.0, seed=3, variations=2)))
    first, *middle, last = wire.read_until(ends(id))
    assert isinstance(first, Accepted) and first.place == 0
    steps = [reply for reply in middle if isinstance(reply, Progress) and reply.phase == "sampling"]
    assert [reply.step for reply in steps] == list(range(1, steps[-1].of + 1))
    previews = [reply.preview for reply in steps if reply.preview is not None]
    assert previews and all(preview.shape == (2, 40, 22, 3) for preview in previews)
    assert last.joints.shape == (2, 40, 22, 3) and last.joints.dtype == np.float32


def test_the_same_seed_gives_the_same_motion(connection: Connection) -> None:
    with Client(connection) as client:
        once, again, other = (client.generate(GenerateRequest("sways", 1.0, seed=seed)).joints for seed in (5, 5, 6))
    assert once is not None and again is not None and other is not None
    assert np.array_equal(once, again) and not np.array_equal(once, other)


def test_an_edit_shows_its_progress_and_leaves_the_rest_alone(wire: Wire) -> None:
    still = np.random.default_rng(0).normal(size=(60, 22, 3)).astype(np.float32)
    id = wire.send(Edit(new_id(), EditRequest(still, start=20, end=40, prompt="sways", variations=2)))
    *steps, last = wire.read_until(ends(id))
    assert [reply.step for reply in steps if isinstance(reply, Progress) and reply.phase == "sampling"] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert any(reply.preview is not None for reply in steps if isinstance(reply, Progress))
    assert last.joints.shape == (2, 60, 22, 3)
    assert np.array_equal(last.joints[:, :20], [still[:20]] * 2) and np.array_equal(
        last.joints[:, 40:], [still[40:]] * 2
    )
    assert not np.array_equal(last.joints[0, 20:40], still[20:40])


@pytest.mark.parametrize(
    "request_of",
    [
        lambda prompt: Generate(new_id(), GenerateRequest(prompt, 1.0, seed=0)),
        lambda prompt: Edit(new_id(), EditRequest(np.zeros((60, 22, 3), np.float32), start=20, end=40, prompt=prompt)),
    ],
    ids=["generate", "edit"],
)
def test_cancel_takes_effect_within_one_step(wire: Wire, request_of: Callable[[str], Message]) -> None:
    id = wire.send(request_of("sways slowly for ever"))
    seen = wire.read_until(lambda reply: isinstance(reply, Progress) and reply.phase == "sampling")
    cancel = wire.send(Cancel(new_id(), id))
    replies = [*seen, *wire.read_until(ends(id))]
    acknowledged = next(place for place, reply in enumerate(replies) if reply.id == cancel)
    assert [reply.code for reply in replies[acknowledged + 1 :]] == ["cancelled"], "it says nothing more"
    # The engine itself tells how far it had got: it may end the step it was in, and begins no other.
    known = max(reply.step for reply in replies if isinstance(reply, Progress))
    report = wire.send(Generate(new_id(), GenerateRequest("sways and reports", 1.0, seed=0)))
    warning = wire.read_until(ends(report))[-1].warnings[0]
    assert int(warning.split()[2]) <= known + 1


def test_a_waiting_job_can_be_cancelled_and_the_running_one_goes_on(wire: Wire) -> None:
    running = wire.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    waiting = wire.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=1)))
    wire.send(Cancel(new_id(), waiting))
    replies = wire.read_until(ends(running))
    assert [reply.code for reply in replies if reply.id == waiting and isinstance(reply, Error)] == ["cancelled"]
    assert isinstance(replies[-1], Result)


def test_a_full_queue_refuses_in_one_sentence_and_keeps_its_jobs(wire: Wire) -> None:
    jobs = [
        wire.send(Generate(new_id(), GenerateRequest("sways for ever", 1.0, seed=0))) for _ in range(1 + QUEUE_LIMIT)
    ]
    extra = wire.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    replies = wire.read_until(lambda reply: reply.id == extra)
    assert isinstance(replies[-1], Error) and replies[-1].code == "queue_full" and replies[-1].hint
    places = [reply.place for reply in replies if isinstance(reply, Accepted)]
    assert places == list(range(1 + QUEUE_LIMIT))
    for job in reversed(jobs):  # the running one last, so that none of the others starts
        wire.send(Cancel(new_id(), job))
    wire.read_until(ends(jobs[0]))
    id = wire.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    assert isinstance(wire.read_until(ends(id))[-1], Result)


LABEL = {"kind": "label", "id": "7", "top": 5, "labels": [], "describe": False, "whole": False}


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b""], "bad_header"),
        ([pickle.dumps(print)], "bad_header"),
        ([msgpack.packb({"kind": "explode", "id": "7"})], "unknown_kind"),
        (encode(State("7", "ready")), "unknown_kind"),  # a reply, from a client
        ([msgpack.packb({"kind": "status", "id": "7", "also": 1})], "bad_fields"),
        ([msgpack.packb({**LABEL, "joints": [40, 22, 3]})], "missing_frame"),
    ],
)
def test_what_does_not_fit_gets_an_error_and_the_server_goes_on(wire: Wire, frames: list[bytes], code: str) -> None:
    wire.socket.send_multipart(frames)
    reply = wire.read()
    assert isinstance(reply, Error)
    assert reply.code == code and reply.message and reply.hint
    wire.send(Status(new_id()))
    assert isinstance(wire.read(), State)


def test_the_error_names_the_request_where_it_can_be_read(wire: Wire) -> None:
    wire.socket.send_multipart([msgpack.packb({"kind": "explode", "id": "seven"})])
    assert wire.read().id == "seven"


@pytest.mark.parametrize(
    ("prompt", "code"),
    [(" ", "empty_prompt"), ("sways and breaks", "job_failed"), ("sways into nowhere", "not_finite")],
)
def test_a_failed_job_is_an_error_reply_and_the_next_one_works(connection: Connection, prompt: str, code: str) -> None:
    with Client(connection) as client:
        with pytest.raises(UserError) as caught:
            client.generate(GenerateRequest(prompt, 1.0))
        assert caught.value.code == code and caught.value.message and caught.value.hint
        assert client.generate(GenerateRequest("sways", 1.0)).joints is not None


def test_an_edit_that_makes_no_sense_is_said_with_its_remedy(wire: Wire) -> None:
    id = wire.send(Edit(new_id(), EditRequest(np.zeros((60, 22, 3), np.float32), start=50, end=70)))
    reply = wire.read_until(ends(id))[-1]
    assert isinstance(reply, Error) and reply.code == "range_outside" and reply.message and reply.hint


def test_without_hello_nothing_is_done(connection: Connection, make_wire: Callable[..., Wire]) -> None:
    wire = make_wire(connection)
    wire.send(Status(new_id()))
    reply = wire.read()
    assert isinstance(reply, Error) and reply.code == "hello_first"


def test_another_version_is_told_what_to_do(connection: Connection, make_wire: Callable[..., Wire]) -> None:
    wire = make_wire(connection)
    wire.send(Hello(new_id(), version=99))
    reply = wire.read()
    assert isinstance(reply, Error) and reply.code == "version_mismatch" and reply.hint


def test_only_the_key_in_the_connection_file_is_let_in(connection: Connection, make_wire: Callable[..., Wire]) -> None:
    public, secret = zmq.curve_keypair()
    strangers = [
        make_wire(connection, public=public, secret=secret),  # knows the server's public key, has keys of its own
        make_wire(connection, secret=secret),  # claims to be the client without its secret
        make_wire(connection, server=public),  # takes another server's key for this one's
        make_wire(connection, curve=False),
    ]
    for stranger in strangers:
        stranger.send(Hello(new_id()))
    make_wire(connection).greet()  # the same message from who has the keys is answered ...
    for stranger in strangers:
        assert not stranger.socket.poll(300)  # ... and the others' are not


def test_a_client_that_comes_back_under_its_name_gets_its_result(
    connection: Connection, make_wire: Callable[..., Wire]
) -> None:
    wires = [make_wire(connection), make_wire(connection)]
    for wire in wires:
        wire.socket.disconnect(connection.endpoint)
        wire.socket.routing_id = b"the same one"
    first, second = wires
    first.socket.connect(connection.endpoint)
    id = first.greet().send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    first.read_until(lambda reply: isinstance(reply, Accepted))
    second.socket.connect(connection.endpoint)
    second.send(Hello(new_id()))
    second.read_until(lambda reply: isinstance(reply, Welcome))  # a step of the job may be told before it
    assert isinstance(second.read_until(ends(id))[-1], Result)


def test_while_the_model_loads_jobs_wait_and_questions_are_answered(
    serve: Callable[..., Any], tmp_path: Path, make_wire: Callable[..., Wire]
) -> None:
    loaded = tmp_path / "loaded"
    wire = make_wire(serve("--load-until", str(loaded))[0]).greet()
    id = wire.send(Generate(new_id(), GenerateRequest("sways", 1.0, seed=0)))
    assert isinstance(wire.read(), Accepted)
    assert wire.read().phase == "loading"
    wire.send(Status(new_id()))
    state = wire.read()
    assert (state.phase, state.model, state.waiting) == ("loading", "", 1)
    loaded.touch()
    replies = wire.read_until(ends(id))
    assert isinstance(replies[-1], Result)
    told = [(one.step, one.of) for one in replies if isinstance(one, Progress) and one.phase == "loading"]
    assert told == [(1, 3), (2, 3), (3, 3)], "as the model prepares itself"
    wire.send(Status(new_id()))
    state = wire.read()
    assert (state.phase, state.model, state.device, state.busy) == ("ready", "Sway", "cpu", False)


def test_missing_weights_are_said_in_the_state_and_to_every_job(serve: Callable[..., Any], tmp_path: Path) -> None:
    connection, child = serve("--weights", str(tmp_path / "none"), "--parent-pid", str(os.getpid()))
    with Client(connection) as client:
        for _ in range(2):
            with pytest.raises(UserError) as caught:
                client.generate(GenerateRequest("sways", 1.0))
            assert caught.value.code == "weights_missing" and caught.value.hint
        state = client.status()
        assert (state.phase, state.code) == ("broken", "weights_missing")
        assert "weights" in state.message and state.hint
    assert child.poll() is None


def test_a_second_backend_is_refused_until_the_first_one_is_gone(
    serve: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    connection, first = serve()
    path = Path(first.args[4])
    before = path.read_bytes()
    second = subprocess.run(first.args, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 2
    assert f"process {first.pid}" in second.stderr and "--connection-file" in second.stderr
    assert path.read_bytes() == before
    with Client(connection) as client:
        assert client.hello(60.0).pid == first.pid
    first.kill()  # it has no time to tidy up, and its file stays
    first.wait()
    assert connection.is_stale() and path.exists()
    third = subprocess.Popen(first.args, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: live(path), "the third backend")
        with Client(Connection.read(path)) as client:
            assert client.hello(60.0).pid == third.pid
    finally:
        third.kill()
        third.wait()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals")
@pytest.mark.parametrize("way", ["shutdown", "terminate"])
def test_it_leaves_cleanly_and_ends_its_jobs(
    serve: Callable[..., Any], make_wire: Callable[..., Wire], way: str
) -> None:
    connection, child = serve()
    wire = make_wire(connection).greet()
    id = wire.send(Generate(new_id(), GenerateRequest("sways for ever", 1.0, seed=0)))
    wire.read_until(lambda reply: isinstance(reply, Progress) and reply.phase == "sampling")
    if way == "shutdown":
        wire.send(Shutdown(new_id()))
    else:
        child.send_signal(signal.SIGTERM)
    last = wire.read_until(ends(id))[-1]
    assert last.code == "backend_stopped"
    assert child.wait(60) == 0
    assert not Path(child.args[4]).exists(), "the connection file goes with its backend"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals")
def test_it_leaves_even_while_the_model_hangs_in_loading(serve: Callable[..., Any], tmp_path: Path) -> None:
    _, child = serve("--load-until", str(tmp_path / "never"))
    child.send_signal(signal.SIGTERM)
    assert child.wait(60) == 0


def test_a_lost_graphics_card_ends_the_backend(serve: Callable[..., Any], make_wire: Callable[..., Wire]) -> None:
    """Every job fails with a code of its own, also those that wait, and the process ends, as no later job could do."""
    connection, child = serve()
    wire = make_wire(connection).greet()
    first = wire.send(Generate(new_id(), GenerateRequest("walk slowly and loses the card", 1.0, seed=1)))
    second = wire.send(Generate(new_id(), GenerateRequest("walk", 1.0, seed=1)))
    replies = wire.read_until(lambda reply: isinstance(reply, Error) and reply.id == second)
    errors = {reply.id: reply for reply in replies if isinstance(reply, Error)}
    assert {errors[id].code for id in (first, second)} == {"gpu_lost"}
    assert "Start the backend again" in errors[first].hint
    child.wait(PATIENCE_MS / 1000)
    assert child.returncode == 2, "as a command that a sentence ended"
