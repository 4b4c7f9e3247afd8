# SPDX-License-Identifier: GPL-3.0-or-later
"""Feet on the ground: held while they carry, on the 22 joints and on rigs, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.canonical import canonical
from coamd.rigs.body.contacts import Contact, find_contacts, find_stance
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.rotations import about, angle_between, angle_of
from coamd.rigs.body.skeleton import INDEX, PARENTS
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.files.motion_sources import read_source
from coamd.rigs.solve import feet, foot_planting
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.settings import RetargetSettings
from hypothesis import given
from hypothesis import strategies as st

TOES = [INDEX["left_foot"], INDEX["right_foot"]]


def slipping(seconds: float = 4.0) -> np.ndarray:
    """A walk whose feet slip by 15 cm a second, hover and sink by two centimetres, and tremble."""
    joints = motions.walk(seconds)
    t = np.arange(len(joints)) / 20.0
    joints[..., 2] += 0.15 * t[:, None]
    joints[..., 1] += 0.02 * np.sin(2.0 * t)[:, None]
    return joints + np.random.default_rng(0).normal(scale=0.001, size=joints.shape)


def swaying() -> np.ndarray:
    """Standing feet that drift by 3 cm, turn by 8 degrees and tremble, under a body that sways."""
    joints = motions.still(4.0)
    t = np.arange(len(joints)) / 20.0
    turn = about(np.array([0.0, 1.0, 0.0]), np.radians(4.0) * np.sin(t))
    joints = np.einsum("fij,fkj->fki", turn, joints)
    joints[..., 0] += 0.015 * np.sin(1.5 * t)[:, None]
    joints[..., 1] -= 0.03  # so that no leg is straight
    joints[:, [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("ankle", "foot")], 1] += 0.03
    return joints + np.random.default_rng(0).normal(scale=0.001, size=joints.shape)


def slides(joints: np.ndarray, contacts: tuple[list[Contact], list[Contact]]) -> float:
    """How far the toes slide over the floor in these contacts."""
    total = 0.0
    for toe, found in zip(TOES, contacts, strict=True):
        for contact in found:
            path = joints[contact.start : contact.end, toe][:, [0, 2]]
            total += float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())
    return total


def contacts_of(joints: np.ndarray) -> tuple[list[Contact], list[Contact]]:
    return find_contacts(joints, find_stance(joints))


def matrices(joints: np.ndarray, rig: RestRig, strength: float) -> np.ndarray:
    return pose(rig, retarget(joints, rig, detect(rig), fps=20.0, settings=RetargetSettings(foot_lock=strength)))


def toe_paths(joints: np.ndarray, rig: RestRig, strength: float) -> np.ndarray:
    """(F, 2, 3) of left and right toes, the rig's axes."""
    mapping = detect(rig)
    posed = matrices(joints, rig, strength)
    return np.stack([posed[:, rig.index[mapping.bones[f"{side}_foot"]], :3, 3] for side in ("left", "right")], axis=1)


def test_offsets_hold_a_path_and_go_back_to_it_smoothly() -> None:
    t = np.arange(60) / 20.0
    toe = np.stack([0.02 * np.sin(9.0 * t), 0.05 + 0 * t, 0.1 * t], axis=1)
    goals = [(0, 16, np.array([0.0, 0.02, 0.05])), (41, 60, np.array([0.01, 0.02, 0.25]))]
    offset = foot_planting.held_offsets(60, [(start, end, goal - toe) for start, end, goal in goals], release=6.0)
    for start, end, goal in goals:
        assert np.allclose((toe + offset)[start:end], goal)
    assert np.abs(np.diff(toe + offset, n=2, axis=0)).max() < 0.02
    assert not offset[22:35].any()  # what is further away than the release stays as it is


@given(st.integers(1, 12))
def test_a_short_gap_is_bridged_without_a_jump(gap: int) -> None:
    path = np.linspace(0.0, 0.02, 40 + gap)[:, None]
    held = [(0, 20, 0.01 - path), (20 + gap, 40 + gap, 0.015 - path)]
    moved = path + foot_planting.held_offsets(40 + gap, held, release=5.0)
    assert np.abs(np.diff(moved, axis=0)).max() < 0.011  # half the way that both offsets go, or less


def test_no_contact_no_offset() -> None:
    assert not foot_planting.held_offsets(20, [], 5.0).any()


def test_toes_that_creep_are_held_and_toes_that_move_on_purpose_are_not() -> None:
    """Held entirely they stay at one place; left free they only come to the height of the floor."""
    toe = np.cumsum(np.full((20, 3), 0.004), axis=0) * (1.0, 0.0, 0.5) + (0.0, 0.05, 0.0)
    for free in (0.0, 0.5, 1.0):
        moved = toe + foot_planting.contact_offset(toe, np.full(20, free), slice(0, 20), (0.02, 0.01))
        assert np.allclose(np.diff(moved, axis=0), free * np.diff(toe, axis=0))
        assert np.allclose(moved.mean(axis=0), toe.mean(axis=0) * (1.0, 0.0, 1.0) + (0.0, 0.03, 0.0))


