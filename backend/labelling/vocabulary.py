# SPDX-License-Identifier: GPL-3.0-or-later
"""The words among which a motion is named, as vectors of both text towers.

Text A (the text encoder) was trained as the name of an action, text B (MAR's own tower) as a sentence. Names are
scored by a mix of both, sentences by text B alone (`coamd.backend.model.calibration`); a list in which any entry is a
sentence is scored by text B throughout, because cosines of the two towers have no common scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import normalize

from ...rigs.errors import UserError
from ..language.familiarity import ALIKE, SHORT, encoded
from ..language.spelling import words
from ..model.calibration import Calibration
from ..model.weights import System
from .taught_words import MARGIN, TaughtWords

NAME_WORDS = 4  # a label of more words is a sentence; the bundled list has none


@dataclass(frozen=True)
class Vocabulary:
    """Labels with one unit vector per tower: ``features`` (L, D), scored as features @ motion and made sure by T."""

    labels: tuple[str, ...]
    features: np.ndarray  # (L, D): share x text A + (1 - share) x text B; its rows are not unit vectors
    temperature: float
    margins: np.ndarray  # (L,) taken off the scores: 0 but for taught actions

    def scores(self, motions: np.ndarray) -> np.ndarray:
        """(N, L) for unit vectors of motion (N, D)."""
        scores: np.ndarray = motions @ self.features.T - self.margins
        return scores


def vocabulary(system: System, labels: Sequence[str] = (), taught: TaughtWords | None = None) -> Vocabulary:
    """The vocabulary of these labels, or of the model's own list and what was taught."""
    taught = taught or TaughtWords()
    names = tuple(labels) or (*system.labels, *(text for text in taught.labels if text not in system.labels))
    calibration = system.calibration or Calibration()
    known = [taught.of(name) for name in names]
    by_words = [name for name, vector in zip(names, known, strict=True) if vector is None]
    features, temperature = described(system, by_words), calibration.sentence_temperature
    if by_words and not any(len(words(name)) > NAME_WORDS for name in by_words):
        share, temperature = calibration.share, calibration.temperature
        features = share * encoded(system.text, by_words) + (1.0 - share) * features
    rest = iter(features)
    rows = np.stack([next(rest) if vector is None else vector for vector in known])
    return Vocabulary(names, rows, temperature, np.array([0.0 if vector is None else MARGIN for vector in known]))


@torch.no_grad()
def described(system: System, texts: Sequence[str], batch: int = 128) -> np.ndarray:
    """Unit vectors (N, D) of texts by text B."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # texts of like length have little padding
    out = np.zeros((len(texts), system.config.recognizer.feature), dtype=np.float32)
    for at in range(0, len(order), batch):
        rows = order[at : at + batch]
        ids = system.text.tokenize([texts[i] for i in rows])
        out[rows] = normalize(system.recognizer.text(ids), dim=-1).float().cpu().numpy()
    return out


class PhraseBank:
    """Short captions of the training data with their text B vectors, and what was taught with those of its takes."""

    def __init__(self, system: System, taught: TaughtWords | None = None) -> None:
        """Raises UserError ``no_phrases`` where the weights folder has no captions."""
        if system.phrases is None:
            raise UserError(
                "This model has no bank of phrases.", "Make it with: coamd train phrases, or name labels.", "no_phrases"
            )
        own = tuple(text for text in system.phrases.texts if len(text) <= SHORT and len(words(text)) > 2)
        taught = taught or TaughtWords()
        more = [(text, vector) for text in taught.labels if (vector := taught.of(text)) is not None]
        self.texts = (*own, *(text for text, _ in more))
        self._features = np.concatenate([described(system, own), *(vector[None] for _, vector in more)])
        self._margins = np.array([0.0] * len(own) + [MARGIN] * len(more))

    def best(self, motion: np.ndarray, top: int) -> list[tuple[str, float]]:
        """Up to ``top`` phrases that fit a unit vector (D,) best and do not say the same, each with its cosine."""
        scores = self._features @ motion - self._margins
        chosen: list[int] = []
        for i in np.argsort(-scores, kind="stable"):
            if all(self._features[i] @ self._features[j] < ALIKE for j in chosen):
                chosen.append(int(i))
            if len(chosen) == top:
                break
        return [(self.texts[i], float(scores[i])) for i in chosen]
