# SPDX-License-Identifier: GPL-3.0-or-later
"""Feet on the ground: how a clip stands, when a foot carries, and legs that keep a carrying foot in place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .figure import Figure
from .rotations import normalised, perpendicular, swing
from .skeleton import FPS, INDEX

UP = np.array([0.0, 1.0, 0.0])
# Below this speed (m/s) and height (m, above the stance) the toe joint stands. The captured clips have 0.05 m/s
# in the middle of a contact and pass 0.3 when the foot leaves; a toe in swing is 0.03 to 0.2 high.
SPEED, HEIGHT = 0.30, 0.035
# A toe that has gone further than this (m) from the middle of its contact slides on purpose.
DRIFT = 0.08
# Contacts shorter than this, in seconds, are chance.
SHORTEST = 0.12
# A leg that has to reach further than this share of its length, and further than it does in the source, gives way.
BENDS = 0.98


@dataclass(frozen=True)
class Stance:
    """How a figure of 22 joints stands: the slope from ankle to toes in radians (down is positive), and the heights
    in metres of ankle and toe joint, while the foot is flat on the ground."""

    slope: float
    ankle: float
    toe: float


# Over the captured clips the slope is 16 degrees (CMU) or 26 (ACCAD), the ankle 0.058 or 0.075 m high.
USUAL = Stance(float(np.radians(20.0)), 0.065, 0.015)


def speed(points: np.ndarray, fps: float) -> np.ndarray:
    """Speed (F, ...) of points (F, ..., 3) per second, from central differences."""
    if len(points) < 2:
        return np.zeros(points.shape[:-1])
    return np.linalg.norm(np.gradient(points, axis=0), axis=-1) * fps


def find_stance(joints: np.ndarray) -> Stance:
    """The stance of a clip (F, 22, 3) at 20 fps: medians over the frames in which a foot rests near the floor.

    The skeletons behind the clips differ by 10 degrees in slope, so one constant would tip every foot of some.
    """
    found = []
    for side in ("left", "right"):
        ankle, toe = joints[:, INDEX[f"{side}_ankle"]], joints[:, INDEX[f"{side}_foot"]]
        rests = (speed(toe, FPS) < 0.2) & (speed(ankle, FPS) < 0.25) & (toe[:, 1] < 0.08) & (ankle[:, 1] < 0.15)
        shin = normalised(joints[:, INDEX[f"{side}_knee"]] - ankle)
        rests &= shin[:, 1] > 0.6  # not a foot that trails behind one who crawls
        way = normalised(toe[rests] - ankle[rests])
        found.append(np.stack([np.arcsin(-way[:, 1]), ankle[rests, 1], toe[rests, 1]], axis=-1))
    rows = np.concatenate(found)
    if len(rows) < 6:
        return USUAL
    slope, ankle_height, toe_height = np.median(rows, axis=0)
    return Stance(float(np.clip(slope, np.radians(8.0), np.radians(34.0))), float(ankle_height), float(toe_height))


def contacts(joints: np.ndarray, side: str, stance: Stance, fps: float) -> np.ndarray:
    """Frames (F,) bool in which the toes of one side carry weight."""
    toe = joints[:, INDEX[f"{side}_foot"]]
    stands = (speed(toe, fps) < SPEED) & (toe[:, 1] < stance.toe + HEIGHT)
    for start, end in spans(stands):
        away = np.linalg.norm((toe[start:end] - np.median(toe[start:end], axis=0))[:, [0, 2]], axis=1)
        stands[start:end] = away < DRIFT
    for start, end in spans(stands):
        stands[start:end] = end - start >= SHORTEST * fps
    return stands


def spans(flags: np.ndarray) -> list[tuple[int, int]]:
    """Runs of True in (F,) as (first frame, frame after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def offsets(toe: np.ndarray, carries: np.ndarray, height: float, fps: float) -> np.ndarray:
    """How far (F, 3) a foot has to move so that it stays put while it carries.

    In a contact the toes go to the median of their places, at ``height``. Between contacts the offset passes from the
    one to the next and has at both ends the slope that it has there, so the foot takes off and lands without a jerk.

    Args:
        toe: (F, 3) path of the toes without this correction.
    """
    out = np.zeros_like(toe)
    found = spans(carries)
    if not found:
        return out
    step = -np.gradient(toe, axis=0)  # of the offset, per frame, within a contact
    for start, end in found:
        goal = np.median(toe[start:end], axis=0)
        goal[1] = height
        out[start:end] = goal - toe[start:end]
    first, last = found[0][0], found[-1][1] - 1
    out[:first] = out[first] - step[first] * fade(np.arange(first, 0, -1), fps)
    out[last + 1 :] = out[last] + step[last] * fade(np.arange(1, len(toe) - last), fps)
    for (_, end), (right, _) in pairwise(found):
        gone = np.arange(1, right - end + 1)
        t = (gone / (right - end + 1))[:, None]
        share = t * t * (3.0 - 2.0 * t)
        leave = out[end - 1] + step[end - 1] * fade(gone, fps)
        land = out[right] - step[right] * fade(gone[::-1], fps)
        out[end:right] = (1.0 - share) * leave + share * land
    # Toes in swing stay above the ground.
    out[:, 1] += np.maximum(height - toe[:, 1] - out[:, 1], 0.0)
    return out


def fade(frames: np.ndarray, fps: float) -> np.ndarray:
    """How far (F, 1), in frames, something gets that starts with a speed of one a frame and comes to rest in 0.1 s."""
    rest = 0.1 * fps
    return rest * (1.0 - np.exp(-frames[:, None] / rest))


def plant(
    joints: np.ndarray, figure: Figure, turns: dict[str, np.ndarray], hips: np.ndarray, *, stance: Stance, fps: float
) -> None:
    """Change the turns of thighs and shins (F, 3, 3) in place so that carrying feet neither slide nor sink.

    Args:
        joints: (F, 22, 3) the source at ``fps``, on which contacts are found.
        hips: (F, 3) path of the point between the hips, figure's axes.
    """
    for side in ("left", "right"):
        carries = contacts(joints, side, stance, fps)
        places = {part: figure.place(f"{side}_{part}") for part in ("hip", "knee", "ankle", "foot")}
        thigh, shin = places["knee"] - places["hip"], places["ankle"] - places["knee"]
        hip = hips + turns["pelvis"] @ (places["hip"] - figure.hips)
        upper, lower = turns[f"{side}_hip"] @ thigh, turns[f"{side}_knee"] @ shin
        toe = hip + upper + lower + turns[f"{side}_ankle"] @ (places["foot"] - places["ankle"])
        move = offsets(toe, carries, float(places["foot"][1]), fps)
        bent = two_bones(upper, lower, upper + lower + move, turns[f"{side}_knee"] @ figure.pelvis[:, 0])
        turns[f"{side}_hip"] = swing(normalised(upper), normalised(bent[0])) @ turns[f"{side}_hip"]
        turns[f"{side}_knee"] = swing(normalised(lower), normalised(bent[1])) @ turns[f"{side}_knee"]


def two_bones(
    upper: np.ndarray, lower: np.ndarray, goal: np.ndarray, hinge: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The two bones (F, 3) of a limb turned so that they end at ``goal`` (F, 3), all from the limb's root.

    The middle joint stays on its side of the line from root to end; for a straight limb ``hinge`` (F, 3) says which.
    With lengths a, b and the distance d the first bone leaves that line by the angle whose cosine is
    (a² + d² - b²) / 2ad. A goal out of reach is approached, smoothly, not reached.
    """
    a, b = np.linalg.norm(upper, axis=-1, keepdims=True), np.linalg.norm(lower, axis=-1, keepdims=True)
    line, wanted = normalised(upper + lower), normalised(goal)
    pole = perpendicular(upper, line) + 0.02 * a * np.cross(line, hinge)
    pole = (swing(line, wanted) @ normalised(pole)[..., None])[..., 0]
    pole = normalised(perpendicular(pole, wanted))
    before = np.linalg.norm(upper + lower, axis=-1, keepdims=True)
    d = soft_limit(np.linalg.norm(goal, axis=-1, keepdims=True), np.maximum(before, BENDS * (a + b)), a + b)
    d = np.maximum(d, np.abs(a - b) + 0.01 * (a + b))
    cosine = np.clip((a * a + d * d - b * b) / (2.0 * a * d), -1.0, 1.0)
    first = a * (cosine * wanted + np.sqrt(1.0 - cosine**2) * pole)
    return first, d * wanted - first


def soft_limit(values: np.ndarray, start: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """``values`` up to ``start``; beyond, they near ``limit`` without reaching it and without a corner."""
    room = np.maximum(limit - start, 1e-9)
    over = np.maximum(values - start, 0.0)
    return np.where(over <= 0.0, values, start + room * (1.0 - np.exp(-over / room)))
