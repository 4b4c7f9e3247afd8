# SPDX-License-Identifier: GPL-3.0-or-later
"""The trunk joints of a figure in a T-pose, which retargeting and its inverse share.

The skeletons behind the clips cut the trunk at different heights. In a T-pose the collar joints of CMU's lie on the
line to the shoulders and its neck joint is halfway up the neck, those of ACCAD lie below the neck and its head joint
is at the skull. Their T-poses agree, though: people who stand with hanging arms hold pelvis, chest and neck within 10
degrees of them in all. So a rig's rest pose is taken for a T-pose, and a turn of the trunk takes the joints of
the T-pose to those of a frame.

Collar joints are rigid with the chest and hips with the pelvis in all of them. The angle between the collars, seen from
spine3, is 15, 63 or 141 degrees: it tells the skeletons apart, and where between two of
them a generated clip is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .rotations import angle_of, frame, normalised, transpose
from .skeleton import INDEX, JOINTS, PARENTS

_NAMES = ("hip", "spine1", "spine2", "spine3", "neck", "collar", "head", "shoulder")


@dataclass(frozen=True)
class Posture:
    """A T-pose that faces +Z.

    Attributes:
        offsets: (22, 3) metres from the parent; only those of the trunk are set.
        shares: (3,) of the turn from pelvis to chest, for the segments to spine1, spine2 and spine3.
        neck: 1 where the neck joint is rigid with the chest, 0 where spine3 is where the neck begins.
    """

    offsets: np.ndarray
    shares: np.ndarray
    neck: float

    def offset(self, joint: str) -> np.ndarray:
        """The offset (3,) of a joint from its parent."""
        return self.offsets[INDEX[joint]]

    @property
    def hips(self) -> np.ndarray:
        """The point (3,) between the hips, from the pelvis joint."""
        return 0.5 * (self.offset("left_hip") + self.offset("right_hip"))


def _posture(
    directions: tuple[tuple[float, float, float], ...], shares: tuple[float, float, float], neck: float
) -> Posture:
    offsets = np.zeros((len(JOINTS), 3))
    for name, direction in zip(_NAMES, directions, strict=True):
        if name in INDEX:
            offsets[INDEX[name]] = direction
        else:
            offsets[INDEX[f"left_{name}"]] = direction
            offsets[INDEX[f"right_{name}"]] = np.array(direction) * (-1.0, 1.0, 1.0)
    return Posture(offsets, np.array(shares), neck)


# Medians over the performers of the captured clips at the model's length of legs, made symmetric: hip, spine1, spine2,
# spine3, neck, collar, head, shoulder.
# fmt: off
ACCAD = _posture(((0.088, -0.070, -0.014), (0.0, 0.085, -0.029), (0.0, 0.133, 0.014), (0.0, 0.061, 0.018),
                  (0.0, 0.201, -0.032), (0.069, 0.115, -0.013), (0.0, 0.084, 0.056), (0.125, 0.033, -0.015)),
                 (0.0, 1 / 3, 2 / 3), 1.0)
CMU = _posture(((0.090, -0.100, 0.040), (0.0, 0.114, -0.008), (0.0, 0.114, 0.0), (0.0, 0.115, 0.004),
                (0.0, 0.092, 0.008), (0.095, 0.025, -0.007), (0.0, 0.185, 0.006), (0.095, 0.025, -0.007)),
               (1 / 3, 2 / 3, 1.0), 0.0)
CHARACTER = _posture(((0.088, 0.026, -0.010), (0.0, 0.207, -0.007), (0.0, 0.058, -0.002), (0.0, 0.058, -0.002),
                      (0.0, 0.222, -0.022), (0.027, 0.192, -0.049), (0.0, 0.071, 0.012), (0.088, -0.019, 0.015)),
                     (0.0, 0.5, 0.5), 1.0)
# fmt: on
# What ``joints_from_pose`` makes.
OWN = ACCAD
_OWN_ANGLES = tuple(
    float(np.degrees(angle_of(OWN.offset(f"left_{part}"), OWN.offset(f"right_{part}")))) for part in ("collar", "hip")
)
RECORDED = 0.3  # degrees by which they may be off on the skeleton that a clip was recorded on
SAME = 0.02  # degrees by which these angles may be off; those of no performer come within 0.1 of both
# Degrees between the collars, with the skeleton: the ranges of their performers; clips in between are mixtures.
_COLLARS = ((15.5, CHARACTER), (57.0, ACCAD), (68.0, ACCAD), (127.0, CMU))


def find_posture(joints: np.ndarray, recorded: np.ndarray | None = None) -> Posture:
    """The posture of the skeleton behind a clip (F, 22, 3), from the angle between its collars.

    ``recorded`` (22, 3) are the joints of a skeleton in its T-pose that the clip may have been recorded on. It has
    been where collars and hips have the same angles, which no other performer has, and then its T-pose is taken.
    Where the neck begins at spine3, shoulders are rigid with the chest too, and they are put where this performer has
    them. ``OWN`` itself is returned for a clip that ``joints_from_pose`` made.
    """
    seen = _between(joints, "collar")
    if abs(seen - _OWN_ANGLES[0]) < SAME and abs(_between(joints, "hip") - _OWN_ANGLES[1]) < SAME:
        return OWN
    angles = [angle for angle, _ in _COLLARS]
    shares = [float(np.interp(seen, angles, column)) for column in np.eye(len(angles))]
    kinds = [posture for _, posture in _COLLARS]
    offsets = sum((s * kind.offsets for s, kind in zip(shares, kinds, strict=True)), np.zeros((len(JOINTS), 3)))
    turned = sum((s * kind.shares for s, kind in zip(shares, kinds, strict=True)), np.zeros(3))
    found = Posture(offsets, turned, sum(s * kind.neck for s, kind in zip(shares, kinds, strict=True)))
    if recorded is not None and all(
        abs(_between(joints, part) - _between(recorded[None], part)) < RECORDED for part in ("collar", "hip")
    ):
        return replace(found, offsets=recorded - recorded[list(PARENTS)])
    if found.neck < 1.0:
        chest = transpose(chest_turn(joints, found))
        for side in ("left", "right"):
            j = INDEX[f"{side}_shoulder"]
            length = np.linalg.norm(offsets[j])
            own = normalised(np.median((chest @ bone_direction(joints, JOINTS[j])[..., None])[..., 0], axis=0))
            offsets[j] = length * normalised(found.neck * offsets[j] / length + (1.0 - found.neck) * own)
    return found


def _between(joints: np.ndarray, part: str) -> float:
    """The median angle in degrees between the left and the right one, seen from their parent."""
    return float(
        np.degrees(np.median(angle_of(bone_direction(joints, f"left_{part}"), bone_direction(joints, f"right_{part}"))))
    )


def bone_direction(joints: np.ndarray, name: str) -> np.ndarray:
    """Unit vectors (F, 3) to a joint from its parent."""
    j = INDEX[name]
    return normalised(joints[:, j] - joints[:, PARENTS[j]])


def pelvis_turn(joints: np.ndarray, posture: Posture) -> np.ndarray:
    """(F, 3, 3) from the two hips, which are rigid with the pelvis."""
    now, rest = (
        frame(left - right, -left - right)
        for left, right in (
            (bone_direction(joints, "left_hip"), bone_direction(joints, "right_hip")),
            (normalised(posture.offset("left_hip")), normalised(posture.offset("right_hip"))),
        )
    )
    return now @ rest.T


def chest_turn(joints: np.ndarray, posture: Posture) -> np.ndarray:
    """(F, 3, 3) from the two collars and the direction to the neck or to spine3, which are rigid with the chest."""
    neck = posture.neck
    now = frame(
        bone_direction(joints, "left_collar") - bone_direction(joints, "right_collar"),
        neck * bone_direction(joints, "neck") + (1.0 - neck) * bone_direction(joints, "spine3"),
    )
    rest = frame(
        normalised(posture.offset("left_collar")) - normalised(posture.offset("right_collar")),
        neck * normalised(posture.offset("neck")) + (1.0 - neck) * normalised(posture.offset("spine3")),
    )
    return now @ rest.T
