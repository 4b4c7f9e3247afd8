# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing the motion of any rig as BVH: all of its bones, its own unit, and its rest pose as the pose without rotation.

BVH knows no rest rotations, so a joint's rotation is the bone's turn D = M R' from rest R to pose M, in the file's
axes; its channels are the part that the parent does not bring, Dp' D. Where the bone has a location, position channels
hold its whole offset from the parent, as readers take them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .curves import BoneCurves
from .pose import pose
from .rest import RestRig
from .rotations import quaternion_from_matrix, quaternion_to_euler, transpose

# Armature space (Z up) to the customary axes of BVH (Y up): (x, y, z) -> (x, z, -y).
TO_Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])


def write_rig_bvh(
    path: str | Path, rig: RestRig, curves: Iterable[BoneCurves], fps: float, axes: np.ndarray = TO_Y_UP
) -> None:
    """Write one clip.

    Args:
        path: the file to write.
        rig: the rest pose; bones without curves stay at rest. A bone without parent becomes a root of its own.
        curves: the channels of the pose bones, all of one number of frames.
        fps: frames per second of the curves.
        axes: (3, 3) from armature space to the file's axes.

    Raises:
        OSError: the file cannot be written.
    """
    curves = tuple(curves)
    matrices = pose(rig, curves)
    turns = axes @ matrices[..., :3, :3] @ transpose(rig.matrices[:, :3, :3]) @ axes.T  # (F, bones, 3, 3)
    places, rest = matrices[..., :3, 3] @ axes.T, rig.matrices[:, :3, 3] @ axes.T
    above = np.array(rig.parents)
    roots = above < 0
    offsets = rest - np.where(roots[:, None], 0.0, rest[above])
    local = np.where(roots[:, None, None], turns, transpose(turns[:, above]) @ turns)
    moved = roots | [any(c.bone == b.name and c.locations is not None for c in curves) for b in rig.bones]
    angles = np.degrees(quaternion_to_euler(quaternion_from_matrix(local), "YXZ"))[..., [2, 0, 1]]
    away = places - np.where(roots[:, None], 0.0, places[:, above])
    way = np.where(roots[:, None], away, (away[..., None, :] @ turns[:, above])[..., 0, :])
    order, trees = _depth_first(rig)
    rows = np.concatenate([part for i in order for part in ([way[:, i]] if moved[i] else []) + [angles[:, i]]], axis=1)
    lines = ["HIERARCHY"]
    for root in trees:
        lines += _hierarchy(rig, root, offsets, moved, axes, 0)
    lines += ["MOTION", f"Frames: {len(rows)}", f"Frame Time: {1.0 / fps:.8f}"]
    lines += [" ".join(f"{value:.6f}" for value in row) for row in rows]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _children(rig: RestRig, i: int) -> list[int]:
    return [k for k, parent in enumerate(rig.parents) if parent == i]


def _depth_first(rig: RestRig) -> tuple[list[int], list[int]]:
    """All bones in the order of the file, and the roots; the largest tree comes first, for readers of one root."""

    def tree(i: int) -> list[int]:
        return [i, *(k for child in _children(rig, i) for k in tree(child))]

    trees = sorted((tree(i) for i, parent in enumerate(rig.parents) if parent < 0), key=len, reverse=True)
    return [i for members in trees for i in members], [members[0] for members in trees]


def _hierarchy(rig: RestRig, i: int, offsets: np.ndarray, moved: np.ndarray, axes: np.ndarray, depth: int) -> list[str]:
    tab, bone = "\t" * depth, rig.bones[i]
    channels = "Zrotation Xrotation Yrotation"
    channels = f"6 Xposition Yposition Zposition {channels}" if moved[i] else f"3 {channels}"
    x, y, z = offsets[i]
    lines = [f"{tab}{'JOINT' if depth else 'ROOT'} {bone.name}", f"{tab}{{"]
    lines += [f"{tab}\tOFFSET {x:.6f} {y:.6f} {z:.6f}", f"{tab}\tCHANNELS {channels}"]
    below = _children(rig, i)
    for child in below:
        lines += _hierarchy(rig, child, offsets, moved, axes, depth + 1)
    if not below:
        x, y, z = axes @ (bone.tail - bone.head)
        lines += [f"{tab}\tEnd Site", f"{tab}\t{{", f"{tab}\t\tOFFSET {x:.6f} {y:.6f} {z:.6f}", f"{tab}\t}}"]
    return [*lines, f"{tab}}}"]
