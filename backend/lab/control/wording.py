# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether wording matters: pairs of sentences that mean the same, and what the evaluator sees in their motion.

One half says it as a caption would, the other in an animator's, a game designer's or a layman's words. Neither is
among the captions or the wordings that the model learnt from: what is, is named and left out with its pair.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from ...training.data import Clip
from ..evaluation.evaluator import Evaluator
from ..evaluation.evaluator_training import label_accuracy
from ..evaluation.generation import DEFAULTS, generate_all, source_seeds
from ..training.keyed.styled_gaits import keyed_sentences
from ..training.sentences.paraphrases import actions, read_paraphrases
from ..training.sentences.wordings import read_bank
from .figure_table import ComparedFigure, FigureTable, table_of

PAIRS = Path(__file__).with_name("wording_pairs.txt")
SECONDS = 4.0
GOAL = 0.9  # of what the caption-like halves reach
_WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True)
class Pair:
    """Labels of which any is right, and the two halves."""

    labels: frozenset[str]
    caption: str
    other: str


@cache
def pairs() -> tuple[Pair, ...]:
    """The pairs of the file."""
    found = []
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            labels, caption, other = line.split(" | ")
            found.append(Pair(frozenset(labels.split(", ")), caption, other))
    return tuple(found)


def bare(text: str) -> str:
    """A sentence as its words, for comparison."""
    return " ".join(_WORD.findall(text.lower()))


def learnt(pipeline: Pipeline, clips: Sequence[Clip]) -> frozenset[str]:
    """The bare sentences of the data, of the actions keyed by hand, of the paraphrases and the model's own phrases."""
    phrases = pipeline.system.phrases
    texts = [text for clip in clips for text in (*clip.texts, *clip.wordings)]
    paraphrases = [text for action in actions(read_bank(), read_paraphrases()) for text in action.others]
    return frozenset(map(bare, [*texts, *keyed_sentences(), *paraphrases, *(phrases.texts if phrases else ())]))


@dataclass(frozen=True)
class Halves:
    """Shares of motions with a right first label (P, 2): of the caption-like and of the other half of each pair."""

    pairs: tuple[Pair, ...]
    right: np.ndarray
    seeds: int
    known: tuple[str, ...]  # sentences that the model has learnt; their pairs are left out

    def table(self, real: float, facts: dict[str, str | int | float | None]) -> FigureTable:
        """The result; ``real`` is the evaluator's label accuracy on held-out recordings."""
        captions, others = map(float, self.right.mean(axis=0)) if len(self.right) else (math.nan, math.nan)
        count = len(self.pairs) * self.seeds
        rows = [
            ComparedFigure("Wording", "said as a caption: first label right", captions, real, made_clips=count),
            ComparedFigure("Wording", "said otherwise: first label right", others, math.nan, made_clips=count),
            ComparedFigure(
                "Wording", "otherwise to caption", others / captions if captions else math.nan, math.nan, GOAL
            ),
            ComparedFigure("Wording", "pairs never right said otherwise", float(np.mean(self.right[:, 1] == 0))),
        ]
        facts = {"pairs": len(self.pairs), "seeds": self.seeds, "pairs left out": len(self.known) or None} | facts
        return table_of(rows, facts)

    def worst(self) -> list[tuple[str, str, str]]:
        """Pairs whose halves differ, the worst first: (caption, other, shares)."""
        order = np.argsort(self.right[:, 1] - self.right[:, 0], kind="stable")
        rows = [(self.pairs[int(i)], self.right[int(i)]) for i in order]
        return [(pair.caption, pair.other, f"{a:.2f} -> {b:.2f}") for pair, (a, b) in rows if b < a]


def known_by(evaluator: Evaluator, clips: Sequence[Clip]) -> float:
    """Label accuracy of the evaluator on recorded test clips; nan without any."""
    held = [clip for clip in clips if clip.split == "test" and not clip.mirrored]
    return label_accuracy(evaluator, held, evaluator.features([clip.joints for clip in held])[1]) if held else math.nan


def compare(
    pipeline: Pipeline,
    evaluator: Evaluator,
    clips: Sequence[Clip],
    seeds: int,
    seed: int = 0,
    options: SamplingOptions = DEFAULTS,
    done: Callable[[int], object] = lambda _count: None,
    asked: Sequence[Pair] = (),
) -> Halves:
    """Both halves of each pair ``seeds`` times, each pair's on the same noise."""
    taught = learnt(pipeline, clips)
    asked = tuple(asked) or pairs()
    known = tuple(text for pair in asked for text in (pair.caption, pair.other) if bare(text) in taught)
    kept = [pair for pair in asked if not {bare(pair.caption), bare(pair.other)} & taught]
    texts = [text for pair in kept for _ in range(seeds) for text in (pair.caption, pair.other)]
    noise = [one for one in source_seeds(seed, len(kept) * seeds) for _ in range(2)]
    frames = [round(20 * SECONDS)] * len(texts)
    made = generate_all(pipeline, texts, frames, seeds=noise, options=options, done=done)
    scores = evaluator.features(made)[1] if made else np.zeros((0, len(evaluator.config.labels)))
    names = [evaluator.config.labels[int(row.argmax())] for row in scores]
    wanted = [pair.labels for pair in kept for _ in range(2 * seeds)]
    hits = np.array([name in labels for name, labels in zip(names, wanted, strict=True)], dtype=np.float64)
    return Halves(tuple(kept), hits.reshape(len(kept), seeds, 2).mean(axis=1), seeds, known)
