# SPDX-License-Identifier: GPL-3.0-or-later
"""Legs whose feet stay put while they carry, from the paths of their joints alone: the procedure behind ``feet``."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .contacts import Contact, spans, speed
from .ik import BENDS, two_bones
from .limbs import blur
from .rotations import normalised, perpendicular
from .skeleton import FPS

UP = np.array([0.0, 1.0, 0.0])
FLOOR = np.array([1.0, 0.0, 1.0])
# A flat foot keeps its own slope as far as this from the slope at rest.
TIP = np.radians(5.0)
# Up to about this much (m) a foot is moved by its leg alone; beyond, the hips come along.
ZONE = 0.04
# Toes swing the higher the faster they are, by this speed (m/s).
SWING_SPEED = 0.7
# Times in seconds: by which the hips' following is smoothed; around a contact in which nothing lifts the foot.
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
    """A foot that stands flat: heights of toe joint and floor, and the way from ankle to toe along and down."""

    toe: float
    floor: float
    along: float
    down: float


@dataclass(frozen=True)
class Hold:
    """How feet are held: how far (m) off their height toes may stand, how far below it they may swing, how high they
    swing at least where they are fast, the seconds in which a foot that is let go comes back to its own path, and
    those by which the leg's change is smoothed."""

    slack: float = 0.01
    dips: float = 0.0
    clearance: float = 0.0
    release: float = 0.15
    soft: float = 0.0325


