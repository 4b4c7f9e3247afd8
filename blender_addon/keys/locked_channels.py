# SPDX-License-Identifier: GPL-3.0-or-later
"""Locked channels: what the user has locked on a pose bone gets no keys, and the user is told so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...rigs.body.bone_curves import BoneCurves
from ...rigs.body.rotations import continuous, matrix_from_euler, quaternion_from_matrix, quaternion_to_euler

_ALL = (0, 1, 2)
_NAMED = 6  # bones that a warning names
_STILL = 1e-4  # radians, or a share of the rig's size, below which a lock keeps nothing back


def free_locations(pose_bone: Any) -> tuple[int, ...]:
    """Components of the location that may be keyed."""
    return tuple(i for i in _ALL if not pose_bone.lock_location[i])


def free_rotation(pose_bone: Any, rotations: np.ndarray) -> tuple[np.ndarray, tuple[int, ...]]:
    """The rotations (F, 4) wxyz with what is locked kept as it is, and the components of the channel to key.

    Blender locks Euler axes, or with "4L" the four components of a quaternion or of angle and axis. Without it, the
    lock of a quaternion means its Euler angles in the order XYZ, as it does when a bone is turned by hand.
    """
    mode, locked = pose_bone.rotation_mode, tuple(pose_bone.lock_rotation)
    euler = mode not in ("QUATERNION", "AXIS_ANGLE")
    if euler:
        return rotations, tuple(i for i in _ALL if not locked[i])
    if pose_bone.lock_rotations_4d:
        four = (pose_bone.lock_rotation_w, *locked)
        return rotations, tuple(i for i, lock in enumerate(four) if not lock)
    if not any(locked):
        return rotations, (0, 1, 2, 3)
    if all(locked):
        return rotations, ()
    now = np.array(pose_bone.matrix_basis.to_euler("XYZ"))
    angles = quaternion_to_euler(rotations, "XYZ")
    angles[:, list(locked)] = now[list(locked)]
    return continuous(quaternion_from_matrix(matrix_from_euler(angles, "XYZ"))), (0, 1, 2, 3)


def warnings(rig_object: Any, curves: Sequence[BoneCurves]) -> tuple[str, ...]:
    """A sentence that names the bones whose locks keep some of the motion back."""
    size = max((float(bone.length) for bone in rig_object.data.bones), default=1.0)
    named: list[str] = []
    for curve in curves:
        pose_bone = rig_object.pose.bones[curve.bone]
        four = pose_bone.lock_rotations_4d and pose_bone.lock_rotation_w
        turns = curve.turns and bool((np.abs(curve.rotations[:, 1:]) > _STILL).any())
        rotation = turns and (four or any(pose_bone.lock_rotation))
        location = curve.locations is not None and any(
            pose_bone.lock_location[i] and np.abs(curve.locations[:, i]).max() > _STILL * size for i in _ALL
        )
        if rotation or location:
            named.append(curve.bone)
    if not named:
        return ()
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    listed = ", ".join(named[:_NAMED]) + more
    return (f"Locked channels got no keys, so the motion may differ there: {listed}.",)
