# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses of the recognizer: recognition against text A, description against text B (paper, section 3).

``naming`` is ours and takes the place of the paper's recognition in the bundled size: see there.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from ....model.recognizer import Features

RECOGNITION_TEMPERATURE = 0.4
DESCRIPTION_TEMPERATURE = 0.1
SAME_MEANING = 2 * 0.9 - 1  # cosine of two sentences above which they are not negatives of each other
RECOGNITION_WEIGHT = 0.5
NAMING_TEMPERATURE = 0.1


def contrastive(motion: Tensor, text: Tensor, temperature: float, ignored: Tensor | None = None) -> Tensor:
    """Symmetric cross entropy of cosines (B, D) x (B, D); pairs in ``ignored`` (B, B) bool are left out."""
    logits = functional.normalize(motion, dim=-1) @ functional.normalize(text, dim=-1).T / temperature
    if ignored is not None:
        logits = logits.masked_fill(ignored, -torch.inf)
    right = torch.arange(len(motion), device=motion.device)
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2


def recognition(fused: Tensor, label_text: Tensor, label: Tensor | None = None) -> Tensor:
    """Fused features (B, D) against text A of each clip's label (B, D).

    ``label`` (B,) int marks clips of one class, which are then no negatives of each other.
    """
    ignored = None
    if label is not None:
        ignored = (label[:, None] == label[None]) & ~torch.eye(len(label), dtype=torch.bool, device=label.device)
    return contrastive(fused, label_text, RECOGNITION_TEMPERATURE, ignored)


def retrieval(motion: Tensor, text: Tensor, sentences: Tensor) -> Tensor:
    """InfoNCE of motion (B, D) and text B (B, D), without pairs whose sentences (B, W) mean the same."""
    unit = functional.normalize(sentences, dim=-1)
    same = (unit @ unit.T > SAME_MEANING) & ~torch.eye(len(unit), dtype=torch.bool, device=unit.device)
    return contrastive(motion, text, DESCRIPTION_TEMPERATURE, same)


def description(features: Features, text: Tensor, sentences: Tensor) -> Tensor:
    """Retrieval and SmoothL1 of text B with the fused feature and with the mean of the three streams."""
    mean = (features.joint + features.bone + features.motion) / 3
    total = text.new_zeros(())
    for feature in (features.fused, mean):
        total = total + retrieval(feature, text, sentences) + functional.smooth_l1_loss(feature, text)
    return total


def recognizer_loss(
    features: Features, text: Tensor, sentences: Tensor, label_text: Tensor, label: Tensor | None = None
) -> Tensor:
    """Description + 0.5 recognition: text (B, D) is text B, sentences and label_text (B, W) come from text A."""
    return description(features, text, sentences) + RECOGNITION_WEIGHT * recognition(features.fused, label_text, label)


def naming(fused: Tensor, names: Tensor, right: Tensor) -> Tensor:
    """How badly fused features (B, D) are named from a whole list of labels (L, D); ``right`` (B, L) are a clip's own.

    The paper tells a clip's one label from those of the other clips in the batch. With a few hundred labels the whole
    list can be told apart at once, as it is in use, and all labels of a clip can be right. Half of the loss is that the
    first name is any of them, which is how names are judged; half is that each of them is likely, so that the rarer
    ones are learnt beside "walk".
    """
    logits = functional.normalize(fused, dim=-1) @ functional.normalize(names, dim=-1).T / NAMING_TEMPERATURE
    chances = functional.log_softmax(logits.float(), dim=-1)
    any_of_them = -chances.masked_fill(~right, -torch.inf).logsumexp(dim=-1)
    each = -(chances * right).sum(dim=-1) / right.sum(dim=-1)
    return (any_of_them + each).mean() / 2
