# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of arms by where the hands are: metres outwards, up and forward of their own shoulder, in the chest's frame."""

from __future__ import annotations

import numpy as np

from .....rigs.body.skeleton import BONE_LENGTHS, INDEX
from .gesture import Direction, Move

SHOULDER = 0.18  # metres from the middle of the chest
APART = 0.05  # metres of each wrist from the middle of what both hands hold
_UPPER, _FORE = float(BONE_LENGTHS[INDEX["left_elbow"]]), float(BONE_LENGTHS[INDEX["left_wrist"]])
DOWN = (0.35, -1.0, -0.3)  # where an elbow goes
OUT = (1.0, -0.3, 0.0)
ASIDE = (0.7, -1.0, 0.2)


def at(out: float, up: float, forward: float, elbow: Direction = DOWN) -> tuple[Direction, Direction]:
    """Directions of upper arm and forearm whose wrist is there, or as far that way as the arm reaches."""
    goal = np.array([out, up, forward])
    length = float(np.clip(np.linalg.norm(goal), 0.08, 0.99 * (_UPPER + _FORE)))
    goal *= length / np.linalg.norm(goal)
    along = (_UPPER**2 - _FORE**2 + length**2) / (2 * length)
    aside = np.array(elbow) - goal * (goal @ np.array(elbow)) / length**2
    bend = aside / np.linalg.norm(aside) * np.sqrt(max(_UPPER**2 - along**2, 0.0))
    upper = goal / length * along + bend
    first, second = (tuple(float(v) for v in part / np.linalg.norm(part)) for part in (upper, goal - upper))
    return (first[0], first[1], first[2]), (second[0], second[1], second[2])


def grip(seconds: float, towards: float, up: float, forward: float, elbow: Direction = DOWN, **numbers: float) -> Move:
    """A key with both hands at one handle, so many metres from the chest's middle towards the acting side."""
    mine, other = (at(sign * towards - SHOULDER + APART, up, forward, elbow) for sign in (1.0, -1.0))
    return Move(seconds, *mine, other=other, **numbers)  # type: ignore[arg-type]
