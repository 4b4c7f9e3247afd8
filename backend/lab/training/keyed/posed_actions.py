# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-body actions near the floor, exercises, falls, ladders and steps, built from key poses by forward kinematics.

Recordings have few of them: who captures motion stands. Keys are joined by smooth curves, each limb a little behind the
trunk; planted hands and feet stay at their place on the floor by inverse kinematics, what rests lies on it. Each
clip is a little different in tempo, amplitude and every direction.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .....rigs.body.canonical import at_origin
from .....rigs.body.rotations import normalised
from .....rigs.body.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from .....rigs.body.smoothing import blur
from ....training.data import Clip
from ..sentences.wordings import read_bank
from .acted_gestures import said, worded
from .pose import Limb, Pose, PosedAction
from .pose_body import PoseTrack, body
from .tables.exercises import EXERCISES
from .tables.falls import FALLS
from .tables.floor import LOW
from .tables.locomotion import ALONG
from .tables.steps import STEPS

POSED = (*EXERCISES, *ALONG, *LOW, *FALLS, *STEPS)
EACH = 28  # clips of an action
LENGTHS = (3.5, 8.0)  # seconds of what goes on and on
UNEVEN = (0.9, 1.12)  # by which the seconds of each key differ
UNLIKE = 0.05  # deviation of each number of a direction, from clip to clip
ASKEW = 3.0  # degrees by which angles differ from clip to clip
MISPLACED = 0.012  # metres by which planted places do
LATEST = 0.08  # seconds that a limb may be behind the trunk
BREATH = 1.3  # degrees
BELOW = -0.02  # metres that a joint may be under the floor
_FLAT = (0.2, -0.42, 0.9)  # from ankle to toe of a foot that stands
_TRUNK_ANGLES = ("pitch", "tilt", "roll", "yaw", "bend", "twist", "side", "nod", "look")
_SIDED = {"tilt", "roll", "yaw", "twist", "side", "look"}
_WAYS = ("left_arm", "right_arm", "left_leg", "right_leg")


def rounds(action: PosedAction, times: int, seconds: float) -> list[Pose]:
    """The keys in order: counted ones so often, a loop until so many seconds are filled."""
    poses = list(action.poses)
    if action.words.counted:
        first, last = action.words.counted
        again = [pose.moved(k * action.stride) for k in range(times) for pose in poses[first:last]]
        return [*poses[:first], *again, *poses[last:]]
    if action.words.loop:
        first, last = action.words.loop
        while sum(pose.seconds for pose in poses) < seconds:
            ahead = action.stride * (len(poses) - first) / (last - first)
            poses += [pose.moved(ahead) for pose in action.poses[first:last]]
    return poses


def curve(rows: np.ndarray, at: np.ndarray, eases: Sequence[str], seconds: np.ndarray) -> np.ndarray:
    """Rows (K, C) of keys at the times (K,), joined by Hermite curves and read at ``seconds`` (F,).

    A key at rest has no slope, so that between two of them the curve is a smooth step; one that flows has that of its
    neighbours; a fall arrives with twice the mean speed, which makes it a parabola.
    """
    arrive, leave = np.zeros_like(rows), np.zeros_like(rows)
    for k in range(1, len(rows)):
        if eases[k] == "flow" and k + 1 < len(rows):
            # no slope where a channel turns round or stays, so that what is planted does not slide
            on = (rows[k + 1] - rows[k]) * (rows[k] - rows[k - 1]) > 0.0
            arrive[k] = leave[k] = np.where(on, (rows[k + 1] - rows[k - 1]) / (at[k + 1] - at[k - 1]), 0.0)
        elif eases[k] == "fall":
            arrive[k] = 2.0 * (rows[k] - rows[k - 1]) / (at[k] - at[k - 1])
    place = np.clip(np.searchsorted(at, seconds, side="right") - 1, 0, len(at) - 2)
    span = (at[place + 1] - at[place])[:, None]
    s = np.clip((seconds - at[place])[:, None] / span, 0.0, 1.0)
    low, high, out, into = rows[place], rows[place + 1], leave[place] * span, arrive[place + 1] * span
    stepped = s * s * (3.0 - 2.0 * s)
    result: np.ndarray = low + (high - low) * stepped + out * s * (1.0 - s) ** 2 - into * s * s * (1.0 - s)
    return result


