# SPDX-License-Identifier: GPL-3.0-or-later
"""Rig to joints: from a posed rig back to the 22 joints, in the model's proportions."""

from __future__ import annotations

import numpy as np

from ..body.contacts import USUAL
from ..body.posture import OWN
from ..body.rest_rig import RestRig
from ..body.rotations import about, normalised
from ..body.skeleton import BONE_LENGTHS, FPS, INDEX, JOINTS, PARENTS, UP
from ..detect.detection import Mapping, check_scale
from ..detect.rest_figure import Figure
from . import limbs
from .trunk import directions_of

LEG = BONE_LENGTHS[[INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("knee", "ankle")]].sum() / 2
_LIMBS = tuple(
    (f"{side}_{start}", f"{side}_{end}")
    for side in ("left", "right")
    for start, end in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
)
_ORDER: tuple[str, ...] = (
    *("left_hip", "right_hip", "spine1", "spine2", "spine3", "neck", "left_collar", "right_collar", "head"),
    *("left_shoulder", "right_shoulder", *(end for _, end in _LIMBS)),
)


def joints_from_pose(matrices: np.ndarray, rig: RestRig, mapping: Mapping) -> np.ndarray:
    """Joints (F, 22, 3), metres, Y up, that ``retarget`` turns into this pose.

    The figure has the model's bone lengths, stands on a floor at 0 where the rig does, and has the rig's place at
    rest as its origin and its heading at rest as +Z; travel is scaled by leg length. It stands in ``posture.OWN``
    where the rig is at rest. Not included is what 22 points cannot express: the twist of forearms and neck, rotations
    of hands and head against their parents, bent toes, the roll of collars, and how a spine of more than two bones
    shares its bend.

    Args:
        matrices: (F, bones, 4, 4) pose matrices in armature space, in the order of ``rig.bones``.
    """
    check_scale(rig)
    figure = Figure(rig.rewired(mapping.wiring), mapping)
    posed = _PosedRig(matrices, rig, figure)
    back = figure.upright.T
    pelvis, chest = posed.turn("pelvis") @ back, posed.turn(figure.spine_roles[-1]) @ back
    hips = 0.5 * (posed.point("left_hip") + posed.point("right_hip"))
    pose_directions = {"spine": posed.point("neck") - hips}
    for side in ("left", "right"):
        if f"{side}_collar" in mapping.bones:
            pose_directions[f"{side}_shoulder"] = posed.point(f"{side}_shoulder") - posed.point(f"{side}_collar")
    if figure.neck_roles:
        pose_directions["head"] = posed.point("head") - posed.point("neck")
    elif "head" in mapping.bones:
        pose_directions["head"] = posed.turn("head") @ back @ OWN.offset("head")
    directions = directions_of(figure, OWN, pelvis, chest, pose_directions)
    directions.update((end, posed.point(end) - posed.point(start)) for start, end in _LIMBS)

    out = np.zeros((len(matrices), len(JOINTS), 3))

    def place(role: str, direction: np.ndarray) -> None:
        j = INDEX[role]
        out[:, j] = out[:, PARENTS[j]] + BONE_LENGTHS[j] * normalised(direction)

    for role in _ORDER:
        place(role, directions[role])
    middle = 0.5 * (out[:, INDEX["left_hip"]] + out[:, INDEX["right_hip"]])
    goal = hips - figure.hips * (1.0, 0.0, 1.0) - UP * (figure.floor + figure.ankle_height)
    out += (goal * LEG / figure.leg + UP * USUAL.ankle - middle)[:, None]
    for side in ("left", "right"):
        foot_direction = posed.point(f"{side}_foot") - posed.point(f"{side}_ankle")
        place(f"{side}_foot", foot_direction)
        # The solver takes the rig's slope out across the foot and puts the model's in, and the axis across depends
        # slightly on the foot's direction: four steps are exact to a hundredth of a degree.
        for _ in range(4):
            across = limbs.across_foot(out, side, limbs.leg(out, pelvis, side, FPS), FPS)
            angle = np.full(len(out), USUAL.slope - figure.slope(side))
            place(f"{side}_foot", (about(across, angle) @ foot_direction[..., None])[..., 0])
    return out


class _PosedRig:
    """A posed rig in the figure's axes."""

    def __init__(self, matrices: np.ndarray, rig: RestRig, figure: Figure) -> None:
        self.matrices, self.rig, self.figure = matrices, rig, figure

    def turn(self, role: str) -> np.ndarray:
        """(F, 3, 3) rotation of a bone to its pose from where it stands."""
        name = self.figure.anchor(role)[0]
        i = self.rig.index[name]
        armature = self.matrices[:, i, :3, :3] @ (self.figure.stand_turn(name) @ self.rig.bones[i].matrix[:3, :3]).T
        return self.figure.basis.T @ armature / np.cbrt(np.linalg.det(armature))[:, None, None] @ self.figure.basis

    def point(self, role: str) -> np.ndarray:
        """The position (F, 3) of a joint."""
        bone, at = self.figure.anchor(role)
        i = self.rig.index[bone]
        local = np.linalg.inv(self.rig.bones[i].matrix) @ np.append(at, 1.0)
        return self.figure.point((self.matrices[:, i] @ local)[:, :3])
