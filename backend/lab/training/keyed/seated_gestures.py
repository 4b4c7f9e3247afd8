# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do on a chair (``tables.seated``), laid over recorded people who sit there with quiet arms.

Recorded sitters talk, cough or rest; none types, drives or claps, so that such a prompt makes somebody stand. Pelvis
and legs stay as recorded. There are few calm sitters, so that each stretch of a recording is played to and fro.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .....rigs.body.skeleton import FPS, INDEX, JOINTS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from .....rigs.body.smoothing import blur
from ....motion.joint_measures import wrist_speed
from ....training.data import Clip
from ..sentences.wordings import OTHER, read_bank
from .acted_gestures import FASTEST, MARGIN, TEMPO, acted, keyed, said, track, worded
from .tables.seated import SEATED

EACH = 28  # clips of an action
SEAT = (0.38, 0.66)  # metres of a pelvis on a chair
LEVEL = 0.2  # metres that a knee may lie above or below its hip
SHIN = 0.3  # metres that a knee lies above its ankle at least; else the legs are crossed on the floor
STILL = {"pelvis": 0.06, "ankle": 0.08, "wrist": 0.15, "head": 0.1}  # metres that each may move within a stretch
ARMS_LOW = 0.24  # metres above the pelvis that resting hands stay below
UPRIGHT = 0.45  # metres of the neck above the pelvis
ENOUGH = 30  # frames of a stretch
SLOUCH, TURN = 4.0, 5.0  # degrees by which sitters differ
SETTLED = 2.0  # seconds before the clip at which what goes on has begun
GOING_ON = 0.7  # of those clips: from the first frame to the last
_SITS = re.compile(r"\b(sit|sits|sitting|seat|seated|chair|stool|bench|desk|table)\b")
_ENDS = [INDEX[name] for name in ("pelvis", "left_ankle", "right_ankle", "left_wrist", "right_wrist", "head")]
_MAY = np.array([STILL[JOINTS[end].rpartition("_")[2]] for end in _ENDS])


def on_chair(joints: np.ndarray) -> np.ndarray:
    """Frames (F,) of (F, 22, 3) at which somebody sits upright on a chair, feet down, hands low."""
    height = joints[..., 1]
    thighs = np.stack([height[:, INDEX[f"{side}_knee"]] - height[:, INDEX[f"{side}_hip"]] for side in OTHER])
    shins = np.stack([height[:, INDEX[f"{side}_knee"]] - height[:, INDEX[f"{side}_ankle"]] for side in OTHER])
    hands = height[:, [INDEX["left_wrist"], INDEX["right_wrist"]]].max(axis=1) - height[:, 0]
    seated = (height[:, 0] > SEAT[0]) & (height[:, 0] < SEAT[1]) & (np.abs(thighs).max(axis=0) < LEVEL)
    return (
        seated & (shins.min(axis=0) > SHIN) & (hands < ARMS_LOW) & (height[:, INDEX["neck"]] - height[:, 0] > UPRIGHT)
    )


def calm_stretch(joints: np.ndarray) -> np.ndarray | None:
    """The longest stretch of (F, 22, 3) on a chair in which pelvis, feet, hands and head keep still, if long enough."""
    fits = on_chair(joints)
    best, start = (0, 0), 0
    for end in range(1, len(joints) + 1):
        while start < end and not (
            fits[start:end].all() and (np.ptp(joints[start:end, _ENDS], axis=0).max(-1) < _MAY).all()
        ):
            start += 1
        if end - start > best[1] - best[0]:
            best = (start, end)
    return joints[best[0] : best[1]] if best[1] - best[0] >= ENOUGH else None


def calm_sitters(clips: Sequence[Clip]) -> list[Clip]:
    """Calm stretches of people on a chair, whose sentences say that they sit."""
    found = []
    for clip in clips:
        if any(map(_SITS.search, clip.texts)) and on_chair(clip.joints).sum() >= ENOUGH:
            stretch = calm_stretch(clip.joints)
            if stretch is not None:
                found.append(replace(clip, joints=stretch))
    return found


def to_and_fro(joints: np.ndarray, frames: int) -> np.ndarray:
    """So many frames of a stretch (F, 22, 3) played forwards, backwards and so on: nobody is held still."""
    whole = np.concatenate([joints, joints[-2:0:-1]])
    return whole[np.arange(frames) % len(whole)]


def seated_clips(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """28 clips of each action on a chair, less those whose hands move too fast."""
    rng = np.random.default_rng([seed, 5])
    sitters, bank = calm_sitters(clips), {entry.key: entry for entry in read_bank()}
    made: list[Clip] = []
    for number, gesture in enumerate(SEATED if sitters else ()):
        for k in range(EACH):
            below, side = sitters[int(rng.integers(len(sitters)))], ("left", "right")[k % 2]
            seconds = rng.uniform(2.5, 8.0)
            goes_on = gesture.loop is not None and rng.random() < GOING_ON
            moves = keyed(gesture, 1, (seconds + SETTLED) / TEMPO[0])
            start = -SETTLED if goes_on else rng.uniform(*MARGIN)
            motion = track(moves, start, rng.uniform(*TEMPO), not goes_on and rng.random() < 0.6, rng)
            longest = round(seconds * FPS) if goes_on else MAX_FRAMES
            frames = min(len(motion.share), longest, MAX_FRAMES) // TOKEN_FRAMES * TOKEN_FRAMES
            if frames < MIN_FRAMES:
                continue
            motion = motion.first(frames)
            slouch, turn = rng.normal(0.0, (SLOUCH, TURN))
            motion = replace(motion, lean=blur(motion.lean + slouch, 1.0), twist=motion.twist + turn)
            joints = acted(to_and_fro(below.joints, frames), gesture, side, motion, seated=True).astype(np.float32)
            if wrist_speed(joints) < FASTEST:
                made.append(
                    replace(
                        below, id=f"Q{number}_{k}{below.id}", joints=joints, texts=said(gesture, side, 1),
                        labels=("sit", gesture.label), group="sit and stand",
                        wordings=worded(bank, gesture.bank, side, gesture.says),
                    )
                )  # fmt: skip
    return made
