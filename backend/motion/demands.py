# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prompt asks for that joints can tell: a turn by so many degrees, so many punches, the left hand.

The model often misses a number or a side. A motion of the other side is mirrored. Where it still misses what is asked,
others are made and the nearest is kept; what is left of a turn is spread over the turning that the motion does itself,
and a motion that does the right thing too often or too seldom is rearranged (``recounting``), both before its feet are
planted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...rigs.body.canonical import facing, mirrored
from ...rigs.body.resample import resample
from ...rigs.body.skeleton import FPS
from ...rigs.body.smoothing import smoothed
from ..language.expectations import (
    begins_upright,
    goes_backwards,
    keeps_hands_down,
    stays_off_the_floor,
    stays_put,
    stays_upright,
    travels,
    turns_round,
    uses_both_hands,
    uses_hands,
)
from ..language.quantities import (
    LADDER,
    Climb,
    Direction,
    LimbName,
    asked_climb,
    asked_count,
    asked_direction,
    asked_limb,
    asked_pace,
    asked_turn,
)
from .joint_measures import (
    SIDES,
    Event,
    acting_limb,
    flights,
    foot_lifts,
    footsteps,
    ground_track,
    hands_overhead,
    highest_hands,
    lowest_pelvis,
    moved_ahead,
    moved_left,
    paces,
    push_ups,
    squats,
    strikes,
)
from .recounting import kept_up, recounted

TOLERANCE = 25.0  # degrees by which a turn may miss its angle
ENDS = 5  # frames over which the first and the last heading are averaged
STEADY = 4.0  # frames; deviation of the Gaussian that takes the sway of the steps out of the heading
LEAST, MOST = 20.0, 60.0  # degrees: a turn that is corrected is at least the one, and by at most the other ...
MOST_OF = 0.45  # ... or by this part of a large angle: three quarters of a turn become a whole one
EXACT = 3.0  # degrees below which nothing is corrected
FAST = 1.25  # m/s, faster than a walk
KEPT, STEADIEST = 0.9, 0.8  # of the slowest pace in each second; and of the first third's pace in the last, or more
WITHIN, SLOWEST = 0.95, 1.25  # of the fastest pace, aimed at; how many times slower a gait may be played
UPRIGHT, FIRST = 0.7, 10  # metres of the pelvis of somebody who stands; frames that a motion begins with
OFF_THE_FLOOR = 0.55  # metres below which the pelvis of who stays half a second sits, kneels, crawls or has collapsed
TRAVELS = 0.2  # m/s of the slowest gait
HAND_RAISED = 0.15  # metres above the pelvis, to which a hand comes that does something
ON_THE_SPOT = 1.0  # metres that the pelvis may get away from where it is at another time, of who stays on the spot
TURNS_ROUND = 40.0  # degrees of the least turn of the body
LEFT_OUT = 2.0  # missed by a motion that does not walk, use its hands or turn at all, or that leaves its spot
HANDS_UP = 2.0  # missed by a motion with both hands above the head where nothing says so
NOT_STANDING = 4.0  # missed by a motion that sits, kneels or lies where nothing says so
WRONG_SIDE, EITHER_SIDE = 3.0, 1.5  # missed by a motion of the other limb, and by one of both or of neither
TURNED, STEPPED = 20.0, 0.15  # degrees and metres from which a motion turns or goes to a side
CLIMBED = 0.25  # metres by which who goes up or down a ladder or stairs ends higher or lower
SHORTER = 1.3  # times by which the steps of a gait that is still too fast become shorter


@dataclass(frozen=True)
class Countable:
    """An action that can be counted: the words for it, and when a clip (F, 22, 3) does it."""

    verbs: tuple[str, ...]
    events: Callable[[np.ndarray], list[Event]]


COUNTABLE = (
    Countable(("jump", "hop", "leap"), flights),
    Countable(("kick",), foot_lifts),
    Countable(("punch", "jab"), strikes),
    Countable(("step",), footsteps),
    Countable(("squat", "knee bend", "knee-bend"), squats),
    Countable(("push-up", "pushup", "push up", "press-up"), push_ups),
)
_SQUAT_JUMP = re.compile(r"\bsquat[- ](jump|kick|thrust)|(?<=jump )squats?\b")  # a jump, which alone is counted


