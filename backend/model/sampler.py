# SPDX-License-Identifier: GPL-3.0-or-later
"""Coarse to fine: from all tokens masked to one, all that are masked are predicted again at every step.

What is predicted for a token that the next step masks again is thrown away there. So only the tokens that leave the
mask are solved, each once: 49 in a clip of 9.8 s instead of 380 in twelve steps, for the same result. The others are
sketched (one evaluation) where somebody looks at the whole motion: guidance, an edit's constraints, a preview.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import torch
from torch import Tensor

from .autoencoders.autoencoder import Autoencoder
from .autoencoders.path_autoencoder import GROUND, PathAutoencoder
from .device import uploaded
from .diffusion.solver import SolverName
from .generator import Generator
from .graphs import Graphs, Work, replayed
from .guidance import Passage, climbed, slope
from .masking import masked_counts, ranks
from .recognizer import Recognizer

# Rows for each motion in a graph of the head: in 12 steps never more than 7 of 49 tokens leave the mask at once.
ROOM = 8
MOST_GRAPHED = 8  # motions at once; with more a card has enough to do while the host launches
REFINED = 0.16  # share of the tokens that refinement predicts again at every step (the released edit())


class Cancelled(Exception):  # noqa: N818  (not a fault: the user asked for it)
    """The user took the request back."""


@dataclass(frozen=True)
class Sampling:
    """How to sample.

    Guidance exaggerates what the text says, which makes a gesture clear. Where a figure is on the ground must not be
    exaggerated: tokens that are drawn early, with little around them, then lie metres too far, and the motion leaps
    between them and the later ones. Of 15 runs of 6 s the fastest frame was at 5 to 47 m/s with 3.25 for all channels
    and at 3 to 9 m/s with 1.5 for the ground; their median paces were 5.3 and 3.7, that of recorded runs is 3.3 m/s.
    """

    steps: int = 12
    guidance_scale: float = 4.5  # classifier-free, inside the head; 1 turns it off
    ground_guidance_scale: float = 0.0  # at most, of the latent channels ``GROUND``; 0: as the others
    solver: SolverName = "adams"  # of the head's ODE
    evaluations: int = 18  # of the head per token; dopri5 takes its own number
    whole: bool = False  # solve every masked token at every step, as the released code does
    strength: float = 0.0  # lambda of the recognizer's guidance; 0 turns it off
    guided_from: float = 2 / 3  # share of the steps that are done before the recognizer is asked
    begin: float = 0.0  # time of the schedule at which it begins; 0: all tokens masked, nearer to 1: fewer
    candidates: int = 1  # motions for one that is wanted, at most; the recognizer keeps the best (``motions``)
    retries: bool = True  # others are made where a motion misses what its prompt says (``motions``)
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
    before the rest, so that this is predicted with them in sight. Both masks are on the CPU.
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
    keep = torch.zeros(B, tokens, dtype=torch.bool) if known is None else known.keep
    latents = torch.zeros(B, tokens, C, device=where) if known is None else known.latents
    free = sampling.guidance_scale != 1.0
    modulations = torch.stack(
        generator.modulations(torch.cat([condition, torch.zeros_like(condition)]) if free else condition)
    )
    early = keep if known is None or known.early is None else known.early.expand_as(keep)
    guided = guide is not None and sampling.strength > 0
    turns = _turns(_schedule(keep, early, sources, sampling), sampling.whole, where)
    (changes,) = uploaded([~keep], where)
    scales = _scales(sampling, C, where)
    noise = _noise(sources, (tokens, C), len(turns), generator.head.draws, where)
    for step, (turn, drawn) in enumerate(zip(turns, noise, strict=True), start=1):
        if cancelled():
            raise Cancelled
        now = _Step(generator, sampling, modulations, scales, latents, turn.hidden, drawn)
        rest = turn.open
        latents = now.solved(latents, turn.leaving)
        reads = guided and len(turn.leaving) > 0 and step > sampling.guided_from * sampling.steps
        if reads or steer is not None:
            latents, rest = now.sketched(latents, rest), rest[:0]
        if guide is not None and reads:
            latents = _guided(latents, guide, turn.final, sampling.strength)
        if steer is not None:
            latents = steer(latents, changes)
        watch(step, partial(now.sketched, latents, rest))
    return latents


@dataclass(frozen=True)
class _Turn:
    """Which tokens (B, T) a step works on: those masked in it, those of them that it solves for good, also as places
    in (B T,), and the places of the others, which stay open."""

    hidden: Tensor
    final: Tensor
    leaving: Tensor
    open: Tensor


def _turns(schedule: Iterable[tuple[Tensor, Tensor]], whole: bool, device: torch.device) -> list[_Turn]:
    """The steps of a schedule on a device, in two copies. Places, as a mask on a GPU would be waited for."""
    steps = [(hidden, hidden if whole else leaving) for hidden, leaving in schedule]
    masks = [mask for step in steps for mask in step]
    places = [rows.flatten().nonzero()[:, 0] for hidden, final in steps for rows in (final, hidden & ~final)]
    there = uploaded([*masks, *places], device)
    pairs, numbers = iter(there[: len(masks)]), iter(there[len(masks) :])
    return [_Turn(next(pairs), next(pairs), next(numbers), next(numbers)) for _ in steps]


def _noise(
    sources: Sequence[torch.Generator], shape: tuple[int, int], steps: int, draws: int, device: torch.device
) -> Iterator[Tensor]:
    """Standard normal noise (1 + draws, B, T, C) of each step, for tokens of ``shape`` (T, C).

    It is drawn in every step, so that what is looked at does not change what is drawn later. All of it goes over to
    the device in one copy, unless a head that takes ``draws`` more on its way makes that too much.
    """

    def drawn(count: int) -> Tensor:
        rows = [torch.stack([torch.randn(*shape, generator=source) for source in sources]) for _ in range(count)]
        return torch.stack(rows)

    if draws:
        for _ in range(steps):
            yield uploaded([drawn(1 + draws)], device)[0]
    else:
        yield from uploaded([drawn(steps)], device)[0][:, None]


def _scales(sampling: Sampling, channels: int, device: torch.device) -> Tensor:
    """The guidance scale of each latent channel (C,), filled in on the device, which nobody waits for."""
    scales = torch.full((channels,), sampling.guidance_scale, device=device)
    for channel in GROUND if sampling.ground_guidance_scale else ():
        scales[channel : channel + 1].fill_(min(sampling.ground_guidance_scale, sampling.guidance_scale))
    return scales


class _Step:
    """What one step predicts, computed as it is asked for: the context at most once, and only the tokens named.

    Tokens are named by their places in (B T,); ``latents`` are those before the step.
    """

    def __init__(
        self,
        generator: Generator,
        sampling: Sampling,
        modulations: Tensor,
        scales: Tensor,
        latents: Tensor,
        hidden: Tensor,
        noise: Tensor,
    ) -> None:
        self._generator, self._sampling, self._modulations = generator, sampling, modulations
        self._scales = scales.to(noise.dtype)
        self._latents, self._hidden = latents, hidden
        self._noise, *self._further = noise.flatten(1, 2)  # each (B T, C)

    @cached_property
    def _contexts(self) -> tuple[Tensor, Tensor | None]:
        """Of all tokens (B T, D), with the text and, for classifier-free guidance, without."""
        free = self._sampling.guidance_scale != 1.0

        def work(latents: Tensor, hidden: Tensor, modulations: Tensor) -> Tensor:
            inputs = torch.where(hidden[..., None], self._generator.mask_token, latents)
            return self._generator.contexts(torch.cat([inputs, inputs]) if free else inputs, None, modulations).flatten(
                0, 1
            )

        made = replayed(self._graphs, ("contexts", free), work, self._latents, self._hidden, self._modulations)
        return (made[: len(made) // 2], made[len(made) // 2 :]) if free else (made, None)

    def solved(self, latents: Tensor, places: Tensor) -> Tensor:
        """Latents (B, T, C) with those tokens drawn from the head."""
        head, solver, evaluations = self._generator.head, self._sampling.solver, self._sampling.evaluations
        count, room = len(places), ROOM * len(latents)
        graphed = self._graphs is not None and solver != "dopri5" and not head.draws and 0 < count <= room
        rows = torch.cat([places, places[-1:].expand(room - count)]) if graphed else places
        further = iter(self._further)

        def work(noise: Tensor, scale: Tensor, context: Tensor, unconditional: Tensor | None = None) -> Tensor:
            return head.sample(
                noise,
                context,
                unconditional,
                scale,
                draw=lambda: next(further)[places],
                solver=solver,
                evaluations=evaluations,
            )

        return _put(latents, places, self._by_head(("head", solver, evaluations), work, rows, graphed)[:count])

    def sketched(self, latents: Tensor, places: Tensor) -> Tensor:
        """Latents (B, T, C) with a first idea of those tokens."""
        head, graphed = self._generator.head, self._graphs is not None and len(places) > 0

        def work(noise: Tensor, scale: Tensor, context: Tensor, unconditional: Tensor | None = None) -> Tensor:
            return head.sketch(noise, context, unconditional, scale)

        if not graphed:
            return _put(latents, places, self._by_head("sketch", work, places, graphed))
        every = torch.arange(len(self._noise), device=places.device)  # one shape, however many are open
        return _put(latents, places, self._by_head("sketch", work, every, graphed)[places])

    def _by_head(self, name: Hashable, work: Work, places: Tensor, graphed: bool) -> Tensor:
        """What the head makes of those tokens (N, C), by a graph if it may be one."""
        context, unconditional = self._of(places)
        further = () if unconditional is None else (unconditional,)
        if not graphed:
            return work(self._noise[places], self._scales, context, *further)
        return replayed(self._graphs, name, work, self._noise[places], self._scales, context, *further)

    @property
    def _graphs(self) -> Graphs | None:
        """Where the batch is so small that launches take longer than the work."""
        return self._generator.graphs if len(self._latents) <= MOST_GRAPHED else None

    def _of(self, places: Tensor) -> tuple[Tensor, Tensor | None]:
        if not len(places):
            none = self._latents.new_zeros(0, self._generator.config.width)
            return none, none
        context, unconditional = self._contexts
        return context[places], None if unconditional is None else unconditional[places]


def warm(generator: Generator, tokens: int, sampling: Sampling) -> Tensor:
    """Latents (1, T, C) of nothing in particular: a sampling whose graphs are there from then on."""
    condition = generator.mask_token.new_zeros(1, generator.config.condition, dtype=torch.float32)
    quick = replace(sampling, steps=min(2, sampling.steps), strength=0.0)
    return sample(generator, condition, tokens, [torch.Generator().manual_seed(0)], quick)


def _put(latents: Tensor, places: Tensor, values: Tensor) -> Tensor:
    return latents.flatten(0, 1).index_copy(0, places, values).view_as(latents)


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
