# SPDX-License-Identifier: GPL-3.0-or-later
"""Which frames an edit makes anew and with which context: benchmark masks, windows, and the tokens behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

import numpy as np

from ...rigs.contacts import spans
from ...rigs.skeleton import MAX_FRAMES, TOKEN_FRAMES
from .request import EditRequest

Task = Literal["inpainting", "outpainting", "prefix", "suffix"]
TASKS: tuple[Task, ...] = get_args(Task)

CONTEXT = 48  # frames on either side of the edited ones that the model sees: 2.4 s
SPARE = TOKEN_FRAMES  # frames made beyond the end of a motion and cut: the last four are often wrong


def benchmark_mask(task: Task, tokens: int) -> np.ndarray:
    """Tokens (T,) bool that a benchmark task makes anew (model_spec, "Editing")."""
    quarter, half = round(tokens / 4), round(tokens / 2)
    at = np.arange(tokens)
    masks = {
        "inpainting": (at >= quarter) & (at < tokens - quarter),
        "outpainting": (at < quarter) | (at >= tokens - quarter),
        "prefix": at >= half,
        "suffix": at < half,
    }
    return masks[task]


def benchmark_request(task: Task, joints: np.ndarray, prompt: str = "", **others: object) -> EditRequest:
    """The edit of joints (4 T, 22, 3) that a benchmark task is; outpainting extends the middle half on both sides."""
    made = np.repeat(benchmark_mask(task, len(joints) // TOKEN_FRAMES), TOKEN_FRAMES)
    (start, end), *more = spans(made)
    if not more:
        request = EditRequest(joints=joints, start=start, end=end, prompt=prompt)
    else:
        after = more[0][0]
        request = EditRequest(
            joints=joints[end:after], mode="extend", before=end, after=len(made) - after, prompt=prompt
        )
    return replace(request, **others)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Window:
    """``frames`` frames, a multiple of four, from ``start`` on.

    Those of ``made`` (frames,) bool are made anew, and what is made before ``last`` (counted in the motion) is used. A
    window may reach beyond the motion or into what a later window makes.
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
        """Tokens (T,) bool in which a frame is made anew."""
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
