# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one action ends and the next begins in a long take.

Windows of ``WINDOW`` frames every ``STEP`` frames give MAR's unit vector over time, and a cell of ``STEP`` frames has
the mean vector of the windows over it. Within one action the vectors are taken to be one mean with noise of equal
size, so the best changes minimise

    sum over segments of sum over their cells of |f - mean|^2  +  PENALTY x number of segments

(least squares change points, found exactly by dynamic programming; Jackson et al. 2005, "An algorithm for optimal
partitioning of data on an interval"). With running sums of f and of |f|^2 the cost of any segment of n cells is
sum |f|^2 - |sum f|^2 / n. The labels play no part, so the cuts are the same whatever words are asked for; tried
against a hidden Markov model over the labels it finds more changes and places them better. ``PENALTY`` and ``WINDOW``
were chosen on joined validation clips.

A window sees both sides of a change, so each change is then moved to the frame at which the window that ends there
and the one that begins there are like their own segments and unlike each other. Likeness to the segments alone would
place it late or early, because their means hold windows that saw both sides.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from ...rigs.body.skeleton import FPS, JOINTS
from ...rigs.errors import UserError
from .embedding import Span, windows

WINDOW, STEP = 40, 10  # frames at 20 fps: 2 s, and half a second
PENALTY = 2.0  # squared distance; unit vectors of different actions lie about 1.2 apart, squared
SHORTEST = 20  # frames of a segment
LEAST = 10  # frames of a take that can be named: half a second, as the clips of game libraries have
STILL_REACH, STILL_METRES = 10, 0.015  # who moves no joint by more in half a second stands still
STILL_FRAMES = 40  # a pause that is shorter belongs to the action
SEARCHES = ((12, 4), (2, 1))  # frames: how far to look for a change, and in which steps

Embed = Callable[[Sequence[Span]], np.ndarray]  # spans -> unit vectors (N, D)


def cut(span: Span, embed: Embed) -> list[Span]:
    """Segments of the frames ``span`` in order, without gaps."""
    first, end = span
    frames = end - first
    if frames < 2 * SHORTEST:
        return [span]
    seen = windows(frames, WINDOW, STEP)
    cells = cell_vectors(frames, seen, embed([(first + a, first + b) for a, b in seen]))
    edges = change_points(cells, PENALTY, SHORTEST // STEP)
    means = [cells[a:b].mean(axis=0) for a, b in itertools.pairwise(edges)]
    bounds = refined([*(first + STEP * edge for edge in edges[:-1]), end], means, embed)
    return list(itertools.pairwise(bounds))


def cell_vectors(frames: int, seen: Sequence[Span], vectors: np.ndarray) -> np.ndarray:
    """The mean (cells, D) of the windows' vectors (N, D) over the middle of each whole cell."""
    middles = np.arange(max(frames // STEP, 1)) * STEP + STEP // 2
    starts, ends = np.array(seen).T
    over = (starts[None] <= middles[:, None]) & (middles[:, None] < ends[None])
    cells: np.ndarray = over @ vectors.astype(np.float64) / over.sum(axis=1, keepdims=True)
    return cells


def change_points(cells: np.ndarray, penalty: float, shortest: int = 1) -> list[int]:
    """Edges 0 ... T of the segments of cells (T, D), none shorter than ``shortest``, that cost least."""
    count = len(cells)
    sums = np.concatenate([np.zeros((1, cells.shape[1])), np.cumsum(cells, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((cells**2).sum(axis=1))])
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    before = np.zeros(count + 1, dtype=int)
    for end in range(min(shortest, count), count + 1):
        starts = np.arange(0, max(end - shortest, 0) + 1)
        within = squares[end] - squares[starts] - ((sums[end] - sums[starts]) ** 2).sum(axis=1) / (end - starts)
        totals = best[starts] + within + penalty
        before[end] = totals.argmin()
        best[end] = totals[before[end]]
    edges = [count]
    while edges[-1] > 0:
        edges.append(int(before[edges[-1]]))
    return edges[::-1]


def refined(bounds: list[int], means: Sequence[np.ndarray], embed: Embed) -> list[int]:
    """Inner bounds moved to where the windows on both sides are like their segments' means (D,), unlike each other.

    All bounds of a round go through the model together; each stays ``SHORTEST`` frames away from where its neighbours
    were, and the halfway mark keeps two from meeting.
    """
    bounds = list(bounds)
    for reach, step in SEARCHES if len(means) > 1 else ():
        spans: list[Span] = []
        places: list[list[int]] = []
        for i in range(1, len(means)):
            low = max(bounds[i - 1] + SHORTEST, (bounds[i - 1] + bounds[i]) // 2 + 1)
            high = min(bounds[i + 1] - SHORTEST, (bounds[i] + bounds[i + 1]) // 2)
            tries = [at for at in range(bounds[i] - reach, bounds[i] + reach + 1, step) if low <= at <= high]
            places.append(tries or [bounds[i]])
            for at in places[-1]:
                spans += [(max(bounds[i - 1], at - WINDOW), at), (at, min(bounds[i + 1], at + WINDOW))]
        vectors, row = embed(spans), 0
        for i, tries in enumerate(places, start=1):
            rows = row + 2 * np.arange(len(tries))
            left, right = vectors[rows], vectors[rows + 1]
            fit = left @ means[i - 1] + right @ means[i] - 2.0 * (left * right).sum(axis=1)
            bounds[i] = tries[int(fit.argmax())]
            row += 2 * len(tries)
    return bounds


def moving_runs(joints: np.ndarray) -> list[tuple[Span, bool]]:
    """The take (F, 22, 3) as runs in order, each with whether there is motion in it.

    A pose that is held for ``STILL_FRAMES`` or longer is a run of its own; so short a motion between two of them that
    it could not be named counts as held.
    """
    frames = len(joints)
    reach = min(STILL_REACH, frames - 1)
    way = np.linalg.norm(joints[reach:] - joints[:-reach], axis=-1).max(axis=1) if reach else np.zeros(1)
    moves = np.zeros(frames, dtype=bool)
    for start in np.flatnonzero(way > STILL_METRES):
        moves[start : start + reach + 1] = True
    runs = _runs(moves)
    for (a, b), moving in runs:
        if not moving and b - a < STILL_FRAMES and len(runs) > 1:
            moves[a:b] = True
    for (a, b), moving in _runs(moves):
        if moving and b - a < SHORTEST and b - a < frames:
            moves[a:b] = False
    return _runs(moves)


def _runs(flags: np.ndarray) -> list[tuple[Span, bool]]:
    edges = [0, *(np.flatnonzero(np.diff(flags)) + 1), len(flags)]
    return [((int(a), int(b)), bool(flags[a])) for a, b in itertools.pairwise(edges)]


def checked(joints: np.ndarray) -> np.ndarray:
    """The joints, if they can be named. UserError ``bad_motion`` or ``too_short``."""
    if joints.ndim != 3 or joints.shape[1:] != (len(JOINTS), 3):
        raise UserError(
            f"A motion of shape {joints.shape} cannot be read.", f"It must be (frames, {len(JOINTS)}, 3).", "bad_motion"
        )
    if not np.isfinite(joints).all():
        raise UserError("The motion has coordinates that are not numbers.", "Export it again.", "bad_motion")
    if len(joints) < LEAST:
        raise UserError(
            f"{len(joints) / FPS:.1f} s of motion are too short to be named.",
            f"Give at least {LEAST / FPS:g} s.",
            "too_short",
        )
    return joints
