# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be taught: every mistake is one sentence with its remedy, and doubts are told before the work begins."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.requests.lesson import (
    Example,
    Lesson,
    alike,
    checked,
    checked_name,
    described,
    seconds_needed,
    steps_for,
    suggested,
)
from coamd.rigs.body.canonical import turned
from coamd.rigs.errors import UserError

from tests.motions import sit, walk


def example(seconds: float = 3.0, name: str = "a", words: tuple[str, ...] = ("a person walks",)) -> Example:
    return Example(name, walk(seconds).astype(np.float32), words)


def lesson(*examples: Example) -> Lesson:
    return Lesson("Hero moves", examples)


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (Lesson(" ", (example(),)), "bad_name"),
        (Lesson("bundled", (example(),)), "bad_name"),
        (Lesson("x" * 61, (example(),)), "bad_name"),
        (lesson(), "no_takes"),
        (lesson(example(words=())), "no_words"),
        (lesson(example(words=(" ",))), "no_words"),
        (lesson(example(words=("x" * 201,))), "bad_words"),
        (lesson(example(words=tuple(f"does {n}" for n in range(13)))), "bad_words"),
        (lesson(example(1.0)), "too_short"),
        (lesson(example(0.5), example(0.9)), "too_short"),
        (lesson(Example("dog", np.zeros((60, 30, 3), np.float32), ("a dog runs",))), "bad_motion"),
        (lesson(Example("nan", np.full((60, 22, 3), np.nan, np.float32), ("a person walks",))), "bad_motion"),
    ],
)
def test_what_cannot_be_taught_is_one_sentence_with_its_remedy(bad: Lesson, code: str) -> None:
    with pytest.raises(UserError) as caught:
        checked(bad)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_one_take_and_equal_takes_are_told() -> None:
    assert "One take" in checked(lesson(example()))[1][0]
    assert "same one" in checked(lesson(example(name="a"), example(name="b")))[1][0]
    other = Example("sit", sit(3.0).astype(np.float32), ("a person sits",))
    assert checked(lesson(example(), other))[1] == ()


def test_a_take_that_is_too_short_is_left_out_and_named() -> None:
    kept, notes = checked(lesson(example(3.0, "long"), example(0.5, "brief")))
    assert [taken.name for taken in kept.examples] == ["long"]
    assert "brief" in notes[0]


def test_the_same_motion_elsewhere_is_the_same_take() -> None:
    joints = walk(2.0)
    assert alike(joints, joints + np.array([3.0, 0.0, -1.0]))
    assert not alike(joints, turned(joints, 1.0))
    assert not alike(joints, joints[:-1])


def test_words_lose_blanks_and_repetitions() -> None:
    assert described(["  a  person bows ", "", "a person bows", "bows"]) == ("a person bows", "bows")
    assert checked_name("  Hero   moves ") == "Hero moves"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sword_Slash.003", "sword slash"),
        ("swordSlash03", "sword slash"),
        ("Take 001", ""),
        ("Idle-Loop", "idle"),
        ("ArmatureAction.001", ""),
    ],
)
def test_the_name_of_a_take_suggests_its_words(name: str, words: str) -> None:
    assert suggested(name) == words


def test_more_actions_need_more_steps_and_more_time() -> None:
    takes = tuple(Example(f"take {n}", np.zeros((60, 22, 3), np.float32), (f"action {n % 3}", "it")) for n in range(6))
    assert Lesson("x", takes).actions == 3
    assert steps_for(1) < steps_for(3) < steps_for(100) == steps_for(1000)
    assert seconds_needed(60.0, 3) - seconds_needed(60.0, 1) == pytest.approx(0.5 * (steps_for(3) - steps_for(1)))
    assert 60.0 < seconds_needed(60.0) < 180.0
