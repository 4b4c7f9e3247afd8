# SPDX-License-Identifier: GPL-3.0-or-later
"""Gestures over a standing figure: the words' side acts, the feet stay, every bone keeps its length."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.training.keyed.acted_gestures import (
    ACTED,
    acted_clips,
    calm_clips,
    said,
    worded,
)
from coamd.backend.lab.training.keyed.styled_gaits import keyed_sentences
from coamd.backend.lab.training.sentences.wordings import Wording
from coamd.backend.motion.joint_measures import acting_limb, strikes
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS

from tests.motions import still, walk

COUNTS = {"once": 1, "twice": 2, "three times": 3, "four times": 4}


def clip(joints: np.ndarray, group: str = "stand and idle") -> Clip:
    return Clip("s", "train", joints.astype(np.float32), ("a person stands",), ("stand",), group)


@pytest.fixture(scope="module")
def made() -> list[Clip]:
    return acted_clips([clip(still(12.0))], 1)


def labelled(made: list[Clip], label: str) -> list[Clip]:
    found = [one for one in made if one.labels == (label,)]
    assert found
    return found


def test_every_gesture_is_made(made: list[Clip]) -> None:
    assert {int(one.id[1:].split("_")[0]) for one in made} == set(range(len(ACTED)))
    assert len({one.id for one in made}) == len(made)
    assert all(len(one.joints) % 4 == 0 and len(one.joints) >= 40 for one in made)


def test_bones_keep_their_lengths(made: list[Clip]) -> None:
    for one in made[::7]:
        bones = one.joints[:, 1:] - one.joints[:, list(PARENTS[1:])]
        np.testing.assert_allclose(
            np.linalg.norm(bones, axis=-1), np.tile(BONE_LENGTHS[1:], (len(bones), 1)), atol=1e-4
        )


@pytest.mark.parametrize("label", ["salute", "throw", "point", "scratch head", "open door", "smoke", "hail", "tennis"])
def test_the_hand_of_the_words_acts(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        sides = {side for text in one.texts for side in ("left", "right") if side in text.replace("-", " ").split()}
        assert {acting_limb("hand", one.joints)} == sides


def test_who_balances_stands_on_the_foot_of_the_words(made: list[Clip]) -> None:
    for one in labelled(made, "stand on one leg"):
        side = "left" if "on the left foot" in one.texts[0] else "right"
        assert acting_limb("standing foot", one.joints) == side
        assert not any("left" in text or "right" in text for text in one.wordings), "the bank's sides are of other legs"


def test_a_rifle_is_held_in_both_hands_and_a_bow_is_drawn_by_one(made: list[Clip]) -> None:
    wrists = [INDEX["left_wrist"], INDEX["right_wrist"]]
    for label, apart in (("aim", (0.0, 0.6)), ("shoot with bow", (0.6, 1.2))):
        for one in labelled(made, label)[::5]:
            middle = one.joints[len(one.joints) // 2]
            assert (middle[wrists, 1] > middle[INDEX["spine2"], 1]).all(), "both are up"
            gap = np.linalg.norm(one.joints[:, wrists[0]] - one.joints[:, wrists[1]], axis=-1)
            assert apart[0] <= gap[len(gap) // 3 : -len(gap) // 3].max() <= apart[1]


@pytest.mark.parametrize("label", ["dribble", "play guitar", "smoke", "laugh"])
def test_what_goes_on_does_so_until_the_arms_go_back(made: list[Clip], label: str) -> None:
    for one in labelled(made, label)[::6]:
        chest = one.joints - one.joints[:, [INDEX["spine3"]]]
        half = chest[len(chest) // 3 : -len(chest) // 4]
        assert np.ptp(half[:, [INDEX["left_wrist"], INDEX["right_wrist"], INDEX["head"]]], axis=0).max() > 0.04


def test_wordings_of_the_bank_fit_the_side_and_what_is_shown() -> None:
    bank = {
        "jab": Wording("jab", {}, ("jab", "throws a {side} jab", "jabs with the left hand")),
        "phone": Wording("phone", {}, ("phone call", "texting on a phone")),
    }
    assert worded(bank, ("jab",), "right") == ("jab", "throws a right jab")
    assert worded(bank, ("jab", "phone"), "left", "phone") == ("phone call", "texting on a phone")
    phone = next(gesture for gesture in ACTED if gesture.label == "phone")
    assert worded(bank, phone.bank, "left", phone.says) == ("phone call",)


def test_a_bow_lowers_the_head_and_keeps_the_feet(made: list[Clip]) -> None:
    for one in labelled(made, "bow"):
        head = one.joints[:, INDEX["head"], 1]
        assert head[0] - head.min() > 0.25
        ankles = one.joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]]]
        assert np.ptp(ankles, axis=0).max() < 0.02


def test_jabs_are_as_many_as_their_words(made: list[Clip]) -> None:
    jabs = [one for one in labelled(made, "punch") if "jab" in " ".join(one.texts)]
    assert len(jabs) > 10
    assert np.mean([len(strikes(one.joints)) == COUNTS[number_of(one)] for one in jabs]) > 0.9


def number_of(one: Clip) -> str:
    return next(word for word in COUNTS if any(word in text for text in one.texts))


def test_words_of_one_and_of_several() -> None:
    jab = next(gesture for gesture in ACTED if gesture.label == "punch")
    assert "a person throws two left jabs" in said(jab, "left", 2)
    assert "two straight left punches" in said(jab, "left", 2)
    assert "a person throws one right jab" in said(jab, "right", 1)
    assert "a person throws a right jab" in said(jab, "right", 1)


def test_nobody_gestures_who_walks_or_swings_the_arms() -> None:
    waving = still(12.0)
    waving[:, INDEX["left_wrist"], 2] += 0.4 * np.sin(np.arange(len(waving)))
    assert calm_clips([clip(walk(9.0)), clip(waving), clip(still(9.0), "dance")]) == []
    assert acted_clips([clip(waving)], 1) == []


def test_the_sentences_of_all_gestures_are_told(made: list[Clip]) -> None:
    assert {text for one in made for text in one.texts} <= set(keyed_sentences())
