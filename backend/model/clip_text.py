# SPDX-License-Identifier: GPL-3.0-or-later
"""CLIP's text half (Radford et al., arXiv 2103.00020), in the names under which transformers keeps its weights.

The class of transformers gives the same numbers, which a test holds. Importing it takes longer than importing torch,
and an animator would wait for that at every start of the backend.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import TextConfig


class _Embeddings(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(config.vocabulary, config.hidden)
        self.position_embedding = nn.Embedding(config.positions, config.hidden)

    def forward(self, ids: Tensor) -> Tensor:
        x: Tensor = self.token_embedding(ids)
        return x + self.position_embedding.weight[: ids.shape[1]]


class _Attention(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (
            nn.Linear(config.hidden, config.hidden) for _ in range(4)
        )

    def forward(self, x: Tensor) -> Tensor:
        B, L, D = x.shape
        q, k, v = (f(x).view(B, L, self.heads, -1).transpose(1, 2) for f in (self.q_proj, self.k_proj, self.v_proj))
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out_proj(mixed.transpose(1, 2).reshape(B, L, D))


class _Mlp(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.fc1 = nn.Linear(config.hidden, config.feed_forward)
        self.fc2 = nn.Linear(config.feed_forward, config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        h = self.fc1(x)
        return self.fc2(h * torch.sigmoid(1.702 * h))  # CLIP's quick GELU


class _Layer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.self_attn = _Attention(config)
        self.layer_norm1 = nn.LayerNorm(config.hidden)
        self.mlp = _Mlp(config)
        self.layer_norm2 = nn.LayerNorm(config.hidden)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class _Encoder(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.layers))


class _TextModel(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.embeddings = _Embeddings(config)
        self.encoder = _Encoder(config)
        self.final_layer_norm = nn.LayerNorm(config.hidden)

    def forward(self, ids: Tensor) -> Tensor:
        x: Tensor = self.embeddings(ids)
        for layer in self.encoder.layers:
            x = layer(x)
        return self.final_layer_norm(x)


class ClipText(nn.Module):
    """Token ids (B, L) -> pooled text (B, W): the projected end-of-text token, which has the highest id of its row."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.text_model = _TextModel(config)
        self.text_projection = nn.Linear(config.hidden, config.width, bias=False)
        self._initialise(config)

    def _initialise(self, config: TextConfig) -> None:
        """CLIP's own: deviations that keep the residual stream's size over the layers."""
        residual = config.hidden**-0.5 * (2 * config.layers) ** -0.5
        embeddings = self.text_model.embeddings
        nn.init.normal_(embeddings.token_embedding.weight, std=0.02)
        nn.init.normal_(embeddings.position_embedding.weight, std=0.02)
        nn.init.normal_(self.text_projection.weight, std=config.hidden**-0.5)
        for name, value in self.text_model.encoder.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(value)
            elif name.endswith(("q_proj.weight", "k_proj.weight", "v_proj.weight", "fc2.weight")):
                nn.init.normal_(value, std=residual)
            elif name.endswith("out_proj.weight"):
                nn.init.normal_(value, std=config.hidden**-0.5)
            elif name.endswith("fc1.weight"):
                nn.init.normal_(value, std=(2 * config.hidden) ** -0.5)

    def forward(self, ids: Tensor) -> Tensor:
        """Attention is causal, so padding behind the end changes nothing."""
        x = self.text_model(ids)
        return self.text_projection(x[torch.arange(len(ids), device=ids.device), ids.argmax(dim=-1)])
