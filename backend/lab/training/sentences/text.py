# SPDX-License-Identifier: GPL-3.0-or-later
"""Teaching the small text encoder where a large one puts sentences (``space``), without motion."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, cross_entropy, normalize

from .....rigs.errors import UserError
from ....model.text import TextEncoder
from ....training.loop import Draw
from .corpus import Corpus
from .space import SentenceSpace

TEMPERATURE = 0.05
NEAREST = 0.05  # weight of telling a batch's sentences apart beside the distance to the teacher's vectors
FACTS = 2.0  # weight of the facts' numbers: a side or an angle is one of them
NOISE_SHARE = 0.12  # of the sentences lose a word or get a typing error
POOLS = 4  # batches of sentences of like length are cut from one draw, so that little of them is padding
NO_TEACHER = UserError(
    "Training the text encoder needs a large sentence encoder to learn from.",
    "Give --teacher FOLDER, such as all-MiniLM-L6-v2 with its config.json, tokenizer and weights.",
    "no_teacher",
)


def short_texts(path: Path, held_out: Iterable[str] = ()) -> list[str]:
    """Short texts of clips without motion (HumanML3D-400's annotation file), but not of ``held_out`` ids.

    Raises:
        UserError: the file is missing or has another form.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            table = json.load(file)
        skip = set(held_out)
        notes = [note for name, entry in table.items() if name.lstrip("M") not in skip for note in entry["annotations"]]
        return list(dict.fromkeys(note["text"].strip().rstrip(".").lower() for note in notes))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = f"{path} is not an annotation file of action texts."
        raise UserError(text, "Leave --texts out.", "no_texts") from error


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


def sometimes_noisy(text: str, rng: np.random.Generator) -> str:
    """The sentence, of some of more than a word as a hurried user types it."""
    return noisy(text, rng) if " " in text and rng.random() < NOISE_SHARE else text


def of_like_length(
    lengths: np.ndarray, count: int, rng: np.random.Generator, shares: np.ndarray | None = None
) -> np.ndarray:
    """Numbers (count,) of sentences, drawn by their ``shares`` or all alike, that are about as long as one another."""
    drawn = rng.choice(len(lengths), POOLS * count, p=shares)
    drawn = drawn[np.argsort(lengths[drawn], kind="stable")]
    at = count * int(rng.integers(POOLS))
    return drawn[at : at + count]


class Lessons:
    """Batches of sentences of like length and where the teacher puts them."""

    def __init__(self, corpus: Corpus, space: SentenceSpace) -> None:
        self.corpus = corpus
        self.targets = torch.from_numpy(space(corpus.texts))  # (N, W)
        self.lengths = np.array([len(text) for text in corpus.texts])
        self.weights = torch.ones(self.targets.shape[1])
        self.weights[space.parts[-1]] = FACTS

    def draw(self, rng: np.random.Generator, count: int) -> tuple[list[str], Tensor]:
        """Sentences and their vectors (count, W)."""
        rows = of_like_length(self.lengths, count, rng, self.corpus.shares)
        texts = [sometimes_noisy(self.corpus.texts[int(i)], rng) for i in rows]
        return texts, self.targets[rows]


def text_loss(encoder: TextEncoder, lessons: Lessons, batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Distance to the teacher's vectors in parts of their variance, and which sentence is whose, for ``loop.train``."""
    variance = float(lessons.targets.var())

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        texts, targets = lessons.draw(draw.numpy, batch)
        found = encoder(encoder.tokenize(texts)).float()
        wanted, weights = targets.to(found.device), lessons.weights.to(found.device)
        distance = ((found - wanted) ** 2 * weights).mean() / variance
        alike = normalize(found, dim=-1) @ normalize(wanted, dim=-1).T / TEMPERATURE
        nearest = cross_entropy(alike, torch.arange(len(texts), device=found.device))
        return {"loss": distance + NEAREST * nearest, "distance": distance.detach(), "nearest": nearest.detach()}

    return loss_of


@torch.no_grad()
def taught_scores(encoder: TextEncoder, texts: Sequence[str], space: SentenceSpace) -> dict[str, float]:
    """Held out: cosine to the teacher's vectors, how often the nearest is the right one, and what of each part is told.

    A part is told wholly at 1; 0 is what their mean would tell.
    """
    found, wanted = encoder.encode(texts).float().cpu(), torch.from_numpy(space(texts))
    alike = normalize(found, dim=-1) @ normalize(wanted, dim=-1).T
    scores = {
        "cosine": float(cosine_similarity(found, wanted).mean()),
        "top1": float((alike.argmax(1) == torch.arange(len(texts))).float().mean()),
    }
    for name, part in zip(("whole", "first clause", "last clause", "facts"), space.parts, strict=True):
        lost = (found - wanted)[:, part].pow(2).mean() / wanted[:, part].var(0).mean().clamp(min=1e-9)
        scores[name] = 1.0 - float(lost)
    return scores
