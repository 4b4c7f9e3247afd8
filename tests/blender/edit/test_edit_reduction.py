# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits with reduced keys: fewer of them, within the tolerance, and exact where the full edit is."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
import pytest
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.keys.action import curves_of
from coamd.blender_addon.session.session import Session
from edits import END, START, action_of, animate, at, edit, outside_is_kept, raw, typed, world

DEGREES = 2.0


@pytest.fixture
def animated(character: Any) -> Any:
    """The mannequin with keys in every rotation mode."""
    return animate(character)


def basis(rig_object: Any, frame: int) -> np.ndarray:
    """What the channels of each bone do at a frame: (bones, 3, 3)."""
    at(frame)
    return np.array([np.array(bone.matrix_basis.to_3x3()) for bone in rig_object.pose.bones])


def inside(found: dict[Any, Any]) -> int:
    """Number of keys in the range."""
    return sum(int(((keys["co"][:, 0] > START) & (keys["co"][:, 0] < END)).sum()) for keys in found.values())


def test_few_keys_make_the_same_edit(addon: Session, backend: BackendProcess, animated: Any) -> None:
    for curve in curves_of(action_of(animated)):
        for key in curve.keyframe_points:
            key.select_control_point = key.co.x == 30
    old = action_of(animated)
    before, pose = raw(old), world(animated, 30)
    typed(mode="INBETWEEN")
    edit()
    dense = raw(action_of(animated))
    full = [basis(animated, frame) for frame in range(START, END + 1)]
    for bone in animated.pose.bones:
        if bone.name.endswith(("Spine1", "RightHand")):  # without keys in the old action
            bone.matrix_basis.identity()
    animated.animation_data.action = old
    if hasattr(animated.animation_data, "action_slot"):
        animated.animation_data.action_slot = old.slots[0]
    scene = bpy.context.scene.coamd
    scene.reduce_keys, scene.rotation_error, scene.location_error = True, np.radians(DEGREES), 1.0
    edit()
    thin = raw(action_of(animated))
    assert inside(thin) < 0.5 * inside(dense)
    outside_is_kept(before, thin, START, END)
    np.testing.assert_allclose(world(animated, 30), pose, atol=1e-4)
    for frame, was in zip(range(START, END + 1), full, strict=True):
        between = np.swapaxes(was, 1, 2) @ basis(animated, frame)
        angles = np.degrees(np.arccos(np.clip((np.trace(between, axis1=1, axis2=2) - 1.0) / 2.0, -1.0, 1.0)))
        assert angles.max() < 1.05 * DEGREES, (frame, animated.pose.bones[int(angles.argmax())].name)
