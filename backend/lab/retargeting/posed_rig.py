# SPDX-License-Identifier: GPL-3.0-or-later
"""What a retargeted clip is judged by: a posed rig, and measures of it beside the joints that it was given.

All measures are in the world's axes (Z up), in which (x, y, z) of the 22 joints is (x, -z, y), and for a rig that
faces -Y there. They are taken from the pose alone and share no code with the solver: contacts, hinges and steps
have definitions of their own here.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ....rigs.body.rest_rig import RestRig
from ....rigs.body.rotations import (
    angle_between,
    angle_of,
    frame,
    normalised,
    quaternion_from_matrix,
    swing,
    twist_angle,
)
from ....rigs.body.skeleton import FPS, INDEX
from ....rigs.detect.attachment import bearer_of
from ....rigs.detect.detection import Mapping
from ....rigs.detect.rest_figure import Figure

UP = np.array([0.0, 0.0, 1.0])
SIDES = ("left", "right")
ARMS = [(f"{s}_{a}", f"{s}_{b}") for s in SIDES for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))]
LEGS = [(f"{s}_{a}", f"{s}_{b}") for s in SIDES for a, b in (("hip", "knee"), ("knee", "ankle"))]
LIMBS = LEGS + ARMS
# A toe stands while it is slower than SLOW (m/s) below a shin whose direction goes up by UPRIGHT, within LOW m of where
# it usually is then, for LEAST seconds at a time. Usual is the median over slow toes that are lower than HIGHEST: a toe
# that pushes off or lands is some centimetres lower in part of the clips.
SLOW, LOW, LEAST, HIGHEST, UPRIGHT = 0.15, 0.03, 0.15, 0.12, 0.5
# It stands flat while its ankle is as low as in the lowest fifth of these frames, within FLAT m, and the way from ankle
# to toes goes down by less than STEEP, which leaves tiptoes out.
FLAT, STEEP = 0.015, np.sin(np.radians(40.0))
ENOUGH = 10  # standing feet, over all frames, below which a clip has nothing to say about feet
# The bend of a knee or elbow in degrees from which its hinge says which way it bends.
BENT = 15.0


class PosedRig:
    """A rig in the poses (F, bones, 4, 4) of armature space, with its mapping."""

    def __init__(self, rig: RestRig, mapping: Mapping, matrices: np.ndarray) -> None:
        self.rig, self.mapping = rig, mapping
        self.figure = Figure(rig, mapping)
        self.matrices = rig.matrix_world @ matrices
        self.rest = rig.matrix_world @ rig.matrices

    def head(self, role: str) -> np.ndarray:
        """(F, 3) head of the bone of a role."""
        return self.matrices[:, self.rig.index[self.mapping.bones[role]], :3, 3]

    def point(self, role: str) -> np.ndarray:
        """(F, 3) of one of the 22 joints, also one that the rig has no bone for."""
        name, at = self.figure.anchor(role)
        bone = self.rig.index[name]
        local = np.linalg.inv(self.rig.matrices[bone]) @ np.append(at, 1.0)
        return (self.matrices[:, bone] @ local)[:, :3]

    def turn(self, role: str) -> np.ndarray:
        """(F, 3, 3) rotation from rest to pose of the bone that a joint is fixed to."""
        return self.turn_of(self.figure.anchor(role)[0])

    def turn_of(self, name: str) -> np.ndarray:
        """(F, 3, 3) rotation from rest to pose of a bone."""
        bone = self.rig.index[name]
        return self.matrices[:, bone, :3, :3] @ np.linalg.inv(self.rest[bone, :3, :3])

    def end_turn(self, role: str) -> np.ndarray:
        """The same at the end of a limb's segment: of the twist bone through which it runs on, where there is one."""
        following = dict(LIMBS).get(role, "")
        if following in self.mapping.bones:
            above = self.rig.bone(self.mapping.bones[following]).parent
            if above is not None and any(twist.bone == above for twist in self.mapping.twists):
                return self.turn_of(above)
        return self.turn(role)

    def at_rest(self, role: str) -> np.ndarray:
        """(3,) of a joint in the rest pose."""
        return self.rig.matrix_world[:3, :3] @ self.figure.anchor(role)[1] + self.rig.matrix_world[:3, 3]

    def directions(self) -> np.ndarray:
        """(F, 8, 3) from joint to joint along ``LIMBS``."""
        return np.stack([self.point(end) - self.point(start) for start, end in LIMBS], axis=1)

    @property
    def basis(self) -> np.ndarray:
        """(3, 3) left, up and forward of the figure at rest."""
        world = self.rig.matrix_world[:3, :3] @ self.figure.basis
        return world / np.linalg.norm(world, axis=0)

    @property
    def leg(self) -> float:
        """Mean length of the legs in the world."""
        lengths = [np.linalg.norm(self.at_rest(end) - self.at_rest(start)) for start, end in LEGS]
        return float(sum(lengths)) / 2.0

    @property
    def floor(self) -> float:
        """Height of the soles at rest in the world."""
        up = self.figure.basis[:, 1] * self.figure.floor
        return float((self.rig.matrix_world[:3, :3] @ up + self.rig.matrix_world[:3, 3])[2])


