# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, watching, losing and restarting the backend, with real processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import coamd.backend.client.backend_process as module
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.backend.client.client import Client
from coamd.backend.requests.generate import GenerateRequest
from coamd.backend.system.process_lifetime import birth
from coamd.backend.wire.connection import Connection, live
from coamd.rigs.errors import UserError

Wait = Callable[[Callable[[], object], str], None]
BACKEND = Path(module.__file__).parents[1]


@pytest.fixture
def backend(tmp_path: Path, engine_script: Path) -> Iterator[BackendProcess]:
    backend = BackendProcess(sys.executable, tmp_path / "home", script=engine_script)
    yield backend
    backend.stop()


def kill(pid: int) -> None:
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def test_it_starts_answers_and_stops(backend: BackendProcess, wait_until: Wait) -> None:
    assert backend.poll() == "dead" and backend.problem() is None and backend.log_tail() == ""
    with pytest.raises(UserError) as caught:
        backend.connection()
    assert caught.value.code == "no_backend"
    assert backend.start()
    assert backend.poll() in ("starting", "ready")
    wait_until(lambda: backend.poll() == "ready", "the backend")
    with Client(backend.connection()) as client:
        assert client.hello(60.0).pid == backend.pid
        assert client.generate(GenerateRequest("sways", 1.0)).joints is not None
    assert "listens on tcp://127.0.0.1:" in backend.log_tail() and backend.log_tail(1).count("\n") == 0
    backend.stop()
    assert backend.poll() == "dead" and backend.problem() is None
    assert not backend.connection_file.exists()


def test_start_is_harmless_while_it_lives(backend: BackendProcess, wait_until: Wait) -> None:
    backend.start()
    pid = backend.pid
    assert backend.start() and backend.pid == pid
    wait_until(lambda: backend.poll() == "ready", "the backend")
    assert backend.start() and backend.pid == pid


def test_a_killed_backend_is_seen_and_restarted_at_most_once_in_five_seconds(
    backend: BackendProcess, wait_until: Wait
) -> None:
    backend.start()
    wait_until(lambda: backend.poll() == "ready", "the backend")
    first = backend.pid
    assert first is not None
    kill(first)
    wait_until(lambda: backend.poll() == "dead", "the end")
    problem = backend.problem()
    assert problem is not None and problem.code == "backend_died" and str(backend.log_path) in problem.hint
    started = backend._started
    assert not backend.start(), "it lived for less than the breaker's time"
    wait_until(backend.start, "the breaker to close")
    assert backend._started - started >= module.RESTART_SECONDS
    wait_until(lambda: backend.poll() == "ready", "the second backend")
    assert backend.pid != first
    with Client(backend.connection()) as client:
        assert client.generate(GenerateRequest("sways", 1.0)).joints is not None
    assert "listens on" in backend.log_path.with_suffix(".previous.log").read_text(encoding="utf-8")


def test_a_second_parent_uses_the_backend_that_lives_and_leaves_it_alive(
    backend: BackendProcess, engine_script: Path, wait_until: Wait
) -> None:
    backend.start()
    wait_until(lambda: backend.poll() == "ready", "the backend")
    other = BackendProcess(sys.executable, backend.home, script=engine_script)
    assert other.start() and other.pid is None and other.poll() == "ready"
    assert other.connection() == backend.connection()
    other.stop()
    assert backend.poll() == "ready"


