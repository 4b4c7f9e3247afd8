# SPDX-License-Identifier: GPL-3.0-or-later
"""Training the evaluator: a few minutes on one core, on the training split alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ....rigs.body.resample import sampled
from ...training.data import Clip, load_clips
from ...training.loop import Draw, Schedule, train
from .evaluator import Evaluator, EvaluatorConfig, hashed, seen_from_the_body
from .metrics import BATCH, r_precision

SCHEDULE = Schedule(
    steps=600, batch=96, learning_rate=1.5e-3, weight_decay=5e-2, warmup=100, ema=0.995, seed=20_000, validate_every=250
)
TEMPERATURE = 0.1
LABEL_WEIGHT = 0.3
LEAST = 4  # recorded clips that a label must have to be learnt
WORD_DROP = 0.15  # of the hashed words of a text
# Variations of motion. They are the judge's own, in kind and in size: what the recognizer was taught to overlook by its
# variations must not be what the judge overlooks. It sees neither place nor heading, so those are not varied.
WINDOW = 0.7  # a window of a clip has at least this share of it
TEMPO, SWELL = 0.15, 0.15  # log of the speed: of the whole, and how far it swells and ebbs within
BUILD = 0.04  # log of the figure's size (deviation)
DRIFT, KNOT = 0.006, 10  # metres (deviation) by which each joint is misplaced, and the frames until that is another


def learnt_labels(clips: Sequence[Clip]) -> tuple[str, ...]:
    """Labels with at least ``LEAST`` recorded training clips, in alphabetical order."""
    counts = Counter(label for clip in clips if clip.split == "train" and not clip.mirrored for label in clip.labels)
    return tuple(sorted(label for label, count in counts.items() if count >= LEAST))


def fit_statistics(model: Evaluator, clips: Sequence[Clip]) -> None:
    """Mean and deviation of every channel over the training clips."""
    rows = torch.from_numpy(np.concatenate([seen_from_the_body(clip.joints) for clip in clips]))
    model.mean.copy_(rows.mean(0))
    model.std.copy_(rows.std(0).clamp_min(1e-3))


def performed(joints: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another performance of a clip (F, 22, 3): a window of it, unevenly paced, by a figure of another size.

    The speed at a share s of the window is exp(a + b sin(c + d s)), so the places in frames are its running sum. Joints
    wander off their places slowly, as markers do on skin.
    """
    size = round(len(joints) * rng.uniform(WINDOW, 1.0))
    begin = int(rng.integers(len(joints) - size + 1))
    pace = rng.uniform(-TEMPO, TEMPO)
    swell = (
        SWELL * rng.random() * np.sin(rng.uniform(0, 2 * np.pi) + rng.uniform(0, 2 * np.pi) * np.arange(size) / size)
    )
    at = np.concatenate([[0.0], np.cumsum(np.exp(pace + swell))[:-1]])
    moved = sampled(joints[begin : begin + size], at[at <= size - 1]) * np.exp(rng.normal(0.0, BUILD))
    knots = rng.normal(0.0, DRIFT, (len(moved) // KNOT + 2, 22, 3))
    return (moved + sampled(knots, np.arange(len(moved)) / KNOT)).astype(np.float32)


def evaluator_loss(model: Evaluator, clips: Sequence[Clip], batch: int) -> Callable[[Draw], Mapping[str, Tensor]]:
    """Symmetric contrastive loss of motion and caption, and the cross entropy of the clip's labels.

    Clips with the same caption are not negatives of each other.
    """
    of_label = {label: i for i, label in enumerate(model.config.labels)}

    def loss_of(draw: Draw) -> Mapping[str, Tensor]:
        rng = draw.numpy
        chosen = [clips[int(i)] for i in rng.choice(len(clips), min(batch, len(clips)), replace=False)]
        texts = [clip.texts[int(rng.integers(len(clip.texts)))] for clip in chosen]
        kept = [[bucket for bucket in hashed(text) if rng.random() > WORD_DROP] or hashed(text) for text in texts]
        motions, scores = model([performed(clip.joints, rng) for clip in chosen])
        logits = motions @ model.describe(kept).T / TEMPERATURE
        same = np.array([[a is not b and bool(set(a.texts) & set(b.texts)) for b in chosen] for a in chosen])
        logits = logits.masked_fill(torch.from_numpy(same).to(logits.device), -1e4)
        target = torch.arange(len(chosen), device=logits.device)
        pairing = (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2
        wanted = torch.zeros_like(scores)
        for row, clip in enumerate(chosen):
            wanted[row, [of_label[label] for label in clip.labels if label in of_label]] = 1.0
        wanted = wanted / wanted.sum(1, keepdim=True).clamp_min(1.0)
        naming = -(wanted * functional.log_softmax(scores, dim=1)).sum(1).mean()
        return {"loss": pairing + LABEL_WEIGHT * naming, "pairing": pairing, "naming": naming}

    return loss_of


def held_out_scores(model: Evaluator, clips: Sequence[Clip]) -> dict[str, float]:
    """How well it knows held-out real motion: label accuracy, and R-precision where there are clips enough."""
    features, scores = model.features([clip.joints for clip in clips])
    result = {"top1": label_accuracy(model, clips, scores)}
    if len(clips) >= BATCH:
        order = np.random.default_rng(0).permutation(len(clips))
        texts = np.stack([model.texts([clips[i].texts[k % len(clips[i].texts)] for i in order]) for k in range(4)])
        shares = np.mean([r_precision(rows, features[order]) for rows in texts], axis=0)
        result |= {f"r_precision_top{k}": float(share) for k, share in enumerate(shares, start=1)}
    return result


def label_accuracy(model: Evaluator, clips: Sequence[Clip], scores: np.ndarray) -> float:
    """Share of clips whose best label (scores (N, L)) is one of theirs; clips without a learnt label are left out."""
    known = set(model.config.labels)
    hits = [
        model.config.labels[int(row.argmax())] in clip.labels
        for clip, row in zip(clips, scores, strict=True)
        if known & set(clip.labels)
    ]
    return float(np.mean(hits)) if hits else float("nan")


def train_evaluator(
    data: Path, folder: Path, schedule: Schedule = SCHEDULE, device: torch.device | None = None
) -> Evaluator:
    """Train on the training split of a prepared folder and write weights and facts; resumes a run that was stopped."""
    clips = load_clips(data)
    training = [clip for clip in clips if clip.split == "train"]
    held_out = [clip for clip in clips if clip.split == "val" and not clip.mirrored]
    torch.manual_seed(schedule.seed)
    model = Evaluator(EvaluatorConfig(learnt_labels(clips), seed=schedule.seed))
    fit_statistics(model, training)
    model.to(device or torch.device("cpu"))
    validate = (lambda _module: held_out_scores(model, held_out)) if held_out else None
    settings = {"part": "evaluator", "data": str(data)}
    train(
        model, evaluator_loss(model, training, schedule.batch), folder, schedule, validate=validate, settings=settings
    )
    scores = (
        {f"val_{name}": round(value, 4) for name, value in held_out_scores(model, held_out).items()} if held_out else {}
    )
    model.save(folder, {"seed": schedule.seed, "steps": schedule.steps, "training_clips": len(training), **scores})
    return model
