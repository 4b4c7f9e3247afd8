# SPDX-License-Identifier: GPL-3.0-or-later
"""The four tasks by which papers compare editing, as edits of the product."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from ....rigs.body.contacts import spans
from ....rigs.body.skeleton import TOKEN_FRAMES
from ...requests.edit import EditRequest

BenchmarkTask = Literal["inpainting", "outpainting", "prefix", "suffix"]
TASKS: tuple[BenchmarkTask, ...] = get_args(BenchmarkTask)


def benchmark_mask(task: BenchmarkTask, tokens: int) -> np.ndarray:
    """Tokens (T,) bool that a benchmark task regenerates (model_spec, "Editing")."""
    quarter, half = round(tokens / 4), round(tokens / 2)
    at = np.arange(tokens)
    masks = {
        "inpainting": (at >= quarter) & (at < tokens - quarter),
        "outpainting": (at < quarter) | (at >= tokens - quarter),
        "prefix": at >= half,
        "suffix": at < half,
    }
    return masks[task]


def benchmark_request(task: BenchmarkTask, joints: np.ndarray, prompt: str = "", **others: object) -> EditRequest:
    """The edit of joints (4 T, 22, 3) that a benchmark task is; outpainting extends the middle half on both sides."""
    made = np.repeat(benchmark_mask(task, len(joints) // TOKEN_FRAMES), TOKEN_FRAMES)
    (start, end), *more = spans(made)
    if not more:
        request = EditRequest(joints=joints, start=start, end=end, prompt=prompt)
    else:
        after = more[0][0]
        request = EditRequest(
            joints=joints[end:after], mode="extend", before=end, after=len(made) - after, prompt=prompt
        )
    return replace(request, **others)  # type: ignore[arg-type]
