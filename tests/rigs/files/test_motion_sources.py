# SPDX-License-Identifier: GPL-3.0-or-later
"""Every family of the data pack becomes a human of the right size, the right way up and the right way round."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.rigs.body.canonical import canonical_take
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import parse_bvh
from coamd.rigs.files.motion_sources import joints_of_bvh, read_source

TAKES = ["cmu/amc/01_01.amc", "cmu/bvh/06_04.bvh", "cmu/bvh/60_15.bvh", "accad/female1/crouch.bvh"]


@pytest.mark.parametrize("take", TAKES)
def test_each_family_stands_upright_with_its_left_on_the_left(shared: Path, take: str) -> None:
    motion = read_source(shared / "mocap" / take)
    joints = canonical_take(motion.joints, motion.fps)
    height = joints[:, INDEX["head"], 1] - joints[:, [INDEX["left_foot"], INDEX["right_foot"]], 1].min(axis=1)
    assert 1.3 < height.max() < 1.75
    across = joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]
    toes = joints[:, INDEX["left_foot"]] - joints[:, INDEX["left_ankle"]]
    # forward = across x up; toes point that way on the whole, whatever the file's axes are
    forward = np.stack([-across[:, 2], across[:, 0]], axis=1)
    assert np.median((forward * toes[:, [0, 2]]).sum(axis=1)) > 0
    assert abs(np.quantile(joints[..., 1].min(axis=1), 0.02)) < 1e-6


def test_the_spine_has_no_bone_without_length(shared: Path) -> None:
    for take in TAKES:
        joints = read_source(shared / "mocap" / take).joints
        for above, below in (("spine1", "pelvis"), ("spine2", "spine1"), ("spine3", "spine2"), ("neck", "spine3")):
            lengths = np.linalg.norm(joints[:, INDEX[above]] - joints[:, INDEX[below]], axis=1)
            assert lengths.min() > 0.01, (take, above)


def test_an_unknown_skeleton_is_named() -> None:
    cat = "HIERARCHY\nROOT cat\n{\nOFFSET 0 0 0\nCHANNELS 3 Xposition Yposition Zposition\n}\nMOTION\nFrames: 1\n"
    with pytest.raises(UserError, match="its root is 'cat'"):
        joints_of_bvh(parse_bvh([*(cat + "Frame Time: 0.05").splitlines(), "0 0 0"]), "cat.bvh")


def test_an_amc_without_its_skeleton_says_which_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "07_01.amc").write_text("1\nroot 0 0 0 0 0 0\n")
    with pytest.raises(UserError, match=r"needs its skeleton 07\.asf"):
        read_source(tmp_path / "07_01.amc")
