# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock: every package of the installed backend with its one version and the SHA-256 of its wheels.

`requirements.lock` is a file that pip reads as it is (``pip install -r``, which then takes nothing without a hash).
Comments before each line tell which wheels the hashes are of, in their order, and what the package needs. It is
written by ``python build_addon.py --lock``, from what the package index says, and never by hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

_WHEEL, _NEEDS, _HASH = "# wheel: ", "# needs: ", "--hash=sha256:"


@dataclass(frozen=True)
class Locked:
    """One package in its one version."""

    name: str
    version: str
    marker: str  # where it is needed, as pip writes it; empty for everywhere
    wheels: tuple[tuple[str, str], ...]  # file name and SHA-256
    needs: tuple[str, ...] = ()  # what its metadata asks for, without extras

    @property
    def requirement(self) -> str:
        """As `requirements.pinned` says it."""
        return f"{self.name}=={self.version}"

    @property
    def line(self) -> str:
        """What pip reads."""
        marker = f" ; {self.marker}" if self.marker else ""
        return " ".join((self.requirement + marker, *(_HASH + digest for _, digest in self.wheels)))

    @property
    def constraint(self) -> str:
        """Its version alone, for pip."""
        return self.requirement + (f" ; {self.marker}" if self.marker else "")

    @property
    def text(self) -> str:
        """Its lines in the file."""
        lines = [_NEEDS + need for need in self.needs] + [_WHEEL + name for name, _ in self.wheels]
        return "\n".join((*lines, self.line)) + "\n"


def path() -> Path:
    """The lock that counts: ours, or one of a studio with wheels of its own, in COAMD_LOCK."""
    chosen = os.environ.get("COAMD_LOCK")
    return Path(chosen) if chosen else Path(__file__).with_name("requirements.lock")


def read(text: str) -> tuple[Locked, ...]:
    """The packages of a lock; ValueError for a line without its version or its hashes."""
    found, names, needs = [], list[str](), list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(_WHEEL):
            names.append(line.removeprefix(_WHEEL))
        elif line.startswith(_NEEDS):
            needs.append(line.removeprefix(_NEEDS))
        elif line and not line.startswith("#"):
            head, *digests = line.split(f" {_HASH}")
            requirement, _, marker = head.partition(" ; ")
            name, _, version = requirement.partition("==")
            if not (name and version and digests and len(digests) == len(names)):
                raise ValueError(f"line {number}: not a package with its version and a hash for each of its wheels")
            wheels = tuple(zip(names, digests, strict=True))
            found.append(Locked(name, version, marker, wheels, tuple(needs)))
            names, needs = [], []
    return tuple(found)


def divided(locked: Iterable[Locked], wanted: Sequence[str]) -> tuple[tuple[Locked, ...], tuple[str, ...]]:
    """What of an installation is checked by hash, and which of its requirements the lock does not cover.

    A locked package that is wanted in another version (torch, in the build for a card) is left out.
    """
    versions = {name: version for name, _, version in (one.partition("==") for one in wanted)}
    covered = tuple(one for one in locked if versions.get(one.name, one.version) == one.version)
    there = {one.requirement for one in covered}
    return covered, tuple(one for one in wanted if one not in there)
