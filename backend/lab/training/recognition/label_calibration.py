# SPDX-License-Identifier: GPL-3.0-or-later
"""Fitting how sure a label is on held-out clips (`coamd train calibration`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from .....rigs.body.canonical import at_origin
from .....rigs.errors import UserError
from ....labelling.embedding import embed_takes, uniform
from ....labelling.vocabulary import described
from ....language.familiarity import encoded
from ....model.calibration import Calibration, best_temperature, expected_error, fingerprint, first_label, fit
from ....model.guidance import text_score
from ....model.weights import System
from ....training.data import Clip

UNKNOWN, GOOD = 0.05, 0.75
UNFITTED = 0.1  # the temperature of MAR's description loss, which the error before is measured with


def right_labels(clips: Sequence[Clip], labels: Sequence[str]) -> np.ndarray:
    """(N, L): which labels each clip has."""
    return np.array([[label in clip.labels for label in labels] for clip in clips])


def known(clips: Sequence[Clip], labels: Sequence[str]) -> list[Clip]:
    """The unmirrored clips of which at least one label is in the list; for others no answer would be right."""
    return [clip for clip in clips if not clip.mirrored and set(clip.labels) & set(labels)]


def motions(system: System, clips: Sequence[Clip]) -> np.ndarray:
    """Unit features (N, D) of clips."""
    return embed_takes(system.recognizer, [uniform(clip.joints) for clip in clips])


def calibrate(system: System, clips: Sequence[Clip]) -> Calibration:
    """Share and temperatures of ``system`` for validation clips. UserError ``no_clips``."""
    clips = known(clips, system.labels)
    if len(clips) < 2:
        raise UserError(
            "There are no validation clips with labels of the model.", "Prepare the data with a split.", "no_clips"
        )
    found = motions(system, clips)
    right = right_labels(clips, system.labels)
    by_a, by_b = found @ encoded(system.text, system.labels).T, found @ described(system, system.labels).T
    share, temperature = fit(by_a, by_b, right)
    captions = sorted({clip.texts[0] for clip in clips})
    own = np.array([[caption in clip.texts for caption in captions] for clip in clips])
    by_sentence = found @ described(system, captions).T
    _, sentence_temperature = best_temperature(by_sentence, own)
    mixed = share * by_a + (1.0 - share) * by_b
    measured = {
        "clips": float(len(clips)),
        "ece_before": expected_error(*first_label(mixed, right, UNFITTED)),
        "ece_after": expected_error(*first_label(mixed, right, temperature)),
        "sentence_ece_before": expected_error(*first_label(by_sentence, own, UNFITTED)),
        "sentence_ece_after": expected_error(*first_label(by_sentence, own, sentence_temperature)),
    }
    measured = {name: round(value, 4) for name, value in measured.items()}
    mark = fingerprint(system.recognizer, system.text)
    temperatures = round(temperature, 5), round(sentence_temperature, 5)
    return Calibration(share, *temperatures, *sentence_scores(system, clips), mark, measured)


@torch.no_grad()
def sentence_scores(system: System, clips: Sequence[Clip]) -> tuple[float, float]:
    """The scores (``model.guidance.text_score``) that the shares ``UNKNOWN`` and ``GOOD`` of clips fall below.

    Each is read with its first sentence, in the posture that generated motion has.
    """
    scores = []
    for clip in clips:
        text = system.recognizer.text(system.text.tokenize([clip.texts[0]]))
        joints = torch.from_numpy(at_origin(uniform(clip.joints)).astype(np.float32)).flatten(1)[None].to(text.device)
        scores.append(float(text_score(system.recognizer(joints), text)))
    known, good = np.quantile(scores, (UNKNOWN, GOOD))
    return round(float(known), 4), round(float(good), 4)
