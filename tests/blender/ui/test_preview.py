# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick figure stands where the keys will be, is computed once per preview, and goes with its job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import motions
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.character import armature
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.ui.preview import Ghost, Preview, on_rig, sticks
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.skeleton import INDEX, PARENTS
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.settings import RetargetSettings


@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_it_stands_where_the_solved_rig_stands(addon: Session, character: Any, scale: float) -> None:
    """Against the solver and forward kinematics: hips and ankles of the figure are near the rig's at every frame."""
    character.scale = (scale,) * 3
    character.rotation_euler = (0.0, 0.0, 1.0)
    bpy.context.view_layer.update()
    _, rig, mapping = armature.read(bpy.context)
    joints = motions.walk(3.0)
    points = on_rig(joints[None], rig, mapping)[0]
    solved = pose(rig, retarget(joints, rig, mapping, fps=20.0, settings=RetargetSettings(0.0)))
    leg = np.ptp(points[0, :, :] @ np.array([0.0, 0.0, 1.0])) / 2.0
    for joint in ("left_hip", "right_hip", "left_ankle", "right_ankle"):
        bone = solved[:, rig.index[mapping.bones[joint]], :3, 3]
        away = np.linalg.norm(points[:, INDEX[joint]] - bone, axis=1)
        assert away.max() < 0.2 * leg, joint
    middle = points[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1)
    hips = [rig.index[mapping.bones[joint]] for joint in ("left_hip", "right_hip")]
    np.testing.assert_allclose(middle[:, :2], solved[:, hips][:, :, :2, 3].mean(axis=1), atol=0.03 * leg)


def test_on_the_spot_it_stays_on_the_spot(addon: Session, character: Any) -> None:
    _, rig, mapping = armature.read(bpy.context)
    points = on_rig(motions.walk(3.0)[None], rig, mapping, in_place=True)[0]
    assert np.ptp(points[:, 0, :2], axis=0).max() < 1e-6
    assert np.ptp(points[:, INDEX["left_ankle"], 1]) > 0.1, "the feet move"


def test_each_stick_joins_a_joint_and_its_parent() -> None:
    points = np.random.default_rng(1).normal(size=(2, 3, 22, 3))
    lines = sticks(points)
    assert lines.shape == (2, 3, 42, 3)
    for k, child in enumerate(range(1, 22)):
        np.testing.assert_allclose(lines[:, :, 2 * k], points[:, :, child], rtol=1e-6)
        np.testing.assert_allclose(lines[:, :, 2 * k + 1], points[:, :, PARENTS[child]], rtol=1e-6)


def test_it_follows_the_job_and_goes_with_it(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None], monkeypatch: Any
) -> None:
    built = []
    monkeypatch.setattr(
        Ghost, "__init__", lambda self, *args, make=Ghost.__init__: (built.append(1), make(self, *args))[1]
    )
    preview = Preview()
    bpy.context.scene.coamd.prompt = "sway for ever"
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].preview is not None)
    assert preview.look(addon.jobs), "a new figure is drawn"
    for _ in range(10):
        preview.look(addon.jobs)
    assert len(built) == 1, "one preview is computed once"
    assert not preview.look(addon.jobs, wanted=False) or preview.ghost is None
    assert preview.ghost is None
    preview.look(addon.jobs)
    bpy.ops.coamd.cancel()
    assert addon.jobs[-1].preview is None, "nothing of it is held"
    assert preview.look(addon.jobs), "the viewport is drawn once more, without it"
    assert preview.ghost is None
    assert not preview.drawing


def test_time_goes_round(
    addon: Session, backend: BackendProcess, character: Any, tick_until: Callable[..., None]
) -> None:
    bpy.context.scene.coamd.prompt, bpy.context.scene.coamd.seconds = "sway for ever", 4.0
    bpy.ops.coamd.generate()
    tick_until(lambda: addon.jobs[-1].preview is not None)
    ghost = Ghost(addon.jobs[-1], addon.jobs[-1].preview)
    assert ghost.frames == 80
    assert [ghost.frame_at(seconds) for seconds in (0.0, 0.06, 3.99, 4.01)] == [0, 1, 79, 0]
    bpy.ops.coamd.cancel()
