# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints to rig, judged by forward kinematics: directions, roll, feet, place, and what must make the gates fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.backend.lab.retargeting import posed_rig
from coamd.backend.lab.retargeting.posed_rig import leg_length, wrong_bends
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.canonical import canonical, canonical_take
from coamd.rigs.body.contacts import find_contacts, find_stance
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.rotations import about, angle_between, angle_of, matrix_from_quaternion
from coamd.rigs.body.skeleton import INDEX, MIRROR
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import read_bvh
from coamd.rigs.files.bvh_rig import pose_matrices, standing_rig
from coamd.rigs.files.motion_sources import joints_of_bvh, read_source
from coamd.rigs.solve.retarget import retarget
from gates import CLIPS, LIMBS, TABLES, TWIST, UP, Posed, direction_error, largest_step, tilt, twists
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("name", CLIPS)
def test_limbs_point_where_the_source_points(name: str) -> None:
    for rig in (characters.mixamo(), characters.mixamo(arms=0.8), characters.mixamo(rolls=1)):
        assert direction_error(Posed(CLIPS[name], rig), CLIPS[name]) < 0.01


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("table", TABLES)
def test_gates_on_real_rigs(shared: Path, table: str, name: str) -> None:
    posed_rig = Posed(CLIPS[name], RestRig.from_table(shared / "rigs" / f"{table}.json"))
    assert direction_error(posed_rig, CLIPS[name]) < 0.01
    assert largest_step(posed_rig) < 25.0
    for part, angle in twists(posed_rig).items():
        assert angle < TWIST[part], part
    lengths = np.linalg.norm(posed_rig.directions(), axis=-1)
    assert np.ptp(lengths, axis=0).max() < 1e-6


@pytest.mark.parametrize("name", ["straight", "sit", "T-pose"])
def test_a_flat_foot_stays_flat(name: str) -> None:
    posed_rig = Posed(CLIPS[name], characters.mixamo())
    assert max(tilt(posed_rig, "left").max(), tilt(posed_rig, "right").max()) < 6.0


def test_feet_of_captured_clips_are_flat_while_they_stand(shared: Path) -> None:
    for take in ("male1/walk", "female1/stand"):
        motion = read_source(shared / "mocap" / "accad" / f"{take}.bvh")
        joints = canonical(motion.joints, motion.fps).astype(np.float64)
        stance = find_stance(joints)
        posed_rig = Posed(joints, RestRig.from_table(shared / "rigs" / "mpfb_mixamo.json"))
        for side, contacts in zip(("left", "right"), find_contacts(joints, stance), strict=True):
            flat = [frame for contact in contacts for frame in range(contact.flat, contact.lifted)]
            assert flat
            assert tilt(posed_rig, side)[flat].mean() < 6.0


def test_left_and_right_swapped_in_the_mapping_fails_the_gates() -> None:
    """To such a mapping the character faces backwards: its legs have to turn round under it."""
    rig = characters.mixamo()
    right = detect(rig)
    names = list(INDEX)
    swapped = {role: right.bones[names[MIRROR[index]]] for role, index in INDEX.items()}
    for clip in CLIPS.values():
        assert twists(Posed(clip, rig, right))["hip"] < TWIST["hip"]
        assert twists(Posed(clip, rig, replace(right, bones=swapped)))["hip"] > TWIST["hip"]


def test_legs_swapped_so_that_the_pelvis_faces_backwards_fails_the_gates() -> None:
    rig = characters.mixamo()
    right = detect(rig)
    names = list(INDEX)
    legs = {role for role in right.bones if role.endswith(("hip", "knee", "ankle", "foot"))}
    turned = {role: right.bones[names[MIRROR[INDEX[role]]]] if role in legs else right.bones[role] for role in INDEX}
    for name in ("walk", "sit", "lie"):
        twist = twists(Posed(CLIPS[name], rig, replace(right, bones=turned)))
        assert any(twist[part] > TWIST[part] for part in twist), name


def test_knees_and_elbows_bend_the_right_way() -> None:
    """A bent knee is in front of the line from hip to ankle, and the front of the thigh at rest faces it."""
    posed_rig = Posed(CLIPS["sit"], characters.mixamo())
    for side in ("left", "right"):
        front = posed_rig.turn(f"{side}_hip")[-1] @ np.array([0.0, -1.0, 0.0])
        assert front @ UP > 0.9  # sitting, the front of the thighs faces up
        shin = posed_rig.turn(f"{side}_knee")[-1] @ np.array([0.0, -1.0, 0.0])
        assert shin @ np.array([0.0, -1.0, 0.0]) > 0.9


