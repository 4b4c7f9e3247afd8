# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip in the posture in which rigs are read, whatever skeleton it was captured on.

``retarget`` takes the joints of a clip for turns of a figure that stands in the posture of the clip's own skeleton, and
``joints_from_pose`` writes such turns down in ``posture.OWN``. What comes out here is what would come back from a rig
whose rest pose is that posture and whose feet were not planted: the same pose, said as every rig says it.
"""

from __future__ import annotations

import numpy as np

from . import limbs
from .contacts import USUAL, find_stance
from .posture import OWN, Posture, chest_turn, find_posture, pelvis_turn, way
from .rotations import about, normalised, swing
from .skeleton import BONE_LENGTHS, FPS, INDEX, JOINTS, PARENTS
from .trunk import model_ways, neck_turn, spine_swing, ways_seen


def in_own_posture(joints: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) in metres, Y up, 20 fps, floor at 0, in ``posture.OWN`` and on the model's bone lengths.

    Place and heading are kept; a clip that was read off a rig comes back as it is.
    """
    posture = find_posture(joints)
    if posture is OWN:
        return joints
    stance = find_stance(joints)
    out = np.zeros(joints.shape)
    ways = {name: way(joints, name) for name in JOINTS[1:]}
    ways.update(trunk_ways(joints, posture))
    pelvis = pelvis_turn(joints, posture)
    angle = np.full(len(joints), USUAL.slope - stance.slope)
    for side in ("left", "right"):
        across = limbs.across_foot(joints, side, limbs.leg(joints, pelvis, side, FPS), FPS)
        ways[f"{side}_foot"] = (about(across, angle) @ ways[f"{side}_foot"][..., None])[..., 0]
    for j in range(1, len(JOINTS)):
        out[:, j] = out[:, PARENTS[j]] + BONE_LENGTHS[j] * ways[JOINTS[j]]
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    shift = joints[:, hips].mean(axis=1) - out[:, hips].mean(axis=1)
    shift[:, 1] += USUAL.ankle - stance.ankle
    moved: np.ndarray = (out + shift[:, None]).astype(joints.dtype)
    return moved


def trunk_ways(joints: np.ndarray, posture: Posture) -> dict[str, np.ndarray]:
    """Unit vectors (F, 3) from joint to joint of the trunk in ``OWN``, of joints (F, 22, 3) in another posture."""
    pelvis, chest = pelvis_turn(joints, posture), chest_turn(joints, posture)
    seen = ways_seen(joints, posture)
    out = model_ways(OWN, pelvis, chest, spine_swing(seen, posture, pelvis, chest))
    out["head"] = neck_turn(seen, posture, chest) @ normalised(OWN.way("head"))
    for name in ("left_shoulder", "right_shoulder"):
        usual = chest @ normalised(posture.way(name))
        raised = swing(usual, way(joints, name)) @ chest
        out[name] = raised @ normalised(OWN.way(name))
    return out
