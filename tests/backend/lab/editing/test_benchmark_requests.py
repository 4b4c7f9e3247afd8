# SPDX-License-Identifier: GPL-3.0-or-later
"""The four benchmark tasks: which tokens each makes, and that it is an edit."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.editing.benchmark_requests import TASKS, BenchmarkTask, benchmark_mask, benchmark_request
from coamd.backend.requests.edit_checks import check


@pytest.mark.parametrize(
    ("task", "made"),
    [("inpainting", "..####.."), ("outpainting", "##....##"), ("prefix", "....####"), ("suffix", "####....")],
)
def test_the_benchmark_masks(task: BenchmarkTask, made: str) -> None:
    assert "".join("#" if token else "." for token in benchmark_mask(task, 8)) == made


@pytest.mark.parametrize("task", TASKS)
def test_a_benchmark_is_an_edit_that_gives_back_as_many_frames(task: BenchmarkTask) -> None:
    joints = np.zeros((80, 22, 3), np.float32)
    request = benchmark_request(task, joints, "walk", seed=3)
    check(request)
    start, end = request.span
    assert end - start == 80 if request.mode == "extend" else (end - start) == 40
    assert (request.prompt, request.seed) == ("walk", 3)