def to_world(joints: np.ndarray) -> np.ndarray:
    """Joints or directions (..., 3) with Y up in the world's axes."""
    return joints[..., [0, 2, 1]] * (1.0, -1.0, 1.0)


def source_directions(joints: np.ndarray) -> np.ndarray:
    """(F, 8, 3) along ``LIMBS`` of joints (F, 22, 3), world's axes."""
    return to_world(np.stack([joints[:, INDEX[end]] - joints[:, INDEX[start]] for start, end in LIMBS], axis=1))


def leg_length(joints: np.ndarray) -> float:
    """Median over a clip (F, 22, 3) of the mean length of the legs."""
    lengths = [np.linalg.norm(joints[:, INDEX[end]] - joints[:, INDEX[start]], axis=1) for start, end in LEGS]
    return float(np.median(sum(lengths))) / 2.0


def direction_error(posed: PosedRig, joints: np.ndarray) -> float:
    """Mean angle in degrees between the limbs of rig and source (F, 22, 3)."""
    return float(np.degrees(angle_of(posed.directions(), source_directions(joints))).mean())


def stretch(posed: PosedRig) -> float:
    """The largest change of a limb bone's length, against its length at rest, in percent."""
    lengths = np.linalg.norm(posed.directions(), axis=-1)
    rest = np.array([np.linalg.norm(posed.at_rest(end) - posed.at_rest(start)) for start, end in LIMBS])
    return float((np.abs(lengths / rest - 1.0)).max() * 100.0)


def gap(posed: PosedRig) -> float:
    """The largest change of the distance from any mapped bone to the one that carries it in a body, against that at
    rest, in percent of the leg: what a part that stays behind opens.

    Collars, neck and head hang on any bone of the trunk, and one of them must carry them.
    """
    here = posed.mapping.bones
    trunk = [role for role in here if role.startswith(("spine", "neck"))]
    worst = 0.0
    for role in here:
        bearer = bearer_of(role, posed.mapping)
        if bearer is None:
            continue
        bearers = {bearer, *trunk} - {role} if bearer in trunk else {bearer}
        worst = max(worst, min(_parted(posed, role, other) for other in bearers))
    return 100.0 * worst / posed.leg


def _parted(posed: PosedRig, role: str, other: str) -> float:
    """The largest change of the distance between two bones' heads against that at rest."""
    i, k = (posed.rig.index[posed.mapping.bones[each]] for each in (role, other))
    rest = float(np.linalg.norm(posed.rest[i, :3, 3] - posed.rest[k, :3, 3]))
    return float(np.abs(np.linalg.norm(posed.head(role) - posed.head(other), axis=-1) - rest).max())


def steps(posed: PosedRig) -> dict[str, np.ndarray]:
    """The turn of every mapped bone from one frame to the next, (F - 1,) degrees by role."""
    turns = {role: posed.turn(role) for role in posed.mapping.bones}
    return {role: np.degrees(angle_between(turn[1:], turn[:-1])) for role, turn in turns.items()}


