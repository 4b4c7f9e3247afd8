# SPDX-License-Identifier: GPL-3.0-or-later
"""What is set under "Rig and Keys" reaches the keys, from the panel's properties to the action."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.process import BackendProcess
from coamd.blender_addon.action import curves_of
from coamd.blender_addon.operators.generate import order_of
from coamd.blender_addon.session import Session
from coamd.rigs.reduction import Tolerance
from coamd.rigs.settings import RetargetSettings

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
    order = order_of(bpy.context, bpy.data.objects["Mannequin"])
    assert order.settings == RetargetSettings()
    assert order.tolerance is None


def test_the_panels_values_are_ordered(settings: Any) -> None:
    settings.foot_lock, settings.root, settings.limbs, settings.reduce_keys = 0.25, "IN_PLACE", "IK", True
    order = order_of(bpy.context, bpy.data.objects["Mannequin"])
    assert order.settings == RetargetSettings(foot_lock=0.25, root="in_place", limbs="ik")
    assert isinstance(order.tolerance, Tolerance)
    assert np.isclose(order.tolerance.degrees, 1.0)
    assert np.isclose(order.tolerance.centimetres, 0.5)


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
