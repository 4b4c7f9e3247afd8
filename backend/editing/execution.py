# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits carried out: one request in all its variations, or many requests of one layout together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..language.prompt import understood_edit
from ..language.taught_reading import acting
from ..model.sampler import Sampling
from ..model.weights import System
from ..motion.generation import motions, sampling_of, source
from ..requests.edit import EditRequest
from ..requests.edit_checks import check
from ..requests.generate import Generated, LazyPreview, SamplingOptions, StepReport
from .canvas import Canvas, lay_out, moved_to, result
from .engine import EditedMotion, Editor, insistent, layout, read_texts
from .likeness import likest, taught_passages
from .reaching import missed

ROWS = 20  # edits that are carried out together


@dataclass(frozen=True, eq=False)
class Edited(Generated):
    """joints (V, F', 22, 3) in the place of the request's motion.

    ``sampled`` is the motion of the same shape before the exact correction, None where nothing was corrected.
    """

    sampled: np.ndarray | None = None


def edit(
    system: System,
    request: EditRequest,
    *,
    choosing: bool = True,
    read: bool = False,
    report: StepReport = lambda _step, _of, _preview: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Edited:
    """The motion of a request with what was asked for changed; all other frames keep their bits.

    ``choosing``: whether a taught action may be made several times, the one most like its takes to be kept; ``read``:
    whether the prompts have been read, and all is to be made by the taught weights.

    Raises:
        UserError: as ``checks.check``.
        Cancelled: ``cancelled()`` became true; it is asked before every sampling step.
    """
    check(request)
    if request.strength == 0.0 and request.mode in ("regenerate", "refine"):
        return Edited(np.repeat(request.joints[None].astype(np.float32), request.variations, axis=0))
    notes: tuple[str, ...] = ()
    if not read:
        request, notes = understood_edit(system, request)
        system, untaught = acting(system, prompts_of(request))
        notes += untaught
    sampling = sampling_for(system, request)
    if request.keeps_nothing:
        whole = motions(
            system,
            [request.prompt] * request.variations,
            [len(request.joints)] * request.variations,
            [source(request.seed, number) for number in range(request.variations)],
            sampling,
            report=report,
            cancelled=cancelled,
        )
        return Edited(moved_to(np.stack(whole), request.joints), notes)
    rows = _rows(system, request)
    canvas = rows[0].canvas
    shown = taught_passages(system, request, canvas) if choosing else []
    turns = 2 if shown else 1

    def report_within(step: int, of: int, look: LazyPreview) -> None:
        report(step, turns * of, lambda: result(request, canvas, look()))

    made = Editor(system, rows, sampling).run(report_within, cancelled)
    if shown:
        first = made[0]
        made = likest(
            system,
            rows,
            sampling,
            shown,
            made,
            lambda step, of: report(of + step, 2 * of, lambda: result(request, canvas, first)),
            cancelled,
        )
    return _edited(request, notes, canvas, *made)


def edit_all(system: System, requests: Sequence[EditRequest]) -> list[Edited]:
    """What ``edit`` makes of each request, in its order. Requests of one layout are carried out together.

    Raises:
        UserError: as ``checks.check``.
    """
    out: dict[int, Edited] = {}
    groups: dict[tuple[object, bool, bool], list[int]] = {}
    for number, request in enumerate(requests):
        check(request)
        # without taught models there is nothing to tell apart, and each prompt is read once
        meant = system.taught is None or acting(system, prompts_of(understood_edit(system, request)[0]))[0] is system
        groups.setdefault((layout(request), request.keeps_nothing, meant), []).append(number)
    for (_, alone, _), numbers in groups.items():
        for at in range(0, len(numbers), 1 if alone else ROWS):
            some = numbers[at : at + ROWS]
            if len(some) == 1 or requests[some[0]].strength == 0.0:
                out.update((number, edit(system, requests[number])) for number in some)
            else:
                out.update(zip(some, _together(system, [requests[number] for number in some]), strict=True))
    return [out[number] for number in range(len(requests))]


def sampling_for(system: System, request: EditRequest) -> Sampling:
    """How to sample for an edit; one that keeps nothing is a generation."""
    options = SamplingOptions(
        steps=request.steps,
        guidance_scale=request.guidance_scale,
        recognizer_guidance=request.recognizer_guidance,
        candidates=None if request.keeps_nothing else 1,
    )
    sampling = insistent(request, sampling_of(system, options))
    if request.mode == "refine":
        return replace(sampling, refine=True, steps=max(1, round(request.strength * sampling.steps)))
    if request.mode == "regenerate" and not request.keeps_nothing:
        return replace(sampling, begin=1.0 - request.strength)
    return sampling


def _together(system: System, requests: Sequence[EditRequest]) -> list[Edited]:
    read = [understood_edit(system, request) for request in requests]
    system, untaught = acting(system, prompts_of(read[0][0]))  # all mean a taught action, or none does
    rows = [_rows(system, request) for request, _ in read]
    sampling = sampling_for(system, read[0][0])
    joints, sampled = Editor(system, [row for some in rows for row in some], sampling).run(
        lambda _step, _of, _rows: None, lambda: False
    )
    out, at = [], 0
    for (request, notes), some in zip(read, rows, strict=True):
        these = slice(at, at := at + len(some))
        made = (joints[these], sampled[these])
        if shown := taught_passages(system, request, some[0].canvas):
            made = likest(system, some, sampling, shown, made, lambda _step, _of: None, lambda: False)
        out.append(_edited(request, notes + untaught, some[0].canvas, *made))
    return out


def _rows(system: System, request: EditRequest) -> list[EditedMotion]:
    """One row for each variation."""
    canvas = lay_out(request)
    texts = read_texts(request, canvas, system)
    return [EditedMotion(request, canvas, texts, source(request.seed, number)) for number in range(request.variations)]


def prompts_of(request: EditRequest) -> tuple[str, ...]:
    """All that an edit says."""
    return (request.prompt, *(segment.prompt for segment in request.segments))


def _edited(
    request: EditRequest, notes: tuple[str, ...], canvas: Canvas, joints: np.ndarray, sampled: np.ndarray
) -> Edited:
    """The edit of a request from its canvas (V, N, 22, 3), exactly and as sampled."""
    made, rough = result(request, canvas, joints), result(request, canvas, sampled)
    return Edited(made, notes + canvas.warnings + missed(request, made), rough)
