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
from coamd.backend.install import install_marker, installer
from coamd.backend.install.machine import Machine, Nvidia
from coamd.backend.install.plan import PARTS, Plan, place
from coamd.backend.install.progress import CHECK, DONE, PREPARE, UNPACK, InstallProgress
from coamd.backend.install.torch_builds import build_for, older
from coamd.backend.system.process_lifetime import birth
from coamd.rigs.errors import UserError
from install_plans import plan_for


class Log(io.StringIO):
    name = "install.log"


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, wheelhouse: Path) -> tuple[Path, list[InstallProgress], str]:
    """One whole installation, what was reported of it, and its log."""
    folder, seen, log = tmp_path_factory.mktemp("made") / "backend", [], Log()
    installer.install(plan_for(folder, wheelhouse), log, seen.append)
    return folder, seen, log.getvalue()


@pytest.fixture
def installed(made: tuple[Path, list[InstallProgress], str], plan: Plan) -> Plan:
    """An installation of the test's own: a copy, as an environment's files hold no path of their own folder."""
    shutil.copytree(made[0], plan.folder, symlinks=True)
    return plan


def has(folder: Path, module: str) -> bool:
    """Whether the installed Python can import a module."""
    command = [str(install_marker.python_of(folder)), "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_from_nothing_to_a_whole_installation(
    made: tuple[Path, list[InstallProgress], str], plan: Plan, log: Log
) -> None:
    folder, seen, text = made
    assert install_marker.state(plan.folder).code == install_marker.NONE
    mark = install_marker.read(folder)
    assert mark is not None and install_marker.state(folder).whole
    assert (mark.device, mark.tag, mark.torch, mark.gpu) == ("cpu", "cpu", "2.13.0+cpu", False)
    assert mark.requirements == plan.requirements and mark.python == ".".join(map(str, sys.version_info[:3]))
    assert has(folder, "torch") and has(folder, "small_helper") and not has(folder, "pip")
    phases = [moment.phase for moment in seen]
    assert phases[0] == PREPARE and phases[-2:] == [CHECK, DONE] and UNPACK in phases
    assert sorted(path.name for path in folder.iterdir()) == [install_marker.NAME, "venv"], "what it needed is gone"
    assert "Successfully installed" in text
    assert installer.verify(folder, log).whole


def stop_at(phase: str) -> tuple[Callable[[InstallProgress], None], Callable[[], bool]]:
    """Someone who cancels as soon as a phase is reached."""
    reached: list[str] = []

    def report(moment: InstallProgress) -> None:
        if moment.phase == phase:
            reached.append(phase)

    return report, lambda: not reached


def test_cancelled_before_anything_is_there(plan: Plan, log: Log) -> None:
    with pytest.raises(UserError, match="cancelled"):
        installer.install(plan, log, *stop_at(PREPARE))
    left = install_marker.read(plan.folder)
    assert left is not None and not left.complete and not (plan.folder / "tmp").exists()


def test_cancelled_in_the_middle_it_is_gone_on_with(plan: Plan, log: Log) -> None:
    with pytest.raises(UserError, match="cancelled") as caught:
        installer.install(plan, log, *stop_at(UNPACK))
    assert caught.value.code == "cancelled" and "kept" in caught.value.hint
    left = install_marker.read(plan.folder)
    assert left is not None and not left.complete
    install_marker.write(plan.folder, replace(left, pid=2**22 + 1))  # as if that process were gone
    assert (
        install_marker.state(plan.folder).code == install_marker.UNFINISHED
        and install_marker.state(plan.folder).to_repair
    )
    assert not (plan.folder / "tmp").exists()
    before = (plan.folder / "venv" / "pyvenv.cfg").stat().st_mtime_ns
    installer.install(plan, log, lambda _moment: None)
    assert install_marker.state(plan.folder).whole
    assert (plan.folder / "venv" / "pyvenv.cfg").stat().st_mtime_ns == before, "what was made is kept"


def loses_its_mark(plan: Plan) -> None:
    (plan.folder / install_marker.NAME).unlink()


def has_a_damaged_mark(plan: Plan) -> None:
    (plan.folder / install_marker.NAME).write_text("[" * 100_000)


def is_of_another_version(plan: Plan) -> None:
    mark = install_marker.read(plan.folder)
    assert mark is not None
    install_marker.write(plan.folder, replace(mark, requirements=("torch==1.0", *mark.requirements[1:])))


