# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of limbs that IK moves: keys go on the IK controls, and Blender's own solver brings about what was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import bpy
import motions
import numpy as np
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.character import armature
from coamd.blender_addon.edit import ik_limbs as edit_limbs
from coamd.blender_addon.keys import action as actions
from coamd.blender_addon.keys import keys, rewrite, source_action
from coamd.blender_addon.keys.range_replacement import Range
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes.hidden_scene import PoseSampler
from coamd.rigs.body.bone_lengths import fix_bone_lengths
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.mapping import Mapping
from coamd.rigs.edits.ik_changes import IkDrivenLimb, visual_pose
from coamd.rigs.edits.relative import OriginalTake, relative
from coamd.rigs.errors import UserError
from coamd.rigs.solve.ik_controls import switches
from coamd.rigs.solve.retarget import retarget
from coamd.rigs.solve.rig_to_joints import joints_from_pose
from coamd.rigs.solve.settings import RetargetSettings

FRAMES = 60  # at 20 fps, which is the scene's rate here
START, END = 15, 45
PARTS = ("root", "trunk", "left_arm", "right_arm", "left_leg", "right_leg")
LIMBS = [
    (f"{side}_{start}", f"{side}_{end}")
    for side in ("left", "right")
    for start, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
]


@pytest.fixture
def on_ik(generated: Any) -> Any:
    """A Rigify rig that walks by keys on its IK controls."""
    rig = armature.rest_rig(generated)
    mapping = detect(rig)
    curves = retarget(motions.walk(3.0), rig, mapping, fps=20.0, settings=RetargetSettings(limbs="ik"))
    frames = np.arange(FRAMES, dtype=np.float32)
    channels = actions.channels(generated, curves, frames)
    channels += actions.switch_channels(generated, switches(mapping, "ik"), 0.0)
    actions.assign(generated, actions.new_action(generated, "motion", channels))
    bpy.context.scene.render.fps = 20
    return generated


def without_poles(rig_object: Any) -> None:
    """As Rigify has it at first: the limbs bend by the turn of the upper IK bones, which are turned a little."""
    action = rig_object.animation_data.action
    for curve in actions.curves_of(action):
        if "pole_vector" in curve.data_path:
            curve.keyframe_points[0].co[1] = 0.0
            curve.update()
    for number, name in enumerate(("upper_arm_ik.L", "upper_arm_ik.R", "thigh_ik.L", "thigh_ik.R")):
        bone = rig_object.pose.bones[name]
        bone.rotation_euler[1] = 0.2 * (number - 1.5)
        bone.keyframe_insert("rotation_euler", index=1, frame=0)
    bpy.context.scene.frame_set(0)


def seen(rig_object: Any, rig: RestRig, mapping: Mapping, driven: tuple[IkDrivenLimb, ...]) -> np.ndarray:
    """The pose (F, bones, 4, 4) that Blender evaluates, with the limbs where they are."""
    sampler = PoseSampler(rig_object.name, np.arange(FRAMES, dtype=np.float64))
    assert sampler.work(600.0)
    order = [sampler.bones.index(bone.name) for bone in rig.bones]
    return visual_pose(sampler.matrices[:, order], rig, mapping, driven)


def other_motion(joints: np.ndarray) -> np.ndarray:
    """The middle becomes another motion: hands high, crouching, turned and moved aside."""
    away = np.abs(np.arange(FRAMES) - (START + END) / 2) / ((END - START) / 2)
    t = np.clip(1.6 * (1.0 - away), 0.0, 1.0)[:, None, None]
    share = t * t * (3.0 - 2.0 * t)
    other = (
        motions.sit(3.0)[20][None] - motions.sit(3.0)[20][None, :1] * (1.0, 0.0, 1.0) + joints[:, :1] * (1.0, 0.0, 1.0)
    )
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for part, lift in (("elbow", 0.3), ("wrist", 0.6)):
            other[:, INDEX[f"{side}_{part}"]] += (0.1 * sign, lift, 0.1)
    return fix_bone_lengths((1.0 - share) * joints + share * other)


