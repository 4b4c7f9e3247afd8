# SPDX-License-Identifier: GPL-3.0-or-later
"""What a clip does, on made motion whose speed, angle, side and number are known; each measure is shown to fail too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coamd.backend.motion import joint_measures as measures
from coamd.rigs.body.canonical import mirrored, turned
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX
from hypothesis import given
from hypothesis import strategies as st

from tests.acting_figures import jumping, kicking, moved, posed, pulses, punching, stepping, waving
from tests.motions import Y, sit, still, walk


@given(st.floats(0.3, 6.0), st.floats(-3.0, 3.0))
def test_pace_is_the_speed_over_the_ground_whatever_the_heading(speed: float, heading: float) -> None:
    found = measures.paces(turned(walk(5.0, speed=speed), heading))
    assert len(found) == 4
    assert found == pytest.approx(speed, rel=0.02)


def test_a_run_that_collapses_shows_in_its_seconds() -> None:
    fast, slow = np.full(60, 3.0 / FPS), np.full(60, 0.4 / FPS)
    path = np.cumsum(np.concatenate([fast, slow]))[:, None] * np.array([0.0, 0.0, 1.0])
    found = measures.paces(moved(still(6.0), path))
    assert (found[:2] > 2.8).all()
    assert (found[3:] < 0.5).all()


@given(st.floats(0.2, 3.0))
def test_speeding_up_is_the_ratio_of_late_to_early(ratio: float) -> None:
    frames = np.arange(181)
    speed = np.where(frames < 110, 1.0, ratio) / FPS
    path = np.cumsum(speed)[:, None] * np.array([0.6, 0.0, 0.8])
    assert measures.speeding_up(moved(still(181 / FPS), path)) == pytest.approx(ratio, rel=0.1)


@given(st.floats(-720.0, 720.0))
def test_a_turn_is_measured_beyond_half_a_circle(angle: float) -> None:
    frames = 80
    share = np.clip((np.arange(frames) - 10) / 50, 0.0, 1.0)
    spun = np.stack([turned(pose, a) for pose, a in zip(still(4.0), np.radians(angle) * share, strict=True)])
    assert measures.turned_by(spun) == pytest.approx(angle, abs=1.0)


def test_sideways_and_forward_are_seen_in_the_heading_of_the_start() -> None:
    path = np.linspace(0.0, 1.0, 80)[:, None] * np.array([0.7, 0.0, 0.2])
    for heading in (0.0, 1.0, -2.5):
        clip = turned(moved(still(4.0), path), heading)
        assert measures.moved_left(clip) == pytest.approx(0.7, abs=0.03)
        assert measures.moved_left(mirrored(clip)) == pytest.approx(-0.7, abs=0.03)


@pytest.mark.parametrize(
    ("made", "work", "least"),
    [
        (waving, measures.hand_work, 0.3),
        (lambda side: punching(2, side), measures.hand_strike, 1.0),
        (kicking, measures.foot_lift, 0.15),
    ],
)
def test_the_side_that_acts_is_seen_and_changes_in_a_mirror(
    made: Callable[[int], np.ndarray], work: Callable[[np.ndarray], tuple[float, float]], least: float
) -> None:
    for side, name in enumerate(measures.SIDES):
        clip = made(side)
        assert measures.acting_side(*work(clip), least) == name
        assert measures.acting_side(*work(turned(clip, 2.0)), least) == name
        assert measures.acting_side(*work(mirrored(clip)), least) == measures.SIDES[1 - side]


def test_two_arms_are_not_one_and_a_statue_has_none() -> None:
    """The gate can fail: who raises both arms raises neither the left nor the right one alone."""
    raised = 2.5 * np.clip(np.arange(80) / 20, 0.0, 1.0)
    assert measures.acting_side(*measures.hand_work(posed(80, arm=(raised, raised))), 0.3) == "both"
    assert measures.acting_side(*measures.hand_work(still(4.0)), 0.3) == "none"


def test_the_raised_foot_is_the_one_that_is_held_up() -> None:
    bent = np.full(80, 1.4)
    left, right = measures.foot_held(posed(80, knee=(0.0 * bent, bent)))
    assert (left, right) == (0.0, pytest.approx(BONE_LENGTHS[INDEX["right_ankle"]] * (1 - np.cos(1.4)), rel=0.1))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_what_happens_is_counted(count: int) -> None:
    assert len(measures.flights(jumping(count))) == count
    assert len(measures.flights(jumping(count, one_leg=True))) == count
    assert len(measures.foot_lifts(kicking(0, count, 6.0))) == count
    assert len(measures.strikes(punching(count))) == len(measures.strikes(punching(count, 1))) == count
    assert len(measures.footsteps(stepping(count))) == count


def test_what_is_no_jump_no_kick_no_punch_and_no_step_is_not_counted() -> None:
    """The gate can fail: a lift of two seconds, a flight that the end cuts off, swinging arms, a shuffle."""
    lift = 0.3 * np.clip(np.minimum(np.arange(80) - 10, 70 - np.arange(80)) / 10, 0.0, 1.0)
    assert len(measures.flights(moved(still(4.0), lift[:, None] * Y))) == 0
    assert len(measures.flights(jumping(1)[:60])) == 0
    assert len(measures.foot_lifts(posed(80, hip=(0.4 * pulses(80, 2), np.zeros(80))))) == 0
    assert len(measures.strikes(walk(6.0))) == 0
    assert len(measures.footsteps(stepping(3, length=0.05))) == 0


def test_hands_are_overhead_only_when_both_are() -> None:
    up, down = np.full(40, 3.0), np.zeros(40)
    assert measures.hands_overhead(posed(40, arm=(up, up)))
    assert not measures.hands_overhead(posed(40, arm=(up, down)))
    blink = np.where(np.arange(40) == 20, 3.0, 0.0)
    assert not measures.hands_overhead(posed(40, arm=(blink, blink)))


@given(st.floats(1.0, 12.0))
def test_wrist_speed_is_that_of_an_arm_that_swings_round_the_shoulder(rate: float) -> None:
    """An arm of length r that turns by ``rate`` radians a second moves its wrist at r times that."""
    angle = rate * np.arange(40) / FPS
    clip = posed(40, arm=(angle, np.zeros(40)))
    radius = np.linalg.norm(clip[0, INDEX["left_wrist"]] - clip[0, INDEX["left_shoulder"]])
    chord = np.sinc(rate / FPS / np.pi)  # two frames see the chord of an arc
    assert measures.wrist_speed(clip) == pytest.approx(radius * rate * chord, rel=0.05)
    assert measures.wrist_speed(moved(still(2.0), np.arange(40)[:, None] * np.array([0.0, 0.0, 0.5]))) < 0.01


def test_who_begins_in_the_air_is_seen() -> None:
    assert not measures.starts_in_the_air(still())
    assert measures.starts_in_the_air(still() + 0.2 * Y)
    assert not measures.starts_in_the_air(jumping(1))


def test_the_fastest_frame_is_that_of_a_leap() -> None:
    ahead = walk(4.0, speed=1.0)
    steady = measures.fastest_frame(ahead)
    assert 0.9 < steady < 2.0
    ahead[40:] += np.array([0.0, 0.0, 0.5])
    assert measures.fastest_frame(ahead) == pytest.approx(steady + 0.5 * FPS, abs=1.0)


def test_a_seat_is_as_high_as_the_knees_of_who_sits() -> None:
    clip = np.concatenate([sit(), np.repeat(sit()[-1:], 20, axis=0)])
    knee = clip[-1, INDEX["left_knee"], 1]
    assert measures.seat_height(clip) == pytest.approx(knee - measures.SEAT_BELOW_HIPS, abs=0.03)
    assert measures.seat_height(clip + 0.4 * Y) == pytest.approx(measures.seat_height(clip) + 0.4)
    assert measures.lowest_pelvis(still()) > 0.8


def test_stairs_rise_with_each_step() -> None:
    clip = stepping(4)
    climb = np.clip((np.arange(len(clip)) - 10) / (len(clip) - 20), 0.0, 1.0) * 0.6
    up = moved(clip, climb[:, None] * Y)
    assert measures.rise(up) == pytest.approx(0.6, abs=0.05)
    assert measures.rise_per_step(up) == pytest.approx(0.15, abs=0.02)
    assert measures.rise(clip) == pytest.approx(0.0, abs=1e-6)


def test_straight_on_is_one_and_a_circle_is_none() -> None:
    assert measures.straightness(walk(8.0)) > 0.98
    assert measures.straightness(walk(8.0, turning=2 * np.pi / 8.0)) < 0.05
    assert measures.pace_kept(walk(30.0)) == pytest.approx(1.0, abs=0.02)
    assert measures.farthest(walk(8.0, speed=1.0)) == pytest.approx(8.0, rel=0.03)
    assert measures.farthest(still()) == pytest.approx(0.0, abs=1e-9)
