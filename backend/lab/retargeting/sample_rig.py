# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig of 60 bones with Mixamo's names, made of numbers: 22 for the body and 38 for the fingers."""

from __future__ import annotations

import numpy as np

from ....rigs.body.rest_rig import RestBone, RestRig, rest_matrix
from ....rigs.body.skeleton import BONE_LENGTHS, INDEX, JOINTS, PARENTS

BoneRow = tuple[str, str | None, np.ndarray, np.ndarray]  # name, parent, head (3,), tail (3,)

# Mixamo's bone for each joint; the joint is the bone's head.
BODY = {
    "Hips": "pelvis",
    "Spine": "spine1",
    "Spine1": "spine2",
    "Spine2": "spine3",
    "Neck": "neck",
    "Head": "head",
    "Shoulder": "collar",
    "Arm": "shoulder",
    "ForeArm": "elbow",
    "Hand": "wrist",
    "UpLeg": "hip",
    "Leg": "knee",
    "Foot": "ankle",
    "ToeBase": "foot",
}
FINGERS = {"Thumb": 3, "Index": 4, "Middle": 4, "Ring": 4, "Pinky": 4}


def bone_rows() -> list[BoneRow]:
    """All bones in a T-pose, parents first; metres, Z up, facing -Y."""
    joints = t_pose()
    places = {_bone(bone, joint): joint for bone, name in BODY.items() for joint in _both(name)}
    owner = {joint: bone for bone, joint in places.items()}
    rows: list[BoneRow] = []
    for bone, joint in places.items():
        at = INDEX[joint]
        children = [i for i, parent in enumerate(PARENTS) if parent == at]
        along = joints[at] - joints[PARENTS[at]] if at else np.array([0.0, 0.0, 0.1])
        tail = joints[children[-1]] if len(children) == 1 else joints[at] + 0.5 * along
        parent = owner[JOINTS[PARENTS[at]]] if at else None
        rows.append((bone, parent, joints[at], tail))
    for side, sign in (("Left", 1.0), ("Right", -1.0)):
        wrist = joints[INDEX[f"{side.lower()}_wrist"]]
        for number, (finger, bones) in enumerate(FINGERS.items()):
            above = f"mixamorig:{side}Hand"
            for i in range(bones):
                head = wrist + np.array([sign * (0.09 + 0.03 * i), 0.02 * number - 0.04, 0.0])
                name = f"mixamorig:{side}Hand{finger}{i + 1}"
                rows.append((name, above, head, head + np.array([sign * 0.03, 0.0, 0.0])))
                above = name
    return _parents_first(rows)


def _both(name: str) -> list[str]:
    return [name] if name in INDEX else [f"left_{name}", f"right_{name}"]


def _bone(bone: str, joint: str) -> str:
    side = joint.split("_", maxsplit=1)[0].capitalize() if "_" in joint else ""
    return f"mixamorig:{side}{bone}"


def _parents_first(rows: list[BoneRow]) -> list[BoneRow]:
    ordered: list[BoneRow] = []
    names: set[str | None] = {None}
    while len(ordered) < len(rows):
        fresh = [row for row in rows if row[1] in names and row[0] not in names]
        ordered += fresh
        names |= {row[0] for row in fresh}
    return ordered


def t_pose() -> np.ndarray:
    """The 22 joints (22, 3) in a T-pose, Z up, facing -Y, metres."""
    directions = np.tile([0.0, 0.0, 1.0], (22, 1))
    for side, sign in (("left_", 1.0), ("right_", -1.0)):
        directions[[INDEX[side + name] for name in ("hip", "collar", "shoulder", "elbow", "wrist")]] = (sign, 0.0, 0.0)
        directions[[INDEX[side + name] for name in ("knee", "ankle")]] = (0.0, 0.0, -1.0)
        directions[INDEX[side + "foot"]] = (0.0, -0.9, -0.436)
    joints = np.zeros((22, 3))
    for joint in range(1, 22):
        joints[joint] = joints[PARENTS[joint]] + BONE_LENGTHS[joint] * directions[joint]
    joints[:, 2] -= joints[:, 2].min()
    return joints


def rest_rig() -> RestRig:
    """The 60 bones as a rest pose, without Blender."""
    bones = tuple(
        RestBone(name, parent, rest_matrix(head, tail), float(np.linalg.norm(tail - head)))
        for name, parent, head, tail in bone_rows()
    )
    return RestRig(bones, np.eye(4))
