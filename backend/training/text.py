# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the small text encoder on sentences about motion, without motion.

Two sentences about the same clip are drawn together, sentences about other clips pushed apart (a symmetric
contrastive loss). Clips that share a label are no negatives; a clip and its mirror image are, so that left and
right are told apart. Label words stand in for sentences now and then, which teaches short prompts.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ...rigs.errors import UserError
from ..model.text import TextEncoder
from .data import Clip
from .loop import Draw
from .words import mirrored_text

TEMPERATURE = 0.07
LABEL_SHARE = 0.15  # of the second sentences are label words
NOISE_SHARE = 0.25  # of the sentences lose a word or get a typing error


@dataclass(frozen=True)
class Described:
    """What was written about one clip."""

    texts: tuple[str, ...]
    labels: frozenset[str]
    mirror: int = -1  # index of the mirrored clip, if there is one


def described_clips(clips: Sequence[Clip]) -> list[Described]:
    """The words of prepared clips, each linked with its mirror image."""
    index = {clip.id: i for i, clip in enumerate(clips)}
    return [
        Described(
            clip.texts,
            frozenset(clip.labels),
            index.get(clip.id[1:] if clip.mirrored else f"M{clip.id}", -1),
        )
        for clip in clips
    ]


def described_texts(path: Path, held_out: Iterable[str] = ()) -> list[Described]:
    """Short texts and labels of clips without motion (HumanML3D-400's annotation file), but not of ``held_out`` ids.

    Raises:
        UserError: the file is missing or has another form.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            table = json.load(file)
        skip = set(held_out)
        found = []
        for name, entry in table.items():
            notes = entry["annotations"]
            texts = tuple(dict.fromkeys(note["text"].strip().rstrip(".").lower() for note in notes))
            labels = frozenset(label for note in notes for label in note["processed_label_text"])
            if name.lstrip("M") not in skip and any(texts):
                found.append(Described(tuple(filter(None, texts)), labels))
        return found
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no annotation file of action texts.", "Leave --texts out.", "no_texts") from error


def noisy(text: str, rng: np.random.Generator) -> str:
    """The sentence as a hurried user types it: a word less, or two letters swapped, or one missing."""
    words = text.split()
    at = int(rng.integers(len(words)))
    if len(words) > 3 and rng.random() < 0.5:
        del words[at]
    elif len(words[at]) > 3:
        k = int(rng.integers(1, len(words[at]) - 1))
        word = words[at]
        words[at] = word[:k] + word[k + 1] + word[k] + word[k + 2 :] if rng.random() < 0.5 else word[:k] + word[k + 1 :]
    return " ".join(words)


class TextPairs:
    """Batches of two sentences per clip."""

    def __init__(self, described: Sequence[Described], extra: Sequence[Described]) -> None:
        self.described, self.extra = described, extra

    def draw(self, rng: np.random.Generator, count: int) -> tuple[list[str], list[str], np.ndarray]:
        """First and second sentences and ``same`` (count, count): True where a pair must not be a negative."""
        half = count // 2 if self.extra else count
        chosen: list[Described] = []
        for i in rng.choice(len(self.described), half // 2 if half > 1 else 1):
            entry = self.described[int(i)]
            chosen.append(entry)
            if entry.mirror >= 0:
                chosen.append(self.described[entry.mirror])
        chosen += [self.extra[int(i)] for i in rng.choice(len(self.extra), count - len(chosen))] if self.extra else []
        first, second = [], []
        for entry in chosen:
            one, two = (entry.texts[int(i)] for i in rng.integers(len(entry.texts), size=2))
            if entry.labels and (one == two or rng.random() < LABEL_SHARE):
                words = sorted(entry.labels)
                two = " and ".join(words[int(i)] for i in rng.permutation(len(words))[: int(rng.integers(1, 3))])
            first.append(noisy(one, rng) if rng.random() < NOISE_SHARE else one)
            second.append(noisy(two, rng) if rng.random() < NOISE_SHARE else two)
        same = np.zeros((len(chosen), len(chosen)), dtype=bool)
        for i, a in enumerate(chosen):
            for j, b in enumerate(chosen[:i]):
                mirrors = a.mirror >= 0 and b.mirror >= 0 and self.described[a.mirror] is b
                alike = a is b or (not mirrors and bool(a.labels & b.labels)) or bool(set(a.texts) & set(b.texts))
                same[i, j] = same[j, i] = alike
        return first, second, same


def text_loss(encoder: TextEncoder, pairs: TextPairs, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Symmetric InfoNCE of a random batch, for ``loop.train``."""

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        first, second, same = pairs.draw(draw.numpy, batch)
        ids = encoder.tokenize([*first, *second])
        one, two = functional.normalize(encoder(ids).float(), dim=-1).chunk(2)
        logits = one @ two.T / TEMPERATURE
        logits = logits.masked_fill(torch.from_numpy(same).to(logits.device), -1e4)
        target = torch.arange(len(logits), device=logits.device)
        loss = (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2
        hit = (logits.argmax(1) == target).float().mean()
        return {"loss": loss, "top1": hit}

    return loss_of


@torch.no_grad()
def pairing_accuracy(encoder: TextEncoder, clips: Sequence[Clip]) -> dict[str, float]:
    """Held-out: a first sentence nearest to its clip's second one among 32; left told from right."""
    clips = [clip for clip in clips if len(clip.texts) > 1]
    one, two = (functional.normalize(encoder.encode([c.texts[k] for c in clips]), dim=-1) for k in (0, 1))
    hits = [
        (one[i : i + 32] @ two[i : i + 32].T).argmax(1) == torch.arange(len(one[i : i + 32]), device=one.device)
        for i in range(0, len(one), 32)
    ]
    sided = [c for c in clips if mirrored_text(c.texts[0]) != c.texts[0] and mirrored_text(c.texts[1]) != c.texts[1]]
    scores = {"pair_top1": float(torch.cat(hits).float().mean())}
    if sided:
        a, b, m = (
            functional.normalize(encoder.encode(texts), dim=-1)
            for texts in (
                [c.texts[0] for c in sided],
                [c.texts[1] for c in sided],
                [mirrored_text(c.texts[1]) for c in sided],
            )
        )
        scores["side_right"] = float(((a * b).sum(1) > (a * m).sum(1)).float().mean())
    return scores
