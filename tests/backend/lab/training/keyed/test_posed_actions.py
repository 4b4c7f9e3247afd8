# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-body actions from key poses: bones, floor, planted limbs, counts, falls, ways, sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from coamd.backend.lab.training.keyed.pose import Limb, Pose
from coamd.backend.lab.training.keyed.posed_actions import (
    EACH,
    POSED,
    curve,
    posed,
    posed_clips,
    rounds,
)
from coamd.backend.lab.training.keyed.styled_gaits import keyed_sentences
from coamd.backend.lab.training.mixture import TARGETS
from coamd.backend.lab.training.sentences.wordings import read_bank
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, MAX_FRAMES, MIN_FRAMES, PARENTS

COUNTS = {"once": 1, "twice": 2, "three times": 3, "four times": 4}
WRISTS, TOES = ([INDEX[f"{side}_{part}"] for side in ("left", "right")] for part in ("wrist", "foot"))
CHEST = INDEX["spine3"]


@pytest.fixture(scope="module")
def made() -> list[Clip]:
    with pytest.MonkeyPatch.context() as patch:  # eight of each: both sides, one to four times
        patch.setattr("coamd.backend.lab.training.keyed.posed_actions.EACH", 8)
        return posed_clips(1)


def saying(made: Sequence[Clip], words: str) -> list[Clip]:
    found = [one for one in made if any(words in text for text in one.texts)]
    assert found
    return found


def dips(height: np.ndarray) -> int:
    """How often a height (F,) goes below a third of its range and above two thirds again."""
    low, high = height.min() + np.ptp(height) * np.array([1 / 3, 2 / 3])
    count, down = 0, False
    for value in height:
        if not down and value < low:
            down = True
        elif down and value > high:
            count, down = count + 1, False
    return count


def test_every_action_is_made_as_a_clip_of_its_group(made: list[Clip]) -> None:
    assert EACH > 20
    assert {int(one.id[1:].split("_")[0]) for one in made} == set(range(len(POSED)))
    assert len({one.id for one in made}) == len(made) > 0.95 * 8 * len(POSED)
    assert all(len(one.joints) % 4 == 0 and MIN_FRAMES <= len(one.joints) <= MAX_FRAMES for one in made)
    assert all(one.joints.dtype == np.float32 and np.isfinite(one.joints).all() for one in made)
    assert {one.group for one in made} <= set(TARGETS)


def test_bones_keep_their_lengths_and_nothing_goes_through_the_floor(made: list[Clip]) -> None:
    for one in made:
        bones = np.linalg.norm(one.joints[:, 1:] - one.joints[:, list(PARENTS[1:])], axis=-1)
        np.testing.assert_allclose(bones, np.tile(BONE_LENGTHS[1:], (len(bones), 1)), atol=1e-4)
        assert one.joints[..., 1].min() > -0.02
        if one.group != "swim and fly" and "burpee" not in one.labels and "land" not in one.labels:
            assert one.joints[..., 1].min() < 0.08, "somebody is on the floor"


def test_clips_begin_over_the_origin_facing_ahead(made: list[Clip]) -> None:
    for one in made:
        np.testing.assert_allclose(one.joints[0, 0, [0, 2]], 0.0, atol=1e-5)
        across = one.joints[0, INDEX["left_shoulder"]] - one.joints[0, INDEX["right_shoulder"]]
        assert "lie down" in one.labels or across[0] > 0.1


@pytest.mark.parametrize("words", ["push-up", "holds the plank on straight arms"])
def test_planted_hands_and_toes_do_not_slide(made: list[Clip], words: str) -> None:
    for one in saying(made, words):
        if "burpee" not in one.labels:
            for joint in (*WRISTS, *TOES):
                from_middle = one.joints[:, joint] - np.median(one.joints[:, joint], axis=0)
                assert np.linalg.norm(from_middle, axis=-1).max() < 0.015


@pytest.mark.parametrize("words", ["air squats", "sit-ups", "crunches", "cross-legged", "begs on the knees"])
def test_planted_feet_do_not_slide(made: list[Clip], words: str) -> None:
    for one in saying(made, words):
        for ankle in (INDEX["left_ankle"], INDEX["right_ankle"]):
            assert np.ptp(one.joints[:, ankle], axis=0).max() < 0.03


@pytest.mark.parametrize("action", ["push-up", "squat"])
def test_counted_ones_go_down_as_often_as_their_words(made: list[Clip], action: str) -> None:
    ends = tuple(COUNTS)
    counted = [one for one in made if one.labels == (action,) and any(text.endswith(ends) for text in one.texts)]
    assert len(counted) == 8
    for one in counted:
        number = next(COUNTS[word] for word in COUNTS if any(word in text for text in one.texts))
        assert dips(one.joints[:, CHEST, 1]) == number


def test_who_falls_lies_and_who_gets_up_stands(made: list[Clip]) -> None:
    for one in (one for one in made if one.labels == ("fall",)):
        pelvis = one.joints[:, 0, 1]
        assert pelvis[0] > 0.8
        assert pelvis.min() < 0.25
        assert (pelvis[-1] < 0.25) != any("up" in text.split() for text in one.texts)
    for one in (one for one in made if one.labels == ("get up",)):
        assert one.joints[0, 0, 1] < 0.2
        assert one.joints[-1, 0, 1] > 0.8


def test_a_fall_gathers_speed(made: list[Clip]) -> None:
    for one in saying(made, "topples forwards"):
        speed = -np.diff(one.joints[:, 0, 1]) * 20.0
        fastest = int(speed.argmax())
        assert 1.5 < speed[fastest] < 4.5
        assert np.mean(speed[max(fastest - 10, 0) : fastest - 5]) < 0.6 * speed[fastest], "slow at first"


