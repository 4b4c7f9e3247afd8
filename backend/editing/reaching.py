# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands and feet on their targets: the limb bends or straightens first, then the trunk leans, then the body moves.

All functions work on joints (F, 22, 3) in metres, float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...rigs.body.body_parts import PART_JOINTS
from ...rigs.body.bone_lengths import fix_bone_lengths
from ...rigs.body.rotations import about, normalised
from ...rigs.body.skeleton import ARM_PARTS, INDEX, LEG_PARTS, PARENTS
from ...rigs.solve.two_bone_ik import two_bones
from ..requests.edit import CROUCH, LEAN, EditRequest, Target

STRAIGHT = 0.05  # sine of the bend below which a limb counts as straight
FULL = 0.98  # of its length a limb stretches; beyond, the trunk and the body help
MISSED = 0.01  # metres from a target from which on it counts as missed
TILTS = 36  # leans that are tried, evenly up to the furthest
# Root and middle joint of the limbs that can reach, and which way a straight one bends: knees forward, elbows back.
LIMBS = {
    f"{side}_{end}": (f"{side}_{root}", f"{side}_{middle}", sign)
    for side in ("left", "right")
    for (root, middle, end), sign in ((ARM_PARTS, -1.0), (LEG_PARTS, 1.0))
}
UPPER = [joint for part in ("trunk", "left_arm", "right_arm") for joint in PART_JOINTS[part]]
Spread = Callable[[np.ndarray, np.ndarray], np.ndarray]  # frames (F,) bool and values there (F, ...) to a curve


def reached(joints: np.ndarray, name: str, move: np.ndarray) -> np.ndarray:
    """A hand or foot moved by ``move`` (F, 3), its elbow or knee following; what hangs on it goes along."""
    out = joints.copy()
    if name not in LIMBS:  # a joint without a limb that could bend
        out[:, INDEX[name]] += move
        return out
    root, middle, sign = LIMBS[name]
    a, b, c = INDEX[root], INDEX[middle], INDEX[name]
    upper, lower = joints[:, b] - joints[:, a], joints[:, c] - joints[:, b]
    left = joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]
    bend = np.cross(upper, lower) / (np.linalg.norm(upper, axis=-1) * np.linalg.norm(lower, axis=-1))[:, None]
    hinge = normalised(bend + STRAIGHT * sign * normalised(left))
    first, second = two_bones(upper, lower, upper + lower + move, hinge)
    still, _ = two_bones(upper, lower, upper + lower, hinge)  # it turns a straight limb a little even without a move
    out[:, c] = joints[:, a] + first + second
    out[:, b] = joints[:, b] + first - still
    for child, parent in enumerate(PARENTS):
        if parent == c:
            out[:, child] = out[:, c] + joints[:, child] - joints[:, c]
    return out


def on_targets(joints: np.ndarray, request: EditRequest, shift: int, known: np.ndarray, spread: Spread) -> np.ndarray:
    """Joints whose hands and feet are on the request's targets, as far as bones allow; ``known`` frames (F,) stay.

    Args:
        shift: frame of ``joints`` = frame of the request + shift.
        spread: makes a smooth curve (F, ...) of what is asked in single frames.
    """
    targets = [target for target in request.targets if 0 <= target.frame + shift < len(joints)]
    free = [target for target in targets if target.joint in LIMBS and not known[target.frame + shift]]
    for target in free:
        joints = _helped(joints, target, target.frame + shift, request, known, spread)
    for name in sorted({target.joint for target in targets}):
        fixed, move = known.copy(), np.zeros((len(joints), 3))
        for target in targets:
            if target.joint == name:
                frame = target.frame + shift
                fixed[frame], move[frame] = True, np.array(target.position) - joints[frame, INDEX[name]]
        joints = reached(joints, name, spread(fixed, move))
    return joints


