# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark asks of Blender: Rigify's rigs as they are in it, and times of both ways to retarget."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest
from coamd.backend.lab.commands.blender_timing import bake, enabling, rest_poses, ticks

ENGINES = Path(__file__).resolve().parents[1] / "backend" / "engines.py"


def test_the_rigs_of_rigify() -> None:
    found = rest_poses()
    assert len(found) == 4
    for name, bones in found.items():
        names = {bone["name"] for bone in bones}
        assert ("upper_arm_fk.L" in names) == name.endswith("generated")
        assert {bone["parent"] for bone in bones} - {None} <= names


def test_both_ways_are_timed() -> None:
    pytest.importorskip("tqdm", reason="the command line's libraries are not installed beside this Blender")
    took = bake(frames=8)
    assert took["ours"] > 0.0
    assert took["blender"] > 0.0


def test_the_ticks_of_a_job_are_timed_by_what_they_do() -> None:
    pytest.importorskip("tqdm", reason="the command line's libraries are not installed beside this Blender")
    longest = ticks(ENGINES)
    assert set(longest) == {"waiting", "running", "reading", "solving", "applying"}
    assert all(took > 0.0 for took in longest.values())
    assert not hasattr(bpy.types.Scene, "coamd"), "the add-on is gone again"


def test_enabling_is_timed_in_a_blender_of_its_own() -> None:
    took = enabling(1)
    assert took.keys() == {"first", "enabling"}
    assert 0.0 < min(took.values()) <= max(took.values()) < 60.0
