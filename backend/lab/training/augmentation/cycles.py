# SPDX-License-Identifier: GPL-3.0-or-later
"""Short recordings of a steady gait, repeated without a seam: a run of one second is a run for as long as is asked.

Half of the recorded runs are too short for a training clip. The pair of frames where pose and speed agree best bounds a
cycle; what its end lacks to be its start is spread over it, and each round is turned and moved onto the one before.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from .....rigs.body.bone_lengths import fix_bone_lengths
from .....rigs.body.canonical import at_origin, facing, turned
from .....rigs.body.skeleton import FPS
from .....rigs.body.smoothing import smoothstep
from ....training.composition import pose_features
from ....training.data import Clip

GROUPS = ("walk", "run")
SHORTEST, LONGEST = 9, 40  # frames of a cycle
LEAST = 14  # frames of a recording in which a cycle is looked for
MATCH = 0.075  # metres of mean distance between the poses at both ends; beyond it nothing is repeated
FASTEST = 18.0  # m/s of any joint; beyond it the pieces were put together wrongly
LENGTHS = (100, 140, 180)  # frames of what is made, whole tokens
_CHANGES = re.compile(r"stop|start|turn|sudden|then|veer|swerv|curv")  # words that do not hold for a repeated cycle
_CURVED = re.compile(r"circl|\barcs?\b|loop|\bround\b")
_GROUND = np.array([1.0, 0.0, 1.0])


def cycle(joints: np.ndarray) -> tuple[int, int] | None:
    """First and last frame of the best cycle of joints (F, 22, 3); None where no two poses match."""
    poses = pose_features(joints)
    best, found = MATCH, None
    for first in range(len(joints) - SHORTEST):
        last = np.arange(first + SHORTEST, min(len(joints), first + LONGEST))
        gaps = np.sqrt(((poses[last] - poses[first]) ** 2).sum(axis=1) / 44)  # 22 joints and their speeds
        if gaps.min() < best:
            best, found = float(gaps.min()), (first, int(last[gaps.argmin()]))
    return found


def repeated(joints: np.ndarray, first: int, last: int, frames: int, curved: bool = False) -> np.ndarray:
    """``frames`` frames of the cycle from ``first`` to ``last`` of joints (F, 22, 3), without a jump between rounds.

    It goes straight on, or, where it is ``curved``, round and round as the cycle turns.
    """
    piece = joints[first : last + 1].astype(np.float64)
    heading = facing(piece)
    begin, end = (turned(piece[k : k + 1] - piece[k, 0] * _GROUND, -float(heading[k])) for k in (0, len(piece) - 1))
    t = np.linspace(0.0, 1.0, len(piece))
    share = smoothstep(t)
    parts = zip(piece, share, heading, strict=True)
    closed = np.stack([pose + part * turned(begin - end, float(angle))[0] for pose, part, angle in parts])
    closed = turned(closed - closed[0, 0] * _GROUND, -float(heading[0]))
    step, turn = closed[-1, 0] * _GROUND, float(facing(closed[-1:])[0])
    if not curved:  # a few degrees of sway in the one cycle would be a circle of ten; they are taken back on the way
        places = closed[:, :1] * _GROUND
        parts = zip(closed - places, places, t, strict=True)
        closed = np.stack([turned(pose, -turn * float(part)) + place for pose, place, part in parts])
        turn = 0.0
    rounds, place, angle = [], np.zeros(3), 0.0
    for _ in range(-(-frames // (last - first))):
        rounds.append(turned(closed[:-1], angle) + place)
        place = place + turned(step[None, None], angle)[0, 0]
        angle += turn
    return np.concatenate(rounds)[:frames]


def repeated_clip(clip: Clip, rng: np.random.Generator) -> Clip | None:
    """A steady walk or run that is too short to train on, for 5 to 9 s; None without a clean cycle or words for it."""
    texts = tuple(text for text in clip.texts if not _CHANGES.search(text))
    found = cycle(clip.joints) if clip.group in GROUPS and texts and len(clip.joints) >= LEAST else None
    if found is None:
        return None
    joints = repeated(clip.joints, *found, int(rng.choice(LENGTHS)), bool(_CURVED.search(" ".join(texts))))
    joints = at_origin(fix_bone_lengths(joints)).astype(np.float32)
    if np.linalg.norm(np.diff(joints, axis=0), axis=-1).max() > FASTEST / FPS:
        return None
    return replace(clip, id=f"L{clip.id}", joints=joints, texts=texts)