def source_steps(joints: np.ndarray) -> dict[str, np.ndarray]:
    """How fast each part of a clip (F, 22, 3) turns, (F - 1,) degrees a frame by ``left_arm``, ``left_leg``, ``trunk``.

    That of a limb is the largest among the directions of its bones, the frame of the body that it hangs on and, while
    it is bent, the frames of its two bones; positions say no more about how its bones turn.
    """

    def way(start: str, end: str) -> np.ndarray:
        path = joints[:, INDEX[end]] - joints[:, INDEX[start]]
        return np.degrees(angle_of(path[1:], path[:-1]))

    def body(across: tuple[str, str], up: tuple[str, str]) -> np.ndarray:
        left, top = (joints[:, INDEX[b]] - joints[:, INDEX[a]] for a, b in (across, up))
        frames = frame(left, top)
        return np.degrees(angle_between(frames[1:], frames[:-1]))

    def bent(parts: list[str]) -> np.ndarray:
        first, second = (joints[:, INDEX[b]] - joints[:, INDEX[a]] for a, b in pairwise(parts))
        frames = np.stack([frame(first, second), frame(second, first)], axis=1)
        bend = np.degrees(angle_of(first, second))
        turn = np.degrees(angle_between(frames[1:], frames[:-1])).max(axis=1)
        return np.where(np.minimum(bend[1:], bend[:-1]) > BENT, turn, 0.0)

    hips = body(("right_hip", "left_hip"), ("pelvis", "spine2"))
    chest = body(("right_shoulder", "left_shoulder"), ("spine3", "neck"))
    out = {"trunk": np.max([hips, chest, way("neck", "head")], axis=0)}
    for side in SIDES:
        parts = [f"{side}_{part}" for part in ("hip", "knee", "ankle", "foot")]
        out[f"{side}_leg"] = np.max([hips, bent(parts[:3]), *(way(a, b) for a, b in pairwise(parts))], axis=0)
        parts = [f"{side}_{part}" for part in ("collar", "shoulder", "elbow", "wrist")]
        out[f"{side}_arm"] = np.max([chest, bent(parts[1:]), *(way(a, b) for a, b in pairwise(parts))], axis=0)
    return out


def unexplained_step(posed: PosedRig, joints: np.ndarray) -> float:
    """The largest turn of a bone in one frame, in degrees, that is half as large again as any of its part's source."""
    if len(joints) < 2:
        return 0.0
    source, worst = source_steps(joints), 0.0
    for role, step in steps(posed).items():
        side, _, part = role.partition("_")
        limb = "leg" if part in ("hip", "knee", "ankle", "foot") else "arm"
        known = source[f"{side}_{limb}"] if side in SIDES else source["trunk"]
        worst = max(worst, float(np.where(step > 1.5 * known, step, 0.0).max()))
    return worst


def twists(posed: PosedRig) -> dict[str, float]:
    """The largest twist of limbs against what they hang on, in degrees by part.

    Twist is counted from a T-pose with straight legs, into which the rest pose is brought by the shortest rotations;
    counted from the rest pose itself, legs that are spread at rest would be twisted by every deep crouch.
    """
    above = {"hip": "pelvis", "knee": "hip", "shoulder": posed.figure.spine_roles[-1], "elbow": "shoulder"}
    out: dict[str, float] = {}
    for side, outward in zip(SIDES, (1.0, -1.0), strict=True):
        across = outward * posed.basis[:, 0]
        turns = {role: posed.turn(role) for role in ("pelvis", posed.figure.spine_roles[-1])}
        for start, end in LIMBS:
            if not start.startswith(side):
                continue
            part = start.partition("_")[2]
            axis = across if part in ("shoulder", "elbow") else -UP
            straight = swing(normalised(posed.at_rest(end) - posed.at_rest(start)), axis)
            turns[part] = posed.end_turn(start) @ straight.T
            out[part] = max(out.get(part, 0.0), _twist(turns[above[part]], turns[part], axis))
            if part == "elbow" and end in posed.mapping.bones:
                out["wrist"] = max(out.get("wrist", 0.0), _twist(turns[part], posed.turn(end) @ straight.T, axis))
    return out


def _twist(above: np.ndarray, turns: np.ndarray, axis: np.ndarray) -> float:
    """The largest twist in degrees about ``axis`` (3,) of turns (F, 3, 3) against those of what they hang on."""
    local = np.swapaxes(above, 1, 2) @ turns
    return float(np.degrees(np.abs(twist_angle(quaternion_from_matrix(local), axis))).max())


