# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig for a game engine: only the deforming bones, in one tree, and the bone or object that carries the travel.

All matrices are (..., 4, 4), in armature space unless it is said otherwise, and act on columns.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from .rest_rig import RestBone, RestRig
from .rotations import continuous, matrix_from_quaternion, quaternion_from_matrix, rotation_of

KEEP, ROOT, IN_PLACE = TRAVELS = ("keep", "root", "in_place")
_ALIKE = 1e-3  # distance of two bone heads, in bone lengths, up to which they coincide
_UNSCALED = (
    0.05  # deviation from 1 up to which scales are ignored: stretching constraints cause small ones all the time
)


def tree(rig: RestRig, deforming: Collection[str], root: str | None = None) -> dict[str, str | None]:
    """The bones that stay, parents first, each with its parent among them.

    The parent of a deforming bone often does not deform but coincides with one that does (Rigify's ``ORG-`` and
    ``DEF-``), which then is the parent. ``root`` stays too. If no bone deforms, all stay.
    """
    stays = {bone.name for bone in rig.bones if bone.name in deforming or bone.name == root}
    if not stays - {root}:
        stays = set(rig.index)
    parents: dict[str, str | None] = {}
    for bone in rig.bones:
        if bone.name in stays:
            parents[bone.name] = _parent(rig, bone, stays, parents)
    return _parents_first(parents)


def _parent(rig: RestRig, bone: RestBone, stays: set[str], parents: dict[str, str | None]) -> str | None:
    for above in rig.ancestors(bone.name):
        if above in stays:
            return above
        for other in stays:
            if _lies_on(rig.bone(other), rig.bone(above)) and not _hangs_on(other, bone.name, rig, parents):
                return other
    return None


def _lies_on(bone: RestBone, other: RestBone) -> bool:
    near = np.linalg.norm(bone.head - other.head) < _ALIKE * other.length
    return bool(near and bone.matrix[:3, 1] @ other.matrix[:3, 1] > 0.99)


def _hangs_on(bone: str, other: str, rig: RestRig, parents: dict[str, str | None]) -> bool:
    """Whether a bone is, or is below, another, in the new tree or in the rig's own."""
    if other in (bone, *rig.ancestors(bone)):
        return True
    above: str | None = bone
    while above is not None:
        if above == other:
            return True
        above = parents.get(above)
    return False


def _parents_first(parents: dict[str, str | None]) -> dict[str, str | None]:
    ordered: dict[str, str | None] = {}
    for name in parents:
        line: list[str] = []
        above: str | None = name
        while above is not None and above not in ordered:
            line.append(above)
            above = parents[above]
        ordered |= {below: parents[below] for below in reversed(line)}
    return ordered


def ground_travel(places: np.ndarray) -> np.ndarray:
    """How far the hips have gone over the ground since the first frame, as matrices (F, 4, 4).

    ``places`` (F, 3): where they are in the world, Z up.
    """
    out = np.tile(np.eye(4), (len(places), 1, 1))
    out[:, :2, 3] = places[:, :2] - places[:1, :2]
    return out


@dataclass(frozen=True)
class Channels:
    """Channels of bones over time: (F, bones, 3), quaternions (F, bones, 4) wxyz, and (F, bones, 3)."""

    locations: np.ndarray
    rotations: np.ndarray
    scales: np.ndarray


def channels(poses: np.ndarray, rests: np.ndarray, parents: np.ndarray) -> Channels:
    """Channels with which a plain tree takes these poses.

    A rotated bone below a stretched one would be sheared, which channels cannot express. Each bone is solved relative
    to the pose that its parent really gets, so that all heads stay where they were; scales near 1 become 1.

    Args:
        poses: (F, bones, 4, 4).
        rests: (bones, 4, 4).
        parents: (bones,) places of the parents, which come first; -1 for none.
    """
    frames, count = poses.shape[:2]
    found = Channels(np.zeros((frames, count, 3)), np.zeros((frames, count, 4)), np.ones((frames, count, 3)))
    reached = np.empty_like(poses)
    for i, parent in enumerate(parents):
        above = rests[i] if parent < 0 else reached[:, parent] @ np.linalg.inv(rests[parent]) @ rests[i]
        local = np.linalg.inv(above) @ poses[:, i]
        scales = np.linalg.norm(local[:, :3, :3], axis=1)
        if np.abs(scales - 1.0).max() < _UNSCALED:
            scales = np.ones_like(scales)
        turns = quaternion_from_matrix(rotation_of(local[:, :3, :3]))
        found.locations[:, i], found.scales[:, i] = local[:, :3, 3], scales
        found.rotations[:, i] = continuous(turns)
        local[:, :3, :3] = matrix_from_quaternion(turns) * scales[:, None]
        reached[:, i] = above @ local
    return found
