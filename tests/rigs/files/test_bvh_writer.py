# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing BVH: what is read back by the reader is the clip."""

from __future__ import annotations

from pathlib import Path

import motions
import numpy as np
import pytest
from coamd.rigs.body.skeleton import JOINTS
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import Bvh, read_bvh
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.joints_bvh import joints_bvh

CLIPS = {"walk": motions.walk, "circle": lambda: motions.walk(4.0, 1.6), "sit": motions.sit, "lie": motions.lie}


@pytest.mark.parametrize("name", CLIPS)
def test_forward_kinematics_of_the_file_gives_the_joints(tmp_path: Path, name: str) -> None:
    clip = CLIPS[name]()
    write_bvh(tmp_path / "clip.bvh", joints_bvh(clip))
    back = read_bvh(tmp_path / "clip.bvh")
    order = [back.names.index(joint) for joint in JOINTS]
    assert back.fps == 20.0
    assert np.abs(back.positions()[:, order] - clip).max() < 1e-4


def test_angles_do_not_jump(tmp_path: Path) -> None:
    """A figure that walks two full circles turns on and on instead of jumping by 360 degrees."""
    write_bvh(tmp_path / "clip.bvh", joints_bvh(motions.walk(8.0, np.pi / 2)))
    back = read_bvh(tmp_path / "clip.bvh")
    columns = [channel.endswith("rotation") for listed in back.channels for channel in listed]
    assert np.abs(np.diff(back.frames[:, columns], axis=0)).max() < 40.0


def test_an_unwritable_path_raises_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="clip"):
        write_bvh(tmp_path / "no" / "clip.bvh", joints_bvh(motions.still()))


@pytest.mark.parametrize("bad", [np.zeros((5, 21, 3)), np.zeros((0, 22, 3)), np.full((3, 22, 3), np.nan)])
def test_what_is_no_motion_is_refused(tmp_path: Path, bad: np.ndarray) -> None:
    with pytest.raises(UserError):
        write_bvh(tmp_path / "clip.bvh", joints_bvh(bad))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Two trees, the smaller one first, joints that are not in the order of the file, and an end site."""
    turned = ("Zrotation", "Xrotation", "Yrotation")
    names = ("prop", "hips", "spine", "leg", "head", "leg_End")
    values = np.random.default_rng(0).uniform(-80.0, 80.0, (4, 15))
    offsets = np.arange(18.0).reshape(6, 3)
    bvh = Bvh(names, (-1, -1, 1, 1, 2, 3), offsets, (turned,) * 5 + ((),), values, 1 / 30)
    write_bvh(tmp_path / "clip.bvh", bvh)
    back = read_bvh(tmp_path / "clip.bvh")
    assert back.names == ("hips", "spine", "head", "leg", "leg_End", "prop")
    assert back.fps == 30.0
    order = [back.names.index(name) for name in names]
    assert back.offsets[order] == pytest.approx(offsets)
    for now, wanted in zip(back.world(), bvh.world(), strict=True):
        assert now[:, order] == pytest.approx(wanted, abs=1e-4)
