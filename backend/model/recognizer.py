# SPDX-License-Identifier: GPL-3.0-or-later
"""MAR, the multi-modal action recognizer: a transformer per stream, their fusion, and a text tower beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import RecognizerConfig
from .generator import sinusoid
from .streams import bones, motion

COORDINATES = 66
MAX_POSITIONS = 256  # query token + 196 frames, with room


class Features(NamedTuple):
    """Features (B, feature) of one batch of motions, not normalised."""

    fused: Tensor
    joint: Tensor
    bone: Tensor
    motion: Tensor


class EncoderLayer(nn.Module):
    """Post-norm transformer layer with exact GELU."""

    def __init__(self, width: int, heads: int, feed_forward: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.mlp_in = nn.Linear(width, feed_forward)
        self.mlp_out = nn.Linear(feed_forward, width)
        self.norm_attention = nn.LayerNorm(width)
        self.norm_mlp = nn.LayerNorm(width)
        nn.init.xavier_uniform_(self.qkv.weight)
        nn.init.zeros_(self.qkv.bias)

    def forward(self, x: Tensor, allowed: Tensor | None) -> Tensor:
        """x (B, T, D); ``allowed`` (B, 1, 1, T) is False on padded keys."""
        B, T, D = x.shape
        drop = self.dropout if self.training else 0.0
        q, k, v = self.qkv(x).view(B, T, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=allowed, dropout_p=drop)
        mixed = self.proj(mixed.transpose(1, 2).reshape(B, T, D))
        x = self.norm_attention(x + functional.dropout(mixed, drop))
        h = functional.dropout(functional.gelu(self.mlp_in(x)), drop)
        return self.norm_mlp(x + functional.dropout(self.mlp_out(h), drop))


class StreamEncoder(nn.Module):
    """Frames of one stream (B, F, 66) -> feature (B, feature), read at a learned query token in front."""

    positions: Tensor

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.embed = nn.Linear(COORDINATES, config.width)
        self.query_token = nn.Parameter(torch.randn(config.width) * 0.02)
        self.layers = nn.ModuleList(
            EncoderLayer(config.width, config.heads, config.feed_forward, config.dropout) for _ in range(config.layers)
        )
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, config.feature)
        self.register_buffer("positions", sinusoid(MAX_POSITIONS, config.width), persistent=False)

    def forward(self, frames: Tensor, allowed: Tensor | None, subset: Tensor | None = None) -> Tensor:
        """``allowed`` (B, 1, 1, 1 + F) is False on padded frames; of the frames only ``subset`` (K,) are read."""
        B, F, _ = frames.shape
        at = self.positions[: F + 1]
        if subset is not None:
            places = torch.cat([subset.new_zeros(1), subset + 1])
            frames, at = frames[:, subset], at[places]
            allowed = None if allowed is None else allowed[..., places]
        x = torch.cat([self.query_token.expand(B, 1, -1), self.embed(frames)], dim=1)
        x = functional.dropout(x + at, self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, allowed)
        return self.out(self.norm(x[:, 0]))


class TextTower(nn.Module):
    """Text B: token ids (B, L) -> feature (B, feature), read at the end-of-text token (the highest id)."""

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        width = config.text_width
        self.attend_padding = config.attend_padding
        self.dropout = config.dropout
        self.token_embedding = nn.Parameter(torch.randn(config.vocabulary, width) * 0.02)
        self.position_embedding = nn.Parameter(torch.randn(config.positions, width) * 0.01)
        self.layers = nn.ModuleList(
            EncoderLayer(width, config.text_heads, config.text_feed_forward, config.dropout)
            for _ in range(config.text_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, config.feature)

    @torch.no_grad()
    def adopt(self, token: Tensor, position: Tensor) -> None:
        """Start from a text encoder's token (vocabulary, width) and position (positions, width) embeddings."""
        self.token_embedding.copy_(token)
        self.position_embedding.copy_(position)

    def forward(self, ids: Tensor) -> Tensor:
        """Padding is whatever follows the first end-of-text token.

        The released form fills it with token 0 up to the last position and attends to it, so that is part of its
        weights' meaning (``attend_padding``); otherwise it is never seen.
        """
        end = ids.argmax(dim=-1)
        kept = torch.arange(ids.shape[1], device=ids.device) <= end[:, None]
        allowed = None if self.attend_padding else kept[:, None, None, :]
        if self.attend_padding:
            ids = functional.pad(ids * kept, (0, len(self.position_embedding) - ids.shape[1]))
        x = self.token_embedding[ids] + self.position_embedding[: ids.shape[1]]
        x = functional.dropout(x, self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, allowed)
        return self.out(self.norm(x)[torch.arange(len(ids), device=ids.device), end])


class Recognizer(nn.Module):
    """The three stream encoders, the fusion layer and the text tower; metres in."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.config = config
        self.joint = StreamEncoder(config)
        self.bone = StreamEncoder(config)
        self.motion = StreamEncoder(config)
        self.fusion_norm = nn.LayerNorm(3 * config.feature)
        self.fusion = nn.Linear(3 * config.feature, config.feature)
        self.text = TextTower(config)
        self.register_buffer("mean", torch.zeros(COORDINATES))
        self.register_buffer("std", torch.ones(COORDINATES))

    def forward(self, joints: Tensor, valid: Tensor | None = None, subsets: Sequence[Tensor] | None = None) -> Features:
        """Features of joints (B, F, 66) in metres, canonical; ``valid`` (B, F) bool is False on padding.

        ``subsets`` are the frames (K,) that each of the three streams reads, of those left by ``frame_step``; only
        training leaves any out (see ``training.recognition.recognizer``).
        """
        step = self.config.frame_step
        x = ((joints - self.mean) / self.std)[:, ::step]
        allowed = None
        if valid is not None:
            valid = valid[:, ::step]
            allowed = torch.cat([valid.new_ones(len(valid), 1), valid], dim=1)[:, None, None, :]
        joint, bone, moving = subsets or (None, None, None)
        parts = (
            self.joint(x, allowed, joint),
            self.bone(bones(x), allowed, bone),
            self.motion(motion(x), allowed, moving),
        )
        return Features(self.fusion(self.fusion_norm(torch.cat(parts, dim=-1))), *parts)
