# SPDX-License-Identifier: GPL-3.0-or-later
"""One arm raised, laid over people who stand: the recordings raise both arms, or one amid something else.

What does not show one raised arm beside one that hangs is not kept, so that "raise the left arm" raises the left one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .....rigs.body.bone_lengths import fix_bone_lengths
from .....rigs.body.skeleton import FPS, INDEX, TOKEN_FRAMES
from .....rigs.body.smoothing import smoothstep
from ....training.data import Clip
from ..sentences.wordings import OTHER
from .gestures import aimed

COUNT = 60  # clips
LEAST = 60  # frames of a clip that an arm is raised in
LENGTHS = (60, 80, 100, 120)  # frames, of those that the clip has
LEVEL = 0.3  # metres that a wrist at shoulder height may lie above or below the shoulder


@dataclass(frozen=True)
class Raise:
    """How an arm goes up; seconds, and the direction of the upper arm in the chest (outwards, up, forward)."""

    side: str
    start: float
    rise: float
    over: tuple[float, float, float]
    lowers: bool  # it comes down again

    @property
    def high(self) -> bool:
        """Above the head rather than level."""
        return self.over[1] > 0.5

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Raise:
        """Above the head in seven of ten cases, else to the side or to the front."""
        high = rng.random() < 0.7
        up = (rng.uniform(0.1, 0.35), 1.0, rng.uniform(0.0, 0.25))
        level = (1.0, 0.05, rng.uniform(0.0, 0.2)) if rng.random() < 0.5 else (0.15, 0.05, 1.0)
        side, start, rise = str(rng.choice(list(OTHER))), rng.uniform(0.2, 0.8), rng.uniform(0.6, 1.0)
        return cls(side, start, rise, up if high else level, bool(rng.random() < 0.6))


def raised(joints: np.ndarray, how: Raise) -> np.ndarray:
    """Joints (F, 22, 3) with one arm raised, by the side of the body; the other joints stay as recorded."""
    seconds = np.arange(len(joints)) / FPS
    share = np.clip((seconds - how.start) / how.rise, 0.0, 1.0)
    if how.lowers:
        share = np.minimum(share, np.clip((seconds[-1] - 0.2 - seconds) / how.rise, 0.0, 1.0))
    share = smoothstep(share)[:, None]
    outwards = np.array([1.0 if how.side == "left" else -1.0, 1.0, 1.0])
    # on the way up the arm passes the side, so that it does not go through the chest
    upper = ((1.0 - share) * np.array([0.8, 0.1, 0.35]) + share * np.array(how.over)) * outwards
    fore = upper + np.array([-0.05, 0.1, 0.0]) * outwards
    return fix_bone_lengths(aimed(joints, how.side, upper, fore, np.minimum(1.0, 2.0 * share)))


def shows(joints: np.ndarray, how: Raise) -> bool:
    """Whether joints (F, 22, 3) show it: that wrist above the head or level, the other one below its shoulder."""

    def height(name: str) -> np.ndarray:
        return joints[:, INDEX[name], 1]

    hangs = bool((height(f"{OTHER[how.side]}_wrist") < height(f"{OTHER[how.side]}_shoulder")).all())
    wrist = height(f"{how.side}_wrist")
    if how.high:
        return hangs and bool((wrist > height("head")).any())
    return hangs and bool(
        (np.abs(wrist - height(f"{how.side}_shoulder")) < LEVEL).any() and (wrist < height("head")).all()
    )


def raising_texts(how: Raise) -> tuple[str, ...]:
    """Sentences for a raised arm."""
    side = how.side
    where = "above the head" if how.high else "out to the side" if how.over[0] > how.over[2] else "to the front"
    texts = (
        f"a person raises the {side} arm {where}",
        f"someone lifts the {side} arm {where}",
        f"raise the {side} hand" if how.high else f"raise the {side} arm {where}",
        f"the character puts the {side} hand up" if how.high else f"the character holds the {side} arm {where}",
        f"{side} arm raise",
    )
    return (*texts, f"a person raises the {side} arm and lowers it again") if how.lowers else texts


def raising_clips(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """Up to 60 clips of people who stand and raise one arm, less those that do not show it."""
    rng = np.random.default_rng(seed)
    standing = [clip for clip in clips if clip.group == "stand and idle" and len(clip.joints) >= LEAST]
    made = []
    for number in range(COUNT if standing else 0):
        clip, how = standing[int(rng.integers(len(standing)))], Raise.draw(rng)
        frames = min(int(rng.choice(LENGTHS)), len(clip.joints) // TOKEN_FRAMES * TOKEN_FRAMES)
        joints = raised(clip.joints[:frames].astype(np.float64), how).astype(np.float32)
        if shows(joints, how):
            texts = raising_texts(how)
            name = f"R{number}{clip.id}"
            made.append(replace(clip, id=name, joints=joints, texts=texts, labels=("raise", "one arm"), wordings=()))
    return made
