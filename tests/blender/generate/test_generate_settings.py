# SPDX-License-Identifier: GPL-3.0-or-later
"""What is set under "Rig and Keys" reaches the keys, from the panel's properties to the action."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.generate.operators import order_of
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from coamd.rigs.solve.key_reduction import Tolerance
from coamd.rigs.solve.settings import RetargetSettings

HIPS = 'pose.bones["mixamorig:Hips"].location'


@pytest.fixture
def settings(addon: Session, backend: BackendProcess, character: Any) -> Any:
    """The scene's settings, for a short motion of the mannequin."""
    scene_settings = bpy.context.scene.coamd
    scene_settings.seconds = 2.0
    return scene_settings


def generated(character: Any) -> dict[tuple[str, int], np.ndarray]:
    """Keys (K, 2) of frame and value by path and index."""
    assert bpy.ops.coamd.generate(wait=True) == {"FINISHED"}
    curves = curves_of(character.animation_data.action)
    return {(c.data_path, c.array_index): np.array([tuple(key.co) for key in c.keyframe_points]) for c in curves}


def test_the_defaults_lock_the_feet_and_key_every_frame(settings: Any) -> None:
    order = order_of(bpy.context.scene, bpy.data.objects["Mannequin"])
    assert order.settings == RetargetSettings()
    assert order.tolerance is None


def test_the_panels_values_are_ordered(settings: Any) -> None:
    settings.foot_lock, settings.root, settings.limbs, settings.reduce_keys = 0.25, "IN_PLACE", "IK", True
    order = order_of(bpy.context.scene, bpy.data.objects["Mannequin"])
    assert order.settings == RetargetSettings(foot_lock=0.25, root="in_place", limbs="ik")
    assert isinstance(order.tolerance, Tolerance)
    assert np.isclose(order.tolerance.degrees, 1.0)
    assert np.isclose(order.tolerance.centimetres, 0.5)


@pytest.mark.parametrize(("fps", "base"), [(120, 1e-5), (24, 1e5), (1, 1.5)])
def test_a_rate_at_which_there_is_no_motion_is_refused(fps: int, base: float, settings: Any, character: Any) -> None:
    """Twelve million keys a second fill the memory; with none a second there is one pose."""
    render = bpy.context.scene.render
    render.fps, render.fps_base = fps, base
    with pytest.raises(RuntimeError, match=r"The scene has .* frames a second; motion is made for 1 to 1000\."):
        bpy.ops.coamd.generate(wait=True)
    assert character.animation_data is None or character.animation_data.action is None


def test_one_frame_a_second_is_enough_for_two_poses(settings: Any, character: Any) -> None:
    bpy.context.scene.render.fps = 1
    assert {len(keys) for keys in generated(character).values()} == {2}


def test_reduced_keys_are_few(settings: Any, character: Any) -> None:
    full = sum(map(len, generated(character).values()))
    settings.reduce_keys = True
    assert sum(map(len, generated(character).values())) < 0.5 * full


def test_in_place_the_hips_stay_over_one_point(settings: Any, character: Any) -> None:
    travelled = generated(character)
    settings.root = "IN_PLACE"
    still = generated(character)
    moved = [max(np.ptp(keys[HIPS, i][:, 1]) for i in range(3)) for keys in (travelled, still)]
    assert moved[1] <= moved[0]
    assert moved[1] < 0.15  # height and sway


def test_what_the_rig_cannot_do_is_said(settings: Any, character: Any, addon: Session) -> None:
    settings.root, settings.limbs = "ROOT", "IK"
    character.pose.bones["mixamorig:LeftArm"].lock_rotation = (True, True, True)
    generated(character)
    said = str(addon.message)
    assert "no root bone" in said
    assert "FK keys" in said
    character.pose.bones["mixamorig:Hips"].lock_location = (True, False, False)
    generated(character)
    assert "mixamorig:Hips" in str(addon.message)
