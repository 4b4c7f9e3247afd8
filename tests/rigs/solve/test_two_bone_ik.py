# SPDX-License-Identifier: GPL-3.0-or-later
"""Two bones that have to end somewhere."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.rotations import angle_of
from coamd.rigs.solve.two_bone_ik import soft_limit, two_bones
from hypothesis import given
from hypothesis import strategies as st

LEFT = np.array([[1.0, 0.0, 0.0]])


def test_they_reach_a_goal_and_keep_their_lengths() -> None:
    rng = np.random.default_rng(1)
    upper, lower = np.array([[0.0, -0.4, 0.1]]).repeat(50, 0), np.array([[0.0, -0.4, -0.1]]).repeat(50, 0)
    goal = upper + lower + rng.uniform(-0.1, 0.1, (50, 3)) * (1.0, 0.5, 1.0) + (0.0, 0.1, 0.0)
    first, second = two_bones(upper, lower, goal, LEFT)
    assert np.allclose(first + second, goal, atol=1e-9)
    assert np.allclose(np.linalg.norm(first, axis=1), np.hypot(0.4, 0.1))
    assert np.allclose(np.linalg.norm(second, axis=1), np.hypot(0.4, 0.1))
    line = goal / np.linalg.norm(goal, axis=1, keepdims=True)
    knee = first - (first * line).sum(1, keepdims=True) * line
    assert (knee[:, 2] > 0.0).all()  # the knee stays in front


def test_a_straight_leg_bends_forward() -> None:
    upper = lower = np.array([[0.0, -0.4, 0.0]])
    first, _ = two_bones(upper, lower, np.array([[0.0, -0.7, 0.0]]), LEFT)
    assert first[0, 2] > 0.1


def test_a_goal_out_of_reach_is_approached() -> None:
    upper = lower = np.array([[0.0, -0.4, 0.0]])
    first, second = two_bones(upper, lower, np.array([[0.0, -2.0, 0.0]]), LEFT)
    assert np.isclose(np.linalg.norm(first + second), 0.8, atol=1e-3)


def test_nothing_to_do_changes_nothing() -> None:
    upper, lower = np.array([[0.02, -0.41, 0.1]]), np.array([[0.0, -0.39, -0.1]])
    first, second = two_bones(upper, lower, upper + lower, LEFT)
    assert np.degrees(angle_of(first, upper))[0] < 1.0
    assert np.degrees(angle_of(second, lower))[0] < 1.0


def test_neighbours_steady_the_side_on_which_a_straight_leg_bends() -> None:
    """The knee of a straight leg lies anywhere by millimetres; bent by centimetres it must not go there."""
    noise = np.random.default_rng(0).normal(scale=0.004, size=(40, 3)) * (1.0, 0.0, 1.0)
    knee = np.array([0.0, -0.4, 0.01]) + noise
    end = np.array([0.0, -0.8, 0.0])
    goal = np.tile([0.0, -0.75, 0.0], (40, 1))
    trembling = {}
    for steady in (0.0, 2.0):
        first, _ = two_bones(knee, end - knee, goal, LEFT, steady)
        trembling[steady] = np.linalg.norm(np.diff(first, axis=0), axis=1).mean()
    assert trembling[2.0] < 0.7 * trembling[0.0]


@given(st.floats(0.0, 10.0), st.floats(0.1, 1.0), st.floats(0.01, 1.0))
def test_a_soft_limit_is_none_below_and_never_passed(value: float, start: float, room: float) -> None:
    limited = float(soft_limit(np.array(value), np.array(start), np.array(start + room)))
    assert limited <= start + room
    assert limited == value if value <= start else limited >= start
