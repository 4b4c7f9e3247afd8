# SPDX-License-Identifier: GPL-3.0-or-later
"""What prompts let one expect of the body, and those that let one expect nothing."""

from __future__ import annotations

import pytest
from coamd.backend.language.expectations import (
    begins_upright,
    goes_backwards,
    keeps_hands_down,
    stays_off_the_floor,
    stays_put,
    stays_upright,
    travels,
    turns_round,
    uses_both_hands,
    uses_hands,
)


@pytest.mark.parametrize("prompt", ["a person waves", "neutral idle", "waiting for the bus", "a boxer jabs"])
def test_who_is_not_said_to_be_low_begins_upright(prompt: str) -> None:
    assert begins_upright(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "sits at a desk",
        "gets up from the floor",
        "sneaks forward",
        "twenty push-ups",
        "forward roll",
        "sleeping",
        "kneels",
    ],
)
def test_who_sits_kneels_or_lies_need_not_begin_upright(prompt: str) -> None:
    assert not begins_upright(prompt)


def test_who_may_go_down_later_need_not_stay_off_the_floor() -> None:
    assert stays_off_the_floor("a person drinks from a bottle")
    assert not stays_off_the_floor("a person picks up a coin")
    assert not stays_off_the_floor("slips on a banana peel")
    assert not stays_off_the_floor("sits on a chair")


def test_a_gait_from_first_to_last_gets_somewhere() -> None:
    assert travels("old lady limps to the shop")
    assert travels("zombie walk")
    for prompt in (
        "skipping rope",
        "leans on a walking stick",
        "high knees, running in place",
        "walks up, stops and waves",
        "starts to run",
        "waves to the crowd",
    ):
        assert not travels(prompt)


def test_what_a_raised_hand_does() -> None:
    assert uses_hands("lobs a grenade overarm")
    assert uses_hands("answers the phone")
    assert not uses_hands("a person runs")
    for prompt in (
        "strafe left, combat walk",
        "wanders aimlessly",
        "walks cheerfully",
        "a huge leap",
        "guard on duty, bored",
        "knocked out cold",
        "walks around the block",
        "walks in a stable way around the castle",
    ):
        assert not uses_hands(prompt), prompt
    assert not uses_hands("kicks with the left leg")


def test_who_turns_round_turns_the_body() -> None:
    assert turns_round("whirls around")
    assert not turns_round("turns the steering wheel")
    assert not turns_round("turning the upper body a little")


def test_hands_stay_below_the_head_where_nothing_speaks_of_anything_else() -> None:
    """Of 2,332 recorded clips with such captions five have both hands above the head."""
    for prompt in (
        "a person walks forward",
        "looks around",
        "combat idle",
        "sits down on a chair",
        "turns left",
        "jogging",
    ):
        assert keeps_hands_down(prompt), prompt
    for prompt in (
        "cheers",
        "a person jumps",
        "swings a pickaxe",
        "walks like a gorilla",
        "falls over",
        "both arms up",
    ):
        assert not keeps_hands_down(prompt), prompt
    assert not keeps_hands_down("moves like the wind"), "of what nobody knows nothing is expected"
    assert keeps_hands_down("gets hit in the stomach")
    assert keeps_hands_down("crosses the arms")


def test_who_idles_or_waits_stays_upright() -> None:
    assert stays_upright("breathing idle")
    assert stays_upright("a person stands still")
    assert not stays_upright("stands idle, then sits down")
    assert not stays_upright("sits idle")
    assert not stays_upright("falls over")


def test_who_acts_in_place_stays_there() -> None:
    assert stays_put("jogging on the spot to warm up")
    assert stays_put("full spin in place")
    assert not stays_put("jogs in place, then runs away")
    assert not stays_put("jogs through the park")


def test_who_walks_backwards_all_the_time() -> None:
    for prompt in ("walks backwards", "slowly backs away from a bear", "takes cover, running backwards", "backpedals"):
        assert goes_backwards(prompt), prompt
    for prompt in ("walks backwards and turns", "falls backwards", "walks back and forth", "jumps backwards"):
        assert not goes_backwards(prompt), prompt


def test_what_both_hands_do() -> None:
    assert uses_both_hands("waves both arms to be rescued")
    assert not uses_both_hands("waves")
    assert not uses_both_hands("both hands in the pockets")
