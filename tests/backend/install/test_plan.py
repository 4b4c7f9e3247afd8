# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an installation goes, whether it fits, and what pip is told."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from coamd.backend.install import install_marker, lock_file, plan, python_finder
from coamd.backend.install.install_marker import NAME
from coamd.backend.install.machine import Machine, Nvidia
from coamd.backend.install.plan import Plan
from coamd.backend.install.requirements import PINS
from coamd.backend.install.torch_builds import build_for
from coamd.rigs.errors import UserError

LINUX = Machine("linux", "x86_64")
NEWEST, OLDEST = Path("pip-26.3-py3-none-any.whl"), Path("pip-22.3.1-py3-none-any.whl")


@pytest.fixture
def wanted(tmp_path: Path) -> Plan:
    return Plan(tmp_path / "backend", build_for(LINUX), Path(sys.executable), (3, 11, 7))


def test_an_empty_folder_is_taken_and_a_used_one_gets_one_of_its_own(tmp_path: Path) -> None:
    assert plan.place(tmp_path) == tmp_path and plan.place(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "venv").mkdir()
    (tmp_path / NAME).write_text("{}")
    assert plan.place(tmp_path) == tmp_path / "coamd-backend", "names alone make nothing ours"
    install_marker.claim(tmp_path / "venv", install_marker.new_id())
    assert plan.place(tmp_path) == tmp_path, "an installation that has lost its mark"
    (tmp_path / "novel.txt").write_text("Chapter 1")
    assert plan.place(tmp_path) == tmp_path, "an installation is found again, whatever lies beside it"


def test_a_disk_without_room_is_refused_before_anything_is_loaded(wanted: Plan) -> None:
    plan.check_room(wanted, free=10**12)
    with pytest.raises(UserError, match=r"needs 1\.4 GB of disk space, and .* has 900 MB left") as caught:
        plan.check_room(wanted, free=9 * 10**8)
    assert caught.value.code == "disk_full" and "another disk" in caught.value.hint
    plan.check_room(replace(wanted, wheels=Path()), free=1400 * 10**6)  # nothing is downloaded


OURS = lock_file.read(Path(lock_file.__file__).with_name("requirements.lock").read_text("utf-8"))