@dataclass(frozen=True)
class Demand:
    """What one prompt asks for; ``side`` is 1 for a turn to the left, -1 to the right, 0 for either."""

    turn: float | None = None  # degrees, positive
    side: int = 0
    count: int | None = None
    action: Countable | None = None
    limb: LimbName | None = None
    limb_side: str = ""  # left or right
    direction: Direction | None = None
    direction_side: str = ""  # left or right
    begins_upright: bool = False
    off_the_floor: bool = False  # all the time
    travels: bool = False
    stays_put: bool = False
    goes_backwards: bool = False
    uses_hands: bool = False
    uses_both_hands: bool = False
    turns_round: bool = False
    hands_down: bool = False  # not both above the head
    stays_upright: bool = False
    pace: tuple[float, float] | None = None  # m/s from and to, and steady
    climb: Climb | None = None
    on_ladder: bool = False  # on which the way down is the way up, backwards in time

    def miss(self, joints: np.ndarray) -> float:
        """How far joints (F, 22, 3) are from what is asked; up to 1 they meet it."""
        missed = 0.0
        if self.turn is not None:
            missed = abs(net_turn(joints) - self.goal(joints)) / TOLERANCE
        if self.count is not None and self.action is not None:
            missed = max(missed, 2.0 * abs(len(self.action.events(joints)) - self.count))
        if self.limb is not None:
            acts = acting_limb(self.limb, joints)
            missed += 0.0 if acts == self.limb_side else WRONG_SIDE if acts in SIDES else EITHER_SIDE
        if self.direction is not None:
            goes = direction_taken(self.direction, joints)
            missed += 0.0 if goes == self.direction_side else WRONG_SIDE if goes else EITHER_SIDE
        if self.climb is not None:
            ends = climbed(joints)
            missed += 0.0 if ends == self.climb else WRONG_SIDE if ends else EITHER_SIDE
        if self.pace is not None:
            missed = max(missed, pace_missed(joints, *self.pace))
        return missed + self._unexpected(joints)

    def variants(self, joints: np.ndarray, frames: int) -> list[np.ndarray]:
        """What is as good a motion as the first ``frames`` of joints (F, 22, 3) and may be nearer to what is asked:
        the mirror image where a side is named, the same backwards in time on a ladder or of steps backwards, or as on a
        treadmill where it stays on the spot."""
        found = []
        if self.is_sided:
            found.append(mirrored(joints))
        if self.stays_put:
            found.append(on_the_spot(joints))
        if self.goes_backwards or (self.climb is not None and self.on_ladder):
            found.append(backwards(joints, frames))
        return found

    def _unexpected(self, joints: np.ndarray) -> float:
        """How far joints (F, 22, 3) are from what the prompt lets one expect of the body, without any number."""
        missed = 0.0
        if self.travels and float(paces(joints).mean()) < TRAVELS:
            missed += LEFT_OUT
        if self.stays_put and float(np.ptp(ground_track(joints), axis=0).max()) > ON_THE_SPOT:
            missed += LEFT_OUT
        if self.goes_backwards and moved_ahead(joints) > -TRAVELS * len(joints) / FPS:
            missed += WRONG_SIDE
        hands = highest_hands(joints)
        if (self.uses_hands and max(hands) < HAND_RAISED) or (self.uses_both_hands and min(hands) < HAND_RAISED):
            missed += LEFT_OUT
        if self.turns_round and float(np.ptp(headings(joints))) < TURNS_ROUND:
            missed += LEFT_OUT
        if self.hands_down and hands_overhead(joints):
            missed += HANDS_UP
        low = self.begins_upright and float(np.median(joints[:FIRST, 0, 1])) < UPRIGHT
        least = UPRIGHT if self.stays_upright else OFF_THE_FLOOR if self.off_the_floor else 0.0
        if low or lowest_pelvis(joints) < least:
            missed += NOT_STANDING
        return missed

    @property
    def is_often_missed(self) -> bool:
        """Whether it asks for a number, a side or more than a walk; the bar then makes room for more motions."""
        fast = self.pace is not None and self.pace[0] > FAST
        return fast or self.is_sided or self.turn is not None or self.count is not None

    @property
    def is_sided(self) -> bool:
        """Whether it asks for one side, so that the mirror image of a motion of the other side is what is asked for."""
        return self.limb is not None or self.direction is not None

    def rearranged(self, joints: np.ndarray, seen: np.ndarray) -> tuple[float, np.ndarray] | None:
        """Joints (F, 22, 3) brought to the number or pace that is asked for, where that can be done, and the price.

        ``seen`` (F, 22, 3) is the same motion as the user gets it, which is what counts.
        """
        if self.pace is not None and self.count is None:
            return kept_up(joints, KEPT * self.pace[0])
        if self.count is None or self.action is None:
            return None
        return recounted(joints, self.action.events(seen), self.count)

    def goal(self, joints: np.ndarray) -> float:
        """The signed angle in degrees that is asked for; where either side will do, the side that the motion takes."""
        side = self.side or (1 if net_turn(joints) >= 0 else -1)
        return side * (self.turn or 0.0)


