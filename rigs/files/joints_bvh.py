# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip of joints as BVH: the 22 joints from a T-pose, with solved rotations."""

from __future__ import annotations

import numpy as np

from ..body.contacts import USUAL
from ..body.posture import chest_turn, find_posture, pelvis_turn
from ..body.rotations import between, normalised, swing, transpose
from ..body.skeleton import ARM_PARTS, FPS, INDEX, JOINTS, LEG_PARTS, PARENTS
from ..solve import limbs
from ..solve.retarget import checked
from .bvh import Bvh
from .bvh_writer import PLACED, TURNED, zxy_degrees

_SIDE = {
    "knee": (0.05, -1.0, 0.0),
    "ankle": (0.0, -1.0, -0.05),
    "foot": (0.1, -np.sin(USUAL.slope), np.cos(USUAL.slope)),
    "elbow": (1.0, 0.0, 0.0),
    "wrist": (1.0, 0.0, 0.0),
}
# End sites, as offsets in metres in the T-pose.
_ENDS = {"head": (0.0, 0.15, 0.0), "left_foot": (0.0, 0.0, 0.06), "right_foot": (0.0, 0.0, 0.06)} | {
    "left_wrist": (0.12, 0.0, 0.0),
    "right_wrist": (-0.12, 0.0, 0.0),
}
# Pelvis and spine3 have three children each, at which no single rotation can aim. These children have position channels
# too, so that a file holds the joints exactly.
_MOVED = tuple(j for j, parent in enumerate(PARENTS) if parent in (-1, INDEX["pelvis"], INDEX["spine3"]))


def joints_bvh(joints: np.ndarray, fps: float = FPS) -> Bvh:
    """A clip (F, 22, 3), metres, Y up, as the motion of a BVH file.

    Bone lengths are the clip's medians, so a clip of constant bone lengths is read back exactly.

    Raises:
        UserError: ``bad_joints``.
    """
    joints = checked(joints)
    rest = rest_pose(joints)
    turns = world_turns(joints, rest, fps)
    offsets = rest - rest[list(PARENTS)]
    offsets[0] = 0.0
    columns = []
    for j, parent in enumerate(PARENTS):
        local = turns[:, j] if parent < 0 else transpose(turns[:, parent]) @ turns[:, j]
        if parent < 0:
            columns.append(joints[:, j])
        elif j in _MOVED:
            columns.append(((joints[:, j] - joints[:, parent])[:, None] @ turns[:, parent])[:, 0])
        columns.append(zxy_degrees(local))
    return Bvh(
        names=(*JOINTS, *(f"{name}_End" for name in _ENDS)),
        parents=(*PARENTS, *(INDEX[name] for name in _ENDS)),
        offsets=np.concatenate([offsets, list(_ENDS.values())]),
        channels=(*(PLACED if j in _MOVED else TURNED for j in range(len(JOINTS))), *(() for _ in _ENDS)),
        frames=np.concatenate(columns, axis=1),
        frame_time=1.0 / fps,
    )


def rest_pose(joints: np.ndarray) -> np.ndarray:
    """A T-pose (22, 3) that faces +Z, with the median bone lengths of a clip (F, 22, 3), the pelvis at the origin."""
    posture = find_posture(joints)
    lengths = np.median(np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1), axis=0)
    out = np.zeros((len(JOINTS), 3))
    for j, name in enumerate(JOINTS[1:], 1):
        side, _, part = name.partition("_")
        direction = posture.offset(name)
        if part in _SIDE:
            direction = np.array(_SIDE[part]) * (-1.0 if side == "right" else 1.0, 1.0, 1.0)
        out[j] = out[PARENTS[j]] + lengths[j] * normalised(direction)
    return out


def world_turns(joints: np.ndarray, rest: np.ndarray, fps: float) -> np.ndarray:
    """Rotations (F, 22, 3, 3) of the joints from the pose ``rest`` (22, 3) into the world.

    Every joint with one child aims at it exactly; pelvis and spine3 have the frames of pelvis and chest.
    """
    turns = np.empty((*joints.shape[:2], 3, 3))
    at_rest = rest[None]
    posture, upright = find_posture(joints), np.eye(3)[None]
    pelvis, chest = pelvis_turn(joints, posture), chest_turn(joints, posture)
    turns[:, 0], turns[:, INDEX["spine3"]] = pelvis, chest

    def aim(name: str, child: str, base: np.ndarray) -> None:
        start = base @ normalised(rest[INDEX[child]] - rest[INDEX[name]])
        end = normalised(joints[:, INDEX[child]] - joints[:, INDEX[name]])
        turns[:, INDEX[name]] = swing(start, end) @ base

    for share, name, child in ((1 / 3, "spine1", "spine2"), (2 / 3, "spine2", "spine3")):
        aim(name, child, between(turns[:, 0], turns[:, INDEX["spine3"]], share))
    for name, child in (("neck", "head"), ("left_collar", "left_shoulder"), ("right_collar", "right_shoulder")):
        aim(name, child, turns[:, INDEX["spine3"]])
    turns[:, INDEX["head"]] = turns[:, INDEX["neck"]]
    for side in ("left", "right"):
        now = limbs.arm(joints, chest, side, fps), limbs.leg(joints, pelvis, side, fps)
        then = limbs.arm(at_rest, upright, side), limbs.leg(at_rest, upright, side)
        for limb, limb_at_rest, parts in zip(now, then, (ARM_PARTS, LEG_PARTS), strict=True):
            turns[:, INDEX[f"{side}_{parts[0]}"]] = limb.upper @ transpose(limb_at_rest.upper)
            turns[:, INDEX[f"{side}_{parts[1]}"]] = limb.lower @ transpose(limb_at_rest.lower)
        feet = (limbs.foot(joints, side, now[1], USUAL.slope, fps), limbs.foot(at_rest, side, then[1], USUAL.slope))
        turns[:, INDEX[f"{side}_ankle"]] = feet[0] @ transpose(feet[1])
        turns[:, INDEX[f"{side}_wrist"]] = turns[:, INDEX[f"{side}_elbow"]]
        turns[:, INDEX[f"{side}_foot"]] = turns[:, INDEX[f"{side}_ankle"]]
    return turns