def wrong_bends(posed: PosedRig) -> float:
    """The share of frames in which a knee or an elbow that is bent is bent against its own hinge.

    At rest a leg bends backwards and an arm forwards; the hinge, upper x lower, is carried along by the upper bone,
    or by the twist bone at its end through which the limb runs on.
    """
    forward = posed.basis[:, 2]
    wrong = np.zeros(len(posed.matrices), dtype=bool)
    for (start, middle), (_, end) in zip(LIMBS[::2], LIMBS[1::2], strict=True):
        way = forward if start.endswith("shoulder") else -forward
        hinge = np.cross(posed.at_rest(middle) - posed.at_rest(start), way)
        upper, lower = posed.point(middle) - posed.point(start), posed.point(end) - posed.point(middle)
        now = np.cross(upper, lower)
        bent = np.degrees(angle_of(upper, lower)) > BENT
        wrong |= bent & ((now * (posed.end_turn(start) @ hinge)).sum(-1) < 0.0)
    return float(wrong.mean())


def standing(joints: np.ndarray, side: str) -> np.ndarray:
    """(F,) bool: frames of a clip (F, 22, 3) in which the toes of one side stand on its floor."""
    toe, ankle = joints[:, INDEX[f"{side}_foot"]], joints[:, INDEX[f"{side}_ankle"]]
    speed = np.linalg.norm(np.gradient(toe, axis=0), axis=1) * FPS if len(toe) > 1 else np.zeros(len(toe))
    shin = normalised(joints[:, INDEX[f"{side}_knee"]] - ankle)
    stands = (speed < SLOW) & (toe[:, 1] < HIGHEST) & (shin[:, 1] > UPRIGHT)
    stands &= toe[:, 1] < ankle[:, 1]  # otherwise it stands on its heel
    if stands.any():
        stands &= np.abs(toe[:, 1] - np.median(toe[stands, 1])) < LOW
    edges = np.flatnonzero(np.diff(np.concatenate([[False], stands, [False]]).astype(np.int8)))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        stands[first:last] = last - first >= LEAST * FPS
    return stands


def tilt(posed: PosedRig, side: str) -> np.ndarray:
    """(F,) degrees by which a foot is off level, that is, off its attitude at rest."""
    return np.degrees(angle_of(posed.turn(f"{side}_ankle") @ UP, UP))


def flatness(posed: PosedRig, joints: np.ndarray) -> float:
    """Mean tilt in degrees of the feet while they stand flat in the source; nan where they hardly do."""
    found = []
    for side in SIDES:
        stands = standing(joints, side)
        ankle, toe = joints[:, INDEX[f"{side}_ankle"]], joints[:, INDEX[f"{side}_foot"]]
        if stands.any():
            stands &= ankle[:, 1] < np.quantile(ankle[stands, 1], 0.2) + FLAT
            stands &= normalised(ankle - toe)[:, 1] < STEEP
            found.append(tilt(posed, side)[stands])
    tilts = np.concatenate(found) if found else np.zeros(0)
    return float(tilts.mean()) if len(tilts) >= ENOUGH else float("nan")


def off_ground(posed: PosedRig, joints: np.ndarray, limit: float = 0.02) -> float:
    """The share in percent of standing toes that are more than ``limit`` (m of the source) off their height at rest.

    nan where hardly a toe of the source stands.
    """
    scale = leg_length(joints) / posed.leg
    off = []
    for side in SIDES:
        stands, role = standing(joints, side), f"{side}_foot"
        height = (posed.point(role)[:, 2] - posed.at_rest(role)[2]) * scale
        off.append(np.abs(height[stands]) > limit)
    flags = np.concatenate(off)
    return float(flags.mean() * 100.0) if len(flags) >= ENOUGH else float("nan")


def travels(posed: PosedRig, joints: np.ndarray) -> tuple[float, float, int]:
    """How far standing toes slide on the floor: on the rig and in the source, in metres of the source; and frames."""
    scale = leg_length(joints) / posed.leg
    rig = source = 0.0
    count = 0
    for side in SIDES:
        stands = standing(joints, side)
        both = stands[1:] & stands[:-1]
        path, toe = posed.point(f"{side}_foot"), joints[:, INDEX[f"{side}_foot"]]
        rig += scale * float(np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1)[both].sum())
        source += float(np.linalg.norm(np.diff(toe[:, [0, 2]], axis=0), axis=1)[both].sum())
        count += int(both.sum())
    return rig, source, count
