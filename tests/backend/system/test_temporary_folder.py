# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary folders: gone at their end, and after a kill at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from coamd.backend.system.temporary_folder import temporary_folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_gone_afterwards(place: Path) -> None:
    with temporary_folder("scenes") as folder:
        (folder / "a").touch()
        assert list(place.iterdir()) == [folder]
    assert not list(place.iterdir())


def test_what_a_killed_process_left_is_removed_and_nothing_else(place: Path) -> None:
    code = "import os; from coamd.backend.system.temporary_folder import temporary_folder\n"
    code += "with temporary_folder('batch') as folder: (folder / 'a').touch(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(place)}, check=False)
    (left,) = place.iterdir()
    assert (left / "a").exists()
    for name in ("coamd-scenes", "coamd-scenes-x-y", "coamd-notes-of-mine"):
        (place / name).mkdir()
    with temporary_folder("scenes") as other, temporary_folder("batch"):
        assert not left.exists() and other.exists()
        assert len(list(place.iterdir())) == 5
