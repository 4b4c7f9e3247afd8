# SPDX-License-Identifier: GPL-3.0-or-later
"""A standing pose for rigs whose rest pose is neither a T-pose nor an A-pose.

Everything else takes the rest pose for a T-pose or an A-pose. Some motion files have their first frame as rest pose, a
crouch or a step; in others the pose without rotation is not a body, as all bones point along one axis. The turns found
here take such a rest pose to a standing figure: from a pose in which it is known to stand (``RestBone.stand``), else
estimated from its joints. Only deviating bones are turned.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass

import numpy as np

from ..body.contacts import USUAL
from ..body.rest_rig import RestRig
from ..body.rotations import angle_of, frame, normalised, perpendicular, swing
from ..body.skeleton import LEG_PARTS
from .mapping import Mapping

# Legs of T-poses and A-poses: how far they point forward or back, how far apart, how far knees are bent (radians), and
# by which share of their length one ankle is higher than the other.
AHEAD, APART, BENT, LIFTED = np.radians(22.0), np.radians(35.0), np.radians(32.0), 0.1
LEAN = np.radians(30.0)  # of the trunk from the vertical
# Largest angles in a body: of the trunk to the line up from the feet, and between the lines across hips and shoulders.
FOLDED, CROSSED = np.radians(110.0), np.radians(60.0)
NEAR = 0.02  # of the legs' length; closer points do not define a direction
SIDES = ("left", "right")
REMARK = (
    "The rest pose is neither a T-pose nor an A-pose, so a standing pose was estimated from its bones; "
    "limbs may come out twisted."
)


@dataclass(frozen=True)
class StandingBone:
    """The turn (3, 3) of a bone from the rest pose to where it stands, and its head (3,) there, in armature space."""

    turn: np.ndarray
    head: np.ndarray


def find_standing(rig: RestRig, mapping: Mapping, slope: float = USUAL.slope) -> dict[str, StandingBone]:
    """The standing pose of each bone; empty where the rig stands at rest.

    ``rig`` is wired as the mapping says; the mapping has a bone for all ``REQUIRED`` joints. Feet that have to be put
    down slope by ``slope`` radians from ankle to toes.
    """
    if all(bone.stand is not None for bone in rig.bones):
        return _placed(rig, {bone.name: np.asarray(bone.stand) for bone in rig.bones}, None)
    if not {"pelvis", "left_hip", "right_hip"} <= mapping.bones.keys():
        return {}
    return _Straightened(rig, mapping, slope).result()


def standing_in_motion(
    rig: RestRig, mapping: Mapping, turns: Table[str, np.ndarray], slope: float = USUAL.slope
) -> dict[str, np.ndarray]:
    """The turns (3, 3) of the bones from rest to where they stand, estimated for a rig whose motion is known.

    How a head and the collars stand cannot be seen in the bones' lengths, which is all that ``find_standing`` has where
    the rest pose is no body: they stand as they are on average, against what carries them. Empty where the rig stands.

    Args:
        turns: by bone, (F, 3, 3) from rest to each frame.
        slope: as in ``find_standing``.
    """
    found = {name: stand.turn for name, stand in find_standing(rig, mapping, slope).items()}
    if not found or is_body(rig, mapping.bones):
        return found
    role_of = {name: role for role, name in mapping.bones.items()}
    out: dict[str, np.ndarray] = {}
    for bone in rig.bones:
        role, above = role_of.get(bone.name, ""), bone.parent
        while above is not None and above not in role_of:
            above = rig.bone(above).parent
        if above is not None and (role.startswith("neck") or role.endswith("_collar") or role == "head"):
            out[bone.name] = out[above] @ _mean(turns[above].swapaxes(1, 2) @ turns[bone.name])
        elif not role and bone.parent is not None:
            out[bone.name] = out[bone.parent] @ found[bone.parent].T @ found[bone.name]
        else:
            out[bone.name] = found[bone.name]
    return out


def _mean(rotations: np.ndarray) -> np.ndarray:
    """The rotation (3, 3) that is nearest to all of (F, 3, 3)."""
    u, _, v = np.linalg.svd(rotations.mean(axis=0))
    mean: np.ndarray = u @ np.diag([1.0, 1.0, np.linalg.det(u @ v)]) @ v
    return mean


def is_body(rig: RestRig, bones: Table[str, str]) -> bool:
    """Whether the rest joints form a body: a trunk on its legs, shoulders over hips."""
    at = {role: rig.bone(name).head for role, name in bones.items()}
    hips, shoulders, ankles = (0.5 * (at[f"left_{p}"] + at[f"right_{p}"]) for p in ("hip", "shoulder", "ankle"))
    trunk, up = shoulders - hips, hips - ankles
    across, over = (at[f"left_{part}"] - at[f"right_{part}"] for part in ("hip", "shoulder"))
    size = float(np.linalg.norm(up))
    if min(map(np.linalg.norm, (trunk, up, across, over))) < 0.01 * size:
        return False
    return float(angle_of(trunk, up)) < FOLDED and float(angle_of(across, over)) < CROSSED


def up_of(rig: RestRig) -> np.ndarray:
    """The world's up (3,) in armature space."""
    up: np.ndarray = normalised(np.linalg.inv(rig.matrix_world[:3, :3]) @ np.array([0.0, 0.0, 1.0]))
    return up


