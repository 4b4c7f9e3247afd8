# SPDX-License-Identifier: GPL-3.0-or-later
"""Of several motions for one prompt the one in which the recognizer finds most of it.

A prompt that it finds in none of them it does not know, and then it does not choose. An action that was taught it does
not know by its words, so it compares motions with what it saw in the takes instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ...rigs.body.skeleton import MAX_FRAMES
from ..labelling.embedding import embed_takes, uniform
from ..model.calibration import Calibration
from ..model.device import uploaded
from ..model.guidance import at_origin, text_score
from ..model.weights import System

# Cosine to the mean of the takes from which a motion shows a taught action: of held-out takes of six actions two
# fifths are nearer, and of those of the other five 1 in 10 is nearer than 0.66 at most (docs/measurements/teaching.md).
LIKE_TAKES = 0.85
ArrangePreview = Callable[[np.ndarray], np.ndarray]  # previews of some candidates -> of all motions
# rows, numbers of their candidates, rounds before, previews -> (rows x numbers, F, 22, 3)
Run = Callable[[Sequence[int], Sequence[int], int, ArrangePreview], np.ndarray]


class Asked(NamedTuple):
    """What B motions are to show: their prompts in text B (B, D), and what the recognizer saw in the takes (D,) where a
    prompt names a taught action."""

    described: Tensor
    views: Sequence[np.ndarray | None]

    def of(self, rows: Sequence[int]) -> Asked:
        """The same for some of the motions."""
        (index,) = uploaded([torch.tensor(list(rows))], self.described.device)
        return Asked(self.described[index], [self.views[row] for row in rows])


def best_recognized(system: System, motion: np.ndarray, asked: Asked, each: int, run: Run) -> np.ndarray:
    """Motions (V, F, 22, 3); where the recognizer finds one poor, the best of ``each``."""
    marks = _marks(system)
    good = [marks.good if view is None else LIKE_TAKES for view in asked.views]
    known = [marks.known if view is None else -1.0 for view in asked.views]
    fit = scores(system, motion, asked)
    poor = [row for row, value in enumerate(fit) if value < good[row]]
    if not poor:
        return motion
    more = run(poor, range(1, each), 1, in_place_of(motion, poor, each - 1))
    found = scores(system, more, asked.of([row for row in poor for _ in range(1, each)]))
    result = motion.copy()
    for row, others, values in zip(poor, np.split(more, len(poor)), np.split(found, len(poor)), strict=True):
        if max(values) > fit[row] and max(values) >= known[row]:
            result[row] = others[int(values.argmax())]
    return result


def scores(system: System, motion: np.ndarray, asked: Asked) -> np.ndarray:
    """How well motions (B, F, 22, 3) show what is asked (B,): by the takes of a taught action, else by its words."""
    found = fits(system, motion, asked.described)
    for row, view in enumerate(asked.views):
        if view is not None:
            found[row] = likeness(system, motion[row], view)
    return found


def likeness(system: System, joints: np.ndarray, view: np.ndarray) -> float:
    """Cosine between what the recognizer sees in a motion (F, 22, 3) and what it saw in takes (D,)."""
    return float(embed_takes(system.recognizer, [uniform(joints.astype(np.float32))])[0] @ view)


def in_place_of(motion: np.ndarray, rows: Sequence[int], each: int) -> ArrangePreview:
    """A preview of all motions: as they are, and the first of ``each`` new ones in the places of ``rows``."""

    def among(look: np.ndarray) -> np.ndarray:
        seen = motion.copy()
        seen[list(rows), : look.shape[1]] = look[::each]  # a long motion's preview grows by windows
        return seen

    return among


@torch.no_grad()
def fits(system: System, motion: np.ndarray, described: Tensor) -> np.ndarray:
    """How well motions (B, F, 22, 3) fit their texts (B, feature): the score of the recognizer's guidance, (B,)."""
    joints = torch.from_numpy(motion.astype(np.float32)).flatten(2).to(described.device)
    pieces = joints.tensor_split(-(-joints.shape[1] // MAX_FRAMES), dim=1)
    found = torch.stack([text_score(system.recognizer(at_origin(piece)), described) for piece in pieces])
    mean: np.ndarray = found.mean(dim=0).cpu().numpy()
    return mean


def _marks(system: System) -> Calibration:
    """What scores mean; without a calibration no motion is good enough to stop at, and none too poor to be chosen."""
    return system.calibration or Calibration()
