# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles made of recorded clips: each does what its words say, no bone is stretched, no foot is torn off its place."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.training.data import Clip
from coamd.backend.training.styles import (
    STYLES,
    around_seat,
    in_place,
    left_axis,
    limping,
    lowered,
    marching,
    raised,
    seated,
    sneaking,
    standing_on,
    steps,
    straight,
    styled,
    styled_clips,
    throwing,
)
from coamd.rigs.contacts import speed
from coamd.rigs.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS

from tests.motions import sit, still, walk

ANKLES = [INDEX["left_ankle"], INDEX["right_ankle"]]


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def clip(joints: np.ndarray, group: str) -> Clip:
    return Clip("c", "train", joints.astype(np.float32), ("a person moves",), ("move",), group)


def lengths(joints: np.ndarray) -> np.ndarray:
    return np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1)[:, 1:]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.label)
def test_a_styled_clip_is_a_clip_like_the_recorded_ones(style) -> None:
    group = next(g for g in ("walk", "run", "stand and idle") if style.source(clip(walk(5.0), g)))
    made = styled(clip(walk(5.0), group), style, rng())
    assert made is not None
    assert made.joints.dtype == np.float32
    assert len(made.joints) % 4 == 0
    np.testing.assert_allclose(lengths(made.joints), np.tile(BONE_LENGTHS[1:], (len(made.joints), 1)), atol=1e-5)
    np.testing.assert_allclose(made.joints[0, 0, [0, 2]], 0.0, atol=1e-5)
    assert made.labels == (style.label,)
    assert not any("{" in text for text in made.texts)


def test_ankles_are_put_where_they_should_be_and_knees_bend_forward() -> None:
    joints = walk(3.0)
    goal = joints[:, ANKLES] + np.array([0.0, 0.12, 0.03])
    made = standing_on(joints, goal)
    np.testing.assert_allclose(made[:, ANKLES], goal, atol=1e-6)
    np.testing.assert_allclose(lengths(made), lengths(joints), atol=1e-6)
    ahead = np.cross(left_axis(made), (0.0, 1.0, 0.0))
    for side in ("left", "right"):
        hip, knee, ankle = (made[:, INDEX[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
        assert (((knee - (hip + ankle) / 2) * ahead).sum(-1) > 0).all()


def test_lowering_leaves_the_feet_where_they_are() -> None:
    joints = walk(3.0)
    made = lowered(joints, np.full(len(joints), 0.1))
    np.testing.assert_allclose(made[:, ANKLES], joints[:, ANKLES], atol=1e-6)
    np.testing.assert_allclose(made[:, INDEX["head"], 1], joints[:, INDEX["head"], 1] - 0.1)


def test_who_sneaks_is_low_bent_and_slow() -> None:
    joints = walk(5.0)
    made = sneaking(joints, rng())
    assert made[:, 0, 1].mean() < joints[:, 0, 1].mean() - 0.08
    lean = (made[:, INDEX["neck"]] - made[:, 0]) @ np.array([0.0, 0.0, 1.0])
    assert lean.mean() > 0.1
    assert speed(made[:, 0], FPS).mean() < 0.8 * speed(joints[:, 0], FPS).mean()


def test_who_marches_lifts_the_knees() -> None:
    joints = walk(5.0)
    made = marching(joints, rng())
    knees = [INDEX["left_knee"], INDEX["right_knee"]]
    assert (made[:, knees, 1].max(axis=0) > joints[:, knees, 1].max(axis=0) + 0.08).all()
    planted = steps(joints)[0].T == 1.0
    np.testing.assert_allclose(made[:, ANKLES][planted], joints[:, ANKLES][planted], atol=2e-3)


def in_the_air(joints: np.ndarray) -> np.ndarray:
    """Share of the time (2,) in which the left and the right ankle are above a third of their rise."""
    height = joints[:, ANKLES, 1]
    return (height > height.min(axis=0) + np.ptp(height, axis=0) / 3).mean(axis=0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_bad_leg_of_who_limps_carries_shortly(side: str) -> None:
    bad = ("left", "right").index(side)
    made = limping(walk(8.0), rng(), side)
    # while one leg carries alone the other one swings: the good one swings shortly, the bad one long
    air = in_the_air(made)
    assert air[1 - bad] < air[bad] - 0.03
    # the head goes to the side of the bad leg while it alone carries
    alone = made[:, ANKLES[1 - bad], 1] - made[:, ANKLES[bad], 1] > 0.03
    lean = ((made[:, INDEX["head"]] - made[:, 0]) * left_axis(made)).sum(-1) * (1.0 if side == "left" else -1.0)
    assert lean[alone].mean() > lean[~alone].mean()


def test_who_runs_in_place_stays_there_and_still_lifts_the_feet() -> None:
    joints = walk(5.0)
    assert straight(joints)
    made = in_place(joints, rng())
    assert np.linalg.norm(joints[-1, 0] - joints[0, 0]) > 2.0
    assert np.ptp(made[:, 0, [0, 2]], axis=0).max() < 0.25
    np.testing.assert_allclose(np.ptp(made[:, ANKLES, 1], axis=0), np.ptp(joints[:, ANKLES, 1], axis=0), atol=0.03)


def test_arms_are_raised_above_the_head() -> None:
    made = raised(still(4.0), rng())
    wrists = made[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1]
    assert (wrists[50] > made[50, INDEX["head"], 1] + 0.15).all()
    assert (wrists[0] < made[0, INDEX["spine2"], 1]).all()


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_throwing_hand_is_the_named_one_and_is_fastest_forward(side: str) -> None:
    made = throwing(still(4.0), rng(), side)
    hand, other = (np.gradient(made[:, INDEX[f"{s}_wrist"]], axis=0) * FPS for s in (side, _other(side)))
    fastest = np.linalg.norm(hand, axis=1).argmax()
    assert hand[fastest, 2] > 3.0
    assert np.abs(other).max() < 0.4 * np.abs(hand).max()


def _other(side: str) -> str:
    return "right" if side == "left" else "left"


def test_the_words_name_the_side() -> None:
    limp = next(style for style in STYLES if style.label == "limp")
    for seed in range(6):
        made = styled(clip(walk(6.0), "walk"), limp, np.random.default_rng(seed))
        assert made is not None
        bad = ("left", "right")[int(in_the_air(made.joints.astype(np.float64)).argmax())]
        assert {word for text in made.texts for word in ("left", "right") if word in text} == {bad}


def test_sitting_down_is_found_and_played_backwards_to_stand_up() -> None:
    down, up = seated(clip(sit(4.0), "sit and stand"))
    assert (down.labels, up.labels) == (("sit",), ("stand up",))
    assert down.joints[0, 0, 1] > down.joints[-1, 0, 1] + 0.2
    np.testing.assert_allclose(up.joints[:, 0, 1], down.joints[::-1, 0, 1], atol=1e-5)


def test_who_only_stands_neither_sits_down_nor_rises() -> None:
    assert around_seat(still(4.0)) is None


def test_other_groups_are_left_alone_and_jumping_legs_thrown_out() -> None:
    assert styled_clips([clip(walk(4.0), "dance")], 1) == []
    torn = walk(4.0)
    torn[30] += 2.0
    assert styled(clip(torn, "walk"), STYLES[0], rng()) is None
