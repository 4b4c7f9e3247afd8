# SPDX-License-Identifier: GPL-3.0-or-later
"""The recognizer's losses beside the same sums written out."""

from __future__ import annotations

import math

import pytest
import torch
from coamd.backend.lab.training.recognition.losses import (
    contrastive,
    description,
    naming,
    recognition,
    recognizer_loss,
    retrieval,
)
from coamd.backend.model.recognizer import Features

SOURCE = torch.Generator().manual_seed(3)
MOTION, TEXT = (torch.randn(5, 7, generator=SOURCE) for _ in range(2))
EYE = torch.eye(5)


def test_contrastive_is_the_mean_of_both_directions() -> None:
    cosines = [[float(torch.cosine_similarity(m, t, dim=0)) / 0.4 for t in TEXT] for m in MOTION]
    rows = [-row[i] + math.log(sum(map(math.exp, row))) for i, row in enumerate(cosines)]
    columns = [-col[i] + math.log(sum(map(math.exp, col))) for i, col in enumerate(zip(*cosines, strict=True))]
    assert float(contrastive(MOTION, TEXT, 0.4)) == pytest.approx((sum(rows) + sum(columns)) / 10, rel=1e-5)


def test_the_right_pairs_have_the_lowest_loss() -> None:
    assert recognition(EYE, EYE) < recognition(EYE, EYE.roll(1, dims=0))


def test_clips_of_one_label_are_no_negatives_of_each_other() -> None:
    labels = torch.tensor([0, 0, 1, 2, 3])
    text = EYE[labels]
    assert recognition(text, text, labels) < recognition(text, text)
    assert torch.isfinite(recognition(text, text, torch.zeros(5, dtype=torch.long)))


def test_sentences_that_mean_the_same_are_filtered_out() -> None:
    """Two clips with one sentence: without the filter each would be pushed from the other's text."""
    sentences = EYE[torch.tensor([0, 0, 1, 2, 3])]
    assert float(retrieval(sentences, sentences, sentences)) < 1e-3
    assert float(retrieval(sentences, sentences, EYE)) > 0.2
    nearly = EYE.clone()
    nearly[1] = 0.79 * EYE[0] + math.sqrt(1 - 0.79**2) * EYE[1]  # cosine 0.79, below 2 * 0.9 - 1
    assert torch.equal(retrieval(MOTION, TEXT, nearly), retrieval(MOTION, TEXT, EYE))


def test_the_total_is_description_and_half_of_recognition() -> None:
    features = Features(MOTION, MOTION, MOTION, MOTION)
    total = recognizer_loss(features, TEXT, EYE, TEXT)
    assert float(total) == pytest.approx(float(description(features, TEXT, EYE) + 0.5 * recognition(MOTION, TEXT)))
    smooth = torch.nn.functional.smooth_l1_loss(MOTION, TEXT)
    assert float(description(features, TEXT, EYE)) == pytest.approx(float(2 * (retrieval(MOTION, TEXT, EYE) + smooth)))


def test_naming_asks_for_any_label_and_for_each() -> None:
    names = torch.randn(4, 7, generator=SOURCE)
    right = torch.tensor([[1, 0, 0, 0], [0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 0, 1], [0, 1, 0, 0]], dtype=torch.bool)
    total = 0.0
    for motion, own in zip(MOTION, right, strict=True):
        powers = [math.exp(float(torch.cosine_similarity(motion, name, dim=0)) / 0.1) for name in names]
        chances = [power / sum(powers) for power, is_right in zip(powers, own, strict=True) if is_right]
        total -= math.log(sum(chances)) / 2 + sum(map(math.log, chances)) / len(chances) / 2
    assert float(naming(MOTION, names, right)) == pytest.approx(total / 5, rel=1e-4)


def test_one_of_two_labels_is_better_than_a_wrong_one() -> None:
    both = torch.tensor([[True, True, False, False, False]])
    assert naming(EYE[:1], EYE, both) < naming(EYE[2:3], EYE, both)
    assert naming(EYE[0:1] + EYE[1:2], EYE, both) < naming(EYE[:1], EYE, both)
