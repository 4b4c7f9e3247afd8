# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be exact is made exact in joint space: smooth offset curves and kept body parts.

All functions work on joints (F, 22, 3) in metres, float64.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...rigs.body.body_parts import PART_JOINTS, PARTS
from ...rigs.body.bone_lengths import fix_bone_lengths
from ...rigs.body.canonical import heading_fit
from ...rigs.body.contacts import SIDES, spans
from ...rigs.body.rotations import about
from ...rigs.body.skeleton import INDEX, PARENTS
from ...rigs.body.smoothing import smoothed
from ...rigs.solve.feet import planted_joints
from ..motion.finishing import steadied
from ..requests.edit import EditRequest
from .constraints import path_points
from .foot_locking import footed
from .foot_steps import walked
from .reaching import LIMBS, on_targets, reached
from .smooth_curves import offset_curve

SWAY = 4.0  # frames; deviation of the Gaussian over how far the pelvis is from its path
EASED = 3  # frames beside a border whose change of speed is limited
GENTLE, LEAST = 0.9, 1e-3  # of the usual change of speed; metres per frame and frame
PLANTINGS = 2  # what meets the known poses again moves feet that were planted, the second time hardly
ROOT = list(PART_JOINTS["root"])
CHEST = [INDEX[name] for name in ("spine3", "neck", "left_collar", "right_collar", "left_shoulder", "right_shoulder")]


def met(made: np.ndarray, original: np.ndarray, known: np.ndarray) -> np.ndarray:
    """``made`` bent so that it is ``original`` at the frames ``known`` (F,) bool."""
    return made + offset_curve(known, original - made)


def turn_onto(original: np.ndarray, made: np.ndarray, joints: Sequence[int]) -> np.ndarray:
    """The rotations (F, 3, 3) with which ``original`` lies best on ``made`` at ``joints``.

    They are U diag(1, 1, det) V^T of the singular vectors of sum (joint - mean)(original - mean)^T (Kabsch 1976).
    """
    here, there = original[:, joints], made[:, joints]
    there = there - there.mean(axis=1, keepdims=True)
    u, _, v = np.linalg.svd(np.swapaxes(there, 1, 2) @ (here - here.mean(axis=1, keepdims=True)))
    sign = np.ones((len(here), 3))
    sign[:, 2] = np.sign(np.linalg.det(u @ v))
    return (u * sign[:, None]) @ v


def heading_onto(original: np.ndarray, made: np.ndarray, joints: Sequence[int]) -> np.ndarray:
    """The same about the vertical only: 22 points show the tilt of a pelvis to 10 degrees at best."""
    flat = np.array([1.0, 0.0, 1.0])
    here, there = original[:, joints] * flat, made[:, joints] * flat
    here, there = here - here.mean(axis=1, keepdims=True), there - there.mean(axis=1, keepdims=True)
    angle = heading_fit(here, there, axis=1)
    return about(np.broadcast_to((0.0, 1.0, 0.0), (len(angle), 3)), angle)


def composed(original: np.ndarray, made: np.ndarray, parts: Sequence[str]) -> np.ndarray:
    """``made`` in the body parts that may change, ``original`` in the others; each part stays on what it hangs on.

    A kept part moves rigidly with what it hangs on, as bones do whose keys stay. A part that changes, on one that is
    kept, keeps its directions, and a foot its place.
    """
    if not parts or set(parts) == set(PARTS):
        return made.copy()
    out = original.copy()
    root = _root_move(original, made, parts)
    if root is None:
        out[:, ROOT] = made[:, ROOT]
        turn = np.broadcast_to(np.eye(3), (len(made), 3, 3))
        root = turn, made[:, 0] - original[:, 0]
    else:
        out[:, ROOT] = _moved(original[:, ROOT], *root)
    chest = root
    if "trunk" in parts:
        out[:, list(PART_JOINTS["trunk"])] = _hung(made, out, "trunk")
        turn, spine = turn_onto(original, made, CHEST), INDEX["spine3"]
        chest = turn, out[:, spine] - (turn @ original[:, spine, :, None])[..., 0]
    else:
        out[:, list(PART_JOINTS["trunk"])] = _moved(original[:, list(PART_JOINTS["trunk"])], *root)
    for part in PARTS[2:]:
        joints = list(PART_JOINTS[part])
        if part not in parts:
            out[:, joints] = _moved(original[:, joints], *(chest if part.endswith("arm") else root))
            continue
        out[:, joints] = _hung(made, out, part)
        ankle = part.replace("leg", "ankle")
        if ankle in LIMBS:
            out = reached(out, ankle, made[:, INDEX[ankle]] - out[:, INDEX[ankle]])
    return out


def _root_move(original: np.ndarray, made: np.ndarray, parts: Sequence[str]) -> tuple[np.ndarray, np.ndarray] | None:
    """Turn (F, 3, 3) and shift (F, 3) of the pelvis and what is kept on it; None where all of that changes."""
    if "root" not in parts:
        return np.broadcast_to(np.eye(3), (len(made), 3, 3)), np.zeros((len(made), 3))
    kept = [part for part in PARTS if part not in parts]
    hanging = [part for part in kept if not part.endswith("arm") or "trunk" in kept]
    if not hanging:
        return None
    turn = heading_onto(original, made, [*ROOT, *(j for part in hanging for j in PART_JOINTS[part])])
    return turn, made[:, 0] - (turn @ original[:, 0, :, None])[..., 0]


def _moved(joints: np.ndarray, turn: np.ndarray, shift: np.ndarray) -> np.ndarray:
    return joints @ np.swapaxes(turn, 1, 2) + shift[:, None]


