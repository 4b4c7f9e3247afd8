# SPDX-License-Identifier: GPL-3.0-or-later
"""From a lesson to a file of the user's folder, for the command line and for the backend's child process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ..labelling.embedding import embed_takes, embedder, uniform
from ..model.weights import System
from ..requests.lesson import AskDecision, Lesson, LessonReport, checked_name
from ..taught.library import TaughtModel, keep, place
from ..taught.model_file import WORDS, ModelCard
from .learning import LearningSettings, LearntAdapters, learn


def teach(
    system: System,
    base: str,
    lesson: Lesson,
    folder: Path | None = None,
    report: LessonReport = lambda _phase, _step, _of: None,
    decision: AskDecision = lambda: "",
    settings: LearningSettings | None = None,
) -> tuple[TaughtModel, LearntAdapters]:
    """Teach a lesson and write its file; ``base`` is the digest of the weights of ``system``.

    Raises:
        UserError: as ``learning.learn`` and ``library.place``, or where the disk refuses; there is no file then.
        Cancelled: ``decision()`` became "drop".
    """
    settings = settings or LearningSettings()
    place(lesson.name, folder)  # a name that is taken is told before any work
    learnt = learn(system, lesson, report, decision, settings)
    card = ModelCard(
        name=checked_name(lesson.name),
        base=base,
        base_name=system.config.name,
        words=learnt.words,
        takes=tuple(example.name for example in lesson.examples),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=card_settings(lesson, learnt, settings),
        eye=embedder(system).mark,
    )
    report("writing", 0, 1)
    return keep(card, {**learnt.adapters, WORDS: description_vectors(system, lesson, learnt.words)}, folder), learnt


def description_vectors(system: System, lesson: Lesson, words: Sequence[str]) -> np.ndarray:
    """What the recognizer sees in the takes of each description: unit vectors (W, D), the means of their takes."""
    rows = embed_takes(system.recognizer, [uniform(example.joints) for example in lesson.examples])
    said = [{" ".join(text.split()) for text in example.words} for example in lesson.examples]
    means = np.stack([rows[[text in own for own in said]].mean(axis=0) for text in words])
    found: np.ndarray = means / np.linalg.norm(means, axis=1, keepdims=True)
    return found


def card_settings(lesson: Lesson, learnt: LearntAdapters, settings: LearningSettings) -> dict[str, float]:
    """The numbers of a model card."""
    found: dict[str, float] = {"rank": settings.rank, "rate": settings.rate, "seed": settings.seed}
    found |= {"steps": learnt.steps, "seconds": round(lesson.seconds, 1), "mirror": int(lesson.mirror)}
    return found if learnt.nearer is None else found | {"nearer": round(learnt.nearer, 3)}
