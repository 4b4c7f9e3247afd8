# SPDX-License-Identifier: GPL-3.0-or-later
"""Lying, sitting and kneeling on the floor, and poses held low, keyed as in ``pose``."""

from __future__ import annotations

from dataclasses import replace

from ..gesture import who
from ..pose import Limb, Pose, PosedAction, named

# fmt: off
# limbs that lie are keyed a little into the floor, so that all of them rest on it
_FLAT_LEG = Limb((0.14, -1.0, -0.02), (0.04, -1.0, -0.08), None, (0.5, -0.45, 0.8))
_AT_SIDE, _ON_BELLY = Limb((0.42, -0.9, -0.1), (0.1, -0.98, -0.02)), Limb((0.5, -0.85, -0.05), (-0.82, -0.3, 0.45))
_SPREAD = Limb((0.85, 0.1, -0.15), (0.35, 0.93, -0.05))
_KNEE_UP = Limb((0.12, -0.55, 0.85), (0.02, -0.6, -0.8), (0.13, 0.06, 0.5))
_ON_BACK = Pose(2.2, None, -90, arm=_AT_SIDE, leg=_FLAT_LEG, nod=4)
_CURLED = Limb((0.14, -0.62, 0.8), (0.1, -0.75, -0.7), None, (0.05, -0.85, 0.3))
_CURLED_MORE = Limb((-0.34, -0.5, 0.86), (-0.1, -0.75, -0.68), None, (0.05, -0.85, 0.3))
_ON_SIDE = Pose(
    2.4, None, -90, roll=86, bend=20, side=-7, nod=12, arm=Limb((-0.1, 0.35, 0.95), (-0.05, 0.9, -0.5)),
    other_arm=Limb((0.1, -0.45, 0.9), (-0.55, 0.15, 0.75)), leg=_CURLED, other_leg=_CURLED_MORE,
)
_BESIDE_HEAD = Limb((0.9, 0.35, 0.25), (-0.25, 0.95, 0.15))
_PRONE_LEG = Limb((0.13, -1.0, 0.05), (0.03, -1.0, 0.02), None, (0.4, -0.95, 0.0))
_ON_FRONT = Pose(2.4, None, 90, nod=-6, look=50, arm=_BESIDE_HEAD, other_arm=Limb((0.4, -0.9, 0.28), (0.1, -1, 0.1)),
                 leg=Limb((0.55, -0.8, 0.06), (-0.1, -1.0, 0.02), None, (0.5, -0.9, 0.0)), other_leg=_PRONE_LEG)

_KNEEL_LEG = Limb((0.04, -1.0, 0.08), (0.0, -0.15, -1.0), (0.12, 0.06, -0.42), (-0.05, -0.25, -1.0))
_KNEELS = Pose(0.8, 0.45, 2, leg=_KNEEL_LEG)
_TUCKED = replace(_KNEELS, height=0.46, leg=replace(_KNEEL_LEG, place=(0.12, 0.13, -0.41), toe=(0.02, -0.85, 0.45)))
_ON_HEELS = replace(_KNEELS, height=0.27, ahead=-0.3, pitch=6, bend=6,
                    leg=replace(_KNEEL_LEG, upper=(0.04, -0.45, 0.9), lower=(0.0, -0.1, -1.0)))
_HAND_ON_THIGH = Limb((0.2, -0.95, 0.15), (-0.1, -0.6, 0.8), (0.14, 0.25, -0.06))
_PALMS, _PALMS_HIGH = Limb((0.18, -0.85, 0.5), (-0.66, 0.6, 0.48)), Limb((0.2, -0.6, 0.78), (-0.62, 0.6, 0.55))
_SINKS = Pose(0.45, 0.64, 14, 0.02, bend=10, nod=8,
    leg=Limb((0.06, -0.7, 0.8), (0, -0.7, -0.75), (0.11, 0.11, -0.28), (0.1, -0.8, 0.5)),
              other_leg=Limb((0.06, -0.4, 1), (0, -0.9, -0.4), (0.11, 0.075, 0.12)))
_FRONT_KNEE = Limb((0.06, -0.1, 1.0), (0.0, -1.0, 0.0), (0.12, 0.075, 0.4))
_BACK_KNEE = Limb((0.04, -1.0, 0.1), (0.0, -0.2, -1.0), (0.1, 0.13, -0.4), (0.02, -0.85, 0.45))
_ONE_KNEE = Pose(0.8, 0.47, 2, -0.02, bend=2, leg=_FRONT_KNEE, other_leg=_BACK_KNEE)
_TO_ONE_KNEE = Pose(0.5, 0.68, 10, 0.03, bend=8, nod=10, leg=replace(_FRONT_KNEE, place=(0.12, 0.09, 0.34)),
                    other_leg=Limb((0.04, -0.9, 0.3), (0, -0.5, -0.8), (0.1, 0.14, -0.3), (0.02, -0.8, 0.5)))
