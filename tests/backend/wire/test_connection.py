# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection file: only for its user, whole or not there, and known to be stale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import zmq
from coamd.backend.system.process_lifetime import birth
from coamd.backend.system.user_files import locked
from coamd.backend.wire.connection import Connection, claimed, default_path, live
from coamd.rigs.errors import UserError


@pytest.fixture
def connection() -> Connection:
    """A connection to this very process."""
    (server, _), (client, secret) = zmq.curve_keypair(), zmq.curve_keypair()
    born = birth(os.getpid())
    assert born is not None
    return Connection("tcp://127.0.0.1:5555", server.decode(), client.decode(), secret.decode(), os.getpid(), born)


def refusal(path: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        Connection.read(path)
    assert caught.value.message and caught.value.hint
    return caught.value


def test_it_is_read_as_it_was_written(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "connection.json"
    connection.write(path)
    assert Connection.read(path) == connection == live(path)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name], "no temporary file is left"


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps the user's folder private by other means")
def test_only_its_user_can_read_it(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    before = os.umask(0)  # even where new files are open to everybody
    try:
        connection.write(path)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    error = refusal(path)
    assert error.code == "connection_exposed" and "chmod 600" in error.hint


@pytest.mark.skipif(os.name != "posix", reason="Windows does not open a file that is being replaced")
def test_a_reader_never_sees_half_a_file(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    connection.write(path)
    with path.open(encoding="utf-8") as reader:
        start = reader.read(10)
        replace(connection, pid=1).write(path)
        assert json.loads(start + reader.read())["pid"] == connection.pid
    assert Connection.read(path).pid == 1


def test_the_secret_is_not_in_what_is_printed(connection: Connection) -> None:
    assert connection.client_secret not in f"{connection!r} {connection}"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "[" * 100_000, '{"endpoint": "tcp://127.0.0.1:1"}'],
    ids=["empty", "torn", "list", "no fields", "deep", "one field"],
)
def test_a_broken_file_is_one_clear_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "connection.json"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    assert refusal(path).code == "connection_broken"
    assert live(path) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("endpoint", "ipc:///tmp/x"),
        ("endpoint", 5),
        ("server_key", "short"),
        ("client_secret", "é" * 40),
        ("pid", "12"),
        ("pid", True),
        ("pid", 10**400),
        ("born", None),
        ("version", -1),
        ("more", 1),
    ],
)
def test_a_field_that_does_not_fit_is_refused(connection: Connection, tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "connection.json"
    connection.write(path)
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), name: value}), encoding="utf-8")
    assert refusal(path).code == "connection_broken"


def test_no_file_means_no_backend(tmp_path: Path) -> None:
    assert refusal(tmp_path / "connection.json").code == "no_backend"
    assert live(tmp_path / "connection.json") is None


def test_where_nothing_can_be_written_the_remedy_is_said(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError) as caught:
        connection.write(tmp_path / "file" / "connection.json")
    assert caught.value.code == "home_unwritable" and caught.value.hint


def test_it_is_stale_once_its_process_is_gone(connection: Connection, tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    theirs = replace(connection, pid=child.pid, born=birth(child.pid) or "")
    assert not theirs.is_stale()
    child.kill()
    child.wait()
    assert theirs.is_stale()
    theirs.write(tmp_path / "connection.json")
    assert live(tmp_path / "connection.json") is None


def test_another_process_with_the_same_id_is_not_taken_for_it(connection: Connection) -> None:
    assert not connection.is_stale()
    assert replace(connection, born="long ago").is_stale()


def test_of_another_machine_nothing_is_guessed(connection: Connection) -> None:
    assert not replace(connection, endpoint="tcp://render7:5555", born="long ago").is_stale()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no zombies")
def test_a_zombie_does_not_live() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()  # at its end the process is over or about to be, and nobody has looked at it
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert birth(child.pid) is None
    child.wait()


def test_a_process_that_never_was_has_no_birth() -> None:
    assert birth(0) is None and birth(-5) is None and birth(2**22 + 5) is None
    assert birth(os.getpid()) == birth(os.getpid()) is not None


def holder_of(path: Path) -> subprocess.Popen[str]:
    """A process that holds a connection file's lock, without living on it, until it is killed or told to end."""
    code = "import sys; from pathlib import Path; from coamd.backend.wire.connection import claimed\n"
    code += "with claimed(Path(sys.argv[1])): print('mine', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "mine\n"
    return holder


def test_one_file_has_one_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coamd.backend.wire.connection.LEAVING_SECONDS", 0.1)
    path = tmp_path / "connection.json"
    holder = holder_of(path)
    with pytest.raises(UserError) as caught, claimed(path):
        pass
    assert caught.value.code == "second_backend" and caught.value.hint
    holder.kill()
    holder.wait()
    with claimed(path):  # the system gives the lock back, however its holder ended
        pass


def test_a_backend_that_is_ending_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "connection.json"
    holder = holder_of(path)
    assert holder.stdin is not None
    leaving = threading.Timer(0.5, holder.stdin.close)
    leaving.start()
    with claimed(path):
        assert leaving.finished.is_set()
    holder.wait()


def test_one_that_lives_is_not_waited_for(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "connection.json"
    holder = holder_of(path)
    connection.write(path)
    waits: list[float] = []

    def told(file: Path, patience: float) -> AbstractContextManager[None]:
        waits.append(patience)
        return locked(file, patience)

    monkeypatch.setattr("coamd.backend.wire.connection.locked", told)
    with pytest.raises(UserError, match=f"process {connection.pid}"), claimed(path):
        pass
    assert waits == [0.0]
    holder.kill()
    holder.wait()


@pytest.mark.parametrize(
    ("variable", "platform", "wanted"),
    [
        ("COAMD_HOME", sys.platform, "connection.json"),
        ("XDG_DATA_HOME", "linux", "coamd/connection.json"),
        ("LOCALAPPDATA", "win32", "coamd/connection.json"),
    ],
)
def test_it_lies_in_the_users_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, platform: str, wanted: str
) -> None:
    for name in ("COAMD_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert default_path() == tmp_path / wanted
