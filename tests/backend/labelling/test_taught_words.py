# SPDX-License-Identifier: GPL-3.0-or-later
"""What was taught, as Label and Find know it: by vectors of takes instead of by words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.labelling.taught_words import MARGIN, TaughtWords, stamp_of, taught_words
from coamd.backend.labelling.vocabulary import PhraseBank, vocabulary
from coamd.backend.language.familiarity import learn
from coamd.backend.model.weights import System
from coamd.backend.taught.library import place, remove
from coamd.backend.taught.model_file import WORDS, save
from small_system import small_system

from tests.taught import CARD, WIDTH, arrays

TEXTS = ("a person bows deeply", "bows like a courtier", "a person salutes")


@pytest.fixture(scope="module")
def system() -> System:
    return small_system()


@pytest.fixture
def taught(system: System) -> TaughtWords:
    """Three descriptions, two of them of the same takes."""
    rng = np.random.default_rng(0)
    bow, salute = rng.normal(size=(2, system.config.recognizer.feature))
    rows = np.stack([bow, bow, salute])
    return TaughtWords(TEXTS, rows / np.linalg.norm(rows, axis=1, keepdims=True))


def test_a_description_is_known_whoever_does_it(taught: TaughtWords) -> None:
    for text in ("a person bows deeply", "Someone bows deeply ", "a man bows deeply"):
        np.testing.assert_array_equal(taught.of(text), taught.vectors[0])
    assert taught.of("a person bows") is None
    assert TaughtWords().of("a person bows") is None


def test_the_bundled_list_gets_one_name_for_each_action(system: System, taught: TaughtWords) -> None:
    found = vocabulary(system, (), taught)
    assert found.labels == (*system.labels, TEXTS[0], TEXTS[2])
    scores = found.scores(taught.vectors[[2]])
    assert scores[0, -1] == pytest.approx(1.0 - MARGIN, abs=1e-5)
    np.testing.assert_allclose(scores[:, :3], vocabulary(system).scores(taught.vectors[[2]]), atol=1e-6)


def test_words_of_the_users_list_that_were_taught_are_known_by_takes(system: System, taught: TaughtWords) -> None:
    found = vocabulary(system, ("run", "someone salutes"), taught)
    np.testing.assert_allclose(found.features[1], taught.vectors[2])
    np.testing.assert_allclose(found.features[0], vocabulary(system, ("run",)).features[0], atol=1e-6)
    assert vocabulary(system, ("a person salutes",), taught).labels == ("a person salutes",)


def test_what_was_taught_is_among_the_phrases(system: System, taught: TaughtWords) -> None:
    captions = ["a person walks on", "someone sits down slowly"]
    bank = PhraseBank(replace(system, phrases=learn(captions, [], system.text)), taught)
    assert bank.best(taught.vectors[2], 1) == [("a person salutes", pytest.approx(1.0 - MARGIN, abs=1e-5))]


def test_models_of_another_recognizer_and_broken_ones_are_left_out(tmp_path: Path) -> None:
    assert taught_words(CARD.eye, WIDTH, tmp_path).texts == ()
    save(place("Bows", tmp_path), replace(CARD, name="Bows"), arrays())
    save(place("Others", tmp_path), replace(CARD, name="Others", eye="another", words=("x", "y")), arrays())
    save(place("Broken", tmp_path), replace(CARD, name="Broken", words=("z",)), arrays())
    found = taught_words(CARD.eye, WIDTH, tmp_path)
    assert found.texts == CARD.words
    np.testing.assert_array_equal(found.vectors, arrays()[WORDS])
    assert found.stamp == stamp_of(tmp_path)
    remove("Bows", tmp_path)
    assert found.stamp != stamp_of(tmp_path)