def test_an_envelope_is_smooth_and_nowhere_below() -> None:
    values = np.zeros(60)
    values[[10, 30, 31]] = (1.0, 0.5, 2.0)
    over = foot_planting.envelope(values, 3.0)
    assert (over >= values - 1e-12).all()
    assert np.abs(np.diff(over)).max() < 1.0
    assert over[50] == 0.0


def test_an_ankle_rolls_over_the_toes_as_far_as_the_leg_needs() -> None:
    hip, ankle, toe = np.array([[0.0, 1.0, 0.0]]), np.array([[0.0, 0.08, -0.2]]), np.array([[0.0, 0.02, 0.0]])
    rolled = foot_planting.rolled_ankle(hip, ankle, toe, np.array([0.9]))
    assert np.isclose(np.linalg.norm(rolled - hip), 0.9)
    assert np.isclose(np.linalg.norm(rolled - toe), np.linalg.norm(ankle - toe))
    assert rolled[0, 1] > ankle[0, 1]
    assert np.array_equal(foot_planting.rolled_ankle(hip, ankle, toe, np.array([2.0])), ankle)


def test_planted_toes_do_not_slide() -> None:
    joints = slipping()
    contacts = contacts_of(joints)
    assert min(map(len, contacts)) >= 2
    assert slides(feet.planted_joints(joints), contacts) < 0.35 * slides(joints, contacts)


def test_bones_keep_their_lengths_and_the_body_above_the_hips_its_pose() -> None:
    joints = slipping()
    planted = feet.planted_joints(joints)
    bones = [np.linalg.norm((clip - clip[:, list(PARENTS)])[:, 1:], axis=-1) for clip in (joints, planted)]
    assert np.abs(bones[0] - bones[1]).max() < 1e-9
    above = [j for name, j in INDEX.items() if not name.endswith(("knee", "ankle", "foot"))]
    moved = (planted - joints)[:, above]
    assert np.abs(moved - moved[:, :1]).max() < 1e-9


def test_strength_goes_from_nothing_to_everything() -> None:
    joints = slipping()
    contacts = contacts_of(joints)
    assert np.array_equal(feet.planted_joints(joints, 0.0), joints)
    found = [slides(feet.planted_joints(joints, strength), contacts) for strength in (0.0, 0.5, 1.0)]
    assert found[0] > 1.3 * found[1]
    assert found[1] > 1.3 * found[2]


def test_a_figure_that_stands_well_is_left_as_it_is() -> None:
    joints = motions.still(2.0)
    assert np.abs(feet.planted_joints(joints) - joints).max() < 0.006  # the model's legs differ by 4 mm in length


def test_the_dtype_is_kept_and_one_frame_is_enough() -> None:
    joints = motions.still(1.0).astype(np.float32)
    assert feet.planted_joints(joints).dtype == np.float32
    assert np.array_equal(feet.planted_joints(joints[:1]), joints[:1])


def test_a_figure_on_the_floor_is_not_pulled_up() -> None:
    joints = motions.lie()
    assert np.linalg.norm((feet.planted_joints(joints) - joints)[:, 0], axis=-1).max() < 0.005


def test_toes_that_drag_are_lifted() -> None:
    """Most of the time, toes that move fast are over those that stand."""
    joints = slipping()
    stance = find_stance(joints)
    joints[..., 1] = np.maximum(joints[..., 1], 0.0)
    for toe in TOES:
        joints[:, toe, 1] = np.minimum(joints[:, toe, 1], stance.toe + 0.005)  # drag all the way
    planted = feet.planted_joints(joints)
    for toe in TOES:
        quick = np.linalg.norm(np.gradient(planted[:, toe], axis=0), axis=1) * 20.0 > 1.5
        assert quick.any()
        assert np.median(planted[quick, toe, 1]) > stance.toe + 0.015


@pytest.mark.parametrize("fps", [20.0, 24.0, 60.0])
def test_a_rigs_feet_stand_flat_on_its_floor(fps: float) -> None:
    """Toe and ankle stay put and the foot keeps its attitude while the source's foot is flat, at any rate."""
    joints, rig = swaying(), characters.mixamo()
    mapping = detect(rig)
    figure = Figure(rig, mapping)
    posed = pose(rig, retarget(joints, rig, mapping, fps=fps))
    for side, found in zip(("left", "right"), contacts_of(joints), strict=True):
        flats = [contact for contact in found if contact.lifted - contact.flat > 4]
        assert flats
        for contact in flats:
            ratio = fps / 20.0
            span = slice(int(np.ceil((contact.flat + 1) * ratio)), int((contact.lifted - 2) * ratio))
            ankle, toe = (rig.index[mapping.bones[f"{side}_{part}"]] for part in ("ankle", "foot"))
            for bone in (ankle, toe):
                assert np.ptp(posed[span, bone, :3, 3], axis=0).max() < 0.003
            turn = posed[span, ankle, :3, :3] @ rig.bones[ankle].matrix[:3, :3].T
            assert np.degrees(angle_between(turn[1:], turn[:1])).max() < 2.0
            assert np.degrees(angle_of(turn @ np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))).max() < 6.0
            height = figure.point(posed[span, toe, :3, 3])[:, 1] - figure.place(f"{side}_foot")[1]
            assert np.abs(height).max() < 0.005


