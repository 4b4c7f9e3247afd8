# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers to what reads motion: labels, and the index of takes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..wire.messages import Fetch, Find, Found, Index, Indexed, Label, Labelled, Reply, Request, Result
from .engine_protocol import Engine


def answer(
    engine: Engine, request: Request, progress: Callable[[str, int, int], None], check_stop: Callable[[], None]
) -> Reply:
    """The last reply to Label, Index, Find or Fetch.

    Args:
        progress: takes a phase, how far it is, and of how many steps.
        check_stop: is called in between and raises where the job is to end.
    """
    if isinstance(request, Label):
        progress("naming", 0, 1)
        return _label(engine, request, check_stop)
    index = engine.index_service
    if isinstance(request, Index):
        progress("reading takes", 0, 0)
        unread = (
            index.read(request.places, lambda done, of: progress("reading takes", done, of), check_stop)
            if request.places
            else ()
        )
        wanted, refused = index.take(request.origin, request.offers, request.all_offers, check_stop)
        return Indexed(request.id, index.takes, wanted, (*unread, *refused), index.notes())
    if isinstance(request, Find):
        if request.example is None:
            near, notes = engine.embed_text(request.query), engine.read(request.query)[1]
        else:
            near, notes = index.example(request.example), ()
        moments = index.find(near, request.places, request.origin, request.offered, request.top)
        return Found(request.id, moments, notes)
    assert isinstance(request, Fetch)
    progress("reading the take", 0, 1)
    joints = index.fetch(request.path, request.name, check_stop)
    return Result(request.id, joints=joints[None].astype(np.float32))


def _label(engine: Engine, request: Label, check_stop: Callable[[], None]) -> Labelled:
    segments, notes = engine.label(
        request.joints,
        request.labels,
        request.top,
        describe=request.describe,
        whole=request.whole,
        check_stop=check_stop,
    )
    return Labelled(request.id, segments, notes)
