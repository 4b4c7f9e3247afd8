# SPDX-License-Identifier: GPL-3.0-or-later
"""The model measured on held-out clips: every figure of generated motion beside three others.

Generated clips have the captions and the lengths of the real ones. Beside them stand the same prompts without the
recognizer's guidance and choice, the training clip whose caption is nearest to the prompt (what a search in a library
would give), and the real clips themselves. An evaluator trained apart from the model judges them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch.nn.functional import normalize

from ....rigs.errors import UserError
from ...motion.pipeline import Pipeline
from ...requests.generate import SamplingOptions
from ...training.data import Clip
from . import metrics
from .collection import Collected
from .evaluator import Evaluator
from .evaluator_training import label_accuracy
from .generation import generate_all, source_seeds
from .physics import bone_length_error, measure
from .report import GENERATED, NEAREST, REAL, UNGUIDED, EvaluationReport

VARIED_PROMPTS, VARIATIONS = 10, 30  # behind multimodality
ClipsDone = Callable[[int], object]  # is told how many clips are done


@dataclass(frozen=True)
class EvaluationSettings:
    """What is measured; the same settings on the same device give the same report."""

    split: str = "test"
    limit: int | None = None  # only so many clips, drawn at random
    repeats: int = 20
    seed: int = 0
    options: SamplingOptions = field(default_factory=SamplingOptions)
    quick: bool = False  # neither motion without the recognizer nor multimodality

    def unguided(self, pipeline: Pipeline) -> SamplingOptions | None:
        """The same options without the recognizer's guidance and choice; None where there is nothing to leave out."""
        sampling = pipeline.sampling(self.options)
        helped = sampling.strength or sampling.candidates > 1
        return replace(self.options, recognizer_guidance=0.0, candidates=1) if helped and not self.quick else None


def held_out(clips: Sequence[Clip], settings: EvaluationSettings) -> list[Clip]:
    """The clips of the split as they were recorded (no mirrored ones). UserError "no_clips" where there are none."""
    chosen = [clip for clip in clips if clip.split == settings.split and not clip.mirrored]
    if not chosen:
        splits = ", ".join(sorted({clip.split for clip in clips}))
        raise UserError(f"There are no clips of the split '{settings.split}'.", f"Choose one of: {splits}.", "no_clips")
    if settings.limit is not None and settings.limit < len(chosen):
        picked = np.random.default_rng(settings.seed).choice(len(chosen), settings.limit, replace=False)
        chosen = [chosen[i] for i in sorted(picked)]
    return chosen


def work(pipeline: Pipeline, clips: Sequence[Clip], settings: EvaluationSettings) -> int:
    """How many clips ``evaluate`` will generate."""
    sets = 1 if settings.unguided(pipeline) is None else 2
    extra = 0 if settings.quick else min(VARIED_PROMPTS, len(clips)) * VARIATIONS
    return len(clips) * sets * settings.repeats + extra


def evaluate(
    pipeline: Pipeline,
    evaluator: Evaluator,
    clips: Sequence[Clip],
    settings: EvaluationSettings,
    done: ClipsDone = lambda _count: None,
) -> EvaluationReport:
    """Measure ``pipeline`` on the clips of the settings' split; the training split among ``clips`` is the library."""
    chosen = held_out(clips, settings)
    real = [clip.joints for clip in chosen]
    library = CaptionedClips.of(pipeline, [clip for clip in clips if clip.split == "train"] or chosen)
    unguided = settings.unguided(pipeline)
    rows = Collected()
    known = {REAL: (evaluator.features(real), embed(pipeline, real))}
    chances = [np.random.default_rng([settings.seed, repeat]) for repeat in range(settings.repeats)]
    drawn = [[clip.texts[rng.integers(len(clip.texts))] for clip in chosen] for rng in chances]
    made = _all_repeats(pipeline, drawn, [len(joints) for joints in real], settings.seed, settings.options, done)
    bare = unguided and _all_repeats(pipeline, drawn, [len(joints) for joints in real], settings.seed, unguided, done)
    for repeat, (rng, captions) in enumerate(zip(chances, drawn, strict=True)):
        motions = {GENERATED: made[repeat]}
        if bare:
            motions[UNGUIDED] = bare[repeat]
        motions |= {NEAREST: library.nearest(pipeline, captions), REAL: real}
        judged = {
            name: known[name] if name in known else (evaluator.features(items), embed(pipeline, items))
            for name, items in motions.items()
        }
        rows.add_labels({name: label_accuracy(evaluator, chosen, seen[0][1]) for name, seen in judged.items()})
        rows.add_features(evaluator.texts(captions), {name: seen[0][0] for name, seen in judged.items()}, rng)
        rows.add_recognition({name: recognition(pipeline, chosen, seen[1]) for name, seen in judged.items()})
        texts = np.stack([pipeline.embed_text(caption) for caption in captions])
        rows.add_recognizer(texts, {name: seen[1] for name, seen in judged.items()}, rng)
        rows.add_physics({name: [measure(joints) for joints in items] for name, items in motions.items()})
    if not settings.quick:
        rows.add_multimodality(variations(pipeline, evaluator, chosen, settings, done), settings.seed)
    rows.add_reconstruction(*reconstruction(pipeline, real))
    return EvaluationReport(rows.rows(), facts(pipeline, evaluator, chosen, settings))


def _all_repeats(
    pipeline: Pipeline,
    drawn: Sequence[Sequence[str]],
    frames: Sequence[int],
    seed: int,
    options: SamplingOptions,
    done: ClipsDone,
) -> list[list[np.ndarray]]:
    """Motions for the captions of every repeat, made together: few clips of one repeat are of one length."""
    captions = [caption for captions in drawn for caption in captions]
    seeds = [one for repeat in range(len(drawn)) for one in source_seeds(seed + repeat, len(frames))]
    lengths = list(frames) * len(drawn)
    motions = generate_all(pipeline, captions, lengths, seeds=seeds, options=options, done=done)
    return [motions[at : at + len(frames)] for at in range(0, len(motions), len(frames))]


