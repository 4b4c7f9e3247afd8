# SPDX-License-Identifier: GPL-3.0-or-later
"""Rig to joints: the way back."""

from __future__ import annotations

from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.rigs.detection import detect
from coamd.rigs.pose import pose
from coamd.rigs.rest import RestRig
from coamd.rigs.retarget import retarget
from coamd.rigs.rotations import about
from coamd.rigs.sampling import joints_from_pose
from coamd.rigs.skeleton import BONE_LENGTHS, INDEX, PARENTS

CLIPS = {"walk": motions.walk(3.0), "circle": motions.walk(4.0, 1.5), "sit": motions.sit(), "lie": motions.lie()}
TABLES = ("kaykit_knight", "mesh2motion_human", "mpfb_default", "mpfb_mixamo", "mpfb_rigify_metarig")


def there_and_back(joints: np.ndarray, rig: RestRig) -> np.ndarray:
    mapping = detect(rig)
    return joints_from_pose(pose(rig, retarget(joints, rig, mapping, fps=20.0, ground=False)), rig, mapping)


@pytest.mark.parametrize("name", CLIPS)
def test_round_trip(name: str) -> None:
    """5 cm in the mean, 10 in the worst twentieth: the collars and the neck of 22 joints are nobody's in particular."""
    away = np.linalg.norm(there_and_back(CLIPS[name], characters.mixamo()) - CLIPS[name], axis=-1)
    assert away.mean() < 0.05
    assert np.percentile(away, 95) < 0.10


@pytest.mark.parametrize("table", TABLES)
def test_round_trip_on_real_rigs(shared: Path, table: str) -> None:
    clip = CLIPS["circle"]
    away = np.linalg.norm(there_and_back(clip, RestRig.from_table(shared / "rigs" / f"{table}.json")) - clip, axis=-1)
    assert away.mean() < 0.05
    assert np.percentile(away, 95) < 0.10


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
