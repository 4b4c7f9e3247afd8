# SPDX-License-Identifier: GPL-3.0-or-later
"""Limbs that IK moves: their pose, and how a change of it becomes changes of their controls.

The bones of the mapping are FK controls, which are elsewhere while IK moves the limb. So they are placed where the rig
shows the limb, an edit is solved for them as for any others, and its effect on the limb is transferred to the target,
the pole or the bone that swivels the limb. As with FK, each control is changed relative to its own keys: a foot roll, a
tilted hand and a pole off the limb's plane stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..body.bone_curves import Change
from ..body.rest_rig import RestRig
from ..body.rotations import continuous, normalised, quaternion_from_matrix, rotation_of, swing, transpose
from ..body.skeleton import LIMB_PARTS
from ..detect.mapping import IkLimb, Mapping

STRAIGHT = 0.002  # of a limb's length; below, its rest pose does not define the bend direction


@dataclass(frozen=True)
class IkDrivenLimb:
    """A limb that IK moves, and whether its pole sets the bend direction; else the bone that swivels it does."""

    limb: IkLimb
    poled: bool

    @property
    def roles(self) -> tuple[str, ...]:
        """Root, middle and end of the limb, and the toes."""
        side, _, end = self.limb.limb.partition("_")
        toes = (f"{side}_foot",) if end == "ankle" else ()
        return (*(f"{side}_{joint}" for joint in LIMB_PARTS[end]), *toes)

    @property
    def controls(self) -> tuple[str, ...]:
        """The bones that take the keys of an edit."""
        bends = self.limb.pole if self.poled else self.limb.swivel
        return tuple(name for name in (self.limb.target, bends, self.limb.toes) if name is not None)


def visual_pose(matrices: np.ndarray, rig: RestRig, mapping: Mapping, limbs: Iterable[IkDrivenLimb]) -> np.ndarray:
    """Pose matrices (F, bones, 4, 4) in which the mapping's bones of these limbs are where the rig shows the limbs."""
    out = matrices.copy()
    for driven in limbs:
        for role, name in zip(driven.roles, driven.limb.shown, strict=False):
            if role in mapping.bones and name in rig.index:
                i, k = rig.index[mapping.bones[role]], rig.index[name]
                out[:, i] = matrices[:, k] @ np.linalg.inv(rig.bones[k].matrix) @ rig.bones[i].matrix
    return out


def control_changes(
    driven: IkDrivenLimb, before: np.ndarray, after: np.ndarray, rig: RestRig, mapping: Mapping
) -> list[Change]:
    """Changes of a limb's controls when its bones go from one pose to another, both (F, bones, 4, 4).

    ``rig`` is rewired, so that the parents of the controls are what carries them.
    """
    limb = driven.limb
    upper, _, tip = (rig.index[mapping.bones[role]] for role in driven.roles[:3])
    carried = after[:, tip] @ np.linalg.inv(before[:, tip])
    found = [channel_change(rig, limb.target, before, after, carried @ before[:, rig.index[limb.target]])]
    if driven.poled and limb.pole is not None:
        along = after[:, upper] @ np.linalg.inv(before[:, upper])
        found.append(
            channel_change(rig, limb.pole, before, after, along @ before[:, rig.index[limb.pole]], turns=False)
        )
    elif limb.swivel is not None:
        found.append(_swivelled(driven, limb.swivel, before, after, rig, mapping))
    toes = driven.roles[-1]
    if limb.toes is not None and toes.endswith("_foot") and toes in mapping.bones:
        i, k = rig.index[mapping.bones[toes]], rig.index[limb.toes]
        wanted = after[:, i] @ np.linalg.inv(before[:, i]) @ before[:, k]
        turn = transpose(before[:, k, :3, :3]) @ transpose(carried[:, :3, :3]) @ wanted[:, :3, :3]
        found.append(Change(limb.toes, continuous(quaternion_from_matrix(rotation_of(turn))), None))
    return found


def _base(rig: RestRig, name: str, pose: np.ndarray) -> np.ndarray:
    """Pose (F, 4, 4) of a bone without channels, from its parent's."""
    i = rig.index[name]
    parent = rig.parents[i]
    if parent < 0:
        return np.broadcast_to(rig.bones[i].matrix, (len(pose), 4, 4))
    base: np.ndarray = pose[:, parent] @ np.linalg.inv(rig.bones[parent].matrix) @ rig.bones[i].matrix
    return base


def channel_change(
    rig: RestRig, name: str, before: np.ndarray, after: np.ndarray, wanted: np.ndarray, turns: bool = True
) -> Change:
    """The change of the channels of a bone that is to be at ``wanted`` (F, 4, 4) in the pose ``after``."""
    own = [
        np.linalg.inv(_base(rig, name, pose)) @ at
        for pose, at in ((before, before[:, rig.index[name]]), (after, wanted))
    ]
    turn = transpose(own[0][:, :3, :3]) @ own[1][:, :3, :3]
    if not turns:
        turn = np.broadcast_to(np.eye(3), turn.shape)
    return Change(name, continuous(quaternion_from_matrix(rotation_of(turn))), own[1][:, :3, 3] - own[0][:, :3, 3])


def _swivelled(
    driven: IkDrivenLimb, name: str, before: np.ndarray, after: np.ndarray, rig: RestRig, mapping: Mapping
) -> Change:
    """The turn about its own axis of the bone that swivels a limb whose pole does not count.

    Its parent points at the target by the shortest rotation from its own parent's pose. The
    solver bends the limb in a plane that is fixed in the swivelling bone, so the hinge of the upper bone, seen from
    there and projected along its axis, shows how far it is turned: by the angle whose tangent is x / z.
    """
    upper, middle, tip = (rig.index[mapping.bones[role]] for role in driven.roles[:3])
    heads = [rig.bones[k].matrix[:3, 3] for k in (upper, middle, tip)]
    hinge = np.cross(heads[1] - heads[0], heads[2] - heads[1])
    length = np.linalg.norm(heads[1] - heads[0]) * np.linalg.norm(heads[2] - heads[1])
    rest = rig.bones[upper].matrix[:3, :3]
    hinge = rest.T @ hinge / length if np.linalg.norm(hinge) > STRAIGHT * length else np.array([1.0, 0.0, 0.0])
    pointing = rig.bone(name).parent
    assert pointing is not None
    hung = rig.bone(pointing).matrix[:3, :3].T @ rig.bone(name).matrix[:3, :3]
    angles = []
    for pose in (before, after):
        base = _base(rig, pointing, pose)
        direction = normalised(pose[:, tip, :3, 3] - base[:, :3, 3])
        axes = rotation_of(base[:, :3, :3])
        axes = swing(axes[:, :, 1], direction) @ axes @ hung
        x, _, z = np.moveaxis((transpose(axes) @ rotation_of(pose[:, upper, :3, :3]) @ hinge), -1, 0)
        angles.append(np.unwrap(np.arctan2(x, z)))
    turned = angles[1] - angles[0]
    half = 0.5 * (turned - 2.0 * np.pi * np.round(turned[0] / (2.0 * np.pi)))
    zero = np.zeros(len(half))
    return Change(name, np.stack([np.cos(half), zero, np.sin(half), zero], axis=-1), None)
