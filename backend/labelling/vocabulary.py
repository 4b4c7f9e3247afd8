# SPDX-License-Identifier: GPL-3.0-or-later
"""The words among which a motion is named, as vectors of both text towers.

Text A (the text encoder) was trained as the name of an action, text B (MAR's own tower) as a sentence. Names are
scored by a mix of both, sentences by text B alone (`coamd.backend.model.calibration`); a list in which any entry is a
sentence is scored by text B throughout, because cosines of the two towers are no common yardstick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import normalize

from ...rigs.errors import UserError
from ..model.calibration import Calibration
from ..model.familiarity import ALIKE, SHORT, encoded
from ..model.spelling import words
from ..model.weights import System

NAME_WORDS = 4  # a label of more words is a sentence; the bundled list has none


@dataclass(frozen=True)
class Vocabulary:
    """Labels with one unit vector per tower: ``features`` (L, D), scored as features @ motion and made sure by T."""

    labels: tuple[str, ...]
    features: np.ndarray  # (L, D): share x text A + (1 - share) x text B; its rows are no unit vectors
    temperature: float

    def scores(self, motions: np.ndarray) -> np.ndarray:
        """(N, L) for unit vectors of motion (N, D)."""
        scores: np.ndarray = motions @ self.features.T
        return scores


def vocabulary(system: System, labels: Sequence[str] = ()) -> Vocabulary:
    """The vocabulary of these labels, or of the model's own list."""
    names = tuple(labels) or system.labels
    calibration = system.calibration or Calibration()
    by_b = described(system, names)
    if any(len(words(name)) > NAME_WORDS for name in names):
        return Vocabulary(names, by_b, calibration.sentence_temperature)
    share = calibration.share
    return Vocabulary(names, share * encoded(system.text, names) + (1.0 - share) * by_b, calibration.temperature)


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
    """Short captions of the training data with their text B vectors, to describe motion in a few words."""

    def __init__(self, system: System) -> None:
        """Raises UserError ``no_phrases`` where the weights folder has no captions."""
        if system.phrases is None:
            raise UserError(
                "This model has no bank of phrases.", "Make it with: coamd train phrases, or name labels.", "no_phrases"
            )
        self.texts = tuple(text for text in system.phrases.texts if len(text) <= SHORT and len(words(text)) > 2)
        self._features = described(system, self.texts)

    def best(self, motion: np.ndarray, top: int) -> list[tuple[str, float]]:
        """Up to ``top`` phrases that fit a unit vector (D,) best and do not say the same, each with its cosine."""
        scores = self._features @ motion
        chosen: list[int] = []
        for i in np.argsort(-scores, kind="stable"):
            if all(self._features[i] @ self._features[j] < ALIKE for j in chosen):
                chosen.append(int(i))
            if len(chosen) == top:
                break
        return [(self.texts[i], float(scores[i])) for i in chosen]
