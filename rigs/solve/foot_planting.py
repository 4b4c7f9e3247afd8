# SPDX-License-Identifier: GPL-3.0-or-later
"""Legs whose feet stay put while in contact, from the paths of their joints alone: the procedure behind ``feet``."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..body.contacts import Contact, spans, speed
from ..body.rotations import normalised, perpendicular
from ..body.skeleton import FPS, UP
from ..body.smoothing import blur, smoothstep
from .two_bone_ik import BENDS, two_bones

FLOOR = np.array([1.0, 0.0, 1.0])
# A flat foot keeps its own slope within this of the slope at rest.
TIP = np.radians(5.0)
# Up to about this much (m) a foot is moved by its leg alone; beyond, the hips come along.
ZONE = 0.04
# The faster toes are, by this speed (m/s), the higher they swing.
SWING_SPEED = 0.7
# Seconds: smoothing of the hips that follow the feet; time around a contact in which the foot is not lifted.
FOLLOW, NEAR = 0.15, 0.15


@dataclass(frozen=True)
class Leg:
    """A leg over time: its joints (F, 3), the axis (F, 3) about which the knee bends, to the left, and the spans of
    frames, each from the first to before the last, in which its foot is held flat."""

    hip: np.ndarray
    knee: np.ndarray
    ankle: np.ndarray
    toe: np.ndarray
    hinge: np.ndarray
    flat: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Sole:
    """A foot that stands flat: heights of toe joint and floor, and the vector from ankle to toe, along and down."""

    toe: float
    floor: float
    along: float
    down: float


@dataclass(frozen=True)
class Hold:
    """How feet are held: how far (m) off their height toes may stand, how far below it they may swing, how high they
    swing at least where they are fast, the seconds in which a released foot returns to its own path, and those over
    which the leg's change is smoothed."""

    slack: float = 0.01
    dips: float = 0.0
    clearance: float = 0.0
    release: float = 0.15
    soft: float = 0.0325


@dataclass(frozen=True)
class _Path:
    """A foot's new path: ankle and toe (F, 3), the ankle's shift by the lock, and when toes and sole are in contact."""

    ankle: np.ndarray
    toe: np.ndarray
    moved: np.ndarray
    carries: np.ndarray
    flat: np.ndarray


def planted_legs(
    legs: list[Leg],
    soles: list[Sole],
    contacts: tuple[list[Contact], list[Contact]],
    standing: np.ndarray,
    free: tuple[np.ndarray, np.ndarray],
    *,
    fps: float,
    strength: float,
    hold: Hold,
    scale: float = 1.0,
) -> tuple[np.ndarray, list[Leg]]:
    """Both legs with their feet held; the shift (F, 3) of the body, and the resulting legs.

    Args:
        legs, soles: left and right, in any unit.
        contacts: at 20 fps, in metres.
        standing: (F,) of ``upright``.
        free: the share (F,) of their movement that left and right toes keep in a contact.
        scale: units for a metre.
    """
    paths = [
        foot_path(leg, sole, found, slides, hold, scale=scale, fps=fps, strength=strength)
        for leg, sole, found, slides in zip(legs, soles, contacts, free, strict=True)
    ]
    weights = blur(np.stack([path.carries for path in paths], axis=1).astype(np.float64), 0.1 * fps)  # (F, 2)
    follow = (np.stack([path.moved for path in paths], axis=1) * weights[..., None]).sum(1)
    follow /= 0.05 + weights.sum(axis=1, keepdims=True)
    far = (follow**2).sum(-1, keepdims=True)
    shift = blur(follow * far / (far + (ZONE * scale) ** 2), FOLLOW * fps) * blur(standing, 0.1 * fps)[:, None]
    limits, lower = [], np.zeros(len(shift))
    for leg, path in zip(legs, paths, strict=True):
        reach = np.linalg.norm(leg.knee - leg.hip, axis=-1) + np.linalg.norm(leg.ankle - leg.knee, axis=-1)
        limit = np.maximum(np.linalg.norm(leg.ankle - leg.hip, axis=-1), BENDS * reach)
        foot = np.linalg.norm(path.toe - path.ankle, axis=-1)
        hip = leg.hip + shift
        flat = np.where(path.flat, hip_drop(path.ankle - hip, limit, 0.3 * reach), 0.0)
        tiptoe = np.where(path.carries, hip_drop(path.toe - hip, limit + 0.95 * foot, 0.3 * reach), 0.0)
        lower = np.maximum(lower, np.maximum(flat, tiptoe))
        limits.append(limit)
    shift = shift - UP * (strength * envelope(lower, 0.15 * fps))[:, None]
    return shift, [
        leg_on_path(leg, path, shift, limit, hold, fps) for leg, path, limit in zip(legs, paths, limits, strict=True)
    ]