@pytest.mark.parametrize(
    ("words", "pace"), [("army crawl", 0.35), ("on all fours", 0.45), ("front crawl", 1.0), ("breaststroke", 0.8)]
)
def test_who_crawls_or_swims_gets_ahead(made: list[Clip], words: str, pace: float) -> None:
    for one in saying(made, words):
        gained = one.joints[-1, 0, 2] - one.joints[0, 0, 2]
        assert 0.6 * pace < gained / (len(one.joints) / 20.0) < 1.6 * pace


def test_faces_look_where_the_words_say(made: list[Clip]) -> None:
    def front(one: Clip) -> float:  # height of where the trunk faces to
        across = one.joints[:, INDEX["left_hip"]] - one.joints[:, INDEX["right_hip"]]
        return float(np.median(np.cross(across, one.joints[:, CHEST] - one.joints[:, 0])[:, 1]))

    assert all(front(one) > 0.05 for one in saying(made, "sleeps on the back") + saying(made, "backstroke"))
    assert all(front(one) < -0.05 for one in saying(made, "lies face down") + saying(made, "front crawl"))


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_side_of_the_words_acts(made: list[Clip], side: str) -> None:
    other = {"left": "right", "right": "left"}[side]
    for one in saying(made, f"sleeps on the {side} side"):
        assert (one.joints[:, INDEX[f"{side}_shoulder"], 1] < one.joints[:, INDEX[f"{other}_shoulder"], 1] - 0.2).all()
    for one in saying(made, f"hero landing, {side} fist on the floor"):
        wrists = {name: one.joints[-1, INDEX[f"{name}_wrist"], 1] for name in (side, other)}
        assert wrists[side] < 0.1 < wrists[other]


def test_who_jumps_leaves_the_floor(made: list[Clip]) -> None:
    for words in ("burpee", "jumping jacks"):
        for one in saying(made, words):
            assert one.joints[:, TOES, 1].min(axis=1).max() > 0.03


def test_the_same_seed_makes_the_same_and_another_one_something_else() -> None:
    first, again, other = (posed(POSED[0], "left", 1, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or np.abs(first - other).max() > 0.01


def test_a_round_goes_on_where_the_last_one_ended() -> None:
    crawl = next(action for action in POSED if action.stride)
    poses = rounds(crawl, 1, 10.0)
    count = len(crawl.poses)
    gained = [poses[k].ahead - poses[0].ahead for k in (count, 2 * count)]
    assert gained == pytest.approx([crawl.stride, 2 * crawl.stride])
    arm = poses[count].arm.place
    assert arm and crawl.poses[0].arm.place and arm[2] == pytest.approx(crawl.poses[0].arm.place[2] + crawl.stride)


def test_swapped_twice_is_the_same() -> None:
    key = Pose(1.0, yaw=20, aside=0.1, arm=Limb((1, 0, 0), (1, 0, 0)), other_arm=Limb((0, 1, 0), (0, 1, 0)))
    turned = key.swapped()
    assert (turned.yaw, turned.aside, turned.arm, turned.other_arm) == (-20, -0.1, key.other_arm, key.arm)
    back = turned.swapped()
    assert (back.yaw, back.arm, back.other_arm) == (key.yaw, key.arm, key.other_arm)


def test_curves_rest_flow_and_fall() -> None:
    rows, at = np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 1.0, 2.0])
    seconds = np.linspace(0.0, 1.0, 11)
    step, flow, fall = (curve(rows, at, ("step", ease, "step"), seconds)[:, 0] for ease in ("step", "flow", "fall"))
    np.testing.assert_allclose(step[5], 0.5)
    np.testing.assert_allclose(fall, seconds**2, atol=1e-12)
    assert np.diff(step)[-1] < 0.05 < np.diff(flow)[-1] < np.diff(fall)[-1]
    held = curve(np.array([[0.0], [0.0], [1.0]]), at, ("step", "flow", "step"), seconds)
    np.testing.assert_array_equal(held, 0.0)


def test_the_sentences_of_all_actions_are_told(made: list[Clip]) -> None:
    told = keyed_sentences()
    assert {text for one in made for text in one.texts} <= set(told)
    assert "a person does two push-ups" in told
    assert not any("{" in text for text in told)
    keys = {entry.key for entry in read_bank()}
    assert {key for action in POSED for key in action.words.bank} <= keys
    assert all(5 <= len(action.words.texts) <= 12 for action in POSED)


def test_who_skips_rope_leaves_the_floor_on_the_spot(made: list[Clip]) -> None:
    for one in saying(made, "both feet together"):
        low = one.joints[:, TOES, 1].min(axis=1)
        assert dips(one.joints[:, 0, 1]) >= len(one.joints) / 20
        assert low.max() > 0.06 > low.min()
        assert np.ptp(one.joints[:, 0, [0, 2]], axis=0).max() < 0.2


def test_who_hops_along_goes_ahead_through_the_air_hands_at_the_chest(made: list[Clip]) -> None:
    for one in saying(made, "wallaby"):
        low = one.joints[:, TOES, 1].min(axis=1)
        assert low.max() > 0.2
        assert np.ptp(one.joints[:, 0, 2]) > 0.5 * len(one.joints) / 20
        assert (one.joints[:, WRISTS, 2] > one.joints[:, [CHEST], 2]).all()
        stands = low < 0.05  # who stands does not slide
        pace = np.linalg.norm(np.diff(one.joints[:, TOES][:, :, [0, 2]], axis=0), axis=-1).max(axis=1) * 20
        assert np.median(pace[stands[1:] & stands[:-1]]) < 0.6
