# SPDX-License-Identifier: GPL-3.0-or-later
"""Joints to rig: the rotations and the travel that make a mapped rig move as the 22 joints do.

For every mapped bone the solver finds a turn, the rotation D from rest to pose in the figure's axes. A bone that is
not mapped turns as its parent does, so helper and twist bones between mapped ones stay at rest and count by the rest
pose alone. With B the figure's axes in armature space, R the bone's rest rotation and P its parent, the pose is
B D B' R, and Blender's channel is the part of it relative to the parent: R' B Dp' D B' R.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..body.bone_curves import BoneCurves
from ..body.contacts import USUAL, Stance, find_contacts, find_stance, own_motion
from ..body.posture import OWN, Posture, chest_turn, find_posture, pelvis_turn
from ..body.resample import resample
from ..body.rest_rig import RestRig
from ..body.rotations import continuous, matrix_from_quaternion, quaternion_from_matrix, transpose
from ..body.skeleton import FPS, INDEX, JOINTS, LEG_PARTS, UP
from ..detect.detection import Mapping, check_scale
from ..detect.rest_figure import Figure
from ..errors import UserError
from . import limbs, trunk
from .feet import plant, upright
from .ik_controls import as_parented, bearing_bones, carrier_of, root_bone, root_curves, with_ik
from .settings import DEFAULTS, IN_PLACE, ROOT, RetargetSettings
from .twist import limb_twists, within_locks


def retarget(
    joints: np.ndarray, rig: RestRig, mapping: Mapping, *, fps: float, settings: RetargetSettings = DEFAULTS
) -> tuple[BoneCurves, ...]:
    """Solve a clip on a rig.

    Args:
        joints: (F, 22, 3) metres, Y up, 20 fps, starting at the origin and facing +Z.
        rig: the rest pose; scale and rotation of its object are honoured.
        mapping: what ``detect`` found, or the user's own.
        fps: frame rate of the result; its frame 0 is the first frame of the joints.
        settings: foot lock, what carries the travel, FK or IK.

    Returns:
        One entry per bone that has to be keyed, parents before children: the mapped bones, the root bone where it
        carries the travel, and the IK controls in place of the limbs that they pose. The pelvis' bone carries the
        travel otherwise, scaled by leg length, from where the character stands at rest.

    Raises:
        UserError: ``bad_joints`` (wrong shape, or not finite), ``zero_scale``, ``bad_mapping`` (a bone is gone).
    """
    joints = checked(joints)
    check_scale(rig)
    gone = [name for name in mapping.bones.values() if name not in rig.index]
    if gone:
        raise UserError(f"The bone {gone[0]} is not in the armature.", "Detect the mapping again.", "bad_mapping")
    figure = Figure(rig.rewired(mapping.wiring), mapping)
    stance, posture = find_stance(joints), find_posture(joints, figure.recorded)
    if posture is OWN:  # read off a rig, whose feet stand as its rest pose does
        stance = replace(stance, slope=USUAL.slope, ankle=USUAL.ankle)
    contacts = find_contacts(joints, stance)
    left, right = (np.clip(resample(share, FPS, fps), 0.0, 1.0) for share in own_motion(joints))
    joints = resample(joints, FPS, fps)
    turns = solve(joints, figure, stance, posture, fps)
    hips = hips_path(joints, figure, stance)
    if settings.foot_lock > 0.0:
        scale = leg_scale(joints, figure)
        standing = upright(joints)
        hips = plant(
            contacts,
            figure,
            turns,
            hips,
            standing,
            (left, right),
            scale=scale,
            fps=fps,
            strength=settings.foot_lock,
        )
    travel = (hips - hips[:1]) * (1.0, 0.0, 1.0)
    root = root_bone(rig, mapping) if settings.root == ROOT else None
    if settings.root == IN_PLACE or root is not None:
        hips = hips - travel
    solved = curves(figure, turns, hips)
    if root is not None:
        solved = (root_curves(rig, root, travel @ figure.basis.T), *solved)
    if mapping.ik:
        solved = with_ik(figure, solved, settings.limbs)
    solved = as_parented(rig.rewired(mapping.moved_by), figure, solved)
    if settings.foot_lock == 0.0:
        return solved
    bearing = bearing_bones(figure.rig, mapping)
    return tuple(replace(curve, bears=curve.bone in bearing) for curve in solved)


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


def solve(joints: np.ndarray, figure: Figure, stance: Stance, posture: Posture, fps: float) -> dict[str, np.ndarray]:
    """Turns (F, 3, 3) by role, in the figure's axes, of joints (F, 22, 3) at ``fps``."""
    turns = trunk.turns_of(joints, figure, posture)
    pelvis, chest = pelvis_turn(joints, posture), chest_turn(joints, posture)
    body = figure.pelvis[None]
    for side in ("left", "right"):
        arm = limbs.arm(joints, chest, side, fps)
        arm_at_rest = limbs.arm(figure.limb_joints, body, side, crease=figure.crease)
        turns[f"{side}_shoulder"] = arm.upper @ transpose(arm_at_rest.upper)
        turns[f"{side}_elbow"] = turns[f"{side}_wrist"] = arm.lower @ transpose(arm_at_rest.lower)
        leg, leg_at_rest = limbs.leg(joints, pelvis, side, fps), limbs.leg(figure.limb_joints, body, side)
        turns[f"{side}_hip"] = leg.upper @ transpose(leg_at_rest.upper)
        turns[f"{side}_knee"] = leg.lower @ transpose(leg_at_rest.lower)
        foot = limbs.foot(joints, side, leg, stance.slope, fps)
        foot_at_rest = limbs.foot(figure.limb_joints, side, leg_at_rest, figure.slope(side))
        turns[f"{side}_ankle"] = turns[f"{side}_foot"] = foot @ transpose(foot_at_rest)
    return turns