def _helped(
    joints: np.ndarray, target: Target, frame: int, request: EditRequest, known: np.ndarray, spread: Spread
) -> np.ndarray:
    """Joints whose trunk leans and whose body moves by what the limb of a target is too short."""
    goal, root = np.array(target.position), LIMBS[target.joint][0]
    pose, length = joints[frame], FULL * _length(joints[frame], target.joint)
    fixed = known.copy()
    fixed[frame] = True
    turn, shift = np.zeros((len(joints), 3)), np.zeros((len(joints), 3))
    if target.joint.endswith("wrist") and request.changes("trunk"):
        turn[frame] = _lean(pose[INDEX[root]] - pose[0], goal - pose[0], length)
    base = pose[0] + _turned(pose[INDEX[root]] - pose[0], turn[frame])
    if request.changes("root") and request.path is None:
        shift[frame] = _approach(goal - base, length)
    if not turn.any() and not shift.any():
        return joints
    turn, shift = spread(fixed, turn), spread(fixed, shift)
    out = joints + shift[:, None]
    out[:, UPPER] = out[:, :1] + _turned(joints[:, UPPER] - joints[:, :1], turn[:, None])
    for side in ("left", "right"):  # feet stay where they stand
        if request.changes(f"{side}_leg"):
            out = reached(out, f"{side}_ankle", -shift)
    bones = np.linalg.norm(pose - pose[list(PARENTS)], axis=-1)
    return np.where(known[:, None, None], joints, fix_bone_lengths(out, bones))


def _length(pose: np.ndarray, name: str) -> float:
    """Length of the limb of a hand or foot in a pose (22, 3)."""
    root, middle, _ = LIMBS[name]
    a, b, c = pose[[INDEX[root], INDEX[middle], INDEX[name]]]
    return float(np.linalg.norm(b - a) + np.linalg.norm(c - b))


def _lean(root: np.ndarray, goal: np.ndarray, length: float) -> np.ndarray:
    """The least turn (3,), an axis times its angle, of a shoulder at ``root`` (3,) about the pelvis to get near a goal.

    Near is within ``length`` of it, or as near as the furthest lean gets.
    """
    axis = normalised(np.cross(root, goal)[None])[0]
    angles = np.linspace(0.0, LEAN / max(float(np.linalg.norm(root)), LEAN), TILTS + 1)
    away = np.linalg.norm(goal - _turned(root[None], angles[:, None] * axis), axis=-1)
    near = np.flatnonzero(away <= length)
    result: np.ndarray = angles[near[0] if len(near) else int(away.argmin())] * axis
    return result


def _approach(away: np.ndarray, length: float) -> np.ndarray:
    """The move (3,) of a body that brings a goal ``away`` (3,) within ``length``: over the ground, and down if need be.

    A body does not rise for a target: that would take it off the floor.
    """
    drop = min(max(-float(away[1]) - 0.9 * length, 0.0), CROUCH)
    flat = np.hypot(away[0], away[2])
    if flat**2 + (away[1] + drop) ** 2 <= length**2:
        drop = 0.0 if flat**2 + away[1] ** 2 <= length**2 else drop
    room = np.sqrt(max(length**2 - (away[1] + drop) ** 2, 0.0))
    share = max(flat - room, 0.0) / max(flat, 1e-9)
    return np.array([share * away[0], -drop, share * away[2]])


def _turned(points: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Points (..., 3) about the origin by turns (..., 3), axes times angles."""
    points, turn = np.broadcast_arrays(points, turn)
    angle = np.linalg.norm(turn, axis=-1)
    axis = np.where(angle[..., None] > 1e-9, turn / np.maximum(angle, 1e-9)[..., None], (0.0, 1.0, 0.0))
    turned: np.ndarray = (about(axis, angle) @ points[..., None])[..., 0]
    return turned


def missed(request: EditRequest, joints: np.ndarray) -> tuple[str, ...]:
    """A sentence for each target that the edited motions (V, F', 22, 3) miss."""
    shift = request.before if request.mode == "extend" else 0
    sentences = []
    for target in request.targets:
        at = joints[:, target.frame + shift, INDEX[target.joint]].astype(np.float64)
        miss = float(np.linalg.norm(at - np.array(target.position), axis=-1).max())
        if miss > MISSED:
            name = target.joint.replace("_", " ")
            sentences.append(f"The {name} misses its target at frame {target.frame} by {miss * 100:.0f} cm.")
    return tuple(sentences)