def leg_on_path(leg: Leg, path: _Path, shift: np.ndarray, limit: np.ndarray, hold: Hold, fps: float) -> Leg:
    """The leg on its foot's path, its hip moved by ``shift`` (F, 3). With the heel up, the foot rolls to stay
    within ``limit`` (F,)."""
    hip = leg.hip + shift
    rolls = (1.0 - _apart(path.carries, 0.1 * fps))[:, None]  # a foot in the air may fall short
    heel = path.ankle + rolls * (
        rolled_ankle(hip, path.ankle, path.toe, np.where(path.flat, np.inf, limit)) - path.ankle
    )
    goal = heel - hip
    now = leg.ankle - leg.hip
    change = goal - now
    inner = sliding_window_view(np.pad(path.carries, 1, mode="edge"), 3).all(axis=-1)
    exact = blur(inner.astype(np.float64), hold.soft * fps)[:, None]
    goal = now + exact * change + (1.0 - exact) * blur(change, hold.soft * fps)
    upper, lower = leg.knee - leg.hip, leg.ankle - leg.knee
    first, second = two_bones(upper, lower, goal, leg.hinge, 0.1 * fps)
    ankle = hip + first + second
    length = np.linalg.norm(leg.toe - leg.ankle, axis=-1, keepdims=True)
    toe = ankle + length * normalised(path.toe - heel)
    return replace(leg, hip=hip, knee=hip + first, ankle=ankle, toe=toe, flat=tuple(spans(path.flat)))


def foot_path(
    leg: Leg,
    sole: Sole,
    contacts: list[Contact],
    free: np.ndarray,
    hold: Hold,
    *,
    scale: float,
    fps: float,
    strength: float,
) -> _Path:
    """The path of a foot that is held in its contacts."""
    frames = len(leg.toe)
    foot = leg.toe - leg.ankle
    length = np.linalg.norm(foot, axis=-1, keepdims=True)
    carries, flat = np.zeros(frames, dtype=bool), np.zeros(frames, dtype=bool)
    places: list[tuple[int, int, np.ndarray]] = []
    directions: list[tuple[int, int, np.ndarray]] = []
    for contact in contacts:
        start, end = _at(contact.start, contact.end, fps, frames)
        if start >= end:
            continue
        carries[start:end] = True
        rest, lifted = _at(contact.flat, contact.lifted, fps, frames)
        middle = slice(rest, lifted) if rest < lifted else slice(start, end)
        height = sole.toe + contact.base * scale
        places.append((start, end, contact_offset(leg.toe, free, slice(start, end), (height, hold.slack * scale))))
        if rest < lifted:
            flat[middle] = True
            directions.append((rest, lifted, flat_direction(foot[middle], sole) - foot))
    toe = leg.toe + strength * held_offsets(frames, places, hold.release * fps)
    ankle = toe - length * normalised(foot + strength * held_offsets(frames, directions, hold.release * fps))
    pace = speed(toe * FLOOR, fps) / scale
    lowest = sole.toe - hold.dips * scale + scale * hold.clearance * (1.0 - np.exp(-pace / SWING_SPEED))
    heel = sole.floor + 0.85 * (sole.toe + sole.down - sole.floor) - hold.dips * scale
    sunk = np.maximum(np.maximum(lowest - toe[:, 1], heel - ankle[:, 1]), 0.0)
    lift = UP * (strength * envelope(sunk, 0.1 * fps) * _apart(carries, NEAR * fps))[:, None]
    return _Path(ankle + lift, toe + lift, ankle - leg.ankle, carries, flat)


def contact_offset(toe: np.ndarray, free: np.ndarray, middle: slice, level: tuple[float, float]) -> np.ndarray:
    """The offset (F, 3) that makes toes (F, 3) stand.

    They keep the share ``free`` (F,) of their movement, about their mean position in the ``middle`` of the contact,
    which is put on the ``level``, a height and its tolerance.
    """
    share = 0.5 * (free[1:] + free[:-1])[:, None]
    gone = np.concatenate([np.zeros((1, 3)), np.cumsum((share - 1.0) * np.diff(toe, axis=0), axis=0)])
    weights = 1.001 - free[middle, None]
    out = gone - (weights * gone[middle]).sum(axis=0) / weights.sum()
    height = float((weights[:, 0] * toe[middle, 1]).sum() / weights.sum())
    out[:, 1] += np.clip(height, level[0] - level[1], level[0] + level[1]) - height
    return out


def flat_direction(foot: np.ndarray, sole: Sole) -> np.ndarray:
    """The constant vector (3,) from ankle to toes of a foot (F, 3) while it is flat."""
    slope = np.median(np.arcsin(np.clip(-normalised(foot)[:, 1], -1.0, 1.0)))
    usual = np.arctan2(sole.down, sole.along)
    slope = usual + np.clip(slope - usual, -TIP, TIP)
    heading = normalised(np.median(foot, axis=0) * FLOOR)
    direction: np.ndarray = np.hypot(sole.along, sole.down) * (np.cos(slope) * heading - np.sin(slope) * UP)
    return direction