_RING, _HELD_HAND = Limb((0.12, -0.6, 0.8), (-0.2, 0.35, 0.95)), Limb((0.2, -0.75, 0.6), (-0.35, 0.45, 0.85))
_ON_KNEE, _HANGS = Limb((0.1, -0.75, 0.7), (-0.3, -0.1, 0.95)), Limb((0.2, -1, 0.05), (0.0, -0.97, 0.2))
_KNIGHT = replace(_ONE_KNEE, bend=16, nod=28, arm=_ON_KNEE, other_arm=_HANGS)

_CROSSED = Limb((0.84, 0.02, 0.52), (-0.95, -0.15, 0.08), (-0.06, 0.05, 0.25), (-0.7, -0.2, 0.5))
_CROSSED_BEFORE = Limb((0.8, 0.02, 0.6), (-0.95, -0.15, 0.1), (-0.06, 0.05, 0.36), (-0.7, -0.2, 0.5))
_HAND_ON_KNEE = Limb((0.35, -0.85, 0.4), (0.1, -0.45, 0.9), (0.38, 0.25, 0.28))
_LOTUS = Pose(2.0, 0.11, -4, bend=2, arm=_HAND_ON_KNEE, leg=_CROSSED, other_leg=_CROSSED_BEFORE)
_HUGGED = Limb((0.1, -0.3, 1.0), (0.0, -0.75, -0.7), (0.09, 0.07, 0.42))
_HUGS = Pose(2.0, 0.11, -14, bend=40, nod=10, leg=_HUGGED,
    arm=Limb((0.35, -0.55, 0.8), (-0.7, -0.1, 0.7), (0.03, 0.33, 0.42)))
_LOW_LEG = Limb((0.15, 0.2, 1.0), (0.0, -0.9, -0.45), (0.15, 0.075, 0.3))
_COVER = Pose(0.45, 0.33, -4, 0.0, bend=16, nod=10, leg=_LOW_LEG, arm=Limb((0.25, -0.75, 0.6), (-0.45, 0.75, 0.55)))
_OVER_HEAD = Limb((0.5, 0.35, 0.85), (-0.75, 0.7, -0.3))
_FIST = Limb((0.2, -0.5, 0.9), (-0.1, -0.6, 0.9), (0.1, 0.05, 0.34))
_HERO = Pose(
    0.4, 0.4, 62, -0.08, bend=22, nod=-44, arm=_FIST, other_arm=Limb((0.7, -0.35, -0.65), (0.5, -0.3, -0.8)),
    leg=Limb((0.1, -0.9, 0.4), (0, -0.3, -1), (0.13, 0.13, -0.38), (0.02, -0.85, 0.45)),
    other_leg=Limb((0.3, 0.3, 1), (0, -1, -0.2), (0.24, 0.075, 0.26), (0.35, -0.42, 0.85)),
)
_HERO_IN_AIR = Pose(
    0.3, 1.32, 12, -0.1, bend=8, arm=Limb((0.8, 0.4, 0.2), (0.3, 0.7, 0.5)),
    leg=Limb((0.12, -0.9, 0.35), (0, -0.8, -0.6), (0.14, 0.55, -0.25), (0.05, -0.9, 0.3)),
    other_leg=Limb((0.15, -0.7, 0.7), (0, -1, -0.2), (0.18, 0.5, 0.12), (0.1, -0.9, 0.4)),
)
_STRAIGHT_OUT = Limb((1.0, 0.02, 0.0), (1.0, 0.02, 0.03))
_WARRIOR = Pose(
    1.6, 0.62, aside=0.09, look=75, arm=_STRAIGHT_OUT,
        leg=Limb((0.95, -0.35, 0.12), (0.05, -1, 0), (0.66, 0.075, 0), (1, -0.42, 0.05)),
    other_leg=Limb((0.8, -0.9, 0.05), (0.7, -0.9, 0), (0.62, 0.075, -0.03), (0.35, -0.42, 0.9)),
)
_LOG = Pose(
    0.5, None, -90, ease="flow", arm=Limb((0.25, -0.75, 0.3), (-0.75, 0.3, 0.25)), leg=Limb((0.02, -1, 0), (0, -1, 0)),
)
# fmt: on

