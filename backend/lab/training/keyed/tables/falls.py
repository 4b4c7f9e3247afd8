# SPDX-License-Identifier: GPL-3.0-or-later
"""Falls, deaths and getting up again, keyed as in ``pose``; who falls does so with gravity."""

from __future__ import annotations

from dataclasses import replace

from ..gesture import who
from ..pose import ARM, STAND, Limb, Pose, PosedAction, named

# fmt: off
# limbs that lie are keyed a little into the floor, so that all of them rest on it
_FLAT_LEG = Limb((0.16, -1.0, 0.0), (0.04, -1.0, -0.08), None, (0.5, -0.45, 0.8))
_PRONE_LEG = Limb((0.14, -1.0, 0.05), (0.04, -1.0, 0.02), None, (0.35, -0.95, 0.0))
_FLUNG, _LIMP_BACK = Limb((0.75, -0.1, 0.75), (0.3, 0.4, 0.9)), Limb((0.85, -0.3, -0.03), (0.45, 0.85, -0.02))
_LIMP = Limb((0.55, -0.85, -0.03), (0.25, -0.95, 0.02))
_BESIDE_HEAD, _AT_SIDE = Limb((0.9, 0.3, 0.25), (-0.15, 0.98, 0.15)), Limb((0.45, -0.9, 0.25), (0.1, -1.0, 0.12))
_CATCHING = Limb((0.45, 0.2, 0.9), (-0.1, 0.5, 0.9))
_HIT_CHEST, _HIT_BELLY = Limb((0.35, -0.75, 0.5), (-0.75, 0.5, 0.4)), Limb((0.3, -0.9, 0.25), (-0.8, 0.0, 0.55))

_TIPS = Pose(0.42, 0.66, -26, -0.3, bend=16, nod=14, arm=_FLUNG,
    leg=Limb((0.05, -0.7, 0.7), (0, -1, 0), (0.12, 0.08, 0.0), (0.2, -0.1, 1)),
             ease="flow")
_LANDS = Pose(0.32, 0.12, -70, -0.52, bend=30, nod=18, arm=Limb((0.8, -0.35, 0.5), (0.3, 0.3, 0.9)), ease="fall",
              leg=Limb((0.1, -0.5, 0.85), (0, -0.85, -0.35), (0.16, 0.22, 0.12), (0.2, 0.3, 0.95)))
_SUPINE = Pose(0.4, None, -90, -0.56, nod=0, look=18, arm=_LIMP_BACK, other_arm=_LIMP, leg=_FLAT_LEG,
               other_leg=Limb((0.22, -0.9, 0.35), (0.15, -0.9, -0.45), None, (0.6, -0.4, 0.6)))
_BACKWARDS = (
    replace(_TIPS), _LANDS, replace(_SUPINE, bend=6), replace(_SUPINE, seconds=0.9),
        replace(_SUPINE, seconds=0.6, look=22)
)
_TOES = (0.08, -0.85, 0.5)
_PRONE = Pose(0.35, None, 90, 0.74, nod=-4, look=40, arm=_BESIDE_HEAD, other_arm=_AT_SIDE, leg=_PRONE_LEG,
              other_leg=Limb((0.4, -0.9, 0.06), (0.0, -1.0, 0.02), None, (0.4, -0.9, 0.0)))
_STILL = (replace(_PRONE, seconds=0.8), replace(_PRONE, seconds=0.6, look=43))
_TOPPLES = (
    Pose(0.42, 0.82, 20, 0.3, bend=8, nod=4, arm=_FLUNG,
        leg=replace(STAND, place=(0.11, 0.12, -0.03), toe=_TOES), ease="flow"),
    Pose(0.38, 0.17, 80, 0.72, bend=-6, nod=-22, arm=_CATCHING,
        leg=replace(STAND, place=(0.11, 0.14, -0.1), toe=_TOES), ease="fall"),
    _PRONE,
    *_STILL,
)
_SHIN = Limb((0.05, -1.0, 0.12), (0.0, -0.15, -1.0), (0.13, 0.13, -0.05), (0.02, -0.85, 0.45))
_TO_KNEES = (
    Pose(0.3, 0.8, 12, 0.1, bend=22, nod=20, arm=_HIT_BELLY,
        leg=Limb((0.05, -0.8, 0.6), (0, -0.9, -0.4), (0.12, 0.09, -0.04), (0.1, -0.7, 0.7)), ease="flow"),
    Pose(0.36, 0.45, 4, 0.37, bend=14, nod=24, arm=_HIT_BELLY, leg=_SHIN, ease="fall"),
    Pose(0.5, 0.44, 6, 0.36, bend=24, nod=34, arm=Limb((0.3, -0.95, 0.1), (-0.2, -0.95, 0.25)), leg=_SHIN),
)
_FROM_KNEES = (
    Pose(0.4, 0.4, 34, 0.46, bend=16, nod=14, arm=Limb((0.35, -0.9, 0.35), (0, -0.9, 0.5)), leg=_SHIN, ease="flow"),
    Pose(0.28, 0.14, 80, 0.74, bend=0, nod=-8, arm=Limb((0.6, -0.5, 0.6), (0, 0.1, 1)), ease="fall",
         leg=Limb((0.05, -1, 0.05), (0, -1, -0.2), (0.13, 0.15, -0.08), (0.02, -0.95, 0.1))),
)
_KO_LEG, _KO_OTHER = (
    Limb((0.1, -0.9, 0.3), (0, -1, -0.2), (0.08, 0.075, -0.2), (-0.3, -0.42, 0.7)),
    Limb((0.1, -0.9, 0.3), (0, -1, -0.2), (0.0, 0.1, 0.12), (-0.8, -0.42, 0.4)),
)
_SPUN = replace(_PRONE, yaw=140, ahead=-0.5, aside=0.42)
_KNOCKOUT = (
    Pose(0.22, 0.87, -4, -0.03, yaw=12, twist=30, look=55, nod=-8, bend=-4, arm=ARM,
        other_arm=Limb((0.5, -0.7, 0.5), (-0.1, 0.2, 1)), ease="flow"),
    Pose(0.34, 0.8, 8, -0.1, 0.08, yaw=70, twist=28, look=30, bend=4, arm=Limb((0.8, -0.5, -0.2), (0.5, -0.6, 0.5)),
         other_arm=Limb((0.4, -0.5, 0.8), (-0.4, 0.0, 0.9)), leg=_KO_LEG, other_leg=_KO_OTHER, ease="flow"),
    Pose(0.38, 0.15, 76, -0.46, 0.38, yaw=132, bend=4, nod=-4, arm=_CATCHING, other_arm=_AT_SIDE, ease="fall",
         leg=_PRONE_LEG, other_leg=Limb((0.1, -0.95, 0.2), (0, -1, -0.4), None, (0.2, -0.9, 0.2))),
    _SPUN,
    replace(_SPUN, seconds=0.8),
    replace(_SPUN, seconds=0.6, look=43),
)

