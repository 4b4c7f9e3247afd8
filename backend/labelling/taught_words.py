# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions that the user has taught, as Label and Find know them: by what the recognizer saw in their takes.

The recognizer itself learns nothing. A description that was taught is compared with motion by the mean vector of its
takes instead of by its words. Motions are nearer to each other than to words, which ``MARGIN`` evens out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..language.familiarity import plain
from ..language.wordings import wordings
from ..taught.library import models
from ..taught.model_file import word_vectors

MARGIN = 0.1  # of a cosine; docs/measurements/teaching.md
Stamp = tuple[tuple[str, int], ...]  # files and their times of change


@dataclass(frozen=True, eq=False)
class TaughtWords:
    """Descriptions with unit vectors (W, D)."""

    texts: tuple[str, ...] = ()
    vectors: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    stamp: Stamp = ()

    def of(self, text: str) -> np.ndarray | None:
        """The vector (D,) of what a text says, whoever does it; None where that was not taught."""
        rows = self._rows
        return self.vectors[rows[plain(text)]] if plain(text) in rows else None

    @property
    def labels(self) -> tuple[str, ...]:
        """One description of each action: of those that were taught with the same takes the first."""
        first: dict[bytes, str] = {}
        for text, vector in zip(self.texts, self.vectors, strict=True):
            first.setdefault(vector.tobytes(), text)
        return tuple(first.values())

    @property
    def _rows(self) -> dict[str, int]:
        return {plain(said): row for row, text in enumerate(self.texts) for said in wordings(text)}


def stamp_of(folder: Path | None = None) -> Stamp:
    """What changes with the taught models of a folder."""
    return tuple((str(model.path), model.path.stat().st_mtime_ns) for model in models(folder)[0])


def taught_words(mark: str, width: int, folder: Path | None = None) -> TaughtWords:
    """What all taught models of a folder know; ``mark`` is the recognizer's (``embedder``), ``width`` its D.

    A model that was taught with another recognizer, or is broken, is left out: Label and Find go on without it.
    """
    texts: list[str] = []
    rows: list[np.ndarray] = [np.zeros((0, width), np.float32)]
    for model in models(folder)[0]:
        if model.card.eye != mark:
            continue
        try:
            vectors = word_vectors(model.path, width)
        except UserError:
            continue
        fresh = [row for row, text in enumerate(model.card.words) if text not in texts]
        texts += [model.card.words[row] for row in fresh]
        rows.append(vectors[fresh])
    return TaughtWords(tuple(texts), np.concatenate(rows), stamp_of(folder))
