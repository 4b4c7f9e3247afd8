# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading takes off a rig: the motion that was put on, in pieces, with the scene left as it was."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys import action as actions
from coamd.blender_addon.takes import takes
from coamd.blender_addon.takes.take_reader import TakeReader
from labels import act, label

from tests.motions import walk


def test_a_take_is_read_as_the_joints_that_were_put_on(walker: Any) -> None:
    """The way back from the rig: positions to a centimetre, wherever on the timeline and whatever is assigned now."""
    wanted = walk(4.0)
    (take,) = [t for t in takes.of_file(bpy.context.scene) if isinstance(t, takes.Take)]
    walker.animation_data.action = None
    reader = TakeReader(take)
    while not reader.work(0.001):
        pass
    assert (reader.done, reader.of) == (len(reader.joints), len(reader.joints))
    away = np.linalg.norm(reader.joints - wanted[: len(reader.joints)], axis=-1)
    assert len(reader.joints) in (79, 80)
    assert away.mean() < 0.04, "the model has its own posture of spine and collars"
    assert away[:, 0].max() < 0.05


def test_a_long_take_is_read_in_pieces(walker: Any) -> None:
    act(walker, "Long", walk(45.0))
    reader = TakeReader(takes.active(bpy.context))
    while not reader.work(10.0):
        pass
    assert len(reader.joints) in (899, 900)
    assert np.linalg.norm(np.diff(reader.joints[:, 0], axis=0), axis=1).max() < 0.2, "no jump between two pieces"


def test_another_action_is_read_from_rest_not_on_top_of_this_one(walker: Any) -> None:
    """An action that turns only the head must not be read with the legs of the walk."""
    walker.animation_data.action = bpy.data.actions["Take 001"]
    walk_pose = walker.pose.bones["mixamorig:LeftUpLeg"]
    bpy.context.scene.frame_set(30)
    path = actions.bone_path("mixamorig:Head", "rotation_quaternion")
    channel = actions.Channel("Head", path, np.array([1.0, 40.0]), np.array([[1.0, 0, 0, 0]] * 2))
    nod = actions.new_action(walker, "Nod", [channel])
    found = {t.name: t for t in takes.of_file(bpy.context.scene) if isinstance(t, takes.Take)}
    reader = TakeReader(found["Nod"])
    while not reader.work(10.0):
        pass
    assert np.ptp(reader.joints, axis=0).max() < 1e-4
    assert abs(reader.joints[0, 4, 2] - reader.joints[0, 5, 2]) < 0.02, "both knees are side by side"
    assert walker.animation_data.action.name == "Take 001"
    assert not np.allclose(walk_pose.matrix_basis, np.eye(4)), "the user's pose is left alone"
    bpy.data.actions.remove(nod)


def test_the_scene_is_left_as_it_was(backend: BackendProcess, walker: Any) -> None:
    bpy.context.scene.frame_set(17, subframe=0.5)
    before = snapshot.of_file()
    label(source="FILE")
    assert snapshot.of_file() == before
