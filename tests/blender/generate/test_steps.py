# SPDX-License-Identifier: GPL-3.0-or-later
"""A prompt that tells of several things becomes steps with lengths, and these one motion."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.generate import panel
from coamd.blender_addon.generate.prompt_steps import SHORTEST, frames_of, lengths, split
from coamd.blender_addon.generate.steps_task import standing
from coamd.blender_addon.session.session import Session
from coamd.rigs.body.canonical import at_origin, facing
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from hypothesis import given
from hypothesis import strategies as st
from test_registration import draw

ROW = "walks forward, stops, waves, then sits down"


@pytest.mark.parametrize(
    ("prompt", "steps"),
    [
        (f"a person {ROW}", ["a person walks forward", "a person stops", "a person waves", "a person sits down"]),
        (ROW, ["a person walks forward", "a person stops", "a person waves", "a person sits down"]),
        ("a man runs. Then he jumps, and he falls", ["a man runs", "a man jumps", "a man falls"]),
        ("a person jumps; someone waves", ["a person jumps", "someone waves"]),
        # One thing, however it is described.
        ("a person walks forward and waves", ["a person walks forward and waves"]),
        ("a person walks slowly, bent low", ["a person walks slowly, bent low"]),
        (
            "someone lifts both arms, hands open, then bows",
            ["someone lifts both arms, hands open", "someone bows"],
        ),
        ("a person walks, his arms out", ["a person walks, his arms out"]),
        ("", [""]),
    ],
)
def test_a_prompt_is_split_where_something_else_begins(prompt: str, steps: list[str]) -> None:
    assert split(prompt) == steps


@given(st.text(alphabet="ab ,.;then", max_size=60))
def test_any_prompt_can_be_split(prompt: str) -> None:
    assert split(prompt)


@given(st.integers(1, 12), st.floats(0.5, 60.0))
def test_lengths_fill_the_seconds_and_none_is_too_short(count: int, seconds: float) -> None:
    found = lengths(count, seconds)
    assert len(found) == count and min(found) >= SHORTEST - 1e-9
    assert sum(found) == pytest.approx(max(seconds, count * SHORTEST), abs=0.06)


@given(st.lists(st.floats(0.2, 10.0), min_size=1, max_size=8), st.integers(-50, 50), st.integers(20, 400))
def test_frames_follow_one_another_and_fill_the_range(seconds: list[float], start: int, length: int) -> None:
    spans = frames_of(seconds, start, start + length)
    assert (spans[0][0], spans[-1][1]) == (start, start + length)
    assert all(a[1] == b[0] for a, b in pairwise(spans))


def test_the_panel_offers_to_split_and_shows_where_each_step_begins(addon: Session, character: Any) -> None:
    settings = bpy.context.scene.coamd
    settings.prompt = "a person walks forward and waves"
    assert "coamd.split_prompt" not in draw(panel.COAMD_PT_generate)
    settings.prompt, settings.seconds = f"a person {ROW}", 8.0
    assert "Split into 4 Steps" in draw(panel.COAMD_PT_generate)
    assert bpy.ops.coamd.split_prompt() == {"FINISHED"}
    assert [round(step.seconds, 3) for step in settings.steps] == [2.0] * 4
    drawn = draw(panel.COAMD_PT_generate)
    assert {"COAMD_UL_steps", "1", "49", "97", "145"} <= set(drawn)
    assert "seconds" not in drawn, "the length is that of the steps"
    bpy.ops.coamd.choose_step(step=2)
    assert settings.step == 2
    bpy.ops.coamd.remove_step()
    bpy.ops.coamd.add_step(prompt="a person bows")
    assert [step.prompt.removeprefix("a person ") for step in settings.steps][1:] == ["stops", "sits down", "bows"]


def test_steps_become_one_motion(addon: Session, backend: BackendProcess, character: Any) -> None:
    settings = bpy.context.scene.coamd
    settings.prompt, settings.seconds = "a person sways, then stands", 4.0
    bpy.ops.coamd.split_prompt()
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    asked = addon.jobs[-1].edit_request
    spans = [(segment.prompt, segment.start, segment.end) for segment in asked.segments]
    assert spans == [("a person sways", 0, 40), ("a person stands", 40, 80)]
    made = character.animation_data.action
    assert made.name.startswith("Mannequin sways, then stands 1-")
    assert made.coamd.prompt == "a person sways, then stands", "which can be split again"


def test_going_on_from_here_takes_the_steps_too(addon: Session, backend: BackendProcess, walker: Any) -> None:
    settings = bpy.context.scene.coamd
    settings.prompt, settings.seconds, settings.start = "a person stops, then waves", 2.0, "CONTINUE"
    bpy.ops.coamd.split_prompt()
    bpy.context.scene.frame_set(60)
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    asked = addon.jobs[-1].edit_request
    assert asked.mode == "extend" and len(asked.segments) == 2
    assert (asked.segments[0].start, asked.segments[1].end) == (len(asked.joints), len(asked.joints) + asked.after)


def test_an_empty_list_is_refused(addon: Session, character: Any) -> None:
    bpy.context.scene.coamd.use_steps = True
    with pytest.raises(RuntimeError, match="no steps"):
        bpy.ops.coamd.generate(wait=True)
    assert addon.message.remedy.operator == "coamd.add_step"


def test_the_figure_that_is_remade_stands_as_the_model_knows_figures(addon: Session) -> None:
    joints = standing(3).astype(np.float64)
    lengths_there = np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1)[:, 1:]
    np.testing.assert_allclose(lengths_there, np.tile(BONE_LENGTHS[1:], (3, 1)), atol=1e-5)
    assert abs(facing(joints)).max() < 1e-3 and joints[..., 1].min() == 0.0
    np.testing.assert_allclose(at_origin(joints), joints, atol=1e-3)
