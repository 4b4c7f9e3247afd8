# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints to rig: the rotations and the travel that make a mapped rig move as the 22 joints do.

For every mapped bone the solver finds a turn, the rotation D from rest to pose in the figure's axes. A bone that is
not mapped turns as its parent does, so helper and twist bones between mapped ones stay at rest and count by the rest
pose alone. With B the figure's axes in armature space, R the bone's rest rotation and P its parent, the pose is
B D B' R, and Blender's channel is the part of it that the parent does not bring: R' B Dp' D B' R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import limbs, trunk
from .detection import Mapping, check_scale
from .errors import UserError
from .feet import Stance, find_stance, plant
from .figure import Figure
from .resample import resample
from .rest import RestRig
from .rotations import continuous, quaternion_from_matrix, transpose
from .skeleton import FPS, INDEX, JOINTS

UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class BoneCurves:
    """Channels of one pose bone: ``rotations`` (F, 4) for rotation_quaternion (w, x, y, z), without sign jumps, and
    ``locations`` (F, 3) for location where the bone carries the travel, else None."""

    bone: str
    rotations: np.ndarray
    locations: np.ndarray | None


def retarget(
    joints: np.ndarray, rig: RestRig, mapping: Mapping, *, fps: float, ground: bool = True
) -> tuple[BoneCurves, ...]:
    """Solve a clip on a rig.

    Args:
        joints: (F, 22, 3) metres, Y up, 20 fps, starting at the origin and facing +Z.
        rig: the rest pose; scale and rotation of its object are honoured.
        mapping: what ``detect`` found, or the user's own.
        fps: frame rate of the result; its frame 0 is the first frame of the joints.
        ground: plant the feet where the source stands on them.

    Returns:
        One entry per mapped bone, parents before children. The pelvis' bone carries the travel, scaled by leg length,
        from where the character stands at rest.

    Raises:
        UserError: ``bad_joints`` (wrong shape, or not finite), ``zero_scale``, ``bad_mapping`` (a bone is gone).
    """
    joints = checked(joints)
    check_scale(rig)
    gone = [name for name in mapping.bones.values() if name not in rig.index]
    if gone:
        raise UserError(f"The bone {gone[0]} is not in the armature.", "Detect the mapping again.", "bad_mapping")
    figure = Figure(rig.rewired(mapping.moved_by), mapping)
    stance, posture = find_stance(joints), trunk.find_posture(joints)
    joints = resample(joints, FPS, fps)
    turns = solve(joints, figure, stance, posture, fps)
    hips = hips_path(joints, figure, stance)
    if ground:
        plant(joints, figure, turns, hips, stance=stance, fps=fps)
    return curves(figure, turns, hips)


def checked(joints: np.ndarray) -> np.ndarray:
    """The joints as float64, or UserError."""
    joints = np.asarray(joints, dtype=np.float64)
    if joints.ndim != 3 or joints.shape[1:] != (len(JOINTS), 3) or len(joints) == 0:
        raise UserError(
            f"A motion has frames of 22 joints of 3 coordinates, not the shape {joints.shape}.",
            "Generate or read the motion again.",
            "bad_joints",
        )
    if not np.isfinite(joints).all():
        raise UserError(
            "The motion holds values that are not finite numbers.", "Generate or read the motion again.", "bad_joints"
        )
    return joints


