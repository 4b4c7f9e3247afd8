# SPDX-License-Identifier: GPL-3.0-or-later
"""The mannequin is a whole character: every joint found, a closed body that follows its bones."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from coamd.blender_addon.character import armature
from coamd.rigs.detect.detection import detect


def vertices_of(body: Any) -> np.ndarray:
    mesh = body.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    flat = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def test_every_joint_is_found(character: Any) -> None:
    found = detect(armature.rest_rig(character))
    assert found.family == "Mixamo"
    assert found.score == 1.0
    assert found.missing == ()


def test_left_and_right_are_mirror_images(character: Any) -> None:
    bones = character.data.bones
    for bone in bones:
        if "Left" in bone.name:
            other = bones[bone.name.replace("Left", "Right")]
            np.testing.assert_allclose(np.array(bone.head_local) * (-1, 1, 1), other.head_local, atol=1e-6)
            np.testing.assert_allclose(np.array(bone.tail_local) * (-1, 1, 1), other.tail_local, atol=1e-6)


def test_the_body_is_as_tall_as_a_person_and_stands_on_the_floor(character: Any) -> None:
    heights = vertices_of(character.children[0])[:, 2]
    assert abs(heights.min()) < 0.01
    assert 1.7 < heights.max() < 1.85


def test_the_body_is_closed(character: Any) -> None:
    """Every edge lies between two faces."""
    mesh = character.children[0].data
    sides = np.zeros(len(mesh.edges), dtype=int)
    np.add.at(sides, [loop.edge_index for loop in mesh.loops], 1)
    assert set(sides) == {2}


def test_every_vertex_follows_some_bone_and_all_of_it(character: Any) -> None:
    body = character.children[0]
    names = {group.index: group.name for group in body.vertex_groups}
    assert set(names.values()) == {bone.name for bone in character.data.bones}
    totals = [sum(member.weight for member in vertex.groups) for vertex in body.data.vertices]
    np.testing.assert_allclose(totals, 1.0, atol=0.01)


def test_a_raised_arm_takes_its_hand_along_and_leaves_the_legs(character: Any) -> None:
    body = character.children[0]
    before = vertices_of(body)
    arm = character.pose.bones["mixamorig:LeftArm"]
    arm.rotation_mode = "XYZ"
    arm.rotation_euler.x = 1.0
    bpy.context.view_layer.update()
    way = np.linalg.norm(vertices_of(body) - before, axis=1)
    hand = (before[:, 0] > 0.6) & (before[:, 2] > 0.8)
    assert hand.any()
    assert way[hand].min() > 0.3
    assert way[before[:, 2] < 0.8].max() < 1e-4
    assert way[before[:, 0] < -0.1].max() < 1e-4
