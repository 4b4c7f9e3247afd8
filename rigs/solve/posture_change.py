# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip in the posture in which rigs are read, whatever skeleton it was captured on.

``retarget`` takes the joints of a clip for turns of a figure that stands in the posture of the clip's own skeleton, and
``joints_from_pose`` expresses such turns in ``posture.OWN``. The result here is what would be read off a rig whose rest
pose is that posture and whose feet were not planted: the same pose, expressed as for every rig.
"""

from __future__ import annotations

import numpy as np

from ..body.contacts import USUAL, find_stance
from ..body.posture import OWN, Posture, bone_direction, chest_turn, find_posture, pelvis_turn
from ..body.rotations import about, normalised, swing
from ..body.skeleton import BONE_LENGTHS, FPS, INDEX, JOINTS, PARENTS
from . import limbs
from .trunk import model_directions, neck_turn, spine_swing, trunk_directions


def in_own_posture(joints: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) in metres, Y up, 20 fps, floor at 0, in ``posture.OWN`` and on the model's bone lengths.

    Place and heading are kept; a clip that was read off a rig comes back as it is.
    """
    posture = find_posture(joints)
    if posture is OWN:
        return joints
    stance = find_stance(joints)
    out = np.zeros(joints.shape)
    directions = {name: bone_direction(joints, name) for name in JOINTS[1:]}
    directions.update(trunk_in_own_posture(joints, posture))
    pelvis = pelvis_turn(joints, posture)
    angle = np.full(len(joints), USUAL.slope - stance.slope)
    for side in ("left", "right"):
        across = limbs.across_foot(joints, side, limbs.leg(joints, pelvis, side, FPS), FPS)
        directions[f"{side}_foot"] = (about(across, angle) @ directions[f"{side}_foot"][..., None])[..., 0]
    for j in range(1, len(JOINTS)):
        out[:, j] = out[:, PARENTS[j]] + BONE_LENGTHS[j] * directions[JOINTS[j]]
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    shift = joints[:, hips].mean(axis=1) - out[:, hips].mean(axis=1)
    shift[:, 1] += USUAL.ankle - stance.ankle
    moved: np.ndarray = (out + shift[:, None]).astype(joints.dtype)
    return moved


def trunk_in_own_posture(joints: np.ndarray, posture: Posture) -> dict[str, np.ndarray]:
    """Unit vectors (F, 3) from joint to joint of the trunk in ``OWN``, of joints (F, 22, 3) in another posture."""
    pelvis, chest = pelvis_turn(joints, posture), chest_turn(joints, posture)
    seen = trunk_directions(joints, posture)
    out = model_directions(OWN, pelvis, chest, spine_swing(seen, posture, pelvis, chest))
    out["head"] = neck_turn(seen, posture, chest) @ normalised(OWN.offset("head"))
    for name in ("left_shoulder", "right_shoulder"):
        usual = chest @ normalised(posture.offset(name))
        raised = swing(usual, bone_direction(joints, name)) @ chest
        out[name] = raised @ normalised(OWN.offset(name))
    return out
