# SPDX-License-Identifier: GPL-3.0-or-later
"""What a viewer notices without any text: sliding feet, floating, jitter, bones that change length.

All functions take one clip, joints (F, 22, 3) in metres, Y up, floor at y = 0, 20 frames per second unless told.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ...rigs.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS

TOES = (INDEX["left_foot"], INDEX["right_foot"])
CONTACT_HEIGHT = 0.025  # metres above the level of the standing toe from which a toe no longer counts as standing
_CHILDREN = np.arange(1, len(PARENTS))
_FLOATING = 0.05  # metres between the floor and the lowest joint from which a whole clip counts as floating


@dataclass(frozen=True)
class Physics:
    """The figures of one clip; ``nan`` where a clip has nothing to measure (no contact, too few frames)."""

    skating: float  # cm/s, horizontal speed of the toes while in contact
    floating: float  # cm, height of the lowest joint above the floor, mean over frames
    penetration: float  # cm, depth of the lowest joint below the floor, mean over frames
    jerk: float  # m/s^3, mean over joints and frames
    bone_error: float  # percent of a bone's length, mean over bones and frames
    floats: float  # 1 where the clip never comes nearer to the floor than 5 cm, else 0


def measure(joints: np.ndarray, fps: float = FPS) -> Physics:
    """All figures of one clip (F, 22, 3)."""
    above, below = ground_gap(joints)
    lowest = float(joints[..., 1].min())
    return Physics(
        skating=foot_skating(joints, fps),
        floating=above,
        penetration=below,
        jerk=jerk(joints, fps),
        bone_error=bone_length_error(joints),
        floats=float(lowest > _FLOATING),
    )


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
