# SPDX-License-Identifier: GPL-3.0-or-later
"""Feet of an edited stretch: they stand where they carry, and poses that are given stay to the bit."""

from __future__ import annotations

import motions
import numpy as np
import pytest
from coamd.backend.editing.foot_locking import followed, footed, given
from coamd.backend.lab.evaluation.physics import foot_skating
from coamd.rigs.body.contacts import find_contacts, find_stance
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from coamd.rigs.solve.feet import planted_joints
from hypothesis import given as holds_for
from hypothesis import strategies as st

FEET = [INDEX["left_foot"], INDEX["right_foot"]]
CHILDREN = np.arange(1, len(PARENTS))


def swayed(joints: np.ndarray, known: np.ndarray, size: float = 0.06) -> np.ndarray:
    """The whole figure slides to the side and back between the known frames, as what meets poses leaves it."""
    away = np.abs(np.arange(len(joints))[:, None] - np.flatnonzero(known)).min(axis=1)
    t = np.clip(away / 12.0, 0.0, 1.0)[:, None, None]
    return joints + size * t * t * (3.0 - 2.0 * t) * np.array([1.0, 0.0, 0.5])


def ends(frames: int, *others: int) -> np.ndarray:
    """Four frames at either end, and others."""
    known = np.zeros(frames, dtype=bool)
    known[:4] = known[-4:] = True
    known[list(others)] = True
    return known


STANDS = motions.still(4.0).astype(np.float64)
WALKS = planted_joints(motions.walk(4.0).astype(np.float64))


@pytest.mark.parametrize("held", [(), (40,), (30, 50)])
@pytest.mark.parametrize("source", [STANDS, WALKS], ids=["stands", "walks"])
def test_feet_stand_and_known_poses_stay(source: np.ndarray, held: tuple[int, ...]) -> None:
    known = ends(len(source), *held)
    sliding = swayed(source, known)
    out = footed(sliding, known)
    assert np.array_equal(out[known], sliding[known])
    bones = np.linalg.norm(out - out[:, list(PARENTS)], axis=-1)[:, CHILDREN]
    assert bones == pytest.approx(np.broadcast_to(BONE_LENGTHS[CHILDREN], bones.shape), abs=2e-3)
    assert foot_skating(out) < max(0.35 * foot_skating(sliding), 1.2 * foot_skating(source))
    assert foot_skating(sliding) > foot_skating(source), "they slid"


def test_a_foot_stands_where_the_pose_beside_the_border_has_it() -> None:
    known = np.arange(len(STANDS)) < 30
    away = np.clip((np.arange(len(STANDS)) - 29) / 6.0, 0.0, 1.0)[:, None, None]
    out = footed(STANDS + 0.05 * away * np.array([1.0, 0.0, 0.0]), known)
    assert out[30:, FEET] == pytest.approx(np.broadcast_to(STANDS[29, FEET], out[30:, FEET].shape), abs=5e-3)


def test_the_body_goes_with_its_feet_and_knees_do_not_pop() -> None:
    """Without it the leg would have to bend for the whole way of the foot."""
    known = ends(len(STANDS), 40)
    sliding = swayed(STANDS, known)
    out, fixed = footed(sliding, known), footed(sliding, known, follows=False)
    knees = [INDEX["left_knee"], INDEX["right_knee"]]

    def pops(joints: np.ndarray) -> float:
        return float(np.linalg.norm(np.diff(joints[:, knees], n=2, axis=0), axis=-1).max())

    assert pops(out) < 0.004
    assert pops(out) < 0.7 * pops(fixed), "the body helps"
    assert np.array_equal(fixed[:, 0], sliding[:, 0])


def test_a_leg_that_may_not_change_does_not() -> None:
    known = ends(len(STANDS))
    sliding = swayed(STANDS, known)
    out = footed(sliding, known, ["left"], follows=False)
    right = [INDEX[f"right_{part}"] for part in ("hip", "knee", "ankle", "foot")]
    assert np.array_equal(out[:, right], sliding[:, right])
    assert np.abs(out[:, INDEX["left_foot"]] - sliding[:, INDEX["left_foot"]]).max() > 0.03


def test_a_fast_foot_is_lifted_over_the_floor() -> None:
    """Feet that drag over the floor between two poses swing instead."""
    t = np.clip((np.arange(80) - 25) / 30.0, 0.0, 1.0)[:, None, None]
    source = STANDS + t * t * (3.0 - 2.0 * t) * np.array([0.0, 0.0, 1.5])
    out = footed(source, (np.arange(80) < 25) | (np.arange(80) > 55))
    level = find_stance(source).toe
    assert out[36:44, FEET, 1].min() > level + 0.015
    assert source[36:44, FEET, 1].max() < level + 0.01


def test_clips_without_contacts_stay_as_they_are() -> None:
    hangs = STANDS + np.array([0.0, 1.0, 0.0]) + 0.3 * np.sin(np.arange(80) / 5.0)[:, None, None]
    assert not any(find_contacts(hangs, find_stance(hangs)))
    assert footed(hangs, ends(80)) == pytest.approx(hangs, abs=1e-6)


@holds_for(st.lists(st.integers(0, 19), max_size=4, unique=True))
def test_a_foot_goes_evenly_from_one_known_place_to_the_next(frames: list[int]) -> None:
    known = np.isin(np.arange(20), frames)
    points = np.arange(60.0).reshape(20, 3) ** 2
    out = given(points, known, np.ones(3))
    assert np.array_equal(out[known], points[known])
    if not frames:
        assert np.array_equal(out, np.ones((20, 3)))
    else:
        assert np.abs(np.diff(out, n=2, axis=0))[~known[1:-1]].max(initial=0.0) < 1e-9


def test_a_body_that_follows_is_still_in_known_frames() -> None:
    moves = np.full((2, 40, 3), 0.05)
    known = ends(40)
    out = followed(moves, np.ones((2, 40)), known)
    assert not out[known].any()
    assert out[20] == pytest.approx(np.full(3, 0.05), abs=2e-3)
