# SPDX-License-Identifier: GPL-3.0-or-later
"""Retargeting against Blender itself: bone axes, pose channels, Rigify's controls and deforming bones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

bpy = pytest.importorskip("bpy", reason="the Blender module is not installed")

import characters  # noqa: E402
import motions  # noqa: E402
from coamd.rigs.body.bone_curves import BoneCurves  # noqa: E402
from coamd.rigs.body.forward_kinematics import pose  # noqa: E402
from coamd.rigs.body.rest_rig import RestBone, RestRig  # noqa: E402
from coamd.rigs.body.rotations import about, angle_of  # noqa: E402
from coamd.rigs.body.skeleton import INDEX  # noqa: E402
from coamd.rigs.detect.detection import Mapping, detect  # noqa: E402
from coamd.rigs.detect.rest_figure import Figure  # noqa: E402
from coamd.rigs.solve.retarget import retarget  # noqa: E402
from coamd.rigs.solve.settings import RetargetSettings  # noqa: E402
from mathutils import Matrix  # noqa: E402

FRAMES = (0, 13, 37, 59)
TABLES = ("kaykit_knight", "mpfb_cmu", "mpfb_mixamo_unity", "mpfb_rigify_metarig")


def build(rig: RestRig) -> Any:
    """An armature object with these bones, rolls included."""
    data = bpy.data.armatures.new("rig")
    rig_object = bpy.data.objects.new("rig", data)
    bpy.context.scene.collection.objects.link(rig_object)
    bpy.context.view_layer.objects.active = rig_object
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in rig.bones:
        made = data.edit_bones.new(bone.name)
        made.head, made.tail = bone.head, bone.tail
        made.align_roll(bone.matrix[:3, 2])
        made.parent = data.edit_bones[bone.parent] if bone.parent else None
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone in rig.bones:
        data.bones[bone.name].use_inherit_rotation = bone.inherit_rotation
    rig_object.matrix_world = Matrix(rig.matrix_world.tolist())
    return rig_object


def read(rig_object: Any) -> RestRig:
    """The rest pose that Blender has."""
    bones = [
        RestBone(
            bone.name,
            bone.parent.name if bone.parent else None,
            np.array(bone.matrix_local),
            bone.length,
            bone.use_inherit_rotation,
            bone.use_connect,
        )
        for root in rig_object.data.bones
        if root.parent is None
        for bone in (root, *root.children_recursive)
    ]
    return RestRig(tuple(bones), np.array(rig_object.matrix_world))


def evaluated(rig_object: Any, curves: tuple[BoneCurves, ...], frame: int) -> dict[str, np.ndarray]:
    """Blender's pose matrices (4, 4) by bone, with one frame of the curves on the pose bones."""
    for curve in curves:
        bone = rig_object.pose.bones[curve.bone]
        bone.rotation_mode = "QUATERNION"
        bone.rotation_quaternion = curve.rotations[frame]
        if curve.locations is not None:
            bone.location = curve.locations[frame]
    rig_object.update_tag()
    bpy.context.view_layer.update()
    seen = rig_object.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return {bone.name: np.array(bone.matrix) for bone in seen.pose.bones}


def compare(rig_object: Any, rig: RestRig, mapping: Mapping, clip: np.ndarray) -> None:
    """Heads and axes of all mapped bones, in Blender and in ``pose``, agree to 1e-4 of a leg."""
    curves = retarget(clip, rig, mapping, fps=20.0)
    wired = rig.rewired(mapping.moved_by)
    ours = pose(wired, curves)
    leg = Figure(wired, mapping).leg
    for frame in FRAMES:
        theirs = evaluated(rig_object, curves, frame)
        for name in mapping.bones.values():
            away = theirs[name] - ours[frame, wired.index[name]]
            assert np.abs(away[:3, 3]).max() < 1e-4 * leg, name
            assert np.abs(away[:3, :3]).max() < 1e-4, name


