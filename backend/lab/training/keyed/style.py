# SPDX-License-Identifier: GPL-3.0-or-later
"""What a style of walking or running is: a gesture, held while somebody moves."""

from __future__ import annotations

from dataclasses import dataclass

from .gesture import Direction, Gesture, Move


@dataclass(frozen=True)
class Style:
    """A gesture held while somebody moves.

    Attributes:
        bank: entries of the bank of wordings that it also shows.
        group: the action group of the gaits below it.
        tempo: the gait is played between so many times as fast.
        hold: how much of an arm is keyed; the rest swings as recorded.
        steps: how many times as high the feet rise.
        rise: metres by which a foot that swings ahead is lifted higher, the knee in front of the body.
        sway: degrees by which the trunk leans to either side, slowly.
        begins_later: whether it begins while the gait goes on, not with the clip.
    """

    gesture: Gesture
    bank: tuple[str, ...] = ()
    group: str = "walk"
    tempo: tuple[float, float] = (0.9, 1.1)
    hold: float = 1.0
    steps: float = 1.0
    rise: float = 0.0
    sway: float = 0.0
    begins_later: bool = False


def held(
    upper: Direction | None = None,
    fore: Direction | None = None,
    *,
    lean: float = 0.0,
    nod: float = 0.0,
    twist: float = 0.0,
    drop: float = 0.0,
    shrug: float = 0.0,
) -> tuple[Move, ...]:
    """A pose that breathes a little."""
    return (
        Move(0.6, upper, fore, lean=lean, nod=nod - 2, twist=twist, drop=drop, shrug=shrug),
        Move(0.9, upper, fore, lean=lean + 2, nod=nod + 2, twist=-twist, drop=drop, shrug=shrug),
    )


def mood(label: str, texts: tuple[str, ...], moves: tuple[Move, ...], *, both: bool = True, says: str = "") -> Gesture:
    """A pose that is held for as long as the gait goes on."""
    return Gesture(label, texts, moves, loop=(0, 2), both=both, says=says)
