# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative retargeting: an edited motion is carried onto the pose that the rig already has.

Twenty-two joints say less than a rig's pose: nothing of fingers, of the twist of a forearm, of the style of a spine.
With S and S' what the solver finds for the joints before and after an edit and U the user's own turn of a bone, the
edited turn is U' = S' (S⁻¹ U): what the solver could not see, S⁻¹ U, stays in the bone's own axes. Where the joints
did not change, S' = S and U' = U. The result is given as what to add to the bone's own channels, so that a bone that
is left alone is left alone to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .canonical import facing
from .contacts import find_stance
from .curves import Change
from .detection import Mapping, check_scale
from .driven import Driven, control_changes
from .figure import Figure
from .ik import two_bones
from .posture import OWN
from .resample import sampled
from .rest import RestRig
from .retarget import UP, hips_path, solve
from .rotations import continuous, normalised, rotation_of, slerp, swing, transpose
from .settling import ONE, handover, settled_turn, shares
from .skeleton import FPS
from .turning import changed_pose, needed_bones, relation, turned_pose

PARTS: tuple[str, ...] = ("root", "trunk", "left_arm", "right_arm", "left_leg", "right_leg")
# Below these a bone counts as unchanged: a hundredth of what one sees, a hundred times the noise of the solver.
SMALLEST_TURN = 2e-5  # radians
SMALLEST_SHIFT = 1e-6  # leg lengths


@dataclass(frozen=True)
class Reach:
    """A hand or foot that is to be somewhere: ``role`` (``left_wrist``), and in each frame the place (F, 3) of the
    bone's head in armature space and how much it counts (F,), from 0 to 1."""

    role: str
    places: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Take:
    """A stretch of a rig's motion that an edit changes.

    Attributes:
        joints: (K, 22, 3) what ``joints_from_pose`` makes of the rig at 20 fps, with context on both sides.
        at: (F,) places of the scene's frames in ``joints``.
        matrices: (F, bones, 4, 4) the pose in those frames, armature space, in the order of ``rig.bones``.
        fps: the scene's rate.
        anchors: the frames (of F) whose pose is given: it is that of the frame (of F) that stands with them, usually
            the same. Where that is so for the first or last frame, what is outside goes on, and speeds must meet.
        parts: out of ``PARTS``; only their bones change.
        reach: places that hands and feet must hit.
        driven: limbs that IK moves; in ``matrices`` and ``joints`` they are where ``driven.shown_pose`` puts them.
    """

    joints: np.ndarray
    at: np.ndarray
    matrices: np.ndarray
    fps: float
    anchors: Table[int, int]
    parts: Sequence[str] = PARTS
    reach: Sequence[Reach] = ()
    driven: Sequence[Driven] = ()


def part_of(role: str) -> str:
    """The body part that a role of a mapping belongs to."""
    if role == "pelvis":
        return "root"
    side, _, joint = role.partition("_")
    if not joint:
        return "trunk"
    return f"{side}_{'arm' if joint in ('collar', 'shoulder', 'elbow', 'wrist') else 'leg'}"


def relative(take: Take, edited: np.ndarray, rig: RestRig, mapping: Mapping) -> tuple[Change, ...]:
    """What to change on the rig so that it moves as ``edited`` (K, 22, 3) says instead of ``take.joints``.

    Returns:
        One entry per bone that changes, parents before children. Bones that hang on them follow by themselves.

    Raises:
        UserError: ``zero_scale``.
    """
    figure, matrices = _figure(take, rig, mapping)
    wired = figure.rig
    turns, travel = _difference(take, edited, figure)
    for reach in take.reach:
        _bend(reach, turns, travel, matrices, figure)
    posed, local = turned_pose(turns, travel, matrices, figure)
    share = handover(len(take.at), take.anchors, take.fps)
    yaw = float(facing(edited[-1:])[0] - facing(take.joints[:1])[0])
    changes = []
    for bone, (raw_turn, raw_shift) in local.items():
        i = wired.index[bone]
        away = yaw if bone == mapping.bones["pelvis"] else 0.0
        turn = settled_turn(raw_turn, take.anchors, take.fps, rotation_of(relation(matrices, wired, i)), away)
        shift = None if raw_shift is None else _settle_shift(raw_shift, take, posed, figure, i)
        turn = continuous(slerp(ONE, turn, share))
        shift = None if shift is None else shift * share[:, None]
        if shift is not None and np.abs(shift).max() < SMALLEST_SHIFT * figure.leg:
            shift = None
        changes.append(Change(bone, turn, shift))
    changes = [*changes, *_on_controls(take, changes, matrices, figure)]
    hidden = {mapping.bones[role] for limb in take.driven for role in limb.roles if role in mapping.bones}
    return tuple(change for change in changes if change.bone not in hidden and _counts(change, figure))


