# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns of pelvis, spine, neck, head and collars from joint positions, and the joints from the turns.

A turn is a rotation (F, 3, 3) in the figure's axes that takes a bone from its rest pose to its pose. ``turns_of`` and
``directions_of`` are inverses.
"""

from __future__ import annotations

import numpy as np

from ..body.posture import Posture, bone_direction, chest_turn, pelvis_turn
from ..body.rotations import about, between, normalised, swing, transpose
from ..detect.rest_figure import Figure


def turns_of(joints: np.ndarray, figure: Figure, posture: Posture) -> dict[str, np.ndarray]:
    """Turns by role of joints (F, 22, 3): the pelvis, all spine and neck bones, the head and the collars."""
    pelvis, chest = pelvis_turn(joints, posture), chest_turn(joints, posture)
    directions = trunk_directions(joints, posture)
    extra = spine_swing(directions, posture, pelvis, chest)
    turns = {"pelvis": pelvis @ figure.upright}
    spine = spine_turns(figure, pelvis, chest, extra)
    turns.update(zip(figure.spine_roles, (turn @ figure.upright for turn in spine), strict=True))
    turns.update(_neck_turns(directions, figure, posture, chest))
    for side in ("left", "right"):
        usual = chest @ normalised(posture.offset(f"{side}_shoulder"))
        turns[f"{side}_collar"] = swing(usual, bone_direction(joints, f"{side}_shoulder")) @ chest @ figure.upright
    return turns


def trunk_directions(joints: np.ndarray, posture: Posture) -> dict[str, np.ndarray]:
    """Vectors (F, 3) along trunk and neck, at the posture's lengths, as the clip's proportions do not matter."""
    names = ("left_hip", "right_hip", "spine1", "spine2", "spine3", "neck", "head")
    return {name: float(np.linalg.norm(posture.offset(name))) * bone_direction(joints, name) for name in names}


def spine_swing(
    directions: dict[str, np.ndarray], posture: Posture, pelvis: np.ndarray, chest: np.ndarray
) -> np.ndarray:
    """The rotation (F, 3, 3) of the vector from hips to neck against the one that pelvis and chest imply."""
    seen = directions["spine1"] + directions["spine2"] + directions["spine3"] + posture.neck * directions["neck"]
    seen = seen - 0.5 * (directions["left_hip"] + directions["right_hip"])
    fixed, bent = model_spine(posture, pelvis, chest)
    return swing(normalised(fixed + sum(bent)), normalised(seen))


def neck_turn(directions: dict[str, np.ndarray], posture: Posture, chest: np.ndarray) -> np.ndarray:
    """The turn (F, 3, 3) of the neck as a whole, from the chest to the head."""
    usual = chest @ normalised((1.0 - posture.neck) * posture.offset("neck") + posture.offset("head"))
    return swing(usual, normalised((1.0 - posture.neck) * directions["neck"] + directions["head"])) @ chest


def model_spine(posture: Posture, pelvis: np.ndarray, chest: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """The vector from hips to neck that follows from the turns of pelvis and chest (F, 3, 3).

    Returns:
        (F, 3) the part that is rigid with pelvis and chest, and the parts in between, which may swing as well.
    """
    fixed = (pelvis @ -posture.hips) + posture.neck * (chest @ posture.offset("neck"))
    bent = []
    for name, share in zip(("spine1", "spine2", "spine3"), posture.shares, strict=True):
        part = between(pelvis, chest, float(share)) @ posture.offset(name)
        if share in (0.0, 1.0):
            fixed = fixed + part
        else:
            bent.append(part)
    return fixed, bent


def spine_turns(figure: Figure, pelvis: np.ndarray, chest: np.ndarray, extra: np.ndarray) -> list[np.ndarray]:
    """Turns of the rig's spine bones: bone k of N takes the share k / N, and the last is the chest.

    Those below swing together so that the vector from hips to neck is rotated by ``extra`` (F, 3, 3) against the one of
    these shares.
    """
    turns = _shared(figure, pelvis, chest)
    fixed, bent = _rig_spine(figure, pelvis, turns)
    goal = (extra @ normalised(fixed + bent)[..., None])[..., 0]
    swung = swing_onto(fixed, bent, goal)
    return [*(swung @ turn for turn in turns[:-1]), chest]


def _shared(figure: Figure, pelvis: np.ndarray, chest: np.ndarray) -> list[np.ndarray]:
    count = len(figure.spine_roles)
    return [*(between(pelvis, chest, (k + 1) / count) for k in range(count - 1)), chest]


def _rig_spine(figure: Figure, pelvis: np.ndarray, turns: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The vector from hips to neck: the part that is rigid with pelvis and chest, and the rest, each (F, 3)."""
    bones = np.diff(figure.spine, axis=0) @ figure.upright.T
    base = figure.upright @ (figure.spine[0] - figure.hips)
    bent = sum((turn @ bone for turn, bone in zip(turns[:-1], bones[:-1], strict=True)), np.zeros((len(pelvis), 3)))
    return pelvis @ base + turns[-1] @ bones[-1], bent