def hips_path(joints: np.ndarray, figure: Figure, stance: Stance) -> np.ndarray:
    """The path (F, 3) of the point between the hips, in the figure's axes and armature units.

    Travel is scaled by leg length. The height is scaled from the ankles of the stance up and set on the rig's own
    ankles at rest, so that legs that are straight in the source are straight on the rig, whatever its feet are like.
    """
    scale = leg_scale(joints, figure)
    hips = 0.5 * (joints[:, INDEX["left_hip"]] + joints[:, INDEX["right_hip"]]) - UP * stance.ankle
    return scale * hips + figure.hips * (1.0, 0.0, 1.0) + UP * (figure.floor + figure.ankle_height)


def leg_scale(joints: np.ndarray, figure: Figure) -> float:
    """Armature units of the figure for a metre of the joints (F, 22, 3), by the length of the legs."""
    lengths = np.zeros(len(joints))
    for side in ("left", "right"):
        hip, knee, ankle = (joints[:, INDEX[f"{side}_{part}"]] for part in LEG_PARTS)
        lengths += 0.5 * (np.linalg.norm(knee - hip, axis=1) + np.linalg.norm(ankle - knee, axis=1))
    return figure.leg / max(float(np.median(lengths)), 1e-6)


def curves(figure: Figure, turns: dict[str, np.ndarray], hips: np.ndarray) -> tuple[BoneCurves, ...]:
    """Blender's channels of the turns by role (F, 3, 3) and the path of the hips (F, 3).

    A bone with locked axes turns as far as these allow, and its children compensate for the rest.
    """
    rig, basis = figure.rig, figure.basis
    wanted = {name: turns[role] for role, name in figure.mapping.bones.items() if role in turns}
    wanted.update(limb_twists(figure, turns))
    pelvis = rig.bone(figure.mapping.bones["pelvis"])
    carrier = carrier_of(rig, pelvis.name)
    still = np.broadcast_to(np.eye(3), (len(hips), 3, 3))
    turned: dict[str, np.ndarray] = {}
    out = []
    for bone in rig.bones:
        above = still
        if bone.parent is not None and bone.inherit_rotation:
            above = turned[bone.parent]
        turned[bone.name] = above
        if bone.name not in wanted and bone.name != carrier:
            continue
        turn = above
        if bone.name in wanted:
            turn = basis @ wanted[bone.name] @ basis.T @ figure.stand_turn(bone.name)
        rest = bone.matrix[:3, :3]
        local = quaternion_from_matrix(rest.T @ transpose(above) @ turn @ rest)
        if not all(bone.turns):
            local = within_locks(continuous(local), bone.turns)
            turn = above @ rest @ matrix_from_quaternion(local) @ rest.T
        turned[bone.name] = turn
        location = None
        if bone.name == carrier:
            carried = turn if bone is pelvis else basis @ turns["pelvis"] @ basis.T @ figure.stand_turn(pelvis.name)
            away = figure.standing(pelvis.name, pelvis.head) - basis @ figure.hips
            goal = hips @ basis.T + carried @ figure.stand_turn(pelvis.name).T @ away
            location = (goal - pelvis.head) @ rest
        out.append(BoneCurves(bone.name, continuous(local), location))
    return tuple(out)
