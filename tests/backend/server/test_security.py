# SPDX-License-Identifier: GPL-3.0-or-later
"""Strangers on the same machine: they can reach the port, and that is all they can do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import coamd.backend.server.server as module
import pytest
import zmq
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.client.client import Client
from coamd.backend.requests.fields import MAX_FRAME_BYTES
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.server import doorkeeper
from coamd.backend.wire.connection import Connection
from coamd.backend.wire.messages import Error, Generate, Status
from coamd.backend.wire.protocol import new_id
from coamd.rigs.errors import UserError
from engines import SwayEngine

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows keeps the user's folder private by other means")


def address(connection: Connection) -> tuple[str, int]:
    host, _, port = connection.endpoint.removeprefix("tcp://").rpartition(":")
    return host, int(port)


@contextmanager
def tapped(connection: Connection) -> Iterator[tuple[Connection, bytearray]]:
    """A wire-tap: the same backend behind another port, and all that a client has said to it."""
    heard = bytearray()
    listener = socket.create_server(("127.0.0.1", 0))

    def pass_on(source: socket.socket, sink: socket.socket, note: bytearray) -> None:
        with suppress(OSError), source, sink:
            while data := source.recv(65536):
                note += data
                sink.sendall(data)

    def serve() -> None:
        client, _ = listener.accept()
        server = socket.create_connection(address(connection))
        threading.Thread(target=pass_on, args=(server, client, bytearray()), daemon=True).start()
        pass_on(client, server, heard)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield replace(connection, endpoint=f"tcp://127.0.0.1:{listener.getsockname()[1]}"), heard
    thread.join(60.0)
    listener.close()


def test_what_is_said_cannot_be_read_or_said_again(connection: Connection) -> None:
    """The recorded bytes of a whole session, sent once more, start no job and are not answered beyond the greeting."""
    with tapped(connection) as (through, heard), Client(through) as client:
        client.generate(GenerateRequest("a person sways in secret", 1.0))
        answered = heard  # complete once the client has closed
    assert len(answered) > 500
    assert b"secret" not in answered and connection.client_secret.encode() not in answered
    with Client(connection) as observer, socket.create_connection(address(connection)) as replay:
        replay.settimeout(60.0)
        replay.sendall(answered)
        said = bytearray()
        with suppress(ConnectionError):  # cut off with bytes unread
            while data := replay.recv(65536):
                said += data
        assert len(said) < 1000, "a greeting and the answer to a hello of keys that are gone"
        state = observer.status()
        assert not state.busy and state.waiting == 0


def test_who_has_taken_over_the_port_learns_nothing_and_the_client_says_so(connection: Connection) -> None:
    """A backend has died, and a stranger now listens where the connection file points, with the protocol but no key."""
    context = zmq.Context()
    stranger = context.socket(zmq.ROUTER)
    stranger.linger = 0
    stranger.curve_server = True
    _, stranger.curve_secretkey = zmq.curve_keypair()
    port = stranger.bind_to_random_port("tcp://127.0.0.1")
    stolen = replace(connection, endpoint=f"tcp://127.0.0.1:{port}")
    try:
        with Client(stolen) as client, pytest.raises(UserError) as caught:
            client.send(Generate(new_id(), GenerateRequest("a person sways in secret", 1.0, seed=0)))
            client.hello(1.0)
        assert caught.value.code == "timeout" and caught.value.hint
        assert not stranger.poll(0), "no message has come through"
    finally:
        context.destroy(linger=0)


@POSIX
def test_another_user_cannot_read_the_keys(connection: Connection) -> None:
    """Not even in a folder that is open to everybody; one that we make is open to nobody else."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path, own, control = Path(folder) / "connection.json", Path(folder) / "home", Path(folder) / "control"
        connection.write(path)
        connection.write(own / "connection.json")
        control.write_text("open")
        assert path.stat().st_mode & 0o777 == 0o600 and own.stat().st_mode & 0o777 == 0o700
        if os.getuid() != 0:
            pytest.skip("only root can become another user")

        def seen_by_nobody(path: Path) -> str:
            return subprocess.run(["cat", path], user=65534, capture_output=True, text=True, check=False).stdout

        assert seen_by_nobody(control) == "open"
        assert seen_by_nobody(path) == seen_by_nobody(own / "connection.json") == ""


