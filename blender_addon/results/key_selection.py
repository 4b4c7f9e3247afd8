# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys and bones are selected, as the Timeline shows only keys of selected bones."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from ..keys.action import curves_of
from ..keys.source_action import bone_of

_FLAGS = ("select_control_point", "select_left_handle", "select_right_handle")


def select_between(action: Any, first: float | None, last: float | None) -> set[str]:
    """Select the keys of an action in these frames and no others; names of the bones that they are on.

    None stands for the action's own first or last frame.
    """
    bones: set[str] = set()
    for curve in curves_of(action):
        points = curve.keyframe_points
        co = np.empty(2 * len(points), dtype=np.float32)
        points.foreach_get("co", co)
        low, high = -np.inf if first is None else first, np.inf if last is None else last
        inside = (co[::2] >= low - 1e-3) & (co[::2] <= high + 1e-3)
        for flag in _FLAGS:
            points.foreach_set(flag, inside)
        bone = bone_of(curve.data_path)
        if bone is not None and inside.any():
            bones.add(bone)
    action.update_tag()
    return bones


def select_bones(rig_object: Any, bones: Collection[str]) -> None:
    """Select these bones of an armature and no others."""
    for pose_bone in rig_object.pose.bones:
        holder = pose_bone if hasattr(pose_bone, "select") else pose_bone.bone  # the pose's own from Blender 5.0 on
        holder.select = pose_bone.name in bones
