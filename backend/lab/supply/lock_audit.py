# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks through the lock: is it whole and tight, and is a known fault in it (with pip-audit and a network)?"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ...install.lock_file import Locked
from ...install.requirements import PINS, TORCH
from .targets import TARGETS, Target

_HEXADECIMAL = frozenset("0123456789abcdef")


def faults(locked: Sequence[Locked]) -> list[str]:
    """What is wrong with a lock, a sentence each: none for one that a whole installation can be made of.

    Needs no network: what each package needs stands in the lock, as the index told it.
    """
    found = [fault for entry in locked for fault in _of_entry(entry)]
    needed = set[Locked]()
    for target in TARGETS:
        reached, missing = _closure(locked, target)
        found += [f"{target.system}, Python {target.python}: {fault}" for fault in missing]
        needed |= reached
    found += [f"{entry.requirement} is needed by nothing" for entry in locked if entry not in needed]
    return found


def _of_entry(entry: Locked) -> Iterator[str]:
    """What is wrong with one entry by itself."""
    try:
        version = Version(entry.version)
    except InvalidVersion:
        yield f"{entry.requirement} has no version"
        return
    if version.is_prerelease:
        yield f"{entry.requirement} is not a finished release"
    if entry.name != canonicalize_name(entry.name):
        yield f"{entry.name} is not written as pip writes it"
    digests = [digest for _, digest in entry.wheels]
    if len(set(digests)) != len(digests):
        yield f"{entry.requirement} has the same hash twice"
    for name, digest in entry.wheels:
        try:
            package, built, _, _ = parse_wheel_filename(name)
        except InvalidWheelFilename:
            yield f"{entry.requirement}: {name} is not a wheel"
            continue
        if (package, built) != (entry.name, version):
            yield f"{entry.requirement}: {name} is of another package"
        if len(digest) != 64 or set(digest) - _HEXADECIMAL:
            yield f"{entry.requirement}: {name} has no SHA-256"


def _closure(locked: Sequence[Locked], target: Target) -> tuple[set[Locked], list[str]]:
    """The entries that an installation on a target comes to, and what it lacks."""
    there = {entry.name: entry for entry in locked if target.fits(entry.marker)}
    todo = [Requirement(f"{name}=={version}") for name, version in PINS.items()]
    torch = there.get("torch")
    if torch is not None and torch.version == target.torch:
        todo.append(Requirement(torch.requirement))
    elif target.torch != TORCH:  # not covered; what it needs is covered all the same
        torch = next((entry for entry in locked if entry.name == "torch"), None)
        todo += map(Requirement, torch.needs if torch else ())
    else:
        todo.append(Requirement(f"torch=={TORCH}"))
    reached, missing = set[Locked](), list[str]()
    while todo:
        need = todo.pop()
        if not target.fits(need.marker):
            continue
        entry = there.get(canonicalize_name(need.name))
        if entry is None or entry.version not in need.specifier:
            missing.append(f"{need} is not covered" + (f" by {entry.version}" if entry else ""))
            continue
        if entry in reached:
            continue
        reached.add(entry)
        todo += map(Requirement, entry.needs)
        if not any(_runs(name, target) for name, _ in entry.wheels):
            missing.append(f"{entry.requirement} has no wheel that runs there")
    return reached, sorted(missing)


def _runs(wheel: str, target: Target) -> bool:
    try:
        return bool(parse_wheel_filename(wheel)[3] & target.tags)
    except InvalidWheelFilename:
        return False


def known_faults(locked: Sequence[Locked]) -> tuple[list[str], str]:
    """Published faults of the locked versions, and how many were asked for; needs pip-audit and a network.

    What cannot be asked for is said and is no fault: a check must not depend on somebody else's server.
    """
    program = shutil.which("pip-audit", path=str(Path(sys.executable).parent)) or shutil.which("pip-audit")
    if program is None:
        return [], "known faults: not asked for, as pip-audit is not installed"
    with tempfile.TemporaryDirectory(prefix="coamd-audit-") as folder:
        wanted = Path(folder, "requirements.txt")
        lines = (f"{entry.requirement.partition('+')[0]}\n" for entry in locked)  # builds have their release's faults
        wanted.write_text("".join(sorted(set(lines))), "utf-8")
        command = [program, "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        try:
            done = subprocess.run(
                [*command, "-r", str(wanted)], capture_output=True, text=True, timeout=300, check=False
            )
            packages = json.loads(done.stdout)["dependencies"]
        except (OSError, subprocess.SubprocessError, ValueError, KeyError):
            return [], "known faults: not asked for, as pip-audit had no answer"
    asked = [package for package in packages if "vulns" in package]
    found = [
        f"{package['name']} {package['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'none'}"
        for package in asked
        for fault in package["vulns"]
    ]
    return found, f"known faults: {len(asked)} of {len(packages)} packages asked for, {len(found)} found"
