# SPDX-License-Identifier: GPL-3.0-or-later
"""Waving, laid over recorded clips: the data has people who direct traffic, but nobody who walks and waves.

One arm of a real walking or standing clip is raised and its forearm swung, by directions in the chest's own frame,
so that it goes with every sway of the body; all other joints stay as recorded. This also shows the
generator that a sentence can ask for two things at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .....rigs.body.rotations import normalised
from .....rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX
from .....rigs.body.smoothing import smoothstep
from ....training.data import Clip

GROUPS = ("walk", "stand and idle", "run")
EVERY = 3  # one in so many clips of these groups also comes with a wave
RISE = 0.6  # seconds from the recorded arm to the wave
_FROM_START = (
    " and waves",
    " and waves with the {side} hand",
    " while waving",
    ", waving the {side} arm",
    " and waves hello",
)
_LATER = (", then waves", " and then waves with the {side} hand", ", raises the {side} arm and waves")
_SHORT = {"walk": "a person walks and waves", "stand and idle": "a person waves", "run": "a person runs and waves"}


@dataclass(frozen=True)
class Wave:
    """How an arm waves; angles in radians."""

    side: str  # left or right
    start: float  # seconds
    height: float  # of the upper arm above the horizontal
    forward: float  # of the upper arm out of the shoulder line
    swing: float  # of the forearm to either side
    rate: float  # swings per second
    phase: float

    @classmethod
    def draw(cls, rng: np.random.Generator, seconds: float) -> Wave:
        """A natural wave, from the start in two of three cases, else from somewhere in the first half."""
        return cls(
            side=str(rng.choice(["left", "right"])),
            start=-RISE if rng.random() < 0.67 else rng.uniform(0.2, 0.5) * seconds,
            height=rng.uniform(-0.3, 0.5),
            forward=rng.uniform(0.1, 0.7),
            swing=rng.uniform(0.3, 0.6),
            rate=rng.uniform(1.0, 2.0),
            phase=rng.uniform(0, 2 * np.pi),
        )


def chest_frame(joints: np.ndarray) -> np.ndarray:
    """Axes of the chest (F, 3, 3), columns left, up, forward, from shoulders and spine of (F, 22, 3)."""
    up = normalised(joints[:, INDEX["neck"]] - joints[:, INDEX["spine1"]])
    across = joints[:, INDEX["left_shoulder"]] - joints[:, INDEX["right_shoulder"]]
    forward = normalised(np.cross(across, up))
    return np.stack([np.cross(up, forward), up, forward], axis=-1)


def waved(joints: np.ndarray, wave: Wave) -> np.ndarray:
    """Joints (F, 22, 3) with one arm waving; every bone keeps its length, every other joint its place."""
    frames = len(joints)
    seconds = np.arange(frames) / FPS
    out = 1.0 if wave.side == "left" else -1.0
    arm = np.array([out * np.cos(wave.forward), np.tan(wave.height), np.sin(wave.forward)])
    lean = wave.swing * np.sin(2 * np.pi * wave.rate * seconds + wave.phase) + 0.15
    forearm = np.stack([out * np.sin(lean), np.cos(lean), np.full(frames, 0.2)], axis=1)
    share = smoothstep((seconds - wave.start) / RISE)[:, None]
    return aimed(joints, wave.side, np.tile(arm, (frames, 1)), forearm, share)


def aimed(joints: np.ndarray, side: str, upper: np.ndarray, fore: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) with one arm turned by ``share`` (F, 1) from where it is to directions in the chest's frame.

    ``upper`` and ``fore``, (F, 3) or (3,), are left, up and forward of upper arm and forearm, of any length.
    """
    chest = chest_frame(joints)
    result = joints.copy()
    for joint, parent, wanted in (("elbow", "shoulder", upper), ("wrist", "elbow", fore)):
        child, above = INDEX[f"{side}_{joint}"], INDEX[f"{side}_{parent}"]
        recorded = normalised(joints[:, child] - joints[:, above])
        direction = normalised((1 - share) * recorded + share * (chest @ normalised(wanted)[..., None])[..., 0])
        result[:, child] = result[:, above] + direction * BONE_LENGTHS[child]
    return result


def waving_clip(clip: Clip, rng: np.random.Generator) -> Clip:
    """A clip with a wave, and its sentences with the words for it."""
    wave = Wave.draw(rng, len(clip.joints) / FPS)
    endings = _FROM_START if wave.start < 0 else _LATER
    texts = [text.rstrip(".") + str(rng.choice(endings)).format(side=wave.side) for text in clip.texts]
    if wave.start < 0:
        texts.append(_SHORT[clip.group])
    joints = waved(clip.joints, wave).astype(np.float32)
    return replace(
        clip, id=f"W{clip.id}", joints=joints, texts=tuple(texts), labels=(*clip.labels, "wave"), wordings=()
    )


def waving_clips(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """Waves for every third clip, mirrored ones too, of the groups in which the arms are free."""
    rng = np.random.default_rng(seed)
    return [waving_clip(clip, rng) for clip in [clip for clip in clips if clip.group in GROUPS][::EVERY]]