def solve(
    joints: np.ndarray, figure: Figure, stance: Stance, posture: trunk.Posture, fps: float
) -> dict[str, np.ndarray]:
    """Turns (F, 3, 3) by role, in the figure's axes, of joints (F, 22, 3) at ``fps``."""
    pelvis, chest = trunk.pelvis_frame(joints), trunk.chest_frame(joints)
    turns = {"pelvis": pelvis @ figure.pelvis.T}
    spine = trunk.spine_turns(joints, figure, turns["pelvis"], chest @ figure.chest.T)
    turns.update(zip(figure.spine_roles, spine, strict=True))

    def on_chest(start: str, end: str, usual: np.ndarray) -> np.ndarray:
        way = joints[:, INDEX[end]] - joints[:, INDEX[start]]
        return spine[-1] @ figure.chest @ trunk.lean(way, chest, usual) @ figure.chest.T

    neck = on_chest("neck", "head", posture.neck)
    turns.update({role: neck for role in figure.mapping.bones if role.startswith(("neck", "head"))})
    turns["left_collar"] = on_chest("left_collar", "left_shoulder", posture.left_collar)
    turns["right_collar"] = on_chest("right_collar", "right_shoulder", posture.right_collar)
    for side in ("left", "right"):
        arm, arm_at_rest = limbs.arm(joints, chest, side, fps), limbs.arm(figure.limb_joints, figure.chest[None], side)
        turns[f"{side}_shoulder"] = arm.upper @ transpose(arm_at_rest.upper)
        turns[f"{side}_elbow"] = turns[f"{side}_wrist"] = arm.lower @ transpose(arm_at_rest.lower)
        leg, leg_at_rest = (
            limbs.leg(joints, pelvis, side, fps),
            limbs.leg(figure.limb_joints, figure.pelvis[None], side),
        )
        turns[f"{side}_hip"] = leg.upper @ transpose(leg_at_rest.upper)
        turns[f"{side}_knee"] = leg.lower @ transpose(leg_at_rest.lower)
        foot = limbs.foot(joints, side, leg, stance.slope)
        foot_at_rest = limbs.foot(figure.limb_joints, side, leg_at_rest, figure.slope(side))
        turns[f"{side}_ankle"] = turns[f"{side}_foot"] = foot @ transpose(foot_at_rest)
    return turns


def hips_path(joints: np.ndarray, figure: Figure, stance: Stance) -> np.ndarray:
    """Where the point between the hips goes, (F, 3) in the figure's axes and armature units.

    Travel is scaled by leg length. The height is scaled from the ankles of the stance up and set on the rig's own
    ankles at rest, so that legs that are straight in the source are straight on the rig, whatever its feet are like.
    """
    lengths = np.zeros(len(joints))
    for side in ("left", "right"):
        hip, knee, ankle = (joints[:, INDEX[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
        lengths += 0.5 * (np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1))
    scale = figure.leg / max(float(np.median(lengths)), 1e-6)
    hips = 0.5 * (joints[:, INDEX["left_hip"]] + joints[:, INDEX["right_hip"]]) - UP * stance.ankle
    return scale * hips + figure.hips * (1.0, 0.0, 1.0) + UP * (figure.floor + figure.ankle_height)


def curves(figure: Figure, turns: dict[str, np.ndarray], hips: np.ndarray) -> tuple[BoneCurves, ...]:
    """Blender's channels of the turns by role (F, 3, 3) and the path of the hips (F, 3)."""
    rig, basis = figure.rig, figure.basis
    roles = {name: role for role, name in figure.mapping.bones.items() if role in turns}
    carrier = _carrier(rig, figure.mapping.bones["pelvis"])
    still = np.broadcast_to(np.eye(3), (len(hips), 3, 3))
    turned: dict[str, np.ndarray] = {}
    out = []
    for bone in rig.bones:
        above = still if bone.parent is None else turned[bone.parent]
        if not bone.inherit_rotation:
            above = still
        turned[bone.name] = above
        if bone.name not in roles and bone.name != carrier:
            continue
        turn = above
        if bone.name in roles:
            turn = basis @ turns[roles[bone.name]] @ basis.T
        turned[bone.name] = turn
        rest = bone.matrix[:3, :3]
        local = rest.T @ transpose(above) @ turn @ rest
        location = None
        if bone.name == carrier:
            pelvis = basis @ turns["pelvis"] @ basis.T
            pivot = rig.bone(figure.mapping.bones["pelvis"]).head
            goal = hips @ basis.T + pelvis @ (pivot - basis @ figure.hips)
            location = (goal - pivot) @ rest
        out.append(BoneCurves(bone.name, continuous(quaternion_from_matrix(local)), location))
    return tuple(out)


def _carrier(rig: RestRig, name: str) -> str:
    """The bone that carries the travel: Blender ignores the location of a connected bone, so then its parent."""
    bone = rig.bone(name)
    while bone.connected and bone.parent is not None:
        bone = rig.bone(bone.parent)
    return bone.name
