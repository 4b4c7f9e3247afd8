# SPDX-License-Identifier: GPL-3.0-or-later
"""Foot planting: feet in contact do not slide, turn, sink or float, and the legs follow smoothly.

One procedure serves the 22 joints themselves (``planted_joints``) and a posed rig (``plant``):

- In a contact the toes stay in one place; while the foot is flat, its direction stays too, so that the ankle rests.
  On a rig, toes that move on purpose within a contact, by their speed in the source, keep doing so.
  Before and after, the foot blends back to its own path at its own speed, so heel and toe roll as before; away from
  contacts it is unchanged, unless it would enter the floor.
- The hips follow the feet where these were moved far, and come down where a leg under a flat foot cannot reach.
  Where the heel is off the ground anyway, the foot rolls further over its toes instead.
- Knees are put where two bones of their lengths meet, on the side on which they were.
"""

from __future__ import annotations

import numpy as np

from ..body.contacts import SIDES, Contact, find_contacts, find_stance
from ..body.rotations import about, normalised, swing
from ..body.skeleton import FPS, INDEX, UP
from ..detect.rest_figure import Figure
from .foot_planting import FLOOR, Hold, Leg, Sole, envelope, held_offsets, planted_legs

# Pelvis heights (m) between which a figure goes from sitting or lying to standing on its feet.
UPRIGHT = (0.45, 0.70)
# For joints, which may be generated and drag their feet: they swing as high as nine captured toes in ten.
# Rigs get joints that are planted already.
JOINTS = Hold(release=0.4, soft=0.05, clearance=0.04)
RIG = Hold(slack=0.0125, dips=0.0125)
# Toes bend up by no more than this, and take this time in seconds to do so and to straighten.
BEND, STRAIGHTEN = np.radians(60.0), 0.15


