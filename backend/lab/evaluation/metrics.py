# SPDX-License-Identifier: GPL-3.0-or-later
"""Feature metrics of text-to-motion: how near generated motion is to real motion and to its text.

All functions take feature arrays (N, D), a row per clip or text, and compute in float64. Definitions are those of
Guo et al., "Generating Diverse and Natural 3D Human Motions from Text" (CVPR 2022), section 5, which the paper follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BATCH = 32  # texts that compete for one motion in R-precision
DIVERSITY_PAIRS = 300
MULTIMODALITY_PAIRS = 10


def fid(real: np.ndarray, generated: np.ndarray) -> float:
    """Frechet distance between the Gaussians of two sets of features (N, D) and (M, D); 0 for equal sets.

    |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)). The trace of the root is the sum of the roots of the eigenvalues of
    S1^(1/2) S2 S1^(1/2), which is symmetric: no complex root is needed, and singular covariances do no harm.
    Few samples make it too large, so only sets of equal sizes may be compared with each other.
    """
    real, generated = _features(real), _features(generated)
    if len(real) < 2 or len(generated) < 2:
        raise ValueError("a covariance needs at least two samples on each side")
    difference = real.mean(axis=0) - generated.mean(axis=0)
    s1, s2 = (np.atleast_2d(np.cov(features, rowvar=False)) for features in (real, generated))
    values, vectors = np.linalg.eigh(s1)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ s2 @ root), 0.0)).sum()
    return float(difference @ difference + np.trace(s1) + np.trace(s2) - 2.0 * cross)


def distances(texts: np.ndarray, motions: np.ndarray) -> np.ndarray:
    """Euclidean distances (N, M) between texts (N, D) and motions (M, D)."""
    texts, motions = _features(texts), _features(motions)
    return np.linalg.norm(texts[:, None] - motions[None], axis=-1)


def r_precision(texts: np.ndarray, motions: np.ndarray, *, batch: int = BATCH, top: int = 3) -> np.ndarray:
    """Share of texts whose own motion is among the nearest 1..``top`` of its batch -> (top,).

    Row i of both belongs together. Rows beyond the last full batch are left out, as in the published protocol, so that
    chance is top / batch throughout; with fewer rows than one batch there is no figure and ValueError is raised.
    """
    if len(texts) != len(motions):
        raise ValueError(f"{len(texts)} texts do not pair with {len(motions)} motions")
    full = len(texts) // batch * batch
    if not full:
        raise ValueError(f"R-precision needs at least {batch} pairs, got {len(texts)}")
    hits = np.zeros(top)
    for start in range(0, full, batch):
        rows = slice(start, start + batch)
        table = distances(texts[rows], motions[rows])
        # The place of the own motion: how many of the batch are strictly nearer, ties counted by half.
        own = np.diagonal(table)[:, None]
        place = (table < own).sum(axis=1) + 0.5 * ((table == own).sum(axis=1) - 1)
        hits += [(place < k).sum() for k in range(1, top + 1)]
    return hits / full


def matching_score(texts: np.ndarray, motions: np.ndarray) -> float:
    """Mean distance of each text to its own motion (MM-Dist); lower is better."""
    return float(np.linalg.norm(_features(texts) - _features(motions), axis=-1).mean())


def clip_score(texts: np.ndarray, motions: np.ndarray) -> float:
    """Mean cosine of each text with its own motion; higher is better."""
    a, b = _features(texts), _features(motions)
    norms = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return float((np.einsum("nd,nd->n", a, b) / np.maximum(norms, 1e-12)).mean())


def diversity(motions: np.ndarray, rng: np.random.Generator, *, pairs: int = DIVERSITY_PAIRS) -> float:
    """Mean distance between ``pairs`` random pairs of different clips (N, D)."""
    motions = _features(motions)
    if len(motions) < 2:
        raise ValueError("diversity needs at least two clips")
    first = rng.integers(len(motions), size=pairs)
    second = (first + rng.integers(1, len(motions), size=pairs)) % len(motions)
    return float(np.linalg.norm(motions[first] - motions[second], axis=-1).mean())


def multimodality(motions: np.ndarray, rng: np.random.Generator, *, pairs: int = MULTIMODALITY_PAIRS) -> float:
    """Mean distance between random variations of one prompt: motions (prompts, variations, D)."""
    motions = np.asarray(motions, dtype=np.float64)
    if motions.ndim != 3 or motions.shape[1] < 2:
        raise ValueError("multimodality needs (prompts, at least two variations, features)")
    count = motions.shape[1]
    first = rng.integers(count, size=pairs)
    second = (first + rng.integers(1, count, size=pairs)) % count
    return float(np.linalg.norm(motions[:, first] - motions[:, second], axis=-1).mean())


def mpjpe(joints: np.ndarray, reference: np.ndarray) -> float:
    """Mean distance of joints (..., 22, 3) from their reference, in millimetres."""
    if joints.shape != reference.shape:
        raise ValueError(f"shapes differ: {joints.shape} and {reference.shape}")
    return float(np.linalg.norm(np.float64(joints) - np.float64(reference), axis=-1).mean() * 1000.0)


def pelvis_relative(joints: np.ndarray) -> np.ndarray:
    """Joints (..., 22, 3) with the pelvis of every frame moved to the origin."""
    return joints - joints[..., :1, :]


@dataclass(frozen=True)
class Estimate:
    """The mean of repeats and the half width of its 95 % interval (0 with one repeat)."""

    mean: float
    half_width: float

    @classmethod
    def of(cls, values: list[float]) -> Estimate:
        """Normal interval of the mean over repeats, as in the paper: 1.96 standard errors."""
        if not values:
            raise ValueError("an estimate needs at least one value")
        spread = float(np.std(values, ddof=1)) if max(values) > min(values) else 0.0
        return cls(float(np.mean(values)), 1.96 * spread / len(values) ** 0.5)


def _features(rows: np.ndarray) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError(f"expected features of shape (N, D), got {rows.shape}")
    return rows
