# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd install`` as the add-on runs it: a process that tells its progress in lines and can be stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import wheels
from coamd.backend.cli import doctor
from coamd.backend.client.backend_process import BOOTSTRAP
from coamd.backend.install import install_marker
from coamd.backend.install.progress import CHECK, InstallProgress, parse
from coamd.backend.install.requirements import pinned
from coamd.backend.system.process_lifetime import birth
from coamd.rigs.errors import UserError

Wait = Callable[[Callable[[], object], str], None]
posix = pytest.mark.skipif(os.name != "posix", reason="asks a process to end as POSIX does")


def command(folder: Path, *options: str) -> list[str]:
    """The installer, with nothing but the standard library: not even what is installed beside this Python."""
    return [sys.executable, "-I", "-S", str(BOOTSTRAP), "install", *options, "--folder", str(folder), "--json"]


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A folder of wheels whose torch never ends to be imported."""
    return wheels.fill(tmp_path / "hanging", torch=wheels.HANGS)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    lock = wheels.lock(tmp_path / "locked")
    return os.environ | {"COAMD_HOME": str(tmp_path / "home"), "COAMD_LOCK": str(lock)}


def processes_of(folder: Path) -> list[int]:
    """Ids of the processes whose program lies in a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in entry.read_bytes() and birth(int(entry.parent.name)):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


@posix
def test_stopped_while_it_works_it_leaves_no_process_and_says_so(
    tmp_path: Path, hanging: Path, environment: dict[str, str], wait_until: Wait
) -> None:
    folder = tmp_path / "backend"
    child = subprocess.Popen(
        command(folder, "--device", "cpu", "--wheels", str(hanging)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert child.stdout is not None and child.stderr is not None
    for line in child.stdout:
        said = parse(line)
        if isinstance(said, InstallProgress) and said.phase == CHECK:
            break
    wait_until(lambda: len(processes_of(folder / "venv")) > 0, "the check")
    assert install_marker.state(folder).code == install_marker.WORKING
    child.send_signal(signal.SIGTERM)
    said = [parse(line) for line in child.stdout][-1]
    assert child.wait(60) == 2
    assert isinstance(said, UserError) and said.code == "cancelled"
    assert child.stderr.read().startswith("coamd install: The installation was cancelled.")
    wait_until(lambda: not processes_of(folder / "venv"), "the check to end")
    assert install_marker.state(folder).code == install_marker.UNFINISHED and not (folder / "tmp").exists()
    done = subprocess.run(command(folder, "remove"), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not folder.exists(), done.stderr


def test_it_stops_when_its_parent_is_gone(tmp_path: Path, hanging: Path, environment: dict[str, str]) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    options = ("--wheels", str(hanging), "--device", "cpu", "--parent-pid", str(gone.pid))
    done = subprocess.run(
        command(tmp_path / "backend", *options),
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2 and "cancelled" in done.stderr


def test_a_folder_without_wheels_and_one_that_is_not_ours(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "empty").mkdir()
    for options, code in (
        (("install", "--device", "cpu", "--wheels", str(tmp_path / "empty")), "no_wheels"),
        (("remove",), "not_ours"),
    ):
        done = subprocess.run(
            command(tmp_path, *options), env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        said = parse(done.stdout.splitlines()[-1])
        assert done.returncode == 2 and isinstance(said, UserError) and said.code == code and said.hint


def test_a_check_says_what_is_wrong(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "venv").mkdir()
    done = subprocess.run(command(tmp_path, "check"), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "No backend is installed" in done.stdout, "a folder of somebody else's"
    install_marker.claim(tmp_path / "venv", install_marker.new_id())
    done = subprocess.run(command(tmp_path, "check"), env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no mark of a whole installation" in done.stdout


def test_a_check_leaves_the_log_of_an_installation_that_failed(tmp_path: Path, environment: dict[str, str]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    log = tmp_path / "home" / "install.log"
    for options in (("install", "--wheels", str(empty)), ("check",)):
        done = subprocess.run(
            command(tmp_path / "backend", *options), env=environment, capture_output=True, check=False, timeout=120
        )
    assert done.returncode in (0, 1), "the check itself went well"
    assert str(empty) in log.read_text("utf-8")


def test_the_doctor_knows_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path))
    (nothing,) = doctor.installation()
    assert nothing.level == "ok" and "none made" in nothing.text
    folder = tmp_path / "installed"
    mark = install_marker.Sentinel(
        "cuda", "cu130", pinned("2.13.0+cu130"), "", "3.11.7", 2**22 + 1, "1", install_marker.new_id()
    )
    install_marker.write(folder, mark)
    (cut_off,) = doctor.installation()
    assert cut_off.level == "wrong" and "interrupted" in cut_off.text
    assert cut_off.remedy.endswith(f'coamd install repair --folder "{folder}"')
    python = install_marker.python_of(folder)
    install_marker.claim(install_marker.environment_of(folder), mark.id)
    python.parent.mkdir()
    python.touch()
    install_marker.write(folder, replace(mark, complete=True, torch="2.13.0+cu130", gpu=True))
    (whole,) = doctor.installation()
    assert whole.level == "ok" and "torch 2.13.0+cu130 for cuda" in whole.text
    install_marker.write(folder, replace(mark, complete=True, torch="2.13.0+cu130", gpu=False))
    (blind,) = doctor.installation()
    assert blind.level == "note" and "does not see the GPU" in blind.text and blind.remedy
