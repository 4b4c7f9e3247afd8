# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative retargeting: an edited motion is carried onto the pose that the rig already has.

Twenty-two joints hold less than a rig's pose: no fingers, no twist of a forearm, no style of a spine.
With S and S' the solver's turns for the joints before and after an edit and U the user's own turn of a bone, the
edited turn is U' = S' (S⁻¹ U): S⁻¹ U, which the solver cannot see, stays in the bone's own axes. Where the joints
did not change, S' = S and U' = U. The result is a change to the bone's own channels, so that an unchanged
bone stays the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..body.body_parts import PARTS, part_of
from ..body.bone_curves import Change
from ..body.canonical import facing
from ..body.contacts import find_stance
from ..body.posture import OWN
from ..body.resample import sampled
from ..body.rest_rig import RestRig
from ..body.rotations import continuous, normalised, rotation_of, slerp, swing, transpose
from ..body.skeleton import FPS, LIMB_PARTS, UP
from ..detect.detection import Mapping, check_scale
from ..detect.rest_figure import Figure
from ..solve.retarget import hips_path, solve
from ..solve.two_bone_ik import two_bones
from .carried_rotations import changed_pose, needed_bones, relation, turned_pose
from .ik_changes import IkDrivenLimb, channel_change, control_changes
from .pose_anchoring import IDENTITY, anchor_weights, anchored_turn, handover

# Below these a bone counts as unchanged: a hundredth of the visible, a hundred times the noise of the solver.
SMALLEST_TURN = 2e-5  # radians
SMALLEST_SHIFT = 1e-6  # leg lengths


@dataclass(frozen=True)
class Reach:
    """A target of a hand or foot: its ``role`` (``left_wrist``), and in each frame the position (F, 3) of the bone's
    head in armature space and its weight (F,), from 0 to 1."""

    role: str
    places: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class OriginalTake:
    """A range of a rig's motion that an edit changes.

    Attributes:
        joints: (K, 22, 3) what ``joints_from_pose`` makes of the rig at 20 fps, with context on both sides.
        at: (F,) places of the scene's frames in ``joints``.
        matrices: (F, bones, 4, 4) the pose in those frames, armature space, in the order of ``rig.bones``.
        fps: the scene's rate.
        anchors: frames (of F) whose pose is given, each with the frame (of F) that has this pose, usually the same. If
            the first or last frame is its own anchor, the motion continues outside, and speeds must match.
        parts: out of ``PARTS``; only their bones change.
        reach: places that hands and feet must hit.
        driven: limbs that IK moves; in ``matrices`` and ``joints`` they are where ``visual_pose`` puts them.
    """

    joints: np.ndarray
    at: np.ndarray
    matrices: np.ndarray
    fps: float
    anchors: Table[int, int]
    parts: Sequence[str] = PARTS
    reach: Sequence[Reach] = ()
    driven: Sequence[IkDrivenLimb] = ()


def relative(take: OriginalTake, edited: np.ndarray, rig: RestRig, mapping: Mapping) -> tuple[Change, ...]:
    """The changes that make the rig move as ``edited`` (K, 22, 3) instead of ``take.joints``.

    Returns:
        One entry per bone that changes, parents before children. Their descendants follow.

    Raises:
        UserError: ``zero_scale``.
    """
    figure, matrices = _figure(take, rig, mapping)
    wired = figure.rig
    turns, travel = _difference(take, edited, figure)
    for reach in take.reach:
        _bend(reach, turns, travel, matrices, figure)
    pose_matrices, local = turned_pose(turns, travel, matrices, figure)
    share = handover(len(take.at), take.anchors, take.fps)
    yaw = _turned_away(take, edited)
    changes = []
    for bone, (raw_turn, raw_shift) in local.items():
        i = wired.index[bone]
        away = yaw if bone == mapping.bones["pelvis"] else 0.0
        turn = anchored_turn(raw_turn, take.anchors, take.fps, rotation_of(relation(matrices, wired, i)), away)
        shift = None if raw_shift is None else _anchored_shift(raw_shift, take, pose_matrices, figure, i)
        turn = continuous(slerp(IDENTITY, turn, share))
        shift = None if shift is None else shift * share[:, None]
        if shift is not None and np.abs(shift).max() < SMALLEST_SHIFT * figure.leg:
            shift = None
        changes.append(Change(bone, turn, shift))
    changes = [*changes, *_on_controls(take, changes, matrices, figure)]
    changes = _as_parented(rig.rewired(mapping.moved_by), changes, matrices, figure)
    hidden = {mapping.bones[role] for limb in take.driven for role in limb.roles if role in mapping.bones}
    return tuple(change for change in changes if change.bone not in hidden and _counts(change, figure))


