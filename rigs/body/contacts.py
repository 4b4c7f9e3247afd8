# SPDX-License-Identifier: GPL-3.0-or-later
"""Foot contacts: how a clip stands on its floor, and the spans in which toes and ankles stay put.

Everything here is measured at the model's 20 fps, on joints (F, 22, 3) in metres, Y up, whose floor is flat and at 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .rotations import normalised
from .skeleton import FPS, INDEX
from .smoothing import smoothstep

SIDES = ("left", "right")
# Toes slower than ENTER (m/s) stand, and they go on standing, forth and back in time, while they are slower than
# LEAVE. The captured clips have 0.05 m/s in the middle of a contact and pass 0.5 within a frame of leaving.
ENTER, LEAVE = 0.30, 0.55
STRIDE, STEP = 8, 1.2
# Toes may stand while they are less than LOW (m) above their height in the stance; the slower they are, the higher,
# as the feet of generated motion hover, and a foot that stays in place on a box stands there.
LOW, HIGH = 0.035, 0.50
# A foot is flat while its ankle is slower than RESTS (m/s) and its slope is within FLAT of the stance's; it is so until
# it has rolled by ROLL, or its ankle moves as fast as ENTER.
RESTS, FLAT, ROLL = 0.18, np.radians(14.0), np.radians(4.0)
# Toes further than this (m) from the middle of their contact slide on purpose.
DRIFT = 0.10
# Toe speeds (m/s) between which creeping, which is a slide, becomes motion on purpose.
CREEPS = (0.05, 0.20)
# Contacts shorter than this, in frames, are chance; gaps as short as GAP between two at one place are too.
SHORTEST, GAP = 3, 2
# A contact whose foot is the lower one, or less than NEAR (m) above it, is on the floor if it is less than FLOOR high.
NEAR, FLOOR = 0.04, 0.13
# Pelvis height (m) below which a figure sits, crawls or lies and its feet need not be on the floor.
UPRIGHT = 0.60


@dataclass(frozen=True)
class Stance:
    """How a figure of 22 joints stands: the slope from ankle to toes in radians (down is positive), and the heights
    in metres of ankle and toe joint, while the foot is flat on the ground."""

    slope: float
    ankle: float
    toe: float


# Over the captured clips the slope is 16 degrees (CMU) or 26 (ACCAD), the ankle 0.058 or 0.075 m high.
USUAL = Stance(float(np.radians(20.0)), 0.065, 0.015)


@dataclass(frozen=True)
class Contact:
    """Toes that stay put from frame ``start`` to before ``end``, on ground of height ``base`` (m).

    The foot is flat, so that its ankle rests too, from ``flat`` to before ``lifted``; both are equal where it never is.
    """

    start: int
    end: int
    base: float
    flat: int
    lifted: int


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
    for side in SIDES:
        ankle, toe = joints[:, INDEX[f"{side}_ankle"]], joints[:, INDEX[f"{side}_foot"]]
        rests = (speed(toe, FPS) < 0.2) & (speed(ankle, FPS) < 0.25) & (toe[:, 1] < 0.08) & (ankle[:, 1] < 0.15)
        shin = normalised(joints[:, INDEX[f"{side}_knee"]] - ankle)
        rests &= shin[:, 1] > 0.6  # not a foot that trails behind one who crawls
        direction = normalised(toe[rests] - ankle[rests])
        found.append(np.stack([np.arcsin(-direction[:, 1]), ankle[rests, 1], toe[rests, 1]], axis=-1))
    rows = np.concatenate(found)
    if len(rows) < 6:
        return USUAL
    slope, ankle_height, toe_height = np.median(rows, axis=0)
    return Stance(float(np.clip(slope, np.radians(8.0), np.radians(34.0))), float(ankle_height), float(toe_height))


def own_motion(joints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share (F,) of each foot's movement that is on purpose, by toe speed, in a clip (F, 22, 3) at 20 fps.

    Slow creeping is a slide and is removed; faster motion within a contact, as of toes that land or push off, is kept.
    """
    low, high = CREEPS
    shares = []
    for side in SIDES:
        shares.append(smoothstep((speed(joints[:, INDEX[f"{side}_foot"]], FPS) - low) / (high - low)))
    return shares[0], shares[1]


