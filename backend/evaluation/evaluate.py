# SPDX-License-Identifier: GPL-3.0-or-later
"""The model measured on held-out clips: every figure of generated motion beside the same figure of real motion.

Generated clips have the captions and the lengths of the real ones. Features are the recognizer's unit vectors, so
distances between them follow the cosine. The recognizer also guides the generator: what it says of
generated motion is kind to it, which the figures without guidance (``recognizer_guidance`` 0) put right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
import torch

from ...rigs.errors import UserError
from ..pipeline import Pipeline
from ..training.data import Clip
from . import metrics
from .generation import Options, generate_all
from .metrics import Estimate
from .physics import Physics, average, bone_length_error, measure
from .report import DOWN, NEAR, UP, Report, Row

HALVES = 10  # random splits behind each FID between halves
PHYSICS_ROWS = {
    "skating": ("foot skating, cm/s in contact", 2),
    "floating": ("lowest joint above the floor, cm", 2),
    "penetration": ("lowest joint below the floor, cm", 2),
    "floats": ("clips that never touch the floor, share", 3),
    "jerk": ("jerk, m/s³", 1),
    "bone_error": ("bone-length error, %", 3),
}
Pair = tuple[float | None, float | None]
Told = Callable[[int], object]  # is told how many clips are done


@dataclass(frozen=True)
class Settings:
    """What is measured; the same settings on the same device give the same report."""

    split: str = "test"
    limit: int | None = None  # only so many clips, drawn at random
    repeats: int = 1
    seed: int = 0
    options: Options = field(default_factory=Options)


def held_out(clips: Sequence[Clip], settings: Settings) -> list[Clip]:
    """The clips of the split as they were recorded (no mirrored ones). UserError "no_clips" where there are none."""
    chosen = [clip for clip in clips if clip.split == settings.split and not clip.mirrored]
    if not chosen:
        splits = ", ".join(sorted({clip.split for clip in clips}))
        raise UserError(f"There are no clips of the split '{settings.split}'.", f"Choose one of: {splits}.", "no_clips")
    if settings.limit is not None and settings.limit < len(chosen):
        picked = np.random.default_rng(settings.seed).choice(len(chosen), settings.limit, replace=False)
        chosen = [chosen[i] for i in sorted(picked)]
    return chosen


def evaluate(pipeline: Pipeline, clips: Sequence[Clip], settings: Settings, told: Told = lambda _count: None) -> Report:
    """Measure ``pipeline`` on the clips of the settings' split."""
    chosen = held_out(clips, settings)
    real = [clip.joints for clip in chosen]
    real_features = embed(pipeline, real)
    rows = Collected()
    known_real = recognition(pipeline, chosen, real)
    physics_real = average([measure(joints) for joints in real])
    for repeat in range(settings.repeats):
        rng = np.random.default_rng([settings.seed, repeat])
        captions = [clip.texts[rng.integers(len(clip.texts))] for clip in chosen]
        made = generate_all(
            pipeline,
            captions,
            [len(joints) for joints in real],
            seed=settings.seed + repeat,
            options=settings.options,
            done=told,
        )
        texts = np.stack([pipeline.embed_text(caption) for caption in captions])
        rows.add_recognition(recognition(pipeline, chosen, made), known_real)
        rows.add_features(texts, real_features, embed(pipeline, made), rng)
        rows.add_physics(average([measure(joints) for joints in made]), physics_real)
    rows.add_reconstruction(*reconstruction(pipeline, real))
    sampling = settings.options.sampling(pipeline)
    facts: dict[str, str | int | float | None] = {
        "model": pipeline.name,
        "split": settings.split,
        "clips": len(chosen),
        "minutes": round(sum(map(len, real)) / 1200, 1),
        "repeats": settings.repeats,
        "seed": settings.seed,
        "steps": sampling.steps,
        "guidance_scale": sampling.guidance_scale,
        "recognizer_guidance": sampling.strength,
        "device": pipeline.device,
    }
    return Report(rows.rows(), facts)


def embed(pipeline: Pipeline, motions: Sequence[np.ndarray]) -> np.ndarray:
    """Unit features (N, D) of motions (F, 22, 3)."""
    return np.stack([pipeline.embed_motion(joints) for joints in motions])