_PROPPED = Limb((0.45, -0.75, -0.65), (0.1, -0.95, -0.2), (0.3, 0.04, -0.78))
_BENT_UP = Limb((0.12, -0.2, 1.0), (0.0, -0.75, -0.7), (0.15, 0.075, -0.1))
_SITS_UP = Pose(0.75, 0.12, -34, -0.54, bend=30, nod=14, arm=Limb((0.2, -0.5, 0.9), (-0.1, 0.0, 1)), other_arm=_PROPPED,
                leg=Limb((0.1, -0.5, 0.9), (0, -0.8, -0.5), (0.14, 0.07, 0.0)), other_leg=_BENT_UP)
_SQUATS = Pose(0.6, 0.3, 26, -0.36, bend=26, nod=4, arm=Limb((0.4, -0.85, 0.1), (0.05, -0.7, 0.65)),
               other_arm=Limb((0.2, -0.5, 0.9), (-0.1, -0.1, 1)),
               leg=replace(_BENT_UP, place=(0.14, 0.075, 0.0)), other_leg=_BENT_UP)
_RISES = Pose(0.55, 0.56, 46, -0.24, bend=24, nod=-4, arm=Limb((0.2, -0.95, 0.3), (0, -0.8, 0.6)), ease="flow",
              leg=Limb((0.12, -0.4, 0.95), (0, -0.9, -0.4), (0.14, 0.075, 0.0)), other_leg=_BENT_UP)
_UP_AGAIN = (
    _SITS_UP,
    _SQUATS,
    _RISES,
    Pose(0.6, ahead=-0.06, nod=4, leg=replace(STAND, place=(0.14, 0.075, 0.0)),
        other_leg=replace(STAND, place=(0.15, 0.075, -0.1))),
    Pose(0.5, ahead=-0.06, leg=replace(STAND, place=(0.14, 0.075, 0.0)),
        other_leg=replace(STAND, place=(0.15, 0.075, -0.1))),
)
_PUSHED = Limb((0.5, -0.5, 0.7), (-0.1, 0.2, 1.0), (0.27, 0.04, 1.12))
_FROM_FRONT = (
    replace(_PRONE, seconds=0.6, other_arm=_BESIDE_HEAD, look=0, nod=-8),
    Pose(0.6, 0.32, 58, 0.62, nod=-12, bend=4, arm=_PUSHED,
         leg=Limb((0.1, -0.9, 0.4), (0, -0.6, -0.8), (0.13, 0.06, 0.05), (0.05, -0.28, -0.95))),
    Pose(0.35, 0.44, 46, 0.52, bend=12, nod=-10, arm=replace(_PUSHED, place=(0.26, 0.04, 1.0)),
         leg=Limb((0.1, -0.9, 0.4), (0, -0.4, -0.9), (0.13, 0.06, 0.06), (0.05, -0.28, -0.95)),
         other_leg=Limb((0.15, -0.1, 1), (0, -0.9, -0.4), (0.16, 0.19, 0.36), (0.05, -0.95, 0.1))),
    Pose(0.3, 0.45, 40, 0.52, bend=16, nod=-6, arm=replace(_PUSHED, place=(0.25, 0.04, 0.98)),
         leg=Limb((0.1, -0.9, 0.4), (0, -0.4, -0.9), (0.13, 0.06, 0.06), (0.05, -0.28, -0.95)),
         other_leg=Limb((0.15, -0.1, 1), (0, -0.9, -0.4), (0.15, 0.075, 0.66))),
    Pose(0.55, 0.6, 30, 0.52, bend=20, nod=-4, arm=Limb((0.2, -0.95, 0.35), (0, -0.6, 0.8)), ease="flow",
         leg=Limb((0.1, -0.6, 0.8), (0, -0.7, -0.7), (0.12, 0.2, 0.18), (0.05, -0.95, 0.1)),
         other_leg=Limb((0.1, -0.3, 1), (0, -0.9, -0.4), (0.15, 0.075, 0.66))),
    Pose(0.6, 0.86, 4, 0.63, bend=6, leg=replace(STAND, place=(0.11, 0.075, 0.56)),
        other_leg=replace(STAND, place=(0.15, 0.075, 0.66))),
    Pose(0.5, 0.89, 0, 0.64, leg=replace(STAND, place=(0.11, 0.075, 0.56)),
        other_leg=replace(STAND, place=(0.15, 0.075, 0.66))),
)
# fmt: on


