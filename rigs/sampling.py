# SPDX-License-Identifier: GPL-3.0-or-later
"""Rig to joints: the way back from a posed rig to the 22 joints, in the model's proportions."""

from __future__ import annotations

import numpy as np

from .detection import Mapping, check_scale
from .feet import USUAL
from .figure import Figure
from .rest import RestRig
from .rotations import about, between, normalised
from .skeleton import BONE_LENGTHS, INDEX, JOINTS, PARENTS
from .trunk import COLLAR, NECK

_FLIP = np.array([-1.0, 1.0, 1.0])
# Directions from joint to joint in a person who stands, medians over the captured clips: in the frame of the pelvis
# (left, up, forward), from the joint before.
_HIP = np.array([0.70, -0.69, 0.05])
_SPINE = {"spine1": (0.0, 0.99, -0.12), "spine2": (0.0, 0.98, 0.18), "spine3": (0.0, 0.97, 0.24)}
# And in the frame of the chest, from spine3.
_UPWARD = np.array([0.0, 1.0, 0.0])
_OUTWARD = np.array([0.80, 0.60, -0.02])
_LEG = BONE_LENGTHS[[INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("knee", "ankle")]].sum() / 2


def joints_from_pose(matrices: np.ndarray, rig: RestRig, mapping: Mapping) -> np.ndarray:
    """Joints (F, 22, 3), metres, Y up, that ``retarget`` would turn into this pose.

    The figure has the model's bone lengths, stands on a floor at 0 where the rig does, and has the rig's place at
    rest as its origin and its heading at rest as +Z; travel is scaled by leg length. Arms and legs point exactly as the
    rig's do; trunk, collars, neck and feet turn from an upright stance as the rig's turn from its rest pose.

    Args:
        matrices: (F, bones, 4, 4) pose matrices in armature space, in the order of ``rig.bones``.
    """
    check_scale(rig)
    figure = Figure(rig.rewired(mapping.moved_by), mapping)
    out = np.zeros((len(matrices), len(JOINTS), 3))

    def place(role: str, offset: np.ndarray) -> None:
        j = INDEX[role]
        out[:, j] = out[:, PARENTS[j]] + BONE_LENGTHS[j] * normalised(offset)

    def turn(role: str) -> np.ndarray:
        bone = rig.index[figure.anchor(role)[0]]
        armature = matrices[:, bone, :3, :3] @ rig.bones[bone].matrix[:3, :3].T
        return figure.basis.T @ armature / np.cbrt(np.linalg.det(armature))[:, None, None] @ figure.basis

    def point(role: str) -> np.ndarray:
        bone, at = figure.anchor(role)
        local = np.linalg.inv(rig.bones[rig.index[bone]].matrix) @ np.append(at, 1.0)
        return figure.point((matrices[:, rig.index[bone]] @ local)[:, :3])

    pelvis, chest = turn("pelvis") @ figure.pelvis, turn(figure.spine_roles[-1]) @ figure.chest
    scale = figure.leg / _LEG
    hips = 0.5 * (point("left_hip") + point("right_hip")) - figure.hips * (1.0, 0.0, 1.0)
    hips = (hips - _UPWARD * (figure.floor + figure.ankle_height)) / scale + _UPWARD * USUAL.ankle
    out[:, 0] = hips - pelvis @ (0.5 * (_HIP * BONE_LENGTHS[1] + _HIP * _FLIP * BONE_LENGTHS[2]) / np.linalg.norm(_HIP))
    for k, (name, way) in enumerate(_SPINE.items()):
        place(name, between(pelvis, chest, k / 3.0) @ np.array(way))
    place("neck", chest @ _UPWARD)
    place("head", turn("neck") @ figure.chest @ NECK)
    for side, flip in (("left", np.ones(3)), ("right", _FLIP)):
        place(f"{side}_hip", pelvis @ (_HIP * flip))
        place(f"{side}_collar", chest @ (_OUTWARD * flip))
        collar = turn(f"{side}_collar") @ figure.chest
        place(f"{side}_shoulder", collar @ (COLLAR * flip))
        for start, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle")):
            place(f"{side}_{end}", point(f"{side}_{end}") - point(f"{side}_{start}"))
        way = figure.place(f"{side}_foot") - figure.place(f"{side}_ankle")
        across = np.cross(_UPWARD, way)
        flat = about(normalised(across), np.array(USUAL.slope - figure.slope(side))) @ way
        place(f"{side}_foot", turn(f"{side}_ankle") @ flat)
    return out
