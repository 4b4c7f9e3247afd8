# SPDX-License-Identifier: GPL-3.0-or-later
"""A prompt of several actions, one of them taught, made one after the other.

Few takes teach how an action looks, and not how it goes on: of motions for "X, then walks forward" from one sentence
2 of 12 showed both; of motions of X alone that were extended by a walk 17 of 18 did (docs/measurements/teaching.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...rigs.body.skeleton import FPS
from ..language.familiarity import actions
from ..model.weights import System
from ..motion.generation import frames_of, generate
from ..requests.edit import EditRequest
from ..requests.generate import GenerateRequest, LazyPreview, StepReport
from .execution import edit

SHORTEST = 40  # frames of a step


class PromptStep(NamedTuple):
    """An action of a prompt and how many frames it gets."""

    prompt: str
    frames: int


def steps_of(system: System, request: GenerateRequest) -> tuple[PromptStep, ...]:
    """The actions of a prompt, evenly long.

    There are none where no action was taught, where it is one action alone or named as a whole, where the steps would
    be under two seconds, or where a solver is asked for, which edits do not have.
    """
    parts = [part.strip(" ,") for part in actions(request.prompt)]
    frames, taught = frames_of(request.seconds), system.taught
    if taught is None or request.solver is not None or not 2 <= len(parts) <= frames // SHORTEST:
        return ()
    if taught.action_of(request.prompt) is not None or all(taught.action_of(part) is None for part in parts):
        return ()
    ends = np.linspace(0, frames, len(parts) + 1).round().astype(int)
    return tuple(map(PromptStep, parts, np.diff(ends).tolist()))


def generate_steps(
    system: System,
    request: GenerateRequest,
    steps: Sequence[PromptStep],
    *,
    report: StepReport = lambda _step, _of, _preview: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Joints (V, F, 22, 3) float32: the first step as it is made alone, extended by each of the others.

    Raises:
        Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
    """
    turns, done = 1 + request.variations * (len(steps) - 1), 0

    def report_turn(step: int, of: int, look: LazyPreview) -> None:
        report(done * of + min(step, of), turns * of, look)

    first = replace(request, prompt=steps[0].prompt, seconds=steps[0].frames / FPS)
    made = list(generate(system, first, report=report_turn, cancelled=cancelled))
    for step in steps[1:]:
        for number, joints in enumerate(made):
            done += 1
            longer = EditRequest(
                joints,
                "extend",
                after=step.frames,
                prompt=step.prompt,
                seed=request.seed ^ number,
                steps=request.steps,
                guidance_scale=request.guidance_scale,
                recognizer_guidance=request.recognizer_guidance,
                models=request.models,
            )
            choosing = request.candidates != 1
            extended = edit(system, longer, choosing=choosing, read=True, report=report_turn, cancelled=cancelled)
            made[number] = extended.joints[0]
    return np.stack(made)