def _hung(made: np.ndarray, body: np.ndarray, part: str) -> np.ndarray:
    """The joints of a part of ``made``, moved along with where ``body`` has the joint that it hangs on."""
    joints = list(PART_JOINTS[part])
    root = PARENTS[joints[0]]
    return made[:, joints] + (body[:, root] - made[:, root])[:, None]


def corrected(
    original: np.ndarray,
    made: np.ndarray,
    changes: np.ndarray,
    held: np.ndarray,
    request: EditRequest,
    shift: int,
    bound: bool,
) -> np.ndarray:
    """A window as it goes to the user: joints (F, 22, 3) in the world.

    Args:
        original: (F, 22, 3) what was there.
        made: (F, 22, 3) what was sampled.
        changes: (F,) bool, frames regenerated; the others are returned as they were.
        held: (F,) bool, frames among them whose poses are hit.
        shift: frame of the window = frame of the request + shift.
        bound: whether what is made in later windows leads to a place that is given.
    """
    lengths = bone_lengths(original)
    known = ~changes | held

    def exact(joints: np.ndarray, known: np.ndarray = known, goal: np.ndarray = original) -> np.ndarray:
        return np.where(known[:, None, None], goal, jointed(met(joints, goal, known), lengths))

    joints = exact(made)
    points = path_points(request, len(joints), shift)
    if points is not None:
        joints = exact(on_path(exact(steadied(joints)), *points))
    else:
        free = request.changes("root") and not bound
        joints = exact(steadied(walked(joints, known) if free else joints))
    if request.changes_legs:
        for _ in range(PLANTINGS):  # knees are not placed again for it, which would make those of straight legs pop out
            joints = np.where(known[:, None, None], original, met(planted_joints(joints), original, known))
    joints = fix_bone_lengths(composed(original, joints, request.parts), lengths)
    joints = np.where(known[:, None, None], original, joints)
    still = [joint for part in request.resting for joint in PART_JOINTS[part]]
    goal, settled = eased(joints, original, changes, held, still)
    joints = fix_bone_lengths(np.where(settled[:, None, None], goal, met(joints, goal, settled)), lengths)
    # what eases the root and the legs bends what hangs on them as well, and that is to stay as it is
    joints = fix_bone_lengths(composed(original, joints, request.parts), lengths)
    sides = [side for side in SIDES if request.changes(f"{side}_leg")]
    joints = np.where(known[:, None, None], original, joints)
    if sides:
        feet = footed(joints, known, sides, follows=request.changes("root") and len(sides) == len(SIDES))
        # a knee that is folded further than it goes would be left with bones of other lengths
        joints = np.where(known[:, None, None], original, fix_bone_lengths(feet, lengths))
    joints = on_targets(joints, request, shift, settled, offset_curve)
    return np.where(changes[:, None, None], joints, original)


def eased(
    joints: np.ndarray, original: np.ndarray, changes: np.ndarray, held: np.ndarray, still: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Goals (F, 22, 3) and the frames (F,) bool that have one: what is known, and the first frames beside a border.

    These leave the border with no more change of speed per joint than the motion itself usually has. Joints ``still``
    do not change at all.
    """
    known, goal = ~changes | held, original.copy()
    usual = GENTLE * usual_bend(original[~changes]) if (~changes).sum() > EASED else LEAST
    goal[changes & ~held] = joints[changes & ~held]
    for way in (1, -1):  # what begins after a border, and mirrored in time what ends before one
        rows, flags, change = goal[::way], known[::way], changes[::way]
        for start, end in spans(change):
            if start < 2 or end - start < 4 * EASED:
                continue
            for step in range(EASED):
                at = start + step
                if flags[at]:
                    break
                going = 2 * rows[at - 1] - rows[at - 2]
                bend = rows[at] - going
                size = np.linalg.norm(bend, axis=-1, keepdims=True)
                slower = np.minimum(1.0, max(usual, LEAST) / np.maximum(size, 1e-9))
                slower[still] = 1.0
                rows[at] = going + bend * slower
                flags[at] = True
    return goal, known


def usual_bend(joints: np.ndarray) -> float:
    """95th percentile over frames of the largest second difference of a joint, metres per frame and frame."""
    bend = np.linalg.norm(np.diff(joints, n=2, axis=0), axis=-1).max(axis=-1)
    return float(np.quantile(bend, 0.95)) if len(bend) else 0.0


def on_path(joints: np.ndarray, frames: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Joints moved over the ground so that the pelvis, its sway apart, is at ``ground`` (K, 2) in ``frames`` (K,)."""
    away = smoothed(ground - joints[frames][:, 0, [0, 2]], SWAY)
    known, values = np.zeros(len(joints), dtype=bool), np.zeros((len(joints), 2))
    known[frames], values[frames] = True, away
    out = joints.copy()
    out[..., [0, 2]] += offset_curve(known, values)[:, None]
    return out


def jointed(joints: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """``joints`` on the bone ``lengths`` (22,); ankles stay where they are and the knees give way."""
    out = fix_bone_lengths(joints, lengths)
    for name in ("left_ankle", "right_ankle"):
        out = reached(out, name, joints[:, INDEX[name]] - out[:, INDEX[name]])
    return out


def bone_lengths(joints: np.ndarray) -> np.ndarray:
    """Median lengths (22,) of a motion's bones; the pelvis has none."""
    result: np.ndarray = np.median(np.linalg.norm(joints - joints[:, list(PARENTS)], axis=-1), axis=0)
    return result
