# SPDX-License-Identifier: GPL-3.0-or-later
"""Training MAR: recognition against class names, description against sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from ...rigs.canonical import at_origin
from ...rigs.skeleton import MIN_FRAMES
from ..model.losses import recognizer_loss
from ..model.recognizer import Recognizer
from ..model.text import TextEncoder
from .data import Clip
from .loop import Draw

SPEED = (0.85, 1.18)  # a clip is played a little slower or faster
CROP = 0.15  # of the clip may be cut at either end
TREMBLE = 0.01  # metres of noise, for motion that comes out of the decoder


def fit_statistics(model: Recognizer, clips: Sequence[Clip]) -> None:
    """Mean and deviation of the training clips' coordinates."""
    joints = torch.from_numpy(np.concatenate([clip.joints for clip in clips])).flatten(1)
    model.mean.copy_(joints.mean(0))
    model.std.copy_(joints.std(0))


def varied(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A clip (F, 22, 3) cut, played at another speed and made to tremble, canonical again."""
    frames = len(joints)
    first = int(rng.uniform(0, CROP) * frames) if frames > MIN_FRAMES else 0
    last = frames - 1 - (int(rng.uniform(0, CROP) * frames) if frames > MIN_FRAMES else 0)
    at = np.arange(first, last, rng.uniform(*SPEED))[:196]
    left = at.astype(int)
    part = (at - left)[:, None, None]
    moved = joints[left] * (1 - part) + joints[np.minimum(left + 1, frames - 1)] * part
    moved = at_origin(moved) + rng.normal(0, TREMBLE * rng.random(), moved.shape)
    return moved.astype(np.float32)


class MotionText:
    """Batches of motion, a sentence and a label each."""

    def __init__(self, clips: Sequence[Clip], text: TextEncoder) -> None:
        self.clips = [clip for clip in clips if clip.labels]
        self.labels = sorted({label for clip in self.clips for label in clip.labels})
        self.of_label = {label: i for i, label in enumerate(self.labels)}
        self.label_text = text.encode(self.labels)  # (L, W)
        self.text = text
        counts = np.zeros(len(self.labels))
        for clip in self.clips:
            counts[[self.of_label[label] for label in clip.labels]] += 1
        # a clip with a rare label is drawn more often, by the square root, so that tail classes are learnt
        rarity = np.array([np.mean([counts[self.of_label[label]] ** -0.5 for label in c.labels]) for c in self.clips])
        self.share = rarity / rarity.sum()

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor, list[str], Tensor]:
        """Joints (B, F, 66), valid frames (B, F), sentences and label indices (B,)."""
        chosen = [self.clips[int(i)] for i in rng.choice(len(self.clips), count, replace=False, p=self.share)]
        moved = [torch.from_numpy(varied(clip.joints, rng)).flatten(1) for clip in chosen]
        joints = torch.nn.utils.rnn.pad_sequence(moved, batch_first=True)
        lengths = torch.tensor([len(clip) for clip in moved])
        sentences = [clip.texts[int(rng.integers(len(clip.texts)))] for clip in chosen]
        labels = torch.tensor([self.of_label[clip.labels[int(rng.integers(len(clip.labels)))]] for clip in chosen])
        return joints, torch.arange(joints.shape[1])[None] < lengths[:, None], sentences, labels


def recognition_loss(model: Recognizer, data: MotionText, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Description + 0.5 recognition of a random batch, for ``loop.train``."""
    device = next(model.parameters()).device

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        joints, valid, sentences, labels = data.draw(draw.numpy, batch)
        ids = data.text.tokenize(sentences)
        with torch.no_grad():
            meaning = data.text(ids)
        features = model(joints.to(device), valid.to(device))
        loss = recognizer_loss(features, model.text(ids), meaning, data.label_text[labels], labels.to(device))
        return {"loss": loss}

    return loss_of


@torch.no_grad()
def recognition_scores(
    model: Recognizer, text: TextEncoder, clips: Sequence[Clip], labels: Sequence[str]
) -> dict[str, float]:
    """Held-out top-1 (any of the clip's labels is a hit) and text-to-motion R-precision top 3 among 32."""
    device = next(model.parameters()).device
    fused = torch.cat([model(torch.from_numpy(c.joints).flatten(1)[None].to(device)).fused for c in clips])
    fused = normalize(fused, dim=-1)
    best = (fused @ normalize(text.encode(labels), dim=-1).T).argmax(1)
    hits = [labels[int(k)] in clip.labels for k, clip in zip(best, clips, strict=True)]
    words = normalize(model.text(text.tokenize([clip.texts[0] for clip in clips])), dim=-1)
    found = []
    for i in range(0, len(clips) - 31, 32):
        scores = words[i : i + 32] @ fused[i : i + 32].T
        found.append((scores >= scores.diagonal()[:, None]).sum(1) <= 3)
    precision = float(torch.cat(found).float().mean()) if found else float("nan")
    return {"top1": float(np.mean(hits)), "r_precision_3": precision}
