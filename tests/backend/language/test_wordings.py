# SPDX-License-Identifier: GPL-3.0-or-later
"""One description becomes several sentences, which compositions can join."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.language.wordings import WHO, wordings
from coamd.backend.training.composition import joined_text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a person bows", "a person bows"),
        ("The hero bows.", "a person bows"),
        ("slashes with a sword", "a person slashes with a sword"),
        ("sword slash", "a person does a sword slash"),
        ("an overhead cut", "a person does an overhead cut"),
        ("overhead cut", "a person does an overhead cut"),
        ("waving at somebody", "a person is waving at somebody"),
        ("someone casts a spell", "a person casts a spell"),
        ("a cowboy swings a lasso", "a person swings a lasso"),
        ("The queen curtsies", "a person curtsies"),
        ("a few steps", "a person does a few steps"),
        ("an overhead glass toss", "a person does an overhead glass toss"),
    ],
)
def test_there_is_a_sentence_about_a_person(text: str, sentence: str) -> None:
    assert sentence in wordings(text)


def test_the_users_own_words_come_first_and_nothing_twice() -> None:
    found = wordings("a person bows")
    assert found[0] == "a person bows"
    assert found[1] == "bows"
    assert len(found) == len(set(found)) == len(WHO) + 1


@pytest.mark.parametrize("text", ["a person bows", "sword slash", "slashes with a sword"])
def test_a_taught_action_can_follow_a_known_one(text: str) -> None:
    rng = np.random.default_rng(0)
    assert any(joined_text("a person walks forward", said, rng) for said in wordings(text))
    assert any(joined_text(said, "a person walks forward", rng) for said in wordings(text))
