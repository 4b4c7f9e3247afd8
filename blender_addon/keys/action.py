# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes keyframes in bulk: a new action, bound to the character, in every Blender from 4.2 on.

``keyframe_insert`` takes 350 ms for 200 frames on 60 bones; whole curves through ``foreach_set`` take 10 ms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...rigs.body.bone_curves import BoneCurves
from ...rigs.body.rotations import quaternion_to_euler
from ...rigs.detect.mapping import Switch
from ...rigs.solve.key_reduction import BoneTrack, ReducedKeys, Tolerance, reduce
from . import locked_channels
from .keys import BEZIER, CONSTANT, FREE, LINEAR, third_handles

# Share of the tolerance for bones on which feet depend that are held to the ground: a degree at the hip moves a foot by
# 1.4 cm. With a quarter, feet under a tolerance of 1 degree and 0.5 cm slide as much as those of captured clips.
BEARING = 0.25
REST = {"location": (0.0, 0.0, 0.0), "scale": (1.0, 1.0, 1.0)}


@dataclass(frozen=True)
class Channel:
    """One property over time, those of its components that are keyed together.

    ``slopes`` are how fast each component comes to each key and leaves it, per frame, for Bezier curves.
    """

    group: str
    path: str  # RNA path from the object
    frames: np.ndarray  # (K,) scene frames
    values: np.ndarray  # (K, components)
    interpolation: int = LINEAR
    indices: tuple[int, ...] | None = None  # the components that are keyed; None: all
    slopes: tuple[np.ndarray, np.ndarray] | None = None  # (K, components) each


def bone_path(bone: str, attribute: str) -> str:
    """RNA path of a pose bone's attribute, with quotes in the name escaped."""
    return f'pose.bones["{bpy.utils.escape_identifier(bone)}"].{attribute}'


def rotation_channel(pose_bone: Any, rotations: np.ndarray) -> tuple[str, np.ndarray]:
    """Attribute name and values (F, 3 or 4) of quaternions (F, 4) wxyz in the bone's own rotation mode."""
    mode = pose_bone.rotation_mode
    if mode == "QUATERNION":
        return "rotation_quaternion", rotations
    if mode == "AXIS_ANGLE":
        return "rotation_axis_angle", axis_angle(rotations)
    return "rotation_euler", quaternion_to_euler(rotations, mode)


def axis_angle(rotations: np.ndarray) -> np.ndarray:
    """Angle and axis (F, 4) of sign-continuous quaternions (F, 4) wxyz, without jumps in time.

    The axis of a bone that swings through rest would flip there; it is held on the side of the frame before, and the
    angle takes the sign instead. As (angle, axis) and (angle + 4 pi, axis) are the same signed quaternion, the
    angle is unwrapped by 4 pi.
    """
    sines = np.linalg.norm(rotations[:, 1:], axis=1)
    axes = np.empty((len(rotations), 3))
    last = np.array([0.0, 1.0, 0.0])
    for f, (sine, vector) in enumerate(zip(sines, rotations[:, 1:], strict=True)):
        if sine > 1e-6:
            last = vector / sine if vector @ last >= 0.0 or f == 0 else -vector / sine
        axes[f] = last
    angles = 2.0 * np.arctan2((rotations[:, 1:] * axes).sum(1), rotations[:, 0])
    return np.column_stack([np.unwrap(angles, period=4.0 * np.pi), axes])


def location_channel(pose_bone: Any, locations: np.ndarray) -> np.ndarray:
    """Locations (F, 3) in the bone's rest axes, turned into the space that the bone keeps its location in.

    With "Local Location" off, Blender adds the location in armature space, so that ``location = R_rest @ local``.
    """
    if pose_bone.bone.use_local_location:
        return locations
    rest = np.array(pose_bone.bone.matrix_local.to_3x3())
    return locations @ rest.T


