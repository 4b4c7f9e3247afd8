# SPDX-License-Identifier: GPL-3.0-or-later
"""Physical figures on figures made by hand, whose faults are known."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.evaluation import physics
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS
from hypothesis import given
from hypothesis import strategies as st

LEFT_TOE, RIGHT_TOE = physics.TOES


def statue(frames: int = 40) -> np.ndarray:
    """A figure (frames, 22, 3) on the model's bone lengths that stands still with both toes on the floor."""
    directions = np.tile([0.0, 1.0, 0.0], (22, 1))
    for name in ("knee", "ankle"):
        directions[[INDEX[f"left_{name}"], INDEX[f"right_{name}"]]] = (0.0, -1.0, 0.0)
    directions[[LEFT_TOE, RIGHT_TOE]] = (0.0, -0.6, 0.8)
    for name in ("hip", "collar", "shoulder", "elbow", "wrist"):
        directions[INDEX[f"left_{name}"]], directions[INDEX[f"right_{name}"]] = (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)
    pose = np.zeros((22, 3))
    for joint in range(1, 22):
        pose[joint] = pose[PARENTS[joint]] + BONE_LENGTHS[joint] * directions[joint]
    pose[:, 1] -= pose[[LEFT_TOE, RIGHT_TOE], 1].min()
    return np.tile(pose, (frames, 1, 1))


EVERY_JOINT = slice(None)


def slide(joints: np.ndarray, speed: float, joint_numbers: slice | list[int] = EVERY_JOINT) -> np.ndarray:
    """The same with some joints carried along +Z at ``speed`` m/s."""
    moved = joints.copy()
    moved[:, joint_numbers, 2] += (np.arange(len(joints)) / FPS * speed)[:, None]
    return moved


def test_a_statue_is_faultless() -> None:
    figures = physics.measure(statue())
    assert figures.skating == 0.0
    assert figures.jerk == pytest.approx(0.0, abs=1e-9)
    assert figures.bone_error == pytest.approx(0.0, abs=1e-9)
    assert figures.penetration == 0.0
    assert figures.airborne == 0.0
    assert figures.upright == pytest.approx(1.0, abs=0.01)
    assert not physics.floats(figures)
    assert not physics.tips(figures)


@given(speed=st.floats(0.0, 3.0))
def test_a_sliding_statue_skates_at_its_own_speed(speed: float) -> None:
    assert physics.foot_skating(slide(statue(), speed)) == pytest.approx(100.0 * speed, abs=1e-6)


def test_only_one_foot_slides() -> None:
    standing = statue()
    standing[:, RIGHT_TOE, 1] = standing[:, LEFT_TOE, 1]
    assert physics.foot_skating(slide(standing, 0.4, [LEFT_TOE])) == pytest.approx(20.0)


def test_a_raised_foot_may_move() -> None:
    joints = slide(statue(), 2.0, [LEFT_TOE])
    joints[:, LEFT_TOE, 1] += 0.2
    assert physics.foot_skating(joints) == 0.0


def test_skating_is_measured_at_the_standing_level_even_where_the_floor_is_off() -> None:
    joints = slide(statue(), 0.3)
    joints[..., 1] += 0.03
    assert physics.foot_skating(joints) == pytest.approx(30.0)


def test_skating_does_not_depend_on_the_frame_rate() -> None:
    joints = slide(statue(41), 0.5)
    assert physics.foot_skating(joints[::2], FPS / 2) == pytest.approx(physics.foot_skating(joints))


def test_floating_and_penetration_in_centimetres() -> None:
    joints = statue()
    joints[..., 1] += 0.08
    assert physics.ground_gap(joints) == pytest.approx((8.0, 0.0), abs=0.5)
    assert physics.measure(joints).airborne == pytest.approx(len(joints) / FPS)
    assert physics.floats(physics.measure(joints))
    joints[..., 1] -= 0.12
    above, below = physics.ground_gap(joints)
    assert above == 0.0
    assert below == pytest.approx(4.0, abs=0.5)


def test_a_jump_does_not_float() -> None:
    joints = statue()
    joints[10:20, :, 1] += 0.4
    figures = physics.measure(joints)
    assert figures.airborne == pytest.approx(0.5)
    assert not physics.floats(figures)


def test_a_figure_that_lies_tips_over_and_one_that_bows_for_a_moment_does_not() -> None:
    standing, lying = statue(), statue()[..., [2, 0, 1]]
    assert physics.least_upright(lying) == pytest.approx(0.0, abs=0.1)
    assert physics.tips(physics.measure(lying))
    assert physics.unasked(physics.measure(lying), physics.measure(standing)) == (False, True)
    assert physics.unasked(physics.measure(lying), physics.measure(lying)) == (False, False)
    standing[10:13] = lying[10:13]
    assert physics.least_upright(standing) > 0.9


def test_jerk_of_a_known_curve() -> None:
    # x = t^3 has the third derivative 6 everywhere; a parabola has none.
    t = np.arange(60) / FPS
    joints = statue(60)
    joints[..., 0] += (t**3)[:, None]
    joints[..., 1] += (t**2)[:, None]
    assert physics.jerk(joints) == pytest.approx(6.0)
    assert np.isnan(physics.jerk(joints[:3]))


def test_trembling_raises_the_jerk() -> None:
    trembling = statue() + np.random.default_rng(0).normal(scale=0.005, size=(40, 22, 3))
    assert physics.jerk(trembling) > 100.0


def test_bone_error_of_a_figure_that_is_too_large() -> None:
    assert physics.bone_length_error(1.03 * statue()) == pytest.approx(3.0)
    stretched = statue()
    stretched[:, INDEX["left_wrist"], 0] += 0.1 * BONE_LENGTHS[INDEX["left_wrist"]]
    assert physics.bone_length_error(stretched) == pytest.approx(10.0 / 21)


def test_the_average_leaves_out_what_was_not_measured() -> None:
    too_short = statue(3)
    figures = physics.average([physics.measure(slide(statue(), 0.1)), physics.measure(too_short)])
    assert np.isfinite(figures.jerk)
    assert figures.skating == pytest.approx(5.0)