@dataclass(frozen=True)
class _Path:
    """A foot's new path: ankle and toe (F, 3), how far the ankle went along the lock, and when toes and sole carry."""

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
    """Both legs with their feet held; how far (F, 3) the body moves for it, and the legs as they then are.

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
        flat = np.where(path.flat, short_of(path.ankle - hip, limit, 0.3 * reach), 0.0)
        tiptoe = np.where(path.carries, short_of(path.toe - hip, limit + 0.95 * foot, 0.3 * reach), 0.0)
        lower = np.maximum(lower, np.maximum(flat, tiptoe))
        limits.append(limit)
    shift = shift - UP * (strength * envelope(lower, 0.15 * fps))[:, None]
    return shift, [
        held(leg, path, shift, limit, hold, fps) for leg, path, limit in zip(legs, paths, limits, strict=True)
    ]


def held(leg: Leg, path: _Path, shift: np.ndarray, limit: np.ndarray, hold: Hold, fps: float) -> Leg:
    """The leg on its foot's path, its hip moved by ``shift`` (F, 3). Where the heel is up, the foot rolls to keep it
    within ``limit`` (F,)."""
    hip = leg.hip + shift
    rolls = (1.0 - _apart(path.carries, 0.1 * fps))[:, None]  # a foot in the air may fall short instead
    heel = path.ankle + rolls * (rolled(hip, path.ankle, path.toe, np.where(path.flat, np.inf, limit)) - path.ankle)
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
    """Where a foot goes that is held in its contacts."""
    frames = len(leg.toe)
    foot = leg.toe - leg.ankle
    length = np.linalg.norm(foot, axis=-1, keepdims=True)
    carries, flat = np.zeros(frames, dtype=bool), np.zeros(frames, dtype=bool)
    places: list[tuple[int, int, np.ndarray]] = []
    ways: list[tuple[int, int, np.ndarray]] = []
    for contact in contacts:
        start, end = _at(contact.start, contact.end, fps, frames)
        if start >= end:
            continue
        carries[start:end] = True
        rest, lifted = _at(contact.flat, contact.lifted, fps, frames)
        middle = slice(rest, lifted) if rest < lifted else slice(start, end)
        height = sole.toe + contact.base * scale
        places.append((start, end, kept_back(leg.toe, free, slice(start, end), (height, hold.slack * scale))))
        if rest < lifted:
            flat[middle] = True
            ways.append((rest, lifted, flat_way(foot[middle], sole) - foot))
    toe = leg.toe + strength * offsets(frames, places, hold.release * fps)
    ankle = toe - length * normalised(foot + strength * offsets(frames, ways, hold.release * fps))
    pace = speed(toe * FLOOR, fps) / scale
    lowest = sole.toe - hold.dips * scale + scale * hold.clearance * (1.0 - np.exp(-pace / SWING_SPEED))
    heel = sole.floor + 0.85 * (sole.toe + sole.down - sole.floor) - hold.dips * scale
    sunk = np.maximum(np.maximum(lowest - toe[:, 1], heel - ankle[:, 1]), 0.0)
    lift = UP * (strength * envelope(sunk, 0.1 * fps) * _apart(carries, NEAR * fps))[:, None]
    return _Path(ankle + lift, toe + lift, ankle - leg.ankle, carries, flat)


def kept_back(toe: np.ndarray, free: np.ndarray, middle: slice, level: tuple[float, float]) -> np.ndarray:
    """How far (F, 3) toes (F, 3) are moved so that they stand.

    They go on with the share ``free`` (F,) of their movement, about the place where they are in the ``middle`` of the
    contact, put on the ``level``, which is a height and how far they may be off it.
    """
    share = 0.5 * (free[1:] + free[:-1])[:, None]
    gone = np.concatenate([np.zeros((1, 3)), np.cumsum((share - 1.0) * np.diff(toe, axis=0), axis=0)])
    weights = 1.001 - free[middle, None]
    out = gone - (weights * gone[middle]).sum(axis=0) / weights.sum()
    height = float((weights[:, 0] * toe[middle, 1]).sum() / weights.sum())
    out[:, 1] += np.clip(height, level[0] - level[1], level[0] + level[1]) - height
    return out


def flat_way(foot: np.ndarray, sole: Sole) -> np.ndarray:
    """The one way (3,) from ankle to toes that a foot (F, 3) keeps while it is flat."""
    slope = np.median(np.arcsin(np.clip(-normalised(foot)[:, 1], -1.0, 1.0)))
    usual = np.arctan2(sole.down, sole.along)
    slope = usual + np.clip(slope - usual, -TIP, TIP)
    heading = normalised(np.median(foot, axis=0) * FLOOR)
    way: np.ndarray = np.hypot(sole.along, sole.down) * (np.cos(slope) * heading - np.sin(slope) * UP)
    return way


def _at(start: int, end: int, fps: float, frames: int) -> tuple[int, int]:
    """Frames at ``fps`` that lie within the frames from ``start`` to before ``end`` at 20 fps."""
    if end <= start:
        return 0, 0
    ratio = fps / FPS
    return int(np.ceil(start * ratio - 1e-6)), min(int(np.floor((end - 1) * ratio + 1e-6)) + 1, frames)


def offsets(frames: int, held: list[tuple[int, int, np.ndarray]], release: float) -> np.ndarray:
    """How far (F, D) a path is moved that is moved by a given way (F, D) from each first frame to before each last.

    On both sides of such a span the offset goes back to nothing, within ``release`` frames or by the next span: along
    the cubic with the value and the slope that it has at the span's edge. So the path is left and joined without a
    jerk, and what is further away stays as it is.
    """
    out = np.zeros((frames, held[0][2].shape[1] if held else 1))
    for start, end, way in held:
        out[start:end] = way[start:end]
    for k, (start, end, way) in enumerate(held):
        before = held[k - 1][1] if k else -frames
        after = held[k + 1][0] if k + 1 < len(held) else 2 * frames
        low = max(start - 1, 0)
        slope = np.gradient(way[low : end + 1], axis=0)
        lead, tail = max(before, 0), min(after, frames)
        out[lead:start] += back(way[start], -slope[start - low], start - lead, min(release, start - before + 1))[::-1]
        out[end:tail] += back(way[end - 1], slope[end - 1 - low], tail - end, min(release, after - end + 1))
    return out


def back(value: np.ndarray, slope: np.ndarray, count: int, room: float) -> np.ndarray:
    """The first frames (count, D) of the cubic that goes from ``value`` (D,), with ``slope`` (D,) a frame, to nothing
    within ``room`` frames; the first is one frame on."""
    t = np.minimum(np.arange(1, count + 1) / room, 1.0)[:, None]
    return (value * (1.0 + 2.0 * t) + slope * room * t) * (1.0 - t) ** 2


def short_of(goal: np.ndarray, limit: np.ndarray, least: np.ndarray) -> np.ndarray:
    """How much lower (F,) a hip has to be for ``goal`` (F, 3), seen from it, to be no further than ``limit`` (F,).

    ``least`` (F,) is how high above the goal it stays at any rate.
    """
    across = (goal[:, [0, 2]] ** 2).sum(-1)
    height = np.sqrt(np.maximum(limit**2 - across, least**2))
    return np.where(np.linalg.norm(goal, axis=-1) > limit, np.maximum(-goal[:, 1] - height, 0.0), 0.0)


def rolled(hip: np.ndarray, ankle: np.ndarray, toe: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """The ankle (F, 3) turned about the toe until it is no further than ``limit`` (F,) from the hip, all (F, 3).

    With the distances r from toe to ankle and d from toe to hip, the ankle then leaves the line from toe to hip by the
    angle whose cosine is (d² + r² - limit²) / 2dr.
    """
    foot, line = ankle - toe, hip - toe
    far = np.linalg.norm(ankle - hip, axis=-1) > limit
    r, d = np.linalg.norm(foot, axis=-1), np.linalg.norm(line, axis=-1)
    reach = np.where(far, limit, 0.0)
    cosine = np.clip((d**2 + r**2 - reach**2) / np.maximum(2.0 * d * r, 1e-9), -1.0, 1.0)[:, None]
    way = normalised(line)
    side = normalised(perpendicular(foot, way))
    return np.where(far[:, None], toe + r[:, None] * (cosine * way + np.sqrt(1.0 - cosine**2) * side), ankle)


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
    t = np.clip(away / frames, 0.0, 1.0)
    share: np.ndarray = t * t * (3.0 - 2.0 * t)
    return share