@POSIX
def test_the_log_lies_in_a_folder_of_the_user_alone(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        BackendProcess(tmp_path / "no python", tmp_path / "home").start()
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_connections_that_say_nothing_keep_nobody_out(connection: Connection) -> None:
    silent = [socket.create_connection(address(connection)) for _ in range(200)]
    try:
        with Client(connection) as client:
            assert client.generate(GenerateRequest("sways", 1.0), timeout=60.0).joints is not None
        silent[0].settimeout(60.0)
        while silent[0].recv(4096):  # its greeting, then the end: it has shown no key in time
            pass
    finally:
        for one in silent:
            one.close()


def test_noise_is_not_answered_and_stops_nothing(connection: Connection) -> None:
    random = os.urandom
    for size in (1, 10, 64, 1000, 100_000):
        with socket.create_connection(address(connection)) as noise:
            try:
                noise.sendall(b"\xff\0\0\0\0\0\0\0\x01\x7f" + random(size))  # begins as ZeroMQ does
            except ConnectionError:
                continue
    with Client(connection) as client:
        assert client.status().phase == "ready"


def test_a_frame_beyond_the_limit_ends_its_connection_and_no_other(connection: Connection) -> None:
    with Client(connection) as good, Client(connection) as bad:
        bad.hello(60.0)
        bad._socket.send_multipart([b"", bytes(MAX_FRAME_BYTES + 1)], zmq.NOBLOCK)
        assert good.generate(GenerateRequest("sways", 1.0)).joints is not None
        assert bad.status(60.0).phase == "ready", "it has connected again by itself, and the frame is gone"


@pytest.fixture
def near_by() -> Iterator[Callable[[], Connection]]:
    """Starts a server in this process."""
    servers: list[tuple[module.Server, threading.Thread]] = []

    def start() -> Connection:
        server = module.Server(SwayEngine)
        servers.append((server, threading.Thread(target=server.serve)))
        servers[-1][1].start()
        return server.connection

    yield start
    for server, thread in servers:
        server.stop()
        thread.join()
        server.close()


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch, near_by: Callable[[], Connection]) -> Connection:
    """A server in this process, with a limit of three messages a second."""
    monkeypatch.setattr("coamd.backend.server.rate_limit.MOST", 3)
    return near_by()


def test_who_sends_too_fast_is_told_once_and_holds_up_nobody(near: Connection) -> None:
    with Client(near) as flood, Client(near) as other:
        flood.hello(60.0)
        for _ in range(50):
            flood.send(Status(new_id()))
        assert other.status().phase in ("loading", "ready")
        replies: list[Any] = []
        while not any(isinstance(reply, Error) for reply in replies):
            assert flood._socket.poll(60_000), "no reply"
            replies += [module.decode(flood._socket.recv_multipart())]
        assert replies[-1].code == "too_fast" and replies[-1].message and replies[-1].hint
        assert len(replies) < 50


GREETING = b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\x00" + b"CURVE".ljust(20, b"\0") + bytes(32)


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_who_has_shown_no_key_fills_no_memory(connection: Connection) -> None:
    """Seventy-two such connections took three gigabytes: ZeroMQ holds a frame of 60 MiB for each of them."""
    with Client(connection) as client:
        client.hello(60.0)
        before, strangers = resident(connection.pid), []
        for _ in range(40):
            stranger = socket.create_connection(address(connection))
            strangers.append(stranger)
            stranger.settimeout(60.0)
            with suppress(ConnectionError):
                stranger.sendall(GREETING + b"\x06" + (60 << 20).to_bytes(8, "big"))
                for _ in range(4):
                    stranger.sendall(bytes(1 << 20))
        for stranger in strangers:
            with suppress(ConnectionError):
                while stranger.recv(4096):  # cut off
                    pass
            stranger.close()
        assert client.generate(GenerateRequest("sways", 1.0)).joints is not None
        assert resident(connection.pid) - before < 30 << 20


def test_a_message_without_an_end_is_cut_off_while_it_comes(
    near_by: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """ZeroMQ keeps all frames of a message until its last one has come; nobody could refuse them."""
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("ZeroMQ listens itself here")
    monkeypatch.setattr(doorkeeper, "ON_THE_WAY", 8 << 20)
    near = near_by()
    with Client(near) as bad, Client(near) as good:
        bad.hello(60.0)
        good.hello(60.0)
        bad._socket.sndtimeo = 60_000
        for _ in range(32):
            bad._socket.send(bytes(1 << 20), zmq.SNDMORE)
        bad._socket.send(b"")
        for _ in range(20):
            assert good.status(60.0).phase in ("loading", "ready"), "who did nothing is let alone"
        deadline = 600
        while "cut off" not in caplog.text and deadline:
            deadline -= 1
            good.status(60.0)
        assert "cut off" in caplog.text


def test_many_large_messages_one_after_the_other_are_no_attack(
    near_by: Callable[..., Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorkeeper, "ON_THE_WAY", 8 << 20)
    with Client(near_by()) as client:
        client.hello(60.0)
        for _ in range(12):
            client._socket.send_multipart([b"no message", bytes(3 << 20)])
            reply = module.decode(client._socket.recv_multipart())
            assert isinstance(reply, Error) and reply.code == "bad_header"


Serve = Callable[..., Any]


@POSIX
def test_a_full_disk_does_not_stop_a_backend_that_runs(tmp_path: Path, engine_script: Path, wait_until: Any) -> None:
    """Its log cannot be written any more; jobs go on."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    path = tmp_path / "connection.json"
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, str(engine_script), "serve", "--connection-file", str(path)]
        child = subprocess.Popen(command, stdout=full, stderr=full)
    try:
        wait_until(path.exists, "the connection file")
        with Client(Connection.read(path)) as client:
            with pytest.raises(UserError):
                client.generate(GenerateRequest("sways and breaks", 1.0))  # what it logs is lost
            assert client.generate(GenerateRequest("sways", 1.0)).joints is not None
    finally:
        child.kill()
        child.wait()


@POSIX
def test_a_full_disk_at_the_start_is_one_clear_sentence(tmp_path: Path, engine_script: Path) -> None:
    code = "import resource, runpy, signal, sys\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code += "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nsys.argv = sys.argv[1:]\n"
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", code, str(engine_script), "serve", "--connection-file", str(tmp_path / "c.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr and "Make room there" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "c.json").exists()
