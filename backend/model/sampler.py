# SPDX-License-Identifier: GPL-3.0-or-later
"""Coarse to fine: from all tokens masked to one, all that are masked are predicted again at every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .autoencoder import Autoencoder
from .generator import Generator
from .guidance import Passage, climbed, slope
from .masking import masked_counts, ranks
from .path_autoencoder import PathAutoencoder
from .recognizer import Recognizer

REFINED = 0.16  # share of the tokens that refinement predicts again at every step (the released edit())


class Cancelled(Exception):  # noqa: N818  (not a fault: the user asked for it)
    """The user took the request back."""


@dataclass(frozen=True)
class Sampling:
    """How to sample."""

    steps: int = 12
    guidance_scale: float = 4.5  # classifier-free, inside the head; 1 turns it off
    evaluations: int = 8  # of the head per step; 0: adaptive solver
    strength: float = 0.0  # lambda of the recognizer's guidance; 0 turns it off
    begin: float = 0.0  # time of the schedule at which it begins; 0: all tokens masked, nearer to 1: fewer
    refine: bool = False  # no schedule: at each step a random 16 % is predicted again


@dataclass(frozen=True)
class Guide:
    """What guidance by the recognizer needs: its text feature (B, feature) and the modules to differentiate through.

    With ``passages`` each of them is read by itself and compared with its own text.
    """

    recognizer: Recognizer
    autoencoder: Autoencoder | PathAutoencoder
    text: Tensor
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class Known:
    """Tokens that stay: ``latents`` (B, T, C) are kept bit for bit where ``keep`` (B, T) is True.

    The others are what a sampling that begins late, or refinement, begins with. Those of ``early`` (T,) are settled
    before the rest, so that this is predicted with them in sight.
    """

    latents: Tensor
    keep: Tensor
    early: Tensor | None = None


# Called after every step with its number from 1, the latents (B, T, C) and, with guidance, their motion (B, F, 66).
Watch = Callable[[int, Tensor, Tensor | None], None]
# Latents (B, T, C) moved towards what the user wants, on the tokens (B, T) that may change.
Steer = Callable[[Tensor, Tensor], Tensor]


@torch.no_grad()
def sample(
    generator: Generator,
    condition: Tensor,
    tokens: int,
    sources: Sequence[torch.Generator],
    sampling: Sampling,
    *,
    guide: Guide | None = None,
    known: Known | None = None,
    steer: Steer | None = None,
    watch: Watch = lambda _step, _latents, _joints: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Tensor:
    """Latents (B, T, C) for conditions (B, W), all of ``tokens`` tokens.

    Every row has a source of randomness of its own on the CPU, so it comes out the same alone and in company.
    Only masked tokens go through the head; with guidance both halves of the batch share one call. ``steer`` moves all
    tokens that are not known, also those that are no longer masked.

    Raises:
        Cancelled: ``cancelled()`` was true before a step.
    """
    B, C = len(condition), generator.config.latent
    where = condition.device
    keep = torch.zeros(B, tokens, dtype=torch.bool) if known is None else known.keep.cpu()
    latents = torch.zeros(B, tokens, C, device=where) if known is None else known.latents
    free = sampling.guidance_scale != 1.0
    embedded = generator.condition_in(torch.cat([condition, torch.zeros_like(condition)]) if free else condition)
    early = keep if known is None or known.early is None else known.early.cpu().expand_as(keep)
    for step, hidden in enumerate(_schedule(keep, early, sources, sampling), start=1):
        if cancelled():
            raise Cancelled
        hidden = hidden.to(where)  # noqa: PLW2901
        shown = torch.where(hidden[..., None], generator.mask_token, latents)
        context = generator.contexts(torch.cat([shown, shown]) if free else shown, None, embedded)

        def draw(hidden: Tensor = hidden) -> Tensor:
            noise = torch.stack([torch.randn(tokens, C, generator=source) for source in sources])
            return noise.to(where)[hidden]

        latents = latents.clone()
        latents[hidden] = generator.head.sample(
            draw,
            context[:B][hidden],
            context[B:][hidden] if free else None,
            sampling.guidance_scale,
            sampling.evaluations,
        )
        joints = None
        if guide is not None and sampling.strength > 0:
            rise = slope(guide.autoencoder, guide.recognizer, latents, guide.text, passages=guide.passages)
            latents, joints = climbed(latents, rise.gradient, hidden, sampling.strength), rise.joints
            if known is not None:  # adding zero may still turn -0.0 into 0.0
                latents = torch.where(hidden[..., None], latents, shown)
        if steer is not None:
            latents, joints = steer(latents, ~keep.to(where)), None
        watch(step, latents, joints)
    return latents


def _schedule(keep: Tensor, early: Tensor, sources: Sequence[torch.Generator], sampling: Sampling) -> Iterator[Tensor]:
    """Tokens (B, T) to predict at each step, never one that is kept (B, T), on the CPU."""
    tokens = keep.shape[1]
    editable = (~keep).sum(dim=-1)
    steps = sampling.steps
    counts = masked_counts(steps, editable, sampling.begin)
    if sampling.refine:
        counts = torch.round(REFINED * editable).clamp(min=1).long().expand(steps, -1)
    rank: Tensor | None = None
    for count in counts:
        if rank is None or sampling.refine:
            # known tokens come last in the order, so they are never among the masked ones
            rank = ranks(torch.stack([torch.rand(tokens, generator=source) for source in sources]) + early + 2 * keep)
        yield (rank < count[:, None]) & ~keep