LOW = (
    PosedAction(
        named(
            "lie down",
            *who("sleeps on the back", "lies on the back and sleeps", "is fast asleep, flat on the back"),
            *who("lies face up, arms at the sides"),
            "sleep idle, on the back",
            "supine sleep loop",
            "sleeping face up",
            bank=("lie_idle",),
            says=r"^(?!.*(prone|unconsc))",
            loop=(0, 2),
        ),
        "crawl and lie",
        (_ON_BACK, replace(_ON_BACK, look=14, bend=2)),
    ),
    PosedAction(
        named(
            "lie down",
            *who(
                "naps on the back, a hand on the belly", "lies on the back with one knee up", "rests, one knee drawn up"
            ),
            "lying on the back, relaxed",
            "dozing on the ground, hand on the stomach",
            bank=("lie_idle",),
            says=r"^(?!.*(prone|flat))",
            loop=(0, 2),
        ),
        "crawl and lie",
        (
            replace(_ON_BACK, other_leg=_KNEE_UP, arm=_ON_BELLY, look=8),
            replace(_ON_BACK, other_leg=replace(_KNEE_UP, upper=(0.2, -0.55, 0.8)), arm=_ON_BELLY, look=-10),
        ),
    ),
    PosedAction(
        named(
            "lie down",
            *who(
                "sleeps on the {side} side", "lies on the {side} side, knees drawn up", "sleeps curled up on one side"
            ),
            "side sleeper",
            "sleep idle, on the {side} side",
            "curled up asleep on the ground",
            loop=(0, 2),
        ),
        "crawl and lie",
        (_ON_SIDE, replace(_ON_SIDE, bend=23, nod=15)),
    ),
    PosedAction(
        named(
            "lie down",
            *who("lies face down", "lies on the stomach, one arm beside the head", "sleeps on the belly"),
            "prone, not moving",
            "lying face down on the ground",
            "flat on the belly, asleep",
            bank=("lie_idle",),
            says=r"prone|lying|flat|still",
            loop=(0, 2),
        ),
        "crawl and lie",
        (_ON_FRONT, replace(_ON_FRONT, look=42)),
    ),
    PosedAction(
        named(
            "kneel",
            *who("kneels in prayer", "kneels on both knees and prays", "prays on the knees, palms together"),
            "prayer, kneeling",
            "kneeling, palms pressed together, head bowed",
            "says a prayer on the knees",
            loop=(0, 2),
        ),
        "gesture and acting",
        (
            replace(_KNEELS, seconds=1.6, arm=_PALMS, nod=26, bend=6),
            replace(_KNEELS, seconds=1.6, arm=_PALMS, nod=32, bend=9),
        ),
    ),
    PosedAction(
        named(
            "kneel",
            *who("gets down on both knees and prays", "sinks to the knees and folds the hands", "kneels down to pray"),
            "kneels down, then prays",
            "drops onto the knees in prayer",
        ),
        "gesture and acting",
        (
            Pose(0.4),
            _SINKS,
            replace(_TUCKED, seconds=0.6),
            replace(_TUCKED, seconds=0.7, arm=_PALMS, nod=24, bend=6),
            replace(_TUCKED, seconds=1.6, arm=_PALMS, nod=30, bend=8),
        ),
    ),
    PosedAction(
        named(
            "kneel",
            *who("begs on the knees", "kneels and begs with folded hands", "begs for mercy on both knees"),
            "begging on the knees",
            "begs, hands clasped, kneeling",
            "implores somebody on the knees",
            loop=(0, 3),
        ),
        "gesture and acting",
        (
            replace(_KNEELS, seconds=0.7, arm=_PALMS_HIGH, nod=-14, bend=2),
            replace(_KNEELS, seconds=0.4, arm=replace(_PALMS_HIGH, upper=(0.2, -0.45, 0.9)), nod=-8, bend=14, pitch=6),
            replace(_KNEELS, seconds=0.4, arm=_PALMS_HIGH, nod=4, bend=10, pitch=4),
        ),
    ),
    PosedAction(
        named(
            "kneel",
            *who("sits back on the heels", "kneels, sitting on the heels", "sits in seiza, hands on the thighs"),
            "seiza",
            "kneeling sit, japanese style",
            "rests on the knees, seated on the heels",
            loop=(0, 2),
        ),
        "sit and stand",
        (
            replace(_ON_HEELS, seconds=1.8, arm=_HAND_ON_THIGH),
            replace(_ON_HEELS, seconds=1.8, bend=2, look=8, arm=_HAND_ON_THIGH),
        ),
    ),
    PosedAction(
        named(
            "kneel",
            *who("goes down on one knee and holds out a ring", "proposes on one knee", "kneels to propose"),
            "marriage proposal",
            "proposal on one knee, ring box held up",
            "asks for a hand in marriage on one knee",
            bank=("kneel",),
            says=r"(one|a) knee",
        ),
        "gesture and acting",
        (
            Pose(0.4),
            _TO_ONE_KNEE,
            replace(_ONE_KNEE, seconds=0.55),
            replace(_ONE_KNEE, seconds=0.6, arm=_RING, other_arm=_HELD_HAND, nod=-16),
            replace(_ONE_KNEE, seconds=1.6, arm=_RING, other_arm=_HELD_HAND, nod=-20),
        ),
    ),
    PosedAction(
        named(
            "kneel",
            *who("kneels on one knee, head bowed", "takes a knee before the king", "genuflects like a knight"),
            "knight kneeling",
            "kneels on one knee, forearm on the thigh",
            "on one knee, bowing the head",
            bank=("kneel",),
            says=r"(one|a) knee|^kneel|genuflect",
        ),
        "gesture and acting",
        (Pose(0.4), _TO_ONE_KNEE, replace(_KNIGHT, seconds=0.6), replace(_KNIGHT, seconds=1.8, nod=32)),
    ),
    PosedAction(
        named(
            "cross legged",
            *who("sits cross-legged and meditates", "meditates, hands on the knees", "sits in the lotus pose"),
            "meditation idle",
            "cross-legged on the floor, hands on the knees",
            "zen, seated on the ground",
            bank=("sit_floor",),
            loop=(0, 2),
        ),
        "sit and stand",
        (_LOTUS, replace(_LOTUS, bend=5, nod=5)),
    ),
    PosedAction(
        named(
            "sit",
            *who(
                "sits on the floor hugging the knees",
                "hugs the knees, seated on the ground",
                "sits with the knees to the chest",
            ),
            "sitting on the ground, arms around the knees",
            "hugs both knees on the floor",
            "huddled up on the floor, lonely",
            bank=("sit_floor",),
            says=r"floor",
            loop=(0, 2),
        ),
        "sit and stand",
        (_HUGS, replace(_HUGS, bend=46, nod=22)),
    ),
    PosedAction(
        named(
            "crouch",
            *who("drops into cover", "ducks down, the back to a wall", "squats low behind a crate, arms over the head"),
            "dive into cover, low squat",
            "cowers in cover",
            "into cover, then peeks to the {side}",
            bank=("duck_avoid", "crouch_idle"),
            says=r"cover\b|hid",
        ),
        "crouch",
        (
            Pose(0.3),
            replace(_COVER, arm=_OVER_HEAD, bend=34, nod=24),
            replace(_COVER, seconds=0.8, arm=_OVER_HEAD, bend=36, nod=26),
            replace(_COVER, seconds=0.6, look=20),
            replace(_COVER, seconds=0.5, aside=0.06, side=14, look=50, bend=10),
            replace(_COVER, seconds=0.9, look=-6),
        ),
    ),
    PosedAction(
        named(
            "land",
            *who(
                "lands like a superhero",
                "lands on one knee, fist to the ground",
                "drops from the sky in a hero landing",
            ),
            "superhero landing",
            "three-point landing",
            "hero landing, {side} fist on the floor",
        ),
        "jump",
        (
            _HERO_IN_AIR,
            replace(_HERO, seconds=0.42, ease="fall"),
            replace(_HERO, seconds=0.3, height=0.37, nod=-24),
            replace(_HERO, seconds=0.9, nod=-50),
            replace(_HERO, seconds=0.5, nod=-52),
        ),
    ),
    PosedAction(
        named(
            "yoga pose",
            *who(
                "stands in the warrior pose", "does the yoga warrior", "holds warrior two, arms stretched to both sides"
            ),
            "warrior pose",
            "yoga, warrior two",
            "deep side lunge with level arms, looking over the {side} hand",
            bank=("yoga",),
            says=r"pose",
            loop=(0, 2),
        ),
        "exercise",
        (_WARRIOR, replace(_WARRIOR, height=0.59, aside=0.11)),
    ),
    PosedAction(
        named(
            "roll on the floor",
            *who("rolls over and over on the floor", "rolls sideways like a log", "lies down and rolls to the {side}"),
            "log roll to the {side}",
            "rolling sideways, stretched out on the ground",
            "stop, drop and roll",
            bank=("roll_floor",),
        ),
        "crawl and lie",
        (
            *(replace(_LOG, seconds=0.42, roll=90.0 * k, aside=0.3 * k) for k in range(9)),
            replace(_LOG, seconds=0.6, roll=720.0, aside=2.42, ease="step"),
        ),
    ),
)
