# SPDX-License-Identifier: GPL-3.0-or-later
"""A BVH skeleton as a rig, and its motion as poses of that rig.

In BVH every joint's rest rotation is the identity: joints without rotation are placed by the offsets alone. A rig's
bones point along their limbs instead. With R the rest rotation of a bone in a rig and
G the joint's rotation in the world, the bone's pose is G R.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..body.canonical import canonical_take
from ..body.contacts import find_stance
from ..body.rest_rig import RestBone, RestRig, rest_matrix
from ..body.rotations import angle_of, normalised
from ..body.skeleton import LEG_PARTS
from ..body.up_axis import motion_turn, nearest_axis, turn_to_y
from ..detect.detection import Mapping, detect
from ..detect.rest_figure import Figure
from ..detect.straightening import is_body, standing_in_motion
from ..errors import UserError
from ..solve.rig_to_joints import joints_from_pose
from .bvh import Bvh
from .motion_sources import SourceMotion

# From a file with Y up to the world with Z up: (x, y, z) -> (x, -z, y).
Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
# A first frame in which a figure stands: one leg is ahead of the other by less than this share of its length, and no
# knee is bent by more radians. In a frame of a walk as rest pose, hips are 5 degrees off and a foot 16.
STRIDE, BENT = 0.2, np.radians(20.0)
FEET_SECONDS = 60.0  # of a motion that tell how feet stand
LOOKED_AT = 9  # frames that are tried for bones without known names
_STUB = 0.02  # length of a bone without an end, as a share of the figure's size


def rest_rig(bvh: Bvh, up: np.ndarray = Y_UP, heads: np.ndarray | None = None) -> RestRig:
    """The skeleton of a file in its own unit and axes; the object's rotation ``up`` (3, 3) makes it stand.

    Every joint becomes a bone to its child, or to the middle of its children; end sites are the tails of the last ones.

    Args:
        heads: (J, 3) positions of the joints, by default those without rotation.

    Raises:
        UserError: ``broken_bvh`` where two joints have one name.
    """
    if len(set(bvh.names)) != len(bvh.names):
        twice = next(name for name in bvh.names if bvh.names.count(name) > 1)
        raise UserError(f"The skeleton has two joints named {twice}.", "Give each joint its own name.", "broken_bvh")
    if heads is None:
        heads = offsets(bvh)
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
            direction = heads[j] - heads[parent] if parent >= 0 else np.zeros(3)
            length = float(np.linalg.norm(direction))
            tail = heads[j] + _STUB * size * (direction / length if length > 1e-4 * size else np.array([0.0, 1.0, 0.0]))
        matrix = rest_matrix(heads[j], tail)
        above_name = bvh.names[parent] if parent >= 0 else None
        bones.append(RestBone(name, above_name, matrix, float(np.linalg.norm(tail - heads[j]))))
    world = np.eye(4)
    world[:3, :3] = up
    return RestRig(tuple(bones), world)


def offsets(bvh: Bvh) -> np.ndarray:
    """The offset (J, 3) of each joint from its parent: the file's, or the median of its position channels."""
    out, column = np.array(bvh.offsets, dtype=np.float64), 0
    for j, channels in enumerate(bvh.channels):
        for channel in channels:
            if channel.endswith("position") and bvh.parents[j] >= 0:
                out[j, "XYZ".index(channel[0])] = np.median(bvh.frames[:, column])
            column += 1
    return out


def standing_rig(bvh: Bvh, own: Sequence[Mapping] = ()) -> tuple[RestRig, Mapping]:
    """The skeleton with its mapping, turned so that its shoulders are above its hips.

    Without rotation the skeletons of many files are not bodies. Then their first frame is the standing pose, if they
    stand in it, else one is estimated (``straightening``), with the head and the collars as they are on average and
    with feet that are flat where they rest. Bones without known names are detected in the frames.

    Raises:
        UserError: as ``detect``, which gets ``own`` too.
    """
    rig = rest_rig(bvh)
    positions = bvh.positions()
    mapping = _detected(bvh, rig, positions, own)
    if is_body(rig, mapping.bones):
        return replace(rig, matrix_world=_world(_up_axis(rig, mapping))), mapping
    first = rest_rig(bvh, heads=positions[0])
    up = _up_axis(first, mapping)
    first = replace(first, matrix_world=_world(up))
    turns = dict(zip(bvh.names, bvh.world()[1].swapaxes(0, 1), strict=True))
    if is_body(first, mapping.bones) and _stands(Figure(first.rewired(mapping.wiring), mapping)):
        return _stood(replace(rig, matrix_world=_world(up)), {name: turn[0] for name, turn in turns.items()}), mapping
    wired = rig.rewired(mapping.wiring)
    estimated = _stood(rig, standing_in_motion(wired, mapping, turns))
    matrices = pose_matrices(bvh, estimated)[: 1 + int(FEET_SECONDS * bvh.fps)]
    stance = find_stance(canonical_take(_joints(matrices, estimated, mapping)[0], bvh.fps))
    return _stood(rig, standing_in_motion(wired, mapping, turns, stance.slope)), mapping


