# SPDX-License-Identifier: GPL-3.0-or-later
"""Guidance by the recognizer: a true gradient, a rising score, and only hidden tokens moved."""

from __future__ import annotations

import copy

import pytest
import torch
from coamd.backend.model.guidance import climbed, slope
from coamd.backend.model.weights import System

LATENTS = torch.randn(2, 5, 12, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
TEXT = torch.randn(2, 16, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
HIDDEN = torch.tensor([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]], dtype=torch.bool)


@pytest.fixture(scope="module")
def exact(system: System) -> System:
    """The small model in float64."""
    return copy.deepcopy(system).__class__(
        system.config,
        copy.deepcopy(system.autoencoder).double(),
        system.generator,
        copy.deepcopy(system.recognizer).double(),
        system.text,
        system.labels,
    )


@pytest.mark.parametrize("valid", [None, torch.arange(5) < torch.tensor([[5], [3]])], ids=["whole", "padded"])
def test_the_gradient_is_that_of_the_score(exact: System, valid: torch.Tensor | None) -> None:
    def at(latents: torch.Tensor) -> torch.Tensor:
        return slope(exact.autoencoder, exact.recognizer, latents, TEXT, valid).score

    rise = slope(exact.autoencoder, exact.recognizer, LATENTS, TEXT, valid)
    kept = torch.ones(2, 5, dtype=torch.bool) if valid is None else valid
    way = torch.randn(LATENTS.shape, generator=torch.Generator().manual_seed(4)).double() * kept[..., None]
    measured = (at(LATENTS + 1e-6 * way) - at(LATENTS - 1e-6 * way)) / 2e-6
    assert torch.allclose((rise.gradient * way).sum(dim=(1, 2)), measured, rtol=1e-4, atol=1e-7)
    assert not rise.gradient.requires_grad
    assert rise.joints.shape == (2, 20, 66)


def test_following_it_raises_the_score(exact: System) -> None:
    latents, scores = LATENTS, []
    everywhere = torch.ones_like(HIDDEN)
    for _ in range(20):
        rise = slope(exact.autoencoder, exact.recognizer, latents, TEXT)
        scores.append(rise.score)
        latents = climbed(latents, 0.1 * rise.gradient, everywhere, -0.4)
    assert (scores[-1] > scores[0] + 0.01).all()


def test_only_hidden_tokens_move_and_by_a_set_length(exact: System) -> None:
    gradient = slope(exact.autoencoder, exact.recognizer, LATENTS, TEXT).gradient
    moved = climbed(LATENTS, gradient, HIDDEN, 1.0)
    assert torch.equal(moved[~HIDDEN], LATENTS[~HIDDEN])
    whole = climbed(LATENTS, gradient, torch.ones_like(HIDDEN), 1.0)
    assert torch.allclose((whole - LATENTS).flatten(1).norm(dim=1), torch.tensor(1.5, dtype=torch.float64))


def test_a_flat_score_moves_nothing() -> None:
    assert torch.equal(climbed(LATENTS, torch.zeros_like(LATENTS), HIDDEN, 1.0), LATENTS)
