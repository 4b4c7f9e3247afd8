# SPDX-License-Identifier: GPL-3.0-or-later
"""Moments between two rests, and stretches around so many strikes: what the words say, the joints do."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.training.augmentation.recorded_moments import (
    described,
    moments,
    moving_clips,
    rests,
    striking_clips,
)
from coamd.backend.motion.demands import net_turn
from coamd.backend.motion.joint_measures import footsteps, strikes
from coamd.backend.training.data import Clip, RecordedTake
from coamd.rigs.body.canonical import mirrored, turned
from coamd.rigs.body.skeleton import FPS, INDEX

from tests.acting_figures import punching, stepping
from tests.motions import still


def spun(angle: float, rest: float = 1.0) -> np.ndarray:
    """A figure that stands, turns by so many degrees to the left within 1.5 s, and stands again."""
    seconds = 2 * rest + 1.5
    share = np.clip((np.arange(round(seconds * FPS)) / FPS - rest) / 1.5, 0.0, 1.0)
    return np.stack([turned(pose, a) for pose, a in zip(still(seconds), np.radians(angle) * share, strict=True)])


def take(joints: np.ndarray) -> RecordedTake:
    return RecordedTake("t", "train", joints.astype(np.float32), "mocap")


@pytest.mark.parametrize("angle", [45.0, -90.0, 180.0, 360.0])
def test_a_turn_between_two_rests_is_called_by_its_angle_and_side(angle: float) -> None:
    (moment,) = moments(spun(angle))
    assert net_turn(moment) == pytest.approx(angle, abs=6.0)
    said = described(moment)
    assert said is not None
    side = "left" if angle > 0 else "right"
    assert f"a person turns {abs(angle):g} degrees to the {side}" in said[1]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_steps_between_two_rests_are_counted(number: int) -> None:
    """Feet that go on alone leave the body behind, so that it is carried along."""
    joints = stepping(number, length=0.6)
    feet = joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]], 2].mean(axis=1)
    others = [j for name, j in INDEX.items() if not name.endswith(("ankle", "foot"))]
    joints[:, others, 2] += (feet - feet[0])[:, None]
    assert len(footsteps(joints)) == number
    said = described(joints)
    assert said is not None
    assert said[2] == "step"
    assert any("forward" in text for text in said[1])


def test_angles_between_the_multiples_are_not_called_by_one() -> None:
    assert described(next(moments(spun(68.0)))) is None


def test_who_never_rests_has_no_moments() -> None:
    joints = spun(720.0, rest=0.0)
    assert rests(joints) == []
    assert list(moments(joints)) == []


def test_arms_up_is_an_exercise_and_not_a_turn() -> None:
    joints = spun(90.0)
    joints[:, INDEX["left_wrist"], 1] += 1.0
    assert list(moments(joints)) == []


def test_each_moment_comes_with_its_mirror_image_and_turns_also_twice() -> None:
    made = moving_clips([take(spun(180.0))], 1)
    texts = {clip.id[0]: clip.texts[0] for clip in made}
    assert texts["T"] == "a person turns 180 degrees to the left"
    assert texts["M"] == "a person turns 180 degrees to the right"
    assert texts["D"].startswith("a person turns 360 degrees")
    for clip in made:
        side = 1 if "left" in clip.texts[0] else -1
        assert net_turn(clip.joints) == pytest.approx(side * int(clip.texts[0].split()[3]), abs=14.0)


@pytest.mark.parametrize("side", ["left", "right"])
def test_stretches_hold_as_many_punches_as_they_say(side: str) -> None:
    joints = punching(4, seconds=9.0)
    joints = joints if side == "left" else mirrored(joints)
    boxer = Clip("b", "train", joints.astype(np.float32), ("a boxer punches",), ("punch",), "martial arts")
    made = striking_clips([boxer])
    numbers = {"once": 1, "twice": 2, "three times": 3, "four times": 4}
    assert {len(strikes(clip.joints)) for clip in made} == {1, 2, 3, 4}
    for clip in made:
        words = next(word for word in numbers if f"punches {word} with the {side} fist" in clip.texts[0])
        assert len(strikes(clip.joints)) == numbers[words]


def test_clips_that_do_not_speak_of_it_have_no_strikes() -> None:
    joints = punching(2).astype(np.float32)
    assert striking_clips([Clip("r", "train", joints, ("a person reaches out",), ("reach",))]) == []