def _stood(rig: RestRig, turns: Table[str, np.ndarray]) -> RestRig:
    """The rig with the turns (3, 3) to where its bones stand."""
    return replace(rig, bones=tuple(replace(bone, stand=turns.get(bone.name)) for bone in rig.bones))


def _stands(figure: Figure) -> bool:
    """Whether a pose is near to a T-pose or an A-pose: its legs are next to each other, and straight."""
    if figure.straightened:
        return False
    legs = [[figure.place(f"{side}_{part}") for part in LEG_PARTS] for side in ("left", "right")]
    ways = [normalised(ankle - hip) for hip, _, ankle in legs]
    bends = [float(angle_of(knee - hip, ankle - knee)) for hip, knee, ankle in legs]
    return abs(ways[0][2] - ways[1][2]) < STRIDE and max(bends) < BENT


def _detected(bvh: Bvh, rig: RestRig, positions: np.ndarray, own: Sequence[Mapping]) -> Mapping:
    """The mapping of the skeleton without rotation, or in one of its frames."""
    try:
        return detect(rig, own)
    except UserError as error:
        refused = error
    for frame in np.unique(np.linspace(0, len(positions) - 1, LOOKED_AT).astype(int)):
        try:
            found = detect(rest_rig(bvh, heads=positions[frame]), own)
        except UserError:
            continue
        if all(rig.index.keys() >= {bone} for bone in found.bones.values()):
            return found
    raise refused


def _up_axis(rig: RestRig, mapping: Mapping) -> np.ndarray:
    """The axis (3,) of the file that is closest to the trunk."""
    head = {role: rig.bone(name).head for role, name in mapping.bones.items()}
    return nearest_axis(head["left_shoulder"] + head["right_shoulder"] - head["left_hip"] - head["right_hip"])


def _world(up: np.ndarray) -> np.ndarray:
    """The matrix (4, 4) of an object in which that axis of the file is up."""
    out = np.eye(4)
    out[:3, :3] = np.eye(3) if up[2] > 0.5 else Y_UP @ turn_to_y(up)
    return out


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
    joints, remark = _joints(pose_matrices(bvh, rig), rig, mapping)
    return SourceMotion(joints, bvh.fps, bvh.remark or remark)


def _joints(matrices: np.ndarray, rig: RestRig, mapping: Mapping) -> tuple[np.ndarray, str]:
    """The 22 joints (F, 22, 3) of poses (F, bones, 4, 4), which are put upright; and a remark where that was needed."""
    turn, remark = turn_of_motion(matrices, rig, mapping)
    matrices[..., :3, :] = turn @ matrices[..., :3, :]
    return joints_from_pose(matrices, rig, mapping), remark


def turn_of_motion(matrices: np.ndarray, rig: RestRig, mapping: Mapping) -> tuple[np.ndarray, str]:
    """The rotation (3, 3) that puts a motion (F, bones, 4, 4) with another up axis upright; and a remark, or ""."""
    basis = Figure(rig.rewired(mapping.wiring), mapping).basis
    turn, remark = motion_turn(joints_from_pose(matrices, rig, mapping))
    return basis @ turn @ basis.T, remark


def _is_end(bvh: Bvh, j: int) -> bool:
    parent = bvh.parents[j]
    named = parent >= 0 and bvh.names[j] == f"{bvh.names[parent]}_End"
    return named and not bvh.channels[j] and j not in bvh.parents
