# SPDX-License-Identifier: GPL-3.0-or-later
"""BVH files edited on their own skeleton: every number that the edit did not mean is the same, digit by digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files.source_bvh import OwnBvh
from coamd.backend.files.source_motion import OwnMotion
from coamd.backend.requests.edit import EditRequest
from coamd.rigs.body.body_parts import PART_JOINTS
from coamd.rigs.body.canonical import to_skeleton
from coamd.rigs.body.resample import resample
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.files.bvh import read_bvh
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.joints_bvh import joints_bvh
from coamd.rigs.files.motion_sources import SourceMotion

from tests.motions import walk


@pytest.fixture(params=[20.0, 30.0, 120.0])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> OwnBvh:
    """A walk of 3 s in a file of that rate."""
    write_bvh(tmp_path / "walk.bvh", joints_bvh(resample(walk(3.0), 20.0, request.param), request.param))
    return OwnBvh(tmp_path / "walk.bvh")


def rows(path: Path) -> list[list[str]]:
    lines = path.read_text().splitlines()
    return [line.split() for line in lines[lines.index("MOTION") + 3 :]]


def waved(joints: np.ndarray, start: int, end: int) -> np.ndarray:
    """The left forearm swings up within the range."""
    out = joints.astype(np.float64)
    angle = 1.2 * np.sin(np.linspace(0.0, np.pi, end - start)) ** 2
    elbow, wrist = INDEX["left_elbow"], INDEX["left_wrist"]
    way = out[start:end, wrist] - out[start:end, elbow]
    up = np.array([0.0, 1.0, 0.0]) * np.linalg.norm(way, axis=-1, keepdims=True)
    mixed = way * np.cos(angle)[:, None] + up * np.sin(angle)[:, None]
    mixed *= np.linalg.norm(way, axis=-1, keepdims=True) / np.linalg.norm(mixed, axis=-1, keepdims=True)
    out[start:end, wrist] = out[start:end, elbow] + mixed
    return out.astype(np.float32)


def test_an_edit_that_changes_nothing_gives_the_same_numbers(own: OwnBvh, tmp_path: Path) -> None:
    own.write(tmp_path / "out.bvh", EditRequest(own.joints, start=20, end=40), own.joints)
    assert rows(tmp_path / "out.bvh") == rows(tmp_path / "walk.bvh")
    assert (tmp_path / "out.bvh").read_text().split("MOTION")[0] == (tmp_path / "walk.bvh").read_text().split("MOTION")[
        0
    ]


def test_only_the_arm_changes_and_only_in_the_range(own: OwnBvh, tmp_path: Path) -> None:
    edited = waved(own.joints, 20, 40)
    own.write(tmp_path / "out.bvh", EditRequest(own.joints, start=20, end=40, parts=("left_arm",)), edited)
    before, after = rows(tmp_path / "walk.bvh"), rows(tmp_path / "out.bvh")
    rate = own.bvh.fps / 20.0
    changed = [f for f, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    assert 20 * rate <= min(changed) and max(changed) < 40 * rate
    columns = {c for f in changed for c in range(len(before[0])) if before[f][c] != after[f][c]}
    named = [name for name, channels in zip(own.bvh.names, own.bvh.channels, strict=True) for _ in channels]
    assert {named[c] for c in columns} <= {"left_collar", "left_shoulder", "left_elbow", "left_wrist"}


def test_the_file_says_what_the_edit_says(own: OwnBvh, tmp_path: Path) -> None:
    edited = waved(own.joints, 20, 40)
    own.write(tmp_path / "out.bvh", EditRequest(own.joints, start=20, end=40), edited)
    again = OwnBvh(tmp_path / "out.bvh")
    error = np.linalg.norm(again.joints - edited, axis=-1)[22:38]
    assert error[:, INDEX["left_wrist"]].max() < 0.03
    assert error.mean() < 0.005
    legs = [*PART_JOINTS["left_leg"], *PART_JOINTS["right_leg"]]
    assert error[:, legs].max() < 0.005


def test_a_travel_that_is_moved_moves_the_root(own: OwnBvh, tmp_path: Path) -> None:
    edited = own.joints.copy()
    edited[20:40, :, 0] += (0.2 * np.sin(np.linspace(0.0, np.pi, 20)) ** 2)[:, None].astype(np.float32)
    own.write(tmp_path / "out.bvh", EditRequest(own.joints, start=20, end=40), edited)
    again = OwnBvh(tmp_path / "out.bvh")
    assert np.linalg.norm(again.joints[20:40, 0] - edited[20:40, 0], axis=-1).max() < 0.03


@pytest.mark.parametrize(("before", "after"), [(0, 20), (10, 0), (10, 20)])
def test_an_extension_adds_rows(own: OwnBvh, tmp_path: Path, before: int, after: int) -> None:
    first = np.repeat(own.joints[:1], before, axis=0)
    step = own.joints[-1] - own.joints[-2]
    last = own.joints[-1] + np.arange(1, after + 1)[:, None, None] * step[0] * np.float32([1, 0, 1])
    edited = np.concatenate([first, own.joints, last]).astype(np.float32)
    own.write(tmp_path / "out.bvh", EditRequest(own.joints, mode="extend", before=before, after=after), edited)
    rate = own.bvh.fps / 20.0
    was, now = rows(tmp_path / "walk.bvh"), rows(tmp_path / "out.bvh")
    added = round(before * rate)
    assert len(now) == len(was) + added + round(after * rate)
    assert now[added : added + len(was)] == was
    assert len(read_bvh(tmp_path / "out.bvh").frames) == len(now)
    if after:
        again = OwnBvh(tmp_path / "out.bvh")
        assert np.linalg.norm(again.joints[-1, 0] - edited[-1, 0]) < 0.1


def test_places_are_those_of_the_file(own: OwnBvh) -> None:
    middle = own.bvh.positions()[:, [own.bvh.names.index("left_hip"), own.bvh.names.index("right_hip")]].mean(axis=1)
    hips = own.joints[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    assert np.abs(own.place(middle[0]) - hips[0]).max() < 0.01
    assert np.abs(own.place(middle[-1]) - own.place(middle[0]) - (hips[-1] - hips[0])).max() < 0.1


def looped(request: EditRequest) -> np.ndarray:
    """What an edit makes of a loop: its last pose is its first one, in place, and the tail bends there."""
    edited = request.joints.astype(np.float64)
    goal = edited[request.start] * 1.0
    last = request.end - 1
    for k in range(16):
        share = (1.0 - k / 16) ** 2
        edited[last - k] = (1.0 - share) * edited[last - k] + share * goal
    return to_skeleton(edited).astype(np.float32)


@pytest.mark.parametrize("end", [60, 50])
def test_a_loop_closes_as_that_of_an_npz_does(own: OwnBvh, tmp_path: Path, end: int) -> None:
    """The last frame of the range is its first one, whether the file ends there or goes on."""
    request = EditRequest(own.joints, mode="loop", start=6, end=min(end, len(own.joints)))
    edited = looped(request)
    own.write(tmp_path / "out.bvh", request, edited)
    rate = own.bvh.fps / 20.0
    again = OwnBvh(tmp_path / "out.bvh")
    last = [f for f in range(len(own.bvh.frames)) if f / rate < request.end - 1e-6][-1]
    hips = (again.source.joints - again.source.joints[:, :1])[[round(6 * rate), last]]
    assert np.abs(hips[0] - hips[1]).max() < 0.03
    plain = OwnMotion(SourceMotion(own.source.joints, own.source.fps)).back(request, edited)
    assert (
        np.abs((plain[last] - plain[last, 0]) - (plain[round(6 * rate)] - plain[round(6 * rate), 0])).max() < 0.08
    )  # between the model's frames
    assert np.abs(plain[: len(again.source.joints)] - again.source.joints).mean() < 0.03
    assert rows(tmp_path / "walk.bvh")[: round(6 * rate)] == rows(tmp_path / "out.bvh")[: round(6 * rate)]
