# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done on a chair: pelvis and legs stay as recorded, the hands are where the words say, everybody sits."""

from __future__ import annotations

import re

import numpy as np
import pytest
from coamd.backend.lab.training.keyed.acted_gestures import FASTEST
from coamd.backend.lab.training.keyed.seated_gestures import (
    SEAT,
    calm_sitters,
    calm_stretch,
    seated_clips,
    to_and_fro,
)
from coamd.backend.lab.training.keyed.styled_gaits import keyed_sentences
from coamd.backend.lab.training.keyed.tables.seated import SEATED
from coamd.backend.motion.joint_measures import acting_limb, wrist_speed
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, MAX_FRAMES, MIN_FRAMES, PARENTS

from tests.motions import sit, still, walk

SAYS = re.compile(r"\b(sit|sits|sitting|seated)\b")
LEGS = [0, *(INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("hip", "knee", "ankle", "foot"))]
WRISTS = [INDEX["left_wrist"], INDEX["right_wrist"]]


def sitter(seconds: float = 3.0) -> np.ndarray:
    """Somebody who sits, breathing, the hands at the sides."""
    joints = np.repeat(sit()[-1:], round(20 * seconds), axis=0)
    joints[:, INDEX["head"], 2] += 0.01 * np.sin(np.arange(len(joints)) / 8)
    return joints


def clip(joints: np.ndarray, text: str = "a person sits on a chair") -> Clip:
    return Clip("s", "train", joints.astype(np.float32), (text,), ("sit",), "sit and stand")


@pytest.fixture(scope="module")
def made() -> list[Clip]:
    return seated_clips([clip(sitter())], 1)


def number(one: Clip) -> tuple[int, int]:
    """Row of the table and number of the clip."""
    found = re.match(r"Q(\d+)_(\d+)", one.id)
    assert found
    return int(found[1]), int(found[2])


def acting(one: Clip) -> int:
    """The wrist of the acting side."""
    return WRISTS[number(one)[1] % 2]


def labelled(made: list[Clip], label: str) -> list[Clip]:
    found = [one for one in made if label in one.labels]
    assert found
    return found


def while_acting(one: Clip) -> np.ndarray:
    """The frames in the middle, where the hands are at work."""
    return one.joints[len(one.joints) // 3 : -len(one.joints) // 4]


def test_every_action_is_made(made: list[Clip]) -> None:
    assert {number(one)[0] for one in made} == set(range(len(SEATED)))
    assert len({one.id for one in made}) == len(made)
    assert all(len(one.joints) % 4 == 0 and MIN_FRAMES <= len(one.joints) <= MAX_FRAMES for one in made)
    assert {one.group for one in made} == {"sit and stand"}
    assert all("sit" in one.labels for one in made)


def test_pelvis_and_legs_stay_as_recorded(made: list[Clip]) -> None:
    recorded = sitter()[0, LEGS]
    for one in made:
        assert np.abs(one.joints[:, LEGS] - recorded).max() < 1e-3, one.texts[0]


def test_bones_keep_their_lengths_and_hands_their_pace(made: list[Clip]) -> None:
    for one in made[::5]:
        bones = np.linalg.norm(one.joints[:, 1:] - one.joints[:, list(PARENTS[1:])], axis=-1)
        np.testing.assert_allclose(bones, np.tile(BONE_LENGTHS[1:], (len(bones), 1)), atol=1e-4)
    assert max(wrist_speed(one.joints) for one in made) < FASTEST


@pytest.mark.parametrize("label", ["drink", "eat", "phone", "think", "despair", "cry"])
def test_the_hand_comes_to_the_face(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        apart = np.linalg.norm(one.joints[:, acting(one)] - one.joints[:, INDEX["head"]], axis=-1)
        assert apart.min() < 0.36, "a hand's length from the wrist to the mouth, chin or ear"


@pytest.mark.parametrize("label", ["clap", "rub", "text on phone"])
def test_the_hands_come_together(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        joints = while_acting(one)
        assert (
            np.linalg.norm(joints[:, WRISTS[0]] - joints[:, WRISTS[1]], axis=-1).min() < 0.35
        )  # of shoulders half a metre apart


@pytest.mark.parametrize("label", ["type", "play piano", "play drums", "drive"])
def test_both_hands_work_in_front_of_the_chest(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        joints = while_acting(one)
        ahead = joints[:, WRISTS, 2] - joints[:, [INDEX["spine3"]], 2]
        assert (ahead > 0.15).all()
        assert (np.ptp(joints[:, WRISTS] - joints[:, [INDEX["spine3"]]], axis=0).max(-1) > 0.015).all(), "both move"


@pytest.mark.parametrize("label", ["wave", "raise hand", "point"])
def test_the_hand_of_the_words_acts(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        sides = {side for text in one.texts for side in ("left", "right") if side in text.split()}
        assert {acting_limb("hand", one.joints)} == sides


def test_the_head_of_a_sleeper_drops(made: list[Clip]) -> None:
    for one in labelled(made, "fall asleep"):
        assert np.ptp(one.joints[:, INDEX["head"], 1]) > 0.03


def test_all_sentences_say_that_somebody_sits(made: list[Clip]) -> None:
    assert all(SAYS.search(text) for one in made for text in one.texts)
    assert {text for one in made for text in one.texts} <= set(keyed_sentences())


def test_wordings_that_say_nothing_of_a_chair_are_of_what_is_done_on_one(made: list[Clip]) -> None:
    assert "typing" in labelled(made, "type")[0].wordings
    assert labelled(made, "phone")[0].wordings == (), "or a phone call would make somebody sit"
    assert all("stand" not in text for one in made for text in one.wordings)


def test_only_calm_people_on_a_chair_are_taken() -> None:
    kneeling = sitter()
    kneeling[..., 1] -= 0.3
    waving = sitter()
    waving[:, WRISTS[0], 1] += 0.5
    found = [clip(kneeling), clip(waving), clip(still(4.0)), clip(walk(4.0)), clip(sitter(), "a person squats")]
    assert calm_sitters(found) == []
    assert seated_clips(found, 1) == []


def test_the_calm_stretch_of_who_sits_down_begins_when_they_sit() -> None:
    found = calm_stretch(np.concatenate([sit(), sitter()]))
    assert found is not None
    assert len(found) >= 60
    assert (found[:, 0, 1] > SEAT[0]).all()
    assert np.ptp(found[:, 0], axis=0).max() < 0.1


def test_a_stretch_is_played_to_and_fro_without_a_jump() -> None:
    joints = np.arange(4.0)[:, None, None] * np.ones((1, 22, 3))
    assert to_and_fro(joints, 10)[:, 0, 0].tolist() == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3]
