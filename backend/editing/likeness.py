# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits whose prompt names a taught action: of several the one that is most like its takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...rigs.body.contacts import spans
from ..model.sampler import Sampling
from ..model.weights import System
from ..motion.candidates import LIKE_TAKES, likeness
from ..motion.generation import ATTEMPTS, parted, source
from ..requests.edit import EditRequest
from ..requests.generate import LazyPreview
from .canvas import Canvas
from .engine import EditedMotion, Editor
from .splicing import TRANSITION, can_be_spliced, spliced

SHORTEST = 20  # frames that show an action
LEAD_IN = TRANSITION  # frames in which what was before leads into it; an accordion was unlike its takes with them
TOGETHER = 6 * ATTEMPTS  # motions made at once
Made = tuple[np.ndarray, np.ndarray]  # the canvas (V, N, 22, 3) exactly and as sampled


class TaughtPassage(NamedTuple):
    """Frames of the canvas that are to show a taught action, without its lead-in, and what the recognizer saw in its
    takes (D,)."""

    start: int
    end: int
    view: np.ndarray


def taught_passages(system: System, request: EditRequest, canvas: Canvas) -> list[TaughtPassage]:
    """Where an edit is to show taught actions; nothing where it is a draft, or changes what is there only a little."""
    changed_a_little = request.mode == "regenerate" and request.strength < 1.0
    if system.taught is None or request.mode in ("loop", "refine") or changed_a_little:
        return []
    if request.steps is not None and request.steps < system.config.generator.steps:
        return []
    said = [(segment.prompt, segment.start + canvas.shift, segment.end + canvas.shift) for segment in request.segments]
    said = said or [(request.prompt, start, end) for start, end in spans(canvas.made)]
    found = [(system.taught.view_of(prompt), led_into(start, end), end) for prompt, start, end in said]
    return [
        TaughtPassage(start, end, view) for view, start, end in found if view is not None and end - start >= SHORTEST
    ]


def led_into(start: int, end: int) -> int:
    """The frame from which a passage shows its action: at the beginning of a motion the first, later one after the
    lead-in where that leaves enough."""
    return start + LEAD_IN if start > 0 and end - start >= LEAD_IN + SHORTEST else start


def likest(
    system: System,
    rows: Sequence[EditedMotion],
    sampling: Sampling,
    shown: Sequence[TaughtPassage],
    made: Made,
    report: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Made:
    """What was made of the rows of one request; where it is little like the takes, the best of ``ATTEMPTS`` more.

    Where those are no more like them, and nothing has to be met behind it, the action is made by itself and spliced in.

    ``report`` is called with the step and of how many. Raises Cancelled.
    """

    def near(joints: np.ndarray) -> float:
        return float(np.mean([likeness(system, joints[part.start : part.end], part.view) for part in shown]))

    first = [near(joints) for joints in made[0]]
    poor = [row for row, value in enumerate(first) if value < LIKE_TAKES]
    if not poor:
        return made
    again = [
        replace(rows[row], source=one) for row in poor for one in parted(source(rows[row].request.seed, row), ATTEMPTS)
    ]
    parts = [again[at : at + TOGETHER] for at in range(0, len(again), TOGETHER)]
    runs = []
    for number, part in enumerate(parts):

        def report_part(step: int, of: int, _look: LazyPreview, number: int = number) -> None:
            report((number * of + step) // len(parts), of)

        runs.append(Editor(system, part, sampling).run(report_part, cancelled))
    more = [np.concatenate([run[which] for run in runs]) for which in range(2)]
    exact, sampled = made[0].copy(), made[1].copy()
    for at, row in enumerate(poor):
        these = range(at * ATTEMPTS, (at + 1) * ATTEMPTS)
        best = max(these, key=lambda one: near(more[0][one]))
        if near(more[0][best]) > first[row]:
            exact[row], sampled[row] = more[0][best], more[1][best]
        if can_be_spliced(rows[row].request) and near(exact[row]) < LIKE_TAKES:
            request, canvas = rows[row].request, rows[row].canvas
            whole = spliced(system, request, canvas, row, sampling, cancelled)
            if near(whole) > near(exact[row]):
                exact[row, canvas.made] = sampled[row, canvas.made] = whole[canvas.made]
    return exact, sampled
