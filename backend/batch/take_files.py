# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes into files: what one worker does, here or on another machine. It writes nothing but in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from ...rigs.errors import UserError
from ..files.motion_file import write_motion
from ..motion.generation import frames_of, source, tokens_of
from ..motion.microbatches import BATCH, BATCH_GPU, packed
from ..motion.pipeline import Pipeline
from ..requests.generate import GenerateRequest
from ..system.failures import explain, is_gpu_lost, is_out_of_memory
from ..system.temporary_folder import temporary_folder
from .plan import PlannedTake


@dataclass(frozen=True)
class TakeFiles:
    """The files of a take by name, and sentences for the user; with a ``fault`` there are no files."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fault: str = ""


def batches(takes: Sequence[PlannedTake], most: int) -> list[list[PlannedTake]]:
    """Takes that can be made in one call of the sampler: as many tokens, the same guidance and candidates."""

    def key(request: GenerateRequest) -> tuple[float, ...]:
        settings = (request.guidance_scale, request.recognizer_guidance, request.candidates)
        numbers = (float("-inf") if value is None else float(value) for value in settings)
        return tokens_of(frames_of(request.seconds)), *numbers

    return [[takes[i] for i in batch] for batch in packed([key(take.row.request) for take in takes], most)]


def batch_size(takes: int, workers: int, gpu: bool) -> int:
    """Takes in a batch: what a device does well at once, and few enough that every worker gets some."""
    return max(1, min(BATCH_GPU if gpu else BATCH, -(-takes // (2 * workers)) if workers > 1 else takes))


class TakeMaker:
    """One loaded model."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._read = lru_cache(maxsize=1024)(pipeline.read)

    @property
    def gpu(self) -> bool:
        """Whether it computes on a graphics card."""
        return self.pipeline.device != "cpu"

    def __call__(self, takes: Sequence[PlannedTake]) -> list[TakeFiles]:
        """What became of each take of one of ``batches``; a take that fails takes no other with it."""
        try:
            motions = self._motions(takes)
        except Exception as error:  # out of memory, or a request that no check foresaw
            if is_gpu_lost(error):  # every further take would fail of it
                raise explain(error, "", "") from error
            said = _sentence(error)
        else:
            return [self._files(take, joints) for take, joints in zip(takes, motions, strict=True)]
        self.pipeline.release()  # now that the error, which holds what it failed of, is gone
        if len(takes) == 1:
            return [TakeFiles(fault=said)]
        half = len(takes) // 2
        return self(takes[:half]) + self(takes[half:])

    def _motions(self, takes: Sequence[PlannedTake]) -> list[np.ndarray]:
        requests = [take.row.request for take in takes]
        return self.pipeline.motions(
            [self._read(request.prompt)[0] for request in requests],
            [frames_of(request.seconds) for request in requests],
            [source(take.row.request.seed, take.variation) for take in takes],
            self.pipeline.sampling(requests[0]),
        )

    def _files(self, take: PlannedTake, joints: np.ndarray) -> TakeFiles:
        try:
            with temporary_folder("batch") as folder:
                for file in take.files:
                    write_motion(folder / file, joints, title=take.row.request.prompt)
                files = {file: (folder / file).read_bytes() for file in take.files}
        except (UserError, OSError, ValueError, RuntimeError) as error:
            return TakeFiles(fault=_sentence(error))
        return TakeFiles(files, self._read(take.row.request.prompt)[1])


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError) or is_out_of_memory(error):
        return str(explain(error, "The motion could not be made", "job_failed"))
    reason = (str(error).strip() or "no reason given").splitlines()[0][:300]
    return f"The motion could not be made ({type(error).__name__}: {reason})."
