# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-body actions on the feet, keyed as in ``pose``: ladders, a waltz, a kick with its run-up, a shift of weight.

Recordings have two descents of a ladder, no waltz and four kicks; laid over people who stand, none of it has legs.
"""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

from ..gesture import who
from ..pose import ARM, STAND, Limb, Pose, PosedAction, named

_ANKLE = 0.075  # metres of an ankle above what its foot stands on
_RUNG, _RUNGS = 0.3, 6  # metres from rung to rung, and how many are climbed
_TREAD, _REACH = 0.26, 0.4  # metres from the pelvis to the feet and the hands on the rungs, ahead
_BELOW = 0.1  # and to feet that stand on the floor in front of them


def _foot(up: float, ahead: float) -> Limb:
    return Limb((0.12, -0.5, 0.85), (0.0, -0.95, -0.3), (0.11, up + _ANKLE, ahead), (0.12, -0.2, 1.0))


def _hand(up: float, ahead: float) -> Limb:
    return Limb((0.35, -0.7, 0.6), (-0.1, 0.6, 0.8), (0.2, up, ahead))


def _on_ladder(feet: tuple[float, float], hands: tuple[float, float], moving: int | None, height: float) -> Pose:
    """Acting foot and other foot, acting hand and other hand, so high; ``moving`` is the foot between two rungs."""
    legs = [_foot(up, _BELOW if up == 0.0 else _TREAD - (0.14 if moving == k else 0.0)) for k, up in enumerate(feet)]
    arms = [_hand(up, _REACH - (0.08 if moving == 1 - k else 0.0)) for k, up in enumerate(hands)]
    lean = 0.02 if moving is None else (-0.03 if moving == 0 else 0.03)
    return Pose(
        0.28, height, 4, aside=lean, nod=-6, bend=6, arm=arms[0], other_arm=arms[1], leg=legs[0], other_leg=legs[1],
        ease="flow",
    )  # fmt: skip


def _climb() -> tuple[Pose, ...]:
    """From the floor up a ladder: a foot and the hand of the other side go up by two rungs, then the other two."""
    feet, hands, height = [0.0, 0.0], [1.35, 1.35], 0.85
    stands = replace(STAND, place=(0.11, _ANKLE, _BELOW))
    poses = [
        Pose(0.5, ahead=0.13, leg=stands),
        replace(_on_ladder((0.0, 0.0), (1.35, 1.35), None, height), seconds=0.7, ease="step"),
    ]
    for step in range(1, _RUNGS + 1):
        foot = (step - 1) % 2
        goal, above = step * _RUNG, (step - 1) * _RUNG + 0.83
        between, grips = feet.copy(), hands.copy()
        between[foot], grips[1 - foot] = (feet[foot] + goal) / 2 + 0.06, (hands[1 - foot] + goal + 1.35) / 2
        poses.append(_on_ladder((between[0], between[1]), (grips[0], grips[1]), foot, (height + above) / 2))
        feet[foot], hands[1 - foot], height = goal, goal + 1.35, above
        poses.append(_on_ladder((feet[0], feet[1]), (hands[0], hands[1]), None, height))
    return tuple(poses)


_HOLD = Limb((0.9, 0.0, 0.3), (0.35, 0.75, 0.55))  # the hand that holds the partner's, out to the side
_AROUND = Limb((0.8, -0.15, 0.6), (-0.8, 0.05, 0.6))  # the arm about the partner's back
_BARS, _TURN = 5, 84.0  # bars of three steps; degrees that each of them turns to the acting side


def _waltz() -> tuple[Pose, ...]:
    """Turning box steps in hold: ahead, aside, close; back, aside, close; low on one, high on two and three."""
    feet = [(0.1, 0.0), (-0.1, 0.0)]  # towards the acting side, ahead: of the acting foot, of the other one
    yaw, middle = 0.0, (0.0, 0.0)

    def off(start: tuple[float, float], aside: float, ahead: float) -> tuple[float, float]:
        s, c = sin(radians(yaw)), cos(radians(yaw))
        return start[0] + aside * c + ahead * s, start[1] - aside * s + ahead * c

    def pose(height: float, ups: tuple[float, float], sway: float) -> Pose:
        legs = []
        for k, out in ((0, 1.0), (1, -1.0)):
            s, c = sin(radians(yaw + out * 8)), cos(radians(yaw + out * 8))
            toe = (out * s, -0.45 - 3.0 * max(ups[k] - _ANKLE, 0.0), c)
            legs.append(Limb((0.05, -0.9, 0.3), (0.0, -0.95, -0.3), (out * feet[k][0], ups[k], feet[k][1]), toe))
        return Pose(
            0.2, height, 2, middle[1], aside=middle[0], yaw=yaw, side=sway, look=16, bend=-4, arm=_HOLD,
            other_arm=_AROUND, leg=legs[0], other_leg=legs[1], ease="flow",
        )  # fmt: skip

    poses = [pose(0.87, (_ANKLE, _ANKLE), 0.0)]
    for bar in range(_BARS):
        lead, way = bar % 2, 1.0 if bar % 2 == 0 else -1.0
        for count in range(3):
            moving = lead if count != 1 else 1 - lead
            out = 1.0 if moving == 0 else -1.0
            was, stands = feet[moving], feet[1 - moving]
            yaw += _TURN * (0.4, 0.45, 0.15)[count]
            goal = off(stands, out * (0.18, 0.38, 0.18)[count], (0.36 * way, 0.0, 0.0)[count])
            before = middle
            at = 0.7 if count < 2 else 0.5  # the weight goes over the foot that has stepped
            middle = (goal[0] * at + stands[0] * (1 - at), goal[1] * at + stands[1] * (1 - at))
            after = middle
            feet[moving] = ((was[0] + goal[0]) / 2, (was[1] + goal[1]) / 2)
            middle = ((before[0] + after[0]) / 2, (before[1] + after[1]) / 2)
            ups = [_ANKLE, _ANKLE]
            ups[moving] = 0.13
            poses.append(pose((0.84, 0.84, 0.87)[count], (ups[0], ups[1]), 0.0))
            feet[moving], middle = goal, after
            high = (_ANKLE, 0.1, 0.12)[count]
            poses.append(pose((0.81, 0.85, 0.91)[count], (high, high), (0.0, -5.0, -4.0)[count] * out))
    return tuple(poses)


def _step(seconds: float, ahead: float, feet: tuple[float, float], ups: tuple[float, float], **changes: object) -> Pose:
    """A key of the run-up: acting foot and other foot so far ahead and so high; the arms swing against the legs."""
    legs = [
        Limb((0.03, -0.8, 0.5), (0.0, -0.8, -0.5), (0.1, _ANKLE + up, at), (0.1, -0.42 - 1.5 * up, 0.9))
        for at, up in zip(feet, ups, strict=True)
    ]
    swing = 0.8 if feet[0] > feet[1] else -0.8
    arm, other = (Limb((0.25, -0.9, v * 0.7), (-0.05, -0.4, 0.9)) for v in (-swing, swing))
    pose = Pose(seconds, 0.85, 8, ahead, leg=legs[0], other_leg=legs[1], arm=arm, other_arm=other, ease="flow")
    return replace(pose, **changes)  # type: ignore[arg-type]


_PLANTED = Limb((0.05, -0.9, 0.3), (0.0, -0.95, -0.3), (0.13, _ANKLE, 1.62), (0.12, -0.42, 0.9))
_WIDE, _ACROSS = Limb((0.95, -0.1, -0.3), (0.9, 0.1, 0.2)), Limb((0.25, -0.35, 0.9), (-0.5, 0.0, 0.85))
# fmt: off
_SHOT = (
    Pose(0.5, leg=STAND, bend=4, nod=8),
    _step(0.2, 0.16, (-0.03, 0.24), (0.0, 0.12)),
    _step(0.16, 0.34, (-0.03, 0.5), (0.0, 0.0)),
    _step(0.16, 0.62, (0.55, 0.5), (0.18, 0.0)),
    _step(0.16, 0.9, (1.05, 0.5), (0.0, 0.02)),
    _step(0.16, 1.2, (1.05, 1.15), (0.02, 0.16)),
    Pose(0.18, 0.82, -4, 1.42, twist=-22, yaw=-6, bend=4, nod=14, arm=_WIDE, other_arm=_WIDE, other_leg=_PLANTED,
         leg=Limb((0.22, -0.75, -0.65), (0.0, -0.15, -1.0)), ease="flow"),
    Pose(0.13, 0.83, -8, 1.56, twist=4, bend=16, nod=16, arm=_WIDE, other_arm=_WIDE, other_leg=_PLANTED,
         leg=Limb((0.1, -0.95, 0.3), (0.02, -0.95, 0.1)), ease="flow"),
    Pose(0.15, 0.87, -18, 1.62, twist=24, yaw=10, bend=22, nod=4, arm=_WIDE, other_arm=_ACROSS, other_leg=_PLANTED,
         leg=Limb((-0.15, 0.05, 1.0), (-0.15, 0.15, 1.0))),
    Pose(0.28, 0.86, -4, 1.74, twist=12, yaw=6, bend=12, other_leg=_PLANTED,
         leg=Limb((0.0, -0.5, 0.9), (0.0, -0.9, 0.2)), ease="flow"),
    _step(0.26, 1.86, (2.06, 1.62), (0.0, 0.02), ease="step"),
    _step(0.24, 1.98, (2.06, 1.86), (0.0, 0.1)),
    Pose(0.26, 0.89, 0, 2.08, leg=replace(STAND, place=(0.11, _ANKLE, 2.06)),
         other_leg=replace(STAND, place=(0.11, _ANKLE, 2.05))),
)
# fmt: on


def _weight(aside: float, bend: float) -> Pose:
    """The weight on one leg, whose hip is higher; a key of breathing in or out."""
    more = aside / 0.075
    return Pose(
        1.1, 0.89, aside=aside, tilt=-4 * more, side=3 * more, bend=bend, arm=replace(ARM, upper=(0.2, -1, bend / 60)),
        nod=-bend / 2,
    )  # fmt: skip


STEPS = (
    PosedAction(
        named(
            "climb",
            *who("climbs a ladder from the floor", "climbs a tall ladder", "goes up a steep ladder without a stop"),
            "ladder climb cycle, upwards",
            "up a ladder, opposite hand and foot",
            bank=("ladder_up",),
        ),
        "stairs and ladder",
        _climb(),
    ),
    PosedAction(
        named(
            "climb down",
            *who("climbs down a ladder to the floor", "comes down a ladder, facing it"),
            *who("lowers one foot after the other down a ladder, the hands following"),
            "ladder climb cycle, downwards",
            "descends a ladder and lets go at the bottom",
            bank=("ladder_down",),
        ),
        "stairs and ladder",
        _climb()[::-1],
    ),
    PosedAction(
        named(
            "waltz",
            *who("dances a waltz", "waltzes with an invisible partner", "turns in a slow waltz", "does waltz steps"),
            "waltz",
            "waltzing",
            "viennese waltz, arms in hold",
            "ballroom dance in three-four time",
            "ballroom box step, turning",
        ),
        "dance",
        _waltz(),
        tempo=(0.85, 1.2),
    ),
    PosedAction(
        named(
            "kick ball",
            *who("runs up and shoots a ball with the {side} foot", "takes a run-up and kicks a football hard"),
            *who("strikes the ball at the goal with the {side} foot after three steps"),
            "penalty shot",
            "free kick with a run-up, {side} foot",
            "football shot, full swing of the {side} leg",
            bank=("kick_ball",),
        ),
        "ball sports",
        _SHOT,
        tempo=(0.95, 1.3),
    ),
    PosedAction(
        named(
            "stand",
            *who("stands and breathes, the weight going from one leg to the other", "stands at rest and sways gently"),
            *who("shifts the weight calmly from leg to leg"),
            "calm idle, hips going from side to side a little",
            "idle loop, chest rising, weight over one leg and then the other",
            "relaxed idle with weight shifts",
            bank=("idle", "idle_fidget"),
            says=r"breath|neutral|weight|sway|variation",
            loop=(0, 4),
        ),
        "stand and idle",
        (_weight(0.07, 5.0), _weight(0.075, -2.0), _weight(-0.07, 5.0), _weight(-0.075, -2.0)),
        tempo=(0.8, 1.4),
        size=(0.7, 1.1),
    ),
)
