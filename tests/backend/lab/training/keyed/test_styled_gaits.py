# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles over walks and runs: the feet step where they stepped, the rest is as keyed, the words fit."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from coamd.backend.lab.training.keyed.acted_gestures import said
from coamd.backend.lab.training.keyed.style import Style
from coamd.backend.lab.training.keyed.styled_gaits import (
    BENT,
    at_tempo,
    higher_step,
    keyed_sentences,
    lean_of,
    lifted_knee,
    plain_gaits,
    styled,
    styled_clips,
    swaying,
    with_feet_lifted,
)
from coamd.backend.lab.training.keyed.tables.styles import STYLES
from coamd.backend.lab.training.sentences.wordings import OTHER
from coamd.backend.motion.joint_measures import paces
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS

from tests.motions import still, walk

ANKLES = [INDEX["left_ankle"], INDEX["right_ankle"]]
WALK = walk(9.0)[:180]


def clip(joints: np.ndarray, group: str = "walk") -> Clip:
    return Clip("w", "train", joints.astype(np.float32), ("a person walks",), ("walk",), group)


def style_of(words: str) -> Style:
    return next(style for style in STYLES if any(words in text for text in style.gesture.texts))


def made(words: str, side: str = "right", seed: int = 1) -> np.ndarray:
    return styled(clip(WALK), style_of(words), side, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return styled_clips([clip(WALK), clip(walk(6.0, speed=2.5), "run")], 1)


def test_every_style_is_made(clips: list[Clip]) -> None:
    assert {int(one.id[1:].split("_")[0]) for one in clips} == set(range(len(STYLES)))
    assert len({one.id for one in clips}) == len(clips)
    assert all(len(one.joints) % 4 == 0 and 40 <= len(one.joints) <= 196 for one in clips)


def test_bones_keep_their_lengths(clips: list[Clip]) -> None:
    for one in clips[::9]:
        bones = one.joints[:, 1:] - one.joints[:, list(PARENTS[1:])]
        np.testing.assert_allclose(
            np.linalg.norm(bones, axis=-1), np.tile(BONE_LENGTHS[1:], (len(bones), 1)), atol=1e-4
        )


@pytest.mark.parametrize("words", ["phone at the right ear", "dead tired", "arms stretched out", "heavy crate"])
def test_feet_step_where_they_stepped(words: str) -> None:
    style = style_of(words.replace("right", "{side}"))
    found = made(words.replace("right", "{side}"))
    tempo = np.random.default_rng(1).uniform(*style.tempo)
    before = at_tempo(WALK, tempo)
    assert np.abs(found[:, ANKLES] - before[: len(found), ANKLES]).max() < 0.02


def test_a_phone_is_held_at_the_ear_of_the_words() -> None:
    for side, other in (("left", "right"), ("right", "left")):
        found = made("phone at the {side} ear", side)
        head = found[:, INDEX["head"]]
        assert np.linalg.norm(found[:, INDEX[f"{side}_wrist"]] - head, axis=-1).max() < 0.35
        assert np.linalg.norm(found[:, INDEX[f"{other}_wrist"]] - head, axis=-1).min() > 0.5


def test_who_is_tired_is_bent_and_slow() -> None:
    found = made("dead tired")
    assert lean_of(found) > lean_of(WALK) + 10
    assert np.median(paces(found)) < 0.8 * np.median(paces(WALK))


def test_a_zombie_reaches_forward() -> None:
    found = made("arms stretched out in front")
    ahead = found[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 2] - found[:, [0], 2]
    assert np.median(ahead) > 0.35


def test_high_steps_rise_by_their_factor_and_stand_where_they_stood() -> None:
    found = with_feet_lifted(WALK, partial(higher_step, factor=2.0))
    rise = np.ptp(found[:, ANKLES, 1], axis=0) / np.ptp(WALK[:, ANKLES, 1], axis=0)
    assert (rise > 1.6).all()
    assert (rise < 2.1).all()
    low = WALK[:, ANKLES, 1] <= np.percentile(WALK[:, ANKLES, 1], 10)
    assert np.abs(found[:, ANKLES] - WALK[:, ANKLES])[low].max() < 0.03


def test_who_wades_pulls_the_knees_up_in_front() -> None:
    found, hips = with_feet_lifted(WALK, partial(lifted_knee, metres=0.3)), [INDEX["left_hip"], INDEX["right_hip"]]
    knees = [INDEX["left_knee"], INDEX["right_knee"]]
    assert (np.ptp(found[:, ANKLES, 1], axis=0) > np.ptp(WALK[:, ANKLES, 1], axis=0) + 0.2).all()
    ahead = (found[:, knees] - found[:, hips])[..., 2]
    assert (ahead.max(axis=0) > 0.3).all()
    raised = (found[:, ANKLES] - WALK[:, ANKLES])[..., 1]
    assert (raised.min(axis=0) < 0.03).all(), "they come down again"


def test_a_zombie_whose_arms_hang_is_bent_and_no_mummy(clips: list[Clip]) -> None:
    words = "walks like a zombie with hanging arms"
    assert lean_of(made(words)) > lean_of(WALK) + 20
    those = [one for one in clips if one.id.startswith(f"S{STYLES.index(style_of(words))}_")]
    assert those
    assert not any("mummy" in text or "outstretched" in text for one in those for text in one.wordings)


def test_a_sway_goes_to_both_sides_and_leaves_the_legs() -> None:
    found = swaying(WALK, 12.0, 0.5, 0.0)
    sideways = (found - WALK)[:, INDEX["head"], 0]
    assert sideways.max() > 0.05
    assert sideways.min() < -0.05
    np.testing.assert_allclose(found[:, ANKLES], WALK[:, ANKLES])


def test_a_gesture_that_begins_later_is_not_there_at_first() -> None:
    found = made("pointing the way")
    high = found[:, INDEX["right_wrist"], 1] - found[:, INDEX["right_shoulder"], 1]
    assert high[0] < -0.3
    assert high[-1] > -0.2


def test_only_plain_gaits_are_styled() -> None:
    bent = WALK.copy()
    above = [INDEX[name] for name in ("spine3", "neck", "head")]
    bent[:, above, 2] += 0.4
    waving = WALK.copy()
    waving[:, INDEX["left_wrist"], 1] += 0.9
    assert lean_of(bent) > BENT["walk"]
    assert plain_gaits([clip(bent), clip(waving), clip(still(6.0)), clip(WALK, "dance")], "walk") == []
    assert len(plain_gaits([clip(WALK)], "walk")) == 1


@pytest.mark.parametrize(
    "words", ["phone at the {side} ear", "pointing ahead with the {side} arm", "a cane in the {side}"]
)
def test_the_hand_of_the_words_is_keyed(clips: list[Clip], words: str) -> None:
    number = STYLES.index(style_of(words))
    those = [one for one in clips if one.id.startswith(f"S{number}_")]
    assert len(those) > 5
    for one in those:
        (side,) = {word for text in one.texts for word in text.split() if word in ("left", "right")}
        forward = hands_ahead(one.joints)
        assert forward[side] > forward[OTHER[side]] + 0.05


def hands_ahead(joints: np.ndarray) -> dict[str, float]:
    """How far each hand is ahead of the chest or above it at the end of a clip that goes to +Z, in metres."""
    last = joints[-10:]
    return {
        side: float((last[:, INDEX[f"{side}_wrist"], 1:] - last[:, INDEX["spine2"], 1:]).sum(-1).mean())
        for side in OTHER
    }


def test_those_of_the_bank_stand_beside_its_own_words(clips: list[Clip]) -> None:
    zombie = next(one for one in clips if one.labels == ("zombie",))
    assert "zombie walk" in zombie.wordings
    umbrella = next(one for one in clips if one.labels == ("hold umbrella",))
    assert umbrella.wordings == ()
    drunk = next(one for one in clips if one.labels == ("drunk walk",))
    assert drunk.wordings
    assert not any("idle" in text for text in drunk.wordings), "it says only what the clip shows"


@pytest.mark.parametrize("words", ["clapping the hands", "drinking from a cup", "looking left and right"])
def test_what_goes_on_does_so_to_the_end(words: str) -> None:
    found = made(words)
    chest = found - found[:, [INDEX["spine1"]]]
    last = chest[-len(chest) // 3 :, [INDEX["left_wrist"], INDEX["right_wrist"], INDEX["left_shoulder"]]]
    assert np.ptp(last, axis=0).max() > 0.12


def test_the_sentences_of_all_keyed_clips_are_told(clips: list[Clip]) -> None:
    assert {text for one in clips for text in one.texts} <= set(keyed_sentences())
    assert "a person bows" in keyed_sentences()
    assert said(style_of("phone at the {side} ear").gesture, "left", 1)[0] == "a person walks, talking on the phone"
