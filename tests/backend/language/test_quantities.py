# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers that a prompt asks for, and prompts that ask for none."""

from __future__ import annotations

import pytest
from coamd.backend.language.quantities import (
    asked_climb,
    asked_count,
    asked_direction,
    asked_limb,
    asked_pace,
    asked_turn,
)

LEFT, RIGHT, EITHER = 1, -1, 0


@pytest.mark.parametrize(
    ("prompt", "turn"),
    [
        ("a person turns 90 degrees to the left", (90.0, LEFT)),
        ("turn right 45 degrees", (45.0, RIGHT)),
        ("The hero spins 360° clockwise", (360.0, RIGHT)),
        ("rotates 135 degrees counter-clockwise on the spot", (135.0, LEFT)),
        ("someone turns around", (180.0, EITHER)),
        ("about-face", (180.0, EITHER)),
        ("turn in place, 45 left", (45.0, LEFT)),
        ("spin 360", (360.0, EITHER)),
        ("an eighth of a turn to the right", (45.0, RIGHT)),
        ("one full turn to the left", (360.0, LEFT)),
        ("a quarter turn to the right", (90.0, RIGHT)),
        ("walks forward, turns 180 degrees and walks back", (180.0, EITHER)),
        ("turns 90 degrees left and waves the right hand", (90.0, LEFT)),
    ],
)
def test_angles_and_sides_are_read(prompt: str, turn: tuple[float, int]) -> None:
    assert asked_turn(prompt) == turn


@pytest.mark.parametrize(
    "prompt",
    [
        "a person walks forward",
        "turns left",  # no angle
        "turns 90 degrees left, then turns 45 degrees right",  # two
        "turns around again and again",
        "turns 90 degrees twice",
        "walks 90 meters",
        "turns around after 20 steps to the left, then 10 right",
        "bends the knee 90 degrees",  # no turn
        "looks left and turns 90 degrees to the right",  # which side is not clear
    ],
)
def test_what_is_no_single_clear_angle_is_not_held_to(prompt: str) -> None:
    assert asked_turn(prompt) is None


@pytest.mark.parametrize(
    ("prompt", "verb", "count"),
    [
        ("a person jumps twice", "jump", 2),
        ("jump 3 times", "jump", 3),
        ("three jumps", "jump", 3),
        ("jumps seven times", "jump", None),  # more than is held to
        ("he kicks with the left leg four times", "kick", 4),
        ("two quick kicks", "kick", 2),
        ("a person jumps forward once", "jump", 1),
        ("a person jumps", "jump", None),
        ("jumps twice, then jumps back", "jump", None),
        ("a person jumps over two boxes with one leg", "kick", None),
        ("kicks with one leg", "kick", None),
    ],
)
def test_counts_are_read(prompt: str, verb: str, count: int | None) -> None:
    assert asked_count(prompt, verb) == count


@pytest.mark.parametrize(
    ("prompt", "limb"),
    [
        ("a person waves with the left hand", ("hand", "left")),
        ("right-handed throw", ("hand", "right")),
        ("Raise the LEFT arm", ("hand", "left")),
        ("a boxer throws a left hook", ("fist", "left")),
        ("punches with the right fist", ("fist", "right")),
        ("front kick, left leg", ("foot", "left")),
        ("lifts the right knee", ("foot", "right")),
        ("stands on the left leg only", ("standing foot", "left")),
        ("hops twice on the right foot", ("standing foot", "right")),
    ],
)
def test_the_acting_limb_is_read(prompt: str, limb: tuple[str, str]) -> None:
    assert asked_limb(prompt) == limb


@pytest.mark.parametrize(
    "prompt",
    [
        "a person waves",
        "turns to the left",  # a direction, not a limb
        "claps both hands, left over right",
        "waves with the left hand, then with the right one",
        "walks and waves with the left hand",  # both arms swing
        "carries a box on the left arm",
    ],
)
def test_no_limb_is_held_to_where_others_act_as_well(prompt: str) -> None:
    assert asked_limb(prompt) is None


