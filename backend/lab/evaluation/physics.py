# SPDX-License-Identifier: GPL-3.0-or-later
"""What a viewer notices without any text: sliding feet, floating, jitter, bones that change length.

All functions take one clip, joints (F, 22, 3) in metres, Y up, floor at y = 0, 20 frames per second unless told.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ....rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS

TOES = (INDEX["left_foot"], INDEX["right_foot"])
CONTACT_HEIGHT = 0.025  # metres above the level of the standing toe from which a toe no longer counts as standing
_NECK = INDEX["neck"]
_CHILDREN = np.arange(1, len(PARENTS))
CLEAR = 0.05  # metres between the floor and the lowest joint from which a figure is in the air
FLOATING_SECONDS = 1.0  # longer in the air than any jump
TIPPED = float(np.cos(np.radians(70.0)))  # of the trunk; who leans further lies, crawls or falls
LEANING = float(np.cos(np.radians(50.0)))  # a real clip that stays more upright did not ask for lying
_HELD = 5  # frames that a lean must last


@dataclass(frozen=True)
class Physics:
    """The figures of one clip; ``nan`` where a clip has nothing to measure (no contact, too few frames)."""

    skating: float  # cm/s, horizontal speed of the toes while in contact
    floating: float  # cm, height of the lowest joint above the floor, mean over frames
    penetration: float  # cm, depth of the lowest joint below the floor, mean over frames
    jerk: float  # m/s^3, mean over joints and frames
    bone_error: float  # percent of a bone's length, mean over bones and frames
    airborne: float  # s, longest time in which every joint is more than 5 cm above the floor
    upright: float  # cosine between trunk and vertical where the figure leans most for a quarter of a second


def measure(joints: np.ndarray, fps: float = FPS) -> Physics:
    """All figures of one clip (F, 22, 3)."""
    above, below = ground_gap(joints)
    return Physics(
        skating=foot_skating(joints, fps),
        floating=above,
        penetration=below,
        jerk=jerk(joints, fps),
        bone_error=bone_length_error(joints),
        airborne=airborne(joints, fps),
        upright=least_upright(joints),
    )


def floats(clip: Physics) -> bool:
    """Whether a clip stays in the air for longer than a jump lasts."""
    return clip.airborne > FLOATING_SECONDS


def tips(clip: Physics) -> bool:
    """Whether the trunk of a clip once leans by more than 70 degrees."""
    return clip.upright < TIPPED


def unasked(clip: Physics, real: Physics) -> tuple[bool, bool]:
    """Whether a clip floats, and whether it tips over, where the real clip with its caption comes nowhere near it."""
    return floats(clip) and not floats(real), tips(clip) and real.upright > LEANING


def average(clips: list[Physics]) -> Physics:
    """The mean of every figure over clips, those that have none left out."""
    table = np.array([[getattr(clip, field.name) for field in fields(Physics)] for clip in clips])
    known = np.isfinite(table)
    counts = known.sum(axis=0)
    means = np.where(known, table, 0.0).sum(axis=0) / np.maximum(counts, 1)
    return Physics(*(float(mean) if count else float("nan") for mean, count in zip(means, counts, strict=True)))


def foot_skating(joints: np.ndarray, fps: float = FPS) -> float:
    """Horizontal speed of the toes in cm/s while they stand; nan where they never do.

    A swinging foot comes as near to the floor as a standing one, so there is no clean threshold. As in Zhang et al.,
    "Mode-adaptive neural networks for quadruped motion control" (2018), each step between two frames weighs
    2 - 2^(h / H) with its toe's height h below H, here as a weighted mean, so that the figure is a speed. The height
    counts from the clip's own standing level, so that a floor that is off by a centimetre does not hide the contacts.
    """
    toes = joints[:, TOES].astype(np.float64)  # (F, 2, 3)
    speed = np.linalg.norm(np.diff(toes[..., [0, 2]], axis=0), axis=-1) * fps * 100.0  # (F - 1, 2)
    level = np.quantile(toes[..., 1].min(axis=1), 0.02)  # where the lower toe is when it stands
    height = np.maximum(toes[1:, :, 1], toes[:-1, :, 1]) - level
    weight = np.where(height < CONTACT_HEIGHT, 2.0 - 2.0 ** (np.maximum(height, 0.0) / CONTACT_HEIGHT), 0.0)
    total = float(weight.sum())
    return float((weight * speed).sum() / total) if total > 0.0 else float("nan")


def ground_gap(joints: np.ndarray) -> tuple[float, float]:
    """Mean height above and mean depth below the floor of each frame's lowest joint, in cm."""
    lowest = joints[..., 1].astype(np.float64).min(axis=1) * 100.0  # (F,)
    return float(np.maximum(lowest, 0.0).mean()), float(np.maximum(-lowest, 0.0).mean())


def airborne(joints: np.ndarray, fps: float = FPS) -> float:
    """Longest unbroken time in seconds in which the lowest joint is more than 5 cm above the floor."""
    longest = run = 0
    for clear in joints[..., 1].min(axis=1) > CLEAR:
        run = run + 1 if clear else 0
        longest = max(longest, run)
    return longest / fps


def least_upright(joints: np.ndarray) -> float:
    """Lowest cosine between the trunk (pelvis to neck) and the vertical that is held for a quarter of a second."""
    trunk = joints[:, _NECK].astype(np.float64) - joints[:, 0]
    cosine = trunk[:, 1] / np.maximum(np.linalg.norm(trunk, axis=-1), 1e-9)  # (F,)
    windows = np.lib.stride_tricks.sliding_window_view(cosine, min(_HELD, len(cosine)))
    return float(windows.max(axis=1).min())


def jerk(joints: np.ndarray, fps: float = FPS) -> float:
    """Mean length of the third derivative of the joints in m/s^3; nan below four frames."""
    if len(joints) < 4:
        return float("nan")
    third = np.diff(joints.astype(np.float64), n=3, axis=0) * fps**3
    return float(np.linalg.norm(third, axis=-1).mean())


def bone_length_error(joints: np.ndarray, lengths: np.ndarray = BONE_LENGTHS) -> float:
    """Mean deviation of bone lengths from ``lengths`` (22,), in percent of each bone; the pelvis has no bone."""
    joints = joints.astype(np.float64)
    bones = joints[:, _CHILDREN] - joints[:, np.array(PARENTS)[_CHILDREN]]
    measured = np.linalg.norm(bones, axis=-1)  # (F, 21)
    return float((np.abs(measured - lengths[_CHILDREN]) / lengths[_CHILDREN]).mean() * 100.0)
