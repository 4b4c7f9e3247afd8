# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics against the authors' own numbers, closed forms and chance."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.evaluation import metrics
from safetensors.numpy import load_file
from scipy.linalg import sqrtm


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_reference_vectors(shared: Path) -> None:
    arrays = load_file(shared / "reference_vectors" / "metrics.safetensors")
    expected = json.loads((shared / "reference_vectors" / "metrics.json").read_text())
    motion, text = arrays["in.motion"], arrays["in.text"]
    assert metrics.fid(motion, text) == pytest.approx(expected["fid"], rel=1e-8)
    assert metrics.matching_score(text[:32], motion[:32]) == pytest.approx(expected["matching_score_first32"])
    assert metrics.r_precision(text[:32], motion[:32]).tolist() == expected["r_precision_top3_first32"]


def test_fid_of_diagonal_gaussians_is_the_closed_form(rng: np.random.Generator) -> None:
    # Whitened noise has exactly zero mean and unit covariance, so scale and shift give exact Gaussians.
    noise = rng.normal(size=(500, 6))
    noise -= noise.mean(axis=0)
    noise = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise, rowvar=False))).T
    scales, shift = np.array([1.0, 2.0, 0.5, 3.0, 1.5, 1.0]), np.arange(6.0)
    expected = (shift**2).sum() + ((scales - 1.0) ** 2).sum()
    assert metrics.fid(noise, noise * scales + shift) == pytest.approx(expected, rel=1e-9)


def test_fid_agrees_with_the_matrix_root(rng: np.random.Generator) -> None:
    a, b = rng.normal(size=(90, 8)), rng.normal(size=(70, 8)) @ rng.normal(size=(8, 8)) + 0.3
    s1, s2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    gap = a.mean(axis=0) - b.mean(axis=0)
    expected = gap @ gap + np.trace(s1 + s2 - 2.0 * np.real(sqrtm(s1 @ s2)))
    assert metrics.fid(a, b) == pytest.approx(expected, rel=1e-7)


def test_fid_of_a_set_with_itself_is_zero_even_with_fewer_samples_than_features(rng: np.random.Generator) -> None:
    few = rng.normal(size=(20, 64))
    assert metrics.fid(few, few) == pytest.approx(0.0, abs=1e-5)
    assert metrics.fid(few, few + 2.0) > 200.0


def test_r_precision_of_identical_features_is_one(rng: np.random.Generator) -> None:
    features = rng.normal(size=(64, 16))
    assert metrics.r_precision(features, features).tolist() == [1.0, 1.0, 1.0]


def test_r_precision_of_strangers_is_chance(rng: np.random.Generator) -> None:
    texts, motions = rng.normal(size=(2, 6400, 8))
    chance = np.array([1, 2, 3]) / metrics.BATCH
    assert metrics.r_precision(texts, motions) == pytest.approx(chance, abs=4 * np.sqrt(0.1 / 6400))


def test_r_precision_of_constant_features_is_no_better_than_chance() -> None:
    """A collapsed encoder has the same distance everywhere; counting ties as hits would call it perfect."""
    assert metrics.r_precision(np.ones((32, 4)), np.ones((32, 4))).tolist() == [0.0, 0.0, 0.0]


def test_r_precision_counts_whole_batches_only(rng: np.random.Generator) -> None:
    features = rng.normal(size=(40, 16))
    spoilt = features.copy()
    spoilt[32:] = 1e6
    assert metrics.r_precision(features, spoilt)[0] == 1.0
    with pytest.raises(ValueError, match="at least 32"):
        metrics.r_precision(features[:31], features[:31])


def test_matching_and_clip_score() -> None:
    texts, motions = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[1.0, 3.0], [0.0, 1.0]])
    assert metrics.matching_score(texts, motions) == pytest.approx((3.0 + 1.0) / 2)
    assert metrics.clip_score(texts, motions) == pytest.approx((1.0 / np.sqrt(10.0) + 1.0) / 2)


def test_diversity_of_gaussians_is_the_mean_distance(rng: np.random.Generator) -> None:
    # The distance of two standard normal points in D dimensions tends to sqrt(2 D - 1).
    features = rng.normal(size=(4000, 200))
    assert metrics.diversity(features, rng, pairs=2000) == pytest.approx(np.sqrt(399.0), rel=0.01)
    assert metrics.diversity(np.ones((50, 4)), rng) == 0.0


def test_multimodality_sees_differences_within_a_prompt_only(rng: np.random.Generator) -> None:
    prompts = np.repeat(rng.normal(size=(12, 1, 5)) * 100.0, 4, axis=1)
    assert metrics.multimodality(prompts, rng) == 0.0
    prompts[:, ::2, 0] += 2.0
    assert 0.0 < metrics.multimodality(prompts, rng) <= 2.0


def test_mpjpe_is_in_millimetres() -> None:
    joints = np.zeros((5, 22, 3))
    moved = joints + np.array([0.003, 0.0, 0.004])
    assert metrics.mpjpe(moved, joints) == pytest.approx(5.0)
    assert metrics.mpjpe(metrics.pelvis_relative(moved), joints) == pytest.approx(0.0)


def test_the_interval_shrinks_with_repeats() -> None:
    one, many = metrics.Estimate.of([2.0]), metrics.Estimate.of([1.0, 3.0] * 10)
    assert (one.mean, one.half_width) == (2.0, 0.0)
    assert many.mean == 2.0
    assert many.half_width == pytest.approx(1.96 * np.std([1.0, 3.0] * 10, ddof=1) / np.sqrt(20))
