# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions held to the numbers of their prompts, on figures whose turns and jumps are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from coamd.backend.motion.demands import COUNTABLE, Demand, demand_of, net_turn, slowed, steered
from coamd.backend.motion.generation import attempt, best_by_demands
from coamd.backend.motion.joint_measures import paces
from coamd.rigs.body.canonical import mirrored
from coamd.rigs.body.skeleton import FPS, INDEX, PARENTS

from tests.motions import sit, still, walk

JUMP, KICK, *_, SQUAT, PUSH_UP = COUNTABLE


def walking(frames: int, turn: float) -> np.ndarray:
    """A walk of so many frames that turns evenly by so many degrees to the left."""
    seconds = frames / FPS
    return walk(seconds, turning=np.radians(turn) / seconds)


def jumping(times: int) -> np.ndarray:
    """A stiff figure that leaves the ground by 0.4 m for half a second, so many times."""
    height = np.zeros(20 + 30 * times)
    for k in range(times):
        height[20 + 30 * k : 30 + 30 * k] = 0.4
    joints = np.repeat(still()[:1], len(height), axis=0)
    joints[..., 1] += height[:, None]
    return joints


@pytest.mark.parametrize("turn", [-400.0, -90.0, 0.0, 45.0, 180.0, 360.0])
def test_a_turn_is_measured_beyond_half_a_circle(turn: float) -> None:
    assert net_turn(walking(100, turn)) == pytest.approx(turn, abs=0.05 * abs(turn) + 1e-6)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_jumps_are_counted(times: int) -> None:
    assert len(JUMP.events(jumping(times))) == times


def test_who_stays_put_gets_nowhere() -> None:
    demand = demand_of("jogs in place")
    assert demand is not None
    assert demand.miss(still(4.0)) <= 1.0 < demand.miss(walk(4.0))
    found = attempt(walk(4.0), demand, lambda joints: joints)
    assert found.miss <= 1.0
    np.testing.assert_allclose(found.joints[:, 0, [0, 2]], np.zeros((80, 2)) + walk(4.0)[0, 0, [0, 2]], atol=1e-6)
    own, given = (one - one[:, :1] for one in (found.joints, walk(4.0)))
    np.testing.assert_allclose(own, given, atol=1e-6)  # the steps are those of the walk


def test_a_walk_backwards_is_a_walk_forwards_that_is_played_backwards() -> None:
    demand = demand_of("a person walks backwards")
    assert demand is not None
    found = attempt(walk(4.0), demand, lambda joints: joints)
    assert found.miss <= 1.0 < demand.miss(walk(4.0))
    np.testing.assert_allclose(found.joints, walk(4.0)[::-1] + found.joints[0, 0] - walk(4.0)[-1, 0], atol=1e-6)


def test_both_hands_are_asked_for() -> None:
    demand, one = demand_of("waves both arms"), still(4.0)
    assert demand is not None
    one[:, INDEX["left_wrist"], 1] = one[:, INDEX["head"], 1]
    both = one.copy()
    both[:, INDEX["right_wrist"], 1] = one[:, INDEX["head"], 1]
    assert demand.miss(both) <= 1.0 < demand.miss(one)


def lowered(joints: np.ndarray, by: float, times: int) -> np.ndarray:
    """A figure whose joints above the ankles go down by so many metres and up again, so many times in 1.5 s each."""
    share = np.concatenate([np.zeros(10), np.tile(0.5 - 0.5 * np.cos(np.linspace(0, 2 * np.pi, 30)), times)])
    made = np.repeat(joints[:1], len(share), axis=0)
    for part in ("pelvis", "spine3", "head"):
        made[:, INDEX[part], 1] -= by * share
    return made


@pytest.mark.parametrize("times", [1, 2, 4])
def test_squats_are_counted_but_not_one_that_goes_on(times: int) -> None:
    made = lowered(still(), 0.45, times)
    assert len(SQUAT.events(made)) == times
    assert len(SQUAT.events(made[:-15])) == times - 1
    assert not SQUAT.events(lowered(still(), 0.1, times)), "a bob is no squat"


@pytest.mark.parametrize("times", [1, 2, 4])
def test_push_ups_are_counted_of_who_is_down_there(times: int) -> None:
    prone = still()
    prone[..., 1] *= 0.4
    assert len(PUSH_UP.events(lowered(prone, 0.2, times))) == times
    assert not PUSH_UP.events(lowered(still(), 0.2, times))
    getting_down = np.concatenate([still(1.0), lowered(prone, 0.2, times)])
    assert len(PUSH_UP.events(getting_down)) == times


