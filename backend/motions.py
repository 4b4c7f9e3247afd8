# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions for prompts: how to sample, and joints out of it.

Where the recognizer finds too little of the prompt in a motion, more are made and it keeps the best. A prompt that it
finds in none of them it does not know, and then it does not choose either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ..rigs.skeleton import FPS, MAX_FRAMES, TOKEN_FRAMES
from .cleanup import finished
from .model.calibration import Calibration
from .model.config import ModelConfig
from .model.guidance import at_origin, text_score
from .model.sampler import Guide, Sampling
from .model.solver import SolverName
from .model.weights import System
from .windows import Preview, Report, Windows

Shown = Callable[[np.ndarray], np.ndarray]  # previews of some candidates -> of all motions


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
    """Settings of a request; None takes the model's own.

    dopri5 solves as the released code does, at its cost; that code makes one motion and keeps it.
    """
    generator, released = config.generator, solver == "dopri5"
    if candidates is None:
        candidates = 1 if released else config.recognizer.candidates
    return Sampling(
        steps=generator.steps if steps is None else steps,
        guidance_scale=generator.guidance_scale if guidance_scale is None else guidance_scale,
        solver=solver or "adams",
        evaluations=generator.evaluations,
        whole=released,
        strength=config.recognizer.guidance if recognizer_guidance is None else recognizer_guidance,
        candidates=candidates,
        guided_from=0.0 if released else Sampling.guided_from,
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

    All must have as many tokens; a motion is the same alone and in company, but for rounding. Of several
    ``sampling.candidates`` the others are made only where the first is poor, so the last steps reported may never come.
    """
    if len({tokens_of(count) for count in frames}) != 1:
        raise ValueError(f"motions of {min(frames)} and {max(frames)} frames differ in their tokens")
    with torch.no_grad():
        ids = system.text.tokenize(prompts)
        condition, described = system.text(ids), system.recognizer.text(ids)
    most, each = max(frames), sampling.candidates
    drawn = [parted(one, each) if each > 1 else [one] for one in sources]
    turns = 1 if each == 1 else 2

    def run(rows: Sequence[int], numbers: Sequence[int], before: int, shown: Shown) -> np.ndarray:
        """The candidates of those numbers for those prompts, (rows x numbers, most, 22, 3)."""
        index = [row for row in rows for _ in numbers]
        windows = Windows(
            generator=system.generator,
            autoencoder=system.autoencoder,
            sampling=sampling,
            guide=Guide(system.recognizer, system.autoencoder, described[index]),
            condition=condition[index],
            sources=[drawn[row][number] for row in rows for number in numbers],
        )

        def told(step: int, of: int, look: Preview) -> None:
            report(before * of + step, turns * of, lambda: shown(look()[:, :most]))

        return windows.motion(most, told, cancelled)[:, :most]

    motion = run(range(len(prompts)), [0], 0, lambda look: look)
    if each > 1:
        fit = fits(system, motion, described)
        poor = [row for row, value in enumerate(fit) if value < _marks(system).good]
        if poor:

            def among(look: np.ndarray) -> np.ndarray:
                """All motions as they are, with the first of the new candidates in their places."""
                seen = motion.copy()
                seen[poor] = look[:: each - 1]
                return seen

            more = run(poor, range(1, each), 1, among)
            index = [row for row in poor for _ in range(1, each)]
            for row, others, values in zip(
                poor, np.split(more, len(poor)), np.split(fits(system, more, described[index]), len(poor)), strict=True
            ):
                if max(values) > fit[row] and max(values) >= _marks(system).known:
                    motion[row] = others[int(values.argmax())]
    high = {prompt: may_be_raised(system, prompt) for prompt in set(prompts)}
    return [
        finished(joints[:count], raised=high[prompt])
        for joints, count, prompt in zip(motion, frames, prompts, strict=True)
    ]


def may_be_raised(system: System, prompt: str) -> bool:
    """Whether a figure with this prompt may stand on something: where the known captions like it have such clips."""
    return system.phrases is None or system.phrases.raises(prompt, system.text)


def parted(one: torch.Generator, count: int) -> list[torch.Generator]:
    """``count`` independent sources out of one."""
    seeds = torch.randint(2**63 - 1, (count,), generator=one).tolist()
    return [torch.Generator().manual_seed(seed) for seed in seeds]


@torch.no_grad()
def fits(system: System, motion: np.ndarray, described: Tensor) -> np.ndarray:
    """How well motions (B, F, 22, 3) fit their texts (B, feature): the score of the recognizer's guidance, (B,)."""
    joints = torch.from_numpy(motion.astype(np.float32)).flatten(2).to(described.device)
    pieces = joints.tensor_split(-(-joints.shape[1] // MAX_FRAMES), dim=1)
    scores = torch.stack([text_score(system.recognizer(at_origin(piece)), described) for piece in pieces])
    mean: np.ndarray = scores.mean(dim=0).cpu().numpy()
    return mean


def _marks(system: System) -> Calibration:
    """What scores mean; without a calibration no motion is good enough to stop at, and none too poor to be chosen."""
    return system.calibration or Calibration()
