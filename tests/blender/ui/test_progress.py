# SPDX-License-Identifier: GPL-3.0-or-later
"""The time left is that of the steps so far, phase by phase; before two steps nobody can know it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from coamd.blender_addon.session.part_progress import PartProgress
from coamd.blender_addon.ui import progress
from coamd.blender_addon.ui.progress import Clock


def job(phase: str, step: int, of: int = 10, parts: PartProgress | None = None) -> Any:
    return SimpleNamespace(number=1, over=False, phase=phase, step=step, of=of, obstacle="", parts=parts)


def test_the_time_left_of_a_steady_phase() -> None:
    clock = Clock()
    for step in range(5):
        clock.look([job("sampling", step)], now=100.0 + 2.0 * step)
    assert clock.left(job("sampling", 4), now=108.0) == pytest.approx(12.0)
    assert clock.left(job("sampling", 1), now=102.0) is None
    assert clock.left(job("solving", 4), now=108.0) is None, "another phase has another pace"


def test_a_phase_that_was_joined_late_counts_from_there() -> None:
    clock = Clock()
    clock.look([job("sampling", 6)], now=50.0)
    assert clock.left(job("sampling", 8), now=54.0) == pytest.approx(4.0)


def test_a_job_that_is_over_is_forgotten() -> None:
    clock = Clock()
    clock.look([job("sampling", 0)], now=0.0)
    clock.look([], now=1.0)
    assert clock.left(job("sampling", 5), now=5.0) is None


def test_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    clock.look([job("sampling", 0)], now=0.0)
    monkeypatch.setattr(progress, "clock", clock)
    monkeypatch.setattr(progress.time, "monotonic", lambda: 10.0)
    assert progress.describe(job("sampling", 4)) == "Making the motion 4/10, 15 s left"
    assert progress.describe(job("loading", 0, 0)) == "Loading the model"
    assert progress.describe(job("loading", 3, 49)) == "Loading the model 3/49"
    assert progress.describe(job("reading clips", 1)) == "Reading clips 1/10"


def test_a_job_with_many_takes_tells_of_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its phases begin again with every take; the pace is that of all takes by their lengths."""
    lengths = (10.0,) * 18 + (20.0,)
    clock = Clock()
    clock.look([job("reading the motion", 0, parts=PartProgress(lengths, 0))], now=0.0)
    clock.look([job("naming", 0, parts=PartProgress(lengths, 1, 0.5))], now=15.0)
    halfway = job("reading the motion", 3, parts=PartProgress(lengths, 10))
    clock.look([halfway], now=100.0)
    assert clock.left(halfway, now=100.0) == pytest.approx(100.0)
    last = job("naming", 0, parts=PartProgress(lengths, 18, 0.5))
    assert clock.left(last, now=190.0) == pytest.approx(10.0)
    monkeypatch.setattr(progress, "clock", clock)
    monkeypatch.setattr(progress.time, "monotonic", lambda: 100.0)
    assert progress.describe(halfway) == "Take 11 of 19, 100 s left"
    monkeypatch.setattr(progress.time, "monotonic", lambda: 130.0)
    assert progress.describe(halfway) == "Take 11 of 19, 3 min left"
    assert progress.describe(job("sampling", 0, parts=PartProgress(lengths, 0, 0.001))) == "Take 1 of 19"


@pytest.mark.parametrize(("over", "share", "expected"), [(0, 0.0, 0.0), (1, 0.0, 0.25), (1, 0.5, 0.625), (2, 0.0, 1.0)])
def test_parts_count_by_their_lengths(over: int, share: float, expected: float) -> None:
    assert PartProgress((1.0, 3.0), over, share).of_all == expected
