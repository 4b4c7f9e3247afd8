# SPDX-License-Identifier: GPL-3.0-or-later
"""Names for a take: of the whole, or of each segment, best first, each with the chance that it is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..model.calibration import confidences
from ..model.weights import System
from ..requests.label import Named, Segment
from .embedding import Span, StopCheck, embed_spans, uniform
from .segmentation import checked, cut, moving_runs
from .taught_words import TaughtWords
from .vocabulary import PhraseBank, vocabulary


class Labeller:
    """One model and one list of words, for as many takes as one likes."""

    def __init__(
        self,
        system: System,
        labels: Sequence[str] = (),
        *,
        describe: bool = False,
        taught: TaughtWords | None = None,
    ) -> None:
        """No ``labels`` is the model's own list and what was ``taught``. With ``describe`` segments get phrases.

        Raises UserError ``no_phrases``.
        """
        self.system = system
        self.words = vocabulary(system, labels, taught)
        self.bank = PhraseBank(system, taught) if describe else None

    def whole(self, joints: np.ndarray, top: int = 5, check_stop: StopCheck = lambda: None) -> Segment:
        """One segment for all of joints (F, 22, 3), metres, 20 fps. UserError as ``checked``.

        ``check_stop`` is called between batches and may raise, to cancel.
        """
        if not any(moving for _, moving in moving_runs(checked(joints))):
            return Segment(0, len(joints), ())
        return self._named(uniform(joints), [(0, len(joints))], top, check_stop)[0]

    def segments(self, joints: np.ndarray, top: int = 5, check_stop: StopCheck = lambda: None) -> tuple[Segment, ...]:
        """The segments of a take in order, without gaps; otherwise as ``whole``."""
        runs = moving_runs(checked(joints))
        joints = uniform(joints)
        spans: list[Span] = []
        for span, moving in runs:
            if moving:
                spans += self._cut(joints, span, check_stop)
        held = [Segment(a, b, ()) for (a, b), moving in runs if not moving]
        return tuple(sorted([*self._named(joints, spans, top, check_stop), *held], key=lambda segment: segment.first))

    def _cut(self, joints: np.ndarray, span: Span, check_stop: StopCheck) -> list[Span]:
        def embed(spans: Sequence[Span]) -> np.ndarray:
            return embed_spans(self.system.recognizer, joints, spans, check_stop)

        spans = cut(span, embed)
        first = self.words.scores(embed(spans)).argmax(axis=1)  # one action may have been cut in two
        merged: list[Span] = []
        for i, (a, b) in enumerate(spans):
            if merged and first[i] == first[i - 1]:
                merged[-1] = (merged[-1][0], b)
            else:
                merged.append((a, b))
        return merged

    def _named(self, joints: np.ndarray, spans: Sequence[Span], top: int, check_stop: StopCheck) -> list[Segment]:
        if not spans:
            return []
        motions = embed_spans(self.system.recognizer, joints, spans, check_stop)
        if self.bank is not None:
            found = [tuple(Named(text, score) for text, score in self.bank.best(motion, top)) for motion in motions]
        else:
            scores = self.words.scores(motions)
            sure = confidences(scores, self.words.temperature)
            order = np.argsort(-scores, axis=1, kind="stable")[:, :top]
            found = [
                tuple(Named(self.words.labels[k], float(scores[n, k]), float(sure[n, k])) for k in row)
                for n, row in enumerate(order)
            ]
        return [Segment(a, b, names) for (a, b), names in zip(spans, found, strict=True)]