def track(
    poses: Sequence[Pose], side: str, tempo: float, size: float, span: tuple[float, float], rng: np.random.Generator
) -> PoseTrack:
    """Keys joined by curves, from so many seconds behind the first one to so many behind the last one (``span``).

    ``size`` is that of the movement, so that not every squat is equally deep: how far a key is from the first one.
    """
    sign = 1.0 if side == "left" else -1.0
    steps = np.array([pose.seconds for pose in poses[1:]]) * tempo * rng.uniform(*UNEVEN, len(poses) - 1)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    begins, ends = span
    seconds = begins + np.arange(max(round((at[-1] + ends - begins) * FPS), 1)) / FPS
    eases = [pose.ease for pose in poses]

    def over_time(rows: np.ndarray, late: float = 0.0) -> np.ndarray:
        return blur(curve(rows, at, eases, seconds - late), 0.5)

    off, breath = rng.normal(0.0, 1.0, len(_TRUNK_ANGLES)), rng.uniform(0.2, 0.35)
    # who stands on the hands has no play in the back: the hands would not reach the floor
    loose = ("nod", "look") if any(pose.arm.place for pose in poses) else ("bend", "nod", "look", "twist")
    angles = {}
    for name, askew in zip(_TRUNK_ANGLES, off, strict=True):
        rows = sized(np.array([[getattr(pose, name)] for pose in poses]), size)
        much = ASKEW if name in loose else 0.4 * ASKEW
        angles[name] = (sign if name in _SIDED else 1.0) * (over_time(rows)[:, 0] + much * askew)
    angles["bend"] = angles["bend"] + BREATH * np.sin(2 * np.pi * (breath * seconds + rng.random()))
    angles["look"] = angles["look"] + wandering(len(seconds), 3.0, rng)
    numbers = over_time(
        np.array([[pose.height or 0.0, float(pose.height is None), sign * pose.aside, pose.ahead] for pose in poses])
    )
    # who rests has no height of their own: it would sink to nothing on the way there
    high = np.array([[np.nan if pose.height is None else pose.height] for pose in poses])
    numbers[:, :1] = over_time(sized(filled(high), size))
    limbs = {}
    for way in _WAYS:
        acting = way.startswith(side)
        out = 1.0 if way.startswith("left") else -1.0
        keyed = [limb_of(pose, way, acting) for pose in poses]
        rows = sized(np.array([[*limb.upper, *limb.lower] for limb in keyed]), size)
        rows = rows + rng.normal(0.0, UNLIKE, 6) + rng.normal(0.0, UNLIKE / 3, rows.shape)
        placed = filled(np.array([limb.place or (np.nan,) * 3 for limb in keyed], dtype=float))
        placed = placed + rng.normal(0.0, MISPLACED, 3) * (1.0, 0.0, 1.0)
        free = np.array([limb.toe if limb.toe and not limb.place else toe_of(limb) for limb in keyed])
        flat = np.array([limb.toe if limb.toe and limb.place else _FLAT for limb in keyed])
        share = np.array([[float(limb.place is not None)] for limb in keyed])
        rows = np.concatenate([rows, share, placed, free, flat], axis=1)
        rows[:, [0, 3, 7, 10, 13]] *= out
        # planted limbs are as late as others, so that hands and feet do not all arrive at once
        values = over_time(rows, rng.uniform(0.0, LATEST))
        values[:, :6] += np.stack([wandering(len(seconds), 0.02, rng) for _ in range(6)], axis=-1)
        limbs[way] = values
    return PoseTrack(angles, numbers[:, 0], np.clip(numbers[:, 1], 0.0, 1.0), numbers[:, 2:4], limbs)


