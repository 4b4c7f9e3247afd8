# SPDX-License-Identifier: GPL-3.0-or-later
"""The coarse-to-fine loop: reproducible, interruptible, and true to what it was told to keep."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from coamd.backend.model.generator import Generator
from coamd.backend.model.guidance import slope
from coamd.backend.model.masking import masked_counts
from coamd.backend.model.sampler import Cancelled, Guide, Known, Sampling, sample
from coamd.backend.model.weights import System
from torch import Tensor

CONDITION = torch.randn(3, 16, generator=torch.Generator().manual_seed(9))
SAMPLING = Sampling(steps=4, evaluations=2)
TOKENS = 7


def sources(*seeds: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in seeds]


def guide(system: System, rows: int = 3) -> Guide:
    text = torch.randn(rows, 16, generator=torch.Generator().manual_seed(8))
    return Guide(system.recognizer, system.autoencoder, text)


def test_the_same_seed_gives_the_same_motion(generator: Generator) -> None:
    runs = [sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING) for _ in range(2)]
    other = sample(generator, CONDITION, TOKENS, sources(4, 5, 6), SAMPLING)
    assert torch.equal(*runs)
    assert not torch.allclose(runs[0], other)


def test_a_row_is_the_same_alone_and_in_company(generator: Generator) -> None:
    together = sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING)
    alone = sample(generator, CONDITION[1:2], TOKENS, sources(2), SAMPLING)
    assert torch.allclose(together[1], alone[0], rtol=1e-3, atol=1e-4 * float(alone.abs().max()))


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_known_tokens_stay_bit_for_bit(system: System, strength: float) -> None:
    given = torch.randn(3, TOKENS, 12, generator=torch.Generator().manual_seed(1))
    given[0, 0, 0] = -0.0
    keep = torch.tensor([[1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 0, 0, 1, 1], [1, 1, 1, 1, 1, 1, 1]], dtype=torch.bool)
    before = given.clone()
    out = sample(
        system.generator,
        CONDITION,
        TOKENS,
        sources(1, 2, 3),
        Sampling(steps=4, evaluations=2, strength=strength),
        guide=guide(system),
        known=Known(given, keep),
    )
    assert torch.equal(out[keep].view(torch.int32), before[keep].view(torch.int32))
    assert (out[~keep] != before[~keep]).all()
    assert torch.equal(given, before)


def test_known_tokens_steer_the_others(generator: Generator) -> None:
    keep = (torch.arange(TOKENS) < 3).expand(3, -1)
    outs = [
        sample(
            generator,
            CONDITION,
            TOKENS,
            sources(1, 2, 3),
            SAMPLING,
            known=Known(torch.full((3, TOKENS, 12), value), keep),
        )
        for value in (-1.0, 1.0)
    ]
    assert not torch.allclose(outs[0][:, 3:], outs[1][:, 3:], atol=1e-3)


def test_only_masked_tokens_go_through_the_head(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[int] = []
    real = generator.head.sample

    def counted(draw: Callable[[], Tensor], context: Tensor, *rest: object) -> Tensor:
        rows.append(len(context))
        assert draw().shape == (len(context), 12)
        return real(draw, context, *rest)

    monkeypatch.setattr(generator.head, "sample", counted)
    sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING)
    assert rows == (3 * masked_counts(4, torch.tensor([TOKENS]))[:, 0]).tolist()


def test_cancelling_takes_effect_within_one_step(generator: Generator) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        sample(
            generator,
            CONDITION,
            TOKENS,
            sources(1, 2, 3),
            SAMPLING,
            watch=lambda step, _latents, _joints: seen.append(step),
            cancelled=lambda: len(seen) == 2,
        )
    assert seen == [1, 2]


def test_scale_one_needs_no_unconditional_half(generator: Generator) -> None:
    plain = sample(generator, CONDITION, TOKENS, sources(1, 2, 3), Sampling(steps=4, guidance_scale=1.0, evaluations=2))
    near = sample(
        generator, CONDITION, TOKENS, sources(1, 2, 3), Sampling(steps=4, guidance_scale=1.0 + 1e-7, evaluations=2)
    )
    assert torch.allclose(plain, near, atol=1e-3)


def test_guidance_by_the_recognizer_raises_the_score(system: System) -> None:
    told = guide(system)
    scores = []
    for strength in (0.0, 2.0):
        settings = Sampling(steps=6, guidance_scale=1.0, evaluations=2, strength=strength)
        latents = sample(system.generator, CONDITION, TOKENS, sources(1, 2, 3), settings, guide=told)
        scores.append(slope(system.autoencoder, system.recognizer, latents, told.text).score.mean())
    assert scores[1] > scores[0] + 0.02


def test_previews_come_with_guidance_and_on_every_step(system: System) -> None:
    shapes: list[tuple[int, ...]] = []

    def watch(step: int, latents: Tensor, joints: Tensor | None) -> None:
        assert latents.shape == (3, TOKENS, 12)
        assert joints is not None
        shapes.append((step, *joints.shape))

    settings = Sampling(steps=3, evaluations=2, strength=1.0)
    sample(system.generator, CONDITION, TOKENS, sources(1, 2, 3), settings, guide=guide(system), watch=watch)
    assert shapes == [(step, 3, 4 * TOKENS, 66) for step in (1, 2, 3)]
