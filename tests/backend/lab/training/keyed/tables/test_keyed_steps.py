# SPDX-License-Identifier: GPL-3.0-or-later
"""Ladders, the waltz and the shot at goal: they get where they should, on feet and hands that hold."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.training.keyed.posed_actions import posed
from coamd.backend.lab.training.keyed.tables.steps import STEPS
from coamd.backend.motion.joint_measures import acting_limb
from coamd.rigs.body.canonical import facing
from coamd.rigs.body.skeleton import FPS, INDEX

WRISTS, ANKLES = ([INDEX[f"{side}_{part}"] for side in ("left", "right")] for part in ("wrist", "ankle"))


def made(label: str, side: str = "right") -> np.ndarray:
    action = next(one for one in STEPS if one.words.label == label)
    return posed(action, side, 1, np.random.default_rng(3)).astype(np.float64)


def test_who_climbs_a_ladder_gets_six_rungs_up_with_one_limb_at_a_time() -> None:
    joints = made("climb")
    rise = joints[-1, 0, 1] - joints[0, 0, 1]
    assert 1.35 < rise < 2.1
    assert (joints[-1, WRISTS, 1] > joints[-1, 0, 1]).all()
    speed = np.linalg.norm(np.diff(joints[20:, [*WRISTS, *ANKLES]], axis=0), axis=-1) * FPS  # (F, 4)
    assert np.median((speed > 0.4).sum(axis=1)) <= 2  # a hand and the foot of the other side


def test_the_way_down_a_ladder_ends_on_the_floor() -> None:
    joints = made("climb down")
    assert joints[0, 0, 1] - joints[-1, 0, 1] > 1.35
    assert abs(joints[-1, :, 1].min()) < 0.08


def test_a_waltz_turns_by_more_than_a_circle_and_one_foot_is_always_low() -> None:
    joints = made("waltz")
    assert np.abs(np.ptp(np.degrees(np.unwrap(facing(joints))))) > 360.0
    assert joints[:, ANKLES, 1].min(axis=1).max() < 0.2
    assert np.ptp(joints[:, 0, [0, 2]], axis=0).max() < 2.0


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_shot_at_goal_is_made_by_its_foot_after_a_run_up(side: str) -> None:
    joints = made("kick ball", side)
    assert acting_limb("foot", joints) == side
    fastest = np.linalg.norm(np.diff(joints[:, INDEX[f"{side}_ankle"]], axis=0), axis=-1).argmax()
    assert joints[fastest, 0, 2] - joints[0, 0, 2] > 1.0  # metres of run-up
