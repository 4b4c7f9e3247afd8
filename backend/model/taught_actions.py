# SPDX-License-Identifier: GPL-3.0-or-later
"""What taught models add to a system beside their adapters: the words of their actions, and how their takes look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .generator import Generator


@dataclass(frozen=True, eq=False)
class TaughtActions:
    """Actions A by what they are called, and by what the recognizer saw in their takes.

    Attributes:
        names: (A,) the first description of each action, without a full stop: what the generator knows it best by.
        wordings: (N,) all wordings of all descriptions, as `familiarity.plain` leaves them.
        actions: (N,) int, the action of each wording.
        features: (N, W) their unit vectors in the text encoder.
        stems: stems of words that only taught descriptions have, and the actions that they belong to.
        takes: (A, D) unit vectors, the means of the takes; rows of zeros where another recognizer saw them.
        untaught: the generator without what was taught, for prompts that mean nothing of it.
    """

    names: tuple[str, ...]
    wordings: tuple[str, ...]
    actions: np.ndarray
    features: np.ndarray
    stems: Mapping[str, frozenset[int]]
    takes: np.ndarray
    untaught: Generator

    def action_of(self, text: str) -> int | None:
        """The action that a text names in the very words of one of its wordings; None where it names none."""
        said = text.strip().rstrip(".").lower()
        return int(self.actions[self.wordings.index(said)]) if said in self.wordings else None

    def view_of(self, text: str) -> np.ndarray | None:
        """What the recognizer saw in the takes (D,) of the action that a text names, None where that is not known."""
        action = self.action_of(text)
        return None if action is None or not self.takes[action].any() else self.takes[action]
