# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about made joints whose angle, way and speed are known."""

from __future__ import annotations

import re

import numpy as np
import pytest
from coamd.backend.lab.training.sentences.measured_captions import (
    jump_captions,
    measured_captions,
    path_captions,
    path_length,
    steady_turn,
    turn_captions,
)
from coamd.backend.motion.demands import headings
from coamd.rigs.body.canonical import mirrored, turned

from tests.motions import still, walk


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def turning(degrees: float, seconds: float = 3.0) -> np.ndarray:
    """Standing, turning on the spot, positive to the left, and standing again."""
    joints = still(seconds)
    angles = np.radians(degrees * np.linspace(-0.3, 1.3, len(joints)).clip(0.0, 1.0))
    return np.stack([turned(frame, float(angle)) for frame, angle in zip(joints, angles, strict=True)])


@pytest.mark.parametrize("degrees", [45, 90, -90, 180, -270, 360, -360])
def test_a_turn_is_called_by_its_angle_and_side(degrees: int) -> None:
    said = turn_captions(turning(degrees), "turn", rng())
    side = "left" if degrees > 0 else "right"
    assert all(re.search(rf"\b{side}\b", text) for text in said)
    assert f"{abs(degrees)} degree {side} turn" in said


def test_angles_between_the_usual_ones_are_told_to_five_degrees() -> None:
    assert "65 degree left turn" in turn_captions(turning(66), "turn", rng())


def test_a_small_turn_and_one_that_goes_back_are_not_told() -> None:
    there = turning(120)
    assert turn_captions(turning(20), "turn", rng()) == []
    assert turn_captions(np.concatenate([there, there[::-1]]), "turn", rng()) == []
    assert steady_turn(headings(np.concatenate([there, there[::-1]]))) == 0.0


def test_the_mirror_image_turns_to_the_other_side() -> None:
    said = turn_captions(mirrored(turning(90)), "turn", rng())
    assert said
    assert not any("left" in text for text in said)


@pytest.mark.parametrize(
    ("speed", "words"),
    [(0.4, "very slowly"), (0.7, "slowly"), (1.1, "at a normal pace"), (1.5, "briskly"), (2.3, "jogs"), (3.2, "runs")],
)
def test_a_straight_way_is_told_by_distance_and_speed(speed: float, words: str) -> None:
    joints = walk(6.0, speed=speed)
    said = path_captions(joints, "run" if speed > 1.9 else "walk", rng())
    metres = path_length(joints)
    assert any(f"forward {metres:.0f} meters" in text for text in said)
    assert any(f"{metres / 6.0:.1f} meters per second" in text for text in said)
    assert any(re.search(rf"\b{words}\b", text) for text in said)
    assert not any("backward" in text for text in said)


def test_walking_backwards_is_told_apart() -> None:
    backwards = walk(6.0, speed=1.0)[::-1]
    said = path_captions(backwards, "walk", rng())
    assert said
    assert all("backward" in text for text in said)


def test_nothing_is_said_of_groups_whose_way_is_not_what_they_show() -> None:
    assert measured_captions(walk(6.0), "dance", ("dance",), rng()) == []
    assert measured_captions(walk(6.0), "walk", (), rng())
    assert path_captions(walk(6.0, turning=1.0), "walk", rng()) == []  # round and round


def test_one_to_four_jumps_are_counted_and_more_are_not() -> None:
    assert [jump_captions(k, rng())[0].split()[-1] for k in (1, 2)] == ["once", "twice"]
    assert jump_captions(4, rng())[0].endswith("four times")
    assert jump_captions(0, rng()) == jump_captions(7, rng()) == []