@pytest.fixture(autouse=True)
def empty_file() -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.mark.parametrize("table", TABLES)
def test_real_rigs(shared: Path, table: str) -> None:
    rig = RestRig.from_table(shared / "rigs" / f"{table}.json")
    rig_object = build(rig)
    in_blender = read(rig_object)
    for bone in rig.bones:
        assert np.allclose(in_blender.bone(bone.name).matrix, bone.matrix, atol=2e-4), bone.name
    compare(rig_object, in_blender, detect(in_blender), motions.walk(3.0, 2.0))


def test_rolls_of_a_table_are_blenders(shared: Path) -> None:
    """The roll in a table, set as such in Blender, gives the axes that are read from the table."""
    rig = RestRig.from_table(shared / "rigs" / "mpfb_mixamo.json")
    rows = json.loads((shared / "rigs" / "mpfb_mixamo.json").read_text(encoding="utf-8"))["bones"]
    data = bpy.data.armatures.new("rig")
    rig_object = bpy.data.objects.new("rig", data)
    bpy.context.scene.collection.objects.link(rig_object)
    bpy.context.view_layer.objects.active = rig_object
    bpy.ops.object.mode_set(mode="EDIT")
    for row in rows:
        bone = data.edit_bones.new(row["name"])
        bone.head, bone.tail, bone.roll = row["head"], row["tail"], row["roll"]
    bpy.ops.object.mode_set(mode="OBJECT")
    for bone in rig.bones:
        assert np.allclose(np.array(data.bones[bone.name].matrix_local), bone.matrix, atol=1e-4), bone.name


@pytest.mark.parametrize("scale", [0.01, 1.0])
def test_an_imported_object(scale: float) -> None:
    turned = characters.placed(
        characters.mixamo(arms=0.6), scale, about(np.array([1.0, 0.0, 0.0]), np.array(np.pi / 2))
    )
    rig_object = build(turned)
    rig = read(rig_object)
    compare(rig_object, rig, detect(rig), motions.walk(3.0, 2.0))
    world = (
        np.array(rig_object.matrix_world)
        @ evaluated(rig_object, retarget(motions.still(3.0), rig, detect(rig), fps=20.0), 0)["mixamorig:Head"]
    )
    assert np.allclose(world[2, 3], 1.57, atol=0.02)  # upright, and as tall as the rig


def test_inherit_rotation_flags_are_blenders() -> None:
    rig = characters.mixamo()
    rig_object = build(rig)
    for name in ("mixamorig:LeftArm", "mixamorig:RightLeg", "mixamorig:Head"):
        rig_object.data.bones[name].use_inherit_rotation = False
    rig = read(rig_object)
    compare(rig_object, rig, detect(rig), motions.walk(3.0, 2.0))


def test_generated_rigify_controls_put_the_deforming_bones_where_the_source_points() -> None:
    import addon_utils

    addon_utils.enable("rigify", default_set=True)
    bpy.ops.object.armature_basic_human_metarig_add()
    metarig = bpy.context.object
    assert detect(read(metarig)).family == "Rigify metarig"
    bpy.ops.pose.rigify_generate()
    rig_object = metarig.data.rigify_target_rig
    rig = read(rig_object)
    mapping = detect(rig)
    assert mapping.family == "Rigify"
    assert not mapping.missing
    for switch in mapping.switches:
        rig_object.pose.bones[switch.bone][switch.property] = switch.value
    clip = motions.walk(3.0, 2.0)
    compare(rig_object, rig, mapping, clip)
    curves = retarget(clip, rig, mapping, fps=20.0, settings=RetargetSettings(foot_lock=0.0))
    figure = Figure(rig.rewired(mapping.moved_by), mapping)
    bones = {
        "hip": "thigh",
        "knee": "shin",
        "ankle": "foot",
        "shoulder": "upper_arm",
        "elbow": "forearm",
        "wrist": "hand",
    }
    for frame in FRAMES:
        seen = evaluated(rig_object, curves, frame)
        for side in ("left", "right"):
            for start, end in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
                heads = [seen[f"DEF-{bones[part]}.{side[0].upper()}"][:3, 3] for part in (start, end)]
                wanted = clip[frame, INDEX[f"{side}_{end}"]] - clip[frame, INDEX[f"{side}_{start}"]]
                assert np.degrees(angle_of(figure.point(heads[1] - heads[0]), wanted)) < 0.1
