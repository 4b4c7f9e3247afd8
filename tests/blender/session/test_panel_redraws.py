# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading is not held up by drawing: what is new is drawn at once, steps only now and then, and the last one too."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.blender_addon.session.panel_redraws import PanelRedraws
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import READING, Task
from coamd.blender_addon.takes import hidden_scene
from coamd.blender_addon.takes.hidden_scene import PoseSampler

DRAWING = 0.4  # seconds that the pretended window needs
SAMPLE = 0.005  # and a pose


def redraws(poses: int) -> int:
    """How often a window is drawn while so many poses are read, one in each tick, on a pretended clock."""
    drawn, now, count = PanelRedraws(), 0.0, 0
    drawn.due(True, (), now)
    for step in range(1, poses + 1):
        now += SAMPLE
        if drawn.due(False, ((1, step),), now):
            count, now = count + 1, now + DRAWING
    return count


def test_many_poses_are_read_from_one_redraw_to_the_next() -> None:
    assert redraws(79) <= 79 * SAMPLE / 0.25, "one redraw for each 0.25 s of reading, instead of one for each pose"


def test_news_is_drawn_at_once_and_the_same_steps_only_once() -> None:
    drawn = PanelRedraws()
    assert drawn.due(True, ((1, 3),), 10.0)
    assert drawn.due(True, ((1, 3),), 10.001)
    assert not drawn.due(False, ((1, 3),), 10.5), "nothing has moved"
    assert drawn.due(False, ((1, 4),), 20.0)
    assert not drawn.due(False, ((1, 5),), 20.4), "it has just been drawn"
    assert not drawn.due(False, ((1, 5),), 20.6)
    assert drawn.due(False, ((1, 5),), 20.7), "what was held back is drawn when its time has come"


def test_a_step_alone_is_no_news(addon: Session, character: Any) -> None:
    class Reading(Task):
        def read(self, _budget: float) -> bool:
            self.step += 1
            return False

    addon.submit(Reading(state=READING, of=9))
    before = addon.steps
    assert not addon.tick()
    assert addon.steps != before


@pytest.mark.parametrize(("cost", "expected"), [(0.0007, 7), (0.002, 2), (0.005, 1), (0.014, 1)])
def test_a_tick_reads_as_many_poses_as_fit(
    addon: Session, character: Any, monkeypatch: pytest.MonkeyPatch, cost: float, expected: int
) -> None:
    """5 ms on a clock that each pose moves on by its cost; a pose that is longer than that is read all the same."""
    now = [0.0]
    sample = PoseSampler._sample

    def slow(sampler: PoseSampler, k: int) -> None:
        sample(sampler, k)
        now[0] += cost

    monkeypatch.setattr(PoseSampler, "_sample", slow)
    monkeypatch.setattr(hidden_scene.time, "perf_counter", lambda: now[0])
    sampler = PoseSampler(character.name, np.arange(1.0, 40.0))
    sampler.work(0.005)
    assert sampler.done == expected
    sampler.drop()
    assert hidden_scene.NAME not in bpy.data.scenes
