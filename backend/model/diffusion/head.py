# SPDX-License-Identifier: GPL-3.0-or-later
"""The diffusion head: a small MLP per token that turns noise into a latent, given the transformer's context.

Two kinds share the network: SiT predicts the velocity of a straight path, DDPM the noise of 50 cosine steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor, nn

from ..config import GeneratorConfig, HeadKind
from .head_net import HeadNet
from .solver import RELEASED_ATOL, RELEASED_RTOL, FixedSolver, SolverName, dopri5, solve, times

DDPM_STEPS = 50
SKETCH_FROM, SKETCH_STRIDE = 45, 5  # of the 50 steps: before 45 there is next to no signal to divide by
NoiseDraw = Callable[[], Tensor]  # fresh standard normal noise (N, C)


class Head(nn.Module):
    """What both kinds share: the loss of a batch at moments of its path that are drawn at random."""

    def moments(self, count: int, generator: torch.Generator | None) -> Tensor:
        """Where on the path each of ``count`` rows is looked at, (N,) on the CPU."""
        raise NotImplementedError

    def errors(self, target: Tensor, context: Tensor, moment: Tensor, noise: Tensor) -> Tensor:
        """What the network is off by (N, C) at moments (N,) with noise (N, C)."""
        raise NotImplementedError

    def loss_at(
        self, target: Tensor, context: Tensor, moment: Tensor, noise: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        """Mean square of each row's errors (N,), its channels by ``weights`` (C,), or all alike."""
        squares = self.errors(target, context, moment, noise).square()
        mean: Tensor = (squares if weights is None else squares * weights).mean(dim=-1)
        return mean

    def loss(
        self,
        target: Tensor,
        context: Tensor,
        generator: torch.Generator | None = None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """As ``loss_at`` at random moments with fresh noise."""
        moment = self.moments(target.shape[0], generator).to(target.device)
        noise = torch.randn(target.shape, generator=generator).to(target.device)
        return self.loss_at(target, context, moment, noise, weights)


class SiTHead(Head):
    """Linear path x_t = t x_1 + (1 - t) x_0 with x_0 noise; velocity target x_1 - x_0."""

    draws = 0  # of fresh noise while a token is sampled

    def __init__(self, net: HeadNet) -> None:
        super().__init__()
        self.net = net

    def moments(self, count: int, generator: torch.Generator | None) -> Tensor:
        """Random times (N,)."""
        return torch.rand(count, generator=generator)

    def errors(self, target: Tensor, context: Tensor, moment: Tensor, noise: Tensor) -> Tensor:
        """Of the velocity, at times (N,)."""
        x = moment[:, None] * target + (1 - moment[:, None]) * noise
        off: Tensor = self.net(x, moment, context).float() - (target - noise)
        return off

    def sample(
        self,
        noise: Tensor,
        context: Tensor,
        unconditional: Tensor | None,
        scale: float | Tensor,
        *,
        draw: NoiseDraw | None = None,
        solver: SolverName,
        evaluations: int,
    ) -> Tensor:
        """Integrate from noise (N, C) at t = 0 to latents (N, C) at t = 1, for ``evaluations`` of the network."""
        del draw
        if not len(noise):
            return noise
        if solver == "dopri5":

            def velocity(t: Tensor, x: Tensor) -> Tensor:
                return self.net.guided(x, t.reshape(1), context, unconditional, scale)

            return dopri5(velocity, noise, atol=RELEASED_ATOL, rtol=RELEASED_RTOL)
        at = _times(solver, evaluations, noise.dtype, noise.device)
        return solve(solver, self.net.prepared(at, context, unconditional, scale), noise, evaluations)

    def sketch(self, noise: Tensor, context: Tensor, unconditional: Tensor | None, scale: float | Tensor) -> Tensor:
        """The mean (N, C) of what ``sample`` makes of a context, for one evaluation.

        At t = 0 the state is noise that tells nothing of x_1, so the velocity is E[x_1 | context] - x_0.
        """
        return noise + self.net.guided(noise, noise.new_zeros(1), context, unconditional, scale)


@lru_cache(maxsize=16)
def _times(solver: FixedSolver, evaluations: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The times (E,) of a solver, sent over to the device once."""
    return torch.tensor(times(solver, evaluations), dtype=dtype, device=device)


class DDPMHead(Head):
    """50 steps on the cosine schedule, noise prediction, fixed small variance."""

    draws = DDPM_STEPS - 1  # of fresh noise while a token is sampled
    alpha_bar: Tensor
    of_clean: Tensor
    of_noisy: Tensor
    log_variance: Tensor

    def __init__(self, net: HeadNet) -> None:
        super().__init__()
        self.net = net
        betas = cosine_betas(DDPM_STEPS)
        alpha_bar = torch.cumprod(1 - betas, dim=0)  # share of the signal in x_t
        before = torch.cat([alpha_bar.new_ones(1), alpha_bar[:-1]])
        variance = betas * (1 - before) / (1 - alpha_bar)
        tables = {
            "alpha_bar": alpha_bar,
            "of_clean": betas * before.sqrt() / (1 - alpha_bar),
            "of_noisy": (1 - before) * (1 - betas).sqrt() / (1 - alpha_bar),
            # the first variance is zero: its logarithm is taken from the second
            "log_variance": torch.log(torch.cat([variance[1:2], variance[1:]])),
        }
        for name, table in tables.items():
            self.register_buffer(name, table.float(), persistent=False)

    def noised(self, target: Tensor, step: Tensor, noise: Tensor) -> Tensor:
        """x_t (N, C) of clean latents at steps (N,)."""
        alpha_bar = self.alpha_bar[step][:, None]
        return alpha_bar.sqrt() * target + (1 - alpha_bar).sqrt() * noise

    def moments(self, count: int, generator: torch.Generator | None) -> Tensor:
        """Random steps (N,)."""
        return torch.randint(0, DDPM_STEPS, (count,), generator=generator)

    def errors(self, target: Tensor, context: Tensor, moment: Tensor, noise: Tensor) -> Tensor:
        """Of the noise, at steps (N,)."""
        off: Tensor = self.net(self.noised(target, moment, noise), moment, context).float() - noise
        return off

    def clean(self, x: Tensor, step: Tensor, noise: Tensor) -> Tensor:
        """The clean latents (N, C) that x_t and the predicted noise mean."""
        alpha_bar = self.alpha_bar[step][:, None]
        return (1 / alpha_bar).sqrt() * x - (1 / alpha_bar - 1).sqrt() * noise

    def posterior(self, clean: Tensor, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
        """Mean (N, C) and log variance (N, 1) of x_(t-1) given the clean latents and x_t."""
        rows = step[:, None]
        return self.of_clean[rows] * clean + self.of_noisy[rows] * x, self.log_variance[rows]

    def sample(
        self,
        noise: Tensor,
        context: Tensor,
        unconditional: Tensor | None,
        scale: float | Tensor,
        *,
        draw: NoiseDraw,
        solver: SolverName = "euler",
        evaluations: int = DDPM_STEPS,
    ) -> Tensor:
        """Ancestral sampling (N, C) through all 50 steps, whose number belongs to the training of this head.

        ``draw`` gives the fresh noise (N, C) of each of them but the last.
        """
        del solver, evaluations
        x, steps = noise, torch.arange(DDPM_STEPS - 1, -1, -1, device=noise.device)
        predict = self.net.prepared(steps, context, unconditional, scale)
        for number, step in enumerate(torch.split(steps, 1)):
            predicted = predict(number, x)
            x, log_variance = self.posterior(self.clean(x, step, predicted), x, step)
            if number < DDPM_STEPS - 1:
                x = x + (0.5 * log_variance).exp() * draw()
        return x

    def sketch(self, noise: Tensor, context: Tensor, unconditional: Tensor | None, scale: float | Tensor) -> Tensor:
        """Latents (N, C) by ten deterministic steps (DDIM, arXiv 2010.02502), to look at on the way."""
        x, steps = noise, torch.arange(SKETCH_FROM, -1, -SKETCH_STRIDE, device=noise.device)
        predict = self.net.prepared(steps, context, unconditional, scale)
        for number, step in enumerate(torch.split(steps, 1)):
            predicted = predict(number, x)
            x = self.clean(x, step, predicted)
            if number < len(steps) - 1:
                x = self.noised(x, step - SKETCH_STRIDE, predicted)
        return x


def cosine_betas(steps: int) -> Tensor:
    """Betas (steps,) float64 of the squared-cosine schedule with offset 0.008, at most 0.999."""
    at = torch.arange(steps + 1, dtype=torch.float64) / steps
    alpha_bar = torch.cos((at + 0.008) / 1.008 * math.pi / 2).square()
    return (1 - alpha_bar[1:] / alpha_bar[:-1]).clamp(max=0.999)


def build_head(config: GeneratorConfig) -> SiTHead | DDPMHead:
    """The head that the config names."""
    kinds: dict[HeadKind, type[SiTHead] | type[DDPMHead]] = {"sit": SiTHead, "ddpm": DDPMHead}
    return kinds[config.head](HeadNet(config.latent, config.width, config.head_width, config.head_depth))
