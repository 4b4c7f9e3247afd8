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

from ..body.rest_rig import RestRig
from ..body.rotations import frame, normalised, swing
from ..body.skeleton import INDEX, JOINTS, LEG_PARTS
from ..files.motion_sources import TABLES, is_whole, stand_ins
from .detection import Mapping
from .straightening import StandingBone, find_standing, up_of

LONGEST_TAIL = 0.5  # of the leg; importers guess the tails of leaf bones, which may be metres away
# How far upwards elbows bend in the T-poses of these families of motion capture, whose forearms turn about one axis.
_CREASES = {"CMU": np.radians(30.0), "Poser": np.radians(26.0)}


@dataclass(frozen=True)
class Figure:
    """A mapped rig at rest."""

    rig: RestRig
    mapping: Mapping

    @cached_property
    def stands(self) -> dict[str, StandingBone]:
        """The standing pose of each bone if the rest pose is not one, else empty."""
        return find_standing(self.rig, self.mapping)

    @property
    def straightened(self) -> bool:
        """Whether the rest pose is neither a T-pose nor an A-pose, so that the standing pose was estimated."""
        return bool(self.stands) or not np.array_equal(self.upright, np.eye(3))

    def stand_turn(self, bone: str) -> np.ndarray:
        """The rotation (3, 3) of a bone from rest to the standing pose, in armature space."""
        return self.stands[bone].turn if bone in self.stands else np.eye(3)

    def standing(self, bone: str, at: np.ndarray) -> np.ndarray:
        """The standing position of a point (3,) fixed to a bone that is at ``at`` at rest."""
        if bone not in self.stands:
            return at
        stand = self.stands[bone]
        place: np.ndarray = stand.head + stand.turn @ (at - self.rig.bone(bone).head)
        return place

    @cached_property
    def basis(self) -> np.ndarray:
        """(3, 3): columns are the figure's left, up and forward in armature space."""
        up = up_of(self.rig)
        left = self._stood("left_hip") - self._stood("right_hip")
        if np.linalg.norm(np.cross(left, up)) < 0.3 * np.linalg.norm(left):  # it lies on its side at rest
            trunk = self._stood("left_shoulder") + self._stood("right_shoulder")
            trunk = trunk - self._stood("left_hip") - self._stood("right_hip")
            forward = np.cross(left, trunk)
            left = np.cross(up, forward)
        return frame(up, left)[:, [1, 0, 2]] * (1.0, 1.0, -1.0)

    def _head(self, role: str) -> np.ndarray:
        return self.rig.bone(self.mapping.bones[role]).head

    def _stood(self, role: str) -> np.ndarray:
        return self.standing(self.mapping.bones[role], self._head(role))

    def tail(self, name: str) -> np.ndarray:
        """The tail (3,) of a bone at rest, no further away than a body part can be."""
        bone = self.rig.bone(name)
        return bone.head + bone.matrix[:3, 1] * min(bone.length, LONGEST_TAIL * self.leg)

    def point(self, armature: np.ndarray) -> np.ndarray:
        """Points (..., 3) of armature space in the figure's axes."""
        return armature @ self.basis

    def anchor(self, role: str) -> tuple[str, np.ndarray]:
        """The bone that a joint is fixed to, and its rest position (3,) in armature space.

        A joint that the rig lacks is placed by its neighbours.
        """
        bones = self.mapping.bones
        side, _, part = role.partition("_")
        if role in bones:
            return bones[role], self._head(role)
        if part in ("wrist", "foot"):
            before = bones[f"{side}_{'elbow' if part == 'wrist' else 'ankle'}"]
            return before, self.tail(before)
        top = bones[self.spine_roles[-1]]
        if role == "neck":
            shoulders = 0.5 * (self._head("left_shoulder") + self._head("right_shoulder"))
            return top, self._head("head") if "head" in bones else shoulders
        if role == "head":
            below = bones[self.neck_roles[-1]] if self.neck_roles else top
            return below, self.tail(below)
        return top, 0.5 * (self.anchor("neck")[1] + self._head(f"{side}_shoulder"))  # a collar

    def place(self, role: str) -> np.ndarray:
        """The position (3,) of a joint in the standing pose, in the figure's axes."""
        return self.point(self.standing(*self.anchor(role)))

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
        """Vectors (N, 3) along the neck bones, the last one to the head."""
        if not self.neck_roles:
            return np.zeros((0, 3))
        return np.diff([*(self.place(role) for role in self.neck_roles), self.place("head")], axis=0)

    @cached_property
    def upright(self) -> np.ndarray:
        """The rotation (3, 3) of the trunk from the rest pose to a T-pose.

        Identity for rigs that stand more or less, whose posture is kept; one that lies or crouches is straightened.
        """
        direction = normalised(self.place("neck") - self.hips)
        lean = swing(direction, np.array([0.0, 1.0, 0.0]))
        return lean if direction[1] < np.cos(np.radians(30.0)) else np.eye(3)

    @cached_property
    def pelvis(self) -> np.ndarray:
        """The frame (3, 3) of the trunk at rest: left, up, forward."""
        return self.upright.T

    @cached_property
    def crease(self) -> float:
        """How far upwards, in radians, straight elbows of the rest pose bend; 0 is forwards."""
        arm = normalised(self.place("left_elbow") - self.place("left_shoulder"))
        return _CREASES.get(self.mapping.family, 0.0) if arm[0] > 0.9 else 0.0

    @cached_property
    def recorded(self) -> np.ndarray | None:
        """The rest joints (22, 3) as motion files on this skeleton hold them; None for unknown skeletons."""
        heads = {b.name: self.point(self.standing(b.name, b.head))[None] for b in self.rig.bones}
        ends = {f"{b.name}_End": self.point(self.standing(b.name, b.tail))[None] for b in self.rig.bones}
        for table in TABLES:
            joints = stand_ins(ends | heads, table)
            if joints is not None and is_whole(joints):
                return joints[0]
        return None

    def hanging(self, joint: str) -> np.ndarray:
        """The vector (3,) from a collar to the shoulder or from the neck to the head."""
        return self.place(joint) - self.place("neck" if joint == "head" else joint.replace("shoulder", "collar"))

    @cached_property
    def leg(self) -> float:
        """Mean length of the legs, hip to knee to ankle."""
        total = 0.0
        for side in ("left", "right"):
            hip, knee, ankle = (self.place(f"{side}_{part}") for part in LEG_PARTS)
            total += float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))
        return 0.5 * total

    @cached_property
    def floor(self) -> float:
        """Height of the soles: the lowest point of the feet and their descendants."""
        lowest = [self.place(f"{side}_{part}")[1] for side in ("left", "right") for part in ("ankle", "foot")]
        feet = {name for role, name in self.mapping.bones.items() if role.endswith(("_ankle", "_foot"))}
        for bone in self.rig.bones:
            if bone.name in feet or feet.intersection(self.rig.ancestors(bone.name)):
                known = bone.length <= LONGEST_TAIL * self.leg
                for at in (bone.head, bone.tail) if known else (bone.head,):
                    lowest.append(self.point(self.standing(bone.name, at))[1])
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
        direction = self.place(f"{side}_foot") - self.place(f"{side}_ankle")
        return float(np.arctan2(-direction[1], np.hypot(direction[0], direction[2])))