def angles(joints: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Degrees (F, limbs) between the limbs of two motions."""
    ways = [np.stack([m[:, INDEX[b]] - m[:, INDEX[a]] for a, b in LIMBS], axis=1) for m in (joints, wanted)]
    ways = [way / np.linalg.norm(way, axis=-1, keepdims=True) for way in ways]
    found: np.ndarray = np.degrees(np.arccos(np.clip((ways[0] * ways[1]).sum(-1), -1.0, 1.0)))
    return found


@pytest.mark.parametrize("poles", [True, False])
def test_the_limbs_point_where_the_edit_says(addon: Session, on_ik: Any, poles: bool) -> None:
    if not poles:
        without_poles(on_ik)
    rig, source = armature.rest_rig(on_ik), source_action.find(on_ik)
    driven, mapping = edit_limbs.driven_limbs(on_ik, source, rig, detect(rig), PARTS, START, END)
    assert [each.poled for each in driven] == [poles] * 4
    before = seen(on_ik, rig, mapping, driven)
    joints = joints_from_pose(before, rig, mapping)
    edited = other_motion(joints)
    frames = np.arange(START, END + 1)
    take = OriginalTake(
        joints, frames.astype(float), before[frames], 20.0, {0: 0, END - START: END - START}, PARTS, (), driven
    )
    changes = relative(take, edited, rig, mapping)
    assert not [change.bone for change in changes if "_fk" in change.bone and "spine" not in change.bone]
    rewrite.rewrite(
        on_ik.animation_data.action,
        source.slot,
        on_ik,
        changes,
        frames.astype(float),
        Range(START, END),
    )
    after = seen(on_ik, rig, mapping, driven)
    now = joints_from_pose(after, rig, mapping)
    np.testing.assert_allclose(after[:START], before[:START], atol=1e-5)
    np.testing.assert_allclose(after[END + 1 :], before[END + 1 :], atol=1e-5)
    middle = slice(START + 8, END - 7)  # beside the borders it hands over
    off = angles(now, edited)[middle]
    assert angles(joints, edited)[middle].max() > 60.0, "it is another motion"
    assert off.mean() < 1.5
    assert off.max() < 4.0


def test_the_bone_that_swivels_is_needed(addon: Session, on_ik: Any) -> None:
    """The test of the test: with hands and feet in place alone, elbows and knees point elsewhere."""
    without_poles(on_ik)
    rig, source = armature.rest_rig(on_ik), source_action.find(on_ik)
    driven, mapping = edit_limbs.driven_limbs(on_ik, source, rig, detect(rig), PARTS, START, END)
    before = seen(on_ik, rig, mapping, driven)
    joints = joints_from_pose(before, rig, mapping)
    edited = other_motion(joints)
    frames = np.arange(START, END + 1)
    take = OriginalTake(
        joints, frames.astype(float), before[frames], 20.0, {0: 0, END - START: END - START}, PARTS, (), driven
    )
    changes = [
        change
        for change in relative(take, edited, rig, mapping)
        if "_ik." not in change.bone or "hand" in change.bone or "foot" in change.bone
    ]
    within = Range(START, END)
    rewrite.rewrite(on_ik.animation_data.action, source.slot, on_ik, changes, frames.astype(float), within)
    now = joints_from_pose(seen(on_ik, rig, mapping, driven), rig, mapping)
    assert angles(now, edited)[START + 8 : END - 7].max() > 8.0


def typed(**others: Any) -> None:
    edit = bpy.context.scene.coamd.edit
    edit.range_from, edit.frame_start, edit.frame_end = "TYPED", START, END
    for name, value in others.items():
        setattr(edit, name, value)


def keyed(rig_object: Any) -> dict[tuple[str, int], bytes]:
    """Every key by curve."""
    curves = actions.curves_of(rig_object.animation_data.action)
    return {(c.data_path, c.array_index): keys.read(c).tobytes() for c in curves}


def test_an_arm_on_ik_is_edited_by_its_control(addon: Session, backend: BackendProcess, on_ik: Any) -> None:
    """The backend of these tests lifts the left arm; only the hand's control and the pole take keys for it."""
    before = keyed(on_ik)
    parts = dict.fromkeys(PARTS, False)
    typed(**(parts | {"left_arm": True}))
    assert bpy.ops.coamd.edit(wait=True) == {"FINISHED"}
    after = keyed(on_ik)
    bones = {
        source_action.bone_of(path)
        for path, _ in before.keys() | after.keys()
        if before.get((path, _)) != after.get((path, _))
    }
    assert {"hand_ik.L", "upper_arm_ik_target.L"} <= bones <= {"hand_ik.L", "upper_arm_ik_target.L", "shoulder.L"}
    bpy.context.scene.frame_set((START + END) // 2)
    posed = on_ik.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
    assert (posed["DEF-forearm.L"].head - posed["DEF-upper_arm.L"].head).normalized().z > 0.9


def test_a_rig_as_rigify_makes_it_is_edited_by_its_ik_controls(
    addon: Session, backend: BackendProcess, generated: Any
) -> None:
    """Nothing but the torso has keys; the hand's control and the swivel of the arm get theirs."""
    for frame in (0, 59):
        generated.pose.bones["torso"].location.x = frame / 200.0
        generated.pose.bones["torso"].keyframe_insert("location", frame=frame)
    typed(**(dict.fromkeys(PARTS, False) | {"left_arm": True}))
    assert bpy.ops.coamd.edit(wait=True) == {"FINISHED"}
    bones = {source_action.bone_of(path) for path, _ in keyed(generated)}
    assert bones == {"torso", "hand_ik.L", "upper_arm_ik.L"} | (bones & {"shoulder.L"})
    bpy.context.scene.frame_set((START + END) // 2)
    posed = generated.evaluated_get(bpy.context.evaluated_depsgraph_get()).pose.bones
    assert (posed["DEF-forearm.L"].head - posed["DEF-upper_arm.L"].head).normalized().z > 0.9


def test_keys_of_the_control_are_poses_to_keep(addon: Session, backend: BackendProcess, on_ik: Any) -> None:
    for curve in actions.curves_of(on_ik.animation_data.action):
        for key in curve.keyframe_points:
            key.select_control_point = key.co.x == 30.0 and "hand_ik.L" in curve.data_path
    bpy.context.scene.frame_set(30)
    before = np.array(on_ik.pose.bones["hand_ik.L"].matrix)
    typed(mode="INBETWEEN")
    assert bpy.ops.coamd.edit(wait=True) == {"FINISHED"}
    bpy.context.scene.frame_set(30)
    np.testing.assert_allclose(np.array(on_ik.pose.bones["hand_ik.L"].matrix), before, atol=1e-4)
    bpy.context.scene.frame_set(24)
    assert not np.allclose(np.array(on_ik.pose.bones["hand_ik.L"].matrix), before, atol=0.05)


@pytest.mark.parametrize(
    ("bone", "name", "values", "word"),
    [
        ("upper_arm_parent.L", "IK_FK", {0: 0.0, 30: 1.0}, "not moved by IK alone"),
        ("upper_arm_parent.L", "IK_parent", {0: 1, 30: 0}, "has keys on"),
        ("thigh_parent.R", "IK_parent", {0: 5}, "has its control"),
    ],
)
def test_what_ik_does_not_say_clearly_is_refused(
    addon: Session, on_ik: Any, bone: str, name: str, values: dict[int, float], word: str
) -> None:
    for frame, value in values.items():
        on_ik.pose.bones[bone][name] = value
        on_ik.pose.bones[bone].keyframe_insert(f'["{name}"]', frame=frame)
    bpy.context.scene.frame_set(20)
    typed()
    before = snapshot.of_file()
    with pytest.raises(RuntimeError, match=word):
        bpy.ops.coamd.edit(wait=True)
    assert snapshot.of_file() == before
    assert addon.message.code == "ik_limb"
    assert "turn" in addon.message.hint
    typed(**dict.fromkeys(PARTS[2:], False))
    assert bpy.ops.coamd.edit() == {"FINISHED"}, "without that limb it can be edited"
    addon.cancel(addon.jobs[-1])


def test_a_rig_that_does_not_show_its_limbs_is_refused(addon: Session, on_ik: Any) -> None:
    rig, source = armature.rest_rig(on_ik), source_action.find(on_ik)
    mapping = detect(rig)
    blind = replace(mapping, ik=tuple(replace(limb, shown=()) for limb in mapping.ik))
    with pytest.raises(UserError, match="on this kind of rig"):
        edit_limbs.driven_limbs(on_ik, source, rig, blind, PARTS, START, END)
    assert edit_limbs.driven_limbs(on_ik, source, rig, blind, PARTS[:2], START, END)[0] == ()
