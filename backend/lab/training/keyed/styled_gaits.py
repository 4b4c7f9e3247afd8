# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles and gestures of people on the move (``tables.moods``, ``tables.styles``), laid over recorded walks and runs.

Recorded styles are a few clips each, so that a tired walk becomes any walk and a zombie crawls; and nobody in the data
walks with a phone at the ear. The legs go on as recorded, at the style's tempo; trunk, head and arms are keyed, and
the feet stay where they step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from .....rigs.body.resample import sampled
from .....rigs.body.rotations import normalised
from .....rigs.body.skeleton import FPS, INDEX, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from .....rigs.body.smoothing import blur, smoothstep
from ....language.quantities import TIMES
from ....motion.joint_measures import paces, straightness, wrist_speed
from ....training.data import Clip
from ..sentences.wordings import OTHER, read_bank
from .acted_gestures import ACTED, FASTEST, TRUNK, acted, keyed, over_feet, rotated, said, track, worded
from .posed_actions import POSED
from .style import Style
from .tables.seated import SEATED
from .tables.styles import STYLES

EACH = 26  # clips of a style
UNHURRIED = {"walk": (0.7, 1.8), "run": (2.0, 5.0)}  # m/s of the median pace of what a style is laid over
UPRIGHT = 0.8  # metres that the pelvis stays above
BENT = {"walk": 10.0, "run": 20.0}  # degrees that the trunk leans at most, in the median
STRAIGHT = 0.8  # net way to path: those who turn round are left out
ARMS_LOW = 0.15  # metres above the pelvis that recorded wrists stay below; those of a run are free
TEMPO = (0.85, 1.2)  # by which the seconds of the keys are multiplied
SETTLED = 2.0  # seconds before the clip at which a style begins, so that it is there from the first frame
_ANKLES = {side: INDEX[f"{side}_ankle"] for side in OTHER}


def plain_gaits(clips: Sequence[Clip], group: str) -> list[Clip]:
    """Upright walks or runs straight ahead whose arms do nothing else."""
    least, most = UNHURRIED[group]
    found = []
    for clip in clips:
        joints = clip.joints
        if clip.group != group or len(joints) < MIN_FRAMES or joints[:, 0, 1].min() < UPRIGHT:
            continue
        wrists = joints[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1] - joints[:, :1, 1]
        calm = group == "run" or wrists.max() < ARMS_LOW
        plain = straightness(joints) > STRAIGHT and lean_of(joints) < BENT[group]
        if calm and plain and least < float(np.median(paces(joints))) < most:
            found.append(clip)
    return found


def lean_of(joints: np.ndarray) -> float:
    """Degrees by which the trunk of (F, 22, 3) leans, to any side, in the median."""
    up = normalised(joints[:, INDEX["neck"]] - joints[:, 0])[:, 1]
    return float(np.degrees(np.arccos(np.clip(np.median(up), -1.0, 1.0))))


def at_tempo(joints: np.ndarray, tempo: float) -> np.ndarray:
    """Joints (F, 22, 3) played ``tempo`` times as fast, cut to whole tokens and to the longest clip."""
    count = min(int((len(joints) - 1) / tempo) + 1, MAX_FRAMES) // TOKEN_FRAMES * TOKEN_FRAMES
    return sampled(joints, np.arange(count) * tempo)


