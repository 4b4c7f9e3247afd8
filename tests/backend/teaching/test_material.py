# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lesson is learnt from: every action alike, and taught actions joined to known ones."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.language.familiarity import Phrases, encoded
from coamd.backend.model.calibration import Calibration
from coamd.backend.model.weights import System
from coamd.backend.requests.lesson import Example, Lesson
from coamd.backend.teaching import material
from coamd.backend.teaching.clips import TESTED
from coamd.backend.teaching.material import FAR, SHARE, composed_with, even_shares, means_otherwise
from coamd.backend.training.composition import composed
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.body.skeleton import FPS, INDEX, TOKEN_FRAMES
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import lie, still, walk


def clip(joints: np.ndarray, text: str, group: str) -> Clip:
    return Clip(group, "train", at_origin(joints).astype(np.float32), (text,), (), group)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.integers(0, 10))
def test_every_action_is_drawn_alike_however_many_takes_it_has(counts: list[int], composed: int) -> None:
    clips = [clip(still(2.0), "x", str(group)) for group, count in enumerate(counts) for _ in range(count)]
    shares = even_shares(clips, [clips[0]] * composed)
    assert shares.sum() == pytest.approx(1.0)
    alone = shares[: len(clips)]
    each = [
        sum(share for one, share in zip(clips, alone, strict=True) if one.group == str(g)) for g in range(len(counts))
    ]
    np.testing.assert_allclose(each, (1.0 - (SHARE if composed else 0.0)) / len(counts))


def test_a_taught_action_is_joined_to_a_known_one_before_and_after_it() -> None:
    taught = [clip(walk(4.0), "a person struts", "a person struts")]
    known = [clip(walk(4.0), "a person walks forward", "walk")]
    made = composed_with(taught, known, np.random.default_rng(0))
    texts = {text for one in made for text in one.texts}
    assert any(text.startswith("a person struts") and "walks forward" in text for text in texts)
    assert any(text.startswith("a person walks forward") and "struts" in text for text in texts)


@pytest.mark.parametrize("description", ["a rider swings a lasso", "lasso"])
def test_joined_texts_have_the_description_as_it_is_read_in_a_prompt(description: str) -> None:
    taught = replace(clip(walk(4.0), description, description), wordings=("someone swings a lasso", "lasso swing"))
    made = composed_with([taught], [clip(walk(4.0), "a person walks", "walk")], np.random.default_rng(0))
    forms = (f"{description}[a-z, ]* walks", f"a person walks[a-z, ]* {description.removeprefix('a rider ')}")
    assert made
    assert all(any(re.fullmatch(form, text) for form in forms) for one in made for text in one.texts)
    said = {text for one in made for text in one.wordings}
    assert any(text.startswith("someone swings a lasso") and text.endswith("walks") for text in said)
    assert any(text.startswith("a person walks") and text.endswith("swings a lasso") for text in said)
    assert not any("lasso swing" in text for text in said)  # no sentence: nothing can follow it


def test_an_action_that_ends_with_the_arms_raised_is_joined_too() -> None:
    raised = walk(4.0)
    for side, way in (("left", 1.0), ("right", -1.0)):
        shoulder = raised[:, INDEX[f"{side}_shoulder"]]
        for joint, reach in (("elbow", 0.26), ("wrist", 0.5)):
            raised[:, INDEX[f"{side}_{joint}"]] = shoulder + np.array([way * reach, 0.1, 0.0])
    rng = np.random.default_rng(0)
    taught, known = clip(raised, "a person flaps", "a person flaps"), clip(walk(4.0), "a person walks forward", "walk")
    assert composed(taught, known, rng) is None
    pair = composed(taught, known, rng, FAR)
    assert pair is not None
    hands = pair.joints[:, [INDEX["left_wrist"], INDEX["right_wrist"]]] - pair.joints[:, :1]
    assert np.ptp(hands[..., 1]) > 0.4
    assert np.linalg.norm(np.diff(hands, axis=0), axis=-1).max() * FPS < 2.0  # m/s: they come down in a second
    assert any(text.startswith("a person flaps") for one in composed_with([taught], [known], rng) for text in one.texts)


def test_every_action_is_joined_as_often_however_many_there_are() -> None:
    known = [clip(walk(4.0), "a person walks forward", "walk")]

    def made(*names: str) -> Counter[str]:
        taught = [clip(walk(4.0), f"a person {name}", f"a person {name}") for name in names]
        both = composed_with(taught, known, np.random.default_rng(0))
        return Counter(name for one in both for name in names if name in one.texts[0])

    alone, three = made("struts"), made("struts", "prances", "swaggers")
    assert alone["struts"] > 0
    assert three == Counter(dict.fromkeys(("struts", "prances", "swaggers"), alone["struts"]))


def test_words_that_the_model_knows_for_something_else_are_found_out(system: System) -> None:
    said = ("a person walks", "a person runs")
    phrases = Phrases(said, encoded(system.text, said), 0.9, np.zeros(2, dtype=bool))
    bow = [clip(still(2.0), "a person walks", "a person walks")]

    def otherwise(words: str, known: float) -> bool:
        """``known`` is the score that few motions fall below of their own words."""
        there = replace(system, phrases=phrases, calibration=Calibration(known=known))
        return means_otherwise(there, words, bow)

    assert otherwise("a person walks", 1.5)  # no motion scores so high
    assert not otherwise("a person walks", -1.0)  # any motion does
    assert not means_otherwise(replace(system, phrases=None), "a person walks", bow)


def test_poses_that_do_not_meet_are_not_joined() -> None:
    taught = [clip(lie(4.0), "a person sleeps", "a person sleeps")]
    known = [clip(walk(4.0), "a person walks forward", "walk")]
    assert composed_with(taught, known, np.random.default_rng(0)) == []
    assert composed_with(taught, [], np.random.default_rng(0)) == []


def test_an_hour_of_two_hundred_takes_is_used_whole(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(material, "HOPELESS", float("inf"))  # the tiny model's autoencoder shows nothing rightly
    gaits = [walk(18.0, turning=0.05 * n).astype(np.float32) for n in range(4)]
    hour = tuple(Example(f"take {n}", gaits[n % 4], ("a person struts",)) for n in range(200))
    lesson = Lesson("Strut", hour, mirror=False)
    assert lesson.seconds == pytest.approx(3600.0)
    found = material.material(system, lesson, 1, 2, lambda *_: None, lambda: None)
    tokens = sum(len(clip.latents[0]) for clip in [*found.taught.clips, *found.tested])
    assert tokens * TOKEN_FRAMES > 0.95 * 3600 * FPS
    assert len(found.tested) == TESTED  # looked at again and again, so not a fifth of an hour
