# SPDX-License-Identifier: GPL-3.0-or-later
"""The trials of endurance, cut short; ``python tests/endurance`` runs them in full."""

from __future__ import annotations

from pathlib import Path

import pytest
from damaged_folders import trial_of_folders
from kills import trial_of_kills
from memory import Memory, trial_of_memory
from presence import PRESENT
from writers import trial_of_backends, trial_of_writers


def test_kill_9_of_either_side_leaves_the_scene_whole_and_the_next_job_works() -> None:
    pytest.importorskip("bpy", reason="Blender as the bpy wheel is not installed")
    assert trial_of_kills(6, seed=4).startswith("6 jobs: killed {'Blender': 2, 'backend': 4}")


@pytest.mark.parametrize(
    "kinds",
    [
        ("index", "index"),
        ("teach", "teach"),
        ("blender", "blender"),
        ("batch", "batch"),
        ("index", "backend"),
        ("blender", "backend"),
        ("teach", "batch"),
    ],
    ids=" and ".join,
)
def test_two_writers_of_one_place_that_are_killed_lose_nothing(tmp_path: Path, kinds: tuple[str, str]) -> None:
    """Those pairs that write or read the same files; ``python tests/endurance writers`` takes every pair."""
    told = trial_of_writers(kinds, tmp_path, 2, 5, lambda _text: None)
    assert told.startswith(f"{kinds[0]} and {kinds[1]}: 2 rounds, both writers killed in each")


def test_a_writer_that_loses_things_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESENT, "index", lambda _folder: set())
    with pytest.raises(AssertionError, match="of index are lost"):
        trial_of_writers(("index", "index"), tmp_path, 1, 5, lambda _text: None)


def test_two_backends_that_start_at_once_and_are_killed_leave_one_that_answers(tmp_path: Path) -> None:
    assert trial_of_backends(tmp_path, 3, 6, lambda _text: None).startswith("backends: 3 pairs started at once")


def test_of_folders_with_damaged_files_every_good_one_is_read(tmp_path: Path) -> None:
    assert trial_of_folders(tmp_path, 40, 3, lambda _text: None).startswith("40 files in folders: every good one read")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_jobs_in_a_row_need_no_more_memory() -> None:
    memory = trial_of_memory(60)
    assert memory.growth(memory.backend) < 2.0 and memory.growth(memory.client) < 2.0, str(memory)


def test_a_leak_would_be_seen() -> None:
    leaking = tuple(40.0 + 0.05 * number for number in range(500))
    assert Memory.growth(leaking) > 2.0 > abs(Memory.growth((40.0,) * 500))