def limb_of(pose: Pose, way: str, acting: bool) -> Limb:
    """What an arm or a leg does in a key."""
    if way.endswith("arm"):
        return pose.arm if acting else pose.other_arm or pose.arm
    return pose.leg if acting else pose.other_leg or pose.leg


def toe_of(limb: Limb) -> tuple[float, float, float]:
    """Where the toe of a free foot points, in the pelvis's frame: to the front of the shin, a little stretched."""
    shin = normalised(np.array(limb.lower))
    front = np.cross([1.0, 0.0, 0.0], -shin)
    x, y, z = 0.75 * front + 0.5 * shin + np.array([0.12, 0.0, 0.0])
    return float(x), float(y), float(z)


def filled(rows: np.ndarray) -> np.ndarray:
    """Rows (K, C) whose gaps (NaN) have what the next key has, or else the one before; zeros where there is none."""
    known = np.flatnonzero(~np.isnan(rows[:, 0]))
    if not len(known):
        return np.zeros_like(rows)
    following = known[np.minimum(np.searchsorted(known, np.arange(len(rows))), len(known) - 1)]
    result: np.ndarray = rows[following]
    return result


def sized(rows: np.ndarray, size: float) -> np.ndarray:
    """Rows (K, C) whose distance from the first one is so many times as large."""
    result: np.ndarray = rows[:1] + size * (rows - rows[:1])
    return result


def wandering(frames: int, much: float, rng: np.random.Generator) -> np.ndarray:
    """Slow noise (F,) of about so much."""
    return 4.0 * much * blur(rng.normal(0.0, 1.0, (frames, 1)), 8.0)[:, 0]


def posed(action: PosedAction, side: str, times: int, rng: np.random.Generator) -> np.ndarray:
    """Joints (F, 22, 3) of an action, float32, whole tokens long, from the origin facing +Z."""
    tempo, goes_on = rng.uniform(*action.tempo), action.words.loop is not None
    length = rng.uniform(*LENGTHS)
    poses = rounds(action, times, (length + 3.0) / action.tempo[0])
    # what goes on begins anywhere in its first round
    first = action.words.loop[0] if action.words.loop else 0
    begins = rng.random() * sum(p.seconds for p in action.poses[1:]) * tempo if goes_on and not first else 0.0
    motion = track(poses, side, tempo, rng.uniform(*action.size), (begins, rng.uniform(0.2, 0.9)), rng)
    if action.speed:
        ahead = action.speed * rng.uniform(0.85, 1.2) * np.arange(len(motion.height)) / FPS
        motion.ground[:, 1] += ahead
    frames = min(len(motion.height), round(length * FPS)) if goes_on else len(motion.height)
    joints = body(motion)[: frames // TOKEN_FRAMES * TOKEN_FRAMES]
    return at_origin(joints).astype(np.float32)


def posed_clips(seed: int) -> list[Clip]:
    """About 28 clips of each action, less those that are too short or too long or go through the floor."""
    rng, bank = np.random.default_rng(seed), {entry.key: entry for entry in read_bank()}
    made: list[Clip] = []
    for number, action in enumerate(POSED):
        words = action.words
        for k in range(EACH):
            side, times = ("left", "right")[k % 2], 1 + k // 2 % action.most
            joints = posed(action, side, times, rng)
            if len(joints) < MIN_FRAMES or len(joints) > MAX_FRAMES or float(joints[..., 1].min()) < BELOW:
                continue
            made.append(
                Clip(
                    f"P{number}_{k}", "train", joints, said(words, side, times), (words.label,), action.group,
                    wordings=worded(bank, words.bank, side, words.says), source="posed",
                )
            )  # fmt: skip
    return made