def _turned_away(take: OriginalTake, edited: np.ndarray) -> float:
    """Difference in heading between the last frame of a loop and the first, in radians; 0 without a loop."""
    for frame, like in take.anchors.items():
        if frame != like:
            first, last = (sampled(clip, take.at[[k]]) for clip, k in ((take.joints, like), (edited, frame)))
            return float(facing(last)[0] - facing(first)[0])
    return 0.0


def _on_controls(take: OriginalTake, changes: Sequence[Change], matrices: np.ndarray, figure: Figure) -> list[Change]:
    """The changes of the IK controls, in place of those of the limbs' own bones."""
    limbs = [driven for driven in take.driven if part_of(driven.limb.limb) in take.parts]
    if not limbs:
        return []
    rig = figure.rig
    hung = {name for driven in limbs for control in driven.controls for name in rig.ancestors(control)}
    after = changed_pose(changes, matrices, rig, needed_bones(figure) | hung)
    found = [change for driven in limbs for change in control_changes(driven, matrices, after, rig, figure.mapping)]
    return [replace(change, turn=continuous(change.turn)) for change in found]


def _as_parented(rig: RestRig, changes: list[Change], matrices: np.ndarray, figure: Figure) -> list[Change]:
    """The same changes in the channels that the mapping's ``hung`` bones have on their own parents in ``rig``."""
    hung = [name for name, _ in figure.mapping.hung]
    if not hung:
        return changes
    names = needed_bones(figure).union(*({name, *rig.ancestors(name)} for name in hung))
    names = names.union(*(figure.rig.ancestors(name) for name in names))
    after = changed_pose(changes, matrices, figure.rig, names)
    parented = RestRig(tuple(rig.bone(bone.name) for bone in figure.rig.bones), rig.matrix_world)
    made = [channel_change(parented, name, matrices, after, after[:, parented.index[name]]) for name in hung]
    kept = [change for change in changes if change.bone not in hung]
    return [*kept, *(replace(change, turn=continuous(change.turn)) for change in made)]


def _counts(change: Change, figure: Figure) -> bool:
    moved = change.shift is not None and np.abs(change.shift).max() >= SMALLEST_SHIFT * figure.leg
    return moved or _largest(change.turn) > SMALLEST_TURN


def misses(take: OriginalTake, edited: np.ndarray, rig: RestRig, mapping: Mapping) -> dict[str, float]:
    """Largest distance of the hands and feet of ``take.reach`` from their targets, in armature units, by role."""
    figure, matrices = _figure(take, rig, mapping)
    turns, travel = _difference(take, edited, figure)
    found: dict[str, float] = {}
    for reach in take.reach:
        found[reach.role] = max(found.get(reach.role, 0.0), _bend(reach, turns, travel, matrices, figure))
    return found


def _figure(take: OriginalTake, rig: RestRig, mapping: Mapping) -> tuple[Figure, np.ndarray]:
    """The figure of the rig as its constraints wire it, and the pose matrices in the order of its bones."""
    check_scale(rig)
    wired = rig.rewired(mapping.wiring)
    return Figure(wired, mapping), take.matrices[:, [rig.index[bone.name] for bone in wired.bones]]


def _largest(turn: np.ndarray) -> float:
    return 2.0 * float(np.arctan2(np.linalg.norm(turn[:, 1:], axis=1), np.abs(turn[:, 0])).max(initial=0.0))


