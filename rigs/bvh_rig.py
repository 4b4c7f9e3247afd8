# SPDX-License-Identifier: GPL-3.0-or-later
"""A BVH skeleton as a rig, and its motion as poses of that rig.

In BVH a joint without rotation stands as the offsets say, whatever its neighbours are like: every joint's rest
rotation is the identity. A rig's bones point along their limbs instead. With R the rest rotation of a bone in a rig and
G the joint's rotation in the world, the bone's pose is G R.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .bvh import Bvh
from .detection import Mapping, detect
from .errors import UserError
from .rest import RestBone, RestRig, rest_matrix
from .sampling import joints_from_pose
from .sources import SourceMotion

# From a file with Y up to the world with Z up: (x, y, z) -> (x, -z, y).
Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
_STUB = 0.02  # length of a bone that ends nowhere, as a share of the figure's size


def rest_rig(bvh: Bvh, up: np.ndarray = Y_UP) -> RestRig:
    """The skeleton of a file in its own unit and axes; the object's rotation ``up`` (3, 3) makes it stand.

    Every joint becomes a bone to its child, or to the middle of its children; end sites are the tails of the last ones.

    Raises:
        UserError: ``broken_bvh`` where two joints have one name.
    """
    if len(set(bvh.names)) != len(bvh.names):
        twice = next(name for name in bvh.names if bvh.names.count(name) > 1)
        raise UserError(f"The skeleton has two joints named {twice}.", "Give each joint its own name.", "broken_bvh")
    heads = np.array(bvh.offsets, dtype=np.float64)
    for j, parent in enumerate(bvh.parents):
        if parent >= 0:
            heads[j] += heads[parent]
    size = max(float(np.ptp(heads, axis=0).max()), 1e-6)
    bones = []
    for j, (name, parent) in enumerate(zip(bvh.names, bvh.parents, strict=True)):
        if _is_end(bvh, j):
            continue
        ends = [heads[k] for k, above in enumerate(bvh.parents) if above == j]
        tail = np.mean(ends, axis=0) if ends else heads[j]
        if np.linalg.norm(tail - heads[j]) < 1e-4 * size:
            way = heads[j] - heads[parent] if parent >= 0 else np.zeros(3)
            length = float(np.linalg.norm(way))
            tail = heads[j] + _STUB * size * (way / length if length > 1e-4 * size else np.array([0.0, 1.0, 0.0]))
        matrix = rest_matrix(heads[j], tail)
        above_name = bvh.names[parent] if parent >= 0 else None
        bones.append(RestBone(name, above_name, matrix, float(np.linalg.norm(tail - heads[j]))))
    world = np.eye(4)
    world[:3, :3] = up
    return RestRig(tuple(bones), world)


def standing_rig(bvh: Bvh, own: Sequence[Mapping] = ()) -> tuple[RestRig, Mapping]:
    """The skeleton with its mapping, stood up: as Y up, or as Z up where its shoulders are in that direction.

    Raises:
        UserError: as ``detect``, which gets ``own`` too.
    """
    rig = rest_rig(bvh)
    mapping = detect(rig, own)
    head = {role: rig.bone(name).head for role, name in mapping.bones.items()}
    trunk = head["left_shoulder"] + head["right_shoulder"] - head["left_hip"] - head["right_hip"]
    if trunk[2] > abs(trunk[1]):
        rig = rest_rig(bvh, np.eye(3))
    return rig, mapping


def pose_matrices(bvh: Bvh, rig: RestRig) -> np.ndarray:
    """The motion of the file as pose matrices (F, bones, 4, 4) of ``rest_rig(bvh)``, in its armature space."""
    positions, rotations = bvh.world()
    out = np.broadcast_to(np.eye(4), (len(positions), len(rig.bones), 4, 4)).copy()
    joint = {name: j for j, name in enumerate(bvh.names)}
    for i, bone in enumerate(rig.bones):
        out[:, i, :3, :3] = rotations[:, joint[bone.name]] @ bone.matrix[:3, :3]
        out[:, i, :3, 3] = positions[:, joint[bone.name]]
    return out


def joints_of_rig(bvh: Bvh) -> SourceMotion:
    """The 22 joints of a file with the skeleton of any rig that is detected.

    Raises:
        UserError: as ``detect``.
    """
    rig, mapping = standing_rig(bvh)
    return SourceMotion(joints_from_pose(pose_matrices(bvh, rig), rig, mapping), bvh.fps)


def _is_end(bvh: Bvh, j: int) -> bool:
    parent = bvh.parents[j]
    named = parent >= 0 and bvh.names[j] == f"{bvh.names[parent]}_End"
    return named and not bvh.channels[j] and j not in bvh.parents
