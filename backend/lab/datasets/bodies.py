# SPDX-License-Identifier: GPL-3.0-or-later
"""Other skeletons' joints as the 22 roles. Every role is a point between two of theirs; bone lengths are set later."""

from __future__ import annotations

import numpy as np

from ....rigs.body.skeleton import JOINTS

# role: (joint, joint, share of the way from the first to the second)
Recipe = dict[str, tuple[int, int, float]]


def _at(joint: int) -> tuple[int, int, float]:
    return joint, joint, 0.0


def _sides(left: dict[str, int], right: dict[str, int], chest: int) -> Recipe:
    """Limbs of both sides, the collars a third of the way from the top of the spine to the shoulders."""
    recipe: Recipe = {}
    for side, joints in (("left", left), ("right", right)):
        recipe |= {f"{side}_{part}": _at(joint) for part, joint in joints.items()}
        recipe[f"{side}_collar"] = (chest, joints["shoulder"], 0.35)
    return recipe


_PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")

# Kinect v2: 0 spine base, 1 spine middle, 20 spine at the shoulders, 2 neck, 3 head, then arms and legs.
KINECT: Recipe = {
    "pelvis": _at(0),
    "spine1": (0, 1, 0.5),
    "spine2": _at(1),
    "spine3": (1, 20, 0.6),
    "neck": (20, 2, 0.5),
    "head": (2, 3, 0.5),
    **_sides(
        dict(zip(_PARTS, (4, 5, 6, 12, 13, 14, 15), strict=True)),
        dict(zip(_PARTS, (8, 9, 10, 16, 17, 18, 19), strict=True)),
        chest=20,
    ),
}

# KIT-ML: 0 root, 1 pelvis, 2 thorax, 3 lower neck, 4 upper neck; 14 and 19 lie between ankle and toes.
KIT: Recipe = {
    "pelvis": _at(0),
    "spine1": _at(1),
    "spine2": (1, 2, 0.8),
    "spine3": (2, 3, 0.4),
    "neck": _at(3),
    "head": _at(4),
    **_sides(
        dict(zip(_PARTS, (8, 9, 10, 16, 17, 18, 20), strict=True)),
        dict(zip(_PARTS, (5, 6, 7, 11, 12, 13, 15), strict=True)),
        chest=3,
    ),
}

_MIDDLE = 18  # between the hips, put behind the 18 joints of OpenPose
_LEFT_TOE, _RIGHT_TOE = 19, 20
OPENPOSE: Recipe = {
    "pelvis": _at(_MIDDLE),
    "spine1": (_MIDDLE, 1, 0.25),
    "spine2": (_MIDDLE, 1, 0.5),
    "spine3": (_MIDDLE, 1, 0.65),
    "neck": _at(1),
    "head": (1, 0, 0.7),
    **_sides(
        dict(zip(_PARTS, (5, 6, 7, 11, 12, 13, _LEFT_TOE), strict=True)),
        dict(zip(_PARTS, (2, 3, 4, 8, 9, 10, _RIGHT_TOE), strict=True)),
        chest=1,
    ),
}


def converted(points: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Joints (F, 22, 3) out of another skeleton's points (F, N, 3)."""
    first, second, share = zip(*(recipe[name] for name in JOINTS), strict=True)
    weight = np.array(share)[:, None]
    result: np.ndarray = points[:, list(first)] * (1 - weight) + points[:, list(second)] * weight
    return result


def openpose_points(image: np.ndarray) -> np.ndarray:
    """The 18 points (F, 18, 2) of a picture, x to the right and y down, as a flat figure (F, 21, 3), Y up.

    Depth is not known and taken as 0; toes, which the 18 points lack, point straight ahead from the ankles. A figure
    seen from the front has its left side on the right of the picture, so +X is its left and it faces +Z.
    """
    flat = np.concatenate([image * (1.0, -1.0), np.zeros((*image.shape[:2], 1))], axis=-1)
    shin = np.linalg.norm(flat[:, [10, 13]] - flat[:, [9, 12]], axis=-1).mean(axis=1)
    toe = shin[:, None] * np.array([0.0, -0.16, 0.35])
    middle = 0.5 * (flat[:, 8] + flat[:, 11])
    return np.concatenate([flat, np.stack([middle, flat[:, 13] + toe, flat[:, 10] + toe], axis=1)], axis=1)