def swing_onto(fixed: np.ndarray, bent: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The shortest swing S (F, 3, 3) that makes A + S B parallel to the unit vectors w.

    S B = r w - A with r = w.A + sqrt((w.A)² - |A|² + |B|²); where that has no root, w is approached.

    Args:
        fixed: A (F, 3). bent: B (F, 3). goal: w (F, 3).
    """
    along = (goal * fixed).sum(-1)
    root = np.maximum(along**2 - (fixed**2).sum(-1) + (bent**2).sum(-1), 0.0)
    wanted = (along + np.sqrt(root))[:, None] * goal - fixed
    return swing(normalised(bent), normalised(wanted))


def _neck_turns(
    directions: dict[str, np.ndarray], figure: Figure, posture: Posture, chest: np.ndarray
) -> dict[str, np.ndarray]:
    """Turns of neck bones and head.

    The head follows the last segment of the source's neck. The neck bones, bone k of N with the share k / N of that,
    swing together so that the rig's neck deviates from rest as the source's whole neck does.
    """
    lower, upper = posture.offset("neck"), posture.offset("head")
    rigid = chest @ normalised(lower)
    low = swing(rigid, normalised(posture.neck * rigid + (1.0 - posture.neck) * normalised(directions["neck"]))) @ chest
    head = swing(low @ normalised(upper), normalised(directions["head"])) @ low
    turns = {"head": head @ figure.upright}
    bones = figure.neck
    if len(bones):
        total = neck_turn(directions, posture, chest)
        count = len(bones)
        shared = [between(chest, head, (k + 1) / count) @ figure.upright for k in range(count)]
        chain = sum((turn @ bone for turn, bone in zip(shared, bones, strict=True)), np.zeros((len(chest), 3)))
        goal = total @ (figure.upright @ bones.sum(0))
        swung = swing(normalised(chain), normalised(goal))
        turns.update((role, swung @ turn) for role, turn in zip(figure.neck_roles, shared, strict=True))
    return turns


def directions_of(
    figure: Figure, posture: Posture, pelvis: np.ndarray, chest: np.ndarray, pose_directions: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Directions (F, 3) from joint to joint of the trunk, from which ``turns_of`` makes the same pose of the rig.

    Args:
        pelvis, chest: (F, 3, 3) turns of pelvis and last spine bone, from a T-pose.
        pose_directions: those of the pose, (F, 3): ``spine`` from between the hips to the neck, ``left_shoulder`` and
            ``right_shoulder`` from the collars, ``head`` from the neck; those that the rig has. Without a neck,
            ``head`` is the posture's offset turned with the head.
    """
    turns = _shared(figure, pelvis, chest)
    extra = swing(normalised(np.add(*_rig_spine(figure, pelvis, turns))), normalised(pose_directions["spine"]))
    out = model_directions(posture, pelvis, chest, extra)
    for name in ("left_shoulder", "right_shoulder", "head"):
        usual = normalised(posture.offset(name))
        out[name] = chest @ usual
        if name in pose_directions:
            necked = name != "head" or figure.neck_roles
            rest = normalised(figure.upright @ figure.hanging(name)) if necked else usual
            now = (transpose(chest) @ normalised(pose_directions[name])[..., None])[..., 0]
            out[name] = (chest @ tilt(usual, rest, now) @ usual[:, None])[..., 0]
    return out


def model_directions(
    posture: Posture, pelvis: np.ndarray, chest: np.ndarray, extra: np.ndarray
) -> dict[str, np.ndarray]:
    """Directions (F, 3) to hips, spine, neck and collars, with the spine turned by ``extra`` (see ``spine_swing``)."""
    out = {name: pelvis @ normalised(posture.offset(name)) for name in ("left_hip", "right_hip")}
    out.update((name, chest @ normalised(posture.offset(name))) for name in ("left_collar", "right_collar", "neck"))
    fixed, bent = model_spine(posture, pelvis, chest)
    total = np.sum(bent, axis=0)
    swung = swing_onto(fixed, total, (extra @ normalised(fixed + total)[..., None])[..., 0])
    for name, share in zip(("spine1", "spine2", "spine3"), posture.shares, strict=True):
        turn = between(pelvis, chest, float(share))
        out[name] = (turn if share in (0.0, 1.0) else swung @ turn) @ normalised(posture.offset(name))
    return out


def tilt(usual: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Rotations (F, 3, 3) about axes at right angles to ``usual`` (3,) that take ``start`` (3,) to ``end`` (F, 3).

    Such an axis is at right angles to ``end - start`` too, and the angle is that between what ``start`` and ``end``
    leave across the axis. It is what ``swing`` finds from ``usual`` and where this takes it.
    """
    axis = normalised(np.cross(usual, end - start))
    first, last = (v - (v * axis).sum(-1, keepdims=True) * axis for v in (start, end))
    return about(axis, np.arctan2((axis * np.cross(first, last)).sum(-1), (first * last).sum(-1)))
