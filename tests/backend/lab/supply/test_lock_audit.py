# SPDX-License-Identifier: GPL-3.0-or-later
"""Our lock is whole, held against the metadata of what is installed here; and every way of not being so is named."""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import coamd.backend.install as package
import pytest
from coamd.backend.install.lock_file import Locked, read
from coamd.backend.install.requirements import NEWEST, OLDEST, PINS, TORCH
from coamd.backend.lab.supply import lock_audit
from coamd.backend.lab.supply.targets import TARGETS, Target, marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = read((Path(package.__file__).parent / "requirements.lock").read_text("utf-8"))
HERE = Target("linux", f"{sys.version_info[0]}.{sys.version_info[1]}")


def test_ours_is_whole() -> None:
    assert lock_audit.faults(OURS) == []
    assert {PINS[entry.name] == entry.version for entry in OURS if entry.name in PINS} == {True}
    assert {entry.version.partition("+")[0] for entry in OURS if entry.name == "torch"} == {TORCH}
    pythons = {target.python for target in TARGETS}
    assert {f"{OLDEST[0]}.{OLDEST[1]}", f"{NEWEST[0]}.{NEWEST[1]}"} <= pythons
    assert len(TARGETS) == 3 * len(pythons), "Linux, Windows and macOS"


@pytest.mark.skipif(HERE not in TARGETS or sys.platform != "linux", reason="the packages of Linux are compared")
def test_it_has_all_that_the_metadata_of_the_installed_packages_ask_for() -> None:
    """What pip itself has installed here is walked through, without the lock's own word for what is needed."""
    there = {entry.name: entry for entry in OURS if HERE.fits(entry.marker)}
    todo, done, compared = ["torch", *PINS], set[str](), 0
    while todo:
        name = canonicalize_name(todo.pop())
        if name in done:
            continue
        done.add(name)
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        for need in map(Requirement, installed.requires or ()):
            if need.marker is not None and not HERE.fits(need.marker):
                continue
            if name == "torch" and need.name.startswith(("nvidia", "cuda", "triton")):
                continue  # of torch's build with CUDA, which the lock does not cover
            if name != "torch" and installed.version != there[name].version:
                continue  # another version asks for other things
            wanted = there.get(canonicalize_name(need.name))
            assert wanted is not None and wanted.version in need.specifier, (name, str(need))
            compared += 1
            todo.append(need.name)
    assert compared > 20


PURE = "{}-{}-py3-none-any.whl"


def entry(name: str, version: str, *needs: str, where: str = "", wheel: str = PURE) -> Locked:
    digest = "0" * (64 - len(name)) + "a" * len(name)
    return Locked(name, version, where, ((wheel.format(name.replace("-", "_"), version), digest),), needs)


WHOLE = (
    *(entry(name, version) for name, version in PINS.items() if name != "tqdm"),
    entry("tqdm", PINS["tqdm"], 'colorama>=0.4; sys_platform == "win32"'),
    entry("colorama", "0.4.6", where='sys_platform == "win32"'),
    entry("torch", TORCH, "sympy>=1.13"),
    entry("sympy", "1.14"),
)


def changed(name: str, **values: object) -> tuple[Locked, ...]:
    return tuple(replace(one, **values) if one.name == name else one for one in WHOLE)


@pytest.mark.parametrize(
    ("lock", "fault"),
    [
        (WHOLE, ""),
        (tuple(one for one in WHOLE if one.name != "colorama"), r"win32, Python 3\.12: colorama.* is not covered"),
        (tuple(one for one in WHOLE if one.name != "sympy"), r"linux, Python 3\.11: sympy.* is not covered"),
        (tuple(one for one in WHOLE if one.name != "numpy"), r"numpy==.* is not covered"),
        (changed("numpy", version="1.0"), r"numpy==.* is not covered by 1\.0"),
        (changed("sympy", version="1.12"), r"sympy>=1\.13 is not covered by 1\.12"),
        (changed("sympy", version="1.14rc1"), "is not a finished release"),
        (changed("sympy", version="newest"), "has no version"),
        (changed("sympy", wheels=()), "has no wheel that runs there"),
        (changed("sympy", wheels=(("sympy-1.14-cp311-cp311-win_amd64.whl", "a" * 64),)), "linux.* no wheel that runs"),
        (changed("sympy", wheels=(("sympy-1.14-py3-none-any.whl", "a" * 63),)), "has no SHA-256"),
        (changed("sympy", wheels=(("sympi-1.14-py3-none-any.whl", "a" * 64),)), "is of another package"),
        (changed("sympy", wheels=(("sympy.tar.gz", "a" * 64),)), "is not a wheel"),
        ((*WHOLE, entry("left-over", "1.0")), r"left-over==1\.0 is needed by nothing"),
    ],
)
def test_what_is_wrong_is_named(lock: tuple[Locked, ...], fault: str) -> None:
    found = lock_audit.faults(lock)
    assert any(re.search(fault, one) for one in found) if fault else not found, found


def test_a_marker_counts_on_its_targets_alone() -> None:
    groups = [TARGETS, TARGETS[:1], TARGETS[:3], TARGETS[3:], [one for one in TARGETS if one.python == "3.11"]]
    groups += [TARGETS[:4], [*TARGETS[:3], *(one for one in TARGETS[3:] if one.python == "3.12")]]
    for group in groups:
        assert {one for one in TARGETS if one.fits(marker(group))} == set(group), marker(group)


def test_known_faults_are_asked_of_pip_audit_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that it could not ask for is not counted, and without it, or its answer, nothing is held against us."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(lock_audit.sys, "executable", str(tmp_path / "python"))
    assert lock_audit.known_faults(WHOLE) == ([], "known faults: not asked for, as pip-audit is not installed")
    program = tmp_path / "pip-audit"
    bad = {"name": "sympy", "version": "1.14", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.15"]}]}
    answer = {"dependencies": [bad, {"name": "tqdm", "version": "4", "vulns": []}, {"name": "x", "skip_reason": "?"}]}
    for printed, found, said in (
        (json.dumps(answer), ["sympy 1.14: PYSEC-1, mended in 1.15"], "2 of 3 packages asked for, 1 found"),
        ("no network", [], "not asked for, as pip-audit had no answer"),
    ):
        program.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}\nEND\nexit 1\n".replace("cat", "/bin/cat"))
        program.chmod(0o755)
        result = lock_audit.known_faults(WHOLE)
        assert result[0] == found and said in result[1]