def demand_of(prompt: str) -> Demand | None:
    """What a prompt asks for that can be measured; None where nothing can."""
    prompt = prompt.replace("_", " ")  # as assets are named
    turn, limb = asked_turn(prompt), asked_limb(prompt)
    words = _SQUAT_JUMP.sub(r"\1", prompt.lower())
    counts = [
        (action, count)
        for action in COUNTABLE
        for verb in action.verbs
        if (count := asked_count(words, verb)) is not None
    ]
    action, count = counts[0] if len(counts) == 1 else (None, None)
    direction = asked_direction(prompt) if limb is None else None
    if turn and turn[1] and limb is None and not re.search(r"\b(?:left|right)\b", prompt.lower()):  # "clockwise"
        direction = "turn", "left" if turn[1] > 0 else "right"
    angle, side = turn or (None, 0)
    found = Demand(
        turn=angle,
        side=side,
        count=count,
        action=action,
        limb=limb[0] if limb else None,
        limb_side=limb[1] if limb else "",
        direction=direction[0] if direction else None,
        direction_side=direction[1] if direction else "",
        begins_upright=begins_upright(prompt),
        off_the_floor=stays_off_the_floor(prompt),
        travels=travels(prompt),
        stays_put=stays_put(prompt),
        goes_backwards=goes_backwards(prompt),
        uses_hands=uses_hands(prompt),
        uses_both_hands=uses_both_hands(prompt),
        turns_round=turns_round(prompt),
        hands_down=keeps_hands_down(prompt) and stays_off_the_floor(prompt),  # who lies has them beside the head
        stays_upright=stays_upright(prompt),
        pace=asked_pace(prompt),
        climb=asked_climb(prompt),
        on_ladder=asked_climb(prompt) is not None and bool(LADDER.search(prompt.lower())),
    )
    return None if found == Demand() else found


def direction_taken(direction: Direction, joints: np.ndarray) -> str:
    """The side to which joints (F, 22, 3) turn or go, "left" or "right"; "" where they hardly do."""
    amount, least = (net_turn(joints), TURNED) if direction == "turn" else (moved_left(joints), STEPPED)
    return "" if abs(amount) < least else "left" if amount > 0.0 else "right"


def climbed(joints: np.ndarray) -> Climb | None:
    """Whether joints (F, 22, 3) end higher or lower than they begin, None where they hardly do."""
    ends = min(ENDS, len(joints))
    rise = float(joints[-ends:, 0, 1].mean() - joints[:ends, 0, 1].mean())
    return None if abs(rise) < CLIMBED else "up" if rise > 0.0 else "down"


def backwards(joints: np.ndarray, frames: int) -> np.ndarray:
    """Joints (F, 22, 3) of which the first ``frames`` are played backwards, from the place where they began."""
    result = joints.copy()
    ground = (joints[frames - 1, 0] - joints[0, 0]) * np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    result[:frames] = joints[:frames][::-1] - ground
    return result


