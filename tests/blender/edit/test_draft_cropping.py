# SPDX-License-Identifier: GPL-3.0-or-later
"""A draft asks the same of less of the motion: every wish is still about the pose that it was about."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.requests.edit import EditRequest, PromptSegment, Target
from coamd.backend.requests.edit_checks import check
from coamd.blender_addon.edit.draft_cropping import cropped

from tests.motions import walk


def test_every_wish_is_about_the_same_pose() -> None:
    joints = walk(8.0).astype(np.float32)
    path = np.array([[frame, *joints[frame, 0, [0, 2]]] for frame in (70, 90)])
    hand = joints[85, 20]
    whole = EditRequest(
        joints=joints,
        mode="inbetween",
        start=60,
        end=100,
        segments=(PromptSegment("a person walks", 60, 100),),
        keep_poses=(80,),
        path=path,
        targets=(Target("left_wrist", 85, (float(hand[0]), float(hand[1]), float(hand[2]))),),
    )
    part = cropped(whole, 20)
    check(part)
    assert len(part.joints) == 80
    moved = 40
    np.testing.assert_array_equal(part.joints[part.start], whole.joints[whole.start])
    np.testing.assert_array_equal(part.joints[part.end - 1], whole.joints[whole.end - 1])
    np.testing.assert_array_equal(part.joints[part.keep_poses[0]], whole.joints[80])
    np.testing.assert_array_equal(part.path, path - (moved, 0.0, 0.0))
    assert part.targets[0].frame == 85 - moved
    assert (part.segments[0].start, part.segments[0].end) == (part.start, part.end)


@pytest.mark.parametrize(("start", "end"), [(0, 40), (5, 160), (150, 160)])
def test_near_an_end_there_is_less_around(start: int, end: int) -> None:
    joints = walk(8.0).astype(np.float32)
    part = cropped(EditRequest(joints=joints, start=start, end=end, prompt="a person walks"), 20)
    check(part)
    np.testing.assert_array_equal(part.joints[part.start : part.end], joints[start:end])


@pytest.mark.parametrize(("before", "after"), [(0, 30), (30, 0)])
def test_what_is_extended_keeps_the_end_where_it_goes_on(before: int, after: int) -> None:
    joints = walk(8.0).astype(np.float32)
    part = cropped(EditRequest(joints=joints, mode="extend", before=before, after=after), 20)
    check(part)
    assert (part.before, part.after) == (before, after)
    np.testing.assert_array_equal(part.joints, joints[-40:] if after else joints[:40])
