# SPDX-License-Identifier: GPL-3.0-or-later
"""Low-rank adapters (LoRA, arXiv 2106.09685): what is learnt, beside weights that stay as they are.

A linear layer with weight W (out, in) becomes W + b a with a (r, in) and b (out, r). While it learns, b and a are
applied to the layer's input, which needs no gradient of a whole weight: a step takes a third less. For use the sum is
made once, so a taught model samples as fast as the one it was taught from.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .generator import Generator

RANK = 32


class Adapted(nn.Module):
    """A linear layer whose own weight is frozen, with adapters; at first it does what the layer did, as b is zero."""

    def __init__(self, layer: nn.Linear, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        self.in_features, self.out_features = layer.in_features, layer.out_features
        self.frozen, self.bias = layer.weight.requires_grad_(False), layer.bias
        start = torch.randn(rank, layer.in_features, generator=generator) / layer.in_features**0.5
        self.a = nn.Parameter(start.to(layer.weight.device))
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank, device=layer.weight.device))

    @property
    def weight(self) -> Tensor:
        """W + b a, for those that read the weights themselves."""
        return torch.addmm(self.frozen, self.b, self.a)

    def forward(self, x: Tensor) -> Tensor:
        """What a linear layer with that weight does."""
        low = functional.linear(functional.linear(x, self.a), self.b)
        return functional.linear(x, self.frozen, self.bias) + low


def adapted_layers(generator: Generator) -> dict[str, nn.Linear]:
    """The layers that adapters belong to, by name: all linear ones, also that which reads the words."""
    return {name: layer for name, layer in generator.named_modules() if isinstance(layer, nn.Linear)}


def with_adapters(generator: Generator, rank: int = RANK, seed: int = 0) -> Generator:
    """A copy whose own weights are frozen and whose layers have adapters, the only parameters that learn."""
    copy = deepcopy(generator).float().requires_grad_(False)
    source = torch.Generator().manual_seed(seed)
    for name, layer in adapted_layers(copy).items():
        above, _, leaf = name.rpartition(".")
        setattr(copy.get_submodule(above), leaf, Adapted(layer, rank, source))
    return copy


def adapters_of(generator: Generator) -> dict[str, np.ndarray]:
    """What the adapters of ``with_adapters`` have learnt: ``NAME.a`` (r, in) and ``NAME.b`` (out, r), float16."""
    found = {name: module for name, module in generator.named_modules() if isinstance(module, Adapted)}
    parts = {f"{name}.{part}": getattr(module, part) for name, module in found.items() for part in ("a", "b")}
    return {name: value.detach().half().cpu().numpy() for name, value in parts.items()}


@torch.no_grad()
def merged(generator: Generator, *several: Mapping[str, np.ndarray]) -> Generator:
    """A copy of the generator with the adapters of one or several models in its weights, W + b a + b' a' + ...;
    ``generator`` itself stays as it is."""
    copy = deepcopy(generator)
    for name, layer in adapted_layers(copy).items():
        weight = layer.weight.float()
        for adapters in several:
            a, b = (torch.from_numpy(adapters[f"{name}.{part}"].astype(np.float32)) for part in ("a", "b"))
            weight = weight + (b @ a).to(weight.device)
        layer.weight.data = weight.to(layer.weight.dtype)
    return copy


def shapes(generator: Generator, rank: int) -> dict[str, tuple[int, int]]:
    """The shape of every array of ``adapters_of``."""
    found: dict[str, tuple[int, int]] = {}
    for name, layer in adapted_layers(generator).items():
        found[f"{name}.a"] = (rank, layer.in_features)
        found[f"{name}.b"] = (layer.out_features, rank)
    return found
