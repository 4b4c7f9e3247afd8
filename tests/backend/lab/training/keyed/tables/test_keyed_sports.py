# SPDX-License-Identifier: GPL-3.0-or-later
"""Sports and household keyed by where the hands are: they get there, a handle stays in both hands, its side acts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.control import blind_sheet
from coamd.backend.lab.evaluation.strange_texts import natural_prompts
from coamd.backend.lab.training.keyed.acted_gestures import ACTED, FASTEST, acted_clips, said
from coamd.backend.lab.training.keyed.hand_places import at
from coamd.backend.lab.training.keyed.tables.household import HOUSEHOLD
from coamd.backend.lab.training.keyed.tables.people import PEOPLE
from coamd.backend.lab.training.keyed.tables.seated import SEATED
from coamd.backend.lab.training.keyed.tables.sports import SPORTS
from coamd.backend.lab.training.sentences.wordings import OTHER
from coamd.backend.motion.joint_measures import acting_limb, wrist_speed
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import still

WRISTS = [INDEX["left_wrist"], INDEX["right_wrist"]]
ANKLES = [INDEX["left_ankle"], INDEX["right_ankle"]]
REACH = float(BONE_LENGTHS[INDEX["left_elbow"]] + BONE_LENGTHS[INDEX["left_wrist"]])
METRES = st.floats(-0.5, 0.5)
CONTROL = Path(blind_sheet.__file__).parent
KEYED = (*SPORTS, *HOUSEHOLD, *PEOPLE)


@pytest.fixture(scope="module")
def made() -> list[Clip]:
    standing = Clip("s", "train", still(12.0).astype(np.float32), ("a person stands",), ("stand",), "stand and idle")
    first = len(ACTED) - len(KEYED)
    return [one for one in acted_clips([standing], 1) if int(one.id[1:].split("_")[0]) >= first]


def labelled(made: list[Clip], label: str) -> list[Clip]:
    found = [one for one in made if one.labels == (label,)]
    assert found
    return found


def sides(one: Clip) -> list[str]:
    """The sides that its sentences name."""
    return [side for side in OTHER if any(re.search(rf"\b{side}\b", text) for text in one.texts)]


@given(METRES, METRES, METRES)
def test_the_wrist_is_where_it_is_keyed_or_as_far_that_way_as_it_reaches(out: float, up: float, forward: float) -> None:
    goal = np.array([out, up, forward])
    far = float(np.linalg.norm(goal))
    if far < 0.1 or abs(np.dot(goal, (0.35, -1.0, -0.3))) > 0.99 * far * np.linalg.norm((0.35, -1.0, -0.3)):
        return  # at the shoulder, or in line with where the elbow goes
    upper, fore = (np.array(part) for part in at(out, up, forward))
    wrist = upper * BONE_LENGTHS[INDEX["left_elbow"]] + fore * BONE_LENGTHS[INDEX["left_wrist"]]
    np.testing.assert_allclose(np.linalg.norm([upper, fore], axis=-1), 1.0, atol=1e-6)
    np.testing.assert_allclose(wrist, goal * min(1.0, 0.99 * REACH / far), atol=1e-6)


def test_every_one_is_made_on_its_feet(made: list[Clip]) -> None:
    assert {one.labels[0] for one in made} == {gesture.label for gesture in KEYED}
    lifting = {gesture.label for gesture in KEYED if any(move.lift for move in gesture.moves)}
    for one in made[::5]:
        bones = np.linalg.norm(one.joints[:, 1:] - one.joints[:, list(PARENTS[1:])], axis=-1)
        np.testing.assert_allclose(bones, np.tile(BONE_LENGTHS[1:], (len(bones), 1)), atol=1e-4)
        if one.labels[0] not in lifting:
            assert np.ptp(one.joints[:, ANKLES], axis=0).max() < 0.02
    assert max(wrist_speed(one.joints) for one in made) < FASTEST


@pytest.mark.parametrize("label", ["baseball swing", "hockey"])
def test_a_bat_or_stick_is_in_both_hands(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        apart = np.linalg.norm(one.joints[:, WRISTS[0]] - one.joints[:, WRISTS[1]], axis=-1)
        assert np.percentile(apart, 25) < 0.3


@pytest.mark.parametrize("label", ["javelin", "paint", "comb hair", "carry tray", "pick fruit"])
def test_the_hand_of_the_words_acts(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        assert [acting_limb("hand", one.joints)] == sides(one)


@pytest.mark.parametrize("label", ["pitch", "volleyball serve", "javelin"])
def test_the_hand_of_the_words_throws(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        hands = one.joints[:, WRISTS] - one.joints[:, [0]]
        speed = np.linalg.norm(np.diff(hands, axis=0), axis=-1).max(axis=0)
        assert [("left", "right")[int(speed.argmax())]] == sides(one)


@pytest.mark.parametrize("label", ["comb hair", "put on a hat", "rub eyes", "take off glasses", "triceps stretch"])
def test_the_hand_comes_to_the_head(made: list[Clip], label: str) -> None:
    for one in labelled(made, label):
        apart = np.linalg.norm(one.joints[:, WRISTS] - one.joints[:, [INDEX["head"]]], axis=-1)
        assert apart.min() < 0.3


def test_who_lifts_a_bar_bends_down_for_it(made: list[Clip]) -> None:
    for one in labelled(made, "deadlift"):
        assert one.joints[:, WRISTS, 1].max(axis=1).min() < 0.62
        assert np.ptp(one.joints[:, INDEX["head"], 1]) > 0.35


def test_nothing_that_the_model_is_asked_in_an_evaluation_is_taught() -> None:
    def plain(text: str) -> str:
        return re.sub(r"[^\w ]", "", text.lower()).strip()

    taught = {plain(text) for gesture in (*KEYED, *SEATED) for side in OTHER for text in said(gesture, side, 1)}
    pairs = (CONTROL / "wording_pairs.txt").read_text(encoding="utf-8").splitlines()
    asked = {plain(half) for line in pairs if not line.startswith("#") for half in line.split("|")[1:]}
    asked |= {plain(prompt.text) for prompt in blind_sheet.eye_prompts()}
    asked |= {plain(text.format(side=side)) for texts in natural_prompts().values() for text in texts for side in OTHER}
    assert not taught & asked
