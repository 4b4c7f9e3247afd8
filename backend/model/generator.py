# SPDX-License-Identifier: GPL-3.0-or-later
"""Masked autoregressive transformer over latent tokens, with a diffusion head per token (paper, section 3)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import GeneratorConfig
from .diffusion.head import build_head
from .graphs import Graphs
from .masking import training_masks


def sinusoid(length: int, width: int) -> Tensor:
    """Positions (length, width): sine on even, cosine on odd features, period 10000."""
    at = torch.arange(length, dtype=torch.float32)[:, None]
    rates = torch.exp(torch.arange(0, width, 2, dtype=torch.float32) * (-math.log(10000.0) / width))
    table = torch.zeros(length, width)
    table[:, 0::2] = torch.sin(at * rates)
    table[:, 1::2] = torch.cos(at * rates)
    return table


class Block(nn.Module):
    """Pre-norm transformer block whose norms and gates are set by the condition (AdaLN-zero)."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.dropout = config.dropout
        self.norm_attention = nn.LayerNorm(width, eps=1e-6, elementwise_affine=False)
        self.norm_mlp = nn.LayerNorm(width, eps=1e-6, elementwise_affine=False)
        self.modulation = nn.Linear(width, 6 * width)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.proj = nn.Linear(width, width)
        self.mlp_in = nn.Linear(width, config.feed_forward)
        self.mlp_out = nn.Linear(config.feed_forward, width)

    def attention(self, x: Tensor, allowed: Tensor | None) -> Tensor:
        """Multi-head attention of x (B, T, D); ``allowed`` (B, 1, 1, T) is False on padded keys."""
        B, T, D = x.shape
        q, k, v = (layer(x).view(B, T, self.heads, -1).transpose(1, 2) for layer in (self.query, self.key, self.value))
        drop = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed, dropout_p=drop)
        return functional.dropout(self.proj(mixed.transpose(1, 2).reshape(B, T, D)), drop)

    def forward(self, x: Tensor, modulation: Tensor, allowed: Tensor | None) -> Tensor:
        """x (B, T, D), six modulations (B, 6 D)."""
        shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = modulation[:, None].chunk(6, dim=-1)
        x = x + gate_a * self.attention(self.norm_attention(x) * (1 + scale_a) + shift_a, allowed)
        h = functional.gelu(self.mlp_in(self.norm_mlp(x) * (1 + scale_m) + shift_m), approximate="tanh")
        return x + gate_m * functional.dropout(self.mlp_out(h), self.dropout, self.training)


class Generator(nn.Module):
    """Latent tokens and a pooled text in; a context per token, and from it the head's latents, out."""

    positions: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.token_in = nn.Linear(config.latent, config.width)
        self.condition_in = nn.Linear(config.condition, config.width)
        self.mask_token = nn.Parameter(torch.zeros(config.latent))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.register_buffer("positions", sinusoid(4 * config.max_tokens, config.width), persistent=False)
        self._initialise()
        self.head = build_head(config)
        self.graphs: Graphs | None = None  # of sampling, where it runs on CUDA

    def _initialise(self) -> None:
        """Small normal weights; modulations start at zero so every block is the identity."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, std=0.02)
                nn.init.zeros_(layer.bias)
        for layer in self.modules():
            if isinstance(layer, Block):
                nn.init.zeros_(layer.modulation.weight)

    def halve(self) -> None:
        """Put all layers into bfloat16; its tables, and the states that the head integrates, stay in float32."""
        for value in self.parameters():
            value.data = value.data.to(torch.bfloat16)

    def forward(self, latents: Tensor, valid: Tensor | None, condition: Tensor) -> Tensor:
        """Context (B, T, D) of latents (B, T, C); valid (B, T) bool or None; condition (B, W), zeros for none."""
        return self.contexts(latents, valid, self.modulations(condition))

    def modulations(self, condition: Tensor) -> list[Tensor]:
        """The modulations (B, 6 D) of each block for a condition (B, W); they are the same in all sampling steps."""
        signal = functional.silu(self.condition_in(condition.to(self.mask_token.dtype)))
        return [block.modulation(signal) for block in self.blocks]  # type: ignore[operator]

    def contexts(self, latents: Tensor, valid: Tensor | None, modulations: Sequence[Tensor] | Tensor) -> Tensor:
        """As ``forward`` with the modulations at hand, one (B, 6 D) for each block."""
        kind = self.mask_token.dtype
        x = self.token_in(latents.to(kind)) + self.positions[: latents.shape[1]].to(kind)
        x = functional.dropout(x, self.config.dropout, self.training)
        allowed = None if valid is None else valid[:, None, None, :]
        for block, modulation in zip(self.blocks, modulations, strict=True):
            x = block(x, modulation, allowed)
        return x

    def forward_loss(
        self,
        latents: Tensor,
        valid: Tensor,
        condition: Tensor,
        generator: torch.Generator | None = None,
        drop: float | None = None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """One training loss (scalar) on clean latents (B, T, C), valid tokens (B, T) bool, condition (B, W).

        Masked tokens only, each with ``noise_draws`` fresh draws; the condition is dropped per clip with
        probability ``drop`` (None: ``condition_drop``), each channel's error counts by ``weights`` (C,). Randomness
        comes from ``generator``, which lives on the CPU.
        """
        where = latents.device
        target = torch.where(valid[..., None], latents, torch.zeros_like(latents))
        hidden, noised, replaced = training_masks(valid, generator)
        noise = torch.randn(target.shape, generator=generator).to(where)
        inputs = torch.where(noised[..., None], noise, target)
        inputs = torch.where(replaced[..., None], self.mask_token, inputs)
        drop = self.config.condition_drop if drop is None else drop
        dropped = (torch.rand(len(condition), generator=generator) < drop).to(where)
        context = self(inputs, valid, torch.where(dropped[:, None], torch.zeros_like(condition), condition))
        draws = self.config.noise_draws
        rows = target[hidden].repeat(draws, 1), context[hidden].repeat(draws, 1)
        losses: Tensor = self.head.loss(*rows, generator, weights)
        return losses.mean()