def test_tips_of_toes_stay_over_the_floor_when_the_heel_rises() -> None:
    rig = characters.mixamo()
    mapping = detect(rig)
    figure = Figure(rig, mapping)
    lowest = {}
    for strength in (0.0, 1.0):
        posed = matrices(motions.walk(4.0), rig, strength)
        bone = rig.bone(mapping.bones["left_foot"])
        i = rig.index[bone.name]
        tips = figure.point(posed[:, i, :3, 3] + bone.length * posed[:, i, :3, 1])
        lowest[strength] = tips[:, 1].min() - figure.floor
    assert lowest[0.0] < -0.01
    assert lowest[1.0] > -0.01


def test_legs_keep_bending_the_right_way_and_do_not_pop() -> None:
    joints, rig = slipping(), characters.mixamo()
    mapping = detect(rig)
    free, held = (matrices(joints, rig, strength) for strength in (0.0, 1.0))
    for side in ("left", "right"):
        hip, knee, ankle = (rig.index[mapping.bones[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
        for bone in (hip, knee):
            steps = [np.degrees(angle_between(m[1:, bone, :3, :3], m[:-1, bone, :3, :3])).max() for m in (free, held)]
            assert steps[1] < max(1.3 * steps[0], 20.0)
        heads = [held[:, bone, :3, 3] for bone in (hip, knee, ankle)]
        bend = np.cross(heads[1] - heads[0], heads[2] - heads[1])
        assert (bend[:, 0] > -0.01).all()  # the axis is to the left: the figure walks along -Y


def test_tips_of_toes_high_in_the_air_do_not_bend() -> None:
    """A figure on its hands: its toes point up and back, and nothing is there that they could enter."""
    rig = characters.mixamo()
    figure = Figure(rig, detect(rig))
    foot = about(np.array([[1.0, 0.0, 0.0]]), np.radians(np.linspace(0.0, 360.0, 40)))
    for height, bends in ((2.0, False), (figure.place("left_foot")[1], True)):
        turned = feet.bent_toes(figure, "left", foot, np.full(40, height), fps=20.0, strength=1.0)
        assert np.allclose(turned, foot) is not bends


def test_captured_feet_stop_sliding(shared: Path) -> None:
    """While they hardly move in the source they hardly move on the rig, whose legs have other proportions."""
    motion = read_source(shared / "mocap" / "accad" / "male1" / "walk.bvh")
    joints = canonical(motion.joints, motion.fps).astype(np.float64)
    rig = RestRig.from_table(shared / "rigs" / "mpfb_mixamo.json")
    slid = []
    for strength in (0.0, 1.0):
        paths, total = toe_paths(joints, rig, strength), 0.0
        for side, toe in enumerate(TOES):
            stands = np.linalg.norm(np.gradient(joints[:, toe], axis=0), axis=1) * 20.0 < 0.15
            step = np.linalg.norm(np.diff(paths[:, side, :2], axis=0), axis=1)
            total += float(step[stands[1:] & stands[:-1]].sum())
        slid.append(total)
    assert slid[1] < 0.25 * slid[0]


def test_swinging_feet_are_left_as_they_are(shared: Path) -> None:
    """A skeleton that gets its own take back: feet in the air, away from any contact, do not move."""
    motion = read_source(shared / "mocap" / "accad" / "male1" / "walk.bvh")
    joints = canonical(motion.joints, motion.fps).astype(np.float64)
    rig = RestRig.from_table(shared / "rigs" / "mpfb_mixamo.json")
    free, held = (toe_paths(joints, rig, strength) for strength in (0.0, 1.0))
    for side, found in enumerate(contacts_of(joints)):
        away = np.ones(len(joints), dtype=bool)
        for contact in found:
            away[max(contact.start - 4, 0) : contact.end + 4] = False
        assert away.sum() > 5
        assert np.linalg.norm((held - free)[away, side], axis=-1).mean() < 0.01


def test_captured_clips_are_hardly_moved(shared: Path) -> None:
    motion = read_source(shared / "mocap" / "accad" / "male1" / "walk.bvh")
    joints = canonical(motion.joints, motion.fps).astype(np.float64)
    assert np.linalg.norm(feet.planted_joints(joints) - joints, axis=-1).mean() < 0.012
