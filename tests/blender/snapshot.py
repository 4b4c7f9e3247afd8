# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that an animator would miss, as plain data that can be compared bit for bit."""

from __future__ import annotations

from typing import Any

import bpy
from coamd.blender_addon.keys.action import curves_of


def of_action(action: Any) -> tuple[object, ...]:
    """Name, and for each curve its path and every key with handles and interpolation."""
    curves = []
    for curve in curves_of(action):
        keys = [(*key.co, *key.handle_left, *key.handle_right, key.interpolation) for key in curve.keyframe_points]
        curves.append((curve.data_path, curve.array_index, curve.group.name if curve.group else "", tuple(keys)))
    return (action.name, tuple(curves))


def of_object(obj: Any) -> tuple[object, ...]:
    """Place, what animates it, and every pose channel."""
    data = obj.animation_data
    action = data.action.name if data and data.action else None
    slot = getattr(data, "action_slot", None)
    tracks = [(track.name, [strip.name for strip in track.strips]) for track in data.nla_tracks] if data else []
    bones = [
        (
            bone.name,
            *bone.location,
            *bone.rotation_quaternion,
            *bone.rotation_euler,
            *bone.rotation_axis_angle,
            *bone.scale,
            bone.rotation_mode,
        )
        for bone in (obj.pose.bones if obj.pose else ())
    ]
    rest = [(bone.name, *(tuple(row) for row in bone.matrix_local)) for bone in obj.data.bones] if obj.pose else []
    matrix = tuple(tuple(row) for row in obj.matrix_basis)
    return (
        obj.name,
        obj.type,
        matrix,
        action,
        slot.identifier if slot else None,
        tuple(map(str, tracks)),
        tuple(bones),
        tuple(rest),
    )


def of_file() -> tuple[object, ...]:
    """The whole file: objects, actions with their users, scenes."""
    return (
        tuple(of_object(obj) for obj in bpy.data.objects),
        tuple((of_action(action), action.users, action.use_fake_user) for action in bpy.data.actions),
        tuple((scene.name, scene.frame_start, scene.frame_end, scene.frame_current) for scene in bpy.data.scenes),
    )
