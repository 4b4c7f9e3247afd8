# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock of the wheels that the extension carries: whole, and nothing else is packed."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import build_addon


def test_the_lock_names_one_wheel_for_each_platform_and_python() -> None:
    """The version of each is the pinned one, and none is left over from before."""
    there = set(build_addon.locked())
    wanted = {build_addon.PIP: f"{build_addon.PIP.replace('==', '-')}-py3-none-any.whl"}
    systems = {"linux": "linux", "windows": "win_", "macos": "macosx"}
    for platform in build_addon.PLATFORMS:
        system, _, processor = platform.partition("-")
        tags = {"x64": ("x86_64", "amd64", "universal2"), "arm64": ("arm64", "universal2")}[processor]
        for requirement, python, abi in build_addon.WANTED:
            stem = f"{requirement.replace('==', '-')}-cp{python.replace('.', '')}-{abi}-"
            found = [name for name in there if name.startswith(stem) and systems[system] in name]
            found = [name for name in found if any(tag in name for tag in tags)]
            assert len(found) == 1, (requirement, python, platform)
            wanted[found[0]] = found[0]
    assert there == set(wanted.values())
    assert all(
        len(digest) == 64 and not set(digest) - set("0123456789abcdef") for digest in build_addon.locked().values()
    )


def test_a_wheel_of_the_right_name_and_other_contents_is_not_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, other = tmp_path / "thing-1.0-py3-none-any.whl", tmp_path / "other-1.0-py3-none-any.whl"
    wheel.write_bytes(b"as it was reviewed")
    other.write_bytes(b"of nobody")
    lock = tmp_path / "wheels.lock"
    lock.write_text(f"# head\n{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n")
    monkeypatch.setattr(build_addon, "LOCK", lock)
    assert build_addon.checked(wheel) == wheel
    wheel.write_bytes(b"as it was exchanged")
    for path, sentence in ((wheel, "is not the file"), (other, "is not in wheels.lock")):
        with pytest.raises(build_addon.BuildError, match=sentence):
            build_addon.checked(path)
