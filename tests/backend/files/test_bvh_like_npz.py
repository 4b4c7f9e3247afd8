# SPDX-License-Identifier: GPL-3.0-or-later
"""One edit of one walk through .npz and through .bvh, by the command's own words: asked alike, written alike."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import edit
from coamd.backend.files.motion_file import read_own, write_motion
from coamd.backend.files.source_bvh import OwnBvh
from coamd.backend.files.source_motion import OwnMotion
from coamd.backend.requests.edit import EditRequest
from coamd.backend.requests.edit_checks import check
from coamd.rigs.body.resample import resample
from coamd.rigs.body.skeleton import FPS, INDEX

from tests.motions import walk

SECONDS = 4.0
ALIKE = 0.07  # metres: the hips and the spine of a .bvh are where its rest pose has them
NEAR = 0.03  # metres by which an edit may move a joint otherwise: in a .bvh limbs turn about their own joints
SAME = 2e-3  # metres that the six decimals of a .bvh leave
ARM = [INDEX[f"left_{part}"] for part in ("shoulder", "elbow", "wrist")]


@dataclass(frozen=True)
class Both:
    """The same walk in both forms, with what is asked of each."""

    folder: Path
    npz: OwnMotion
    bvh: OwnBvh
    asked: EditRequest
    asked_of_bvh: EditRequest

    def written(self, made: Callable[[np.ndarray, EditRequest], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """What the .npz and the .bvh hold after an edit that is ``made`` of the joints, both (F, 22, 3)."""
        edited = made(self.npz.joints, self.asked)
        write_motion(self.folder / "out.npz", self.npz.back(self.asked, edited), fps=self.npz.source.fps)
        self.bvh.write(self.folder / "out.bvh", self.asked_of_bvh, made(self.bvh.joints, self.asked_of_bvh))
        return read_own(self.folder / "out.npz").joints, OwnBvh(self.folder / "out.bvh").source.joints


def both(folder: Path, fps: float, *words: str) -> Both:
    """The walk at a rate, and what the words of the command ask of it."""
    joints = resample(walk(SECONDS), FPS, fps)
    paths = [folder / "walk.npz", folder / "walk.bvh"]
    for path in paths:
        write_motion(path, joints, fps=fps)
    npz, bvh = OwnMotion(read_own(paths[0])), OwnBvh(paths[1])
    parser = argparse.ArgumentParser()
    edit.configure(parser)
    asked = []
    for path, own in zip(paths, (npz, bvh), strict=True):
        request = edit.request_of(parser.parse_args([str(path), "-o", "out.npz", *words]), own)
        check(request)
        asked.append(request)
    return Both(folder, npz, bvh, *asked)


def swell(count: int, still: tuple[int, ...] = ()) -> np.ndarray:
    """(count, 1) from 0 at the borders up to 1, and 0 at the frames ``still``."""
    edges = [0, *still, count - 1]
    out = np.zeros(count)
    for a, b in pairwise(edges):
        out[a : b + 1] = np.sin(np.linspace(0.0, np.pi, b - a + 1)) ** 2
    return out[:, None]


def stepped_aside(joints: np.ndarray, asked: EditRequest, metres: float = 0.2) -> np.ndarray:
    """The whole body moved to the left within the range, back at its borders and at kept poses."""
    out, (start, end) = joints.copy(), asked.span
    still = tuple(frame - start for frame in asked.keep_poses)
    out[start:end, :, 0] += (metres * swell(end - start, still)).astype(np.float32)
    return out


def lifted_arm(joints: np.ndarray, asked: EditRequest) -> np.ndarray:
    """The left arm stretched to the side within the range, its joints as far apart as before."""
    out, (start, end) = joints.astype(np.float64), asked.span
    share = swell(end - start)
    for over, joint in pairwise(ARM):
        way = joints[start:end, joint] - joints[start:end, over]
        length = np.linalg.norm(way, axis=1, keepdims=True)
        aim = way * (1.0 - share) + share * length * (1.0, 0.2, 0.0)
        out[start:end, joint] = out[start:end, over] + aim * length / np.linalg.norm(aim, axis=1, keepdims=True)
    return out.astype(np.float32)


def gone_on(joints: np.ndarray, asked: EditRequest) -> np.ndarray:
    """The walk with the added frames, in which it goes on as straight as it came."""
    step = (joints[-1] - joints[0]) * (0.0, 0.0, 1.0) / (len(joints) - 1)
    ahead = joints[-1] + np.arange(1, asked.after + 1)[:, None, None] * step
    behind = joints[0] - np.arange(asked.before, 0, -1)[:, None, None] * step
    return np.concatenate([behind, joints, ahead]).astype(np.float32)


def way(folder: Path) -> str:
    """A path to the left and back, as a table."""
    (folder / "way.csv").write_text("1,0,1.2\n2,0.3,2.4\n2.9,0,3.5\n")
    return str(folder / "way.csv")


@pytest.mark.parametrize("fps", [20.0, 30.0])
@pytest.mark.parametrize("what", ["poses", "parts", "extend", "path"])
def test_an_edit_through_bvh_is_that_through_npz(what: str, fps: float, tmp_path: Path) -> None:
    words = {
        "poses": ["--start", "1", "--end", "3", "--keep-pose", "1.5", "2"],
        "parts": ["--start", "1", "--end", "3", "--parts", "left_arm"],
        "extend": ["--extend", "0.5", "--extend-before", "0.25"],
        "path": ["--start", "1", "--end", "3", "--path", way(tmp_path)],
    }[what]
    take = both(tmp_path, fps, *words)
    asked, joints = take.asked, take.npz.joints
    assert np.abs(take.bvh.joints - joints).max() < ALIKE, "both files hold one walk"
    same = ("mode", "start", "end", "before", "after", "parts", "keep_poses")
    assert [getattr(take.asked_of_bvh, name) for name in same] == [getattr(asked, name) for name in same]
    if asked.path is not None:
        assert take.asked_of_bvh.path is not None
        assert np.abs(take.asked_of_bvh.path - asked.path).max() < ALIKE
    npz, bvh = take.written({"parts": lifted_arm, "extend": gone_on}.get(what, stepped_aside))
    before = round(asked.before * fps / FPS)
    there = slice(before, before + len(take.npz.source.joints))  # what was in the files
    assert npz.shape == bvh.shape
    assert len(npz) == len(take.npz.source.joints) + before + round(asked.after * fps / FPS)
    moved = [found[there] - own.source.joints for found, own in ((npz, take.npz), (bvh, take.bvh))]
    assert np.linalg.norm(moved[1] - moved[0], axis=-1).max() < NEAR
    if what == "extend":
        assert np.abs(moved).max() < SAME
        assert np.abs((npz[-1, 0] - npz[0, 0]) - (bvh[-1, 0] - bvh[0, 0])).max() < NEAR
        return
    far = np.linalg.norm(moved[1], axis=-1)  # (F, 22)
    assert far.max() > 0.15, "the edit is there"
    at = (np.arange(len(npz)) / fps * FPS).round(6)  # in frames of the model
    kept = (at < asked.start) | (at >= asked.end) | np.isin(at, asked.keep_poses)
    assert far[kept].max() < SAME
    if what == "parts":
        assert far[:, [INDEX["pelvis"], INDEX["right_wrist"], INDEX["left_ankle"], INDEX["head"]]].max() < SAME
