# SPDX-License-Identifier: GPL-3.0-or-later
"""IK keys on a rig that Rigify generates: Blender's own constraints bring about the pose that FK keys do."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy", reason="the Blender module is not installed")

import motions  # noqa: E402
import numpy as np  # noqa: E402
from coamd.blender_addon import action as actions  # noqa: E402
from coamd.blender_addon import armature  # noqa: E402
from coamd.rigs.controls import switches  # noqa: E402
from coamd.rigs.detection import detect  # noqa: E402
from coamd.rigs.retarget import retarget  # noqa: E402
from coamd.rigs.settings import RetargetSettings  # noqa: E402

FRAMES = (1, 14, 27, 40, 53)


def posed(rig_object: Any, clip: np.ndarray, settings: RetargetSettings) -> list[dict[str, np.ndarray]]:
    """Heads (3,) of the deforming bones by name, in some frames of a clip that is written with keys."""
    rig = armature.rest_rig(rig_object)
    mapping = detect(rig)
    assert mapping.family == "Rigify"
    curves = retarget(clip, rig, mapping, fps=20.0, settings=settings)
    frames = 1 + np.arange(len(clip), dtype=np.float32)
    channels = actions.channels(rig_object, curves, frames)
    channels += actions.switch_channels(rig_object, switches(mapping, settings.limbs), 1.0)
    actions.assign(rig_object, actions.new_action(rig_object, "motion", channels))
    out = []
    for frame in FRAMES:
        bpy.context.scene.frame_set(frame)
        seen = rig_object.evaluated_get(bpy.context.evaluated_depsgraph_get())
        out.append({b.name: np.array(b.head) for b in seen.pose.bones if b.name.startswith("DEF-")})
    return out


@pytest.mark.parametrize("root", ["hips", "root"])
@pytest.mark.parametrize("name", ["walk", "sit"])
def test_ik_keys_give_the_pose_of_fk_keys(generated: Any, name: str, root: str) -> None:
    clip = {"walk": motions.walk(3.0, 2.0), "sit": motions.sit(3.0)}[name]
    fk = posed(generated, clip, RetargetSettings())
    for pose_bone in generated.pose.bones:
        pose_bone.matrix_basis.identity()
    ik = posed(generated, clip, RetargetSettings(limbs="ik", root=root))
    for one, other in zip(fk, ik, strict=True):
        for bone, place in one.items():
            assert np.linalg.norm(place - other[bone]) < 0.006, bone  # metres; knees and elbows too


def test_the_root_bone_moves_over_the_ground(generated: Any) -> None:
    posed(generated, motions.walk(3.0), RetargetSettings(root="root"))
    bpy.context.scene.frame_set(60)
    head = generated.pose.bones["root"].head
    assert head.y < -2.5
    assert abs(head.z) < 1e-5


def test_keys_without_the_switches_would_not_do(generated: Any) -> None:
    """The test of the test: FK keys on a rig that is left on IK do not move the limbs."""
    clip = motions.walk(3.0, 2.0)
    fk = posed(generated, clip, RetargetSettings())
    action = generated.animation_data.action
    for curve in actions.curves_of(action):
        if "IK_FK" in curve.data_path:
            curve.keyframe_points[0].co[1] = 0.0
            curve.update()
    bpy.context.scene.frame_set(FRAMES[2])
    seen = generated.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert np.linalg.norm(np.array(seen.pose.bones["DEF-foot.L"].head) - fk[2]["DEF-foot.L"]) > 0.1
