# SPDX-License-Identifier: GPL-3.0-or-later
"""Rig to joints: the way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.rotations import about
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.rest_figure import Figure
from coamd.rigs.files.bvh import read_bvh
from coamd.rigs.files.bvh_rig import pose_matrices, standing_rig
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import LEG, joints_from_pose
from coamd.rigs.solve.settings import RetargetSettings

CLIPS = {"walk": motions.walk(3.0), "circle": motions.walk(4.0, 1.5), "sit": motions.sit(), "lie": motions.lie()}
UNLOCKED = RetargetSettings(foot_lock=0.0)
TABLES = ("kaykit_knight", "mesh2motion_human", "mpfb_default", "mpfb_mixamo", "mpfb_rigify_metarig")


def there_and_back(joints: np.ndarray, rig: RestRig) -> np.ndarray:
    mapping = detect(rig)
    return joints_from_pose(pose(rig, retarget(joints, rig, mapping, fps=20.0, settings=UNLOCKED)), rig, mapping)


def again(matrices: np.ndarray, rig: RestRig) -> np.ndarray:
    """A pose through the joints and back."""
    mapping = detect(rig)
    joints = joints_from_pose(matrices, rig, mapping)
    return pose(rig, retarget(joints, rig, mapping, fps=20.0, settings=UNLOCKED))


@pytest.mark.parametrize("name", CLIPS)
def test_an_animated_rig_comes_back(name: str) -> None:
    """With its feet locked, which the joints must not lose."""
    rig = characters.mixamo(arms=0.6, rolls=5)
    before = pose(rig, retarget(CLIPS[name], rig, detect(rig), fps=20.0))
    after = again(before, rig)
    heads = [rig.index[bone] for bone in detect(rig).bones.values()]
    assert np.linalg.norm(after[:, heads, :3, 3] - before[:, heads, :3, 3], axis=-1).max() < 0.005


@pytest.mark.parametrize("table", TABLES)
def test_real_rigs_come_back(shared: Path, table: str) -> None:
    rig = RestRig.from_table(shared / "rigs" / f"{table}.json")
    before = pose(rig, retarget(CLIPS["circle"], rig, detect(rig), fps=20.0))
    heads = [rig.index[bone] for bone in detect(rig).bones.values()]
    away = np.linalg.norm(again(before, rig)[:, heads, :3, 3] - before[:, heads, :3, 3], axis=-1)
    assert away.mean() < 0.001
    assert away.max() < 0.01


@pytest.mark.parametrize("take", ["accad/male1/walk_to_skip", "cmu/bvh/06_02"])
def test_captured_animation_of_a_skeleton_comes_back(shared: Path, take: str) -> None:
    """Not solved by anyone: spine, collars and feet turn as they like."""
    bvh = read_bvh(shared / "mocap" / f"{take}.bvh")
    rig, mapping = standing_rig(bvh)
    before = pose_matrices(bvh, rig)[:300:2]
    joints = joints_from_pose(before, rig, mapping)
    after = pose(rig, retarget(joints, rig, mapping, fps=20.0, settings=UNLOCKED))
    size = Figure(rig, mapping).leg / LEG
    roles = [role for role in mapping.bones if role in INDEX]
    heads = [rig.index[mapping.bones[role]] for role in roles]
    away = np.linalg.norm(after[:, heads, :3, 3] - before[:, heads, :3, 3], axis=-1) / size
    assert away.mean() < 0.005


@pytest.mark.parametrize("lacking", ["collar", "foot", "wrist", "neck", "head", "spine2"])
def test_what_a_rig_lacks_is_not_needed(lacking: str) -> None:
    rig = characters.mixamo()
    full = detect(rig)
    bones = {role: name for role, name in full.bones.items() if not role.endswith(lacking)}
    mapping = replace(full, bones=bones)
    before = pose(rig, retarget(CLIPS["walk"], rig, mapping, fps=20.0))
    joints = joints_from_pose(before, rig, mapping)
    after = pose(rig, retarget(joints, rig, mapping, fps=20.0, settings=UNLOCKED))
    heads = [rig.index[name] for name in bones.values()]
    assert np.linalg.norm(after[:, heads, :3, 3] - before[:, heads, :3, 3], axis=-1).max() < 0.005


def test_bones_have_the_models_lengths() -> None:
    joints = there_and_back(CLIPS["walk"], characters.mixamo())
    lengths = np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1)
    assert np.allclose(lengths[:, 1:], BONE_LENGTHS[1:])


def test_the_object_does_not_show() -> None:
    turned = characters.placed(characters.mixamo(), 0.01, about(np.array([1.0, 0.0, 0.0]), np.array(np.pi / 2)))
    plain = there_and_back(CLIPS["walk"], characters.mixamo())
    assert np.allclose(there_and_back(CLIPS["walk"], turned), plain, atol=1e-6)


def test_the_rest_pose_stands_on_the_floor_and_faces_forward() -> None:
    rig = characters.mixamo()
    joints = joints_from_pose(rig.matrices[None], rig, detect(rig))[0]
    assert abs(joints[INDEX["left_ankle"], 1] - 0.065) < 0.02
    assert joints[INDEX["left_foot"], 2] > joints[INDEX["left_ankle"], 2] + 0.1
    assert joints[INDEX["left_wrist"], 0] > 0.5
    assert abs(joints[0, 0]) < 0.01