def planted_joints(joints: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """Joints whose feet stay put while in contact; bone lengths do not change.

    Toes that swing fast and low are lifted over the floor as well, as those of generated motion drag.

    Args:
        joints: (F, 22, 3) metres, Y up, 20 fps, floor at 0.
        strength: from 0 (no change) to 1 (feet held entirely).

    Returns:
        (F, 22, 3) of the same dtype. Only the legs bend; everything above the hips moves as one.
    """
    source = joints.astype(np.float64)
    if strength <= 0.0 or len(source) < 2:
        return joints.copy()
    stance = find_stance(source)
    hinge = normalised(source[:, INDEX["left_hip"]] - source[:, INDEX["right_hip"]])
    legs, soles = [], []
    for side in SIDES:
        hip, knee, ankle, toe = (source[:, INDEX[f"{side}_{part}"]] for part in ("hip", "knee", "ankle", "foot"))
        length = float(np.median(np.linalg.norm(toe - ankle, axis=-1)))
        legs.append(Leg(hip, knee, ankle, toe, hinge))
        soles.append(Sole(stance.toe, 0.0, length * np.cos(stance.slope), length * np.sin(stance.slope)))
    shift, planted = planted_legs(
        legs,
        soles,
        find_contacts(source, stance),
        upright(source),
        (np.zeros(len(source)), np.zeros(len(source))),
        fps=FPS,
        strength=strength,
        hold=JOINTS,
    )
    out: np.ndarray = source + shift[:, None]
    for side, leg in zip(SIDES, planted, strict=True):
        for part, points in (("knee", leg.knee), ("ankle", leg.ankle), ("foot", leg.toe)):
            out[:, INDEX[f"{side}_{part}"]] = points
    return out.astype(joints.dtype)


def plant(
    contacts: tuple[list[Contact], list[Contact]],
    figure: Figure,
    turns: dict[str, np.ndarray],
    hips: np.ndarray,
    standing: np.ndarray,
    free: tuple[np.ndarray, np.ndarray],
    *,
    scale: float,
    fps: float,
    strength: float,
) -> np.ndarray:
    """Change the turns of thighs, shins, feet and toes (F, 3, 3) in place so that feet in contact stay put.

    Args:
        contacts: of the source's left and right foot, at 20 fps.
        hips: (F, 3) path of the point between the hips, figure's axes.
        standing: (F,) of ``upright``, at ``fps``.
        free: (F,) each, of ``own_motion``, at ``fps``.
        scale: armature units for a metre of the source.

    Returns:
        (F, 3) the new path of the hips.
    """
    legs, soles = [], []
    for side in SIDES:
        places = {part: figure.place(f"{side}_{part}") for part in ("hip", "knee", "ankle", "foot")}
        hip = hips + turns["pelvis"] @ (places["hip"] - figure.hips)
        knee = hip + turns[f"{side}_hip"] @ (places["knee"] - places["hip"])
        ankle = knee + turns[f"{side}_knee"] @ (places["ankle"] - places["knee"])
        foot = places["foot"] - places["ankle"]
        toe = ankle + turns[f"{side}_ankle"] @ foot
        legs.append(Leg(hip, knee, ankle, toe, turns[f"{side}_knee"] @ figure.pelvis[:, 0]))
        along = float(np.linalg.norm(foot * FLOOR))
        soles.append(Sole(float(places["foot"][1]), figure.floor, along, float(-foot[1])))
    shift, planted = planted_legs(
        legs, soles, contacts, standing, free, scale=scale, fps=fps, strength=strength, hold=RIG
    )
    for side, old, new in zip(SIDES, legs, planted, strict=True):
        for role, start, end in (("hip", "hip", "knee"), ("knee", "knee", "ankle"), ("ankle", "ankle", "toe")):
            before, after = (normalised(getattr(leg, end) - getattr(leg, start)) for leg in (old, new))
            turns[f"{side}_{role}"] = swing(before, after) @ turns[f"{side}_{role}"]
        turns[f"{side}_ankle"] = levelled(figure, side, turns[f"{side}_ankle"], new, fps=fps, strength=strength)
        turns[f"{side}_foot"] = bent_toes(
            figure, side, turns[f"{side}_ankle"], new.toe[:, 1], fps=fps, strength=strength
        )
    return hips + shift


def levelled(figure: Figure, side: str, foot: np.ndarray, leg: Leg, *, fps: float, strength: float) -> np.ndarray:
    """Turns (F, 3, 3) of a foot, level from side to side while it is flat: turned about the axis from ankle to toes."""
    left = normalised(np.cross(UP, figure.place(f"{side}_foot") - figure.place(f"{side}_ankle")))
    tilt = np.arcsin(np.clip((foot @ left)[:, 1:2], -1.0, 1.0))
    back = strength * held_offsets(len(tilt), [(start, end, -tilt) for start, end in leg.flat], RIG.release * fps)
    return (
        about(normalised(leg.toe - leg.ankle), back[:, 0]) @ foot
    )  # a positive turn about the forward axis lifts the left


def bent_toes(
    figure: Figure, side: str, foot: np.ndarray, height: np.ndarray, *, fps: float, strength: float
) -> np.ndarray:
    """Turns (F, 3, 3) of the toes: as the ``foot``'s (F, 3, 3), but bent up where their tips would enter the floor.

    Args:
        height: (F,) of the toe joint.
    """
    role = f"{side}_foot"
    if role not in figure.mapping.bones:
        return foot
    bone = figure.rig.bone(figure.mapping.bones[role])
    joint, tip = (figure.point(figure.standing(bone.name, at)) for at in (bone.head, figure.tail(bone.name)))
    length = max(float(np.linalg.norm(tip - joint)), 1e-9)
    axis = normalised(np.cross(tip - joint, UP))  # to the right
    toes, across = foot @ (tip - joint), foot @ axis
    pitch = np.arctan2(toes[:, 1], (toes * np.cross(UP, across)).sum(-1))
    room = min(tip[1], joint[1]) - height
    lowest = np.arcsin(np.clip(room / length, -1.0, 1.0))
    enters = toes[:, 1] < room  # toes high in the air that point down and back can be below their straight position too
    rise = envelope(np.where(enters, np.clip(lowest - pitch, 0.0, BEND), 0.0), STRAIGHTEN * fps)
    return about(across, strength * rise) @ foot


def upright(joints: np.ndarray) -> np.ndarray:
    """How much (F,) from 0 to 1 the figures of joints (F, 22, 3) stand, by the height of the pelvis."""
    low, high = UPRIGHT
    share: np.ndarray = np.clip((joints[:, 0, 1] - low) / (high - low), 0.0, 1.0)
    return share
