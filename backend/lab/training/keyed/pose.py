# SPDX-License-Identifier: GPL-3.0-or-later
"""Key poses of the whole body, as an animator would key them on or near the floor.

Directions are outwards, up, forward: of arms in the chest's own frame, of legs in the pelvis's own frame. Places are
outwards, up, forward in metres from where the clip starts, facing forward. What is keyed is one side, the acting one;
the other limb does the mirror image where nothing else is said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .gesture import Direction, Gesture

STANDING = 0.89  # metres of the pelvis


@dataclass(frozen=True)
class Limb:
    """Directions of upper arm and forearm or of thigh and shin; a wrist or ankle that is planted stays at ``place``.

    Of a planted limb the directions only tell to which side it bends.
    """

    upper: Direction
    lower: Direction
    place: Direction | None = None
    toe: Direction | None = None  # from ankle to toe: in the pelvis's frame, of a planted foot in the clip's


ARM = Limb((0.16, -1.0, 0.02), (-0.02, -0.95, 0.28))
STAND = Limb((0.03, -1.0, 0.06), (0.0, -1.0, -0.08), (0.11, 0.075, -0.03))


@dataclass(frozen=True)
class Pose:
    """One key, reached after so many seconds; angles are degrees."""

    seconds: float
    height: float | None = STANDING  # metres of the pelvis; None: it rests on the floor
    pitch: float = 0.0  # of the pelvis, forwards: 90 lies face down, -90 on the back
    ahead: float = 0.0  # metres of the pelvis from the start
    aside: float = 0.0  # metres, towards the acting side
    tilt: float = 0.0  # of the pelvis, towards the acting side
    roll: float = 0.0  # about the body's own length, towards the acting side
    yaw: float = 0.0  # about the upright, towards the acting side
    bend: float = 0.0  # of the spine, forwards
    twist: float = 0.0  # of the chest, towards the acting side
    side: float = 0.0  # of the spine, towards the acting side
    nod: float = 0.0  # of the head, downwards
    look: float = 0.0  # of the head, towards the acting side
    arm: Limb = ARM
    other_arm: Limb | None = None
    leg: Limb = STAND
    other_leg: Limb | None = None
    # A step stands still at the key, a flow goes through it, a fall arrives with the speed of gravity.
    ease: Literal["step", "flow", "fall"] = "step"

    def swapped(self) -> Pose:
        """The same key of the other side."""
        return replace(
            self,
            **{name: -getattr(self, name) for name in ("aside", "tilt", "roll", "yaw", "twist", "side", "look")},
            arm=self.other_arm or self.arm, other_arm=self.arm,
            leg=self.other_leg or self.leg, other_leg=self.leg,
        )  # fmt: skip

    def moved(self, ahead: float) -> Pose:
        """The same key with body and planted limbs so many metres further ahead."""

        def further(limb: Limb | None) -> Limb | None:
            if limb is None or limb.place is None:
                return limb
            out, up, forward = limb.place
            return replace(limb, place=(out, up, forward + ahead))

        return replace(
            self, ahead=self.ahead + ahead, arm=further(self.arm) or self.arm, other_arm=further(self.other_arm),
            leg=further(self.leg) or self.leg, other_leg=further(self.other_leg),
        )  # fmt: skip


def named(
    label: str, *texts: str, bank: tuple[str, ...] = (), says: str = "", loop: tuple[int, int] | None = None
) -> Gesture:
    """The words of an action whose keys are poses; the rest as in ``Gesture``."""
    return Gesture(label, texts, (), loop=loop, bank=bank, says=says)


@dataclass(frozen=True)
class PosedAction:
    """What is done in which words (``words`` has no moves of its own), its group in the mixture, and its keys.

    ``words.counted`` and ``words.loop`` are of the poses; each round of a loop is ``stride`` metres further ahead.
    """

    words: Gesture
    group: str
    poses: tuple[Pose, ...]
    most: int = 1  # times that a counted one is done at most
    stride: float = 0.0
    speed: float = 0.0  # m/s ahead all the time, of who swims
    tempo: tuple[float, float] = (0.85, 1.25)  # by which its seconds are multiplied
    size: tuple[float, float] = (1.0, 1.0)  # of its movements, as shares of what is keyed
