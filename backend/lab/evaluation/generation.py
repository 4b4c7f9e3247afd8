# SPDX-License-Identifier: GPL-3.0-or-later
"""Many prompts at once, as the product makes them: prompts of like length share a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from ...language.prompt import mended
from ...motion.generation import tokens_of
from ...motion.microbatches import BATCH, packed
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions

DEFAULTS = SamplingOptions()


def generate_all(
    pipeline: Pipeline,
    prompts: Sequence[str],
    frames: Sequence[int],
    *,
    seeds: Sequence[int],
    options: SamplingOptions = DEFAULTS,
    done: Callable[[int], object] = lambda _count: None,
) -> list[np.ndarray]:
    """One motion (frames[i], 22, 3) per prompt, read as the product reads it. ``done`` is told how many each batch had.

    Clip i draws from the source of ``seeds[i]``, so it does not depend on what else is in its batch.
    """
    prompts = [mended(pipeline.system, prompt).text for prompt in prompts]
    motions: dict[int, np.ndarray] = {}
    for batch in packed([tokens_of(count) for count in frames], BATCH):
        sources = [torch.Generator().manual_seed(seeds[i]) for i in batch]
        texts, lengths = [prompts[i] for i in batch], [frames[i] for i in batch]
        motions |= dict(zip(batch, pipeline.motions(texts, lengths, sources, pipeline.sampling(options)), strict=True))
        done(len(batch))
    return [motions[i] for i in range(len(prompts))]


def source_seeds(seed: int, clips: int) -> list[int]:
    """An independent seed for each clip of a run."""
    words = [np.random.SeedSequence([seed, clip]).generate_state(1, np.uint64)[0] for clip in range(clips)]
    return [int(word >> np.uint64(1)) for word in words]