def loses_its_python(plan: Plan) -> None:
    python = install_marker.python_of(plan.folder)
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
        (loses_its_mark, install_marker.UNMARKED, "no mark of a whole"),
        (has_a_damaged_mark, install_marker.UNMARKED, "no mark of a whole"),
        (is_of_another_version, install_marker.OUTDATED, "another version"),
        (loses_its_python, install_marker.GONE, "is gone"),
        (is_cut_off, install_marker.BROKEN, "a_part_that_is_missing"),
        (loses_a_library, install_marker.BROKEN, "No module named 'torch'"),
    ],
)
def test_whatever_breaks_is_seen_and_mended(
    installed: Plan, log: Log, break_it: Callable[[Plan], None], code: str, sentence: str
) -> None:
    break_it(installed)
    found = installer.verify(installed.folder, log)
    assert found.code == code and sentence in found.text and found.hint.endswith(".") and found.to_repair
    if break_it not in (has_a_damaged_mark, loses_a_library):  # mended as the one before it
        installer.install(installed, log, lambda _moment: None, fresh=code == install_marker.BROKEN)
        assert installer.verify(installed.folder, log).whole


def test_a_library_that_does_not_work_is_no_installation(plan: Plan, log: Log, tmp_path: Path) -> None:
    broken = replace(plan, wheels=wheels.fill(tmp_path / "broken", torch=wheels.BROKEN))
    with pytest.raises(UserError, match="libtorch_cpu") as caught:
        installer.install(broken, log, lambda _moment: None)
    assert caught.value.code == "broken" and "install.log" in caught.value.hint
    mark = install_marker.read(plan.folder)
    assert mark is not None and not mark.complete


def test_a_wheel_that_is_missing_is_named(plan: Plan, log: Log, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="lacks the package msgpack==") as caught:
        installer.install(replace(plan, wheels=wheels.fill(tmp_path / "w", without="msgpack")), log, lambda _m: None)
    assert caught.value.code == "missing_wheel" and "pip download" in caught.value.hint


def test_a_wheel_that_was_exchanged_is_not_installed(plan: Plan, log: Log, tmp_path: Path) -> None:
    """It has the right name and version, and pip alone would take it: only its hash tells it from the true one."""
    folder = wheels.fill(tmp_path / "w")
    (name,) = folder.glob("small_helper-*.whl")
    wheels.make_wheel(folder, "small-helper", "1.5", {"small_helper.py": "harm = True"})
    with pytest.raises(UserError, match=f"{name.name} is not the one that this add-on was made with") as caught:
        installer.install(replace(plan, wheels=folder), log, lambda _moment: None)
    assert caught.value.code == "changed_wheel" and "pip download" in caught.value.hint
    assert not has(plan.folder, "small_helper") and not has(plan.folder, "torch")
    installer.install(plan, log, lambda _moment: None)
    assert install_marker.state(plan.folder).whole, "the true ones go on from there"


