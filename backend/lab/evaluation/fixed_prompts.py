# SPDX-License-Identifier: GPL-3.0-or-later
"""Forty fixed prompts for the eye: actions, styles, directions, and pairs joined by "then"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ...files.motion_pictures import sheet
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from .generation import DEFAULTS, generate_all, source_seeds
from .physics import Physics, floats, measure, tips

SEED = 7
POSES = 8


@dataclass(frozen=True)
class Prompt:
    """A prompt, its length, and whether its figure may lie or lean far, and may leave the floor for long."""

    text: str
    seconds: float = 4.0
    low: bool = False
    high: bool = False

    @property
    def frames(self) -> int:
        """Length at 20 fps."""
        return round(20 * self.seconds)


PROMPTS = (
    Prompt("a person walks forward"),
    Prompt("a person walks slowly and sadly, head down"),
    Prompt("a person walks backwards"),
    Prompt("a person walks in a circle to the left", 6.0),
    Prompt("a person sneaks forward carefully"),
    Prompt("someone marches like a soldier"),
    Prompt("a person limps"),
    Prompt("a person runs forward", 3.0),
    Prompt("a person jogs in place"),
    Prompt("a person runs, then stops"),
    Prompt("a person jumps up", 3.0),
    Prompt("a person jumps forward", 3.0),
    Prompt("a person hops on the right leg"),
    Prompt("a person does jumping jacks"),
    Prompt("a person turns left", 3.0),
    Prompt("a person turns right", 3.0),
    Prompt("a person walks forward and turns around to the left", 5.0),
    Prompt("a person steps to the right side"),
    Prompt("a person sits down on a chair"),
    Prompt("a person stands up from a seat"),
    Prompt("a person squats", low=True),
    Prompt("a person crawls on hands and knees", low=True),
    Prompt("a person lies on the floor", low=True),
    Prompt("a person climbs a ladder", high=True),
    Prompt("a person walks up the stairs", high=True),
    Prompt("a person dances salsa"),
    Prompt("a ballet dancer does a pirouette"),
    Prompt("a person kicks with the right leg", 3.0),
    Prompt("a karate kick with the left leg", 3.0),
    Prompt("a boxer punches with both fists"),
    Prompt("a person waves with the right hand"),
    Prompt("a person picks something up from the floor", low=True),
    Prompt("a person throws a ball", 3.0),
    Prompt("a person does a cartwheel", low=True),
    Prompt("a person washes a window"),
    Prompt("a person stretches both arms above the head"),
    Prompt("a person dribbles a basketball"),
    Prompt("a person walks forward, then jumps", 6.0),
    Prompt("a person walks, then sits down", 6.0),
    Prompt("a person kicks, then punches", 6.0),
)


@dataclass(frozen=True)
class PromptMotion:
    """One prompt with its motion (F, 22, 3), its figures and what the eye need not look for."""

    prompt: Prompt
    joints: np.ndarray
    physics: Physics
    faults: tuple[str, ...]


def show(
    pipeline: Pipeline,
    *,
    seed: int = SEED,
    options: SamplingOptions = DEFAULTS,
    done: Callable[[int], object] = lambda _count: None,
) -> list[PromptMotion]:
    """Generate every prompt once; the same seed gives the same page."""
    texts, frames = [prompt.text for prompt in PROMPTS], [prompt.frames for prompt in PROMPTS]
    made = generate_all(pipeline, texts, frames, seeds=source_seeds(seed, len(texts)), options=options, done=done)
    return [measured_motion(prompt, joints) for prompt, joints in zip(PROMPTS, made, strict=True)]


def measured_motion(prompt: Prompt, joints: np.ndarray) -> PromptMotion:
    """A motion measured against what its prompt allows."""
    physics = measure(joints)
    faults = ["floats"] if floats(physics) and not prompt.high else []
    faults += ["tips over"] if tips(physics) and not prompt.low else []
    return PromptMotion(prompt, joints, physics, tuple(faults))


def draw(items: list[PromptMotion], folder: Path, rows: int = 20) -> list[Path]:
    """Contact sheets ``prompts_1.png``... of ``rows`` strips each, numbered; returns their paths."""
    titles = [f"{number}. {item.prompt.text}" for number, item in enumerate(items, start=1)]
    paths = []
    for page, at in enumerate(range(0, len(items), rows), start=1):
        path = folder / f"prompts_{page}.png"
        clips = [
            (title, item.joints) for title, item in zip(titles[at : at + rows], items[at : at + rows], strict=True)
        ]
        sheet(clips, path, poses=POSES, columns=2)
        with Image.open(path) as picture:  # a palette makes a third of it
            picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        paths.append(path)
    return paths