def recognition(pipeline: Pipeline, clips: Sequence[Clip], motions: Sequence[np.ndarray]) -> np.ndarray:
    """Share of motions with one of their clip's labels first and among the first five -> (2,), nan without labels.

    A clip none of whose labels the model knows is left out: no answer would be right.
    """
    known = set(pipeline.system.labels)
    hits = []
    for clip, joints in zip(clips, motions, strict=True):
        right = known & set(clip.labels)
        if right:
            named = [label for label, _ in pipeline.label(joints, top=5)]
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


class Collected:
    """Values of all repeats by row, in the order of the report."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[str, str, int, list[float], list[float]]] = {}

    def add(self, key: str, name: str, pair: Pair, wanted: str, *, digits: int = 3) -> None:
        """One repeat's values of a row, generated and real; None where there is none on that side."""
        row = self._values.setdefault(key, (name, wanted, digits, [], []))
        for values, value in zip(row[3:], pair, strict=True):
            if value is not None:
                values.append(float(value))

    def add_recognition(self, made: np.ndarray, real: np.ndarray) -> None:
        """Shares (2,) of ``recognition``."""
        for i, top in enumerate((1, 5)):
            self.add(f"recognition_top{top}", f"recognition, top-{top}", (made[i], real[i]), UP)

    def add_features(self, texts: np.ndarray, real: np.ndarray, made: np.ndarray, rng: np.random.Generator) -> None:
        """Everything on features (N, D); rows i belong together."""
        order = rng.permutation(len(texts))
        if len(texts) >= metrics.BATCH:
            shares = [metrics.r_precision(texts[order], motions[order]) for motions in (made, real)]
            for top in (1, 2, 3):
                name = f"R-precision, top-{top} of {metrics.BATCH}"
                self.add(f"r_precision_top{top}", name, (shares[0][top - 1], shares[1][top - 1]), UP)
        matching = (metrics.matching_score(texts, made), metrics.matching_score(texts, real))
        self.add("matching", "matching score (distance to the text)", matching, DOWN)
        scores = (metrics.clip_score(texts, made), metrics.clip_score(texts, real))
        self.add("clip_score", "CLIP score (cosine with the text)", scores, UP)
        self.add("fid", "FID to real motion, all clips", (metrics.fid(real, made), None), DOWN)
        halves = [half_fids(real, made, rng) for _ in range(HALVES)] if len(real) >= 4 else []
        if halves:
            means = np.mean(halves, axis=0)
            self.add("fid_halves", "FID between halves: real to generated, real to real", (means[0], means[1]), DOWN)
        seed = int(rng.integers(2**31))
        spread = [metrics.diversity(motions, np.random.default_rng(seed)) for motions in (made, real)]
        self.add("diversity", "diversity", (spread[0], spread[1]), NEAR)

    def add_physics(self, made: Physics, real: Physics) -> None:
        """Averages over clips."""
        for entry in fields(Physics):
            name, digits = PHYSICS_ROWS[entry.name]
            self.add(entry.name, name, (getattr(made, entry.name), getattr(real, entry.name)), DOWN, digits=digits)

    def add_reconstruction(self, overall: float, relative: float, bones: float) -> None:
        """The autoencoder's own errors; real motion has none by definition."""
        self.add("autoencoder_global", "autoencoder error, global, mm", (overall, None), DOWN, digits=1)
        self.add("autoencoder_relative", "autoencoder error, pelvis-relative, mm", (relative, None), DOWN, digits=1)
        self.add("autoencoder_bones", "bone-length error as decoded, %", (bones, None), DOWN, digits=2)

    def rows(self) -> tuple[Row, ...]:
        """The rows with their estimates over repeats."""
        return tuple(
            Row(key, name, Estimate.of(made) if made else None, Estimate.of(real) if real else None, wanted, digits)
            for key, (name, wanted, digits, made, real) in self._values.items()
        )


def half_fids(real: np.ndarray, made: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """FID of one random half of real motion to the generated and to the real motion of the other half's captions.

    Both have the same numbers of clips, so both are too large by about the same amount.
    """
    order = rng.permutation(len(real))
    first, second = order[: len(order) // 2], order[len(order) // 2 :]
    return metrics.fid(real[first], made[second]), metrics.fid(real[first], real[second])