def _on_controls(take: Take, changes: Sequence[Change], matrices: np.ndarray, figure: Figure) -> list[Change]:
    """What the controls of limbs that IK moves take over from the limbs' own bones."""
    limbs = [driven for driven in take.driven if part_of(driven.limb.limb) in take.parts]
    if not limbs:
        return []
    rig = figure.rig
    hung = {name for driven in limbs for control in driven.controls for name in rig.ancestors(control)}
    after = changed_pose(changes, matrices, rig, needed_bones(figure) | hung)
    found = [change for driven in limbs for change in control_changes(driven, matrices, after, rig, figure.mapping)]
    return [replace(change, turn=continuous(change.turn)) for change in found]


def _counts(change: Change, figure: Figure) -> bool:
    moved = change.shift is not None and np.abs(change.shift).max() >= SMALLEST_SHIFT * figure.leg
    return moved or _largest(change.turn) > SMALLEST_TURN


def misses(take: Take, edited: np.ndarray, rig: RestRig, mapping: Mapping) -> dict[str, float]:
    """How far the hands and feet of ``take.reach`` stay from their places at most, in armature units, by role."""
    figure, matrices = _figure(take, rig, mapping)
    turns, travel = _difference(take, edited, figure)
    return {reach.role: _bend(reach, turns, travel, matrices, figure) for reach in take.reach}


def _figure(take: Take, rig: RestRig, mapping: Mapping) -> tuple[Figure, np.ndarray]:
    """The figure of the rig as its constraints wire it, and the pose matrices in the order of its bones."""
    check_scale(rig)
    wired = rig.rewired(mapping.moved_by)
    return Figure(wired, mapping), take.matrices[:, [rig.index[bone.name] for bone in wired.bones]]


def _largest(turn: np.ndarray) -> float:
    return 2.0 * float(np.arctan2(np.linalg.norm(turn[:, 1:], axis=1), np.abs(turn[:, 0])).max(initial=0.0))


def _difference(take: Take, edited: np.ndarray, figure: Figure) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Turns S' S⁻¹ (F, 3, 3) by role and the way of the hips (F, 3), both in armature space.

    Both are solved with the stance of the motion before the edit and the posture of ``joints_from_pose``, so that these
    cancel. The solver looks at
    neighbours in time, so it is given the whole clip at the scene's rate and the frames are cut out of that.
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
    """Turn a limb in place so that its end is where ``reach`` wants it; what is too far is approached.

    Returns:
        How far it stays away at most where it counts fully.
    """
    side, _, end = reach.role.partition("_")
    parts = ("shoulder", "elbow", "wrist") if end == "wrist" else ("hip", "knee", "ankle")
    roles = [f"{side}_{part}" for part in parts]
    if any(role not in figure.mapping.bones or role not in turns for role in roles[:2]):
        return 0.0
    posed, _ = turned_pose(turns, travel, matrices, figure)
    places = []
    for role in roles:
        bone, at = figure.anchor(role)
        i = figure.rig.index[bone]
        local = np.linalg.inv(figure.rig.bones[i].matrix) @ np.append(at, 1.0)
        places.append((posed[:, i] @ local)[:, :3])
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
    if roles[2] in turns:  # the hand keeps its place on the forearm, as the model knows no turn of it
        turns[roles[2]] = turns[roles[1]] if end == "wrist" else turns[roles[2]]
    away = np.linalg.norm(first + second - goal, axis=-1)
    return float(away[reach.weights >= 1.0].max(initial=0.0))


def _settle_shift(shift: np.ndarray, take: Take, posed: np.ndarray, figure: Figure, i: int) -> np.ndarray:
    """The same for the location of bone ``i``. The end of a loop may be elsewhere, at the height of its start."""
    out = shift.copy()
    share = shares(len(shift), take.anchors, take.fps)
    rig, parent = figure.rig, figure.rig.parents[i]
    for frame, weights in share.items():
        too_much = shift[frame]
        like = take.anchors[frame]
        if like != frame:
            up = figure.basis @ UP
            higher = float((posed[frame, i, :3, 3] - posed[like, i, :3, 3]) @ up)
            rest = rig.bones[i].matrix[:3, :3]
            if parent >= 0:
                rest = posed[frame, parent, :3, :3] @ np.linalg.inv(rig.bones[parent].matrix[:3, :3]) @ rest
            too_much = np.linalg.solve(rest, higher * up)
        out -= weights[:, None] * too_much
    for frame, like in take.anchors.items():
        if like == frame:
            out[frame] = 0.0
    return out
