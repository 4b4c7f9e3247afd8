# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's pictures, drawn small: figures stand in a row, and the camera goes along with who walks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from coamd.backend.lab.demo import pictures, studio
from coamd.blender_addon.keys import action as actions
from coamd.rigs.body.bone_curves import BoneCurves
from mathutils import Vector

FRAMES = range(1, 31)


@pytest.fixture
def walker(character: Any) -> Any:
    """The mannequin, gliding 3 m along -Y in 30 frames, on the stage."""
    scene = bpy.context.scene
    count = len(FRAMES)
    rotations = np.tile([1.0, 0.0, 0.0, 0.0], (count, 1))
    # The hips point up, so that their Z axis is -Y of the world.
    places = np.outer(np.linspace(0.0, 3.0, count), [0.0, 0.0, 1.0])
    hips = character.data.bones["mixamorig:Hips"].matrix_local.to_3x3()
    places *= -np.sign((hips @ Vector((0.0, 0.0, 1.0))).y)
    channels = actions.channels(character, [BoneCurves("mixamorig:Hips", rotations, places)], np.array(FRAMES))
    actions.assign(character, actions.new_action(character, "glide", channels))
    studio.add_floor(scene)
    studio.add_light(scene)
    studio.add_camera(scene, pictures.LENS)
    return character


def test_the_strip_shows_figures_in_a_row(walker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "STRIP_SIZE", (320, 120))
    monkeypatch.setattr(pictures, "SAMPLES", 1)
    objects = set(bpy.data.objects)
    path = tmp_path / "strip.png"
    pictures.strip(bpy.context.scene, walker, walker.children[0], FRAMES, path, caption="somebody glides")
    image = bpy.data.images.load(str(path))
    assert tuple(image.size) == (320, 120)
    pixels = np.array(image.pixels[:]).reshape(120, 320, 4)
    orange = (pixels[..., 0] - pixels[..., 1] > 0.25) & (pixels[..., 0] - pixels[..., 2] > 0.35)
    shirt = orange.sum(axis=0) >= 14  # columns through a trunk; an arm's sleeve is lower than that
    figures = int((np.diff(shirt.astype(int)) == 1).sum()) + int(shirt[0])
    assert figures == pictures.POSES
    assert set(bpy.data.objects) == objects, "nothing is left behind"


def test_the_camera_keeps_the_character_in_the_film(walker: Any) -> None:
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = pictures.FILM_SIZE
    pictures.follow(scene, walker, FRAMES)
    for frame in (1, 15, 30):
        scene.frame_set(frame)
        for bone in ("Head", "Hips", "LeftFoot"):
            place = walker.matrix_world @ walker.pose.bones[f"mixamorig:{bone}"].head
            x, y, depth = world_to_camera_view(scene, scene.camera, place)
            assert 0.1 < x < 0.9
            assert 0.0 < y < 1.0
            assert depth > 0.0


def test_without_following_the_character_would_leave_the_film(walker: Any) -> None:
    """The test above can fail: the first frame's camera loses who walks 3 m."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = pictures.FILM_SIZE
    pictures.follow(scene, walker, FRAMES)
    scene.frame_set(1)
    scene.camera.animation_data_clear()
    scene.frame_set(30)
    x, y, _ = world_to_camera_view(scene, scene.camera, walker.matrix_world @ walker.pose.bones["mixamorig:Head"].head)
    assert not (0.1 < x < 0.9 and 0.0 < y < 1.0)
