# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes become clips that the generator can read: long ones are cut, short cycles repeated, still parts left."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from coamd.backend.model.weights import System
from coamd.backend.requests.lesson import Example, Lesson
from coamd.backend.teaching.clips import REPEATED, TESTED, clips_of, held_out, repeated, whole_spans
from coamd.backend.training.data import Clip
from coamd.rigs.body.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import sit, still, walk


def example(joints: np.ndarray, *words: str) -> Example:
    return Example("take", joints.astype(np.float32), words or ("a person walks",))


@pytest.mark.parametrize("seconds", [1.5, 2.0, 5.0, 9.8, 20.0])
def test_every_clip_can_be_read(system: System, seconds: float) -> None:
    found = clips_of(system, [example(walk(seconds))])
    assert found.clips
    for clip in found.clips:
        assert MIN_FRAMES <= len(clip.joints) <= MAX_FRAMES
        assert len(clip.joints) % TOKEN_FRAMES == 0
        np.testing.assert_allclose(clip.joints[0, 0, [0, 2]], 0.0, atol=1e-5)


def test_a_long_take_is_used_whole_but_for_where_nothing_moves(system: System) -> None:
    moving = walk(12.0)
    held = np.repeat(moving[-1:], int(6 * FPS), axis=0)
    found = clips_of(system, [example(np.concatenate([moving, held]))])
    frames = sum(len(clip.joints) for clip in found.clips)
    assert 0.85 * len(moving) < frames < 1.15 * len(moving)


def test_the_first_description_is_the_text_and_its_group_and_all_others_are_wordings(system: System) -> None:
    clip = clips_of(system, [example(walk(3.0), "A person struts.", "catwalk")]).clips[0]
    assert clip.group == "A person struts."
    assert clip.texts == ("A person struts",)  # what a prompt for it is read as
    assert {"someone struts", "catwalk", "a person does a catwalk"} <= set(clip.wordings)
    assert not set(clip.texts) & set(clip.wordings)


def test_a_short_cycle_is_repeated_without_a_jump() -> None:
    take = walk(1.5)
    longer = repeated(take)
    assert longer is not None
    assert len(longer) >= REPEATED - TOKEN_FRAMES
    step = np.linalg.norm(np.diff(longer, axis=0), axis=-1).max()
    assert step < 1.3 * np.linalg.norm(np.diff(take, axis=0), axis=-1).max()


def test_what_does_not_repeat_is_slowed_or_left_out(system: System) -> None:
    down = sit(2.0)
    assert repeated(down[:30]) is None
    slowed = clips_of(system, [example(down[:30])])
    assert len(slowed.clips[0].joints) == MIN_FRAMES
    brief = clips_of(system, [example(down[:22])])
    assert brief.clips == ()
    assert "too short" in brief.skipped[0][1]


def test_a_pose_that_is_held_is_no_cycle_to_be_feared(system: System) -> None:
    assert clips_of(system, [example(still(1.5))]).clips


@given(st.lists(st.integers(10, 700), min_size=1, max_size=8))
def test_spans_become_lengths_that_can_be_read(lengths: list[int]) -> None:
    edges = np.cumsum([0, *lengths]).tolist()
    spans = whole_spans(list(pairwise(edges)))
    assert all(MIN_FRAMES <= end - first <= MAX_FRAMES for first, end in spans)
    if sum(lengths) >= MIN_FRAMES:
        assert sum(end - first for first, end in spans) > sum(lengths) - MIN_FRAMES


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_of_each_action_some_are_held_out_and_none_is_lost_in_learning(counts: list[int]) -> None:
    clips = [
        Clip(f"{group}-{number}", "train", np.zeros((40, 22, 3)), ("a",), (), str(group))
        for group, count in enumerate(counts)
        for number in range(count)
    ]
    learnt, tested = held_out(clips, np.random.default_rng(0))
    assert {clip.group for clip in learnt} == {clip.group for clip in clips}
    assert sorted(clip.id for clip in learnt + tested) == sorted(clip.id for clip in clips)
    assert len(tested) <= TESTED
    assert bool(tested) == any(count > 2 for count in counts)


def test_two_descriptions_of_the_same_takes_name_one_action_in_whatever_order_a_take_has_them(system: System) -> None:
    takes = [example(walk(3.0), "a person struts", "strut"), example(walk(4.0), "strut", "a person struts")]
    found = clips_of(system, takes).clips
    assert [(one.texts, one.group) for one in found] == [(("a person struts",), "a person struts")] * 2
    assert all("strut" in one.wordings for one in found)
    assert Lesson("x", tuple(takes)).actions == 1