@pytest.mark.parametrize(
    ("prompt", "slowest"),
    [
        ("a person walks forward", 0.84),
        ("walk cycle, straight ahead", 0.84),
        ("someone walks slowly", 0.66),
        ("brisk walk", 1.21),
        ("the character jogs forward", 1.26),
        ("easy jogging", 1.26),
        ("run cycle", 2.45),
        ("the character keeps running straight ahead", 2.45),
        ("full sprint", 3.76),
        ("sprinting as fast as possible", 3.76),
    ],
)
def test_a_bare_gait_has_a_pace(prompt: str, slowest: float) -> None:
    found = asked_pace(prompt)
    assert found is not None
    assert found[0] == slowest


@pytest.mark.parametrize(
    "prompt",
    ["runs in a circle", "runs and jumps", "walks like a zombie", "runs fast", "jogs in place", "walks off, sad",
     "walk, then run", "runs 3 steps", "sneaks forward", "runs backwards", "limping walk", "a dog runs"],
)  # fmt: skip
def test_whoever_does_more_than_a_gait_is_not_held_to_its_pace(prompt: str) -> None:
    assert asked_pace(prompt) is None


@pytest.mark.parametrize(
    ("prompt", "direction"),
    [
        ("turns to the left", ("turn", "left")),
        ("a person turns slowly by 90 degrees to the right", ("turn", "right")),
        ("walks in a wide circle to the left", ("turn", "left")),
        ("side-shuffle to the right, facing front", ("step", "right")),
        ("left strafe", ("step", "left")),
    ],
)
def test_a_side_that_somebody_turns_or_steps_to(prompt: str, direction: tuple[str, str]) -> None:
    assert asked_direction(prompt) == direction


@pytest.mark.parametrize(
    "prompt",
    ["a boxer turns and throws a left hook", "spinning right roundhouse kick", "dodges an attack from the left",
     "turns his head to the left", "steps left and back", "jumps over something on the left", "jumps right away",
     "steps and points to the right", "pivots on the right heel", "right-angle turns", "hopes to go left"],
)  # fmt: skip
def test_the_side_of_something_else_is_no_direction(prompt: str) -> None:
    """A motion that does it right would be mirrored."""
    assert asked_direction(prompt) is None


@pytest.mark.parametrize(
    "prompt",
    ["scratches the left arm", "rubs their left wrist", "puts the left hand on the hip and waves",
     "raises the right hand and rotates clockwise"],
)  # fmt: skip
def test_a_limb_at_rest_or_in_the_others_hand_does_not_act(prompt: str) -> None:
    assert asked_limb(prompt) is None


@pytest.mark.parametrize(
    ("prompt", "verb"),
    [("squats and holds for 3 seconds", "squat"), ("squats down to pick up two boxes", "squat"),
     ("one legged squat", "squat"), ("jumps over two boxes", "jump"), ("does squats for one minute", "squat")],
)  # fmt: skip
def test_a_number_of_something_else_is_no_count(prompt: str, verb: str) -> None:
    assert asked_count(prompt, verb) is None


@pytest.mark.parametrize(
    ("prompt", "climb"),
    [
        ("a person climbs a ladder", "up"),
        ("a painter comes down his ladder", "down"),
        ("climbs down the stairs", "down"),
        ("goes upstairs", "up"),
        ("climbs up and down the ladder", None),
        ("climbs the ladder, then comes down", None),
        ("a ladder climb and descent", None),
        ("sits down on the stairs", None),
        ("falls down a staircase", None),
        ("sets the ladder down", None),
        ("climbs a tree", None),
    ],
)
def test_ladders_and_stairs_lead_up_or_down(prompt: str, climb: str | None) -> None:
    assert asked_climb(prompt) == climb
