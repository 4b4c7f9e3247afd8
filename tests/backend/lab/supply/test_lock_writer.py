# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock is what an index says, for every target, and nothing of which no index has said it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from coamd.backend.install.lock_file import Locked, read
from coamd.backend.install.requirements import PINS, TORCH
from coamd.backend.lab.repository import BuildError
from coamd.backend.lab.supply import lock_audit, lock_writer
from coamd.backend.lab.supply.lock_writer import Answer, UnreachedError, _answer, resolve
from coamd.backend.lab.supply.targets import Target
from packaging.requirements import Requirement


class Index:
    """An index: versions of each package with what they need; it answers with the newest that is asked for."""

    def __init__(self, more: Mapping[str, Mapping[str, tuple[str, ...]]], torch_builds: bool = False) -> None:
        self.has = {name: {version: ()} for name, version in PINS.items()} | {"torch": {TORCH: ()}} | dict(more)
        self.torch_builds = torch_builds

    def __call__(self, target: Target, requirements: list[str]) -> list[Answer]:
        return [self._one(target, Requirement(line)) for line in requirements]

    def _one(self, target: Target, wanted: Requirement) -> Answer:
        versions = self.has.get(wanted.name, {})
        if wanted.name == "torch" and target.torch != TORCH:
            if not self.torch_builds:
                raise UnreachedError("no route")
            versions = {target.torch: versions[TORCH]}
        fitting = [version for version in versions if version in wanted.specifier]
        if not fitting:
            raise UnreachedError(f"No matching distribution found for {wanted}")
        version = max(fitting)
        digest = f"{abs(hash((wanted.name, version))):064x}"[-64:]
        return Answer(wanted.name, version, f"{wanted.name}-{version}-py3-none-any.whl", digest, versions[version])


def versions(entries: tuple[Locked, ...]) -> dict[str, str]:
    return {entry.name: entry.version for entry in entries}


def test_all_that_is_needed_is_there_with_a_marker_where_it_is_needed() -> None:
    index = Index(
        {
            "tqdm": {PINS["tqdm"]: ('colorama; platform_system == "Windows"',)},
            "torch": {TORCH: ("sympy>=1", 'cuda-toolkit[cublas]==13; platform_system == "Linux"')},
            "sympy": {"1.1": ("mpmath",), "0.9": ()},
            "mpmath": {"1.3": ()},
            "colorama": {"0.4": ()},
        }
    )
    entries, missing = resolve(index)
    assert missing == (f"torch=={TORCH}+cpu",), "an index that is not reached is told, and nothing is made up for it"
    found = {entry.name: entry for entry in entries}
    assert found["colorama"].marker == 'sys_platform == "win32"'
    assert found["torch"].marker == 'sys_platform == "win32" or sys_platform == "darwin"'
    assert found["sympy"].marker == found["mpmath"].marker == "", "torch needs them on Linux too"
    assert "cuda-toolkit" not in found and not lock_audit.faults(entries)
    text = lock_writer.text(entries, missing)
    assert read(text) == entries and f"# Not covered, as its index was not reached: torch=={TORCH}+cpu\n" in text


def test_the_builds_of_torch_are_covered_where_their_index_answers() -> None:
    entries, missing = resolve(Index({}, torch_builds=True))
    found = {entry.requirement: entry.marker for entry in entries if entry.name == "torch"}
    assert missing == () and found[f"torch=={TORCH}+cpu"] == 'sys_platform == "linux"'
    assert not lock_audit.faults(entries)


def test_versions_stay_while_they_are_allowed() -> None:
    needs = {"tqdm": {PINS["tqdm"]: ("sympy>=1",)}}
    first, _ = resolve(Index({**needs, "sympy": {"1.1": ()}}))
    later = Index({**needs, "sympy": {"1.1": (), "1.2": ()}})
    assert versions(resolve(later, first)[0])["sympy"] == "1.1"
    assert versions(resolve(later)[0])["sympy"] == "1.2"
    stricter = Index({"tqdm": {PINS["tqdm"]: ("sympy>=1.2",)}, "sympy": {"1.1": (), "1.2": ()}})
    assert versions(resolve(stricter, first)[0])["sympy"] == "1.2"


def test_two_who_want_the_same_package_get_one_that_both_allow() -> None:
    """The newest is taken for the first, and is too new for one that is looked at later."""
    index = Index(
        {
            "tqdm": {PINS["tqdm"]: ("early>=1", "later>=1")},
            "later": {"1.0": ("early<2", "last")},
            "last": {"1.0": ("early<1.5",)},
            "early": {"1.2": (), "1.5": (), "2.0": ()},
        }
    )
    assert versions(resolve(index)[0])["early"] == "1.2"
    index.has["later"] = {"1.0": ("early<1",)}
    with pytest.raises(BuildError, match="No matching distribution found for early"):
        resolve(index)


def test_what_cannot_be_locked_is_refused() -> None:
    for need, sentence in (("nowhere>=1", "No matching distribution"), ("numpy<1", "is pinned"), ("x[y]", "no extras")):
        with pytest.raises(BuildError, match=sentence):
            resolve(Index({"tqdm": {PINS["tqdm"]: (need,)}}))


REPORT = {
    "metadata": {"name": "sympy", "version": "1.14", "requires_dist": ["mpmath", "pytest; extra == 'dev'"]},
    "download_info": {
        "url": "https://files.example/a/sympy-1.14%2Bcpu-py3-none-any.whl",
        "archive_info": {"hashes": {"sha256": "ab" * 32}},
    },
    "is_yanked": False,
}


def test_only_an_index_vouches_for_a_hash() -> None:
    assert _answer(REPORT) == Answer("sympy", "1.14", "sympy-1.14+cpu-py3-none-any.whl", "ab" * 32, ("mpmath",))
    folder = {
        "url": "file:///opt/wheels/sympy-1.14-py3-none-any.whl",
        "archive_info": {"hashes": {"sha256": "ab" * 32}},
    }
    bare = {"url": "https://files.example/sympy-1.14-py3-none-any.whl", "archive_info": {}}
    for origin in (folder, bare):
        with pytest.raises(BuildError, match="no SHA-256 from an index"):
            _answer(REPORT | {"download_info": origin})
    with pytest.raises(BuildError, match="taken back"):
        _answer(REPORT | {"is_yanked": True})
