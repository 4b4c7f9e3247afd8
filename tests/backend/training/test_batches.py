# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches of the generator: every clip is drawn as often as its share says, among clips of about its length."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from coamd.backend.training.data import Clip, rarity
from coamd.backend.training.generator import LatentBatches, LatentClip

CLIPS = 300


def latent_clip(number: int) -> LatentClip:
    """A clip of 10 to 49 tokens that carries its number in every latent."""
    return LatentClip((torch.full((10 + number % 40, 1), float(number)),), torch.zeros(1, 2), torch.zeros(0, 2))


def drawn(batches: LatentBatches, times: int) -> tuple[np.ndarray, np.ndarray]:
    """How often each clip came (N,), and the share of padding of each batch (times,)."""
    counts, padding = np.zeros(CLIPS), []
    for seed in range(times):
        latents, valid, _ = batches.draw(np.random.default_rng(seed), 16)
        np.add.at(counts, latents[:, 0, 0].long().numpy(), 1)
        padding.append(float((~valid).float().mean()))
    return counts, np.array(padding)


@pytest.mark.parametrize("uneven", [False, True])
def test_a_clip_is_drawn_as_often_as_its_share_says(uneven: bool) -> None:
    shares = np.linspace(1.0, 4.0, CLIPS) if uneven else np.ones(CLIPS)
    shares = np.random.default_rng(0).permutation(shares / shares.sum())
    counts, padding = drawn(LatentBatches([latent_clip(i) for i in range(CLIPS)], shares), 800)
    wanted = 800 * 16 * shares
    # draws of one batch hang together, so they scatter more than single ones: 5 standard deviations of those
    assert (np.abs(counts - wanted) < 5 * np.sqrt(wanted) + 5).all()
    assert np.corrcoef(counts, wanted)[0, 1] > 0.75 or not uneven
    assert np.median(padding) < 0.12  # across all lengths it would be two fifths


def test_a_clip_with_a_rare_label_is_drawn_more_often() -> None:
    clip = Clip("c", "train", np.zeros((40, 22, 3), np.float32), ("a person walks",), ("walk",))
    rare = dataclasses.replace(clip, labels=("limp",))
    both = dataclasses.replace(clip, labels=("walk", "limp"))
    shares = rarity([clip] * 98 + [rare, both])
    assert shares.sum() == pytest.approx(1.0)
    # "walk" stands 99 times and "limp" twice
    assert shares[98] / shares[0] == pytest.approx(np.sqrt(99 / 2))
    assert shares[0] < shares[99] < shares[98]


def words(value: float, count: int = 1) -> torch.Tensor:
    return torch.full((count, 2), value)


def conditions(clips: list[LatentClip], varied: bool, times: int = 400) -> np.ndarray:
    batches = LatentBatches(clips, varied=varied)
    rng = np.random.default_rng(1)
    return np.stack([batches.condition(batches.clips[0], rng).numpy() for _ in range(times)])


def test_plain_batches_say_captions_and_now_and_then_labels() -> None:
    clip = LatentClip((torch.zeros(10, 1),), words(1.0), words(2.0), words(3.0))
    found = conditions([clip], False)[:, 0]
    assert set(found) == {1.0, 2.0}
    assert np.mean(found == 2.0) == pytest.approx(0.1, abs=0.05)


def test_varied_batches_say_wordings_lie_between_and_move_a_little() -> None:
    clip = LatentClip((torch.zeros(10, 1),), torch.tensor([[0.0, 0.0], [1.0, 0.0]]), words(9.0), words(5.0))
    found = conditions([clip], True)
    captions = found[found[:, 0] < 3.0]
    assert len(captions) / len(found) == pytest.approx(0.45, abs=0.08)
    assert found[:, 0].max() < 7.0  # labels are not said where there are wordings
    between = (captions[:, 0] > 0.3) & (captions[:, 0] < 0.7)  # the noise has a deviation of 0.12 * 0.7
    assert 0.005 < between.mean() < 0.1
    assert np.mean(np.isin(captions[:, 0], (0.0, 1.0))) == pytest.approx(0.45, abs=0.1)
    assert (captions[:, 1] == 0.0).all()  # numbers that never differ are never moved


@pytest.mark.parametrize("takes", [1, 3])
def test_takes_of_one_description_are_moved_by_the_spread_of_its_wordings(takes: int) -> None:
    clip = LatentClip((torch.zeros(10, 1),), words(1.0), torch.zeros(0, 2), torch.tensor([[3.0, 0.0], [5.0, 0.0]]))
    found = conditions([clip] * takes, True)
    assert np.isfinite(found).all()
    assert len(np.unique(found[:, 0])) > 100


def test_one_clip_of_one_sentence_has_nothing_to_be_moved_by() -> None:
    clip = LatentClip((torch.zeros(10, 1),), words(1.0), torch.zeros(0, 2))
    assert set(conditions([clip], True)[:, 0]) == {1.0}
