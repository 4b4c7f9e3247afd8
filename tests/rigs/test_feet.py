# SPDX-License-Identifier: GPL-3.0-or-later
"""Feet on the ground: stance, contacts, and legs that hold a carrying foot without a jerk."""

from __future__ import annotations

from pathlib import Path

import characters
import motions
import numpy as np
from coamd.rigs import feet
from coamd.rigs.canonical import canonical
from coamd.rigs.detection import detect
from coamd.rigs.pose import pose
from coamd.rigs.rest import RestRig
from coamd.rigs.retarget import retarget
from coamd.rigs.rotations import angle_of
from coamd.rigs.skeleton import INDEX
from coamd.rigs.sources import read_source


def toes(joints: np.ndarray, rig: RestRig, ground: bool, side: str = "left") -> np.ndarray:
    mapping = detect(rig)
    found = pose(rig, retarget(joints, rig, mapping, fps=20.0, ground=ground))
    return found[:, rig.index[mapping.bones[f"{side}_foot"]], :3, 3]


def test_the_stance_of_a_standing_figure() -> None:
    joints = motions.still()
    stance = feet.find_stance(joints)
    way = joints[0, INDEX["left_foot"]] - joints[0, INDEX["left_ankle"]]
    assert np.isclose(np.sin(stance.slope), -way[1] / np.linalg.norm(way))
    assert np.isclose(stance.ankle, motions.ANKLE, atol=0.004)  # the model's legs differ by that in length


def test_a_figure_in_the_air_has_the_usual_stance() -> None:
    assert feet.find_stance(motions.still() + np.array([0.0, 1.0, 0.0])) == feet.USUAL


def test_contacts_are_where_the_toes_rest() -> None:
    joints = motions.still(2.0)
    joints[15:25, INDEX["left_foot"], 1] += 0.2
    carries = feet.contacts(joints, "left", feet.find_stance(joints), 20.0)
    assert carries[:12].all()
    assert not carries[16:24].any()
    assert carries[28:].all()


def test_a_foot_that_slides_far_is_left_alone() -> None:
    joints = motions.still(4.0) + np.linspace(0.0, 1.0, 80)[:, None, None] * np.array([0.0, 0.0, 1.0])
    carries = feet.contacts(joints, "left", feet.find_stance(joints), 20.0)
    assert carries.mean() < 0.4


def test_offsets_hold_the_toes_and_pass_over_smoothly() -> None:
    t = np.arange(60) / 20.0
    toe = np.stack([0.02 * np.sin(9.0 * t), 0.05 + 0 * t, 0.1 * t], axis=1)
    carries = (t < 0.8) | (t > 2.0)
    moved = toe + feet.offsets(toe, carries, 0.02, 20.0)
    for start, end in feet.spans(carries):
        assert np.ptp(moved[start:end], axis=0).max() < 1e-9
        assert np.allclose(moved[start:end, 1], 0.02)
    assert np.abs(np.diff(moved, n=2, axis=0)).max() < 0.02
    assert moved[:, 1].min() > 0.02 - 1e-9


def test_no_contact_no_change() -> None:
    toe = np.random.default_rng(0).normal(size=(20, 3))
    assert not feet.offsets(toe, np.zeros(20, dtype=bool), 0.0, 20.0).any()


def test_two_bones_reach_a_goal_and_keep_their_lengths() -> None:
    rng = np.random.default_rng(1)
    upper, lower = np.array([[0.0, -0.4, 0.1]]).repeat(50, 0), np.array([[0.0, -0.4, -0.1]]).repeat(50, 0)
    goal = upper + lower + rng.uniform(-0.1, 0.1, (50, 3)) * (1.0, 0.5, 1.0) + (0.0, 0.1, 0.0)
    first, second = feet.two_bones(upper, lower, goal, np.array([[1.0, 0.0, 0.0]]))
    assert np.allclose(first + second, goal, atol=1e-9)
    assert np.allclose(np.linalg.norm(first, axis=1), np.hypot(0.4, 0.1))
    assert np.allclose(np.linalg.norm(second, axis=1), np.hypot(0.4, 0.1))
    line = goal / np.linalg.norm(goal, axis=1, keepdims=True)
    knee = first - (first * line).sum(1, keepdims=True) * line
    assert (knee[:, 2] > 0.0).all()  # the knee stays in front


def test_a_goal_out_of_reach_is_approached() -> None:
    upper = lower = np.array([[0.0, -0.4, 0.0]])
    first, second = feet.two_bones(upper, lower, np.array([[0.0, -2.0, 0.0]]), np.array([[1.0, 0.0, 0.0]]))
    assert np.isclose(np.linalg.norm(first + second), 0.8, atol=1e-3)


def test_nothing_to_do_changes_nothing() -> None:
    upper, lower = np.array([[0.02, -0.41, 0.1]]), np.array([[0.0, -0.39, -0.1]])
    first, second = feet.two_bones(upper, lower, upper + lower, np.array([[1.0, 0.0, 0.0]]))
    assert np.degrees(angle_of(first, upper))[0] < 1.0
    assert np.degrees(angle_of(second, lower))[0] < 1.0


def test_captured_feet_stop_sliding(shared: Path) -> None:
    motion = read_source(shared / "mocap" / "accad" / "male1" / "walk.bvh")
    joints = canonical(motion.joints, motion.fps).astype(np.float64)
    rig = RestRig.from_table(shared / "rigs" / "mpfb_mixamo.json")
    stance = feet.find_stance(joints)
    slid = {True: 0.0, False: 0.0}
    for side in ("left", "right"):
        carries = feet.contacts(joints, side, stance, 20.0)
        assert carries.any()
        both = carries[1:] & carries[:-1]
        for ground in slid:
            path = toes(joints, rig, ground, side)
            slid[ground] += float(np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1)[both].sum())
    assert slid[True] < 0.25 * slid[False]


def test_locking_makes_no_pops() -> None:
    clip = motions.walk(4.0)
    for side in ("left", "right"):
        free, locked = (np.diff(toes(clip, characters.mixamo(), ground, side), n=2, axis=0) for ground in (False, True))
        assert np.abs(locked).max() < np.abs(free).max() + 0.03
