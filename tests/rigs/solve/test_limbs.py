# SPDX-License-Identifier: GPL-3.0-or-later
"""Roll of arms and legs: from the bend where there is one, from the body where there is none, smooth between."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.rigs.body.rotations import about, angle_between, normalised
from coamd.rigs.body.smoothing import blur
from coamd.rigs.solve.limbs import ARM, LEG, REST_LEG, limb, mirrored

X, Y, Z = np.eye(3)
BODY = np.eye(3)[None]


def leg(thigh: np.ndarray, bend: np.ndarray, hinge: np.ndarray = X) -> np.ndarray:
    """(F, 3, 3) hip, knee, ankle of a leg that bends by ``bend`` (F,) about ``hinge``."""
    shin = about(hinge, bend) @ thigh
    hip = np.zeros((len(bend), 3))
    knee = hip + thigh
    return np.stack([hip, knee, knee + shin], axis=1)


def test_directions_are_exact() -> None:
    points = leg(-Y, np.linspace(0.0, 2.0, 30))
    found = limb(points, BODY.repeat(30, 0), LEG, 20.0)
    assert np.allclose(found.upper[..., 0], -Y)
    assert np.allclose(found.lower[..., 0], normalised(points[:, 2] - points[:, 1]))


def test_the_roll_of_a_bent_limb_is_its_hinge() -> None:
    hinge = normalised(np.array([1.0, 0.0, 0.4]))
    found = limb(leg(-Y, np.full(40, 1.2), hinge), BODY.repeat(40, 0), LEG, 20.0)
    assert np.allclose(found.upper[..., 1] @ hinge, 1.0, atol=1e-3)
    assert np.allclose(found.lower[..., 1] @ hinge, 1.0, atol=1e-3)


def test_a_limb_that_straightens_keeps_the_roll_it_had() -> None:
    """Bent, then straight for a fifth of a second, then bent again about the same axis."""
    hinge = normalised(np.array([1.0, 0.0, 0.5]))
    bend = 1.2 * np.abs(np.linspace(-1.0, 1.0, 41)) ** 0.5
    bend[18:23] = 0.0
    found = limb(leg(-Y, bend, hinge), BODY.repeat(41, 0), LEG, 20.0)
    assert (found.upper[..., 1] @ hinge).min() > np.cos(np.radians(10.0))


def test_a_knee_that_overstretches_does_not_turn_round() -> None:
    bend = np.radians(np.linspace(60.0, -8.0, 30))
    found = limb(leg(-Y, bend), BODY.repeat(30, 0), LEG, 20.0)
    assert (found.upper[..., 1] @ X).min() > 0.9
    assert np.degrees(angle_between(found.upper[1:], found.upper[:-1])).max() < 5.0


def test_at_rest_knees_bend_backwards() -> None:
    found = limb(leg(-Y, np.zeros(1)), BODY, REST_LEG, None)
    assert np.allclose(found.upper[0, :, 1], X)


def test_the_right_table_is_the_mirror_image() -> None:
    flip = np.diag([-1.0, 1.0, 1.0])
    way = normalised(np.array([0.3, -0.6, 0.5]))
    left = ARM[0] + way @ ARM[1:]
    right = mirrored(ARM)[0] + (flip @ way) @ mirrored(ARM)[1:]
    assert np.allclose(right, flip @ left)


@pytest.mark.parametrize("way", [-Y, Z, X, Y, normalised(X - Y), normalised(Z + Y)])
def test_where_people_bend_their_limbs_is_never_along_the_limb(way: np.ndarray) -> None:
    for table in (ARM, LEG):
        bend = table[0] + way @ table[1:]
        assert np.linalg.norm(bend - (bend @ way) * way) > 0.25


def test_blur_keeps_what_is_constant_and_smooths_what_is_not() -> None:
    assert np.allclose(blur(np.ones((7, 2)), 3.0), 1.0)
    spike = np.zeros((21, 1))
    spike[10] = 1.0
    smooth = blur(spike, 2.0)
    assert np.isclose(smooth.sum(), 1.0)
    assert smooth.argmax() == 10
    assert smooth.max() < 0.3
