# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures that wave, punch, kick, jump and step a known number of times, (F, 22, 3) metres, Y up, 20 fps."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.skeleton import FPS, INDEX

from tests.motions import Y, body, on_floor, still

LEFT_LEG = [INDEX[f"left_{part}"] for part in ("ankle", "foot")]
RIGHT_LEG = [INDEX[f"right_{part}"] for part in ("ankle", "foot")]


def moved(joints: np.ndarray, path: np.ndarray) -> np.ndarray:
    """A clip (F, 22, 3) carried along a path (F, 3)."""
    return joints + path[:, None]


def pulses(frames: int, count: int, width: int = 12) -> np.ndarray:
    """A curve (F,) with ``count`` bumps from 0 to 1, evenly spread, each ``width`` frames wide."""
    t = np.arange(frames)
    middles = (np.arange(count) + 0.5) * frames / max(count, 1)
    bumps = [np.where(abs(t - m) < width / 2, np.cos(np.pi * (t - m) / width) ** 2, 0.0) for m in middles]
    return np.sum(bumps, axis=0) if bumps else np.zeros(frames)


def posed(frames: int, **limbs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """A standing figure with some limbs bent (left and right, radians)."""
    zero = np.zeros(frames)
    both = {name: limbs.get(name, (zero, zero)) for name in ("hip", "knee", "arm", "elbow")}
    joints = body(np.zeros((frames, 3)), np.broadcast_to(np.eye(3), (frames, 3, 3)), spread=zero + 0.1, **both)
    return on_floor(joints)


def punching(count: int, side: int = 0, seconds: float = 6.0) -> np.ndarray:
    """Fists at the chin, and so many straight punches with the left (0) or the right (1) fist."""
    frames = int(seconds * FPS)
    bump, zero = pulses(frames, count, 8), np.zeros(frames)
    arms = [zero + 0.2, zero + 0.2]
    elbows = [zero + 2.5, zero + 2.5]
    arms[side], elbows[side] = 0.2 + 1.3 * bump, 2.5 - 2.4 * bump
    return posed(frames, arm=(arms[0], arms[1]), elbow=(elbows[0], elbows[1]))


def jumping(count: int, seconds: float = 6.0, high: float = 0.3, one_leg: bool = False) -> np.ndarray:
    """So many jumps on the spot, each a parabola of half a second."""
    frames = int(seconds * FPS)
    t = np.arange(frames) / FPS
    middles = (np.arange(count) + 0.5) * seconds / max(count, 1)
    height = np.sum([np.maximum(high - 0.5 * 9.81 * (t - m) ** 2, 0.0) for m in middles], axis=0) if count else 0.0 * t
    bent = np.full(frames, 1.2 if one_leg else 0.0)
    return moved(posed(frames, knee=(0.0 * bent, bent)), height[:, None] * Y)


def stepping(count: int, length: float = 0.4) -> np.ndarray:
    """A figure whose feet are set forward in turn, so many times, 0.6 s each, the body gliding along."""
    joints = still(0.6 * count + 1.0)
    for step in range(count):
        start = int(FPS * (0.5 + 0.6 * step))
        ease = np.clip((np.arange(len(joints)) - start) / 8.0, 0.0, 1.0)
        foot = LEFT_LEG if step % 2 == 0 else RIGHT_LEG
        joints[:, foot, 2] += (length * (0.5 - 0.5 * np.cos(np.pi * ease)))[:, None]
    return joints


def waving(side: int) -> np.ndarray:
    """The left (0) or the right (1) arm raised, its forearm going to and fro."""
    frames, zero = 80, np.zeros(80)
    raised = 2.2 * np.clip(np.arange(frames) / 15, 0.0, 1.0)
    swing = 0.6 + 0.5 * np.sin(np.arange(frames))
    arms, elbows = [zero, zero], [zero, zero]
    arms[side], elbows[side] = raised, swing
    return posed(frames, arm=(arms[0], arms[1]), elbow=(elbows[0], elbows[1]))


def kicking(side: int, count: int = 1, seconds: float = 4.0) -> np.ndarray:
    """So many straight kicks to the front with the left (0) or the right (1) leg."""
    frames = int(seconds * FPS)
    hips = [np.zeros(frames), np.zeros(frames)]
    hips[side] = 1.5 * pulses(frames, count, 16)
    return posed(frames, hip=(hips[0], hips[1]))
