# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tokens are hidden: the cosine schedule, and the masks of training and of sampling."""

from __future__ import annotations

import math

import torch
from torch import Tensor

NOISE_SHARE = 0.1  # of the masked tokens get Gaussian noise in training
MASK_SHARE = 0.88  # of the others get the mask token; the rest stay as they are


def masked_counts(steps: int, tokens: Tensor, begin: float = 0.0) -> Tensor:
    """Tokens masked before each step (steps, B), of ``tokens`` (B,): round(cos(pi t / 2) tokens), at least 1.

    The times t run from ``begin`` to 1: a sampling that begins late masks fewer tokens and lets the others stay.
    """
    share = torch.cos(torch.linspace(begin, 1, steps) * math.pi * 0.5)
    return torch.round(share[:, None] * tokens).clamp(min=1).long()


def ranks(values: Tensor) -> Tensor:
    """Place (B, T) of every value (B, T) in its row's ascending order: 0..T-1, each once."""
    return values.argsort(dim=-1).argsort(dim=-1)


def training_masks(valid: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Masks for one training step from valid tokens (B, T): loss, noise and mask-token positions, all (B, T) bool.

    With u ~ U(0,1) per clip, round(T cos(pi u / 2)) random tokens, at least one, are masked over the padded length;
    those that are valid count. Noise and mask token lie inside the loss mask and never both on one token.
    """
    B, T = valid.shape
    where = valid.device
    u = torch.rand(B, generator=generator)
    counts = torch.round(T * torch.cos(u * math.pi * 0.5)).clamp(min=1)
    hidden = (ranks(torch.rand(B, T, generator=generator)) < counts[:, None]).to(where) & valid
    dice = torch.rand((2, B, T), generator=generator).to(where)
    noised = hidden & (dice[0] < NOISE_SHARE)
    replaced = hidden & ~noised & (dice[1] < MASK_SHARE)
    return hidden, noised, replaced