@pytest.mark.parametrize("elbow", [0.0, 0.02, 0.3])
def test_straight_and_nearly_straight_arms_roll_alike(elbow: float) -> None:
    """Noise of a millimetre on straight arms must not spin them."""
    clip = motions.still(2.0, elbow=elbow)
    noise = np.random.default_rng(0).normal(0.0, 0.001, clip.shape)
    posed_rig = Posed(clip + noise, characters.mixamo())
    assert largest_step(posed_rig) < 8.0


def test_a_figure_that_turns_its_back_does_not_flip() -> None:
    posed_rig = Posed(CLIPS["circle"], characters.mixamo())
    heading = posed_rig.turn("pelvis") @ np.array([0.0, -1.0, 0.0])
    angle = np.unwrap(np.arctan2(heading[:, 0], -heading[:, 1]))
    assert np.isclose(angle[-1] - angle[0], 2.0 * np.pi * 119 / 120, atol=0.05)
    assert largest_step(posed_rig) < 25.0
    for curve in posed_rig.curves:
        assert (np.sum(curve.rotations[1:] * curve.rotations[:-1], axis=1) > 0.0).all()


def test_an_a_pose_and_a_t_pose_rig_end_up_alike() -> None:
    for clip in CLIPS.values():
        t, a = (Posed(clip, characters.mixamo(arms=arms)) for arms in (0.0, 0.9))
        assert np.degrees(angle_of(t.directions(), a.directions())).max() < 0.01
        # The roll agrees too: what was the front of the upper arm at rest faces the same way.
        front = np.array([0.0, -1.0, 0.0])
        angle = angle_of(t.turn("left_shoulder") @ front, a.turn("left_shoulder") @ front)
        assert np.degrees(angle).max() < 12.0


def test_bone_rolls_do_not_matter() -> None:
    plain, rolled = (Posed(CLIPS["walk"], characters.mixamo(rolls=rolls)) for rolls in (None, 3))
    for role in plain.mapping.bones:
        assert np.allclose(plain.head(role), rolled.head(role), atol=1e-9)


@settings(deadline=None, max_examples=8)
@given(st.floats(-np.pi, np.pi))
def test_yaw_of_the_motion_turns_the_root_alone(yaw: float) -> None:
    clip, rig = motions.walk(1.0), characters.mixamo()
    plain, turned = Posed(clip, rig), Posed(clip @ about(motions.Y, np.array(yaw)).T, rig)
    for one, other in zip(plain.curves, turned.curves, strict=True):
        if one.locations is None:
            assert np.allclose(np.abs((one.rotations * other.rotations).sum(1)), 1.0, atol=1e-9)
    spin = about(UP, np.array(yaw))
    assert np.allclose(turned.turn("pelvis"), spin @ plain.turn("pelvis"), atol=1e-9)


def test_mirrored_motion_on_a_symmetric_rig_is_the_mirror_image() -> None:
    clip, rig = CLIPS["walk"], characters.mixamo()
    other = clip[:, list(MIRROR)] * (-1.0, 1.0, 1.0)
    plain, mirrored = Posed(clip, rig), Posed(other, rig)
    for role, index in INDEX.items():
        twin = list(INDEX)[MIRROR[index]]
        assert np.allclose(plain.head(role), mirrored.head(twin) * (-1.0, 1.0, 1.0), atol=1e-6)


def test_travel_is_scaled_by_leg_length(shared: Path) -> None:
    clip = CLIPS["walk"]
    travel = np.linalg.norm(clip[-1, 0] - clip[0, 0])
    leg = 0.5 * sum(np.linalg.norm(clip[0, INDEX[b]] - clip[0, INDEX[a]]) for a, b in LIMBS[:4])
    for table in ("kaykit_knight", "mpfb_mixamo"):
        posed_rig = Posed(clip, RestRig.from_table(shared / "rigs" / f"{table}.json"))
        moved = np.linalg.norm(posed_rig.head("left_hip")[-1] - posed_rig.head("left_hip")[0])
        assert np.isclose(moved / travel, Figure(posed_rig.rig, posed_rig.mapping).leg / leg, rtol=0.05)


@pytest.mark.parametrize("table", TABLES)
def test_the_soles_are_on_the_rigs_own_floor(shared: Path, table: str) -> None:
    """Some tables are centred on the hips; a standing figure has its ankles where they are at rest."""
    posed_rig = Posed(CLIPS["straight"], RestRig.from_table(shared / "rigs" / f"{table}.json"))
    for side in ("left", "right"):
        bone = posed_rig.rig.index[posed_rig.mapping.bones[f"{side}_ankle"]]
        assert np.allclose(posed_rig.head(f"{side}_ankle")[:, 2], posed_rig.rest[bone, 2, 3], atol=0.01)


