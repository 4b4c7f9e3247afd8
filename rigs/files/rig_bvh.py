# SPDX-License-Identifier: GPL-3.0-or-later
"""The motion of any rig as BVH: all of its bones, its own unit, and its rest pose as the pose without rotation.

BVH knows no rest rotations, so a joint's rotation is the bone's turn D = M R' from rest R to pose M, in the file's
axes; its channels are the part relative to the parent, Dp' D. Where the bone has a location, position channels
hold its whole offset from the parent, as readers take them.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..body.bone_curves import BoneCurves
from ..body.forward_kinematics import pose
from ..body.rest_rig import RestRig
from ..body.rotations import transpose
from .bvh import Bvh
from .bvh_writer import PLACED, TURNED, zxy_degrees

# Armature space (Z up) to the customary axes of BVH (Y up): (x, y, z) -> (x, z, -y).
TO_Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def rig_bvh(rig: RestRig, curves: Iterable[BoneCurves], fps: float, axes: np.ndarray = TO_Y_UP) -> Bvh:
    """The motion of a rig as that of a BVH file.

    Args:
        rig: the rest pose; bones without curves stay at rest. A bone without parent becomes a root of its own.
        curves: the channels of the pose bones, all of one number of frames.
        fps: frames per second of the curves.
        axes: (3, 3) from armature space to the file's axes.
    """
    curves = tuple(curves)
    matrices = pose(rig, curves)
    turns = axes @ matrices[..., :3, :3] @ transpose(rig.matrices[:, :3, :3]) @ axes.T  # (F, bones, 3, 3)
    places, rest = matrices[..., :3, 3] @ axes.T, rig.matrices[:, :3, 3] @ axes.T
    above = np.array(rig.parents)
    roots = above < 0
    local = np.where(roots[:, None, None], turns, transpose(turns[:, above]) @ turns)
    moved = roots | [any(c.bone == b.name and c.locations is not None for c in curves) for b in rig.bones]
    away = places - np.where(roots[:, None], 0.0, places[:, above])
    direction = np.where(roots[:, None], away, (away[..., None, :] @ turns[:, above])[..., 0, :])
    angles = zxy_degrees(local)
    columns = [part for i in range(len(above)) for part in ([direction[:, i]] if moved[i] else []) + [angles[:, i]]]
    leaves = [i for i in range(len(above)) if i not in rig.parents]
    tips = [axes @ (rig.bones[i].tail - rig.bones[i].head) for i in leaves]
    return Bvh(
        names=(*(bone.name for bone in rig.bones), *(f"{rig.bones[i].name}_End" for i in leaves)),
        parents=(*rig.parents, *leaves),
        offsets=np.concatenate([rest - np.where(roots[:, None], 0.0, rest[above]), tips]),
        channels=(*(PLACED if each else TURNED for each in moved), *(() for _ in leaves)),
        frames=np.concatenate(columns, axis=1),
        frame_time=1.0 / fps,
    )
