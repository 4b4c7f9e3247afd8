# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a clip as BVH: the 22 joints from a T-pose, with solved rotations."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from . import limbs
from .contacts import USUAL
from .posture import chest_turn, find_posture, pelvis_turn
from .retarget import checked
from .rotations import between, normalised, quaternion_from_matrix, quaternion_to_euler, swing, transpose
from .skeleton import FPS, INDEX, JOINTS, PARENTS

_SIDE = {
    "knee": (0.05, -1.0, 0.0),
    "ankle": (0.0, -1.0, -0.05),
    "foot": (0.1, -np.sin(USUAL.slope), np.cos(USUAL.slope)),
    "elbow": (1.0, 0.0, 0.0),
    "wrist": (1.0, 0.0, 0.0),
}
# What ends a chain, as an offset in metres in the T-pose.
_ENDS = {"head": (0.0, 0.15, 0.0), "left_foot": (0.0, 0.0, 0.06), "right_foot": (0.0, 0.0, 0.06)} | {
    "left_wrist": (0.12, 0.0, 0.0),
    "right_wrist": (-0.12, 0.0, 0.0),
}
# Pelvis and spine3 have three children each, which no single rotation can aim at together. These children have
# position channels too, so that a file holds the joints exactly.
_MOVED = tuple(j for j, parent in enumerate(PARENTS) if parent in (-1, INDEX["pelvis"], INDEX["spine3"]))


def write_bvh(path: str | Path, joints: np.ndarray, fps: float = FPS) -> None:
    """Write one clip.

    Bone lengths are the clip's medians, so a clip of constant bone lengths is read back exactly. Lengths are
    metres, Y is up, channels are in degrees.

    Args:
        path: the file to write.
        joints: (F, 22, 3) metres, Y up.
        fps: frames per second of ``joints``.

    Raises:
        UserError: ``bad_joints``. OSError where the file cannot be written.
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
        angles = quaternion_to_euler(quaternion_from_matrix(local), "YXZ")
        columns.append(np.degrees(angles[:, [2, 0, 1]]))
    order = _depth_first()
    split = np.cumsum([6 if j in _MOVED else 3 for j in range(len(JOINTS))])
    table = np.concatenate(columns, axis=1)
    rows = np.concatenate([np.split(table, split[:-1], axis=1)[j] for j in order], axis=1)
    lines = ["HIERARCHY", *_hierarchy(0, offsets, 0), "MOTION", f"Frames: {len(joints)}"]
    lines.append(f"Frame Time: {1.0 / fps:.8f}")
    lines += [" ".join(f"{value:.5f}" for value in row) for row in rows]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def rest_pose(joints: np.ndarray) -> np.ndarray:
    """A T-pose (22, 3) that faces +Z, with the median bone lengths of a clip (F, 22, 3), the pelvis at the origin."""
    posture = find_posture(joints)
    lengths = np.median(np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1), axis=0)
    out = np.zeros((len(JOINTS), 3))
    for j, name in enumerate(JOINTS[1:], 1):
        side, _, part = name.partition("_")
        way = posture.way(name)
        if part in _SIDE:
            way = np.array(_SIDE[part]) * (-1.0 if side == "right" else 1.0, 1.0, 1.0)
        out[j] = out[PARENTS[j]] + lengths[j] * normalised(way)
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
        for limb, limb_at_rest, parts in zip(now, then, (limbs.ARM_PARTS, limbs.LEG_PARTS), strict=True):
            turns[:, INDEX[f"{side}_{parts[0]}"]] = limb.upper @ transpose(limb_at_rest.upper)
            turns[:, INDEX[f"{side}_{parts[1]}"]] = limb.lower @ transpose(limb_at_rest.lower)
        feet = (limbs.foot(joints, side, now[1], USUAL.slope, fps), limbs.foot(at_rest, side, then[1], USUAL.slope))
        turns[:, INDEX[f"{side}_ankle"]] = feet[0] @ transpose(feet[1])
        turns[:, INDEX[f"{side}_wrist"]] = turns[:, INDEX[f"{side}_elbow"]]
        turns[:, INDEX[f"{side}_foot"]] = turns[:, INDEX[f"{side}_ankle"]]
    return turns


def _children(j: int) -> list[int]:
    return [k for k, parent in enumerate(PARENTS) if parent == j]


def _depth_first(j: int = 0) -> list[int]:
    return [j, *(k for child in _children(j) for k in _depth_first(child))]


def _hierarchy(j: int, offsets: np.ndarray, depth: int) -> list[str]:
    tab = "\t" * depth
    channels = "Zrotation Xrotation Yrotation"
    channels = f"6 Xposition Yposition Zposition {channels}" if j in _MOVED else f"3 {channels}"
    x, y, z = offsets[j]
    lines = [f"{tab}{'ROOT' if j == 0 else 'JOINT'} {JOINTS[j]}", f"{tab}{{"]
    lines += [f"{tab}\tOFFSET {x:.6f} {y:.6f} {z:.6f}", f"{tab}\tCHANNELS {channels}"]
    for child in _children(j):
        lines += _hierarchy(child, offsets, depth + 1)
    if JOINTS[j] in _ENDS:
        x, y, z = _ENDS[JOINTS[j]]
        lines += [f"{tab}\tEnd Site", f"{tab}\t{{", f"{tab}\t\tOFFSET {x:.6f} {y:.6f} {z:.6f}", f"{tab}\t}}"]
    return [*lines, f"{tab}}}"]
