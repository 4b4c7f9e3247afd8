# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes of an index as one matrix that is searched, and which takes are meant by a place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from ..requests.label import Moment
from .index_file import IndexedTake


class Library:
    """Takes as one matrix."""

    def __init__(self, takes: Sequence[IndexedTake]) -> None:
        self._takes = list(takes)
        self._starts = np.cumsum([0, *(len(take.spans) for take in takes)])
        self._vectors = np.concatenate([take.vectors for take in takes]) if takes else np.zeros((0, 0))

    def __len__(self) -> int:
        return len(self._takes)

    def nearest(self, wanted: np.ndarray, top: int) -> list[Moment]:
        """The ``top`` takes whose best window is nearest to a unit vector (D,), best first."""
        if not self._takes:
            return []
        scores = self._vectors @ wanted
        best = np.maximum.reduceat(scores, self._starts[:-1])
        found = []
        for number in np.argsort(-best, kind="stable")[:top]:
            a, b = self._starts[number], self._starts[number + 1]
            row = int(scores[a:b].argmax())
            take = self._takes[number]
            first, end = take.spans[row]
            found.append(Moment(take.path, take.name, float(scores[a + row]), first, end, take.poses[row]))
        return found


def below(places: Iterable[Path]) -> Callable[[str], bool]:
    """Whether a resolved path is one of the places or below one of them.

    It compares letters: ``Path`` takes 0.05 ms for each take, which is all that a search may take for a thousand.
    """
    roots = tuple(os.path.normcase(place.resolve()) for place in places)
    heads = tuple(root.rstrip(os.sep) + os.sep for root in roots)
    return lambda path: (name := os.path.normcase(path)) in roots or name.startswith(heads)
