# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender shows is what the retargeting meant: on rigs made in code, on tables of real rigs, and on Rigify's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import addon_utils
import bpy
import numpy as np
import pytest
from coamd.blender_addon.character import armature
from coamd.blender_addon.keys import action as actions
from coamd.rigs.body.bone_curves import BoneCurves
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.skeleton import BONE_LENGTHS, INDEX, PARENTS
from coamd.rigs.detect.detection import Mapping, detect
from coamd.rigs.solve.retarget import retarget

TABLES = ("mpfb_mixamo", "mpfb_mixamo_unity", "mpfb_cmu", "mpfb_rigify_metarig")
FPS = 24.0


def motion(seconds: float = 1.5) -> np.ndarray:
    """Somebody who walks off in a bow with swinging limbs: (F, 22, 3), bones at their lengths."""
    time = np.arange(round(seconds * 20)) / 20.0
    joints = np.zeros((len(time), 22, 3))
    joints[:, 0] = np.stack([0.3 * time**2, 0.92 + 0.02 * np.sin(9 * time), 0.9 * time], axis=1)
    down, left, up = np.array([0.0, -1.0, 0.0]), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    for name, j in list(INDEX.items())[1:]:
        side = 1.0 if "left" in name else -1.0
        swing = 0.5 * np.sin(5 * time + (0.0 if side > 0 else np.pi))
        if name.endswith(("collar", "hip")):
            way = np.tile(side * left + (0.3 * up if "collar" in name else 0.1 * down), (len(time), 1))
        elif name.endswith(("foot",)):
            way = np.tile([0.0, -0.3, 1.0], (len(time), 1))
        elif "left" in name or "right" in name:
            bend = swing + (0.4 if name.endswith(("wrist", "elbow")) else -0.2)
            out = 0.25 * side if name.endswith(("shoulder", "elbow", "wrist")) else 0.0
            way = np.stack([out + 0 * time, -np.cos(bend), np.sin(bend)], axis=1)
            if name.endswith("shoulder"):
                way = np.tile(side * left, (len(time), 1))
        else:
            way = np.stack([0.1 * np.sin(3 * time), np.ones_like(time), 0.1 + 0 * time], axis=1)
        joints[:, j] = joints[:, PARENTS[j]] + BONE_LENGTHS[j] * way / np.linalg.norm(way, axis=1, keepdims=True)
    return joints.astype(np.float32)


def put(rig_object: Any) -> tuple[RestRig, Mapping, tuple[BoneCurves, ...]]:
    """Retarget the motion onto an armature and write it, from frame 1 on."""
    rig = armature.rest_rig(rig_object)
    mapping = detect(rig)
    curves = retarget(motion(), rig, mapping, fps=FPS)
    frames = 1.0 + np.arange(len(curves[0].rotations))
    channels = actions.channels(rig_object, curves, frames)
    channels += actions.switch_channels(rig_object, mapping.switches, 1.0)
    actions.assign(rig_object, actions.new_action(rig_object, "motion", channels))
    return rig, mapping, curves


def blender_pose(rig_object: Any, names: list[str], frame: int) -> np.ndarray:
    """What Blender evaluates: (bones, 4, 4) in armature space."""
    bpy.context.scene.frame_set(frame)
    return np.array([np.array(rig_object.pose.bones[name].matrix) for name in names])


def check(rig_object: Any) -> None:
    """Blender's pose is the forward kinematics of the curves, at some frames, within a millimetre."""
    rig, mapping, curves = put(rig_object)
    wanted = pose(rig, curves)
    names = list(mapping.bones.values())
    places = [rig.index[name] for name in names]
    size = max(np.linalg.norm(rig.matrices[:, :3, 3], axis=1).max(), 1e-9)
    for f in (0, 7, len(wanted) - 1):
        shown = blender_pose(rig_object, names, 1 + f)
        np.testing.assert_allclose(shown[:, :3, 3], wanted[f, places, :3, 3], atol=1e-3 * size)
        np.testing.assert_allclose(shown[:, :3, :3], wanted[f, places, :3, :3], atol=2e-3)


def test_the_mannequin(character: Any) -> None:
    check(character)


def test_the_mannequin_walks_forward(character: Any) -> None:
    """The motion goes 1.2 m along +Z, so the character goes about that far along -Y."""
    put(character)
    first, last = (blender_pose(character, ["mixamorig:Hips"], frame)[0, :3, 3] for frame in (1, 36))
    assert 1.0 < first[1] - last[1] < 1.7
    assert last[0] > 0.3, "left of somebody who faces -Y is +X"


def test_a_rig_in_euler_angles(character: Any) -> None:
    for bone, order in zip(character.pose.bones, ("XYZ", "ZXY", "YZX") * 20, strict=False):
        bone.rotation_mode = order
    check(character)


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_an_object_with_a_scale_of_its_own(build: Callable[..., Any], character: Any, scale: float) -> None:
    """Mixamo's FBX files come as centimetres under an object scaled by 0.01."""
    rig = armature.rest_rig(character)
    bones = []
    for bone in rig.bones:
        matrix = bone.matrix.copy()
        matrix[:3, 3] /= scale
        bones.append(type(bone)(bone.name, bone.parent, matrix, bone.length / scale))
    scaled = build(RestRig(tuple(bones), np.eye(4)), "Scaled")
    scaled.scale = (scale, scale, scale)
    bpy.context.view_layer.update()
    check(scaled)
    first, last = (blender_pose(scaled, ["mixamorig:Hips"], frame)[0, :3, 3] * scale for frame in (1, 36))
    assert 1.0 < first[1] - last[1] < 1.7, "the travel is in metres of the world"


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_real_rigs(build: Callable[..., Any], shared: Path, name: str) -> None:
    table = RestRig.from_table(shared / "rigs" / f"{name}.json")
    made = build(table)
    read = armature.rest_rig(made)
    for bone in read.bones:  # Blender drops bones without length
        np.testing.assert_allclose(bone.matrix, table.bone(bone.name).matrix, atol=1e-4)
    check(made)


def _metarig() -> Any:
    addon_utils.enable("rigify", default_set=True)
    bpy.ops.object.armature_human_metarig_add()
    return bpy.context.view_layer.objects.active


def test_rigifys_metarig() -> None:
    check(_metarig())


def test_what_rigify_generates_follows_its_controls() -> None:
    """FK controls drive the deforming bones only with the switches keyed: the hand goes where the motion has it."""
    _metarig()
    bpy.ops.pose.rigify_generate()
    rig_object = bpy.context.view_layer.objects.active
    assert rig_object.name == "rig"
    _, mapping, _ = put(rig_object)
    assert mapping.switches
    for frame in (1, 20):
        bpy.context.scene.frame_set(frame)
        for side in "LR":
            for control, deform in (("forearm_fk", "DEF-forearm"), ("shin_fk", "DEF-shin")):
                wanted, shown = (np.array(rig_object.pose.bones[f"{n}.{side}"].head) for n in (control, deform))
                np.testing.assert_allclose(shown, wanted, atol=5e-3)
