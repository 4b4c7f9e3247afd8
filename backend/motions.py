# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions for prompts: how to sample, and joints out of it; of several candidates the one that fits the prompt best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ..rigs.skeleton import FPS, MAX_FRAMES, TOKEN_FRAMES
from .cleanup import finished
from .model.config import ModelConfig
from .model.guidance import at_origin, text_score
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
    candidates: int | None = None,
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
        candidates=config.recognizer.candidates if candidates is None else candidates,
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

    All must have as many tokens; a motion is the same alone and in company, but for rounding. Each is the best of
    ``sampling.candidates``; previews show the first of these.
    """
    if len({tokens_of(count) for count in frames}) != 1:
        raise ValueError(f"motions of {min(frames)} and {max(frames)} frames differ in their tokens")
    with torch.no_grad():
        ids = system.text.tokenize(prompts)
        condition, described = system.text(ids), system.recognizer.text(ids)
    each = sampling.candidates
    if each > 1:
        condition, described = (rows.repeat_interleave(each, dim=0) for rows in (condition, described))
        sources = [part for one in sources for part in parted(one, each)]
    windows = Windows(
        generator=system.generator,
        autoencoder=system.autoencoder,
        sampling=sampling,
        guide=Guide(system.recognizer, system.autoencoder, described),
        condition=condition,
        sources=sources,
    )
    most = max(frames)
    motion = windows.motion(most, lambda step, of, look: report(step, of, lambda: look()[::each, :most]), cancelled)
    if each > 1:
        motion = motion[best(system, motion[:, :most], described, each)]
    return [finished(joints[:count]) for joints, count in zip(motion, frames, strict=True)]


def parted(one: torch.Generator, count: int) -> list[torch.Generator]:
    """``count`` independent sources out of one."""
    seeds = torch.randint(2**63 - 1, (count,), generator=one).tolist()
    return [torch.Generator().manual_seed(seed) for seed in seeds]


@torch.no_grad()
def best(system: System, motion: np.ndarray, described: Tensor, each: int) -> np.ndarray:
    """Rows (B,) of ``motion`` (B each, F, 22, 3) that fit their texts (B each, feature) best, one of every ``each``.

    The score is that of the recognizer's guidance. Where it finds the text in none of them it does not know what the
    text means (a score of ``known``, below which few real motions lie), and the first is taken.
    """
    joints = torch.from_numpy(motion.astype(np.float32)).flatten(2).to(described.device)
    pieces = joints.tensor_split(-(-joints.shape[1] // MAX_FRAMES), dim=1)
    fit = torch.stack([text_score(system.recognizer(at_origin(piece)), described) for piece in pieces]).mean(dim=0)
    table = fit.view(-1, each).cpu()
    least = -1.0 if system.calibration is None else system.calibration.known
    chosen = torch.where(table.amax(dim=1) < least, 0, table.argmax(dim=1))
    rows: np.ndarray = (torch.arange(len(table)) * each + chosen).numpy()
    return rows
