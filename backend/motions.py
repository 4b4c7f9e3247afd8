# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions for prompts: how to sample, and joints out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from ..rigs.skeleton import FPS, TOKEN_FRAMES
from .cleanup import finished
from .model.config import ModelConfig
from .model.sampler import Guide, Sampling
from .model.solver import SolverName
from .model.weights import System
from .windows import Report, Windows


def frames_of(seconds: float) -> int:
    """Length of a motion at 20 fps."""
    return max(1, round(seconds * FPS))


def tokens_of(frames: int) -> int:
    """How many tokens hold so many frames; motions with as many can be made together."""
    return -(-frames // TOKEN_FRAMES)


def source(seed: int, number: int) -> torch.Generator:
    """Independent randomness of one variation, on the CPU so that every device draws the same."""
    words = np.random.SeedSequence([seed % 2**64, number]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0] >> np.uint64(1)))


def sampling_of(
    config: ModelConfig,
    steps: int | None = None,
    guidance_scale: float | None = None,
    recognizer_guidance: float | None = None,
    solver: SolverName | None = None,
) -> Sampling:
    """Settings of a request; None takes the model's own. dopri5 solves as the released code does, at its cost."""
    generator = config.generator
    return Sampling(
        steps=generator.steps if steps is None else steps,
        guidance_scale=generator.guidance_scale if guidance_scale is None else guidance_scale,
        solver=solver or "adams",
        evaluations=generator.evaluations,
        whole=solver == "dopri5",
        strength=config.recognizer.guidance if recognizer_guidance is None else recognizer_guidance,
        guided_from=0.0 if solver == "dopri5" else Sampling.guided_from,
    )


def motions(
    system: System,
    prompts: Sequence[str],
    frames: Sequence[int],
    sources: Sequence[torch.Generator],
    sampling: Sampling,
    *,
    report: Report = lambda _step, _of, _preview: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[np.ndarray]:
    """Joints (frames[i], 22, 3) float32 for B prompts, each with its source of randomness on the CPU.

    All must have as many tokens; a motion is the same alone and in company, but for rounding.
    """
    if len({tokens_of(count) for count in frames}) != 1:
        raise ValueError(f"motions of {min(frames)} and {max(frames)} frames differ in their tokens")
    with torch.no_grad():
        ids = system.text.tokenize(prompts)
        condition, described = system.text(ids), system.recognizer.text(ids)
    windows = Windows(
        generator=system.generator,
        autoencoder=system.autoencoder,
        sampling=sampling,
        guide=Guide(system.recognizer, system.autoencoder, described),
        condition=condition,
        sources=sources,
    )
    most = max(frames)
    motion = windows.motion(most, lambda step, of, look: report(step, of, lambda: look()[:, :most]), cancelled)
    return [finished(joints[:count]) for joints, count in zip(motion, frames, strict=True)]
