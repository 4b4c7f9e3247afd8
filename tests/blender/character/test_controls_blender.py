# SPDX-License-Identifier: GPL-3.0-or-later
"""IK keys on a rig that Rigify generates: Blender's own constraints bring about the pose that FK keys do."""

from __future__ import annotations

from typing import Any

import pytest

bpy = pytest.importorskip("bpy", reason="the Blender module is not installed")

import motions  # noqa: E402
import numpy as np  # noqa: E402
from coamd.blender_addon.character import armature, mannequin  # noqa: E402
from coamd.blender_addon.keys import action as actions  # noqa: E402
from coamd.blender_addon.session.session import Session  # noqa: E402
from coamd.rigs.detect.detection import detect  # noqa: E402
from coamd.rigs.solve.ik_controls import switches  # noqa: E402
from coamd.rigs.solve.retarget import retarget  # noqa: E402
from coamd.rigs.solve.settings import RetargetSettings  # noqa: E402

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


@pytest.mark.parametrize(
    ("name", "root", "limbs"), [("walk", "hips", "ik_legs"), ("sit", "root", "ik"), ("walk", "root", "ik")]
)
def test_ik_keys_give_the_pose_of_fk_keys(generated: Any, name: str, root: str, limbs: str) -> None:
    clip = {"walk": motions.walk(3.0, 2.0), "sit": motions.sit(3.0)}[name]
    fk = posed(generated, clip, RetargetSettings())
    for pose_bone in generated.pose.bones:
        pose_bone.matrix_basis.identity()
    ik = posed(generated, clip, RetargetSettings(limbs=limbs, root=root))
    for one, other in zip(fk, ik, strict=True):
        for bone, place in one.items():
            assert np.linalg.norm(place - other[bone]) < 0.006, bone  # metres; knees and elbows too


@pytest.mark.parametrize("limbs", ["fk", "ik_legs"])
def test_the_ik_controls_of_limbs_on_fk_lie_where_hands_and_feet_are(generated: Any, limbs: str) -> None:
    """So no control stays behind where the walk began, and switching a limb to IK does not move it."""
    shown = posed(generated, motions.walk(3.0, 2.0), RetargetSettings(limbs=limbs))
    bpy.context.scene.frame_set(FRAMES[-1])
    seen = generated.evaluated_get(bpy.context.evaluated_depsgraph_get())
    for control, bone in (("hand_ik.L", "DEF-hand.L"), ("foot_ik.R", "DEF-foot.R")):
        assert np.linalg.norm(np.array(seen.pose.bones[control].head) - shown[-1][bone]) < 0.01, control
    for curve in actions.curves_of(generated.animation_data.action):
        if "IK_FK" in curve.data_path:
            curve.keyframe_points[0].co[1] = 0.0
            curve.update()
    bpy.context.scene.frame_set(FRAMES[-1])
    seen = generated.evaluated_get(bpy.context.evaluated_depsgraph_get())
    for bone, place in shown[-1].items():
        assert np.linalg.norm(np.array(seen.pose.bones[bone].head) - place) < 0.006, bone


def test_what_suits_a_rig_is_chosen_for_each_character(addon: Session, generated: Any) -> None:
    """IK legs and reduced keys on a control rig, FK and a key on every frame on others, until somebody chooses."""
    settings = bpy.context.scene.coamd
    assert (settings.limbs, settings.reduce_keys) == ("IK_LEGS", True)
    settings.limbs, settings.reduce_keys = "FK", False
    mannequin_object = mannequin.add_mannequin(bpy.context.scene.collection)
    settings.character = mannequin_object
    assert (settings.limbs, settings.reduce_keys) == ("FK", False)
    settings.reduce_keys = True
    settings.character = generated
    assert (settings.limbs, settings.reduce_keys) == ("FK", False), "each keeps its own"
    bpy.data.objects.remove(mannequin_object)
    bpy.data.objects.remove(generated)
    settings.limbs = "IK"
    assert settings.limbs == "IK", "for whatever character comes"


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
        curve.mute = "_ik" in curve.data_path  # the controls of IK, which have the same motion
    for pose_bone in generated.pose.bones:
        if "_ik" in pose_bone.name:
            pose_bone.matrix_basis.identity()
    bpy.context.scene.frame_set(FRAMES[2])
    seen = generated.evaluated_get(bpy.context.evaluated_depsgraph_get())
    assert np.linalg.norm(np.array(seen.pose.bones["DEF-foot.L"].head) - fk[2]["DEF-foot.L"]) > 0.1