@pytest.fixture
def ours(wanted: Plan, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The plan with the lock of the product, and a folder for its lists."""
    monkeypatch.delenv("COAMD_LOCK")
    (wanted.folder / "tmp").mkdir(parents=True)
    return wanted


def test_all_but_torchs_own_builds_is_taken_by_its_hash(ours: Plan) -> None:
    """The oracle is pip's rule: one line without a hash in such a list, and nothing is installed."""
    checked, rest = plan.pip_commands(ours, NEWEST)
    assert "--require-hashes" in checked and "--extra-index-url" not in checked
    lines = Path(checked[checked.index("--requirement") + 1]).read_text().splitlines()
    assert {line.partition(" ")[0] for line in lines} == {one.requirement for one in OURS if one.name != "torch"}
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; [^#]+)?( --hash=sha256:[0-9a-f]{64})+", line) for line in lines)
    assert {line.partition("==")[0] for line in lines} >= set(PINS) | {"tokenizers", "huggingface-hub", "sympy"}
    assert rest[-1] == "torch==2.13.0+cpu" and "--require-hashes" not in rest
    versions = Path(rest[rest.index("--constraint") + 1]).read_text().splitlines()
    assert [line.partition(" --hash")[0] for line in lines] == versions, "what torch needs is what was checked"
    (all_of_it,) = plan.pip_commands(replace(ours, build=build_for(Machine("windows", "x86_64"))), NEWEST)
    assert "--require-hashes" in all_of_it, "torch is on the package index there"
    text = Path(all_of_it[all_of_it.index("--requirement") + 1]).read_text()
    assert "torch==2.13.0 ;" in text and "--extra-index-url" not in all_of_it


def test_a_lock_that_cannot_be_read_is_one_sentence(
    ours: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("numpy==2.4.6\n", "numpy>=1 --hash=sha256:00\n", "# wheel: a.whl\nnumpy --hash=sha256:00\n", None):
        monkeypatch.setenv("COAMD_LOCK", str(tmp_path / "none.lock"))
        if text is not None:
            (tmp_path / "none.lock").write_text(text)
        else:
            (tmp_path / "none.lock").unlink()
        with pytest.raises(UserError, match="list of packages") as caught:
            plan.pip_commands(ours, NEWEST)
        assert caught.value.code == "no_lock"


def test_pip_is_told_to_take_wheels_alone_from_the_index_of_the_build(ours: Plan) -> None:
    wanted = ours
    first, line = plan.pip_commands(wanted, NEWEST)
    assert {"--only-binary=:all:", "--no-input"} <= set(first)
    assert line[1:3] == [str(NEWEST / "pip"), "install"] and line[0] == str(
        python_finder.in_environment(wanted.environment)
    )
    assert {"--only-binary=:all:", "--no-input", "torch==2.13.0+cpu"} <= set(line)
    assert line[line.index("--extra-index-url") + 1] == "https://download.pytorch.org/whl/cpu"
    assert line[line.index("--cache-dir") + 1] == str(wanted.folder / "downloads"), (
        "resumed from there, removed with it"
    )
    assert line[line.index("--progress-bar") + 1] == "raw" and "--resume-retries" in line
    assert "--no-index" not in line and "--isolated" not in line
    assert "--force-reinstall" in plan.pip_commands(wanted, NEWEST, again=True)[0]


def test_an_old_pip_is_not_asked_for_what_it_does_not_know(ours: Plan) -> None:
    line = plan.pip_commands(ours, OLDEST)[0]
    assert line[line.index("--progress-bar") + 1] == "off" and "--resume-retries" not in line


def test_a_folder_of_wheels_is_all_that_pip_looks_at(ours: Plan, tmp_path: Path) -> None:
    wanted = ours
    for line in plan.pip_commands(replace(wanted, wheels=tmp_path), NEWEST):
        assert line[line.index("--find-links") + 1] == str(tmp_path)
        assert {"--no-index", "--isolated"} <= set(line) and "--extra-index-url" not in line
    with pytest.raises(UserError, match="no downloaded packages") as caught:
        plan.check_wheels(replace(wanted, wheels=tmp_path))
    assert caught.value.code == "no_wheels" and "pip download" in caught.value.hint


def test_the_command_that_fills_a_folder_of_wheels_names_python_and_build(ours: Plan) -> None:
    wanted = ours
    card = Machine("linux", "x86_64", (Nvidia("Card", (590,), (8, 9)),))
    line = plan.download_commands(replace(wanted, build=build_for(card), version=(3, 13, 1)), "D:/wheels")
    first, _, second = line.partition(" && ")
    assert "--python-version 3.13 --dest D:/wheels -r " in first and first.endswith("requirements.lock")
    assert second.endswith("--extra-index-url https://download.pytorch.org/whl/cu130 torch==2.13.0+cu130")


def test_pip_is_there_to_install_with() -> None:
    assert plan.pip_wheel().name.startswith("pip-")


def test_the_own_python_is_none_of_blenders_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sys.executable is Blender itself, the Python beside its libraries is taken."""
    blender, python = tmp_path / "blender", tmp_path / "4.2" / "python" / "bin" / "python3.11"
    python.parent.mkdir(parents=True)
    for path in (blender, python):
        path.touch()
    monkeypatch.setattr(sys, "executable", str(blender))
    monkeypatch.setattr(sys, "_base_executable", str(blender), raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "4.2" / "python"))
    assert python_finder.own() == python
    python.unlink()
    with pytest.raises(UserError) as caught:
        python_finder.own()
    assert caught.value.code == "no_python"


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for Python with shell scripts")
def test_a_python_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    def python(name: str, answer: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho {answer}\n")
        path.chmod(0o755)
        return path

    old, new, narrow = python("old", "3 9 1 8"), python("new", "3 14 0 8"), python("narrow", "3 12 1 4")
    good = python("good", "3 12 1 8")
    assert list(python_finder.find(among=(old, good, new, narrow, good))) == [(good, (3, 12, 1))]
    with pytest.raises(UserError, match=r"No Python 3\.11 to 3\.13 .*found: 3\.14, 3\.9"):
        list(python_finder.find(among=(old, new)))
    for chosen, sentence in ((old, r"is Python 3\.9"), (narrow, "not 64-bit"), (tmp_path / "none", "does not start")):
        with pytest.raises(UserError, match=sentence) as caught:
            list(python_finder.find(str(chosen)))
        assert caught.value.code == "wrong_python" and "python.org" in caught.value.hint
