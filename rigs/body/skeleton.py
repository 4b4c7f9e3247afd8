# SPDX-License-Identifier: GPL-3.0-or-later
"""The one skeleton of the model: 22 joints of SMPL in HumanML3D's order.

Coordinates are metres, Y up; a figure that faces +Z has its left side at +X. Bone lengths are those
of HumanML3D, where every clip is on this one skeleton.
"""

from __future__ import annotations

import numpy as np

FPS = 20.0  # frames per second of every clip that the model reads or writes
TOKEN_FRAMES = 4  # frames behind one latent token
MAX_FRAMES = 196  # longest clip of one sampling window
MIN_FRAMES = 40  # shortest clip of the training data

JOINTS: tuple[str, ...] = (
    "pelvis",
    "left_hip",
    "right_hip",
    "spine1",
    "left_knee",
    "right_knee",
    "spine2",
    "left_ankle",
    "right_ankle",
    "spine3",
    "left_foot",
    "right_foot",
    "neck",
    "left_collar",
    "right_collar",
    "head",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
)
INDEX: dict[str, int] = {name: i for i, name in enumerate(JOINTS)}
ARM_PARTS, LEG_PARTS = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")  # root, middle and end of a limb
LIMB_PARTS = {"wrist": ARM_PARTS, "ankle": LEG_PARTS}  # by the end
UP = np.array([0.0, 1.0, 0.0])
PARENTS: tuple[int, ...] = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)

# Distance of each joint to its parent in metres; the pelvis has none.
# fmt: off
BONE_LENGTHS = np.array([
    0.0, 0.1031, 0.1099, 0.1316, 0.3936, 0.3902, 0.1432, 0.4324, 0.4256, 0.0574, 0.1434,
    0.1494, 0.2194, 0.1375, 0.1434, 0.103, 0.1316, 0.123, 0.2568, 0.2631, 0.266, 0.2699,
])
# fmt: on

# MIRROR[j] is the joint on the other side of the body (itself on the midline).
MIRROR: tuple[int, ...] = tuple(
    INDEX[name.replace("left_", "*").replace("right_", "left_").replace("*", "right_")] for name in JOINTS
)
