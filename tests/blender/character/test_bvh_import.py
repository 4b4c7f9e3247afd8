# SPDX-License-Identifier: GPL-3.0-or-later
"""A written BVH as Blender's own importer reads it: the bones stand where the rig was posed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bpy
import characters
import motions
import numpy as np
from coamd.rigs.body.forward_kinematics import pose
from coamd.rigs.body.rest_rig import RestBone, rest_matrix
from coamd.rigs.detect.detection import detect
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.rig_bvh import rig_bvh
from coamd.rigs.solve.retarget import retarget


def test_blender_reads_the_pose_that_was_written(tmp_path: Path) -> None:
    """With a second root, bone axes of any direction, and a pelvis that carries the travel."""
    rig = characters.mixamo(arms=0.5, rolls=4)
    prop = RestBone("prop", None, rest_matrix(np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.2, 0.3])), 0.36)
    rig = replace(rig, bones=(*rig.bones, prop))
    curves = retarget(motions.walk(2.0), rig, detect(rig), fps=24.0)
    write_bvh(tmp_path / "walk.bvh", rig_bvh(rig, curves, 24.0))
    bpy.ops.preferences.addon_enable(module="io_anim_bvh")  # off by default in new versions
    bpy.ops.import_anim.bvh(filepath=str(tmp_path / "walk.bvh"))
    read = bpy.context.view_layer.objects.active
    wanted = pose(rig, curves)
    for frame in (0, 17, len(wanted) - 1):
        bpy.context.scene.frame_set(1 + frame)
        for i, bone in enumerate(rig.bones):
            head = np.array(read.matrix_world @ read.pose.bones[bone.name].head)
            np.testing.assert_allclose(head, wanted[frame, i, :3, 3], atol=1e-4)
