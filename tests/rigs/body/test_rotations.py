# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotations: each form against another one, and continuity in time."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.rigs.body import rotations as r
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

NUMBERS = st.floats(-1.0, 1.0, allow_nan=False, width=32)
ORDERS = ("XYZ", "XZY", "YXZ", "YZX", "ZXY", "ZYX")


def random_quaternions(count: int, seed: int = 0) -> np.ndarray:
    return r.normalised(np.random.default_rng(seed).standard_normal((count, 4)))


def test_matrix_of_a_quaternion_turns_vectors_as_the_quaternion_product_does() -> None:
    w, x, y, z = q = random_quaternions(1)[0]
    v = np.array([0.3, -0.2, 0.9])
    u = np.array([x, y, z])
    expected = v + 2.0 * w * np.cross(u, v) + 2.0 * np.cross(u, np.cross(u, v))
    assert np.allclose(r.matrix_from_quaternion(q) @ v, expected)


def test_quaternion_and_matrix_are_inverse_near_every_half_turn() -> None:
    q = np.concatenate([random_quaternions(200), np.eye(4), np.eye(4) + 1e-7])
    back = r.quaternion_from_matrix(r.matrix_from_quaternion(q))
    assert np.allclose(np.abs((back * r.normalised(q)).sum(-1)), 1.0)


@given(arrays(np.float64, 3, elements=NUMBERS), arrays(np.float64, 3, elements=NUMBERS))
def test_swing_is_the_rotation_that_takes_one_direction_to_the_other(a: np.ndarray, b: np.ndarray) -> None:
    if np.linalg.norm(a) < 1e-3 or np.linalg.norm(b) < 1e-3:
        return
    a, b = r.normalised(a), r.normalised(b)
    turn = r.swing(a[None], b[None])[0]
    assert np.allclose(turn @ a, b, atol=1e-5)
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(turn) > 0.9


def test_swing_of_opposite_directions_is_a_half_turn() -> None:
    for start in np.eye(3):
        turn = r.swing(start[None], -start[None])[0]
        assert np.allclose(turn @ start, -start)
        assert np.isclose(np.linalg.det(turn), 1.0)


def test_frame_keeps_its_first_axis_and_is_right_handed() -> None:
    first, second = np.array([[0.0, 2.0, 0.0]]), np.array([[1.0, 5.0, 0.0]])
    assert np.allclose(r.frame(first, second)[0], np.array([[0, 1, 0], [1, 0, 0], [0, 0, -1]]))


def test_slerp_halves_an_angle_and_takes_the_short_way() -> None:
    start = np.array([1.0, 0.0, 0.0, 0.0])
    end = np.array([np.cos(0.6), 0.0, np.sin(0.6), 0.0])
    assert np.allclose(r.slerp(start, end, 0.5), [np.cos(0.3), 0.0, np.sin(0.3), 0.0])
    assert np.allclose(r.slerp(start, -end, 0.5), [np.cos(0.3), 0.0, np.sin(0.3), 0.0])


def test_continuous_chooses_signs_only() -> None:
    angles = np.linspace(0.0, 12.0, 80)
    q = np.stack([np.cos(angles / 2), np.sin(angles / 2), 0 * angles, 0 * angles], axis=1)
    broken = q * np.where(np.arange(80) % 3 == 0, -1.0, 1.0)[:, None]
    mended = r.continuous(broken)
    assert (np.sum(mended[1:] * mended[:-1], axis=1) > 0.0).all()
    assert np.allclose(np.abs((mended * q).sum(1)), 1.0)


def test_twist_is_the_part_about_the_axis() -> None:
    axis = np.array([0.0, 1.0, 0.0])
    q = r.quaternion_from_matrix(r.about(np.array([1.0, 0.0, 0.0]), np.array(0.7)) @ r.about(axis, np.array(-0.4)))
    assert np.isclose(r.twist_angle(q, axis), -0.4)


@pytest.mark.parametrize("order", ORDERS)
def test_euler_angles_give_the_rotation_back(order: str) -> None:
    q = random_quaternions(300, seed=1)
    back = r.matrix_from_euler(r.quaternion_to_euler(q, order), order)
    assert np.allclose(back, r.matrix_from_quaternion(q), atol=1e-9)


def test_euler_order_is_blenders() -> None:
    """'XYZ' turns about X first: a quarter about X, then one about Z, takes Y to Z and leaves it there."""
    turn = r.matrix_from_euler(np.radians([90.0, 0.0, 90.0]), "XYZ")
    assert np.allclose(turn @ [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
    assert np.allclose(turn @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])


@pytest.mark.parametrize("order", ORDERS)
def test_euler_angles_do_not_jump_over_full_turns_nor_near_the_pole(order: str) -> None:
    t = np.linspace(0.0, 1.0, 400)
    smooth = np.stack([9.0 * t, 1.5 * np.sin(5.0 * t), -7.0 * t], axis=1)
    angles = r.quaternion_to_euler(r.quaternion_from_matrix(r.matrix_from_euler(smooth, order)), order)
    assert np.abs(np.diff(angles, axis=0)).max() < 0.6
    assert np.allclose(r.matrix_from_euler(angles, order), r.matrix_from_euler(smooth, order), atol=1e-9)


@given(st.floats(-3.0, 3.0), arrays(np.float64, 3, elements=NUMBERS))
def test_angle_between_is_the_angle_of_the_rotation_between(angle: float, axis: np.ndarray) -> None:
    if np.linalg.norm(axis) < 1e-3:
        return
    base = r.matrix_from_quaternion(random_quaternions(1)[0])
    assert np.isclose(r.angle_between(base, base @ r.about(r.normalised(axis), np.array(angle))), abs(angle), atol=1e-6)
