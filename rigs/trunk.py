# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of pelvis and chest from joint positions, and how the bones of a spine share what lies between them.

Turns here are rotations (F, 3, 3) in the figure's axes that take a bone from its rest pose to its pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .figure import Figure
from .rotations import angle_of, between, frame, normalised, swing, transpose
from .skeleton import INDEX

# Directions in the chest frame (left, up, forward) of a person who stands with the arms down: from collar to
# shoulder on the left, and from neck to head; medians over the captured clips.
COLLAR = normalised(np.array([0.96, 0.22, -0.05]))
NECK = normalised(np.array([0.0, 0.90, 0.40]))


@dataclass(frozen=True)
class Posture:
    """Those directions in one clip, each (3,). A rig holds its own collars and neck at rest that way."""

    left_collar: np.ndarray
    right_collar: np.ndarray
    neck: np.ndarray


def find_posture(joints: np.ndarray) -> Posture:
    """The posture of a clip (F, 22, 3).

    The skeletons behind the clips hold the head 11 to 41 degrees forward of the neck and the collars -11 to 17 up
    while their people stand alike, so it is read off the clip: medians over the frames in which the trunk is
    upright and the arms hang. It stays within 22 degrees of the usual, so that a head that is bowed throughout a clip
    stays bowed. Without such frames the usual stands.
    """
    chest = chest_frame(joints)
    trunk = normalised(joint(joints, "neck") - joint(joints, "pelvis"))
    hang = np.ones(len(joints), dtype=bool)
    for side in ("left", "right"):
        arm = normalised(joint(joints, f"{side}_elbow") - joint(joints, f"{side}_shoulder"))
        hang &= arm[:, 1] < -0.5
    stands = hang & (trunk[:, 1] > 0.95)

    def usual(start: str, end: str, direction: np.ndarray) -> np.ndarray:
        if np.count_nonzero(stands) < 5:
            return direction
        way = normalised(joint(joints, end) - joint(joints, start))[stands]
        seen = normalised(np.median((transpose(chest[stands]) @ way[..., None])[..., 0], axis=0))
        share = min(1.0, np.radians(22.0) / max(float(angle_of(direction, seen)), 1e-6))
        return between(np.eye(3), swing(direction, seen), share) @ direction

    return Posture(
        usual("left_collar", "left_shoulder", COLLAR),
        usual("right_collar", "right_shoulder", COLLAR * (-1.0, 1.0, 1.0)),
        usual("neck", "head", NECK),
    )


def joint(joints: np.ndarray, name: str) -> np.ndarray:
    """One joint (F, 3)."""
    return joints[:, INDEX[name]]


def pelvis_frame(joints: np.ndarray) -> np.ndarray:
    """(F, 3, 3) left, up, forward. Up goes to spine2: spine1 is too near and differs between skeletons."""
    left, right = joint(joints, "left_hip"), joint(joints, "right_hip")
    return frame(left - right, joint(joints, "spine2") - 0.5 * (left + right))


def chest_frame(joints: np.ndarray) -> np.ndarray:
    """(F, 3, 3) left, up, forward. Collars count beside the shoulders, which move by themselves."""
    left = joint(joints, "left_shoulder") - joint(joints, "right_shoulder")
    left = left + joint(joints, "left_collar") - joint(joints, "right_collar")
    return frame(left, joint(joints, "neck") - joint(joints, "spine3"))


def spine_turns(joints: np.ndarray, figure: Figure, pelvis: np.ndarray, chest: np.ndarray) -> list[np.ndarray]:
    """Turns of the spine bones from the pelvis up.

    Bone k of N takes the share k / N of the way from the pelvis' turn to the chest's. Then all of them swing
    together so that the neck lies in the source's direction from the hips. With A the part of the chain that
    is rigid with the pelvis and B the bent rest, both (3,), the swing S must make A + S B parallel to the unit
    vector w: S B = r w - A with r = w.A + sqrt((w.A)² - |A|² + |B|²).
    """
    count = len(figure.spine_roles)
    turns = [between(pelvis, chest, (k + 1) / count) for k in range(count)]
    bones = np.diff(figure.spine, axis=0)
    base = pelvis @ (figure.spine[0] - figure.hips)
    bent = sum((turn @ bone for turn, bone in zip(turns, bones, strict=True)), start=np.zeros(3))
    hips = 0.5 * (joint(joints, "left_hip") + joint(joints, "right_hip"))
    goal = normalised(joint(joints, "neck") - hips)
    along = (goal * base).sum(-1)
    root = np.maximum(along**2 - (base**2).sum(-1) + (bent**2).sum(-1), 0.0)
    wanted = (along + np.sqrt(root))[:, None] * goal - base
    swung = swing(normalised(bent), normalised(wanted))
    return [swung @ turn for turn in turns]


def lean(way: np.ndarray, chest: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """How a collar or the neck has left its usual direction: (F, 3, 3) in the chest frame.

    Args:
        way: (F, 3) from collar to shoulder or from neck to head.
        chest: (F, 3, 3) the source's chest frame.
        usual: (3,) that direction in the clip's posture.
    """
    return swing(usual, normalised((transpose(chest) @ way[..., None])[..., 0]))
