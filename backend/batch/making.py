# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes into files: what one worker does, here or on another machine. It writes nothing but in a folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..motion_file import write_motion
from ..motions import frames_of, source, tokens_of
from ..packing import BATCH, BATCH_GPU, packed
from ..pipeline import Pipeline
from .plan import Take
from .rows import Row


@dataclass(frozen=True)
class Made:
    """The files of a take by name, and sentences for the user; with a ``fault`` there are no files."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fault: str = ""


def batches(takes: Sequence[Take], most: int) -> list[list[Take]]:
    """Takes that can be made in one call of the sampler: as many tokens, the same guidance and candidates."""

    def key(row: Row) -> tuple[int, float, float, float]:
        settings = (row.guidance_scale, row.recognizer_guidance, row.candidates)
        first, second, third = (float("-inf") if value is None else float(value) for value in settings)
        return tokens_of(frames_of(row.seconds)), first, second, third

    return [[takes[i] for i in batch] for batch in packed([key(take.row) for take in takes], most)]


def batch_size(takes: int, workers: int, gpu: bool) -> int:
    """Takes in a batch: what a device does well at once, and few enough that every worker gets some."""
    return max(1, min(BATCH_GPU if gpu else BATCH, -(-takes // (2 * workers)) if workers > 1 else takes))


class Maker:
    """One loaded model."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._read = lru_cache(maxsize=1024)(pipeline.read)

    def __call__(self, takes: Sequence[Take]) -> list[Made]:
        """What became of each take of one of ``batches``; a take that fails takes no other with it."""
        try:
            motions = self._motions(takes)
        except Exception as error:  # out of memory, or a request that no check foresaw
            if len(takes) == 1:
                return [Made(fault=_sentence(error))]
            half = len(takes) // 2
            return self(takes[:half]) + self(takes[half:])
        return [self._files(take, joints) for take, joints in zip(takes, motions, strict=True)]

    def _motions(self, takes: Sequence[Take]) -> list[np.ndarray]:
        rows = [take.row for take in takes]
        one = rows[0]
        sampling = self.pipeline.sampling(
            guidance_scale=one.guidance_scale, recognizer_guidance=one.recognizer_guidance, candidates=one.candidates
        )
        return self.pipeline.motions(
            [self._read(row.prompt)[0] for row in rows],
            [frames_of(row.seconds) for row in rows],
            [source(take.row.seed, take.variation) for take in takes],
            sampling,
        )

    def _files(self, take: Take, joints: np.ndarray) -> Made:
        try:
            with tempfile.TemporaryDirectory(prefix="coamd-batch-") as folder:
                for file in take.files:
                    write_motion(Path(folder) / file, joints, title=take.row.prompt)
                files = {file: (Path(folder) / file).read_bytes() for file in take.files}
        except (UserError, OSError, ValueError, RuntimeError) as error:
            return Made(fault=_sentence(error))
        return Made(files, self._read(take.row.prompt)[1])


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    told = (str(error).strip() or "no reason given").splitlines()[0][:300]
    return f"The motion could not be made ({type(error).__name__}: {told})."