def test_a_jump_out_of_a_squat_is_a_jump() -> None:
    for prompt in ("three squat jumps", "three jump squats"):
        demand = demand_of(prompt)
        assert demand is not None
        assert (demand.count, demand.action) == (3, JUMP)


def test_a_turn_that_falls_short_is_brought_to_its_angle() -> None:
    demand = Demand(turn=90.0, side=1)
    made = walking(80, 62.0)
    assert demand.miss(made) > 1.0
    better = steered(made, demand)
    assert demand.miss(better) < 0.25
    bones, before = (joints[:, 1:] - joints[:, list(PARENTS[1:])] for joints in (better, made))
    assert np.allclose(np.linalg.norm(bones, axis=-1), np.linalg.norm(before, axis=-1))
    steps, before = (np.linalg.norm(np.diff(joints[:, 0], axis=0), axis=-1) for joints in (better, made))
    assert np.allclose(steps, before)  # it goes as far in every frame as before


def test_a_turn_to_the_other_side_or_far_off_is_left_as_it_is() -> None:
    for demand, made in (
        (Demand(turn=90.0, side=-1), walking(80, 62.0)),
        (Demand(turn=360.0, side=1), walking(80, 62.0)),
        (Demand(turn=45.0, side=1), walking(80, 5.0)),
    ):
        assert steered(made, demand) is made


def test_either_side_takes_the_side_that_the_motion_takes() -> None:
    demand = Demand(turn=180.0, side=0)
    assert demand.goal(walking(80, -150.0)) == -180.0
    assert demand.miss(walking(80, -180.0)) < 1.0


def test_prompts_without_numbers_demand_nothing() -> None:
    upright = Demand(begins_upright=True, off_the_floor=True)
    assert demand_of("a person laughs") == upright
    assert demand_of("a person walks forward and waves") == replace(upright, travels=True, uses_hands=True)
    assert demand_of("a person crawls") is None
    assert demand_of("jump twice") == replace(upright, count=2, action=JUMP)


def test_hands_that_nobody_asked_overhead_are_seen() -> None:
    demand = demand_of("a person stands and talks")
    assert demand is not None
    assert demand.hands_down
    made = walking(60, 0.0)
    wrists, head = [INDEX["left_wrist"], INDEX["right_wrist"]], INDEX["head"]
    raised = made.copy()
    raised[20:40, wrists, 1] = made[20:40, [head], 1] + 0.2
    assert demand.miss(made) <= 1.0
    assert demand.miss(raised) > 1.0
    one = raised.copy()
    one[:, wrists[0]] = made[:, wrists[0]]
    assert demand.miss(one) <= 1.0, "one hand may go up"


def test_underscores_part_the_words_of_an_asset() -> None:
    assert demand_of("idle_arms_up") == demand_of("idle arms up") != demand_of("idle")
    assert (found := demand_of("sits_up_in_bed")) is None or not found.hands_down


def test_a_wrong_count_is_seen() -> None:
    demand = Demand(count=2, action=JUMP)
    assert demand.miss(jumping(2)) <= 1.0
    assert demand.miss(jumping(3)) > 1.0


@pytest.mark.parametrize(
    ("prompt", "verbs", "count"),
    [
        ("two jabs", "jab", 2),
        ("takes three steps forward", "step", 3),
        ("hops twice on one leg", "hop", 2),
        ("does three deep squats", "squat", 3),
        ("star jumps, five reps", "jump", 5),
        ("does two push-ups", "push-up", 2),
    ],
)
def test_all_that_can_be_counted_is_held_to(prompt: str, verbs: str, count: int) -> None:
    demand = demand_of(prompt)
    assert demand is not None and demand.count == count
    assert demand.action is not None and verbs in demand.action.verbs


def waving(side: str) -> np.ndarray:
    """A figure that stands and swings one raised hand to and fro by half a metre, twice a second."""
    joints = np.repeat(still()[:1], 60, axis=0)
    joints[:, INDEX[f"{side}_wrist"], 1] = joints[0, INDEX["pelvis"], 1] + 0.4
    joints[:, INDEX[f"{side}_wrist"], 2] += 0.25 * np.sin(2 * np.pi * 2 * np.arange(60) / FPS)
    return joints