def channels(
    rig_object: Any, curves: Sequence[BoneCurves], frames: np.ndarray, tolerance: Tolerance | None = None
) -> list[Channel]:
    """The channels of solved curves, as far as they are not locked.

    Args:
        frames: (F,) scene frames.
        tolerance: key only the frames that are needed to stay within it; None keys them all.
    """
    tracks: list[BoneTrack] = []
    free: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = []
    for curve in curves:
        pose_bone = rig_object.pose.bones[curve.bone]
        rotations, turning = locked_channels.free_rotation(pose_bone, curve.rotations)
        attribute, values = rotation_channel(pose_bone, rotations)
        places = None if curve.locations is None else location_channel(pose_bone, curve.locations)
        moving = locked_channels.free_locations(pose_bone)
        free.append((attribute, turning, moving))
        tracks.append(
            BoneTrack(
                pose_bone.rotation_mode,
                values if curve.turns and turning else None,
                places if moving else None,
                BEARING if curve.bears else 1.0,
            )
        )
    keys = _keys(rig_object, tracks, tolerance, len(frames))
    result: list[Channel] = []
    for curve, (attribute, turning, moving), track, key in zip(curves, free, tracks, keys, strict=True):
        parts = [(attribute, turning, track.rotations), ("location", moving, track.locations)]
        first = 0
        for name, indices, values in parts:
            if values is None:
                continue
            path, width = bone_path(curve.bone, name), values.shape[1]
            if key is None:
                result.append(Channel(curve.bone, path, frames, values, indices=indices))
                continue
            slopes = (key.arriving[:, first : first + width], key.leaving[:, first : first + width])
            first += width
            at = key.frames
            result.append(Channel(curve.bone, path, frames[at], values[at], BEZIER, indices, slopes))
    return result


def _keys(
    rig_object: Any, tracks: Sequence[BoneTrack], tolerance: Tolerance | None, frames: int
) -> Sequence[ReducedKeys] | Sequence[None]:
    """The keys of each track, or None where every frame is keyed."""
    if tolerance is None or frames < 3:
        return [None] * len(tracks)
    scale = float(np.cbrt(abs(rig_object.matrix_world.to_3x3().determinant())))
    length = 0.01 * tolerance.centimetres / scale
    return reduce(tracks, angle=float(np.radians(tolerance.degrees)), length=length)


def rest_channels(rig_object: Any, curves: Sequence[BoneCurves], frame: float) -> list[Channel]:
    """One key at rest for what an earlier pose left behind on the solved bones and those between them.

    The solution takes every other channel at rest; a spine still shifted by the last action would carry the chest
    away. Bones that are at rest get no key, and those above the hips stay as they are: they place the character.
    """
    bones = rig_object.pose.bones
    turned = {curve.bone for curve in curves}
    moved = {curve.bone for curve in curves if curve.locations is not None}
    above = {parent.name for name in moved for parent in bones[name].parent_recursive}
    chain: dict[str, Any] = {}
    for name in turned:
        for pose_bone in (bones[name], *bones[name].parent_recursive):
            if pose_bone.name not in above:
                chain[pose_bone.name] = pose_bone
    frames = np.array([frame])
    result: list[Channel] = []
    for name, pose_bone in chain.items():
        for attribute, rest in REST.items():
            written = attribute == "location" and name in moved
            if not written and not np.allclose(getattr(pose_bone, attribute), rest, atol=1e-6):
                indices = locked_channels.free_locations(pose_bone) if attribute == "location" else None
                path = bone_path(name, attribute)
                result.append(Channel(name, path, frames, np.array([rest]), CONSTANT, indices))
        if name not in turned:
            rotation, indices = locked_channels.free_rotation(pose_bone, np.array([[1.0, 0.0, 0.0, 0.0]]))
            attribute, rest_rotation = rotation_channel(pose_bone, rotation)
            if not np.allclose(getattr(pose_bone, attribute), rest_rotation[0], atol=1e-6):
                path = bone_path(name, attribute)
                result.append(Channel(name, path, frames, rest_rotation, CONSTANT, indices))
    return result


