# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing BVH: what is read back by the reader is the clip."""

from __future__ import annotations

from pathlib import Path

import motions
import numpy as np
import pytest
from coamd.rigs.bvh import read_bvh
from coamd.rigs.errors import UserError
from coamd.rigs.export import write_bvh
from coamd.rigs.skeleton import JOINTS

CLIPS = {"walk": motions.walk, "circle": lambda: motions.walk(4.0, 1.6), "sit": motions.sit, "lie": motions.lie}


@pytest.mark.parametrize("name", CLIPS)
def test_forward_kinematics_of_the_file_gives_the_joints(tmp_path: Path, name: str) -> None:
    clip = CLIPS[name]()
    write_bvh(tmp_path / "clip.bvh", clip)
    back = read_bvh(tmp_path / "clip.bvh")
    order = [back.names.index(joint) for joint in JOINTS]
    assert back.fps == 20.0
    assert np.abs(back.positions()[:, order] - clip).max() < 1e-4


def test_angles_do_not_jump(tmp_path: Path) -> None:
    """A figure that walks two full circles turns on and on instead of jumping by 360 degrees."""
    write_bvh(tmp_path / "clip.bvh", motions.walk(8.0, np.pi / 2))
    back = read_bvh(tmp_path / "clip.bvh")
    columns = [channel.endswith("rotation") for listed in back.channels for channel in listed]
    assert np.abs(np.diff(back.frames[:, columns], axis=0)).max() < 40.0


def test_an_unwritable_path_raises_oserror(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="clip"):
        write_bvh(tmp_path / "no" / "clip.bvh", motions.still())


@pytest.mark.parametrize("bad", [np.zeros((5, 21, 3)), np.zeros((0, 22, 3)), np.full((3, 22, 3), np.nan)])
def test_what_is_no_motion_is_refused(tmp_path: Path, bad: np.ndarray) -> None:
    with pytest.raises(UserError):
        write_bvh(tmp_path / "clip.bvh", bad)
