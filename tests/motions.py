# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic clips of the 22 joints for tests: a small figure posed by angles, (F, 22, 3) metres, Y up, 20 fps."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.rotations import about
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, JOINTS, PARENTS

X, Y, Z = np.eye(3)
ANKLE = 0.07  # height of the ankle in a flat stance
_UPRIGHT = {
    "hip": (0.74, -0.67, 0.0),
    "knee": (0.0, -1.0, 0.0),
    "ankle": (0.0, -1.0, 0.0),
    "foot": (0.1, -0.38, 0.92),
    "collar": (0.75, 0.66, 0.0),
    "shoulder": (0.96, 0.22, -0.05),
    "elbow": (0.15, -0.99, 0.0),
    "wrist": (0.15, -0.99, 0.0),
}
_TRUNK = {"spine1": (0.0, 1.0, -0.1), "spine2": (0.0, 1.0, 0.1), "spine3": (0.0, 1.0, 0.1)} | {
    "neck": (0.0, 1.0, 0.0),
    "head": (0.0, 0.9, 0.4),
}


def body(
    place: np.ndarray,
    root: np.ndarray,
    *,
    hip: tuple[np.ndarray, np.ndarray],
    knee: tuple[np.ndarray, np.ndarray],
    arm: tuple[np.ndarray, np.ndarray],
    elbow: tuple[np.ndarray, np.ndarray],
    spread: np.ndarray,
) -> np.ndarray:
    """Joints of a figure.

    Args:
        place: (F, 3) of the pelvis; root: (F, 3, 3) its rotation.
        hip, knee, arm, elbow: left and right, each (F,) radians, flexion positive; spread: (F,) of the arms, 0 hanging.
    """
    frames = len(place)
    out = np.zeros((frames, len(JOINTS), 3))
    out[:, 0] = place
    turns = {"pelvis": root}
    for j, name in enumerate(JOINTS[1:], 1):
        parent = JOINTS[PARENTS[j]]
        side, _, part = name.partition("_")
        turn = turns[parent]
        way = np.array(_UPRIGHT[part] if part else _TRUNK[name], dtype=np.float64)
        if part:
            i, sign = (0, 1.0) if side == "left" else (1, -1.0)
            way = way * (sign, 1.0, 1.0)
            if part == "knee":
                turn = turn @ about(X, -hip[i])
            elif part == "ankle":
                turn = turn @ about(X, knee[i])
            elif part == "elbow":
                turn = turn @ about(Z, sign * spread) @ about(X, -arm[i])
            elif part == "wrist":
                turn = turn @ about(X, -elbow[i])
        turns[name] = turn
        out[:, j] = out[:, PARENTS[j]] + BONE_LENGTHS[j] * (turn @ (way / np.linalg.norm(way)))
    return out


def still(seconds: float = 2.0, spread: float = 0.0, elbow: float = 0.0) -> np.ndarray:
    """Standing; ``spread`` = pi / 2 - 0.15 is a T-pose."""
    frames = int(seconds * FPS)
    zero = np.zeros(frames)
    joints = body(
        np.zeros((frames, 3)),
        np.broadcast_to(np.eye(3), (frames, 3, 3)),
        hip=(zero, zero),
        knee=(zero, zero),
        arm=(zero, zero),
        elbow=(zero + elbow, zero + elbow),
        spread=zero + spread,
    )
    return on_floor(joints)


def walk(seconds: float = 4.0, turning: float = 0.0, speed: float = 1.2) -> np.ndarray:
    """A walk that turns to the left by ``turning`` radians a second; 2 pi over the clip walks a circle."""
    t = np.arange(int(seconds * FPS)) / FPS
    phase = 2.0 * np.pi * t
    heading = turning * t
    step = np.stack([np.sin(heading), np.zeros_like(t), np.cos(heading)], axis=1) * speed / FPS
    place = np.cumsum(step, axis=0) - step[0]
    swing = 0.45 * np.sin(phase)
    knees = [0.1 + 0.9 * np.maximum(np.sin(phase + shift + 0.6), 0.0) ** 2 for shift in (0.0, np.pi)]
    joints = body(
        place,
        about(Y, heading),
        hip=(swing + 0.1, 0.1 - swing),
        knee=(knees[0], knees[1]),
        arm=(-0.5 * swing, 0.5 * swing),
        elbow=(0.3 + 0.1 * swing, 0.3 - 0.1 * swing),
        spread=np.zeros_like(t),
    )
    return on_floor(joints)


def sit(seconds: float = 2.0) -> np.ndarray:
    """From standing to sitting on something knee-high, the feet where they were."""
    t = np.linspace(0.0, 1.0, int(seconds * FPS))
    bend = 0.5 * np.pi * t * t * (3.0 - 2.0 * t)
    zero = np.zeros_like(t)
    joints = body(
        np.zeros((len(t), 3)),
        about(Y, zero),
        hip=(bend, bend),
        knee=(bend, bend),
        arm=(bend / 2, bend / 2),
        elbow=(zero, zero),
        spread=zero,
    )
    foot = joints[:, INDEX["left_ankle"]] + joints[:, INDEX["right_ankle"]]
    return joints + (foot[:1] - foot)[:, None] / 2.0 - _lowest(joints[:1])


def lie(seconds: float = 4.0) -> np.ndarray:
    """Lying on the back and rolling over to the front, with straight limbs."""
    t = np.linspace(0.0, 1.0, int(seconds * FPS))
    zero = np.zeros_like(t)
    place = np.zeros((len(t), 3)) + 0.15 * Y
    roll = np.pi * t * t * (3.0 - 2.0 * t)
    root = about(X, zero - 0.5 * np.pi) @ about(Y, roll)
    limbs = {"hip": (zero, zero), "knee": (zero, zero), "arm": (zero, zero), "elbow": (zero + 0.05, zero + 0.05)}
    return body(place, root, spread=zero + 0.3, **limbs)


def on_floor(joints: np.ndarray) -> np.ndarray:
    """The clip lowered or lifted so that in each frame the lower ankle has the height of a flat stance."""
    ankles = joints[:, [INDEX["left_ankle"], INDEX["right_ankle"]], 1].min(axis=1)
    return joints - (ankles - ANKLE)[:, None, None] * Y


def _lowest(joints: np.ndarray) -> np.ndarray:
    return (joints[..., 1].min() - 0.015) * Y
