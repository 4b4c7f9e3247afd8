# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in their own form: what an edit leaves alone comes back as it was, what it changes fits the file's figure."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.files.source_motion import OwnMotion
from coamd.backend.requests.edit import EditRequest
from coamd.rigs.body.canonical import turned
from coamd.rigs.body.resample import resample
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from coamd.rigs.errors import UserError
from coamd.rigs.files.motion_sources import SourceMotion

from tests.motions import walk


def at_rate(fps: float, size: float = 1.0, seconds: float = 4.0) -> OwnMotion:
    """A walk somewhere in the world, of another size and rate."""
    clip = resample(walk(seconds), 20.0, fps) * size
    return OwnMotion(SourceMotion(turned(clip, 0.5) + np.array([3.0, 0.25 * size, -1.0]), fps))


def lengths(joints: np.ndarray) -> np.ndarray:
    return np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1)


def raised(joints: np.ndarray, start: int, end: int) -> np.ndarray:
    """An edit: the left hand is lifted smoothly within the range."""
    edited = joints.copy()
    lift = 0.1 * np.sin(np.linspace(0.0, np.pi, end - start)) ** 2
    edited[start:end, INDEX["left_wrist"], 1] += lift.astype(np.float32)
    return edited


@pytest.mark.parametrize("fps", [20.0, 24.0, 30.0, 120.0])
@pytest.mark.parametrize("size", [1.0, 1.3])
def test_the_model_sees_its_own_skeleton_on_its_floor_at_its_rate(fps: float, size: float) -> None:
    own = at_rate(fps, size)
    assert abs(len(own.joints) - 80) <= 1 and own.joints.dtype == np.float32
    assert np.abs(lengths(own.joints)[:, 1:] - BONE_LENGTHS[1:]).max() < 1e-3
    assert abs(own.joints[..., 1].min()) < 0.06
    assert own.scale == pytest.approx(1.0 / size, rel=1e-3)


def test_a_motion_of_the_model_is_edited_and_given_back_bit_for_bit() -> None:
    joints = walk(4.0).astype(np.float32)
    own = OwnMotion(SourceMotion(joints.astype(np.float64), 20.0))
    assert np.array_equal(own.joints, joints)
    edited = raised(joints, 20, 40)
    assert np.array_equal(own.back(EditRequest(joints, start=20, end=40), edited), edited)


@pytest.mark.parametrize("fps", [20.0, 24.0, 30.0, 120.0])
@pytest.mark.parametrize("size", [1.0, 1.3])
def test_what_was_left_alone_stays_bit_for_bit(fps: float, size: float) -> None:
    own = at_rate(fps, size)
    before = own.source.joints
    after = own.back(EditRequest(own.joints, start=20, end=40), raised(own.joints, 20, 40))
    assert after.shape == before.shape
    time = np.arange(len(before)) / fps
    outside = (time < 1.0 - 1e-9) | (time >= 2.0 - 1e-9)
    assert np.array_equal(after[outside], before[outside])
    others = [joint for joint in range(22) if joint != INDEX["left_wrist"]]
    assert np.array_equal(after[:, others], before[:, others])
    wrist = after[:, INDEX["left_wrist"], 1] - before[:, INDEX["left_wrist"], 1]
    assert 0.02 * size < wrist.max() < 0.2 * size
    assert np.abs(lengths(after) - lengths(before)).max() < 1e-9


@pytest.mark.parametrize("fps", [20.0, 30.0])
def test_an_edit_of_everything_is_what_the_model_made(fps: float) -> None:
    own = at_rate(fps, 1.3)
    edited = turned(own.joints, 0.3) + np.float32([0.5, 0.0, 0.0])
    after = OwnMotion(SourceMotion(own.back(EditRequest(own.joints, start=0, end=len(own.joints)), edited), fps))
    assert np.abs(after.joints - edited).max() < 2e-3


@pytest.mark.parametrize("fps", [20.0, 24.0, 30.0, 120.0])
@pytest.mark.parametrize(("before", "later"), [(0, 20), (20, 0), (10, 30)])
def test_an_extension_adds_time_and_goes_on_where_the_file_ends(fps: float, before: int, later: int) -> None:
    own = at_rate(fps, 1.3)
    leaves, arrives = own.joints[-1, 0] - own.joints[-2, 0], own.joints[1, 0] - own.joints[0, 0]
    first = own.joints[0] - np.arange(before, 0, -1)[:, None, None] * arrives
    last = own.joints[-1] + np.arange(1, later + 1)[:, None, None] * leaves
    edited = np.concatenate([first, own.joints, last])
    after = own.back(EditRequest(own.joints, mode="extend", before=before, after=later), edited)
    count = round(before * fps / 20.0)
    assert len(after) == len(own.source.joints) + count + round(later * fps / 20.0)
    assert np.array_equal(after[count : count + len(own.source.joints)], own.source.joints)
    steps = np.linalg.norm(np.diff(after[:, 0], axis=0), axis=-1)
    usual = np.linalg.norm(np.diff(own.source.joints[:, 0], axis=0), axis=-1)
    assert steps.max() < 1.5 * usual.max()


def test_places_go_along_with_the_figure() -> None:
    own = at_rate(30.0, 1.3)
    assert np.abs(own.place(own.source.joints[0, 0]) - own.joints[0, 0]).max() < 1e-3
    assert np.abs(own.place(own.source.joints[30, 0]) - own.joints[20, 0]).max() < 1e-3


def test_a_figure_without_size_is_refused() -> None:
    with pytest.raises(UserError):
        OwnMotion(SourceMotion(np.zeros((10, 22, 3)), 20.0))
