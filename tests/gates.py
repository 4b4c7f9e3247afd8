# SPDX-License-Identifier: GPL-3.0-or-later
"""What a retargeted clip is judged by: a rig posed by forward kinematics, and measures of it in the world."""

from __future__ import annotations

import motions
import numpy as np
from coamd.rigs.detection import Mapping, detect
from coamd.rigs.figure import Figure
from coamd.rigs.pose import pose
from coamd.rigs.rest import RestRig
from coamd.rigs.retarget import retarget
from coamd.rigs.rotations import angle_between, angle_of, quaternion_from_matrix, twist_angle
from coamd.rigs.skeleton import INDEX

CLIPS = {
    "walk": motions.walk(3.0),
    "circle": motions.walk(6.0, 2.0 * np.pi / 6.0),
    "T-pose": motions.still(1.0, spread=np.pi / 2 - 0.15),
    "straight": motions.still(1.0),
    "sit": motions.sit(),
    "lie": motions.lie(),
}
TABLES = (
    "kaykit_knight",
    "mesh2motion_human",
    "mpfb_cmu",
    "mpfb_default",
    "mpfb_game_engine",
    "mpfb_mixamo",
    "mpfb_mixamo_unity",
    "mpfb_rigify_metarig",
)
LIMBS = [(f"{s}_{a}", f"{s}_{b}") for s in ("left", "right") for a, b in (("hip", "knee"), ("knee", "ankle"))]
LIMBS += [(f"{s}_{a}", f"{s}_{b}") for s in ("left", "right") for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))]
TWIST = {"hip": 100.0, "knee": 95.0, "shoulder": 130.0, "elbow": 165.0}
UP = np.array([0.0, 0.0, 1.0])


class Posed:
    """A rig that was given a clip, in the world's axes: (x, y, z) -> (x, z, -y) makes them the model's."""

    def __init__(self, joints: np.ndarray, rig: RestRig, mapping: Mapping | None = None, ground: bool = False) -> None:
        self.rig, self.mapping = rig, mapping or detect(rig)
        self.curves = retarget(joints, rig, self.mapping, fps=20.0, ground=ground)
        self.matrices = rig.matrix_world @ pose(rig, self.curves)
        self.rest = rig.matrix_world @ rig.matrices

    def head(self, role: str) -> np.ndarray:
        return self.matrices[:, self.rig.index[self.mapping.bones[role]], :3, 3]

    def turn(self, role: str) -> np.ndarray:
        """(F, 3, 3) rotation from rest to pose."""
        bone = self.rig.index[self.mapping.bones[role]]
        rest = self.rest[bone, :3, :3]
        return self.matrices[:, bone, :3, :3] @ np.linalg.inv(rest)

    def directions(self) -> np.ndarray:
        return np.stack([self.head(end) - self.head(start) for start, end in LIMBS], axis=1)


def to_world(joints: np.ndarray) -> np.ndarray:
    return joints[..., [0, 2, 1]] * (1.0, -1.0, 1.0)


def source_directions(joints: np.ndarray) -> np.ndarray:
    return to_world(np.stack([joints[:, INDEX[end]] - joints[:, INDEX[start]] for start, end in LIMBS], axis=1))


def direction_error(posed: Posed, joints: np.ndarray) -> float:
    """Mean angle in degrees between the limbs of rig and source."""
    return float(np.degrees(angle_of(posed.directions(), source_directions(joints))).mean())


def largest_step(posed: Posed) -> float:
    """The largest turn of any mapped bone from one frame to the next, in degrees."""
    return max(float(np.degrees(angle_between(t[1:], t[:-1])).max()) for t in map(posed.turn, posed.mapping.bones))


def twists(posed: Posed) -> dict[str, float]:
    """The largest twist of limbs against what they hang on, about the direction at rest, in degrees."""
    above = {"hip": "pelvis", "knee": "hip", "shoulder": "spine1", "elbow": "shoulder"}
    ends = dict(LIMBS)
    out: dict[str, float] = {}
    top = Figure(posed.rig, posed.mapping).spine_roles[-1]
    for start, end in ends.items():
        side, _, part = start.partition("_")
        parent = {"pelvis": "pelvis", "spine1": top}.get(above[part], f"{side}_{above[part]}")
        local = np.swapaxes(posed.turn(parent), 1, 2) @ posed.turn(start)
        heads = [posed.rest[posed.rig.index[posed.mapping.bones[role]], :3, 3] for role in (start, end)]
        axis = (heads[1] - heads[0]) / np.linalg.norm(heads[1] - heads[0])
        angle = np.degrees(np.abs(twist_angle(quaternion_from_matrix(local), axis))).max()
        out[part] = max(out.get(part, 0.0), float(angle))
    return out


def tilt(posed: Posed, side: str) -> np.ndarray:
    """(F,) degrees by which a foot is off level, that is, off its attitude at rest."""
    return np.degrees(angle_of(posed.turn(f"{side}_ankle") @ UP, UP))