def switch_channels(rig_object: Any, switches: Iterable[Switch], frame: float) -> list[Channel]:
    """One key per property that must have a value for the solved bones to drive the rig (Rigify's IK_FK)."""
    result: list[Channel] = []
    for switch in switches:
        pose_bone = rig_object.pose.bones.get(switch.bone)
        if pose_bone is None:
            continue
        if switch.property in pose_bone:
            path = f'{bone_path(switch.bone, "")[:-1]}["{bpy.utils.escape_identifier(switch.property)}"]'
        elif switch.property in pose_bone.bl_rna.properties:
            path = bone_path(switch.bone, switch.property)
        else:
            continue
        result.append(Channel(switch.bone, path, np.array([frame]), np.array([[switch.value]]), CONSTANT))
    return result


def new_action(rig_object: Any, name: str, chans: Sequence[Channel]) -> Any:
    """A new action with these channels, on a slot made for this object. It is not assigned yet."""
    action = bpy.data.actions.new(name)
    _, make = _curve_maker(action, rig_object)
    for channel in chans:
        points = np.empty((len(channel.frames), 2), dtype=np.float32)
        points[:, 0] = channel.frames
        interpolation = np.full(len(points), channel.interpolation, dtype=np.int32)
        for index in range(channel.values.shape[1]) if channel.indices is None else channel.indices:
            points[:, 1] = channel.values[:, index]
            curve = make(channel.path, index, channel.group)
            curve.keyframe_points.add(len(points))
            curve.keyframe_points.foreach_set("co", points.ravel())
            curve.keyframe_points.foreach_set("interpolation", interpolation)
            if channel.slopes is not None:
                _set_handles(curve.keyframe_points, points, channel.slopes[0][:, index], channel.slopes[1][:, index])
            curve.update()
    return action


def _set_handles(keys: Any, points: np.ndarray, arriving: np.ndarray, leaving: np.ndarray) -> None:
    """Free handles with which the curve is the cubic with these slopes (K,)."""
    free = np.full(len(points), FREE, dtype=np.int32)
    for side, handles in zip(("left", "right"), third_handles(points, arriving, leaving), strict=True):
        keys.foreach_set(f"handle_{side}_type", free)
        keys.foreach_set(f"handle_{side}", handles.astype(np.float32).ravel())


def _curve_maker(action: Any, rig_object: Any) -> tuple[Any, Any]:
    """The action's slot for this object (None before 4.4) and a function (path, index, group) -> F-curve."""
    if not hasattr(action, "slots"):

        def make_plain(path: str, index: int, group: str) -> Any:
            return action.fcurves.new(path, index=index, action_group=group)

        return None, make_plain

    slot = action.slots.new(id_type="OBJECT", name=rig_object.name)
    if bpy.app.version >= (5, 0, 0):
        from bpy_extras import anim_utils

        bag = anim_utils.action_ensure_channelbag_for_slot(action, slot)

        def make_in_group(path: str, index: int, group: str) -> Any:
            return bag.fcurves.new(path, index=index, group_name=group)

        return slot, make_in_group

    strip = action.layers.new("Layer").strips.new(type="KEYFRAME")
    bag = strip.channelbag(slot, ensure=True)
    groups: dict[str, Any] = {}

    def make_and_group(path: str, index: int, group: str) -> Any:
        curve = bag.fcurves.new(path, index=index)
        if group not in groups:
            groups[group] = bag.groups.new(group)
        curve.group = groups[group]
        return curve

    return slot, make_and_group


def assign(rig_object: Any, action: Any) -> Any | None:
    """Make ``action`` the active one, with its slot. The action it replaces is kept with a fake user and returned."""
    data = rig_object.animation_data or rig_object.animation_data_create()
    old = data.action
    if old is not None and old is not action and old.library is None:
        old.use_fake_user = True
    data.action = action
    if hasattr(action, "slots"):
        data.action_slot = action.slots[0]
    return old


def bags_of(action: Any, handle: int | None = None) -> list[Any]:
    """The channelbags of an action with slots: those of the slot with that handle, or all."""
    bags = (bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags)
    return [bag for bag in bags if handle is None or bag.slot_handle == handle]


def curves_of(action: Any) -> list[Any]:
    """All F-curves of an action, in any Blender version."""
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return [curve for bag in bags_of(action) for curve in bag.fcurves]