def spans(flags: np.ndarray) -> list[tuple[int, int]]:
    """Runs of True in (F,) as (first frame, frame after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def hysteresis(sure: np.ndarray, possible: np.ndarray) -> np.ndarray:
    """The runs of ``possible`` (F,) bool that hold a frame of ``sure`` (F,) bool."""
    out = np.zeros(len(possible), dtype=bool)
    for start, end in spans(possible | sure):
        out[start:end] = sure[start:end].any()
    return out


def find_contacts(joints: np.ndarray, stance: Stance) -> tuple[list[Contact], list[Contact]]:
    """The contacts of the left and of the right foot of a clip (F, 22, 3) at 20 fps, in order."""
    lower = joints[:, [INDEX[f"{side}_foot"] for side in SIDES], 1].min(axis=1)
    ground = sliding_window_view(np.pad(lower, STRIDE, mode="edge"), 2 * STRIDE + 1).min(axis=-1)
    ground = np.where(ground < FLOOR, ground, stance.toe)
    left, right = (_contacts(joints, side, stance, lower, ground) for side in SIDES)
    return left, right


def _contacts(joints: np.ndarray, side: str, stance: Stance, lower: np.ndarray, ground: np.ndarray) -> list[Contact]:
    """Those of one side; ``lower`` (F,) is the height of the lower toes, ``ground`` where these stand at that time."""
    ankle, toe = joints[:, INDEX[f"{side}_ankle"]], joints[:, INDEX[f"{side}_foot"]]
    pace, height = speed(toe, FPS), toe[:, 1] - stance.toe
    above = toe[:, 1] - ground
    allowed = LOW + (HIGH - LOW) * np.clip(1.0 - pace / ENTER, 0.0, 1.0) ** 2
    slowest = sliding_window_view(np.pad(pace, 2, mode="edge"), 5).min(axis=-1)
    steps = (pace == slowest) & (pace < STEP) & (above < LOW)
    near_step = sliding_window_view(np.pad(steps, 1), 3).any(axis=-1) & (pace < 1.5 * STEP) & (above < 2 * LOW)
    stands = (
        hysteresis((pace < ENTER) & (above < allowed), (pace < LEAVE) & (above < np.maximum(allowed, 2 * LOW)))
        | near_step
    )
    stands &= toe[:, 1] < ankle[:, 1]  # otherwise the foot stands on its heel
    for (_, end), (start, _) in zip(spans(stands)[:-1], spans(stands)[1:], strict=True):
        near = np.linalg.norm(toe[start] - toe[end - 1]) < 0.5 * DRIFT
        stands[end:start] = near and start - end <= GAP
    for start, end in spans(stands):
        stands[start:end] = np.linalg.norm(toe[start:end] - np.median(toe[start:end], axis=0), axis=1) < DRIFT
    slope = np.arcsin(np.clip(-normalised(toe - ankle)[:, 1], -1.0, 1.0))
    pace = speed(ankle, FPS)
    out = []
    for start, end in spans(stands):
        if end - start < SHORTEST:
            continue
        flat, lifted = _flat(slope[start:end], pace[start:end], stance)
        base = float(np.median(height[start:end]))
        supports = np.median(height[start:end] + stance.toe - lower[start:end]) < NEAR
        upright = np.median(joints[start:end, 0, 1]) > UPRIGHT
        if base < LOW or (base < FLOOR and supports and upright and lifted > flat):
            base = 0.0
        out.append(Contact(start, end, base, start + flat, start + lifted))
    return out


def _flat(slope: np.ndarray, pace: np.ndarray, stance: Stance) -> tuple[int, int]:
    """The longest run of frames in which a foot that stands is flat, from the slope (F,) and the ankle's speed (F,)."""
    rests = (np.abs(slope - stance.slope) < FLAT) & (pace < RESTS)
    if np.count_nonzero(rests) < 2:
        return 0, 0
    rolls = np.abs(slope - np.median(slope[rests])) > ROLL
    return max(spans(hysteresis(rests & ~rolls, ~rolls & (pace < ENTER))), key=lambda s: s[1] - s[0], default=(0, 0))