def facts(
    pipeline: Pipeline, evaluator: Evaluator, chosen: Sequence[Clip], settings: EvaluationSettings
) -> dict[str, str | int | float | None]:
    """What one needs to repeat the figures."""
    sampling = pipeline.sampling(settings.options)
    return {
        "model": pipeline.name,
        "split": settings.split,
        "clips": len(chosen),
        "minutes": round(sum(len(clip.joints) for clip in chosen) / 1200, 1),
        "repeats": settings.repeats,
        "seed": settings.seed,
        "evaluator_seed": evaluator.config.seed,
        "steps": sampling.steps,
        "guidance_scale": sampling.guidance_scale,
        "ground_guidance_scale": sampling.ground_guidance_scale,
        "recognizer_guidance": sampling.strength,
        "candidates": sampling.candidates,
        "device": pipeline.device,
    }


@dataclass(frozen=True)
class CaptionedClips:
    """Clips that are found by their captions: rows of ``features`` (C, W) are unit vectors of ``captions``' texts."""

    clips: tuple[Clip, ...]
    owners: np.ndarray  # (C,) number of each caption's clip
    features: np.ndarray

    @classmethod
    def of(cls, pipeline: Pipeline, clips: Sequence[Clip]) -> CaptionedClips:
        """A library of clips, its captions read by the model's text encoder."""
        captions = [text for clip in clips for text in clip.texts]
        owners = np.repeat(np.arange(len(clips)), [len(clip.texts) for clip in clips])
        return cls(tuple(clips), owners, encoded(pipeline, captions))

    def nearest(self, pipeline: Pipeline, captions: Sequence[str]) -> list[np.ndarray]:
        """For every caption the motion (F, 22, 3) whose own caption is nearest."""
        best = (encoded(pipeline, captions) @ self.features.T).argmax(axis=1)
        return [self.clips[int(self.owners[i])].joints for i in best]


def encoded(pipeline: Pipeline, texts: Sequence[str]) -> np.ndarray:
    """Unit vectors (N, W) of texts by the model's text encoder, each distinct text read once."""
    distinct = sorted(set(texts))
    parts = [pipeline.system.text.encode(distinct[at : at + 128]) for at in range(0, len(distinct), 128)]
    rows = dict(zip(distinct, normalize(torch.cat(parts), dim=-1).cpu().numpy(), strict=True))
    return np.stack([rows[text] for text in texts])


def variations(
    pipeline: Pipeline, evaluator: Evaluator, clips: Sequence[Clip], settings: EvaluationSettings, done: ClipsDone
) -> np.ndarray:
    """Features (prompts, variations, D) of several motions for each of a few captions."""
    rng = np.random.default_rng([settings.seed, 1])
    picked = [clips[int(i)] for i in rng.choice(len(clips), min(VARIED_PROMPTS, len(clips)), replace=False)]
    captions = [clip.texts[0] for clip in picked for _ in range(VARIATIONS)]
    frames = [len(clip.joints) for clip in picked for _ in range(VARIATIONS)]
    seeds = source_seeds(settings.seed + 1_000_000, len(captions))
    made = generate_all(pipeline, captions, frames, seeds=seeds, options=settings.options, done=done)
    return evaluator.features(made)[0].reshape(len(picked), VARIATIONS, -1)


def embed(pipeline: Pipeline, motions: Sequence[np.ndarray]) -> np.ndarray:
    """The recognizer's unit features (N, D) of motions (F, 22, 3)."""
    return np.stack([pipeline.embed_motion(joints) for joints in motions])


def recognition(pipeline: Pipeline, clips: Sequence[Clip], features: np.ndarray) -> np.ndarray:
    """Share of motions, given as the recognizer's features (N, D), with one of their clip's labels first and among the
    first five -> (2,), nan without labels.

    A clip none of whose labels the model knows is left out: no answer would be right.
    """
    names = pipeline.system.labels
    order = np.argsort(-features @ encoded(pipeline, names).T, axis=1)[:, :5]
    hits = []
    for clip, row in zip(clips, order, strict=True):
        right = set(names) & set(clip.labels)
        if right:
            named = [names[int(i)] for i in row]
            hits.append((named[0] in right, bool(right & set(named))))
    return np.mean(hits, axis=0) if hits else np.full(2, np.nan)


@torch.no_grad()
def reconstruction(pipeline: Pipeline, motions: Sequence[np.ndarray]) -> tuple[float, float, float]:
    """What the autoencoder alone loses: global and pelvis-relative error in mm, bone-length error in percent."""
    autoencoder = pipeline.system.autoencoder
    device = next(autoencoder.parameters()).device
    rows = []
    for joints in motions:
        clip = torch.from_numpy(joints.astype(np.float32)).flatten(1)[None].to(device)
        decoded = autoencoder.decode(autoencoder.encode(clip))[0].cpu().numpy().reshape(joints.shape)
        relative = metrics.mpjpe(metrics.pelvis_relative(decoded), metrics.pelvis_relative(joints))
        rows.append((metrics.mpjpe(decoded, joints), relative, bone_length_error(decoded)))
    frames = [len(joints) for joints in motions]
    first, second, third = np.average(rows, axis=0, weights=frames)
    return float(first), float(second), float(third)


def numbers(report: EvaluationReport, column: str = GENERATED) -> Mapping[str, float]:
    """The means of one column by key."""
    return {row.key: row.values[column].mean for row in report.rows if column in row.values}
