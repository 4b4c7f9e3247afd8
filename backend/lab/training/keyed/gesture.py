# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gesture is: keys of the upper body, of one arm or both, and the words for what they show.

Directions are those of the acting arm in the chest's own frame: outwards, up, forward. A move without an arm leaves it
as recorded. "{side}" is the acting side.
"""

from __future__ import annotations

from dataclasses import dataclass

Direction = tuple[float, float, float]


@dataclass(frozen=True)
class Move:
    """One key: after so many seconds the arm points so, the trunk leans and the head nods by so many degrees."""

    seconds: float
    upper: Direction | None = None
    fore: Direction | None = None
    lean: float = 0.0  # forwards
    nod: float = 0.0  # of the head, downwards
    twist: float = 0.0  # of the chest, degrees, the acting shoulder forward
    lift: tuple[float, float] | None = None  # of the acting foot: metres up and forward
    drop: float = 0.0  # metres of the pelvis
    shrug: float = 0.0  # metres of the shoulders, up
    other: tuple[Direction, Direction] | None = None  # upper arm and forearm of the other side, where it does its own


@dataclass(frozen=True)
class Gesture:
    """What is done, in which words; ``loop`` of its moves, first and behind the last, goes on while there is time."""

    label: str
    texts: tuple[str, ...]
    moves: tuple[Move, ...]
    loop: tuple[int, int] | None = None
    both: bool = False  # both arms, the other one as its mirror image
    counted: tuple[int, int] | None = None  # moves that are done one to four times, as the words {times} say
    guard: bool = False  # fists up, one foot in front
    bank: tuple[str, ...] = ()  # entries of the bank of wordings that it also shows
    says: str = ""  # what those wordings must match, where an entry holds other things too


GUARD = ((0.25, -0.85, 0.45), (-0.35, 0.85, 0.45))


def who(*verbs: str) -> tuple[str, ...]:
    """Sentences and bare forms of a verb phrase in the third person."""
    people = ("a person", "someone", "the character", "a man", "a woman", "he", "she")
    return tuple(f"{people[i % len(people)]} {verb}" for i, verb in enumerate(verbs))
