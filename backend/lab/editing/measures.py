# SPDX-License-Identifier: GPL-3.0-or-later
"""What an edited clip is judged by, beside the clip that it was made from: pure functions of joints.

Joints are (F, 22, 3) in metres, Y up, 20 frames per second. A border is the frame after a change of owner: the first
edited frame, or the first one that was left alone again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....rigs.body.canonical import facing, heading_fit, turned

GROUND = np.array([1.0, 0.0, 1.0])


def differing_bits(one: np.ndarray, other: np.ndarray) -> int:
    """Bits in which two float32 arrays of one shape differ."""
    if one.shape != other.shape:
        raise ValueError(f"shapes differ: {one.shape} and {other.shape}")
    pair = (np.ascontiguousarray(a, dtype=np.float32).view(np.uint32) for a in (one, other))
    return int(np.unpackbits(np.bitwise_xor(*pair).reshape(-1).view(np.uint8)).sum())


def speed_change(joints: np.ndarray) -> np.ndarray:
    """How much the velocity of the joint that changes most changes about each frame, (F - 2,) for frames 1 to F - 2."""
    bend = np.diff(joints.astype(np.float64), n=2, axis=0)
    change: np.ndarray = np.linalg.norm(bend, axis=-1).max(axis=-1)
    return change


def border_speed(edited: np.ndarray, borders: Sequence[int], usual: float) -> float:
    """The largest change of speed at the borders, in units of ``usual``; nan without borders inside.

    The step over a border b goes from frame b - 1 to b, so its speed differs from those before and behind it about the
    frames b - 1 and b.
    """
    change = speed_change(edited)
    about = [f - 1 for b in borders for f in (b - 1, b) if 1 <= f <= len(edited) - 2]
    return float(change[about].max() / usual) if about else float("nan")


def usual_change(original: np.ndarray) -> float:
    """95th percentile of a clip's own ``speed_change`` from frame to frame."""
    return float(np.quantile(speed_change(original), 0.95))


def gaps(joints: np.ndarray) -> np.ndarray:
    """How far the step into each frame is from the mean of the steps before and behind it, (F - 3,) for frames 2 to
    F - 2; cm, mean over joints.

    So motion is not a gap: two pieces that go on at one speed d apart have a gap of d where they meet.
    """
    steps = np.diff(joints.astype(np.float64), axis=0)
    gap: np.ndarray = np.linalg.norm(steps[1:-1] - 0.5 * (steps[:-2] + steps[2:]), axis=-1).mean(axis=-1) * 100.0
    return gap


def border_gap(edited: np.ndarray, borders: Sequence[int], usual: float = 0.0) -> float:
    """The largest jump of position at the borders in cm beyond ``usual`` ones; nan without borders inside.

    The frames of captured motion have gaps of their own, of a centimetre in a kick; what is no more than them is none.
    """
    found = gaps(edited)
    at = [b - 2 for b in borders if 2 <= b <= len(edited) - 2]
    return float(np.maximum(found[at] - usual, 0.0).max()) if at else float("nan")


def usual_gap(original: np.ndarray) -> float:
    """95th percentile of a clip's own ``gaps``."""
    return float(np.quantile(gaps(original), 0.95))


def pose_error(joints: np.ndarray, original: np.ndarray, frames: Sequence[int]) -> np.ndarray:
    """Distance in cm of every joint from its original in the given frames, (len(frames), 22)."""
    at = list(frames)
    error: np.ndarray = np.linalg.norm(np.float64(joints[at]) - np.float64(original[at]), axis=-1) * 100.0
    return error


def kept_error(joints: np.ndarray, original: np.ndarray, kept: Sequence[int]) -> np.ndarray:
    """Distance in cm (F, kept) of joints that were to stay from their originals, both seen from the pelvis.

    Seen from the pelvis means relative to its place, and turned so that the kept joints fit best about the vertical.
    """
    pairs = []
    for now, was in zip(joints.astype(np.float64), original.astype(np.float64), strict=True):
        here, there = now[list(kept)] - now[0], was[list(kept)] - was[0]
        pairs.append(np.linalg.norm(turned(here, float(heading_fit(here, there))) - there, axis=-1) * 100.0)
    return np.array(pairs)


def loop_errors(joints: np.ndarray) -> tuple[float, float]:
    """Of a loop (F, 22, 3) whose last pose is its first again: distance of the poses in cm, difference of speeds in %.

    Poses are compared from where they stand and face, means over joints. Speeds are the steps before the last and after
    the first frame; their difference is taken in units of the mean step of the loop.
    """
    first, last = (_stood(joints, f) for f in (0, -1))
    gap = float(np.linalg.norm(last[0] - first[0], axis=-1).mean() * 100.0)
    steps = np.linalg.norm(np.diff(joints.astype(np.float64), axis=0), axis=-1)
    arrives, leaves = steps[-1].mean(), steps[0].mean()
    return gap, float(abs(arrives - leaves) / max(steps.mean(), 1e-9) * 100.0)


def _stood(joints: np.ndarray, frame: int) -> np.ndarray:
    """One pose (1, 22, 3) over the origin, facing +Z."""
    pose = joints[frame][None].astype(np.float64)
    return turned(pose - pose[:, :1] * GROUND, -float(facing(pose)[0]))


def path_error(joints: np.ndarray, path: np.ndarray) -> float:
    """Mean distance in cm of the pelvis from a path (K, 3) of frame, x, z over its frames."""
    frames = np.arange(int(np.ceil(path[0, 0])), int(path[-1, 0]) + 1)
    wanted = np.stack([np.interp(frames, path[:, 0], path[:, axis]) for axis in (1, 2)], axis=-1)
    return float(np.linalg.norm(joints[frames][:, 0, [0, 2]] - wanted, axis=-1).mean() * 100.0)
