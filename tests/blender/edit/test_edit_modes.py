# SPDX-License-Identifier: GPL-3.0-or-later
"""Each mode of the Edit panel does what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit import panel as edit_panel
from coamd.blender_addon.edit import settings as edit_settings
from coamd.blender_addon.install import interpreter
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from coamd.rigs.body.skeleton import FPS
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
    reach,
    refused,
    rows,
    settings,
    short,
    typed,
    world,
)
from test_registration import draw

WEIGHTS = Path(__file__).resolve().parents[3] / "backend" / "weights"


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
    typed(mode="EXTEND", direction=direction, seconds=1.25)
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
    steps = bpy.context.scene.coamd.steps
    for prompt, seconds in (("sways", 1.0), ("stands", 2.0)):
        bpy.ops.coamd.add_step(prompt=prompt)
        steps[-1].seconds = seconds
    edit()
    asked = addon.jobs[-1].edit_request
    first, second = asked.segments
    assert (first.prompt, second.prompt) == ("sways", "stands")
    assert (first.start, second.end) == asked.span and first.end == second.start
    rate = bpy.context.scene.render.fps
    border = (first.end - (first.start - 1)) / FPS  # seconds after the pose at START, which is held
    rounding = 0.5 / FPS + 0.5 / rate  # to frames of the scene, then to the model's
    assert border == pytest.approx((END - START) / rate / 3, abs=rounding), "they share the range"
    bpy.ops.coamd.remove_step()
    assert len(steps) == 1


def test_a_hand_reaches_a_target(addon: Session, backend: BackendProcess, animated: Any) -> None:
    target = bpy.data.objects.new("Cup", None)
    bpy.context.scene.collection.objects.link(target)
    target.location = animated.matrix_world @ bone_head(animated, "RightArm", 35)
    target.location.z += 0.3
    target.location.y -= 0.2
    typed(mode="REACH", root=False, trunk=False)
    reach("right_wrist", target, 33, 37)
    edit()
    for frame in (33, 35, 37):
        hand = animated.matrix_world @ bone_head(animated, "RightHand", frame)
        assert (hand - target.location).length < 0.002


def test_both_hands_and_a_foot_reach_at_once_and_one_hand_twice(
    addon: Session, backend: BackendProcess, animated: Any
) -> None:
    wanted = []
    for name, bone, tip, limb, frame in (
        ("Cup", "RightArm", "RightHand", "right_wrist", 31),
        ("Bottle", "RightArm", "RightHand", "right_wrist", 40),
        ("Door", "LeftArm", "LeftHand", "left_wrist", 36),
        ("Ball", "LeftUpLeg", "LeftFoot", "left_ankle", 36),
    ):
        target = bpy.data.objects.new(name, None)
        bpy.context.scene.collection.objects.link(target)
        target.location = animated.matrix_world @ bone_head(animated, bone, frame)
        target.location.z += -0.6 if limb == "left_ankle" else 0.25
        target.location.y -= 0.2
        reach(limb, target, frame, frame)
        wanted.append((frame, tip, target.location.copy()))
    typed(mode="REACH", root=False, trunk=False)
    edit()
    for frame, tip, place in wanted:
        assert (animated.matrix_world @ bone_head(animated, tip, frame) - place).length < 0.002, tip


def test_a_target_is_added_at_the_playhead_for_what_is_selected(addon: Session, animated: Any) -> None:
    cup = bpy.data.objects.new("Cup", None)
    bpy.context.scene.collection.objects.link(cup)
    cup.select_set(True)
    bpy.context.scene.frame_set(33)
    bpy.ops.coamd.add_reach(limb="left_wrist")
    (added,) = settings().reaches
    assert (added.limb, added.target, added.start, added.end) == ("left_wrist", cup, 33, 33)
    bpy.ops.coamd.remove_reach()
    assert not len(settings().reaches)


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
    path = addon.jobs[-1].edit_request.path
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
        if mode == "REACH":
            bpy.ops.coamd.add_reach()
        shown[mode] = draw(edit_panel.COAMD_PT_edit)
        assert "coamd.edit" in shown[mode]
    assert "path" in shown["PATH"]
    assert "path" not in shown["REGENERATE"]
    assert {"limb", "target"} <= set(shown["REACH"])
    assert "coamd.add_step" in shown["PROMPTS"]
    assert "seconds" in shown["EXTEND"]
    typed(mode="REGENERATE", variations=2)
    edit()
    after = draw(edit_panel.COAMD_PT_edit)
    assert after.count("coamd.show_edit") == 3
    assert "are edited" in " ".join(after)
    settings().range_from = "SELECTED"
    assert "frame_start" not in draw(edit_panel.COAMD_PT_edit)


def test_every_setting_explains_itself(addon: Session) -> None:
    for kind in (edit_settings.COAMD_PG_edit,):
        for prop in kind.bl_rna.properties:
            if prop.identifier not in ("name", "rna_type"):
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