def test_what_others_come_to_need_is_not_taken_unless_it_is_locked(
    plan: Plan, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_LOCK", str(wheels.lock(tmp_path / "w", leave_out="small_helper")))
    with pytest.raises(UserError):
        installer.install(replace(plan, wheels=tmp_path / "w"), log, lambda _moment: None)
    assert "In --require-hashes mode" in log.getvalue() and not has(plan.folder, "small_helper")


def test_what_the_lock_does_not_cover_stands_in_the_log(made: tuple[Path, list[InstallProgress], str]) -> None:
    assert "Not in the list of checked packages, so taken as the index has it: torch==2.13.0+cpu\n" in made[2]


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

    monkeypatch.setattr(install_marker, "write", refuse)
    with pytest.raises(UserError) as caught:
        installer.install(plan, log, lambda _moment: None)
    assert caught.value.code == code and caught.value.hint.endswith(".")


def test_two_do_not_install_into_one_folder(plan: Plan, log: Log) -> None:
    other = os.getppid()
    mark = install_marker.Sentinel("cpu", "cpu", (), "", "", other, birth(other) or "", install_marker.new_id())
    install_marker.write(plan.folder, mark)
    assert install_marker.state(plan.folder).code == install_marker.WORKING
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
    assert not install_marker.state(installed.folder).whole
    installer.remove(installed.folder, lambda _moment: None)
    assert not installed.folder.exists() and install_marker.state(installed.folder).code == install_marker.NONE


@pytest.mark.parametrize("name", PARTS)
def test_a_folder_of_the_users_own_with_one_of_our_names_is_left_alone(plan: Plan, log: Log, name: str) -> None:
    """Neither installing nor removing touches it, and the folder that is chosen for the installation is another."""
    thesis = plan.folder / name / "thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("mine")
    assert place(plan.folder) == plan.folder / "coamd-backend"
    assert install_marker.state(plan.folder).code == install_marker.NONE, "there is nothing to repair"
    for attempt in (lambda: installer.install(plan, log, print), lambda: installer.remove(plan.folder, print)):
        with pytest.raises(UserError, match="not made by this add-on") as caught:
            attempt()
        assert caught.value.code == "not_ours" and caught.value.hint
    assert [path.relative_to(plan.folder).as_posix() for path in plan.folder.rglob("*")] == [name, f"{name}/thesis.txt"]


@pytest.mark.parametrize("name", ["downloads", "tmp"])
def test_a_folder_that_the_user_puts_beside_an_installation_is_left_alone(installed: Plan, log: Log, name: str) -> None:
    """An installation is repaired and removed around it, or refused: it has not the installation's id."""
    mine = installed.folder / name / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(UserError) as caught:
        installer.install(installed, log, lambda _moment: None)
    assert caught.value.code == "not_ours" and str(mine.parent) in caught.value.message
    installer.remove(installed.folder, lambda _moment: None)
    assert [path.name for path in installed.folder.rglob("*")] == [name, "mine.txt"]


def test_the_mark_of_another_installation_opens_nothing(installed: Plan) -> None:
    """A folder that was copied here from another installation has another id."""
    install_marker.claim(installed.folder / "tmp", install_marker.new_id())
    installer.remove(installed.folder, lambda _moment: None)
    assert [path.name for path in installed.folder.rglob("*")] == ["tmp", install_marker.OWNER]


def test_an_environment_that_was_removed_halfway_is_still_known(installed: Plan, log: Log) -> None:
    """Its id is removed last, so that a repair goes on where the removal was killed."""
    for path in installed.environment.iterdir():
        if path.name != install_marker.OWNER and path.is_dir():
            installer.clear(path)
    (installed.folder / install_marker.NAME).unlink()
    assert install_marker.state(installed.folder).code == install_marker.UNMARKED
    assert place(installed.folder) == installed.folder
    installer.install(installed, log, lambda _moment: None)
    assert install_marker.state(installed.folder).whole


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"complete": true}', "\x00", '{"complete": "yes"}', '{"requirements": 5}']
)
def test_a_mark_that_cannot_be_understood_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / install_marker.NAME).write_text(text)
    assert install_marker.read(tmp_path) is None and install_marker.state(tmp_path).code == install_marker.NONE


def test_a_mark_with_a_wrong_kind_of_value_is_none(tmp_path: Path) -> None:
    mark = install_marker.Sentinel("cpu", "cpu", ("torch==1",), "", "", 1, "1", install_marker.new_id())
    install_marker.write(tmp_path, mark)
    assert install_marker.read(tmp_path) == mark
    wrong_values = {"pid": "1", "requirements": "torch", "complete": 1, "device": None, "format": 2, "id": "../x"}
    for name, wrong in wrong_values.items():
        (tmp_path / install_marker.NAME).write_text(json.dumps(asdict(mark) | {name: wrong}))
        assert install_marker.read(tmp_path) is None, name


def test_a_card_that_torch_has_no_kernels_for_gets_the_older_build(tmp_path: Path, log: Log) -> None:
    """It counts as available, and only two matrices show that it cannot compute."""
    both = wheels.fill(tmp_path / "both", build="cu130", gpu=True, refuses="CUDA error: no kernel image is available")
    wheels.fill(both, build="cu126", gpu=True)
    here = Machine("linux", "x86_64", (Nvidia("Card", (580,), None),))
    build = replace(build_for(here), disk=10**6)
    other = older(build, here)
    assert other is not None
    wanted = Plan(tmp_path / "backend", build, Path(sys.executable), sys.version_info[:3], other, both)
    mark = installer.install(wanted, log, lambda _moment: None)
    assert (mark.tag, mark.torch, mark.gpu) == ("cu126", "2.13.0+cu126", True)
    assert install_marker.state(wanted.folder).whole
    alone = replace(wanted, folder=tmp_path / "alone", older=None)
    assert not installer.install(alone, log, lambda _moment: None).gpu, "what is said of it where there is no other"
