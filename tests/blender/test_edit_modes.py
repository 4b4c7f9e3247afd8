# SPDX-License-Identifier: GPL-3.0-or-later
"""Each mode of the Edit panel does what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.process import BackendProcess
from coamd.blender_addon import edit_settings, interpreter, panels
from coamd.blender_addon.action import curves_of
from coamd.blender_addon.session import Session
from edits import (
    END,
    START,
    action_of,
    animate,
    at,
    bone_head,
    changed_curves,
    edit,
    outside_is_kept,
    raw,
    refused,
    rows,
    settings,
    short,
    typed,
    world,
)
from test_registration import draw

WEIGHTS = Path(__file__).resolve().parents[2] / "backend" / "weights"


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with keys in every rotation mode."""
    return animate(character)


def test_the_motion_comes_as_asked(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """In the middle of the range the arm points as the backend's figure does: up, with a little sway."""
    typed()
    edit()
    bpy.context.scene.frame_set((START + END) // 2)
    way = animated.pose.bones["mixamorig:LeftForeArm"].head - animated.pose.bones["mixamorig:LeftArm"].head
    assert way.normalized().z > 0.9
    bpy.context.scene.frame_set(END + 1)
    way = animated.pose.bones["mixamorig:LeftForeArm"].head - animated.pose.bones["mixamorig:LeftArm"].head
    assert way.normalized().z < 0.9


def test_poses_between_are_hit(addon: Session, backend: BackendProcess, animated: Any) -> None:
    action = action_of(animated)
    for curve in curves_of(action):
        for key in curve.keyframe_points:
            key.select_control_point = key.co.x == 30
    before = world(animated, 30)
    typed(mode="INBETWEEN")
    edit()
    np.testing.assert_allclose(world(animated, 30), before, atol=1e-4)
    assert not np.allclose(world(animated, 25), before, atol=0.1)


@pytest.mark.parametrize(("direction", "new"), [("FORWARDS", (80, 110)), ("BACKWARDS", (-29, 1))])
def test_motion_is_added(
    addon: Session, backend: BackendProcess, animated: Any, direction: str, new: tuple[int, int]
) -> None:
    bpy.context.scene.frame_end = 90
    before = raw(action_of(animated))
    typed(mode="EXTEND", direction=direction, length=30)
    edit()
    after = raw(action_of(animated))
    everything = np.array([x for found in after.values() for x in found["co"][:, 0]])
    assert (min(1, new[0]), max(80, new[1])) == (everything.min(), everything.max())
    for curve, old in before.items():
        inside = (old["co"][:, 0] > 1) & (old["co"][:, 0] < 80)
        assert set(rows(old, inside)) <= set(rows(after[curve], after[curve]["co"][:, 0] > -99))
    assert bpy.context.scene.frame_end == max(90, new[1])


def test_a_loop_ends_as_it_begins(addon: Session, backend: BackendProcess, animated: Any) -> None:
    typed(1, 80, mode="LOOP")
    edit()
    body = [bone for bone in animated.pose.bones if not bone.name.endswith(("Hand", "Hips", "ToeBase"))]
    ends = [[np.array(bone.matrix_basis) for bone in body] for frame in (1, 80) if not at(frame)]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-4)


def test_several_prompts(addon: Session, backend: BackendProcess, animated: Any) -> None:
    typed(mode="PROMPTS")
    bpy.ops.coamd.add_prompt(prompt="sways")
    bpy.ops.coamd.add_prompt(prompt="stands")
    segments = [(item.prompt, item.start, item.end) for item in settings().segments]
    assert segments == [("sways", 20, 35), ("stands", 35, 50)]
    edit()
    settings().segments[1].end = 99
    assert "do not lie in the range" in refused()
    bpy.ops.coamd.remove_prompt()
    assert len(settings().segments) == 1


def test_a_hand_reaches_a_target(addon: Session, backend: BackendProcess, animated: Any) -> None:
    target = bpy.data.objects.new("Cup", None)
    bpy.context.scene.collection.objects.link(target)
    target.location = animated.matrix_world @ bone_head(animated, "RightArm", 35)
    target.location.z += 0.3
    target.location.y -= 0.2
    typed(mode="REACH", limb="right_wrist", target=target, reach_start=33, reach_end=37, root=False, trunk=False)
    edit()
    for frame in (33, 35, 37):
        hand = animated.matrix_world @ bone_head(animated, "RightHand", frame)
        assert (hand - target.location).length < 0.002


def test_a_path_is_followed(addon: Session, backend: BackendProcess, animated: Any) -> None:
    """The request has the curve on the ground, in the model's metres; the small engine does not follow it."""
    curve = bpy.data.curves.new("Way", "CURVE")
    curve.dimensions = "3D"
    points = curve.splines.new("POLY").points
    points.add(1)
    start, end = bone_head(animated, "Hips", 1), bone_head(animated, "Hips", 80)
    points[0].co, points[1].co = (*start, 1.0), (*end, 1.0)
    way = bpy.data.objects.new("Way", curve)
    bpy.context.scene.collection.objects.link(way)
    typed(1, 80, mode="PATH", path=way)
    edit()
    path = addon.jobs[-1].asked.path
    assert path.shape[1] == 3
    assert (np.diff(path[:, 0]) > 0).all()
    way.location.x = 5.0
    typed(20, 50)
    bpy.context.view_layer.update()
    assert "away from where the character is" in refused()


def test_the_panel_shows_what_a_mode_needs(addon: Session, backend: BackendProcess, animated: Any) -> None:
    shown = {}
    for mode, *_ in edit_settings.MODES:
        settings().mode = mode
        shown[mode] = draw(panels.edit.COAMD_PT_edit)
        assert "coamd.edit" in shown[mode]
    assert "path" in shown["PATH"]
    assert "path" not in shown["REGENERATE"]
    assert {"limb", "target"} <= set(shown["REACH"])
    assert "coamd.add_prompt" in shown["PROMPTS"]
    assert "length" in shown["EXTEND"]
    typed(mode="REGENERATE", variations=2)
    edit()
    after = draw(panels.edit.COAMD_PT_edit)
    assert after.count("coamd.show_edit") == 3
    assert "are edited" in " ".join(after)
    settings().range_from = "SELECTED"
    assert "frame_start" not in draw(panels.edit.COAMD_PT_edit)


def test_every_setting_explains_itself(addon: Session) -> None:
    for kind in (edit_settings.COAMD_PG_edit, edit_settings.COAMD_PG_segment):
        for prop in kind.bl_rna.properties:
            if prop.identifier not in ("name", "rna_type", "segments"):
                assert len(prop.description) > 10, f"{prop.identifier} has no tool tip"


def test_the_bundled_model_edits_the_character(addon: Session, animated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way, with the real model in the Python that has torch."""
    python = next((path for path in interpreter.candidates() if interpreter.suits(path)), None)
    if python is None:
        pytest.skip("no Python with torch (set COAMD_PYTHON to one)")
    if not (WEIGHTS / "config.json").is_file():
        pytest.skip("the bundled weights are not in backend/weights")
    monkeypatch.setenv("COAMD_PYTHON", str(python))
    before = raw(action_of(animated))
    border = world(animated, START)
    typed(prompt="a person waves with the left hand", root=False, left_leg=False, right_leg=False)
    edit()
    after = raw(action_of(animated))
    changed = changed_curves(before, after)
    assert {"LeftArm", "RightArm"} <= {short(path) for path, _ in changed}
    assert not {"Hips", "LeftUpLeg", "RightFoot"} & {short(path) for path, _ in changed}
    outside_is_kept(before, after, START, END)
    np.testing.assert_allclose(world(animated, START), border, atol=1e-5)
