# SPDX-License-Identifier: GPL-3.0-or-later
"""The masked transformer: padding, condition and training loss."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable

import pytest
import torch
from coamd.backend.model.config import GeneratorConfig
from coamd.backend.model.generator import Generator, sinusoid
from torch import nn

LATENTS = torch.randn(2, 9, 12, generator=torch.Generator().manual_seed(5))
CONDITION = torch.randn(2, 16, generator=torch.Generator().manual_seed(6))
VALID = torch.arange(9) < torch.tensor([[9], [5]])


def test_padding_changes_nothing(generator: Generator) -> None:
    with torch.no_grad():
        padded = generator(LATENTS, VALID, CONDITION)
        alone = generator(LATENTS[1:, :5], None, CONDITION[1:])
    assert torch.allclose(padded[1, :5], alone[0], atol=1e-5)


def test_without_the_mask_padding_would_change_the_result(generator: Generator) -> None:
    with torch.no_grad():
        assert not torch.allclose(generator(LATENTS, None, CONDITION)[1], generator(LATENTS, VALID, CONDITION)[1])


def test_the_loss_does_not_look_at_padding(generator: Generator) -> None:
    spoiled = torch.where(VALID[..., None], LATENTS, 1e3)
    losses = [generator.forward_loss(x, VALID, CONDITION, torch.Generator().manual_seed(1)) for x in (LATENTS, spoiled)]
    assert torch.equal(losses[0], losses[1])


def test_the_loss_follows_its_source_of_randomness(generator: Generator) -> None:
    losses = [
        generator.forward_loss(LATENTS, VALID, CONDITION, torch.Generator().manual_seed(seed)).item()
        for seed in (1, 1, 2)
    ]
    assert losses[0] == losses[1] != losses[2]


def test_a_dropped_condition_is_not_seen(
    generator_config: GeneratorConfig, shaken: Callable[[nn.Module], nn.Module]
) -> None:
    for share, same in ((1.0, True), (0.0, False)):
        model = Generator(dataclasses.replace(generator_config, condition_drop=share))
        shaken(model)
        losses = [
            model.forward_loss(LATENTS, VALID, text, torch.Generator().manual_seed(1)).item()
            for text in (CONDITION, -CONDITION)
        ]
        assert (losses[0] == losses[1]) == same


def test_training_lowers_the_loss(generator_config: GeneratorConfig) -> None:
    torch.manual_seed(0)
    model = Generator(generator_config).train()
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    source = torch.Generator().manual_seed(0)
    history = []
    for _ in range(120):
        loss = model.forward_loss(LATENTS, VALID, CONDITION, source)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(float(loss.detach()))
    assert sum(history[-20:]) < 0.8 * sum(history[:20])
    assert all(value.grad is not None for value in model.parameters())  # no part is left out


def test_positions_are_sines_and_cosines() -> None:
    table = sinusoid(5, 6)
    assert table[0].tolist() == [0, 1, 0, 1, 0, 1]
    assert table[3, :2].tolist() == pytest.approx([math.sin(3), math.cos(3)])


def test_in_half_precision_the_head_still_integrates_in_full(generator: Generator) -> None:
    """Only layers are rounded: the state between them, and what comes out, are float32 and near the same."""
    half = copy.deepcopy(generator)
    half.halve()
    source = torch.Generator().manual_seed(3)
    latents, condition = torch.randn(2, 5, 12, generator=source), torch.randn(2, 16, generator=source)
    context, rough = (model(latents, None, condition).detach() for model in (generator, half))
    assert rough.dtype == torch.bfloat16
    assert torch.allclose(rough.float(), context, atol=0.05 * float(context.abs().max()))
    t, x = torch.tensor([0.5]), latents[0]
    nets = generator.head.net, half.head.net
    exact, near = (net.guided(x, t, context[0], context[1], 2.0).detach() for net in nets)
    assert near.dtype == torch.float32
    assert torch.allclose(near, exact, atol=0.05 * float(exact.abs().max()))
    assert not torch.equal(near, exact)


def test_a_channel_counts_by_its_weight(generator: Generator) -> None:
    def loss(weights: list[float]) -> float:
        source = torch.Generator().manual_seed(1)
        return generator.forward_loss(LATENTS, VALID, CONDITION, source, weights=torch.tensor(weights)).item()

    one, other = ([2.0 * (channel % 2 == k) for channel in range(12)] for k in (0, 1))
    assert (loss(one) + loss(other)) / 2 == pytest.approx(loss([1.0] * 12), rel=1e-5)
    assert loss(one) != loss(other)
