# SPDX-License-Identifier: GPL-3.0-or-later
"""Exactness in joint space: curves through known frames, kept body parts, hands on targets, feet that push."""

from __future__ import annotations

import motions
import numpy as np
import pytest
from coamd.backend.editing.correction import composed, corrected, jointed, met
from coamd.backend.editing.foot_steps import walked
from coamd.backend.editing.reaching import reached
from coamd.backend.editing.smooth_curves import offset_curve
from coamd.backend.lab.editing.measures import border_speed, usual_change
from coamd.backend.requests.edit import EditRequest
from coamd.rigs.body.body_parts import PART_JOINTS, PARTS
from coamd.rigs.body.canonical import turned
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from hypothesis import given
from hypothesis import strategies as st

WALK = motions.walk(3.0)
OTHER = turned(motions.sit(3.0), 0.4) + np.array([0.3, 0.0, 0.2])


def lengths(joints: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1)
    return result


@given(st.lists(st.integers(0, 39), min_size=1, max_size=6, unique=True))
def test_an_offset_goes_through_what_is_known_and_fades(frames: list[int]) -> None:
    known = np.isin(np.arange(40), frames)
    values = np.where(known[:, None], np.arange(40.0)[:, None] + 1, 0.0)
    curve = offset_curve(known, values)
    assert curve[known] == pytest.approx(values[known])
    far = [f for f in range(40) if min(abs(f - g) for g in frames) > 30]
    assert np.abs(curve[far]).max(initial=0) < 0.15 * np.abs(values).max()


def test_a_motion_meets_another_in_pose_and_speed() -> None:
    known = np.ones(60, dtype=bool)
    known[20:40] = False
    made = WALK + 0.05 + 0.001 * np.arange(60)[:, None, None]
    bent = met(made, WALK, known)
    assert bent[known] == pytest.approx(WALK[known])
    bend = np.diff(bent - WALK, n=2, axis=0)
    assert np.abs(bend).max() < 0.005, "no corner at the borders"
    assert np.abs(np.diff(np.where(known[:, None, None], WALK, made) - WALK, n=2, axis=0)).max() > 0.05  # without it


@pytest.mark.parametrize("part", PARTS)
def test_what_is_kept_stays_about_the_root(part: str) -> None:
    out = composed(WALK, OTHER, (part,))
    kept = [j for other in PARTS if other != part for j in PART_JOINTS[other]]
    if part == "trunk":  # arms go where it carries them
        kept = [j for j in kept if j not in (*PART_JOINTS["left_arm"], *PART_JOINTS["right_arm"])]
    if part == "root":  # all of the body turns and travels
        same = np.linalg.norm(out[:, kept] - out[:, :1], axis=-1)
        assert same == pytest.approx(np.linalg.norm(WALK[:, kept] - WALK[:, :1], axis=-1))
        assert out[:, 0] == pytest.approx(OTHER[:, 0])
    else:
        assert np.array_equal(out[:, kept], WALK[:, kept])
    assert not np.allclose(out[:, list(PART_JOINTS[part])], WALK[:, list(PART_JOINTS[part])], atol=0.01)


def test_kept_arms_ride_on_a_trunk_that_changes() -> None:
    out = composed(WALK, OTHER, ("trunk",))
    arm = list(PART_JOINTS["left_arm"])
    spine = INDEX["spine3"]
    assert np.linalg.norm(out[:, arm] - out[:, [spine]], axis=-1) == pytest.approx(
        np.linalg.norm(WALK[:, arm] - WALK[:, [spine]], axis=-1)
    )


def test_all_parts_are_what_was_made_and_none_is_all() -> None:
    assert np.array_equal(composed(WALK, OTHER, ()), OTHER)
    assert np.array_equal(composed(WALK, OTHER, PARTS), OTHER)


@pytest.mark.parametrize("name", ["left_wrist", "right_wrist", "left_ankle", "right_ankle"])
def test_a_limb_reaches_with_bones_of_one_length(name: str) -> None:
    bent = motions.sit(2.0)[-20:]
    move = np.zeros((len(bent), 3))
    move[5:15] = (0.02, 0.05, 0.03)
    out = reached(bent, name, move)
    assert out[:, INDEX[name]] == pytest.approx(bent[:, INDEX[name]] + move, abs=1e-3)
    assert lengths(out)[:, 1:] == pytest.approx(lengths(bent)[:, 1:], abs=1e-3)
    assert out[:5] == pytest.approx(bent[:5])


def test_bones_get_their_lengths_and_ankles_keep_their_place() -> None:
    odd = WALK + np.random.default_rng(1).normal(scale=0.004, size=WALK.shape)
    out = jointed(odd, BONE_LENGTHS)
    ankles = [INDEX["left_ankle"], INDEX["right_ankle"]]
    assert lengths(out)[:, 1:] == pytest.approx(np.broadcast_to(BONE_LENGTHS[1:], (len(out), 21)), abs=2e-3)
    assert np.linalg.norm(out[:, ankles] - odd[:, ankles], axis=-1).max() < 0.02


def test_a_figure_that_glides_goes_where_its_feet_push() -> None:
    stands = motions.still(4.0)
    known = np.arange(len(stands)) < 30
    gliding = stands.copy()
    gliding[30:, :, 2] -= 0.05 * np.arange(1, 51)[:, None]  # a metre per second
    assert walked(gliding, known)[-1] == pytest.approx(stands[-1], abs=0.1)
    assert np.array_equal(walked(gliding, known)[:30], gliding[:30])
    between = known | (np.arange(len(stands)) > 70)
    assert np.array_equal(walked(gliding, between), gliding), "what follows says where it goes"


@pytest.mark.parametrize("parts", [(), ("left_arm", "right_arm"), ("trunk", "left_arm", "right_arm")])
def test_no_joint_jumps_at_the_borders_more_than_the_motion_does(parts: tuple[str, ...]) -> None:
    """What was made trembles and lies elsewhere; the trunk that carries the arms may be the old or the new one."""
    rng = np.random.default_rng(3)
    walk = WALK.astype(np.float64)
    made = walk + 0.08 * rng.normal(size=(1, 22, 3)) + 0.01 * rng.normal(size=walk.shape)
    changes = np.zeros(len(walk), dtype=bool)
    changes[20:44] = True
    request = EditRequest(walk.astype(np.float32), start=20, end=44, parts=parts)
    out = corrected(walk, made, changes, np.zeros_like(changes), request, 0, bound=False)
    assert np.array_equal(out[~changes], walk[~changes])
    usual = usual_change(walk)
    assert border_speed(out, (20, 44), usual) < 1.5
    plain = np.where(changes[:, None, None], made, walk)
    assert border_speed(plain, (20, 44), usual) > 2.0, "the gate can fail"
