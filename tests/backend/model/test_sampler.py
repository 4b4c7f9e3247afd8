# SPDX-License-Identifier: GPL-3.0-or-later
"""The coarse-to-fine loop: reproducible, interruptible, and true to what it was told to keep."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from coamd.backend.model import sampler
from coamd.backend.model.autoencoders.path_autoencoder import GROUND
from coamd.backend.model.generator import Generator
from coamd.backend.model.guidance import slope
from coamd.backend.model.masking import masked_counts
from coamd.backend.model.sampler import Cancelled, Guide, Known, Look, Sampling, sample
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


def test_the_ground_has_a_guidance_scale_of_its_own(generator: Generator) -> None:
    """After one evaluation the channels have not met yet: those of the ground are as with its scale for all."""
    if generator.head.draws:
        pytest.skip("50 evaluations belong to this head")

    def made(scale: float, ground: float = 0.0) -> Tensor:
        sampling = Sampling(steps=1, evaluations=1, solver="euler", guidance_scale=scale, ground_guidance_scale=ground)
        return sample(generator, CONDITION, TOKENS, sources(1, 2, 3), sampling)

    strong, weak, both = made(3.0), made(1.5), made(3.0, 1.5)
    on_ground = torch.zeros(both.shape[-1], dtype=torch.bool)
    on_ground[list(GROUND)] = True
    assert torch.allclose(both[..., on_ground], weak[..., on_ground])
    assert torch.allclose(both[..., ~on_ground], strong[..., ~on_ground])
    assert not torch.allclose(strong[..., on_ground], weak[..., on_ground]), "or it would show nothing"
    assert torch.equal(made(1.2, 1.5), made(1.2)), "it is never more than the others have"


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


def test_every_token_is_solved_once_and_sketched_only_when_somebody_looks(
    generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved, sketched = [], []
    sample_rows, sketch_rows = generator.head.sample, generator.head.sketch

    def counted(noise: Tensor, *rest: Any, **options: Any) -> Tensor:
        solved.append(len(noise))
        return sample_rows(noise, *rest, **options)

    def glanced(noise: Tensor, *rest: Any) -> Tensor:
        sketched.append(len(noise))
        return sketch_rows(noise, *rest)

    monkeypatch.setattr(generator.head, "sample", counted)
    monkeypatch.setattr(generator.head, "sketch", glanced)
    sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING)
    counts = [3 * n for n in masked_counts(4, torch.tensor([TOKENS]))[:, 0].tolist()]
    assert solved == [a - b for a, b in zip(counts, [*counts[1:], 0], strict=True)]
    assert sum(solved) == 3 * TOKENS and not sketched
    sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING, watch=lambda _step, look: look())
    assert sketched == [*counts[1:], 0]


@pytest.mark.parametrize("refine", [False, True])
def test_solving_what_is_masked_again_would_change_nothing(system: System, refine: bool) -> None:
    """The released loop predicts all masked tokens at every step; only those that leave the mask are ever seen."""
    given = torch.randn(3, TOKENS, 12, generator=torch.Generator().manual_seed(1))
    known = Known(given, torch.tensor([[1, 0, 0, 0, 0, 0, 0], [0] * 7, [0, 0, 1, 0, 0, 1, 1]], dtype=torch.bool))
    both = [
        sample(
            system.generator,
            CONDITION,
            TOKENS,
            sources(1, 2, 3),
            Sampling(steps=9, evaluations=2, refine=refine, whole=whole),
            known=known,
        )
        for whole in (False, True)
    ]
    assert torch.allclose(*both, atol=1e-5)
    assert not torch.allclose(both[0], given, atol=1e-2)


def test_looking_at_a_motion_does_not_change_it(generator: Generator) -> None:
    unseen = sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING)
    seen = sample(generator, CONDITION, TOKENS, sources(1, 2, 3), SAMPLING, watch=lambda _step, look: look())
    assert torch.equal(unseen, seen)


def test_cancelling_takes_effect_within_one_step(generator: Generator) -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        sample(
            generator,
            CONDITION,
            TOKENS,
            sources(1, 2, 3),
            SAMPLING,
            watch=lambda step, _look: seen.append(step),
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


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_the_whole_motion_can_be_looked_at_in_every_step(system: System, strength: float) -> None:
    looks: list[Tensor] = []

    def watch(step: int, look: Look) -> None:
        assert step == len(looks) + 1
        looks.append(look())

    settings = Sampling(steps=3, evaluations=2, strength=strength)
    out = sample(system.generator, CONDITION, TOKENS, sources(1, 2, 3), settings, guide=guide(system), watch=watch)
    assert [look.shape for look in looks] == [(3, TOKENS, 12)] * 3
    assert all((look != 0).all() for look in looks)
    assert torch.equal(looks[-1], out)


def test_the_recognizer_is_asked_late_and_only_where_something_becomes_final(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = sampler.slope

    def counted(*args: Any, **options: Any) -> Any:
        asked.append(1)
        return real(*args, **options)

    monkeypatch.setattr(sampler, "slope", counted)
    numbers = []
    for begin in (0.0, 0.5, 1.0):
        asked.clear()
        settings = Sampling(steps=10, evaluations=1, strength=1.0, guided_from=begin)
        sample(system.generator, CONDITION, TOKENS, sources(1, 2, 3), settings, guide=guide(system))
        counts = masked_counts(10, torch.tensor([TOKENS]))[:, 0].tolist()
        settles = [a > b for a, b in zip(counts, [*counts[1:], 0], strict=True)]
        assert len(asked) == sum(settles[round(10 * begin) :])
        numbers.append(len(asked))
    assert 10 > numbers[0] > numbers[1] > numbers[2] == 0
