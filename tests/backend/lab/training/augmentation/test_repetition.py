# SPDX-License-Identifier: GPL-3.0-or-later
"""One made jump, done again: the count in the words is the count in the joints."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from coamd.backend.lab.training.augmentation.repetition import repeated_actions, repetitions
from coamd.backend.motion.demands import COUNTABLE
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import INDEX, MAX_FRAMES

from tests.motions import still

JUMP, KICK, *_ = COUNTABLE
COUNTS = {"once": 1, "twice": 2, "two": 2, "three": 3, "four": 4}


def jumping(times: int = 1) -> np.ndarray:
    """Standing for 2 s a jump, up and down once by 0.4 m in the middle of it."""
    joints = still(2.0 * times)
    seconds = np.arange(len(joints)) / 20.0 % 2.0
    rise = 0.4 * np.sin(np.pi * ((seconds - 0.7) / 0.6).clip(0.0, 1.0))
    return joints + rise[:, None, None] * np.array([0.0, 1.0, 0.0])


def clip(joints: np.ndarray, text: str = "a person jumps up", label: str = "jump") -> Clip:
    return Clip("j", "train", joints.astype(np.float32), (text,), (label,), "jump", wordings=("hop up",))


@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_jumps_are_counted(times: int) -> None:
    assert len(JUMP.events(jumping(times) if times else still(2.0))) == times


def test_each_repetition_shows_what_it_says() -> None:
    made = repeated_actions([clip(jumping())])
    assert [one.id for one in made] == ["N1j", "N2j", "N3j", "N4j"]
    for times, one in enumerate(made, start=1):
        assert len(JUMP.events(one.joints)) == times
        assert len(one.joints) <= MAX_FRAMES
        assert len(one.joints) % 4 == 0
        assert not one.wordings
        said = {COUNTS[word] for text in one.texts for word in text.split() if word in COUNTS}
        assert said <= {times}


def test_there_is_no_jump_in_place_between_two_rounds() -> None:
    for one in repetitions(clip(jumping()), JUMP):
        steps = np.linalg.norm(np.diff(one.joints, axis=0), axis=-1).max()
        assert steps < 1.2 * np.linalg.norm(np.diff(jumping(), axis=0), axis=-1).max()


@pytest.mark.parametrize("text", ["a person jumps twice", "a person runs and jumps", "a person jumps, then sits"])
def test_what_says_more_than_one_action_is_left_out(text: str) -> None:
    assert repeated_actions([clip(jumping(), text)]) == []


def test_clips_that_do_not_show_the_action_once_are_left_out() -> None:
    assert repeated_actions([clip(still(2.0))]) == []
    assert repeated_actions([clip(jumping(2))]) == []
    assert repeated_actions([clip(jumping(), label="dance")]) == []


def test_an_end_unlike_the_beginning_is_not_repeated() -> None:
    fallen = jumping()
    fallen[24:, :, 1] *= np.linspace(0.7, 0.1, len(fallen) - 24)[:, None]
    fallen[24:, INDEX["head"], 2] += 1.0
    assert [one.id for one in repetitions(clip(fallen), JUMP)] in (["N1j"], [])


def test_a_kick_names_its_limb() -> None:
    joints = still(2.0)
    lift = np.sin(np.pi * ((np.arange(len(joints)) / 20.0 - 0.7) / 0.6).clip(0.0, 1.0))
    joints[:, INDEX["left_ankle"]] += lift[:, None] * np.array([0.0, 0.7, 0.5])
    kick = dataclasses.replace(clip(joints, "a person kicks with the left leg", "kick"), group="martial arts")
    made = repeated_actions([kick])
    assert made
    assert all(len(KICK.events(one.joints)) == int(one.id[1]) for one in made)
    assert any("with the left leg" in text for text in made[0].texts)