class _Straightened:
    """The turns worked out from the joints at rest."""

    def __init__(self, rig: RestRig, mapping: Mapping, slope: float) -> None:
        self.rig, self.bones, self.slope = rig, mapping.bones, slope
        self.at = {role: rig.bone(name).head for role, name in mapping.bones.items()}
        self.up = up_of(rig)
        self.spine = sorted((r for r in self.bones if r.startswith("spine")), key=lambda r: int(r[5:]))
        self.necks = sorted((r for r in self.bones if r.startswith("neck")), key=lambda r: int(r[4:] or 1))
        self.leg = float(np.mean([self._length(f"{s}_{a}", f"{s}_{b}") for s in SIDES for a, b in _LEG])) * 2.0
        self.near = NEAR * self.leg

    def _length(self, start: str, end: str) -> float:
        return float(np.linalg.norm(self.at[end] - self.at[start]))

    def result(self) -> dict[str, StandingBone]:
        """As ``find_standing``."""
        whole = not is_body(self.rig, self.bones)
        across = self.at["left_hip"] - self.at["right_hip"]
        left = perpendicular(across, self.up)
        if whole and np.linalg.norm(left) < 0.5 * np.linalg.norm(across):  # the rest pose does not tell left from right
            left = perpendicular(np.eye(3)[int(np.argmin(np.abs(self.up)))], self.up)
        if np.linalg.norm(left) < 0.3 * np.linalg.norm(across) and not whole:
            return {}  # it lies on its side
        self.left = normalised(left)
        self.ahead = np.cross(self.left, self.up)
        direction = self._trunk()
        lean = float(angle_of(direction, self.up))
        trunk = swing(normalised(direction), self.up) if lean > LEAN else np.eye(3)
        legs = SIDES if whole else self._legs_off(trunk)
        if not legs:
            return {}
        turns: dict[str, np.ndarray] = {}
        role_of = {name: role for role, name in self.bones.items()}
        for bone in self.rig.bones:
            above = turns[bone.parent] if bone.parent is not None else np.eye(3)
            role = role_of.get(bone.name)
            turns[bone.name] = above if role is None else self._turn(role, above, trunk, whole, legs)
        return _placed(self.rig, turns, None if whole else self.up, self.bones)

    def _trunk(self) -> np.ndarray:
        hips = 0.5 * (self.at["left_hip"] + self.at["right_hip"])
        return 0.5 * (self.at["left_shoulder"] + self.at["right_shoulder"]) - hips

    def _legs_off(self, trunk: np.ndarray) -> tuple[str, ...]:
        """The legs that deviate from a T-pose."""
        found, height = [], {}
        for side in SIDES:
            hip, knee, ankle = (trunk @ self.at[f"{side}_{part}"] for part in LEG_PARTS)
            direction = normalised(ankle - hip)
            height[side] = float(ankle @ self.up)
            ahead, apart = np.arcsin(np.clip([direction @ self.ahead, direction @ self.left], -1.0, 1.0))
            bent = float(angle_of(knee - hip, ankle - knee))
            if abs(ahead) > AHEAD or abs(apart) > APART or direction @ self.up > -0.5 or bent > BENT:
                found.append(side)
        if not found and abs(height["left"] - height["right"]) > LIFTED * self.leg:
            found = [max(SIDES, key=lambda side: height[side])]
        return tuple(found)

    def _turn(self, role: str, above: np.ndarray, trunk: np.ndarray, whole: bool, legs: tuple[str, ...]) -> np.ndarray:
        side, _, part = role.partition("_")
        if role == "pelvis":
            return self._pelvis() if whole else trunk
        if part in _LEG_WAYS:
            return self._leg(side, part, above, whole) if side in legs else above
        if not whole:
            return above
        if role == self.spine[-1]:
            return self._chest(above)
        if role.startswith(("spine", "neck")) or role == "head":
            return self._aimed(role, self._above(role), self.up, above)
        sideways = self.left if side == "left" else -self.left
        return self._aimed(role, f"{side}_{_NEXT.get(part, '')}", sideways, above)

    def _pelvis(self) -> np.ndarray:
        hips = 0.5 * (self.at["left_hip"] + self.at["right_hip"])
        ups = [self.at[role] - hips for role in ("pelvis", *self.spine)]
        up = next(
            (direction for direction in ups[1:2] + ups[:1] + ups[2:] if np.linalg.norm(direction) > self.near), self.up
        )
        across = self.at["left_hip"] - self.at["right_hip"]
        return frame(self.left, self.up) @ frame(normalised(across), up).T

    def _chest(self, above: np.ndarray) -> np.ndarray:
        top = self.spine[-1]
        parts = "collar" if {"left_collar", "right_collar"} <= self.at.keys() else "shoulder"
        left, right = self.at[f"left_{parts}"], self.at[f"right_{parts}"]
        ends = [self.at[role] for role in (*self.necks, "head") if role in self.at][:1]
        up = (ends[0] if ends else 0.5 * (left + right)) - self.at[top]
        if np.linalg.norm(up) < self.near:
            up = 0.5 * (left + right) - self.at[top]
        if np.linalg.norm(left - right) < self.near or np.linalg.norm(np.cross(up, left - right)) < self.near**2:
            return self._swung(up, self.up, above)
        return frame(self.left, self.up) @ frame(normalised(left - right), up).T

    def _above(self, role: str) -> str:
        chain = [*self.spine, *self.necks, "head"]
        return next((after for after in chain[chain.index(role) + 1 :] if after in self.at), "")

    def _leg(self, side: str, part: str, above: np.ndarray, whole: bool) -> np.ndarray:
        direction = -self.up
        if part == "ankle":
            direction = np.cos(self.slope) * self.ahead - np.sin(self.slope) * self.up
        elif part == "foot":
            if not whole:
                return above
            direction = self.ahead
        return self._aimed(f"{side}_{part}", f"{side}_{_NEXT.get(part, '')}", direction, above)

    def _aimed(self, role: str, following: str, goal: np.ndarray, above: np.ndarray) -> np.ndarray:
        """The turn of a bone so that it points along ``goal``: to the next joint, else to its tail."""
        bone = self.rig.bone(self.bones[role])
        return self._swung(self.at.get(following, bone.tail) - bone.head, goal, above)

    def _swung(self, direction: np.ndarray, goal: np.ndarray, above: np.ndarray) -> np.ndarray:
        if np.linalg.norm(direction) < self.near:
            return above
        turn: np.ndarray = swing(above @ normalised(direction), normalised(goal)) @ above
        return turn


_LEG = (("hip", "knee"), ("knee", "ankle"))
_LEG_WAYS = ("hip", "knee", "ankle", "foot")
_NEXT = {"hip": "knee", "knee": "ankle", "ankle": "foot", "collar": "shoulder", "shoulder": "elbow", "elbow": "wrist"}


def _placed(
    rig: RestRig, turns: dict[str, np.ndarray], up: np.ndarray | None, bones: Table[str, str] | None = None
) -> dict[str, StandingBone]:
    """The heads that follow from the turns; with ``up``, moved so that the lowest foot is as low as at rest."""
    out: dict[str, StandingBone] = {}
    for bone in rig.bones:
        head = bone.head
        if bone.parent is not None:
            above = out[bone.parent]
            head = above.head + above.turn @ (bone.head - rig.bone(bone.parent).head)
        out[bone.name] = StandingBone(turns[bone.name], head)
    if up is None or bones is None:
        return out
    feet = [name for role, name in bones.items() if role.endswith(("_ankle", "_foot"))]
    higher = min(float(rig.bone(name).head @ up) for name in feet) - min(float(out[name].head @ up) for name in feet)
    return {name: StandingBone(stand.turn, stand.head + higher * up) for name, stand in out.items()}
