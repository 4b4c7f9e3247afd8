# SPDX-License-Identifier: GPL-3.0-or-later
"""A gait on the spot is read as one over the ground; nothing else is moved."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.labelling.treadmill import ground_velocity, over_ground
from coamd.rigs.body.canonical import facing
from coamd.rigs.body.rotations import about
from coamd.rigs.body.skeleton import FPS, INDEX

from tests.motions import still

SPEED, CYCLE, STANCE = 1.2, 1.0, 0.6  # m/s; seconds; share of the cycle in which a foot carries


def on_the_spot(seconds: float) -> np.ndarray:
    """A gait (F, 22, 3) towards +Z whose hips stay: feet that carry go back with the ground, others come forward."""
    take = still(seconds).copy()
    at = np.arange(len(take)) / FPS
    back = SPEED * CYCLE * STANCE
    for side, start in (("left", 0.0), ("right", 0.5)):
        phase = (at / CYCLE + start) % 1.0
        swing = np.clip((phase - STANCE) / (1.0 - STANCE), 0.0, 1.0)
        along = np.where(phase < STANCE, back * (0.5 - phase / STANCE), back * (swing - 0.5))
        for part in ("ankle", "foot"):
            take[:, INDEX[f"{side}_{part}"]] += np.stack([0.0 * at, 0.15 * np.sin(np.pi * swing), along], axis=1)
    return take


def gait(seconds: float) -> np.ndarray:
    """The same gait over ground that stays."""
    take = on_the_spot(seconds)
    take[..., 2] += SPEED * np.arange(len(take))[:, None] / FPS
    return take


def travel(take: np.ndarray) -> np.ndarray:
    return (take[-1, 0] - take[0, 0])[[0, 2]]


@pytest.mark.parametrize("turn", [0.0, 2.1])
def test_a_walk_on_the_spot_travels_as_far_as_it_did_before(turn: float) -> None:
    round_y = about(np.array([0.0, 1.0, 0.0]), np.array(turn)).T
    take, held = gait(4.0) @ round_y, on_the_spot(4.0) @ round_y
    gone = over_ground(held)
    assert np.linalg.norm(travel(gone) - travel(take)) < 0.05 * np.linalg.norm(travel(take))
    np.testing.assert_allclose(gone[..., 1], held[..., 1])
    np.testing.assert_allclose(facing(gone[:1]), facing(take[:1]), atol=1e-9)


@pytest.mark.parametrize(
    "take", [gait(4.0), still(2.0), on_the_spot(0.4)], ids=["a walk", "somebody who stands", "short"]
)
def test_what_stands_on_the_ground_stays(take: np.ndarray) -> None:
    assert over_ground(take) is take


def test_somebody_who_is_carried_along_is_no_walker() -> None:
    """Both feet go with the hips: a glide, no treadmill."""
    glide = still(3.0) + np.linspace(0.0, 3.0, 60)[:, None, None] * (0.0, 0.0, 1.0)
    assert not ground_velocity(glide).any()


def test_one_foot_that_slides_is_no_gait() -> None:
    take = still(3.0).copy()
    take[:, 10, 2] += np.linspace(0.0, 3.0, 60)
    assert not ground_velocity(take).any()
