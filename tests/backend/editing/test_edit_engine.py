# SPDX-License-Identifier: GPL-3.0-or-later
"""What every edit promises, with random weights: bits outside, poses inside, seeds, windows, cancelling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import motions
import numpy as np
import pytest
from coamd.backend.lab.editing.benchmark_requests import TASKS, BenchmarkTask, benchmark_request
from coamd.backend.motion.pipeline import Cancelled, Pipeline
from coamd.backend.requests.edit import EditRequest, PromptSegment, Target
from coamd.backend.requests.generate import GenerateRequest, LazyPreview
from coamd.rigs.body.body_parts import PART_JOINTS
from coamd.rigs.body.canonical import at_origin, facing, turned
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS

# anywhere, facing anywhere
WALK = (turned(motions.walk(4.0), 0.8) + np.array([3.0, 0.0, -2.0])).astype(np.float32)
START, END = 21, 58
BASE = EditRequest(WALK, start=START, end=END, seed=5)
PATH = np.array([[START, *WALK[START, 0, ::2]], [END - 1, *(WALK[END - 1, 0, ::2] + 0.3)]], dtype=np.float32)
PLACE = tuple((WALK[40, INDEX["left_wrist"]] + [0.05, 0.1, 0.0]).tolist())
KINDS: dict[str, dict[str, Any]] = {
    "regenerate": {"prompt": "walk"},
    "without a prompt": {},
    "start": {"start": 0},
    "end": {"end": 80},
    "odd": {"start": 2, "end": 78},
    "two frames": {"end": START + 2},
    "inbetween": {"mode": "inbetween", "keep_poses": (START, 33, 40)},
    "arm": {"parts": ("left_arm",), "prompt": "wave"},
    "legs": {"parts": ("root", "left_leg", "right_leg")},
    "trunk": {"parts": ("trunk",)},
    "refine": {"mode": "refine"},
    "weak": {"strength": 0.4},
    "path": {"path": PATH},
    "reach": {"targets": (Target("left_wrist", 40, PLACE),)},
    "segments": {"segments": (PromptSegment("walk", START, 40), PromptSegment("jump", 45, END))},
    "loop": {"mode": "loop"},
}


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return np.array_equal(one.view(np.uint32), other.view(np.uint32))


@pytest.mark.parametrize("kind", KINDS)
def test_frames_outside_keep_their_bits_and_bones_their_lengths(tiny: Pipeline, kind: str) -> None:
    request = replace(BASE, variations=2, **KINDS[kind])
    made = tiny.edit(request).joints
    assert made.shape == (2, 80, 22, 3) and made.dtype == np.float32
    outside = np.ones(80, dtype=bool)
    outside[request.start : request.end] = False
    assert all(same_bits(row[outside], WALK[outside]) for row in made)
    assert not np.allclose(made[0][~outside], WALK[~outside], atol=1e-3)
    bones = np.linalg.norm(made[..., 1:, :] - made[..., list(PARENTS[1:]), :], axis=-1)
    assert bones == pytest.approx(np.broadcast_to(BONE_LENGTHS[1:], bones.shape), abs=2e-3)


def test_poses_to_hit_are_hit(tiny: Pipeline) -> None:
    frames = [START, 33, 40, END - 1]
    made = tiny.edit(replace(BASE, mode="inbetween", keep_poses=tuple(frames), prompt="jump")).joints[0]
    assert np.abs(made[frames] - WALK[frames]).max() < 1e-4
    assert np.abs(made - WALK).max() > 0.05


def test_parts_that_are_kept_stay_and_the_others_change(tiny: Pipeline) -> None:
    made = tiny.edit(replace(BASE, parts=("left_arm", "left_leg"))).joints[0]
    changed = [*PART_JOINTS["left_arm"], *PART_JOINTS["left_leg"]]
    kept = [j for j in range(22) if j not in changed]
    assert np.abs(made[:, kept] - WALK[:, kept]).max() < 1e-4
    assert np.abs(made[START:END, changed] - WALK[START:END, changed]).max() > 0.02


def test_a_seed_means_one_motion_and_a_variation_does_not_depend_on_the_others(tiny: Pipeline) -> None:
    one = tiny.edit(BASE).joints
    three = tiny.edit(replace(BASE, variations=3)).joints
    assert same_bits(one, tiny.edit(BASE).joints)
    assert three[0] == pytest.approx(one[0], abs=1e-3)
    assert not np.allclose(three[1], one[0], atol=1e-2)


def test_edits_made_together_are_those_made_alone(tiny: Pipeline) -> None:
    """Of one layout or of several, with other motions, words, paths, targets and numbers of variations."""
    other = (turned(WALK, 0.7) + np.array([0.4, 0.0, -0.2])).astype(np.float32)
    way = np.array([[row[0], *other[int(row[0]), 0, ::2]] for row in PATH])
    asked = [
        replace(BASE, prompt="jump"),
        replace(BASE, prompt="wave", joints=other, seed=5, variations=2),
        replace(BASE, mode="inbetween", keep_poses=(40,)),
        replace(BASE, mode="inbetween", keep_poses=(40,), joints=other, seed=7),
        replace(BASE, path=PATH),
        replace(BASE, path=way, joints=other),
        replace(BASE, strength=0.0),
        replace(BASE, start=0, end=len(WALK), prompt="jump"),
    ]
    for request, together in zip(asked, tiny.edit_all(asked), strict=True):
        alone = tiny.edit(request)
        assert together.joints == pytest.approx(alone.joints, abs=1e-3)
        assert together.warnings == alone.warnings
    assert tiny.edit_all([]) == []


@pytest.mark.parametrize("mode", ["regenerate", "refine"])
def test_at_strength_zero_nothing_changes(tiny: Pipeline, mode: Any) -> None:
    made = tiny.edit(replace(BASE, mode=mode, strength=0.0, prompt="jump", variations=2)).joints
    assert all(same_bits(row, WALK) for row in made)


def test_an_edit_of_everything_is_a_generation_in_its_place(tiny: Pipeline) -> None:
    made = tiny.edit(replace(BASE, start=0, end=80, prompt="jump", variations=2)).joints
    free = tiny.generate(GenerateRequest("jump", 4.0, seed=5, variations=2)).joints
    angle, start = float(facing(WALK[:1].astype(float))[0]), WALK[0, 0] * (1, 0, 1)
    assert made == pytest.approx(turned(free.astype(float), angle) + start, abs=1e-4)
    canonical = at_origin(WALK)
    assert tiny.edit(replace(BASE, joints=canonical, start=0, end=80, prompt="jump")).joints == pytest.approx(
        free[:1], abs=1e-4
    )


@pytest.mark.parametrize(("before", "after"), [(0, 30), (25, 0), (10, 13)])
def test_an_extension_adds_frames_and_leaves_the_motion_alone(tiny: Pipeline, before: int, after: int) -> None:
    made = tiny.edit(replace(BASE, mode="extend", before=before, after=after)).joints[0]
    assert len(made) == before + 80 + after
    assert same_bits(made[before : before + 80], WALK)
    assert np.isfinite(made).all()


def test_the_last_pose_and_step_of_a_loop_are_its_first(tiny: Pipeline) -> None:
    made = tiny.edit(replace(BASE, mode="loop", start=0, end=80))
    joints = made.joints[0].astype(float)
    travel = (joints[-1, 0] - joints[0, 0]) * (1, 0, 1)
    assert joints[-1] - travel == pytest.approx(joints[0], abs=1e-4)
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=-1).mean(axis=-1)
    assert speed[-1] == pytest.approx(speed[0], rel=0.1)
    assert "travels" in made.warnings[0]


def test_a_loop_in_place_comes_back(tiny: Pipeline) -> None:
    stands = motions.still(3.0).astype(np.float32)
    made = tiny.edit(EditRequest(stands, "loop", 0, 60))
    assert made.joints[0, -1] == pytest.approx(stands[0], abs=1e-4)
    assert not made.warnings


def test_a_long_range_is_made_of_windows_that_join(tiny: Pipeline) -> None:
    long = (motions.walk(20.0) + np.array([1.0, 0.0, 1.0])).astype(np.float32)
    steps: list[tuple[int, int]] = []

    def progress(_phase: str, step: int, of: int, preview: LazyPreview | None) -> None:
        if preview is not None:
            assert preview().shape == (1, 400, 22, 3)
            steps.append((step, of))

    made = tiny.edit(EditRequest(long, start=50, end=350, steps=2), progress=progress).joints[0]
    assert [step for step, _ in steps] == list(range(1, steps[-1][1] + 1)) and steps[-1][1] >= 4
    assert same_bits(made[:50], long[:50]) and same_bits(made[350:], long[350:])


@pytest.mark.parametrize("task", TASKS)
def test_benchmark_tasks_run_through_the_same_way(tiny: Pipeline, task: BenchmarkTask) -> None:
    made = tiny.edit(benchmark_request(task, WALK, "jump", seed=1))
    assert made.joints.shape == (1, 80, 22, 3)
    assert made.sampled is not None and made.sampled.shape == made.joints.shape


def test_cancel_takes_effect_before_the_next_step(tiny: Pipeline) -> None:
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        tiny.edit(BASE, cancelled=lambda: next(asked))


def test_the_motion_that_was_given_is_not_touched(tiny: Pipeline) -> None:
    before = WALK.copy()
    tiny.edit(replace(BASE, mode="loop"))
    assert same_bits(before, WALK)
