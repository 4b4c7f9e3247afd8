# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames Edit takes by itself, that the panel tells them before the click, and what the results are called."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit import frame_range, panel, summary
from coamd.blender_addon.keys import source_action
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from edits import action_of, animate, edit, outside_is_kept, raw, refused, settings, world
from test_registration import draw

LAST = 80  # key of the animated mannequin


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with keys in every rotation mode."""
    return animate(character)


def select(rig_object: Any, frames: Collection[int] | None = None) -> None:
    """Select the keys in these frames alone, or all."""
    for curve in curves_of(action_of(rig_object)):
        for key in curve.keyframe_points:
            key.select_control_point = frames is None or round(key.co.x) in frames


def automatic(rig_object: Any, mode: str = "REGENERATE", frame: int = 40) -> tuple[int, int, str]:
    settings().mode, settings().range_from = mode, "AUTO"
    bpy.context.scene.frame_set(frame)
    return frame_range.automatic(bpy.context.scene, rig_object, source_action.find(rig_object), settings(), frame)


@pytest.mark.parametrize("chosen", [None, (), (30,)], ids=["all", "none", "one"])
def test_without_a_selection_that_says_something_it_is_a_second_on_each_side_of_the_playhead(
    addon: Session, animated: Any, chosen: Any
) -> None:
    select(animated, chosen)
    assert automatic(animated) == (16, 64, "PLAYHEAD")
    assert automatic(animated, frame=70) == (46, LAST, "PLAYHEAD"), "it does not leave the action"
    assert automatic(animated, frame=500) == (1, LAST, "ACTION")
    assert automatic(animated, "LOOP") == (1, LAST, "ACTION")


def test_some_selected_keys_come_first_and_then_the_preview_range(addon: Session, animated: Any) -> None:
    scene = bpy.context.scene
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, 20, 200
    select(animated)
    assert automatic(animated) == (20, LAST, "PREVIEW")
    select(animated, (13, 30, 44))
    assert automatic(animated) == (13, 44, "SELECTED")


def test_the_panel_says_the_frames_and_the_button_the_mode(
    addon: Session, animated: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summary, "KEPT", 0.0)
    select(animated)
    automatic(animated)
    drawn = draw(panel.COAMD_PT_edit)
    assert {"Frames 16 to 64 (2.0 s)", "around the playhead", "Regenerate 16-64"} <= set(drawn)
    settings().mode = "LOOP"
    assert "Make Loop 1-80" in draw(panel.COAMD_PT_edit)
    animated.animation_data.action = None
    assert "Make Loop" in draw(panel.COAMD_PT_edit), "without frames the button has its name alone"


def test_between_exactly_two_poses_the_motion_is_made(addon: Session, backend: BackendProcess, animated: Any) -> None:
    select(animated, (30, 61))
    before, ends = raw(action_of(animated)), [world(animated, frame) for frame in (30, 61)]
    middle = world(animated, 45)
    settings().mode, settings().range_from = "INBETWEEN", "AUTO"
    edit()
    for frame, pose in zip((30, 61), ends, strict=True):
        np.testing.assert_allclose(world(animated, frame), pose, atol=1e-4)
    assert not np.allclose(world(animated, 45), middle, atol=0.1)
    outside_is_kept(before, raw(action_of(animated)), 30, 61)
    assert action_of(animated).name == "Mannequin in-between 30-61"
    assert not addon.jobs[-1].notes


def test_two_poses_that_are_the_same_are_told(addon: Session, backend: BackendProcess, character: Any) -> None:
    arm = character.pose.bones["mixamorig:LeftArm"]
    for frame in (1, 40):
        arm.keyframe_insert("rotation_quaternion", frame=frame)
    settings().mode, settings().range_from = "INBETWEEN", "AUTO"
    edit()
    assert "Both poses are the same" in addon.message.hint


def test_a_single_selected_pose_is_refused(addon: Session, animated: Any) -> None:
    select(animated, (30,))
    settings().mode, settings().range_from = "INBETWEEN", "AUTO"
    assert "is a single frame" in refused()


def test_an_edit_of_an_edit_is_named_as_plainly_as_the_first(
    addon: Session, backend: BackendProcess, animated: Any
) -> None:
    names = []
    for prompt in ("", "", "a person jumps"):
        settings().range_from, settings().frame_start, settings().frame_end = "TYPED", 20, 50
        settings().prompt = prompt
        edit()
        names.append(action_of(animated).name)
    assert names == ["Mannequin regenerated 20-50", "Mannequin regenerated 20-50 (2)", "Mannequin jumps 20-50"]
