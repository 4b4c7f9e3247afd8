# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the lock: asks the package index, through pip, for every package that the pinned ones come to.

Only what an index says is written down: a wheel that pip found in a folder has no hash that anybody vouches for, and
ends the work. What an index of torch's own builds would have to say is left out where that index is not reached.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from ...install.lock_file import Locked
from ...install.requirements import TORCH, pinned
from ..repository import BuildError
from .targets import TARGETS, Target, marker

HEAD = """# Every package of the installed backend, with its version and the SHA-256 of its wheels, as the package index
# tells them. Written by: python build_addon.py --lock
"""
_INDEX = "https://download.pytorch.org/whl/cpu"
_ELSEWHERE = ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT", "PIP_NO_INDEX", "PIP_REQUIRE_HASHES")


@dataclass(frozen=True)
class Answer:
    """One wheel, as an index describes it."""

    name: str
    version: str
    wheel: str
    digest: str
    needs: tuple[str, ...]


Ask = Callable[[Target, list[str]], list[Answer]]


class UnreachedError(Exception):
    """An index does not have it, or does not answer."""


class _ConflictError(Exception):
    """A version that was taken does not go with what another package turns out to need."""


@dataclass
class _Work:
    """What has been found out so far."""

    ask: Ask
    versions: dict[
        NormalizedName, str
    ]  # the one of each package: pinned, as it was, or the first that an index answered
    asked: dict[NormalizedName, SpecifierSet]  # what others want of it, all targets together
    answers: dict[tuple[NormalizedName, Target], Answer] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)


def resolve(ask: Ask, before: Iterable[Locked] = ()) -> tuple[tuple[Locked, ...], tuple[str, ...]]:
    """Every package for every target, and what no index could be asked for.

    Versions of the lock ``before`` stay while they are allowed.

    Raises:
        BuildError: two packages want what does not go together, or a package cannot be had for a target.
    """
    roots = [Requirement(line) for line in pinned()]
    pins = {canonicalize_name(root.name): str(root.specifier).removeprefix("==") for root in roots}
    asked = {canonicalize_name(root.name): root.specifier for root in roots}
    kept = {canonicalize_name(one.name): one.version for one in before}
    while True:
        work = _Work(ask, kept | pins, asked)
        try:
            # The builds of torch beside the package index come last: what they need is what all others need.
            for target in sorted(TARGETS, key=lambda target: target.torch != TORCH):
                _resolve_one(work, target, list(pins))
            return _entries(work), tuple(sorted(work.missing))
        except _ConflictError as conflict:
            name = canonicalize_name(str(conflict))
            if name in pins:
                raise BuildError(f"{name} {pins[name]} is pinned, and others want {asked[name]}.") from None
            kept.pop(name, None)  # and again, with all that is known now to be wanted of it


def _resolve_one(work: _Work, target: Target, todo: list[NormalizedName]) -> None:
    """All that is needed on one target."""
    done = set[NormalizedName]()
    while todo:
        _get(work, target, todo)
        done |= set(todo)
        needed = set[NormalizedName]()
        for name in todo:
            for need in _needs(work, target, name):
                needed.add(canonicalize_name(need.name))
                _note(work, need, name)
        todo = sorted(needed - done)


def _needs(work: _Work, target: Target, name: NormalizedName) -> list[Requirement]:
    """What a package needs on a target. torch's own builds that were not reached need what it needs elsewhere."""
    sources = [target] if (name, target) in work.answers else [one for found, one in work.answers if found == name][:1]
    return [
        need
        for source in sources
        for need in map(Requirement, work.answers[name, source].needs)
        if target.fits(need.marker) and source.fits(need.marker)
    ]


def _note(work: _Work, need: Requirement, by: str) -> None:
    """Note what is needed; _ConflictError where it does not go with the version that is taken already."""
    name = canonicalize_name(need.name)
    if need.extras or need.url:
        raise BuildError(f"{by} needs {need}, and the lock knows no extras and no addresses.")
    work.asked[name] = work.asked.get(name, SpecifierSet()) & need.specifier
    taken = work.versions.get(name)
    if taken is not None and taken not in work.asked[name]:
        raise _ConflictError(name)


