# SPDX-License-Identifier: GPL-3.0-or-later
"""The trials of endurance, cut short; ``python tests/endurance`` runs them in full."""

from __future__ import annotations

from pathlib import Path

import pytest
from kills import trial_of_kills
from memory import Memory, trial_of_memory


def test_kill_9_of_either_side_leaves_the_scene_whole_and_the_next_job_works() -> None:
    pytest.importorskip("bpy", reason="Blender as the bpy wheel is not installed")
    assert trial_of_kills(6, seed=4).startswith("6 jobs: killed {'Blender': 2, 'backend': 4}")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_jobs_in_a_row_need_no_more_memory() -> None:
    memory = trial_of_memory(60)
    assert memory.growth(memory.backend) < 2.0 and memory.growth(memory.client) < 2.0, str(memory)


def test_a_leak_would_be_seen() -> None:
    leaking = tuple(40.0 + 0.05 * number for number in range(500))
    assert Memory.growth(leaking) > 2.0 > abs(Memory.growth((40.0,) * 500))
