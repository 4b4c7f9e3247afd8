# SPDX-License-Identifier: GPL-3.0-or-later
"""Poses at other frames are Blender's own, and the user's scene does not notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import snapshot
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes.hidden_scene import NAME, PoseSampler
from coamd.rigs.errors import UserError

FRAMES = np.array([1.0, 3.25, 10.0, 17.5, 30.0])


@pytest.fixture
def moving(character: Any) -> Any:
    """The mannequin with keys, a constraint, a driver, a moving parent and a pose that is not keyed."""
    bones = character.pose.bones
    for frame, angle in ((1, 0.0), (20, 1.0), (30, -0.5)):
        bones["mixamorig:LeftArm"].rotation_quaternion = (1.0, angle, 0.2, 0.0)
        bones["mixamorig:LeftArm"].keyframe_insert("rotation_quaternion", frame=frame)
    copy = bones["mixamorig:RightArm"].constraints.new("COPY_ROTATION")
    copy.target, copy.subtarget, copy.influence = character, "mixamorig:LeftArm", 0.5
    driver = bones["mixamorig:Head"].driver_add("location", 1).driver
    variable = driver.variables.new()
    variable.targets[0].id = character
    variable.targets[0].data_path = 'pose.bones["mixamorig:LeftArm"].rotation_quaternion[1]'
    driver.expression = f"{variable.name} * 0.1"
    cart = bpy.data.objects.new("Cart", None)
    bpy.context.scene.collection.objects.link(cart)
    for frame in (1, 30):
        cart.location.x = frame / 10
        cart.keyframe_insert("location", frame=frame)
    character.parent = cart
    bpy.context.scene.frame_set(5)
    bones["mixamorig:Spine"].rotation_quaternion = (1.0, 0.1, 0.0, 0.0)
    bones["mixamorig:LeftArm"].rotation_quaternion = (1.0, 0.0, 0.0, 0.7)
    bpy.context.view_layer.update()
    return character


def test_it_sees_what_blender_shows(addon: Session, moving: Any) -> None:
    before = snapshot.of_file()
    sampler = PoseSampler(moving.name, FRAMES, ("Cart",))
    while not sampler.work(0.0):
        pass
    assert snapshot.of_file() == before
    for k, frame in enumerate(FRAMES):
        bpy.context.scene.frame_set(int(frame), subframe=float(frame % 1.0))
        shown = np.array([np.array(bone.matrix) for bone in moving.pose.bones])
        np.testing.assert_allclose(sampler.matrices[k], shown, atol=1e-6)
        np.testing.assert_allclose(sampler.world[k], np.array(moving.matrix_world), atol=1e-6)
        np.testing.assert_allclose(
            sampler.others["Cart"][k], np.array(bpy.data.objects["Cart"].matrix_world), atol=1e-6
        )


def test_a_little_at_a_time(addon: Session, moving: Any) -> None:
    sampler = PoseSampler(moving.name, FRAMES)
    for done in range(1, len(FRAMES) + 1):
        assert sampler.work(0.0) == (done == len(FRAMES))
        assert sampler.done == done
    assert NAME not in bpy.data.scenes


def test_it_is_in_no_file_and_goes_on_after_saving(addon: Session, moving: Any, tmp_path: Path) -> None:
    sampler = PoseSampler(moving.name, FRAMES)
    sampler.work(0.0)
    assert NAME in bpy.data.scenes
    path = tmp_path / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
    assert NAME not in bpy.data.scenes
    with bpy.data.libraries.load(str(path)) as (there, _):
        assert list(there.scenes) == [bpy.context.scene.name]
    while not sampler.work(0.0):
        pass
    assert np.isfinite(sampler.matrices).all()
    assert NAME not in bpy.data.scenes


def test_undoing_brings_no_stage_back(addon: Session, moving: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    sampler = PoseSampler(moving.name, FRAMES)
    sampler.work(0.0)
    bpy.ops.ed.undo_push(message="while it is open")
    sampler.drop()
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    assert NAME not in bpy.data.scenes
    assert len([obj for obj in bpy.data.objects if obj.type == "ARMATURE"]) == 1


def test_a_dropped_stage_leaves_nothing(addon: Session, moving: Any) -> None:
    before = snapshot.of_file()
    sampler = PoseSampler(moving.name, FRAMES)
    sampler.work(0.0)
    sampler.drop()
    assert snapshot.of_file() == before


def test_a_character_that_is_gone_is_named(addon: Session, moving: Any) -> None:
    sampler = PoseSampler(moving.name, FRAMES, ("Cart",))
    bpy.data.objects["Cart"].name = "Wagon"
    with pytest.raises(UserError, match="Cart"):
        sampler.work(0.0)
    sampler.drop()
    assert NAME not in bpy.data.scenes
