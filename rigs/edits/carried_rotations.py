# SPDX-License-Identifier: GPL-3.0-or-later
"""The pose of a rig after some of its bones are turned and moved.

A bone that is not turned keeps its transform relative to its parent, whatever channels and constraints gave it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from ..body.bone_curves import Change
from ..body.rest_rig import RestRig
from ..body.rotations import continuous, matrix_from_quaternion, quaternion_from_matrix, rotation_of, transpose
from ..detect.rest_figure import Figure
from ..solve.ik_controls import carrier_of


def changed_pose(changes: Iterable[Change], matrices: np.ndarray, rig: RestRig, names: Collection[str]) -> np.ndarray:
    """Pose matrices (F, bones, 4, 4) after changes of channels, new for ``names``, which hold their ancestors."""
    by_bone = {change.bone: change for change in changes}
    out = matrices.copy()
    for i, (bone, parent) in enumerate(zip(rig.bones, rig.parents, strict=True)):
        if bone.name not in names:
            continue
        here = carried(out, matrices, rig, i)
        change = by_bone.get(bone.name)
        if change is not None:
            if change.shift is not None:
                axes = np.broadcast_to(bone.matrix[:3, :3], (len(out), 3, 3))
                if parent >= 0:
                    axes = out[:, parent, :3, :3] @ np.linalg.inv(rig.bones[parent].matrix[:3, :3]) @ axes
                here[:, :3, 3] += (axes @ change.shift[..., None])[..., 0]
            here[:, :3, :3] = here[:, :3, :3] @ matrix_from_quaternion(change.turn)
        out[:, i] = here
    return out


def carried(out: np.ndarray, matrices: np.ndarray, rig: RestRig, i: int) -> np.ndarray:
    """Pose (F, 4, 4) of bone ``i`` on its parent in ``out``, with the relation that it has in ``matrices``."""
    parent = rig.parents[i]
    here = matrices[:, i].copy()
    if parent >= 0:
        here = out[:, parent] @ relation(matrices, rig, i)
        if not rig.bones[i].inherit_rotation:
            here[:, :3, :3] = matrices[:, i, :3, :3]
    return here


def turned_pose(
    turns: dict[str, np.ndarray], travel: np.ndarray, matrices: np.ndarray, figure: Figure
) -> tuple[np.ndarray, dict[str, tuple[np.ndarray, np.ndarray | None]]]:
    """Forward kinematics of the edited pose, from turns (F, 3, 3) by role and the shift (F, 3) of the hips, both in
    armature space.

    Returns:
        Pose matrices (F, bones, 4, 4), new for the mapped bones and those above them; and for each turned bone and the
        one that carries the travel the change of its channels: quaternions (F, 4) and the location (F, 3) or None.
    """
    rig, bones = figure.rig, figure.mapping.bones
    needed = needed_bones(figure)
    turned = {bones[role]: turn for role, turn in turns.items()}
    carrier = carrier_of(rig, bones["pelvis"]) if "pelvis" in turns else None
    out = matrices.copy()
    local: dict[str, tuple[np.ndarray, np.ndarray | None]] = {}
    for i, bone in enumerate(rig.bones):
        if bone.name not in needed:
            continue
        here = carried(out, matrices, rig, i)
        if bone.name in turned:
            base, wanted = rotation_of(here), turned[bone.name] @ rotation_of(matrices[:, i])
            turn = transpose(base) @ wanted
            here[:, :3, :3] = here[:, :3, :3] @ turn
            local[bone.name] = (continuous(quaternion_from_matrix(turn)), None)
        out[:, i] = here
    if carrier is not None:
        _travel(out, local, carrier, travel, matrices, figure)
    return out, local


def needed_bones(figure: Figure) -> set[str]:
    """The mapped bones and all their ancestors: 60 of the 706 bones of a generated Rigify rig."""
    mapped = set(figure.mapping.bones.values())
    return mapped.union(*(figure.rig.ancestors(name) for name in mapped))


def _travel(
    out: np.ndarray,
    local: dict[str, tuple[np.ndarray, np.ndarray | None]],
    carrier: str,
    travel: np.ndarray,
    matrices: np.ndarray,
    figure: Figure,
) -> None:
    """Move ``carrier`` and its descendants so that the point between the hips moves by ``travel``."""
    rig = figure.rig
    hips = [rig.index[figure.mapping.bones[f"{side}_hip"]] for side in ("left", "right")]
    goal = matrices[:, hips][:, :, :3, 3].mean(1) + travel
    away = goal - out[:, hips][:, :, :3, 3].mean(1)
    i, parent = rig.index[carrier], rig.parents[rig.index[carrier]]
    rest = np.broadcast_to(rig.bones[i].matrix[:3, :3], (len(out), 3, 3))
    if parent >= 0:
        rest = out[:, parent, :3, :3] @ np.linalg.inv(rig.bones[parent].matrix[:3, :3]) @ rest
    shift = np.linalg.solve(rest, away[..., None])[..., 0]
    still = np.tile([1.0, 0.0, 0.0, 0.0], (len(out), 1))
    local[carrier] = (local.get(carrier, (still, None))[0], shift)
    for name in needed_bones(figure):
        if name == carrier or carrier in rig.ancestors(name):
            out[:, rig.index[name], :3, 3] += away


def relation(matrices: np.ndarray, rig: RestRig, i: int) -> np.ndarray:
    """(F, 4, 4) bone ``i`` relative to its parent."""
    parent = rig.parents[i]
    return matrices[:, i] if parent < 0 else np.linalg.inv(matrices[:, parent]) @ matrices[:, i]