def _at(start: int, end: int, fps: float, frames: int) -> tuple[int, int]:
    """Frames at ``fps`` that lie within the frames from ``start`` to before ``end`` at 20 fps."""
    if end <= start:
        return 0, 0
    ratio = fps / FPS
    return int(np.ceil(start * ratio - 1e-6)), min(int(np.floor((end - 1) * ratio + 1e-6)) + 1, frames)


def held_offsets(frames: int, held: list[tuple[int, int, np.ndarray]], release: float) -> np.ndarray:
    """Offsets (F, D) of a path that is moved by a given offset (F, D) in each span of frames.

    On both sides of a span the offset returns to zero within ``release`` frames or by the next span, along the cubic
    with the value and the slope at the span's edge. So the path is left and joined smoothly, and stays unchanged
    further away.
    """
    out = np.zeros((frames, held[0][2].shape[1] if held else 1))
    for start, end, direction in held:
        out[start:end] = direction[start:end]
    for k, (start, end, direction) in enumerate(held):
        before = held[k - 1][1] if k else -frames
        after = held[k + 1][0] if k + 1 < len(held) else 2 * frames
        low = max(start - 1, 0)
        slope = np.gradient(direction[low : end + 1], axis=0)
        lead, tail = max(before, 0), min(after, frames)
        out[lead:start] += decay_to_zero(
            direction[start], -slope[start - low], start - lead, min(release, start - before + 1)
        )[::-1]
        out[end:tail] += decay_to_zero(
            direction[end - 1], slope[end - 1 - low], tail - end, min(release, after - end + 1)
        )
    return out


def decay_to_zero(value: np.ndarray, slope: np.ndarray, count: int, room: float) -> np.ndarray:
    """The first frames (count, D) of the cubic from ``value`` (D,), with ``slope`` (D,) per frame, to zero within
    ``room`` frames; the first is one frame later."""
    t = np.minimum(np.arange(1, count + 1) / room, 1.0)[:, None]
    return (value * (1.0 + 2.0 * t) + slope * room * t) * (1.0 - t) ** 2


def hip_drop(goal: np.ndarray, limit: np.ndarray, least: np.ndarray) -> np.ndarray:
    """How much (F,) a hip has to drop for ``goal`` (F, 3), relative to it, to be within ``limit`` (F,).

    ``least`` (F,) is its least height above the goal.
    """
    across = (goal[:, [0, 2]] ** 2).sum(-1)
    height = np.sqrt(np.maximum(limit**2 - across, least**2))
    return np.where(np.linalg.norm(goal, axis=-1) > limit, np.maximum(-goal[:, 1] - height, 0.0), 0.0)


def rolled_ankle(hip: np.ndarray, ankle: np.ndarray, toe: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """The ankle (F, 3) rotated about the toe until it is within ``limit`` (F,) of the hip, all (F, 3).

    With the distances r from toe to ankle and d from toe to hip, the ankle then leaves the line from toe to hip by the
    angle whose cosine is (d² + r² - limit²) / 2dr.
    """
    foot, line = ankle - toe, hip - toe
    far = np.linalg.norm(ankle - hip, axis=-1) > limit
    r, d = np.linalg.norm(foot, axis=-1), np.linalg.norm(line, axis=-1)
    reach = np.where(far, limit, 0.0)
    cosine = np.clip((d**2 + r**2 - reach**2) / np.maximum(2.0 * d * r, 1e-9), -1.0, 1.0)[:, None]
    direction = normalised(line)
    side = normalised(perpendicular(foot, direction))
    return np.where(far[:, None], toe + r[:, None] * (cosine * direction + np.sqrt(1.0 - cosine**2) * side), ankle)


def envelope(values: np.ndarray, frames: float) -> np.ndarray:
    """A smooth curve (F,) that is nowhere below ``values`` (F,): the largest within ``frames``, averaged as widely."""
    reach = max(1, round(frames))
    top = sliding_window_view(np.pad(values, 2 * reach, mode="edge"), 2 * reach + 1).max(axis=-1)
    kernel = np.hanning(2 * reach + 3)[1:-1]
    out: np.ndarray = np.convolve(top, kernel / kernel.sum(), mode="valid")
    return out


def _apart(flags: np.ndarray, frames: float) -> np.ndarray:
    """0 (F,) in frames that are flagged (F,), rising smoothly to 1 in frames that are ``frames`` from all of them."""
    marked = np.flatnonzero(flags)
    if not len(marked):
        return np.ones(len(flags))
    away = np.abs(np.arange(len(flags))[:, None] - marked).min(axis=1)
    return smoothstep(away / frames)
