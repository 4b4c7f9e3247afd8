# SPDX-License-Identifier: GPL-3.0-or-later
"""A prompt of several actions, one of them taught, made step by step.

Few takes teach how an action looks, and not how it goes on: of motions for "X, then walks forward" from one sentence
2 of 12 showed both, as two steps 39 of 48 did (docs/measurements/teaching.md).
"""

from __future__ import annotations

import numpy as np

from ...rigs.body.standing_figure import standing
from ..language.familiarity import actions
from ..model.weights import System
from ..motion.generation import frames_of
from ..requests.edit import EditRequest, PromptSegment
from ..requests.generate import GenerateRequest

SHORTEST = 40  # frames of a step


def in_steps(system: System, request: GenerateRequest) -> EditRequest | None:
    """The request as an edit of a standing figure, an even step for each action of its prompt.

    None where no action of it was taught, where it is one action alone or named as a whole, where the steps would be
    under two seconds, or where a solver is asked for, which edits do not have. A side or number of a known step is not
    held to, as in any edit.
    """
    parts, frames = [part.strip(" ,") for part in actions(request.prompt)], frames_of(request.seconds)
    taught = system.taught
    if taught is None or request.solver is not None or not 2 <= len(parts) <= frames // SHORTEST:
        return None
    if taught.action_of(request.prompt) is not None or all(taught.action_of(part) is None for part in parts):
        return None
    ends = np.linspace(0, frames, len(parts) + 1).round().astype(int).tolist()
    return EditRequest(
        joints=standing(frames),
        end=frames,
        segments=tuple(map(PromptSegment, parts, ends[:-1], ends[1:])),
        seed=request.seed,
        variations=request.variations,
        steps=request.steps,
        guidance_scale=request.guidance_scale,
        recognizer_guidance=request.recognizer_guidance,
        models=request.models,
    )