def _difference(take: OriginalTake, edited: np.ndarray, figure: Figure) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Turns S' S⁻¹ (F, 3, 3) by role and the shift of the hips (F, 3), both in armature space.

    Both are solved with the stance of the motion before the edit and the posture of ``joints_from_pose``, which then
    cancel. The solver uses neighbours in time, so it gets the whole clip at the scene's rate and the frames are cut
    out of the result.
    """
    step = FPS / take.fps
    first = take.at[0] - step * np.floor(take.at[0] / step + 1e-6)
    grid = np.arange(first, len(take.joints) - 1 + 1e-6, step)
    begin = int(np.argmin(np.abs(grid - take.at[0])))
    cut = slice(begin, begin + len(take.at))
    stance = find_stance(take.joints)
    before, after = (sampled(clip, grid) for clip in (take.joints, edited))
    old, new = (solve(clip, figure, stance, OWN, take.fps) for clip in (before, after))
    chosen = [role for role in new if role in figure.mapping.bones and part_of(role) in take.parts]
    turns = {role: figure.basis @ (new[role] @ transpose(old[role]))[cut] @ figure.basis.T for role in chosen}
    travel = np.zeros((len(take.at), 3))
    if "root" in take.parts:
        travel = (hips_path(after, figure, stance) - hips_path(before, figure, stance))[cut] @ figure.basis.T
    return turns, travel


def _bend(
    reach: Reach, turns: dict[str, np.ndarray], travel: np.ndarray, matrices: np.ndarray, figure: Figure
) -> float:
    """Turn a limb in place so that its end reaches the target; one that is too far is approached.

    Returns:
        The largest remaining distance in frames of full weight.
    """
    side, _, end = reach.role.partition("_")
    roles = [f"{side}_{part}" for part in LIMB_PARTS[end]]
    if any(role not in figure.mapping.bones or role not in turns for role in roles[:2]):
        return 0.0
    pose_matrices, _ = turned_pose(turns, travel, matrices, figure)
    places = []
    for role in roles:
        bone, at = figure.anchor(role)
        i = figure.rig.index[bone]
        local = np.linalg.inv(figure.rig.bones[i].matrix) @ np.append(at, 1.0)
        places.append((pose_matrices[:, i] @ local)[:, :3])
    root, middle, tip = places
    upper, lower = middle - root, tip - middle
    weights = reach.weights[:, None]
    goal = (1.0 - weights) * (tip - root) + weights * (reach.places - root)
    hinge = np.cross(normalised(upper), normalised(lower))
    first, second = two_bones(upper, lower, goal, hinge)
    active = reach.weights > 0.0
    for role, before, after in ((roles[0], upper, first), (roles[1], lower, second)):
        swung = swing(normalised(before), normalised(after))
        turns[role] = np.where(active[:, None, None], swung @ turns[role], turns[role])
    if roles[2] in turns:  # the hand follows the forearm, as the model has no rotation of it
        turns[roles[2]] = turns[roles[1]] if end == "wrist" else turns[roles[2]]
    away = np.linalg.norm(first + second - goal, axis=-1)
    return float(away[reach.weights >= 1.0].max(initial=0.0))


def _anchored_shift(
    shift: np.ndarray, take: OriginalTake, pose_matrices: np.ndarray, figure: Figure, i: int
) -> np.ndarray:
    """The same for the location of bone ``i``. The end of a loop may be elsewhere but at the height of its start."""
    out = shift.copy()
    share = anchor_weights(len(shift), take.anchors, take.fps)
    rig, parent = figure.rig, figure.rig.parents[i]
    for frame, weights in share.items():
        too_much = shift[frame]
        like = take.anchors[frame]
        if like != frame:
            up = figure.basis @ UP
            higher = float((pose_matrices[frame, i, :3, 3] - pose_matrices[like, i, :3, 3]) @ up)
            rest = rig.bones[i].matrix[:3, :3]
            if parent >= 0:
                rest = pose_matrices[frame, parent, :3, :3] @ np.linalg.inv(rig.bones[parent].matrix[:3, :3]) @ rest
            too_much = np.linalg.solve(rest, higher * up)
        out -= weights[:, None] * too_much
    for frame, like in take.anchors.items():
        if like == frame:
            out[frame] = 0.0
    return out
