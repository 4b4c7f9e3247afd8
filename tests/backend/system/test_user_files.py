# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's folder: closed to others from its first moment, closed again when found open, one writer at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import characters
import numpy as np
import pytest
import taught
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.install import install_marker
from coamd.backend.labelling.embedding import Embedder
from coamd.backend.labelling.index import TakeIndex
from coamd.backend.system.user_files import locked, open_private, part_of, private_folder, sweep, write_private
from coamd.backend.taught import library
from coamd.backend.wire.connection import Connection, claimed
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.preset_file import write_preset
from coamd.rigs.errors import UserError

POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows keeps the user's folder private by other means")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's folder, which is not there yet, where new files are open to everybody."""
    monkeypatch.setenv("COAMD_HOME", str(tmp_path / "coamd"))
    before = os.umask(0)
    yield tmp_path / "coamd"
    os.umask(before)


def index(home: Path) -> None:
    TakeIndex(Embedder("mark", 2, lambda _joints, spans: np.zeros((len(spans), 2)))).save(home / "takes.npz")


def preset(home: Path) -> None:
    private_folder(home / "rigs")
    write_preset(home / "rigs", "mine", detect(characters.mixamo()))


def log(home: Path) -> None:
    with pytest.raises(UserError):
        BackendProcess(home / "no python", home).start()


def lock(home: Path) -> None:
    with claimed(home / "connection.json"):
        assert mode(home / "connection.json.lock") == 0o600


def connection(home: Path) -> None:
    Connection("tcp://127.0.0.1:1", "s" * 40, "c" * 40, "k" * 40, 1, "1").write(home / "connection.json")


def installation(home: Path) -> None:
    mark = install_marker.Sentinel("cpu", "cpu", (), "", "", 1, "1", install_marker.new_id())
    install_marker.write(home / "installed", mark)
    install_marker.claim(home / "installed" / "venv", mark.id)


def install_log(home: Path) -> None:
    code = "import sys; from coamd.backend.cli import main; sys.exit(main(['install', 'check']))"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, umask=0)
    assert (home / "install.log").exists()


def taught_model(home: Path) -> None:
    library.keep(taught.CARD, taught.arrays())
    library.rename(taught.CARD.name, "other moves")
    shared = library.export("other moves", home.parent)
    shared.chmod(0o644)
    library.remove("other moves")
    library.bring_in(shared)


MAKERS = [index, preset, log, lock, connection, installation, install_log, taught_model]


@POSIX
@pytest.mark.parametrize("make", MAKERS, ids=[make.__name__ for make in MAKERS])
def test_whoever_makes_the_users_folder_first_makes_it_for_the_user_alone(
    home: Path, make: Callable[[Path], None]
) -> None:
    make(home)
    inside = list(home.rglob("*"))
    assert inside
    for path in (home, *inside):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


@POSIX
def test_a_folder_that_was_left_open_is_closed_and_others_are_not_touched(home: Path) -> None:
    (home / "rigs").mkdir(parents=True)
    assert mode(home) == 0o777, "the test's own folder is open"
    private_folder(home / "rigs")
    assert mode(home) == mode(home / "rigs") == 0o700
    elsewhere = home.parent / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    private_folder(elsewhere)
    assert mode(elsewhere) == 0o755, "a folder that the user keeps for others stays theirs"


@POSIX
def test_a_folder_that_all_share_is_not_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path / "shared"))
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)  # as the system's folder for temporary files is
    private_folder(tmp_path / "shared")
    assert mode(tmp_path / "shared") == 0o777


@POSIX
def test_a_file_that_was_left_open_is_closed_when_it_is_written(home: Path) -> None:
    home.mkdir()
    for name in ("a", "b"):
        (home / name).write_bytes(b"old")
        (home / name).chmod(0o644)
    write_private(home / "a", b"new")
    with open_private(home / "b", "wb") as file:
        file.write(b"new")
    for name in ("a", "b"):
        assert (home / name).read_bytes() == b"new" and mode(home / name) == 0o600


@POSIX
def test_a_lock_that_another_user_holds_keeps_no_backend_from_starting(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier the lock file was open to all, and who could read it could hold it."""
    if shutil.which("flock") is None:
        pytest.skip("needs flock")
    user = 65534 if os.getuid() == 0 else None  # only root can become another user
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path, file = folder / "connection.json", folder / "connection.json.lock"
        file.touch()
        file.chmod(0o644)
        command = ["flock", str(file), "sh", "-c", "echo held; read word"]
        with subprocess.Popen(command, user=user, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stranger:
            assert stranger.stdout is not None and stranger.stdout.readline() == "held\n"
            with claimed(path):
                assert str(file) in caplog.text and "other users" in caplog.text
                if sys.platform == "linux":
                    assert f"process {stranger.pid} of {'nobody' if user else ''}" in caplog.text
                monkeypatch.setattr("coamd.backend.wire.connection.LEAVING_SECONDS", 0.1)
                with pytest.raises(UserError, match="already running"), claimed(path):
                    pass
            stranger.kill()


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can give a file to another user")
def test_the_owner_of_a_foreign_lock_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "a.lock"
    file.touch(0o600)
    os.chown(file, 65534, -1)
    with locked(tmp_path / "a"):
        assert f"the lock {file} belongs to nobody: a new one takes its place" in caplog.text
        assert file.stat().st_uid == 0


@POSIX
def test_a_pipe_in_the_place_of_a_lock_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.lock")
    with locked(tmp_path / "a"):
        assert (tmp_path / "a.lock").is_file()


COUNTS = """if True:
    import sys, time
    from pathlib import Path
    from coamd.backend.system.user_files import locked, write_private
    path = Path(sys.argv[1])
    for _ in range(40):
        with locked(path, 60.0):
            write_private(path, str(int(path.read_bytes()) + 1).encode())
"""


def test_two_writers_under_the_lock_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "count"
    path.write_text("0")
    writers = [subprocess.Popen([sys.executable, "-c", COUNTS, str(path)]) for _ in range(3)]
    assert [writer.wait(100) for writer in writers] == [0, 0, 0]
    assert path.read_text() == "120"


def test_what_a_killed_writer_left_is_swept_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    mine = part_of(tmp_path / "takes.npz")
    mine.touch()
    code = "import os, sys, time; from pathlib import Path; from coamd.backend.system.user_files import part_of\n"
    code += "part_of(Path(sys.argv[1])).touch(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "takes.npz")], check=False)
    (tmp_path / f".preset.{2**22 + 1}-x7_k.part").touch()  # of a Blender that was killed
    (tmp_path / ".notes.part.txt").write_text("of the user")
    assert len(list(tmp_path.iterdir())) == 4
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([mine.name, ".notes.part.txt"])


def test_each_writer_has_a_part_of_its_own(tmp_path: Path) -> None:
    assert len({part_of(tmp_path / "a.json") for _ in range(100)}) == 100


def test_what_a_killed_process_with_the_same_id_left_stops_no_writer(tmp_path: Path) -> None:
    """In a container the backend has the same id at each start, and its numbers begin at 0 again."""
    number = int(part_of(tmp_path / "a.json").name.split("-")[1].split(".")[0])
    left = [tmp_path / f".a.{os.getpid()}-{number + 1 + more}.part.json" for more in range(3)]
    for path in left:
        path.write_text("half")
    write_private(tmp_path / "a.json", b"whole")
    assert (tmp_path / "a.json").read_bytes() == b"whole" and all(path.read_text() == "half" for path in left)
