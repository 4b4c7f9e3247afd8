# SPDX-License-Identifier: GPL-3.0-or-later
"""Coarse to fine: from all tokens masked to one, all that are masked are predicted again at every step.

What is predicted for a token that the next step masks again is thrown away there. So only the tokens that leave the
mask are solved, each once: 49 in a clip of 9.8 s instead of 380 in twelve steps, for the same result. The others are
sketched (one evaluation) where somebody looks at the whole motion: guidance, an edit's wishes, a preview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import torch
from torch import Tensor

from .autoencoder import Autoencoder
from .generator import Generator
from .guidance import Passage, climbed, slope
from .masking import masked_counts, ranks
from .path_autoencoder import PathAutoencoder
from .recognizer import Recognizer
from .solver import SolverName

REFINED = 0.16  # share of the tokens that refinement predicts again at every step (the released edit())


class Cancelled(Exception):  # noqa: N818  (not a fault: the user asked for it)
    """The user took the request back."""


@dataclass(frozen=True)
class Sampling:
    """How to sample."""

    steps: int = 12
    guidance_scale: float = 4.5  # classifier-free, inside the head; 1 turns it off
    solver: SolverName = "adams"  # of the head's ODE
    evaluations: int = 18  # of the head per token; dopri5 takes its own number
    whole: bool = False  # solve every masked token at every step, as the released code does
    strength: float = 0.0  # lambda of the recognizer's guidance; 0 turns it off
    guided_from: float = 2 / 3  # share of the steps that are done before the recognizer is asked
    begin: float = 0.0  # time of the schedule at which it begins; 0: all tokens masked, nearer to 1: fewer
    candidates: int = 1  # motions for one that is wanted, at most; the recognizer keeps the best (``motions``)
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


Look = Callable[[], Tensor]  # the latents (B, T, C) of the whole motion as far as it is known
# Called after every step with its number from 1; what there is to see is made when it is looked at, within the call.
Watch = Callable[[int, Look], None]
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
    watch: Watch = lambda _step, _look: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Tensor:
    """Latents (B, T, C) for conditions (B, W), all of ``tokens`` tokens.

    Every row has a source of randomness of its own on the CPU, so it comes out the same alone and in company, and the
    same whether or not somebody watches. With classifier-free guidance both halves of the batch share one call.
    ``steer`` moves all tokens that are not known, also those that are no longer masked.

    Raises:
        Cancelled: ``cancelled()`` was true before a step.
    """
    B, C = len(condition), generator.config.latent
    where = condition.device
    keep = torch.zeros(B, tokens, dtype=torch.bool) if known is None else known.keep.cpu()
    latents = torch.zeros(B, tokens, C, device=where) if known is None else known.latents
    free = sampling.guidance_scale != 1.0
    modulations = generator.modulations(torch.cat([condition, torch.zeros_like(condition)]) if free else condition)
    early = keep if known is None or known.early is None else known.early.cpu().expand_as(keep)
    guided = guide is not None and sampling.strength > 0
    for step, (hidden, leaving) in enumerate(_schedule(keep, early, sources, sampling), start=1):
        if cancelled():
            raise Cancelled
        now = _Step(generator, sampling, modulations, latents, hidden, sources)
        final = hidden if sampling.whole else leaving
        rest = hidden & ~final
        latents = now.solved(latents, final)
        reads = guided and bool(final.any()) and step > sampling.guided_from * sampling.steps
        if reads or steer is not None:
            latents, rest = now.sketched(latents, rest), torch.zeros_like(rest)
        if guide is not None and reads:
            latents = _guided(latents, guide, final.to(where), sampling.strength)
        if steer is not None:
            latents = steer(latents, ~keep.to(where))
        watch(step, partial(now.sketched, latents, rest))
    return latents


class _Step:
    """What one step predicts, computed as it is asked for: the context at most once, and only the tokens named.

    Tokens are named by masks (B, T) on the CPU; ``latents`` are those before the step.
    """

    def __init__(
        self,
        generator: Generator,
        sampling: Sampling,
        modulations: Sequence[Tensor],
        latents: Tensor,
        hidden: Tensor,
        sources: Sequence[torch.Generator],
    ) -> None:
        self._generator, self._sampling, self._modulations = generator, sampling, modulations
        self._latents, self._hidden, self._sources = latents, hidden, sources
        self._noise = self._draw()  # always, so that what is looked at does not change what is drawn later

    def _draw(self) -> Tensor:
        tokens, channels = self._latents.shape[1:]
        noise = torch.stack([torch.randn(tokens, channels, generator=source) for source in self._sources])
        return noise.to(self._latents.device)

    @cached_property
    def _contexts(self) -> tuple[Tensor, Tensor | None]:
        """Of all tokens (B T, D), with the text and, for classifier-free guidance, without."""
        hidden = self._hidden.to(self._latents.device)
        shown = torch.where(hidden[..., None], self._generator.mask_token, self._latents)
        free = self._sampling.guidance_scale != 1.0
        made = self._generator.contexts(torch.cat([shown, shown]) if free else shown, None, self._modulations)
        made = made.flatten(0, 1)
        return (made[: len(made) // 2], made[len(made) // 2 :]) if free else (made, None)

    def solved(self, latents: Tensor, rows: Tensor) -> Tensor:
        """Latents (B, T, C) with those tokens drawn from the head."""
        index = _places(rows, latents)
        context, unconditional = self._of(index)
        sampling = self._sampling
        values = self._generator.head.sample(
            self._noise.flatten(0, 1)[index],
            context,
            unconditional,
            sampling.guidance_scale,
            draw=lambda: self._draw().flatten(0, 1)[index],
            solver=sampling.solver,
            evaluations=sampling.evaluations,
        )
        return _put(latents, index, values)

    def sketched(self, latents: Tensor, rows: Tensor) -> Tensor:
        """Latents (B, T, C) with a first idea of those tokens."""
        index = _places(rows, latents)
        context, unconditional = self._of(index)
        noise = self._noise.flatten(0, 1)[index]
        values = self._generator.head.sketch(noise, context, unconditional, self._sampling.guidance_scale)
        return _put(latents, index, values)

    def _of(self, index: Tensor) -> tuple[Tensor, Tensor | None]:
        if not len(index):
            none = self._latents.new_zeros(0, self._generator.config.width)
            return none, none
        context, unconditional = self._contexts
        return context[index], None if unconditional is None else unconditional[index]


def _places(rows: Tensor, like: Tensor) -> Tensor:
    """Where a mask (B, T) on the CPU is set, as numbers into (B T,): a mask on a GPU would be waited for."""
    return rows.flatten().nonzero()[:, 0].to(like.device)


def _put(latents: Tensor, index: Tensor, values: Tensor) -> Tensor:
    return latents.flatten(0, 1).index_copy(0, index, values).view_as(latents)


def _guided(latents: Tensor, guide: Guide, final: Tensor, strength: float) -> Tensor:
    """Latents (B, T, C) after a step along the recognizer's gradient, on the tokens ``final`` (B, T)."""
    rise = slope(guide.autoencoder, guide.recognizer, latents, guide.text, passages=guide.passages)
    # adding zero to the others may turn -0.0 into 0.0
    return torch.where(final[..., None], climbed(latents, rise.gradient, final, strength), latents)


def _schedule(
    keep: Tensor, early: Tensor, sources: Sequence[torch.Generator], sampling: Sampling
) -> Iterator[tuple[Tensor, Tensor]]:
    """Tokens (B, T) that are masked at each step, and those of them that the next step does not mask again."""
    masks = list(_masks(keep, early, sources, sampling))
    for hidden, after in zip(masks, [*masks[1:], torch.zeros_like(keep)], strict=True):
        yield hidden, hidden & ~after


def _masks(keep: Tensor, early: Tensor, sources: Sequence[torch.Generator], sampling: Sampling) -> Iterator[Tensor]:
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
