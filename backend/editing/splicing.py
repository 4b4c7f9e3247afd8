# SPDX-License-Identifier: GPL-3.0-or-later
"""A taught action made by itself and put where a motion goes on, with the frames between the two regenerated.

Takes that begin and end standing do not teach a way out of a walk. Where an edit with an open end walks on instead of
showing such an action (an accordion and a lasso did in all of four attempts each), it is made as if nothing had gone
before (docs/measurements/teaching.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ...rigs.body.canonical import facing, turned
from ..model.sampler import Sampling
from ..model.weights import System
from ..motion.generation import motions, sampling_of, source
from ..requests.edit import EditRequest
from ..requests.generate import SamplingOptions
from .canvas import GROUND, Canvas, lay_out
from .engine import EditedMotion, Editor, read_texts

TRANSITION = 24  # frames that are regenerated between the two
GOES_ON = 6  # frames for which the body goes on at its speed before it stands where the action begins
SPEED_FRAMES = 4  # over which that speed is taken
SHORTEST = 60  # frames that are to become the action
LEAST_BEFORE = 8  # frames of the motion before


def can_be_spliced(request: EditRequest) -> bool:
    """Whether all of an edit is one action of the whole body with nothing to meet behind it."""
    bound = request.keep_poses or request.targets or request.segments or request.path is not None
    count = len(request.joints)
    if request.mode == "extend":
        room = request.before == 0 and request.after >= SHORTEST and count >= LEAST_BEFORE
    else:
        opened = request.mode == "regenerate" and request.end == count
        room = opened and request.end - request.start >= SHORTEST and request.start >= LEAST_BEFORE
    return bool(room and request.whole_body and not bound)


def spliced(
    system: System,
    request: EditRequest,
    canvas: Canvas,
    number: int,
    sampling: Sampling,
    cancelled: Callable[[], bool],
) -> np.ndarray:
    """The canvas (N, 22, 3) of variation ``number`` with the action of the prompt in place of its made frames.

    Raises Cancelled.
    """
    first = int(np.flatnonzero(canvas.made)[0])
    before, frames = canvas.joints[:first], int(canvas.made.sum())
    options = SamplingOptions(
        steps=request.steps, guidance_scale=request.guidance_scale, recognizer_guidance=request.recognizer_guidance
    )
    (action,) = motions(
        system,
        [request.prompt],
        [frames],
        [source(request.seed, number)],
        sampling_of(system, options),
        cancelled=cancelled,
    )
    speed = (before[-1, 0] - before[-1 - SPEED_FRAMES, 0]) / SPEED_FRAMES
    place = (before[-1, 0] + GOES_ON * speed) * GROUND
    placed = turned(action.astype(np.float64), float(facing(before)[-1])) + place
    whole = np.concatenate([before, placed]).astype(np.float32)
    between = replace(
        request, joints=whole, mode="regenerate", start=first, end=first + TRANSITION, before=0, after=0, prompt=""
    )
    laid = lay_out(between)
    row = EditedMotion(between, laid, read_texts(between, laid, system), source(request.seed, number))
    joined, _ = Editor(system, [row], sampling).run(lambda _step, _of, _look: None, cancelled)
    return joined[0]
