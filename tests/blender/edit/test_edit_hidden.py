# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of what one does not see, and of what is locked: refused or told, and nothing of it changes."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.edit.task import on_object
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.detect.detection import detect
from coamd.rigs.edits.relative import OriginalTake, relative
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose
from edits import raw, refusal_code

from tests.characters import mixamo
from tests.motions import walk


def typed(start: int = 30, end: int = 60) -> Any:
    edit = bpy.context.scene.coamd.edit
    edit.range_from, edit.frame_start, edit.frame_end, edit.prompt = "TYPED", start, end, "a person sways"
    return edit


def arms(walker: Any) -> list[Any]:
    return [curve for curve in curves_of(walker.animation_data.action) if "LeftArm" in curve.data_path]


def test_muted_curves_are_refused_where_they_would_be_written(addon: Session, walker: Any) -> None:
    for curve in arms(walker):
        curve.mute = True
    typed()
    assert refusal_code(addon) == "muted"
    assert "LeftArm" in addon.message.text


def test_a_solo_track_is_refused(addon: Session, walker: Any) -> None:
    data = walker.animation_data
    track = data.nla_tracks.new()
    track.strips.new("other", 1, bpy.data.actions.new("other"))
    track.is_solo = True
    typed()
    assert refusal_code(addon) == "solo"


def test_samples_are_refused(addon: Session, walker: Any) -> None:
    curve = arms(walker)[0]
    curve.convert_to_samples(1, 100)
    typed()
    assert refusal_code(addon) == "samples"


def test_what_is_locked_stays_and_is_named(addon: Session, backend: BackendProcess, walker: Any) -> None:
    walker.pose.bones["mixamorig:RightForeArm"].lock_rotation = (True, True, True)
    for curve in arms(walker):
        curve.lock = True
    typed()
    action = walker.animation_data.action
    before = raw(action)
    bpy.ops.coamd.edit(wait=True)
    after = raw(walker.animation_data.action)
    for key, values in before.items():
        if "LeftArm" in key[0] or ("RightForeArm" in key[0] and "rotation" in key[0]):
            assert values.tobytes() == after[key].tobytes(), key
    said = " ".join(addon.jobs[-1].warnings)
    assert "Locked channels or curves" in said
    assert "LeftArm" in said


def test_constraints_over_an_edit_are_named(addon: Session, backend: BackendProcess, walker: Any) -> None:
    aim = bpy.data.objects.new("aim", None)
    bpy.context.scene.collection.objects.link(aim)
    aim.rotation_euler = (1.0, 2.0, 0.0)
    walker.pose.bones["mixamorig:LeftArm"].constraints.new("COPY_ROTATION").target = aim
    typed()
    bpy.ops.coamd.edit(wait=True)
    said = " ".join(addon.jobs[-1].warnings)
    assert "“mixamorig:LeftArm”" in said
    assert "RightArm" not in said


def test_the_hips_go_where_they_are_sent_while_the_object_turns() -> None:
    """What is added to the location of a bone without a parent counts in the axes of its object."""
    rig = mixamo()
    mapping = detect(rig)
    local = pose(rig, retarget(walk(2.0), rig, mapping, fps=20.0))
    angle = np.linspace(0.0, 1.5, len(local))
    moved = np.broadcast_to(np.eye(4), (len(local), 4, 4)).copy()
    moved[:, 0, 0] = moved[:, 1, 1] = np.cos(angle)
    moved[:, 1, 0] = np.sin(angle)
    moved[:, 0, 1] = -np.sin(angle)
    seen = moved[:, None] @ local
    joints = joints_from_pose(seen, rig, mapping)
    edited = joints + np.array([0.5, 0.0, 0.0])
    on, matrices = on_object(rig, seen, moved)
    changes = relative(
        OriginalTake(joints, np.arange(len(joints), dtype=float), matrices, 20.0, {}), edited, on, mapping
    )
    hips = next(change for change in changes if change.bone == mapping.bones["pelvis"])
    assert hips.shift is not None
    rest = rig.bone(hips.bone).matrix[:3, :3]
    ways = (moved[:, :3, :3] @ (hips.shift @ rest.T)[..., None])[..., 0]
    np.testing.assert_allclose(ways, np.broadcast_to(ways[0], ways.shape), atol=1e-3)
    assert np.linalg.norm(ways[0]) > 0.3
