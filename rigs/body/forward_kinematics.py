# SPDX-License-Identifier: GPL-3.0-or-later
"""Forward kinematics of pose channels, as Blender evaluates them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .bone_curves import BoneCurves
from .rest_rig import RestRig
from .rotations import matrix_from_quaternion


def pose(rig: RestRig, curves: Iterable[BoneCurves]) -> np.ndarray:
    """Pose matrices (F, bones, 4, 4) in armature space; bones without curves stay at rest.

    A bone's pose is its parent's pose, the rest offset from the parent, then the channels. One that does not
    inherit rotation takes only the place of its head from its parent. A connected bone has no location.
    """
    by_bone = {curve.bone: curve for curve in curves}
    frames = max((len(curve.rotations) for curve in by_bone.values()), default=1)
    out = np.empty((frames, len(rig.bones), 4, 4))
    for i, (bone, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        rest = bone.matrix
        if parent < 0:
            base = np.broadcast_to(rest, (frames, 4, 4))
        else:
            base = out[:, parent] @ (np.linalg.inv(rig.bones[parent].matrix) @ rest)
            if not bone.inherit_rotation:
                base[:, :3, :3] = rest[:3, :3]
        basis = np.broadcast_to(np.eye(4), (frames, 4, 4)).copy()
        curve = by_bone.get(bone.name)
        if curve is not None:
            basis[:, :3, :3] = matrix_from_quaternion(curve.rotations)
            if curve.locations is not None and not (bone.connected and parent >= 0):
                basis[:, :3, 3] = curve.locations
        out[:, i] = base @ basis
    return out
