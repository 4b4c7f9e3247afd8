# SPDX-License-Identifier: GPL-3.0-or-later
"""A motion that jumps another number of times than was asked is rearranged to that number, without a seam."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from coamd.backend.motion.demands import Demand, demand_of
from coamd.backend.motion.generation import attempt, nearest
from coamd.backend.motion.joint_measures import Event, flights, paces, squats
from coamd.backend.motion.recounting import FARTHEST, along, cheapest_path, kept_up, leaps, recounted

from tests.backend.motion.test_demands import jumping, lowered
from tests.motions import still, walk


@pytest.mark.parametrize("asked", [1, 2, 3, 4])
def test_the_asked_number_of_jumps_comes_out_of_two(asked: int) -> None:
    made = np.concatenate([jumping(2), np.repeat(jumping(2)[-1:], 60, axis=0)])
    found = recounted(made, flights(made), asked)
    assert found is not None
    price, joints = found
    assert len(flights(joints)) == asked
    assert joints.shape == made.shape
    assert (price == 0.0) == (asked == 2), "what is right already costs nothing"
    step = np.linalg.norm(np.diff(joints, axis=0), axis=-1).max()
    assert step <= np.linalg.norm(np.diff(made, axis=0), axis=-1).max() + FARTHEST / 4, "no frame jumps at a seam"


def test_a_squat_that_is_held_is_shortened_where_two_would_not_fit() -> None:
    once = lowered(still(), 0.45, 1)
    bottom = len(once) // 2 + 4
    held = np.concatenate([once[:bottom], np.repeat(once[bottom : bottom + 1], 50, axis=0), once[bottom:]])
    assert len(squats(held)) == 1
    found = recounted(held, squats(held), 2)
    assert found is not None
    assert len(squats(found[1])) == 2


def flagging(slow: range) -> np.ndarray:
    """A walk of 4 s that hardly moves on in the frames of ``slow``."""
    made = walk(4.0)
    steps = np.diff(made[:, :1] * [1, 0, 1], axis=0)
    steps[slow.start : slow.stop] *= 0.1
    path = np.concatenate([made[:1, :1] * [1, 0, 1], made[:1, :1] * [1, 0, 1] + np.cumsum(steps, axis=0)])
    return made - made[:, :1] * [1, 0, 1] + path


def test_a_gait_that_slows_down_keeps_its_pace() -> None:
    made, steady = flagging(range(45, 62)), walk(4.0)
    pace = float(paces(steady)[1:].mean())
    assert paces(made)[1:].min() < 0.7 * pace
    found = kept_up(made, 0.8 * pace)
    assert found is not None
    assert found[0] > 0.0
    assert found[1].shape == made.shape
    assert paces(found[1])[1:].min() > 0.7 * pace
    step = np.linalg.norm(np.diff(found[1], axis=0), axis=-1).max()
    assert step <= np.linalg.norm(np.diff(steady, axis=0), axis=-1).max() + FARTHEST / 4, "no frame jumps at a seam"
    assert kept_up(steady, 0.8 * pace) is None, "nothing is too slow"


def test_a_gait_that_is_slow_throughout_cannot_be_kept_up() -> None:
    assert kept_up(flagging(range(79)), 1.0) is None


def test_a_run_that_collapses_is_held_to_its_pace() -> None:
    demand = Demand(pace=(0.8 * float(paces(walk(4.0))[1:].mean()), 5.0))
    made = flagging(range(45, 62))
    assert demand.miss(made) > 1.0
    assert demand.miss(nearest([attempt(made, demand, lambda joints: joints)], demand, lambda joints: joints)) <= 1.0


def test_a_motion_without_the_action_is_left() -> None:
    assert recounted(walk(4.0), [], 2) is None


def test_a_motion_of_a_minute_is_not_searched() -> None:
    """Prices for each pair of its frames would take minutes and gigabytes."""
    made = np.concatenate([jumping(2), np.repeat(jumping(2)[-1:], 200, axis=0)])
    assert recounted(made, flights(made), 3) is None


def test_no_leap_cuts_an_event_or_stutters() -> None:
    made = jumping(2)
    events = flights(made)
    price = leaps(made, events)
    for event in events:
        within = np.arange(event.start, event.end)
        others = np.setdiff1d(np.arange(len(made)), within)
        assert np.isinf(price[np.ix_(within, others)]).all()
        assert np.isinf(price[np.ix_(others, within)]).all()
        assert np.isinf(price[np.ix_(within, within)][np.tril_indices(len(within))]).all(), "within it only onwards"
    near = np.isfinite(price)
    overlapping = [Event(10, 60, ""), Event(30, 45, "")]
    price, within = leaps(still(4.0), overlapping), np.arange(30, 45)
    others = np.setdiff1d(np.arange(80), within)
    assert np.isinf(price[np.ix_(within, others)]).all()
    assert np.isinf(price[np.ix_(others, within)]).all()
    assert np.isfinite(price[np.ix_(np.arange(10, 60), np.arange(10, 60))]).any()
    assert not any(near[i, i + 1] for i in range(len(made) - 1))


def test_the_cheapest_path_is_that_of_a_search_of_all() -> None:
    """Five frames, an event over at frame 3, leaps from 3 to 0 and from 1 to 4: two events need 0 1 2 3 0 1 2 3 ..."""
    price = np.full((9, 9), np.inf)
    price[4, 1], price[5, 0] = 0.3, 0.1
    once = [Event(2, 3, "")]
    cost, path = cheapest_path(price, once, 2) or (0.0, np.zeros(0))
    # after 5 leap to 0 for 0.1; frames 6 to 8 are then 0, 1, 2, which is too short for the second event: 4 to 1 it is
    assert cost == pytest.approx(0.3)
    assert path.tolist() == [0, 1, 2, 3, 4, 1, 2, 3, 4]
    assert cheapest_path(price, once, 3) is None


def test_a_part_goes_on_where_the_one_before_would_have_been() -> None:
    """A straight walk without a part of it is as long in place as in time."""
    made = walk(6.0)
    path = np.concatenate([np.arange(40), np.arange(60, 120)])
    joints = along(made, path)
    way = np.linalg.norm(joints[-1, 0] - joints[0, 0])
    whole = np.linalg.norm(made[-1, 0] - made[0, 0])
    assert way == pytest.approx(whole * (len(path) - 1) / (len(made) - 1), rel=0.02)


def test_what_the_user_gets_is_what_is_counted() -> None:
    """Finishing that flattens one of the jumps makes the motion miss its number, and another one is kept."""
    demand = demand_of("a person jumps twice")
    assert isinstance(demand, Demand)
    two, one = jumping(2), jumping(1)
    still = np.repeat(two[:1], len(two), axis=0)

    def kept_of(finish: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        return nearest([attempt(joints, demand, finish) for joints in (two, one)], demand, finish)

    assert kept_of(lambda joints: joints) is two
    kept = kept_of(lambda joints: still if joints is two else joints)
    assert len(flights(kept)) == 2
    assert kept is not two
