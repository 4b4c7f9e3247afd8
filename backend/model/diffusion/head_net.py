# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of the diffusion head, for any time, or prepared for times that are known beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from .solver import Course

TIME_FEATURES = 256
# Rows in one product of prepared modulations. With so many it is bound by operations: more of them would save nothing,
# and what is held (123 MB at full size in float32) would grow with the batch.
ROWS = 256
# Multiplications up to which a product is left to one thread. Waking a second one takes longer: with 4 rows and a width
# of 384 a product takes 160 microseconds on two idle threads, 114 on one, and ten times as long where a core is busy.
SMALL = 2**20
EPSILON = 1e-6  # of the norms
Affine = tuple[Tensor, Tensor]  # weight and bias
Modulation = tuple[Tensor, ...]  # shift, 1 + scale and, but for the last, gate: (N, width) each


def time_features(t: Tensor) -> Tensor:
    """Sinusoidal features (N, 256) of times t (N,): cosines, then sines, period 10000."""
    half = TIME_FEATURES // 2
    rates = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32, device=t.device) / half)
    angles = t.float()[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class HeadBlock(nn.Module):
    """Affine LayerNorm, shift and scale, two linear layers, gate, residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        self.modulation = nn.Linear(width, 3 * width)
        self.inner = nn.Linear(width, width)
        self.outer = nn.Linear(width, width)


class HeadNet(nn.Module):
    """The MLP: latent (N, C), time (N,) and context (N, D) -> prediction (N, C)."""

    def __init__(self, latent: int, context: int, width: int, depth: int) -> None:
        super().__init__()
        self.latent_in = nn.Linear(latent, width)
        self.context_in = nn.Linear(context, width)
        self.time_inner = nn.Linear(TIME_FEATURES, width)
        self.time_outer = nn.Linear(width, width)
        self.blocks = nn.ModuleList(HeadBlock(width) for _ in range(depth))
        self.final_modulation = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, latent)
        self._initialise()

    def _initialise(self) -> None:
        """Every block starts as the identity and the output as zero."""
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)
        for layer in self.modulating():
            nn.init.zeros_(layer.weight)
        for layer in (self.time_inner, self.time_outer):
            nn.init.normal_(layer.weight, std=0.02)
        nn.init.zeros_(self.out.weight)

    @property
    def width(self) -> int:
        """Of the blocks."""
        return self.out.in_features

    def modulating(self) -> list[nn.Linear]:
        """The layers that make the modulations of the blocks, and last that of the output: half of all weights."""
        layers = [block.modulation for block in self.blocks]
        return [*layers, self.final_modulation]  # type: ignore[list-item]

    def forward(self, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
        """Times may be one value for all rows (shape (1,)): its embedding is then computed once.

        The layers work in the precision of their weights; the prediction comes in that of ``x``.
        """
        signal = functional.silu(self.timed(t) + self.context_in(context.to(self.out.weight.dtype)))
        modulations = (_modulation(layer(signal), layer) for layer in self.modulating())
        core = self.core()
        return core(core.entered(x), modulations).to(x.dtype)

    def timed(self, t: Tensor) -> Tensor:
        """Embedding (N, width) of times (N,)."""
        features = time_features(t).to(self.out.weight.dtype)
        embedded: Tensor = self.time_outer(functional.silu(self.time_inner(features)))
        return embedded

    def core(self) -> Core:
        """What is left to do where the modulations are known."""
        blocks: list[tuple[Tensor, ...]] = []
        for block in self.blocks:
            assert isinstance(block, HeadBlock)
            layers = (block.norm, block.inner, block.outer)
            blocks.append(tuple(value for layer in layers for value in (layer.weight, layer.bias)))
        ends = [(layer.weight, layer.bias) for layer in (self.latent_in, self.out)]
        return Core(ends[0], ends[1], blocks)

    def guided(
        self, x: Tensor, t: Tensor, context: Tensor, unconditional: Tensor | None, scale: float | Tensor
    ) -> Tensor:
        """Classifier-free guidance: unconditional + scale (conditional - unconditional), both halves in one batch.

        Times t are one for all (1,) or one per row of that batch (2 N,).
        """
        if not len(x):
            return x
        if unconditional is None:
            return self(x, t, context)
        with_text, without = self(torch.cat([x, x]), t, torch.cat([context, unconditional])).chunk(2)
        return torch.lerp(without, with_text, scale)

    def prepared(self, times: Tensor, context: Tensor, unconditional: Tensor | None, scale: float | Tensor) -> Course:
        """``guided`` at times (E,) that are asked for in their order: the same predictions for less.

        A modulation depends on the time and the context alone. So those of many times are made in one product, for
        which the weights are read once. With many contexts one time has rows enough, and it is done as ever.
        """
        rows = context if unconditional is None else torch.cat([context, unconditional])
        if not 0 < 2 * len(rows) <= ROWS:
            return lambda number, x: self.guided(x, times[number : number + 1], context, unconditional, scale)
        return _Prepared(self, times, rows, None if unconditional is None else scale)


@dataclass(frozen=True)
class Core:
    """The weights and biases that every evaluation reads.

    They are looked up once: going through modules takes a quarter of the time of products of four rows.
    """

    latent_in: Affine
    out: Affine
    blocks: Sequence[tuple[Tensor, ...]]  # of the norm, the inner and the outer layer

    def entered(self, x: Tensor) -> Tensor:
        """Latents (N, C) in the width and precision of the blocks."""
        return functional.linear(x.to(self.out[0].dtype), *self.latent_in)

    def __call__(self, h: Tensor, modulations: Iterable[Modulation]) -> Tensor:
        """Prediction (N, C) of entered latents (N, width); each modulation is taken when its turn has come."""
        turns, width = iter(modulations), h.shape[-1:]
        for norm, norm_bias, inner, inner_bias, outer, outer_bias in self.blocks:
            shift, scale, gate = next(turns)
            part = torch.addcmul(shift, torch.layer_norm(h, width, norm, norm_bias, EPSILON), scale)
            part = functional.silu(functional.linear(part, inner, inner_bias))
            h = torch.addcmul(h, gate, functional.linear(part, outer, outer_bias))
        shift, scale = next(turns)
        return functional.linear(torch.addcmul(shift, torch.layer_norm(h, width, eps=EPSILON), scale), *self.out)


class _Prepared:
    """A network with the modulations of the next few times at hand."""

    def __init__(self, net: HeadNet, times: Tensor, rows: Tensor, scale: float | Tensor | None) -> None:
        self._core, self._modulating, self._scale = net.core(), net.modulating(), scale
        self._timed = net.timed(times)  # (E, width)
        self._context = net.context_in(rows.to(self._timed.dtype))  # (R, width)
        self._first = 0
        self._held: list[tuple[Modulation, ...]] = []  # one entry for each time from the first on

    def __call__(self, number: int, x: Tensor) -> Tensor:
        """Prediction (N, C) at a time for a state (N, C)."""
        if not 0 <= number - self._first < len(self._held):
            self._hold(number)
        with self._threads():
            h, modulations = self._core.entered(x), self._held[number - self._first]
            if self._scale is None:
                return self._core(h, modulations).to(x.dtype)
            with_text, without = self._core(torch.cat([h, h]), modulations).to(x.dtype).chunk(2)
            return torch.lerp(without, with_text, self._scale)

    def _threads(self) -> AbstractContextManager[None]:
        """As many threads as the products of this many rows are worth."""
        rows, width = self._context.shape
        return alone() if self._context.device.type == "cpu" and rows * width**2 <= SMALL else nullcontext()

    def _hold(self, first: int) -> None:
        """Make the modulations of the times from ``first`` on, as many as one product should have."""
        timed = self._timed[first : first + ROWS // len(self._context)]
        signal = functional.silu(timed[:, None] + self._context).flatten(0, 1)  # (e R, width)
        made = []
        for layer in self._modulating:
            parts = _modulation(layer(signal), layer)
            # for each time its rows of all parts
            made.append(zip(*(part.view(len(timed), -1, part.shape[1]).unbind() for part in parts), strict=True))
        self._first, self._held = first, list(zip(*made, strict=True))


@contextmanager
def alone() -> Iterator[None]:
    """Products of the calling thread take no other threads meanwhile."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _modulation(made: Tensor, layer: nn.Linear) -> Modulation:
    """The parts of what a layer made; one is added to the scale in its place."""
    shift, scale, *gate = made.chunk(layer.out_features // layer.in_features, dim=-1)
    return shift, 1 + scale, *gate