def test_two_that_start_at_the_same_moment_share_one(
    backend: BackendProcess, engine_script: Path, wait_until: Wait
) -> None:
    other = BackendProcess(sys.executable, backend.home, script=engine_script)
    backend.start(), other.start()
    try:
        wait_until(lambda: backend.poll() == other.poll() == "ready", "both")
        assert backend.connection() == other.connection()
    finally:
        other.stop()


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_it_ends_by_itself_when_its_parent_is_killed_and_not_while_that_only_sleeps(
    tmp_path: Path, engine_script: Path, wait_until: Wait
) -> None:
    code = """if True:
        import sys, time
        from pathlib import Path
        from coamd.backend.client.backend_process import BackendProcess
        backend = BackendProcess(sys.executable, Path(sys.argv[1]), script=Path(sys.argv[2]))
        backend.start()
        print(backend.pid, flush=True)
        time.sleep(1000)  # as busy as Blender in a render: it looks at nothing
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(engine_script)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    wait_until(lambda: live(tmp_path / "connection.json"), "the backend")
    with Client(Connection.read(tmp_path / "connection.json")) as client:
        client.generate(GenerateRequest("sways slowly", 1.0))  # for longer than two looks at the parent
    assert birth(child) is not None
    parent.kill()
    parent.wait()
    wait_until(lambda: birth(child) is None, "the backend to leave")
    assert not (tmp_path / "connection.json").exists()


def test_a_parent_that_is_gone_before_the_start_is_seen(tmp_path: Path, engine_script: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    command = [sys.executable, str(engine_script), "serve", "--connection-file", str(tmp_path / "c.json")]
    assert subprocess.run([*command, "--parent-pid", str(gone.pid)], timeout=60, check=False).returncode == 0


def test_a_busy_machine_that_lets_a_killed_backend_go_late_spoils_no_stop(
    backend: BackendProcess, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.start()
    wait_until(lambda: backend.poll() == "ready", "the backend")
    child = backend._child
    assert child is not None
    asked: list[float] = []

    def wait(timeout: float) -> int:
        asked.append(timeout)
        raise subprocess.TimeoutExpired("backend", timeout)

    monkeypatch.setattr(child, "wait", wait)
    backend.stop(0.01)
    assert asked == [0.01, 0.01], "asked politely, then killed"
    wait_until(lambda: backend.ended, "its end")


def test_a_python_that_is_none_is_one_clear_sentence(tmp_path: Path) -> None:
    for python in (tmp_path / "no python", tmp_path):
        with pytest.raises(UserError) as caught:
            BackendProcess(python, tmp_path / "home").start()
        assert caught.value.code == "python_missing" and caught.value.hint


def test_a_home_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError) as caught:
        BackendProcess(sys.executable, tmp_path / "file").start()
    assert caught.value.code == "home_unwritable" and caught.value.hint


def test_a_child_that_dies_at_once_leaves_its_last_words(tmp_path: Path, wait_until: Wait) -> None:
    script = tmp_path / "crash.py"
    script.write_text("print('first line'); raise SystemExit('last words')", encoding="utf-8")
    backend = BackendProcess(sys.executable, tmp_path, script=script)
    backend.start()
    wait_until(lambda: backend.poll() == "dead", "the end")
    problem = backend.problem()
    assert problem is not None and "exit code 1" in problem.message
    assert backend.log_tail(1) == "last words" and "first line" in backend.log_tail()


def copy_of_the_package(folder: Path) -> Path:
    """The package as an installed extension has it: a folder whose root cannot be imported outside Blender."""
    for part in ("backend", "rigs"):
        ignored = shutil.ignore_patterns("weights", "model", "training", "evaluation", "__pycache__")
        shutil.copytree(BACKEND.parent / part, folder / part, ignore=ignored)
    (folder / "__init__.py").write_text("import bpy_is_only_in_blender", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["coamd", "some_checkout"])
def test_the_bootstrap_runs_the_very_folder_it_lies_in(tmp_path: Path, name: str) -> None:
    folder = copy_of_the_package(tmp_path / name)
    code = f"""if True:
        import runpy, sys
        sys.argv = ["bootstrap.py", "serve", "--help"]
        try:
            runpy.run_path({str(folder / "backend" / "bootstrap.py")!r}, run_name="__main__")
        except SystemExit as end:
            assert end.code == 0
        import coamd.backend.client.client
        print(coamd.backend.client.client.__file__)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1:] == [str(folder / "backend" / "client" / "client.py")], done.stderr
    assert not list(folder.rglob("__pycache__")), "the backend's Python must leave nothing in Blender's extension"


def test_it_works_under_the_name_that_blender_gives_the_extension(tmp_path: Path) -> None:
    folder = copy_of_the_package(tmp_path / "bl_ext" / "user_default" / "coamd")
    (folder / "__init__.py").write_text("", encoding="utf-8")
    code = f"""if True:
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from bl_ext.user_default.coamd.backend.client import backend_process, client
        assert not [name for name in sys.modules if name.split(".")[0] == "coamd"]
        print(backend_process.BOOTSTRAP)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == str(folder / "backend" / "bootstrap.py"), done.stderr


def test_a_file_beside_the_bootstrap_hides_no_library(tmp_path: Path) -> None:
    backend = copy_of_the_package(tmp_path / "coamd") / "backend"
    (backend / "argparse.py").write_text("raise ImportError('the wrong argparse')", encoding="utf-8")
    command = [sys.executable, str(backend / "bootstrap.py"), "serve", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and "--connection-file" in done.stdout, done.stderr


def test_a_python_without_torch_is_one_clear_sentence_with_the_command(tmp_path: Path, wait_until: Wait) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True, timeout=60)
    python = tmp_path / "bare" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    backend = BackendProcess(python, tmp_path / "home")
    backend.start()
    wait_until(lambda: backend.poll() == "dead", "the end")
    problem = backend.problem()
    assert problem is not None and problem.code == "backend_refused", backend.log_tail()
    assert "lacks numpy, zmq, msgpack, torch" in problem.message and "-m pip install" in problem.message
    with pytest.raises(UserError) as caught:
        backend.connection()
    assert str(caught.value) == str(problem)