FALLS = (
    PosedAction(
        named(
            "fall",
            *who("is shot and falls on the back", "dies falling backwards", "falls over backwards, dead"),
            *who("is hit, drops backwards and stays down"),
            "death, backwards",
            "falls dead on the back",
            "shot in the chest, falls backwards",
            bank=("death_back", "death"),
        ),
        "hit and death",
        (Pose(0.2), Pose(0.2, 0.87, -7, -0.04, bend=-10, nod=-14, arm=_FLUNG), *_BACKWARDS),
        tempo=(0.9, 1.15),
    ),
    PosedAction(
        named(
            "fall",
            *who("dies falling forwards", "falls flat on the face", "is shot in the back and falls forwards"),
            *who("topples forwards and lies still"),
            "death, forwards",
            "falls forward like a tree",
            "drops dead on the face",
            bank=("death_front",),
            says=r"^(?!.*knees)",
        ),
        "hit and death",
        (
            Pose(0.2),
            Pose(0.2, 0.88, 4, 0.06, bend=-8, nod=-12, arm=Limb((0.4, -0.9, -0.3), (0.2, -0.8, 0.4))),
            *_TOPPLES,
        ),
        tempo=(0.9, 1.15),
    ),
    PosedAction(
        named(
            "fall",
            *who("crumples to the knees and falls forwards", "sinks to the knees, then drops dead on the face"),
            *who("clutches the belly, goes to the knees and collapses", "dies slowly, first to the knees, then flat"),
            "death, to the knees and forward",
            "crumples and dies",
            "collapses onto the knees, then onto the belly",
            bank=("death_front", "death"),
            says=r"knees|collapse|^death$|^die|dies",
        ),
        "hit and death",
        (
            Pose(0.25),
            Pose(0.3, 0.87, 6, 0.0, bend=22, nod=16, arm=_HIT_BELLY),
            *_TO_KNEES,
            *_FROM_KNEES,
            _PRONE,
            *_STILL,
        ),
        tempo=(0.9, 1.25),
    ),
    PosedAction(
        named(
            "fall",
            *who(
                "is knocked out by a punch",
                "takes a blow to the jaw, spins round and falls",
                "spins and drops, knocked out",
            ),
            "knockout, spinning fall",
            "punched unconscious",
            "hit in the face, turns and falls flat to the ground",
            bank=("death",),
            says=r"^KO$|knocked out",
        ),
        "hit and death",
        (Pose(0.2), *_KNOCKOUT),
        tempo=(0.9, 1.15),
    ),
    PosedAction(
        named(
            "fall",
            *who(
                "is knocked on the back and gets up again",
                "falls backwards, then stands up",
                "is floored and gets back up",
            ),
            "knockdown and recovery",
            "knocked down, gets up",
            "goes down on the back and rises again",
        ),
        "hit and death",
        (
            Pose(0.2),
            Pose(0.2, 0.87, -7, -0.04, bend=-10, nod=-14, arm=_FLUNG),
            replace(_TIPS),
            _LANDS,
            replace(_SUPINE, bend=6),
            replace(_SUPINE, seconds=0.5),
            *_UP_AGAIN,
        ),
        tempo=(0.9, 1.15),
    ),
    PosedAction(
        named(
            "get up",
            *who(
                "gets up from lying on the back", "sits up and stands up from the floor", "lies on the back, then rises"
            ),
            "getting up, from supine",
            "stands up from lying on the ground",
            "up from the floor, by way of a squat",
            bank=("get_up",),
        ),
        "crawl and lie",
        (_SUPINE, replace(_SUPINE, seconds=0.5, look=5), *_UP_AGAIN),
    ),
    PosedAction(
        named(
            "get up",
            *who(
                "gets up from lying face down",
                "pushes off the floor and stands up",
                "lies on the belly, kneels, stands",
            ),
            "getting up, from prone",
            "up from the stomach, over one knee, to the feet",
            bank=("get_up",),
        ),
        "crawl and lie",
        _FROM_FRONT,
    ),
)
