# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions for prompts: how to sample, and joints out of it.

Where the recognizer finds too little of the prompt in a motion, more are made and the best is kept (``candidates``).
Where the prompt asks for an angle, a count or a side that the motion and its mirror image miss, or it sits where
nothing says so, more are made as well and the one that comes nearest is kept (``demands``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
import torch

from ...rigs.body.skeleton import FPS, TOKEN_FRAMES
from ...rigs.errors import UserError
from ..model.device import uploaded
from ..model.sampler import Guide, Sampling
from ..model.weights import System
from ..requests.generate import GenerateRequest, LazyPreview, SamplingOptions, StepReport
from .candidates import ArrangePreview, Asked, best_recognized, in_place_of
from .demands import Demand, demand_of, slowed, steered
from .finishing import finished
from .windows import Windows

ATTEMPTS = 3  # motions made besides the first where that misses a number of the prompt
Setting = TypeVar("Setting", int, float)


def frames_of(seconds: float) -> int:
    """Length of a motion at 20 fps."""
    return max(1, round(seconds * FPS))


def tokens_of(frames: int) -> int:
    """How many tokens hold so many frames; motions with as many can be made together."""
    return -(-frames // TOKEN_FRAMES)


def source(seed: int, number: int) -> torch.Generator:
    """Independent randomness of one variation, on the CPU so that every device draws the same."""
    words = np.random.SeedSequence([seed % 2**64, number]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(words[0] >> np.uint64(1)))


def sampling_of(system: System, options: SamplingOptions) -> Sampling:
    """The settings of a request for a model.

    dopri5 solves as the released code does, at its cost; that code makes one motion and keeps it. In bfloat16 it is
    refused (UserError ``precision``): it follows an error that is smaller than bfloat16 can tell.
    """
    generator, recognizer = system.config.generator, system.config.recognizer
    path = system.config.autoencoder.path  # without it no channel is the ground
    released = options.solver == "dopri5"
    if released and system.generator.mask_token.dtype != torch.float32:
        raise UserError("The solver dopri5 works in float32 alone.", "Give --precision float32.", "precision")

    def chosen(value: Setting | None, default: Setting) -> Setting:
        return default if value is None else value

    return Sampling(
        steps=chosen(options.steps, generator.steps),
        guidance_scale=chosen(options.guidance_scale, generator.guidance_scale),
        ground_guidance_scale=generator.ground_guidance_scale if path and not released else 0.0,
        solver=options.solver or "adams",
        evaluations=generator.evaluations,
        whole=released,
        strength=chosen(options.recognizer_guidance, recognizer.guidance),
        candidates=chosen(options.candidates, 1 if released else recognizer.candidates),
        retries=not released and options.candidates != 1,  # who asks for one motion gets that one
        guided_from=0.0 if released else Sampling.guided_from,
    )


def generate(
    system: System,
    request: GenerateRequest,
    *,
    report: StepReport = lambda _step, _of, _preview: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Joints (V, F, 22, 3) float32 of a request; its prompt is taken as it stands."""
    count = request.variations
    return np.stack(
        motions(
            system,
            [request.prompt] * count,
            [frames_of(request.seconds)] * count,
            [source(request.seed, number) for number in range(count)],
            sampling_of(system, request),
            report=report,
            cancelled=cancelled,
        )
    )


def motions(
    system: System,
    prompts: Sequence[str],
    frames: Sequence[int],
    sources: Sequence[torch.Generator],
    sampling: Sampling,
    *,
    report: StepReport = lambda _step, _of, _preview: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[np.ndarray]:
    """Joints (frames[i], 22, 3) float32 for B prompts, each with its source of randomness on the CPU.

    All must have as many tokens; a motion is the same alone and in company, but for rounding. Of several
    ``sampling.candidates`` the others are made only where the first is poor, so the last steps reported may never come.
    """
    if len({tokens_of(count) for count in frames}) != 1:
        raise ValueError(f"motions of {min(frames)} and {max(frames)} frames differ in their tokens")
    with torch.no_grad():
        ids = system.text.tokenize(prompts)
        condition, described = system.text(ids), system.recognizer.text(ids)
    most, each = max(frames), sampling.candidates
    drawn = [[one, *parted(copied(one), each - 1)] for one in sources]  # the first is the motion that is made alone
    taught = system.taught  # how an action looks that was taught, its takes say: a lasso is swung over the head
    demands = [
        demand_of(prompt) if sampling.retries and (taught is None or taught.action_of(prompt) is None) else None
        for prompt in prompts
    ]
    turns = 2 if each > 1 or any(demand and demand.is_often_missed for demand in demands) else 1

    def run(rows: Sequence[int], numbers: Sequence[int], before: int, arrange: ArrangePreview) -> np.ndarray:
        """The candidates of those numbers for those prompts, (rows x numbers, most, 22, 3)."""
        (index,) = uploaded([torch.tensor([row for row in rows for _ in numbers])], condition.device)
        windows = Windows(
            generator=system.generator,
            autoencoder=system.autoencoder,
            sampling=sampling,
            guide=Guide(system.recognizer, system.autoencoder, described[index]),
            condition=condition[index],
            sources=[drawn[row][number] for row in rows for number in numbers],
        )

        def report_within(step: int, of: int, look: LazyPreview) -> None:
            report(min(before * of + step, turns * of), turns * of, lambda: arrange(look()[:, :most]))

        paces = [demand.pace if (demand := demands[row]) else None for row in rows for _ in numbers]
        steady = {place: pace for place, pace in enumerate(paces) if pace is not None}
        return windows.motion(most, report_within, cancelled, steady)[:, :most]

    high = {prompt: may_be_raised(system, prompt) for prompt in set(prompts)}

    def finish(row: int, joints: np.ndarray) -> np.ndarray:
        return finished(joints[: frames[row]], raised=high[prompts[row]])

    motion = run(range(len(prompts)), [0], 0, lambda look: look)
    if each > 1:
        views = [None if taught is None else taught.view_of(prompt) for prompt in prompts]
        motion = best_recognized(system, motion, Asked(described, views), each, run)
    if any(demands):

        def retry(rows: Sequence[int], arrange: ArrangePreview) -> np.ndarray:
            for row in rows:
                drawn[row] = parted(sources[row], ATTEMPTS)
            return run(rows, range(ATTEMPTS), 1, arrange)

        motion = best_by_demands(motion, demands, retry, finish)
    return [finish(row, joints) for row, joints in enumerate(motion)]


class Attempt(NamedTuple):
    """A motion (F, 22, 3), what the user gets of it, and how far that is from what is asked."""

    joints: np.ndarray
    finished: np.ndarray
    miss: float


def attempt(joints: np.ndarray, demand: Demand, finish: Callable[[np.ndarray], np.ndarray]) -> Attempt:
    """Joints (F, 22, 3), or the variant of them (``Demand.variants``) that is nearer to what is asked."""
    seen = finish(joints)
    found = [Attempt(joints, seen, demand.miss(seen))]
    if found[0].miss > 1.0:
        for one in demand.variants(joints, len(seen)):
            seen = finish(one)
            found.append(Attempt(one, seen, demand.miss(seen)))
    return min(found, key=lambda one: one.miss)


def best_by_demands(
    motion: np.ndarray,
    demands: Sequence[Demand | None],
    retry: Callable[[Sequence[int], ArrangePreview], np.ndarray],
    finish: Callable[[int, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Motions (V, F, 22, 3) tried again where they miss what their prompt asks for, the nearest steered or rearranged.

    ``finish`` makes of a row's number and its joints (F, 22, 3) what the user gets; that is held to the prompt.
    """
    first = {
        row: attempt(motion[row], demand, partial(finish, row))
        for row, demand in enumerate(demands)
        if demand is not None
    }
    missed = [row for row, found in first.items() if found.miss > 1.0]
    more = retry(missed, in_place_of(motion, missed, ATTEMPTS)) if missed else motion[:0]
    others = dict(zip(missed, np.split(more, len(missed)), strict=True)) if missed else {}
    result = motion.copy()
    for row, found in first.items():
        demand = demands[row]
        assert demand is not None
        again = [attempt(joints, demand, partial(finish, row)) for joints in others.get(row, ())]
        result[row] = nearest([found, *again], demand, partial(finish, row))
    return result


def nearest(made: Sequence[Attempt], demand: Demand, finish: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Of motions the one that misses least of what is asked (F, 22, 3), brought nearer to it where that is possible."""
    best = min(made, key=lambda one: one.miss)
    if best.miss > 1.0:
        found = [demand.rearranged(one.joints, one.finished) for one in made]
        for _, rearranged in sorted(filter(None, found), key=lambda pair: pair[0]):
            joints = slowed(rearranged, demand)  # without its slow parts a run may be too fast
            if demand.miss(finish(joints)) <= 1.0:
                return joints
    return slowed(steered(best.joints, demand), demand)


def may_be_raised(system: System, prompt: str) -> bool:
    """Whether a figure with this prompt may stand on something: where the known captions like it have such clips."""
    return system.phrases is None or system.phrases.raises(prompt, system.text)


def copied(one: torch.Generator) -> torch.Generator:
    """A source in the same state, which draws by itself."""
    return torch.Generator().set_state(one.get_state())


def parted(one: torch.Generator, count: int) -> list[torch.Generator]:
    """``count`` independent sources out of one."""
    seeds = torch.randint(2**63 - 1, (count,), generator=one).tolist()
    return [torch.Generator().manual_seed(seed) for seed in seeds]
