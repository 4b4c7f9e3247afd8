# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest pose of a mapped rig as a figure in the axes of the 22 joints.

The figure's axes are those of the model: left is +X, up is +Y, it faces +Z. Up is the world's, so a rig whose
object is scaled or turned comes out upright; left is from the right hip to the left hip at rest, so motion starts where
the character faces. All lengths stay in armature units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .detection import Mapping
from .rest import RestRig
from .rotations import frame, normalised, swing
from .skeleton import INDEX, JOINTS
from .sources import TABLES, stand_ins

# How far upwards elbows bend in the T-poses of these families of motion capture, whose forearms turn about one axis.
_CREASES = {"CMU": np.radians(30.0), "Poser": np.radians(26.0)}


@dataclass(frozen=True)
class Figure:
    """A mapped rig at rest."""

    rig: RestRig
    mapping: Mapping

    @cached_property
    def basis(self) -> np.ndarray:
        """(3, 3): columns are the figure's left, up and forward in armature space."""
        linear = self.rig.matrix_world[:3, :3]
        up = normalised(np.linalg.inv(linear) @ np.array([0.0, 0.0, 1.0]))
        left = self._head("left_hip") - self._head("right_hip")
        if np.linalg.norm(np.cross(left, up)) < 0.3 * np.linalg.norm(left):  # it lies on its side at rest
            trunk = self._head("left_shoulder") + self._head("right_shoulder")
            trunk = trunk - self._head("left_hip") - self._head("right_hip")
            forward = np.cross(left, trunk)
            left = np.cross(up, forward)
        return frame(up, left)[:, [1, 0, 2]] * (1.0, 1.0, -1.0)

    def _head(self, role: str) -> np.ndarray:
        return self.rig.bone(self.mapping.bones[role]).head

    def point(self, armature: np.ndarray) -> np.ndarray:
        """Points (..., 3) of armature space in the figure's axes."""
        return armature @ self.basis

    def anchor(self, role: str) -> tuple[str, np.ndarray]:
        """The bone that a joint is fixed to, and where it is at rest (3,) in armature space.

        A joint that the rig lacks is put where its neighbours leave it.
        """
        bones = self.mapping.bones
        side, _, part = role.partition("_")
        if role in bones:
            return bones[role], self._head(role)
        if part in ("wrist", "foot"):
            before = bones[f"{side}_{'elbow' if part == 'wrist' else 'ankle'}"]
            return before, self.rig.bone(before).tail
        top = bones[self.spine_roles[-1]]
        if role == "neck":
            shoulders = 0.5 * (self._head("left_shoulder") + self._head("right_shoulder"))
            return top, self._head("head") if "head" in bones else shoulders
        if role == "head":
            below = bones[self.neck_roles[-1]] if self.neck_roles else top
            return below, self.rig.bone(below).tail
        return top, 0.5 * (self.anchor("neck")[1] + self._head(f"{side}_shoulder"))  # a collar

    def place(self, role: str) -> np.ndarray:
        """Where a joint (3,) is at rest, in the figure's axes."""
        return self.point(self.anchor(role)[1])

    @cached_property
    def hips(self) -> np.ndarray:
        """The point between the hip joints."""
        return 0.5 * (self.place("left_hip") + self.place("right_hip"))

    @cached_property
    def spine_roles(self) -> list[str]:
        """Spine bones from the pelvis up."""
        return sorted((r for r in self.mapping.bones if r.startswith("spine")), key=lambda r: int(r[5:]))

    @cached_property
    def spine(self) -> np.ndarray:
        """Heads of the spine bones and, last, the neck: (N + 1, 3)."""
        return np.stack([*(self.place(role) for role in self.spine_roles), self.place("neck")])

    @cached_property
    def neck_roles(self) -> list[str]:
        """Neck bones from the chest up."""
        return sorted((r for r in self.mapping.bones if r.startswith("neck")), key=lambda r: int(r[4:] or 1))

    @cached_property
    def neck(self) -> np.ndarray:
        """(N, 3) the ways along the neck bones, the last to the head."""
        if not self.neck_roles:
            return np.zeros((0, 3))
        return np.diff([*(self.place(role) for role in self.neck_roles), self.place("head")], axis=0)

    @cached_property
    def upright(self) -> np.ndarray:
        """(3, 3) what takes the trunk from its rest pose to that of a T-pose.

        Rigs stand at rest, more or less, and how they hold themselves is theirs. One that lies or crouches is put up.
        """
        way = normalised(self.place("neck") - self.hips)
        lean = swing(way, np.array([0.0, 1.0, 0.0]))
        return lean if way[1] < np.cos(np.radians(30.0)) else np.eye(3)

    @cached_property
    def pelvis(self) -> np.ndarray:
        """The frame (3, 3) of the trunk at rest: left, up, forward."""
        return self.upright.T

    @cached_property
    def crease(self) -> float:
        """How far upwards, in radians, an elbow bends at rest where the arm shows no bend of its own; else forwards."""
        arm = normalised(self.place("left_elbow") - self.place("left_shoulder"))
        return _CREASES.get(self.mapping.family, 0.0) if arm[0] > 0.9 else 0.0

    @cached_property
    def recorded(self) -> np.ndarray | None:
        """(22, 3) the joints at rest as they are read from motion files on this rig's skeleton, where that is known."""
        heads = {bone.name: self.point(bone.head)[None] for bone in self.rig.bones}
        ends = {f"{bone.name}_End": self.point(bone.tail)[None] for bone in self.rig.bones}
        for table in TABLES:
            joints = stand_ins(ends | heads, table)
            if joints is not None:
                return joints[0]
        return None

    def hanging(self, joint: str) -> np.ndarray:
        """The way (3,) from a collar to the shoulder or from the neck to the head."""
        return self.place(joint) - self.place("neck" if joint == "head" else joint.replace("shoulder", "collar"))

    @cached_property
    def leg(self) -> float:
        """Mean length of the legs, hip to knee to ankle."""
        total = 0.0
        for side in ("left", "right"):
            hip, knee, ankle = (self.place(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
            total += float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))
        return 0.5 * total

    @cached_property
    def floor(self) -> float:
        """Height of the soles: the lowest point of the feet and of what hangs on them."""
        lowest = [self.place(f"{side}_{part}")[1] for side in ("left", "right") for part in ("ankle", "foot")]
        feet = {name for role, name in self.mapping.bones.items() if role.endswith(("_ankle", "_foot"))}
        for bone in self.rig.bones:
            if bone.name in feet or feet.intersection(self.rig.ancestors(bone.name)):
                lowest += [self.point(bone.head)[1], self.point(bone.tail)[1]]
        return float(min(lowest))

    @cached_property
    def ankle_height(self) -> float:
        """Mean height of the ankles above the soles."""
        return 0.5 * float(self.place("left_ankle")[1] + self.place("right_ankle")[1]) - self.floor

    @cached_property
    def limb_joints(self) -> np.ndarray:
        """(1, 22, 3): the joints of arms and legs at rest; the others are zero."""
        out = np.zeros((1, len(JOINTS), 3))
        for side in ("left", "right"):
            for part in ("hip", "knee", "ankle", "foot", "shoulder", "elbow", "wrist"):
                out[0, INDEX[f"{side}_{part}"]] = self.place(f"{side}_{part}")
        return out

    def slope(self, side: str) -> float:
        """How far a foot points down at rest from ankle to toes, in radians."""
        way = self.place(f"{side}_foot") - self.place(f"{side}_ankle")
        return float(np.arctan2(-way[1], np.hypot(way[0], way[2])))
