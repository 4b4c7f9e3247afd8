# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames an edit regenerates and with which context: windows, and the tokens behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...rigs.body.contacts import spans
from ...rigs.body.skeleton import MAX_FRAMES, TOKEN_FRAMES

CONTEXT = 48  # frames on either side of the edited ones that the model sees: 2.4 s
SPARE = TOKEN_FRAMES  # frames made beyond the end of a motion and cut: the last four are often wrong


@dataclass(frozen=True)
class Window:
    """``frames`` frames, a multiple of four, from ``start`` on.

    Those of ``made`` (frames,) bool are regenerated, and what is made before ``last`` (counted in the motion) is used.
    A window may reach beyond the motion or into what a later window makes.
    """

    start: int
    last: int
    made: np.ndarray

    @property
    def frames(self) -> int:
        """Its length."""
        return len(self.made)

    @property
    def used(self) -> np.ndarray:
        """Frames (frames,) bool whose new poses are taken."""
        return self.made & (np.arange(len(self.made)) < self.last - self.start)

    @property
    def hidden(self) -> np.ndarray:
        """Tokens (T,) bool in which a frame is regenerated."""
        result: np.ndarray = self.made.reshape(-1, TOKEN_FRAMES).any(axis=1)
        return result


def windows(made: np.ndarray, cuts: Sequence[int] = ()) -> list[Window]:
    """Windows that make the frames ``made`` (N,) bool one after another, each with context on both sides.

    What fits in one window is made at once, unless it is to be cut at the frames ``cuts``, where another prompt begins.
    A longer run is cut evenly, and each piece has the one before as context.
    """
    todo = made.copy()
    runs = spans(made)
    whole = None if cuts else _window(todo, runs[0][0], runs[-1][1])
    if whole is not None:
        return [whole]
    found = []
    for run in runs:
        for start, end in pairwise([run[0], *sorted(cut for cut in set(cuts) if run[0] < cut < run[1]), run[1]]):
            count = -(-(end - start) // (MAX_FRAMES - 2 * CONTEXT))
            for first, last in pairwise(np.linspace(start, end, count + 1).round().astype(int)):
                piece = _window(todo, int(first), int(last))
                assert piece is not None
                found.append(piece)
                todo[first:last] = False
    return found


def _window(todo: np.ndarray, first: int, last: int) -> Window | None:
    """The window that makes the frames ``first`` to ``last`` of which ``todo`` (N,) bool are not there yet.

    It begins so that the first frame that is made begins a token: then no token there holds frames of both kinds. None
    where it would be too long.
    """
    before = min(CONTEXT, first - int(np.flatnonzero(todo[:first]).max(initial=-1)) - 1)
    start = first - before // TOKEN_FRAMES * TOKEN_FRAMES if before >= TOKEN_FRAMES else first - before
    later = np.flatnonzero(todo[last:])
    behind = min(CONTEXT, int(later[0]) if len(later) else len(todo) - last)
    least = -(-(last - start) // TOKEN_FRAMES) * TOKEN_FRAMES
    if least > MAX_FRAMES:
        return None
    if behind < TOKEN_FRAMES:
        length = -(-(last + SPARE - start) // TOKEN_FRAMES) * TOKEN_FRAMES
    else:
        length = max((last + behind - start) // TOKEN_FRAMES * TOKEN_FRAMES, least)
    made = np.ones(min(length, MAX_FRAMES), dtype=bool)
    seen = todo[start : start + len(made)]
    made[: len(seen)] = seen
    return Window(start, last, made)