def test_the_other_hand_misses_more_than_both() -> None:
    demand = demand_of("waves with the left hand")
    assert demand is not None
    both = waving("left")
    both[:, INDEX["right_wrist"]] = waving("right")[:, INDEX["right_wrist"]]
    assert demand.miss(waving("left")) <= 1.0 < demand.miss(both) < demand.miss(waving("right"))
    assert demand.miss(np.repeat(still()[:1], 60, axis=0)) > 1.0  # nobody waves


def test_a_motion_of_the_other_hand_is_mirrored_and_costs_no_second_try() -> None:
    def retry(rows: Sequence[int], arrange: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        raise AssertionError(f"{rows} were tried again")

    demand = demand_of("waves with the left hand")
    assert demand is not None
    (kept,) = best_by_demands(np.stack([waving("right")]), [demand], retry, as_it_is)
    np.testing.assert_array_equal(kept, mirrored(waving("right")))
    right = waving("left")
    assert attempt(right, demand, lambda joints: joints).joints is right


def climbing(metres: float) -> np.ndarray:
    """A stiff figure that rises by so many metres in three seconds and goes ahead by a tenth of them."""
    joints = np.repeat(still()[:1], 60, axis=0)
    joints[..., 1] += np.linspace(max(0.0, -metres), max(0.0, metres), 60)[:, None]
    joints[..., 2] += np.linspace(0.0, abs(metres) / 10, 60)[:, None]
    return joints


def test_who_climbs_a_ladder_the_other_way_does_it_backwards_in_time_and_from_the_same_place() -> None:
    def retry(rows: Sequence[int], arrange: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        raise AssertionError(f"{rows} were tried again")

    demand = demand_of("climbs down a ladder")
    assert demand is not None
    up = climbing(1.2)
    assert demand.miss(climbing(-1.2)) <= 1.0 < demand.miss(climbing(0.1)) < demand.miss(up)
    padded = np.concatenate([up, np.repeat(up[-1:], 12, axis=0)])  # as in a batch with a longer motion
    (kept,) = best_by_demands(np.stack([padded]), [demand], retry, lambda _row, joints: joints[:60])
    np.testing.assert_allclose(kept[:60, :, 1], up[::-1, :, 1])
    np.testing.assert_allclose(kept[0, 0, [0, 2]], up[0, 0, [0, 2]], atol=1e-9)
    assert demand.miss(kept[:60]) <= 1.0


def test_nobody_walks_down_stairs_backwards_because_the_model_went_up() -> None:
    demand = demand_of("walks down the stairs")
    assert demand is not None
    assert demand.climb == "down"
    assert attempt(climbing(1.2), demand, lambda joints: joints).miss > 1.0  # another one is made


@pytest.mark.parametrize(
    ("prompt", "direction"),
    [
        ("turns to the left", ("turn", "left")),
        ("walks in a circle to the right", ("turn", "right")),
        ("strafe left, combat walk", ("step", "left")),
        ("dodges to the right", ("step", "right")),
        ("looks left", None),
        ("hops on the left foot", None),
        ("steps left, then right", None),
        ("turns 90 degrees clockwise", ("turn", "right")),
        ("walks forward then turns left", None),
    ],
)
def test_a_side_to_turn_or_to_step_to_is_understood(prompt: str, direction: tuple[str, str] | None) -> None:
    demand = demand_of(prompt)
    assert demand is not None
    assert (demand.direction, demand.direction_side) == (direction or (None, ""))


def test_who_turns_or_steps_to_the_other_side_misses() -> None:
    sideways = np.linspace(0.0, 0.5, 60)[:, None, None] * np.array([1.0, 0.0, 0.0])  # +X is the left of who faces +Z
    for prompt, right, wrong in (
        ("turns to the left", walking(80, 60.0), walking(80, -60.0)),
        ("steps to the left", still(3.0) + sideways, still(3.0) - sideways),
    ):
        demand = demand_of(prompt)
        assert demand is not None
        assert demand.miss(right) <= 1.0 < demand.miss(wrong)


@pytest.mark.parametrize(("prompt", "missed"), [("shrugs the shoulders", True), ("sits and shrugs", False)])
def test_nobody_begins_on_a_seat_where_nothing_says_so(prompt: str, missed: bool) -> None:
    seated = sit(4.0)[-15:]
    demand = demand_of(prompt)
    assert (demand is not None and demand.miss(seated) > 1.0) == missed


def test_who_idles_stays_on_the_feet_to_the_end() -> None:
    standing, sitting_down = still(4.0), np.concatenate([still(2.0), sit(4.0)[-40:]])
    for prompt, missed in (("breathing idle", True), ("a person looks around", False)):
        demand = demand_of(prompt)
        assert demand is not None
        assert demand.miss(standing) <= 1.0
        assert (demand.miss(sitting_down) > 1.0) == missed


def test_who_collapses_where_nothing_says_so_misses() -> None:
    collapsing = np.concatenate([still(1.0), still(1.0) * np.array([1.0, 0.4, 1.0])])
    for prompt, missed in (("gangster strut", True), ("gets hit and goes down", False), ("picks up a coin", False)):
        demand = demand_of(prompt)
        assert demand is not None
        assert (demand.miss(collapsing) > 1.0) == missed


def test_who_is_to_walk_and_stays_misses() -> None:
    for prompt, missed in (("zombie walk", True), ("drunk, staggering home", True), ("walks, then stops", False)):
        demand = demand_of(prompt)
        assert demand is not None
        assert (demand.miss(still(4.0)) > 1.0) == missed
        assert demand.miss(walk(4.0)) <= 1.0


def test_who_is_to_use_a_hand_and_lets_both_hang_misses() -> None:
    hanging, raised = still(4.0), still(4.0)
    raised[20:30, INDEX["left_wrist"], 1] = raised[0, INDEX["pelvis"], 1] + 0.3
    for prompt, missed in (("tosses a ball in the bin", True), ("a person laughs", False)):
        demand = demand_of(prompt)
        assert demand is not None
        assert (demand.miss(hanging) > 1.0) == missed
        assert demand.miss(raised) <= 1.0


def test_who_is_to_turn_round_and_faces_on_misses() -> None:
    for prompt, missed in (("twirls like a ballerina", True), ("turns the page", False), ("turns the head", False)):
        demand = demand_of(prompt)
        assert demand is not None
        assert (demand.miss(still(4.0)) > 1.0) == missed
        assert demand.miss(walking(80, 120.0)) <= 1.0


def as_it_is(_row: int, joints: np.ndarray) -> np.ndarray:
    return joints


def test_a_missed_number_is_tried_again_and_the_nearest_is_kept() -> None:
    """Row 0 gets 10 degrees of 90: of three tries the one with 75 is kept and steered; row 1 stays as it is."""
    made = np.stack([walking(80, 10.0), walking(80, 10.0)])
    asked: list[int] = []

    def retry(rows: Sequence[int], arrange: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        asked.extend(rows)
        tries = np.stack([walking(80, turn) for turn in (-90.0, 75.0, 180.0)])
        assert np.array_equal(arrange(tries)[1], made[1])
        return tries

    kept = best_by_demands(made, [Demand(turn=90.0, side=1), None], retry, as_it_is)
    assert asked == [0]
    assert net_turn(kept[0]) == pytest.approx(90.0, abs=6.0)
    assert np.array_equal(kept[1], made[1])


def test_a_met_number_costs_no_second_try() -> None:
    def retry(rows: Sequence[int], arrange: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        raise AssertionError(f"{rows} were tried again")

    best_by_demands(np.stack([walking(80, 92.0)]), [Demand(turn=90.0, side=1)], retry, as_it_is)


def test_a_pace_is_met_only_by_who_keeps_it() -> None:
    demand = demand_of("a person runs forward")
    assert isinstance(demand, Demand)
    runs, crawls = walk(5.0, speed=3.0), walk(5.0, speed=1.2)
    assert demand.miss(runs) <= 1.0
    assert demand.miss(crawls) > 1.0
    tires = np.concatenate([runs, runs[-1:] + (walk(4.0, speed=0.8) - walk(4.0, speed=0.8)[:1])])
    assert demand.miss(tires) > 1.0, "who slows down to a walk does not keep it"
    assert demand.is_often_missed
    assert not demand_of("a person walks").is_often_missed  # type: ignore[union-attr]


def test_who_goes_too_fast_is_played_slower_and_takes_shorter_steps_but_not_in_slow_motion() -> None:
    demand = demand_of("a person jogs")
    assert isinstance(demand, Demand)
    fast, rushing = walk(5.0, speed=2.4), walk(5.0, speed=6.0)
    calm = slowed(fast, demand)
    assert len(calm) == len(fast)
    assert np.median(paces(calm)) == pytest.approx(0.95 * 2.1, rel=0.03)
    assert np.median(paces(slowed(rushing, demand))) == pytest.approx(6.0 / (1.25 * 1.3), rel=0.03)
    right = walk(5.0, speed=1.6)
    assert slowed(right, demand) is right
