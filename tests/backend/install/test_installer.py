# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing, breaking, repairing, cancelling and removing, with real environments, real pip and small wheels."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import wheels
from coamd.backend.install import installer, sentinel
from coamd.backend.install.plan import Plan
from coamd.backend.install.progress import CHECK, DONE, PREPARE, UNPACK, Progress
from coamd.backend.lifetime import birth
from coamd.rigs.errors import UserError
from install_plans import plan_for


class Log(io.StringIO):
    name = "install.log"


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, wheelhouse: Path) -> tuple[Path, list[Progress], str]:
    """One whole installation, what was reported of it, and its log."""
    folder, seen, log = tmp_path_factory.mktemp("made") / "backend", [], Log()
    installer.install(plan_for(folder, wheelhouse), log, seen.append)
    return folder, seen, log.getvalue()


@pytest.fixture
def installed(made: tuple[Path, list[Progress], str], plan: Plan) -> Plan:
    """An installation of the test's own: a copy, as an environment's files hold no path of their own folder."""
    shutil.copytree(made[0], plan.folder, symlinks=True)
    return plan


def has(folder: Path, module: str) -> bool:
    """Whether the installed Python can import a module."""
    command = [str(sentinel.python_of(folder)), "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_from_nothing_to_a_whole_installation(made: tuple[Path, list[Progress], str], plan: Plan, log: Log) -> None:
    folder, seen, text = made
    assert sentinel.state(plan.folder).code == sentinel.NONE
    mark = sentinel.read(folder)
    assert mark is not None and sentinel.state(folder).whole
    assert (mark.device, mark.tag, mark.torch, mark.gpu) == ("cpu", "cpu", "2.13.0+cpu", False)
    assert mark.requirements == plan.requirements and mark.python == ".".join(map(str, sys.version_info[:3]))
    assert has(folder, "torch") and has(folder, "small_helper") and not has(folder, "pip")
    phases = [moment.phase for moment in seen]
    assert phases[0] == PREPARE and phases[-2:] == [CHECK, DONE] and UNPACK in phases
    assert sorted(path.name for path in folder.iterdir()) == [sentinel.NAME, "venv"], "what it needed is gone"
    assert "Successfully installed" in text
    assert installer.verify(folder, log).whole


def stop_at(phase: str) -> tuple[Callable[[Progress], None], Callable[[], bool]]:
    """Someone who cancels as soon as a phase is reached."""
    reached: list[str] = []

    def report(moment: Progress) -> None:
        if moment.phase == phase:
            reached.append(phase)

    return report, lambda: not reached


def test_cancelled_before_anything_is_there(plan: Plan, log: Log) -> None:
    with pytest.raises(UserError, match="cancelled"):
        installer.install(plan, log, *stop_at(PREPARE))
    left = sentinel.read(plan.folder)
    assert left is not None and not left.complete and not (plan.folder / "tmp").exists()


def test_cancelled_in_the_middle_it_is_gone_on_with(plan: Plan, log: Log) -> None:
    with pytest.raises(UserError, match="cancelled") as caught:
        installer.install(plan, log, *stop_at(UNPACK))
    assert caught.value.code == "cancelled" and "kept" in caught.value.hint
    left = sentinel.read(plan.folder)
    assert left is not None and not left.complete
    sentinel.write(plan.folder, replace(left, pid=2**22 + 1))  # as if that process were gone
    assert sentinel.state(plan.folder).code == sentinel.UNFINISHED and sentinel.state(plan.folder).to_repair
    assert not (plan.folder / "tmp").exists()
    before = (plan.folder / "venv" / "pyvenv.cfg").stat().st_mtime_ns
    installer.install(plan, log, lambda _moment: None)
    assert sentinel.state(plan.folder).whole
    assert (plan.folder / "venv" / "pyvenv.cfg").stat().st_mtime_ns == before, "what was made is kept"


def loses_its_mark(plan: Plan) -> None:
    (plan.folder / sentinel.NAME).unlink()


def has_a_damaged_mark(plan: Plan) -> None:
    (plan.folder / sentinel.NAME).write_text("[" * 100_000)


def is_of_another_version(plan: Plan) -> None:
    mark = sentinel.read(plan.folder)
    assert mark is not None
    sentinel.write(plan.folder, replace(mark, requirements=("torch==1.0", *mark.requirements[1:])))


def loses_its_python(plan: Plan) -> None:
    python = sentinel.python_of(plan.folder)
    python.unlink()
    python.symlink_to("/nowhere/blender-4.2/python/bin/python3.11")


def loses_a_library(plan: Plan) -> None:
    (library,) = plan.environment.glob("lib/**/site-packages/torch")
    installer.clear(library)


def is_cut_off(plan: Plan) -> None:
    (library,) = plan.environment.glob("lib/**/site-packages/transformers")
    (library / "__init__.py").write_text("import a_part_that_is_missing")


@pytest.mark.skipif(os.name != "posix", reason="breaks links and folders as Linux and macOS have them")
@pytest.mark.parametrize(
    ("break_it", "code", "sentence"),
    [
        (loses_its_mark, sentinel.UNMARKED, "no mark of a whole"),
        (has_a_damaged_mark, sentinel.UNMARKED, "no mark of a whole"),
        (is_of_another_version, sentinel.OUTDATED, "another version"),
        (loses_its_python, sentinel.GONE, "is gone"),
        (is_cut_off, sentinel.BROKEN, "a_part_that_is_missing"),
        (loses_a_library, sentinel.BROKEN, "No module named 'torch'"),
    ],
)
def test_whatever_breaks_is_seen_and_mended(
    installed: Plan, log: Log, break_it: Callable[[Plan], None], code: str, sentence: str
) -> None:
    break_it(installed)
    found = installer.verify(installed.folder, log)
    assert found.code == code and sentence in found.text and found.hint.endswith(".") and found.to_repair
    if break_it not in (has_a_damaged_mark, loses_a_library):  # mended as the one before it
        installer.install(installed, log, lambda _moment: None, fresh=code == sentinel.BROKEN)
        assert installer.verify(installed.folder, log).whole


def test_a_library_that_does_not_work_is_no_installation(plan: Plan, log: Log, tmp_path: Path) -> None:
    broken = replace(plan, wheels=wheels.fill(tmp_path / "broken", torch=wheels.BROKEN))
    with pytest.raises(UserError, match="libtorch_cpu") as caught:
        installer.install(broken, log, lambda _moment: None)
    assert caught.value.code == "broken" and "install.log" in caught.value.hint
    mark = sentinel.read(plan.folder)
    assert mark is not None and not mark.complete


def test_a_wheel_that_is_missing_is_named(plan: Plan, log: Log, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no wheel of msgpack==") as caught:
        installer.install(replace(plan, wheels=wheels.fill(tmp_path / "w", without="msgpack")), log, lambda _m: None)
    assert caught.value.code == "missing_wheel" and "pip download" in caught.value.hint


def test_nothing_is_made_where_there_is_no_room(plan: Plan, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Usage", (), {"free": 10**6}))
    with pytest.raises(UserError, match="disk space") as caught:
        installer.install(plan, log, lambda _moment: None)
    assert caught.value.code == "disk_full" and not plan.folder.exists()


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EACCES, "unwritable")])
def test_a_disk_that_refuses_while_the_mark_is_written(
    plan: Plan, log: Log, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse(_folder: Path, _mark: object) -> None:
        raise OSError(number, os.strerror(number), str(plan.folder))

    monkeypatch.setattr(sentinel, "write", refuse)
    with pytest.raises(UserError) as caught:
        installer.install(plan, log, lambda _moment: None)
    assert caught.value.code == code and caught.value.hint.endswith(".")


def test_two_do_not_install_into_one_folder(plan: Plan, log: Log) -> None:
    other = os.getppid()
    mark = sentinel.Sentinel("cpu", "cpu", (), "", "", other, birth(other) or "")
    sentinel.write(plan.folder, mark)
    assert sentinel.state(plan.folder).code == sentinel.WORKING
    for attempt in (lambda: installer.install(plan, log, print), lambda: installer.remove(plan.folder, print)):
        with pytest.raises(UserError) as caught:
            attempt()
        assert caught.value.code == "second_install"


def test_removal_takes_away_what_was_installed_and_nothing_else(installed: Plan) -> None:
    (installed.folder / "my notes.txt").write_text("mine")
    (installed.environment / "locked").mkdir(mode=0o500)
    installer.remove(installed.folder, lambda _moment: None)
    assert [path.name for path in installed.folder.iterdir()] == ["my notes.txt"]


def test_a_removal_that_was_cut_off_goes_on(installed: Plan) -> None:
    looks = iter([True, False])
    with pytest.raises(UserError, match="cancelled"):
        installer.remove(installed.folder, lambda _moment: None, lambda: next(looks))
    assert not sentinel.state(installed.folder).whole
    installer.remove(installed.folder, lambda _moment: None)
    assert not installed.folder.exists() and sentinel.state(installed.folder).code == sentinel.NONE


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="not made by this add-on") as caught:
        installer.remove(tmp_path, lambda _moment: None)
    assert caught.value.code == "not_ours" and (tmp_path / "venv" / "thesis.txt").exists()


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"complete": true}', "\x00", '{"complete": "yes"}', '{"requirements": 5}']
)
def test_a_mark_that_cannot_be_understood_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / sentinel.NAME).write_text(text)
    assert sentinel.read(tmp_path) is None and sentinel.state(tmp_path).code == sentinel.UNMARKED


def test_a_mark_with_a_wrong_kind_of_value_is_none(tmp_path: Path) -> None:
    mark = sentinel.Sentinel("cpu", "cpu", ("torch==1",), "", "", 1, "1")
    sentinel.write(tmp_path, mark)
    assert sentinel.read(tmp_path) == mark
    for name, wrong in (("pid", "1"), ("requirements", "torch"), ("complete", 1), ("device", None), ("format", 2)):
        (tmp_path / sentinel.NAME).write_text(json.dumps(asdict(mark) | {name: wrong}))
        assert sentinel.read(tmp_path) is None, name