def test_only_the_pelvis_carries_travel_and_helper_bones_stay_at_rest() -> None:
    curves = retarget(CLIPS["walk"], characters.mixamo(), detect(characters.mixamo()), fps=30.0)
    assert [curve.bone for curve in curves if curve.locations is not None] == ["mixamorig:Hips"]
    assert {len(curve.rotations) for curve in curves} == {89}


def tumbling(turns: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """A figure that turns as a whole about an axis through its middle while its limbs move: (F, 22, 3)."""
    clip = motions.walk(len(turns) / 20.0)
    clip = clip - clip[:, :1] * (1.0, 0.0, 1.0)
    return (about(axis, turns)[:, None] @ (clip - 0.9 * motions.Y)[..., None])[..., 0] + 1.2 * motions.Y


@pytest.mark.parametrize(("axis", "what"), [(motions.X, "somersault"), (motions.Z, "cartwheel"), (motions.Y, "spin")])
@pytest.mark.parametrize("way", [1.0, -1.0])
def test_nothing_flips_in_a_figure_that_tumbles(axis: np.ndarray, what: str, way: float) -> None:
    """Whole turns of 12 degrees a frame: no bone may take more than that and its own swing."""
    turns = way * np.linspace(0.0, 4.0 * np.pi, 61)
    whole, still = (Posed(tumbling(t, axis), characters.mixamo()) for t in (turns, 0.0 * turns))
    assert largest_step(whole) < 12.0 + largest_step(still) + 6.0, what
    assert wrong_bends(whole) == 0.0
    # The figure is the still one, turned as a whole: a roll that depends on the world's up shows here.
    assert direction_error(whole, tumbling(turns, axis)) < 0.01


def test_a_kick_does_not_flip_the_foot() -> None:
    """A leg that swings up sideways and back passes the upright, where feet are made level, in two frames."""
    clip = motions.still(2.0)
    leg = [INDEX[f"left_{part}"] for part in ("knee", "ankle", "foot")]
    hip = clip[:, INDEX["left_hip"], None]
    lift = 1.6 * np.sin(np.linspace(0.0, 4.0 * np.pi, len(clip))) ** 2
    clip[:, leg] = hip + (about(motions.Z, lift)[:, None] @ (clip[:, leg] - hip)[..., None])[..., 0]
    step = np.degrees(np.abs(np.diff(lift))).max()
    assert largest_step(Posed(clip, characters.mixamo())) < step + 15.0


def test_a_skeleton_gets_its_own_take_back(shared: Path) -> None:
    """A CMU take through 22 joints in the model's proportions onto its own skeleton, beside its true rotations."""
    for take in ("06_02", "35_06"):
        bvh = read_bvh(shared / "mocap" / "cmu" / "bvh" / f"{take}.bvh")
        rig, mapping = standing_rig(bvh)
        motion = joints_of_bvh(bvh, take)
        clip = canonical_take(motion.joints, motion.fps)
        made = Posed(clip, rig, mapping)
        truth = posed_rig.PosedRig(rig, mapping, pose_matrices(bvh, rig)[::3][: (len(clip) + 1) // 2])  # 30 fps to 10
        roles = [role for role in INDEX if role in mapping.bones]
        places, expected = (np.stack([p.point(role) for role in roles], axis=1) for p in (made, truth))
        away = (places[::2] - places[::2].mean((0, 1))) - (expected - expected.mean((0, 1)))
        away = np.linalg.norm(away, axis=-1) * leg_length(motion.joints) / truth.leg
        assert away.mean() < 0.01
        assert np.percentile(away, 95) < 0.025
        for part in ("shoulder", "hip", "knee"):
            turns = (made.turn(f"left_{part}")[::2], truth.turn(f"left_{part}"))
            assert np.degrees(angle_between(*turns)).mean() < 12.0, part


def test_rotations_have_unit_length() -> None:
    for curve in Posed(CLIPS["lie"], characters.mixamo()).curves:
        assert np.allclose(np.linalg.norm(curve.rotations, axis=1), 1.0)
        assert np.isfinite(matrix_from_quaternion(curve.rotations)).all()


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_very_short_clips(frames: int) -> None:
    curves = retarget(CLIPS["walk"][:frames], characters.mixamo(), detect(characters.mixamo()), fps=20.0)
    assert all(isinstance(curve, BoneCurves) and len(curve.rotations) == frames for curve in curves)


def test_bad_input_is_refused() -> None:
    rig = characters.mixamo()
    mapping = detect(rig)
    for bad in (np.zeros((4, 21, 3)), np.zeros((0, 22, 3)), np.full((4, 22, 3), np.inf)):
        with pytest.raises(UserError):
            retarget(bad, rig, mapping, fps=20.0)
    with pytest.raises(UserError, match="LeftArm"):
        retarget(CLIPS["walk"], characters.without(rig, "LeftArm"), mapping, fps=20.0)
