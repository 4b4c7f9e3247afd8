# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edit may ask for, and one clear sentence for each thing that it may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import motions
import numpy as np
import pytest
from coamd.backend.requests.edit import EditRequest, PromptSegment, Target, limb
from coamd.backend.requests.edit_checks import check
from coamd.rigs.body.body_parts import PART_JOINTS, PARTS
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, JOINTS
from coamd.rigs.errors import UserError

WALK = motions.walk(4.0).astype(np.float32)
GOOD = EditRequest(WALK, start=20, end=60)
SHOULDER = WALK[40, INDEX["left_shoulder"]].astype(float)


def target(joint: str = "left_wrist", frame: int = 40, away: tuple[float, float, float] = (0.3, 0.1, 0.2)) -> Target:
    x, y, z = (SHOULDER + away).tolist()
    return Target(joint, frame, (x, y, z))


def path(*rows: tuple[float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


def test_every_joint_belongs_to_one_part() -> None:
    assert sorted(joint for part in PARTS for joint in PART_JOINTS[part]) == list(range(len(JOINTS)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mode": "inbetween", "keep_poses": (20, 40, 59)},
        {"mode": "extend", "start": 0, "end": 0, "before": 5, "after": 30},
        {"mode": "loop"},
        {"mode": "refine", "start": 0, "end": 80},
        {"parts": ("left_arm",), "targets": (target(),)},
        {"segments": (PromptSegment("walk", 20, 40), PromptSegment("sit", 40, 60))},
        {"path": path((20, 0, 0), (59, 1, 1))},
        {"strength": 0.0},
    ],
)
def test_what_makes_sense_passes(changes: dict[str, Any]) -> None:
    check(replace(GOOD, **changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": 20}, "empty_range"),
        ({"mode": "extend", "before": 0, "after": 0}, "empty_range"),
        ({"mode": "extend", "before": -3, "after": 5}, "empty_range"),
        ({"start": -1}, "range_outside"),
        ({"end": 81}, "range_outside"),
        ({"end": 21}, "short_range"),
        ({"mode": "extend", "after": 1}, "short_range"),
        ({"mode": "loop", "end": 29}, "short_range"),
        ({"mode": "extend", "after": 20 * 61}, "too_long"),
        ({"mode": "melt"}, "bad_mode"),
        ({"parts": ("tail",)}, "bad_parts"),
        ({"strength": 1.5}, "bad_strength"),
        ({"strength": float("nan")}, "bad_strength"),
        ({"variations": 0}, "bad_variations"),
        ({"prompt": "x" * 2000}, "long_prompt"),
        ({"segments": (PromptSegment("x" * 2000, 20, 40),)}, "long_prompt"),
        ({"segments": (PromptSegment("walk", 30, 30),)}, "empty_segment"),
        ({"segments": (PromptSegment("walk", 10, 30),)}, "segment_outside"),
        ({"segments": (PromptSegment("sit", 35, 60), PromptSegment("walk", 20, 40))}, "segments_overlap"),
        ({"keep_poses": (60,)}, "pose_outside"),
        ({"mode": "inbetween"}, "no_poses"),
        ({"path": path((10, 0, 0), (59, 1, 1))}, "path_outside"),
        ({"path": path((40, 0, 0), (30, 1, 1))}, "bad_path"),
        ({"path": path((30, 0, np.nan))}, "bad_path"),
        ({"path": np.zeros((3, 2), np.float32)}, "bad_path"),
        ({"path": path((30, 0, 0)), "parts": ("left_arm",)}, "path_needs_root"),
        ({"targets": (target("left_hand"),)}, "bad_joint"),
        ({"targets": (target(frame=70),)}, "target_outside"),
        ({"targets": (target(away=(float("inf"), 0, 0)),)}, "bad_target"),
        ({"targets": (target(),), "parts": ("right_arm",)}, "target_kept"),
        ({"targets": (target(away=(0.0, 2.5, 0.0)),)}, "out_of_reach"),
        ({"targets": (target(away=(50.0, 0.0, 0.0)),)}, "out_of_reach"),
        ({"targets": (target(away=(0.8, 0.0, 0.0)),), "parts": ("left_arm",)}, "out_of_reach"),
        ({"joints": WALK[:, :21]}, "bad_motion"),
        ({"joints": np.full_like(WALK, np.nan)}, "bad_motion"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence_and_a_remedy(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(UserError) as caught:
        check(replace(GOOD, **changes))
    assert caught.value.code == code
    assert caught.value.message.endswith(".") and caught.value.hint


def test_a_target_is_judged_from_the_path() -> None:
    far = target(away=(6.0, 0.0, 0.0))
    with pytest.raises(UserError):
        check(replace(GOOD, targets=(far,)))
    x, _, z = far.position
    check(replace(GOOD, targets=(far,), path=path((20, x, z), (59, x, z))))


def test_the_arm_of_a_wrist_is_two_bones_long() -> None:
    root, length = limb(INDEX["left_wrist"])
    assert JOINTS[root] == "left_shoulder"
    assert length == pytest.approx(BONE_LENGTHS[INDEX["left_elbow"]] + BONE_LENGTHS[INDEX["left_wrist"]])