def with_feet_lifted(joints: np.ndarray, lift: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Joints (F, 22, 3) whose feet are higher by what ``lift`` says of an ankle (F, 3), their knees with them."""
    moved = {leg: np.zeros((len(joints), 3)) for leg in _ANKLES}
    for leg, ankle in _ANKLES.items():
        moved[leg][:, 1:2] = blur(lift(joints[:, ankle])[:, None], 1.0)
    return over_feet(joints, joints, moved, normalised(joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]))


def higher_step(ankle: np.ndarray, factor: float) -> np.ndarray:
    """Metres (F,) that an ankle (F, 3) is lifted by, to rise ``factor`` times as high in each step."""
    height = ankle[:, 1] - float(np.percentile(ankle[:, 1], 10))
    lifted: np.ndarray = (factor - 1.0) * np.maximum(height, 0.0)
    return lifted


def lifted_knee(ankle: np.ndarray, metres: float) -> np.ndarray:
    """Metres (F,) that an ankle (F, 3) is lifted by: so many where it swings ahead fastest, halfway through a step.

    Feet that rise by a factor rise most behind the body, where the heel leaves the floor: those steps kick back.
    """
    speed = np.linalg.norm(np.gradient(ankle, axis=0)[:, [0, 2]], axis=-1)
    swing = blur(speed[:, None], 1.0)[:, 0] / max(float(np.percentile(speed, 95)), 1e-6)
    return metres * smoothstep((swing - 0.2) / 0.7)


def swaying(joints: np.ndarray, degrees: float, rate: float, phase: float) -> np.ndarray:
    """Joints (F, 22, 3) whose trunk leans to either side by so many degrees, ``rate`` times a second."""
    across = (joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]) * np.array([1.0, 0.0, 1.0])
    forward = np.cross(normalised(across), np.array([0.0, 1.0, 0.0]))
    angle = degrees * np.sin(2 * np.pi * rate * np.arange(len(joints)) / FPS + phase)
    result = joints.astype(np.float64).copy()
    result[:, TRUNK] = rotated(result[:, TRUNK], result[:, 0], forward, angle)
    return result


def styled(clip: Clip, style: Style, side: str, rng: np.random.Generator) -> np.ndarray:
    """Joints (F, 22, 3) of a gait in a style, its tempo and its keys a little different each time."""
    joints = at_tempo(clip.joints, rng.uniform(*style.tempo))
    if style.steps != 1.0:
        joints = with_feet_lifted(joints, partial(higher_step, factor=style.steps * rng.uniform(0.85, 1.15)))
    if style.rise:
        joints = with_feet_lifted(joints, partial(lifted_knee, metres=style.rise * rng.uniform(0.8, 1.2)))
    if style.sway:
        joints = swaying(joints, style.sway * rng.uniform(0.7, 1.3), rng.uniform(0.4, 0.8), rng.uniform(0, 2 * np.pi))
    tempo = rng.uniform(*TEMPO)
    moves = keyed(style.gesture, 1, (len(joints) / FPS + SETTLED) / TEMPO[0])
    motion = track(moves, -SETTLED, tempo, False, rng)
    motion = motion.first(len(joints))
    numbers: dict[str, Any] = {name: getattr(motion, name) * style.hold for name in ("share", "other_share")}
    if style.begins_later:
        seconds = np.arange(len(joints)) / FPS
        begun = smoothstep((seconds - rng.uniform(0.3, 0.5) * seconds[-1]) / 0.7)
        numbers |= {name: getattr(motion, name) for name in ("lean", "nod", "twist", "lift", "drop", "shrug")}
        numbers = {name: (value.T * begun).T for name, value in numbers.items()}
    return acted(joints, style.gesture, side, replace(motion, **numbers))


def keyed_groups() -> list[tuple[str, ...]]:
    """What each action keyed by hand is called for a side and a number: standing, seated, on the move, on the floor."""
    numbers = {gesture: tuple(TIMES) if gesture.counted else (1,) for gesture in ACTED}
    numbers |= {gesture: (1,) for gesture in (*SEATED, *(style.gesture for style in STYLES))}
    numbers |= {action.words: tuple(times for times in TIMES if times <= action.most) for action in POSED}
    groups = (said(gesture, side, times) for gesture, some in numbers.items() for side in OTHER for times in some)
    return list(dict.fromkeys(groups))  # both sides of what has none are one


def keyed_sentences() -> list[str]:
    """Everything that clips keyed by hand are called."""
    return [text for group in keyed_groups() for text in group]


def styled_clips(clips: Sequence[Clip], seed: int) -> list[Clip]:
    """About 26 clips of each style, less those whose hands move too fast or whose feet leave the floor."""
    rng = np.random.default_rng(seed)
    below = {group: plain_gaits(clips, group) for group in UNHURRIED}
    bank = {entry.key: entry for entry in read_bank()}
    made = []
    for number, style in enumerate(STYLES):
        gaits = below[style.group]
        for k in range(EACH if gaits else 0):
            clip, side = gaits[int(rng.integers(len(gaits)))], ("left", "right")[k % 2]
            joints = styled(clip, style, side, rng).astype(np.float32)
            if len(joints) < MIN_FRAMES or wrist_speed(joints) > FASTEST or abs(float(joints[..., 1].min())) > 0.08:
                continue
            made.append(
                replace(
                    clip, id=f"S{number}_{k}{clip.id}", joints=joints, texts=said(style.gesture, side, 1),
                    labels=(style.gesture.label,), wordings=worded(bank, style.bank, side, style.gesture.says),
                )
            )  # fmt: skip
    return made