def on_the_spot(joints: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3) as on a treadmill: the pelvis stays above the place where it begins."""
    ground = np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    result: np.ndarray = joints - (joints[:, :1] - joints[:1, :1]) * ground
    return result


def pace_missed(joints: np.ndarray, slowest: float, fastest: float) -> float:
    """How far joints (F, 22, 3) are from a pace in m/s that is kept; up to 1 they have it.

    The first second, in which a figure may start, does not count; a clip that is too short to tell has the pace.
    """
    found = paces(joints)[1:]
    if len(found) < 2:
        return 0.0
    pace, third = max(float(np.median(found)), 1e-3), max(len(found) // 3, 1)
    kept = max(float(found[-third:].mean() / max(found[:third].mean(), 1e-3)), 1e-3)
    return max(
        slowest / pace, pace / fastest, KEPT * slowest / max(found.min(), 1e-3), STEADIEST / kept, kept * STEADIEST
    )


def slowed(joints: np.ndarray, demand: Demand) -> np.ndarray:
    """Joints (F, 22, 3) brought down to the pace that is asked for, as many frames of them.

    They are played slower, and where that is not enough the path of the pelvis becomes shorter; the foot sliding that
    this causes is removed when the feet are planted.
    """
    if demand.pace is None:
        return joints
    found = paces(joints)[1:]
    faster = float(np.median(found)) / (WITHIN * demand.pace[1]) if len(found) else 1.0
    if faster <= 1.0:
        return joints
    played = resample(joints, FPS, FPS * min(faster, SLOWEST))[: len(joints)]
    shorter = min(max(faster / SLOWEST, 1.0), SHORTER)
    ground = (played[:, :1] - played[:1, :1]) * np.array([1.0, 0.0, 1.0], dtype=played.dtype)
    return played - (1.0 - 1.0 / shorter) * ground


def headings(joints: np.ndarray) -> np.ndarray:
    """Degrees (F,) that the body of joints (F, 22, 3) faces, positive to the left, counted on beyond half a turn."""
    return np.degrees(np.unwrap(facing(joints)))


def net_turn(joints: np.ndarray) -> float:
    """Degrees from the first heading of joints (F, 22, 3) to the last, positive to the left."""
    heading = headings(joints)
    ends = min(ENDS, len(heading))
    return float(heading[-ends:].mean() - heading[:ends].mean())


def steered(joints: np.ndarray, demand: Demand) -> np.ndarray:
    """Joints (F, 22, 3) that turn by the angle that is asked for, where they nearly do so already.

    With h(t) the smoothed heading, the share of the turning done by t is s(t) = sum |dh| up to t / sum |dh|. The body
    is turned about its pelvis by (asked - done) s(t), and each step of the pelvis over the ground by the same angle, so
    a path bends instead of sliding.
    """
    if demand.turn is None:
        return joints
    done = net_turn(joints)
    goal = demand.goal(joints)
    missing = goal - done
    if not EXACT < abs(missing) <= max(MOST, MOST_OF * abs(goal)) or abs(done) < LEAST or done * goal <= 0:
        return joints
    change = np.abs(np.diff(smoothed(headings(joints)[:, None], STEADY)[:, 0]))
    share = np.concatenate([[0.0], np.cumsum(change)]) / max(float(change.sum()), 1e-9)
    angle = np.radians(missing) * share  # (F,)
    ground = np.array([1.0, 0.0, 1.0])
    pelvis = joints[:, 0] * ground
    steps = turned_by(np.diff(pelvis, axis=0)[:, None], angle[1:])[:, 0]
    path = np.concatenate([pelvis[:1], pelvis[:1] + np.cumsum(steps, axis=0)])
    return turned_by(joints - pelvis[:, None], angle) + path[:, None]


def turned_by(points: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Points (F, N, 3) turned about +Y by an angle (F,) in radians for each frame, positive to the left."""
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y, z = np.moveaxis(points, -1, 0)
    return np.stack([x * c + z * s, y, z * c - x * s], axis=-1)
