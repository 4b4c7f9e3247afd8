# SPDX-License-Identifier: GPL-3.0-or-later
"""The four benchmark tasks of editing beside text to motion, and how long an edit takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from ...model.device import choose_device
from ...motion.pipeline import Pipeline
from ...requests.edit import EditRequest
from ...requests.generate import GenerateRequest
from ...training.data import Clip
from ..evaluation import metrics
from ..evaluation.evaluate import embed
from ..evaluation.evaluator import load_evaluator
from ..evaluation.generation import generate_all, source_seeds
from ..evaluation.physics import average, measure
from ..timing import median_times
from .benchmark_requests import TASKS, benchmark_request
from .report import EditFigure

QUICK = 32  # clips of a quick run: one batch of R-precision
SEED = 0
RUNS = 5
SECONDS = 2.5  # on two cores with the bundled weights
HEADINGS = ("", "FID", "R@1", "R@2", "R@3", "distance to text", "skating cm/s", "jerk m/s³")


class TaskJudge(Protocol):
    """What features are taken from: unit vectors of motions and of texts in one space."""

    name: str

    def motions(self, motions: Sequence[np.ndarray]) -> np.ndarray: ...
    def texts(self, texts: Sequence[str]) -> np.ndarray: ...


class Own:
    """The recognizer that also guides the generator, and so is kind to it."""

    name = "the recognizer"

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    def motions(self, motions: Sequence[np.ndarray]) -> np.ndarray:
        """Features (N, D) of motions (F, 22, 3)."""
        return embed(self._pipeline, motions)

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Features (N, D)."""
        return np.stack([self._pipeline.embed_text(text) for text in texts])


class Apart:
    """The evaluator, which has never met the model."""

    name = "the evaluator"

    def __init__(self, folder: Path, device: str) -> None:
        self._evaluator = load_evaluator(folder, choose_device(device))[0]

    def motions(self, motions: Sequence[np.ndarray]) -> np.ndarray:
        """Features (N, D) of motions (F, 22, 3)."""
        return self._evaluator.features(motions)[0]

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        """Features (N, D)."""
        return self._evaluator.texts(texts)


def measured(
    pipeline: Pipeline, judge: TaskJudge, clips: Sequence[Clip], limit: int | None, report: Callable[[str], object]
) -> tuple[list[tuple[str, ...]], int]:
    """The table of tasks, real motion first, over held-out clips with their own captions, and how many they are."""
    held_out = sorted((c for c in clips if c.split == "test" and not c.mirrored), key=lambda c: c.id)
    if limit is not None:
        held_out = [held_out[i] for i in np.linspace(0, len(held_out) - 1, limit).round().astype(int)]
    real = [clip.joints.astype(np.float32) for clip in held_out]
    captions = [clip.texts[i % len(clip.texts)] for i, clip in enumerate(held_out)]
    texts, features = judge.texts(captions), judge.motions(real)
    rows = [HEADINGS, _row("real motion", texts, features, features, real)]
    report("text to motion")
    made = generate_all(pipeline, captions, [len(joints) for joints in real], seeds=source_seeds(SEED, len(real)))
    rows.append(_row("text to motion", texts, features, judge.motions(made), made))
    for task in TASKS:
        report(task)
        asked = [
            benchmark_request(task, joints, caption, seed=SEED + i)
            for i, (joints, caption) in enumerate(zip(real, captions, strict=True))
        ]
        made = [edited.joints[0] for edited in pipeline.edit_all(asked)]
        rows.append(_row(task, texts, features, judge.motions(made), made))
    return rows, len(real)


def _row(
    name: str, texts: np.ndarray, real: np.ndarray, features: np.ndarray, motions: Sequence[np.ndarray]
) -> tuple[str, ...]:
    fid = "0" if features is real else f"{metrics.fid(real, features):.3f}"
    shares = metrics.r_precision(texts, features) if len(texts) >= metrics.BATCH else np.full(3, np.nan)
    body = average([measure(joints) for joints in motions])
    return (
        name,
        fid,
        *("-" if np.isnan(share) else f"{share:.3f}" for share in shares),
        f"{metrics.matching_score(texts, features):.3f}",
        f"{body.skating:.1f}",
        f"{body.jerk:.0f}",
    )


def speed(pipeline: Pipeline, clip: Clip) -> list[EditFigure]:
    """Seconds for two seconds in six, and for six seconds from nothing."""
    joints = clip.joints[:120].astype(np.float32)
    request = EditRequest(joints, "regenerate", 40, 80, prompt="a person jumps up")
    edit, busy = median_times(lambda: pipeline.edit(request), RUNS)
    whole, _ = median_times(lambda: pipeline.generate(GenerateRequest("a person jumps up", 6.0)), RUNS)
    return [
        EditFigure("an edit of 2 s in a clip of 6 s, median", (edit,), "s", SECONDS),
        EditFigure("of that, time of the processors (a busy machine is slower than they are)", (busy,), "s"),
        EditFigure("6 s from a prompt alone, median", (whole,), "s"),
        EditFigure("the edit, times the 6 s from a prompt", (edit / whole,), "x"),
    ]