def _get(work: _Work, target: Target, names: list[NormalizedName]) -> None:
    """Ask for packages on a target; the version of each is the same on all of them."""
    apart = [name for name in names if name == "torch" and target.torch != TORCH]
    answers = []
    if apart:
        try:
            answers += work.ask(target, [f"torch=={target.torch}"])
        except UnreachedError:
            work.missing.add(f"torch=={target.torch}")
    rest = [
        f"{name}=={work.versions[name]}" if name in work.versions else f"{name}{work.asked[name]}"
        for name in names
        if name not in apart
    ]
    try:
        answers += work.ask(target, rest) if rest else []
    except UnreachedError as error:
        raise BuildError(f"For {target.system}, Python {target.python}: {error}") from error
    for answer in answers:
        name = canonicalize_name(answer.name)
        work.answers[name, target] = answer
        work.versions.setdefault(name, answer.version)


def _entries(work: _Work) -> tuple[Locked, ...]:
    groups: dict[tuple[NormalizedName, str], dict[Target, Answer]] = {}
    for (name, target), answer in work.answers.items():
        groups.setdefault((name, answer.version), {})[target] = answer
    entries = []
    for (name, version), found in sorted(groups.items()):
        wheels = sorted({(answer.wheel, answer.digest) for answer in found.values()})
        needs = {
            str(need)
            for target, answer in found.items()
            for need in map(Requirement, answer.needs)
            if target.fits(need.marker)
        }
        entries.append(Locked(name, version, marker(found), tuple(wheels), tuple(sorted(needs))))
    return tuple(entries)


def text(entries: Iterable[Locked], missing: Iterable[str]) -> str:
    """The whole file."""
    gaps = "".join(f"# Not covered, as its index was not reached: {one}\n" for one in missing)
    return HEAD + gaps + "".join("\n" + entry.text for entry in entries)


def pip_asker(pip: Path) -> Ask:
    """Asks with pip, run out of its wheel: what it would install there, as its report describes it."""

    def ask(target: Target, requirements: list[str]) -> list[Answer]:
        with tempfile.TemporaryDirectory(prefix="coamd-lock-") as folder:
            report = Path(folder, "report.json")
            command = [sys.executable, str(pip / "pip"), "install", "--dry-run", "--ignore-installed", "--no-deps"]
            command += ["--quiet", "--no-input", "--disable-pip-version-check", "--only-binary=:all:"]
            command += ["--target", str(Path(folder, "none")), "--report", str(report)]
            command += ["--implementation", "cp", "--python-version", target.python]
            command += [part for platform in target.platforms for part in ("--platform", platform)]
            if any("+" in requirement for requirement in requirements):
                command += ["--index-url", _INDEX, "--retries", "1"]
            variables = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
            variables["PIP_CONFIG_FILE"] = os.devnull
            done = subprocess.run([*command, *requirements], capture_output=True, text=True, check=False, env=variables)
            if done.returncode:
                raise UnreachedError((done.stderr.strip().splitlines() or ["pip said nothing"])[-1])
            return [_answer(item) for item in json.loads(report.read_text("utf-8"))["install"]]

    return ask


def _answer(item: dict[str, Any]) -> Answer:
    """One entry of pip's report; BuildError for what no index vouches for, and for what was taken back."""
    about, origin = item["metadata"], item["download_info"]
    digest = origin.get("archive_info", {}).get("hashes", {}).get("sha256", "")
    if not origin["url"].startswith("https://") or not digest:
        raise BuildError(f"{about['name']} {about['version']} has no SHA-256 from an index: {origin['url']}")
    if item["is_yanked"]:
        raise BuildError(f"{about['name']} {about['version']} was taken back by its makers (yanked).")
    needs = tuple(line for line in about.get("requires_dist", ()) if "extra ==" not in line)
    wheel = origin["url"].rpartition("/")[2].replace("%2B", "+")
    return Answer(about["name"], about["version"], wheel, digest, needs)
