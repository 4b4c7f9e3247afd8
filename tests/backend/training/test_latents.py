# SPDX-License-Identifier: GPL-3.0-or-later
"""Latents of many clips at once are those of each by itself, and a sentence is read once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from coamd.backend.training.data import Clip
from coamd.backend.training.generator import (
    CLIPS,
    COUNTS,
    FULL,
    SEEN,
    SentenceMemory,
    channel_weights,
    encoded,
    played,
    varied_latents,
)
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.body.skeleton import TOKEN_FRAMES
from torch import Tensor, nn

from tests.motions import walk


class Reader:
    """A text encoder that counts what it reads."""

    device = torch.device("cpu")

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Tensor:
        self.batches.append(list(texts))
        return torch.tensor([[float(len(text)), float(len(text.split()))] for text in texts])


class Averages:
    """An autoencoder whose latents are the means of four frames."""

    def encode(self, rows: Tensor) -> Tensor:
        return rows.unflatten(1, (-1, 4)).mean(2)


def clip(seconds: float, speed: float, *texts: str) -> Clip:
    joints = walk(seconds, speed=speed).astype(np.float32)
    return Clip("w", "train", joints[: len(joints) // 4 * 4], texts, ("walk",), "walk")


def test_a_sentence_is_read_once_and_with_others_of_its_length() -> None:
    reader = Reader()
    memory = SentenceMemory(reader)  # type: ignore[arg-type]
    memory.read(["a person walks", "walk", "a person walks"], batch=1)
    assert reader.batches == [["walk"], ["a person walks"]]
    found = memory.encode(["a person walks", "runs", "a person walks"])
    assert reader.batches[2:] == [["runs"]]
    assert found.tolist() == [[14.0, 3.0], [4.0, 1.0], [14.0, 3.0]]


def test_windows_of_any_length_come_back_in_their_order() -> None:
    joints = walk(9.0)
    windows = [joints[start : start + length] for start, length in ((0, 40), (3, 80), (9, 40), (20, 44), (30, 80))]
    found = encoded(windows, Averages(), torch.device("cpu"), batch=2)  # type: ignore[arg-type]
    assert [len(tokens) for tokens in found] == [10, 20, 10, 11, 20]
    for window, tokens in zip(windows, found, strict=True):
        alone = at_origin(window).reshape(-1, 4, 66).mean(1)
        np.testing.assert_allclose(tokens.numpy(), alone, atol=1e-5)


def test_variants_too_short_for_a_clip_are_left_out() -> None:
    short = clip(2.1, 1.0, "walks")
    assert [len(frames) for frames in played(short, (1.12,), (0, 3))] == [40]
    long = clip(9.0, 1.0, "walks")
    assert [len(frames) for frames in played(long, (1.12,), (0, 3))] == [180, 176, 160]


def test_clips_keep_their_words_and_their_variants() -> None:
    clips = [clip(4.0, 1.0, "walks"), clip(2.1, 1.2, "walks slowly", "strolls"), clip(6.0, 0.8, "ambles")]
    memory = SentenceMemory(Reader())  # type: ignore[arg-type]
    found = varied_latents(clips, Averages(), memory, np.random.default_rng(1))  # type: ignore[arg-type]
    assert [len(one.latents[0]) for one in found] == [20, 10, 30]
    assert [len(one.sentences) for one in found] == [1, 2, 1]
    assert len(found[1].latents) <= 2
    for one, alone in zip(found, clips, strict=True):
        np.testing.assert_allclose(one.latents[0].numpy(), Averages().encode(rows_of(alone))[0].numpy(), atol=1e-5)


def rows_of(one: Clip) -> Tensor:
    return torch.from_numpy(at_origin(one.joints).astype(np.float32)).flatten(1)[None]


@pytest.mark.parametrize("count", [0, 1])
def test_few_clips_are_no_trouble(count: int) -> None:
    memory = SentenceMemory(Reader())  # type: ignore[arg-type]
    found = varied_latents([clip(4.0, 1.0, "walks")] * count, Averages(), memory, np.random.default_rng(1))  # type: ignore[arg-type]
    assert len(found) == count


class OneJoint(nn.Module):
    """Decodes four frames of one joint, whose height is the weighed sum of the channels, from each token."""

    def __init__(self, metres: list[float]) -> None:
        super().__init__()
        self.metres = nn.Parameter(torch.tensor(metres))

    def decode(self, latents: Tensor) -> Tensor:
        height = (latents * self.metres).sum(-1, keepdim=True)
        return torch.cat([0 * height, height, 0 * height], dim=-1).repeat_interleave(TOKEN_FRAMES, dim=1)


def test_a_channel_counts_by_how_far_it_moves_joints() -> None:
    source = torch.Generator().manual_seed(0)
    latents = [torch.randn(2 * SEEN, 4, generator=source) for _ in range(CLIPS)]
    weights = channel_weights(latents, OneJoint([FULL, 2 * FULL, 100 * FULL, 0.0]))  # type: ignore[arg-type]
    assert weights.mean().item() == pytest.approx(1.0)
    deviation = torch.cat(latents).std(0)
    assert (weights[1] / weights[0]).item() == pytest.approx(2.0 * (deviation[1] / deviation[0]).item(), rel=1e-4)
    least, most = COUNTS
    assert (weights[2] / weights[3]).item() == pytest.approx(most / least)


def test_where_no_clip_is_long_enough_to_be_looked_at_all_channels_count_alike() -> None:
    assert channel_weights([torch.randn(4, 3)], OneJoint([0.1, 0.2, 0.3])).tolist() == [1.0] * 3  # type: ignore[arg-type]
