# SPDX-License-Identifier: GPL-3.0-or-later
"""Exercises with the whole body, keyed as in ``pose``: push-ups, sit-ups, squats, lunges, jumping jacks, burpees."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin

from ..gesture import Gesture, who
from ..pose import ARM, STAND, Limb, Pose, PosedAction, named

_LEG, _TRUNK, _TOES = 0.82, 0.47, 0.14  # metres: hip to ankle, hip to shoulder, an ankle above toes that bear weight
_HANDS = (0.26, 0.04, 0.44)
_PRESSED = Limb((0.35, -0.25, 0.9), (-0.1, -0.05, 1.0), _HANDS)
_LOWERED = Limb((0.62, -0.72, -0.05), (-0.05, 0.55, 0.8), _HANDS)


def plank(seconds: float, degrees: float, arm: Limb) -> Pose:
    """A straight body on its toes, raised by so many degrees from lying face down."""
    along = radians(degrees)
    leg = Limb((0.02, -1.0, 0.0), (0.0, -1.0, -0.05), (0.1, _TOES, -_LEG), (0.03, -0.9, 0.35))
    return Pose(
        seconds, _TOES + _LEG * sin(along), 90.0 - degrees, _LEG * (cos(along) - 1.0), bend=2, nod=-14, arm=arm, leg=leg
    )


# fmt: off
_UP, _DOWN = plank(0.75, 17.6, _PRESSED), plank(0.75, 3.0, _LOWERED)
_ELBOWS = Limb((0.2, 0.05, 1.0), (-0.25, 0.95, 0.12))
_LIES = Limb((0.05, -0.55, 0.85), (0.0, -0.5, -0.85), (0.13, 0.07, 0.47))
_BEHIND_HEAD = Limb((0.8, 0.5, 0.2), (-0.92, 0.38, -0.1))
_ON_CHEST = Limb((0.3, -0.8, 0.5), (-0.85, 0.45, 0.2))
_AHEAD = Limb((0.12, -0.1, 1.0), (-0.05, 0.02, 1.0))
_WIDE = replace(STAND, place=(0.17, 0.075, -0.02), toe=(0.4, -0.42, 0.85))
_SQUAT_LEG = Limb((0.25, -0.35, 0.95), (0.0, -0.85, -0.5), (0.17, 0.075, -0.02), (0.4, -0.42, 0.85))
_SQUATS = (
    Pose(0.7, 0.88, leg=_WIDE, arm=_AHEAD, bend=2),
    Pose(0.9, 0.48, 34, -0.2, leg=_SQUAT_LEG, arm=replace(_AHEAD, upper=(0.12, 0.35, 1.0)), bend=6, nod=-18),
)
_HANDS_HIPS = Limb((0.75, -0.75, -0.25), (-0.75, -0.55, 0.35))
_FRONT, _BACK = (0.1, 0.075, 0.56), (0.1, 0.15, -0.3)
_STEP = Pose(0.35, 0.8, 2, 0.12, leg=Limb((0, -0.5, 0.9), (0, -1, -0.2), (0.1, 0.22, 0.3)), other_leg=STAND,
             arm=_HANDS_HIPS)
_LUNGE = Pose(
    0.45, 0.5, 4, 0.24, arm=_HANDS_HIPS, leg=Limb((0, -0.2, 1), (0, -1, 0), _FRONT),
    other_leg=Limb((0, -1, 0.1), (0, -0.3, -1), _BACK, (0.0, -0.9, 0.4)),
)
_FEET = replace(STAND, place=(0.08, 0.075, -0.02))
_HANGS, _SIDEWAYS, _OVERHEAD = (
    Limb((0.2, -1, 0.05), (0.05, -1, 0.15)), Limb((1, -0.05, 0.05), (1, 0.1, 0.1)), Limb((0.3, 1, 0.02), (0.05, 1, 0.1))
)
_JACK = (
    Pose(0.16, 0.86, leg=_FEET, arm=_HANGS, ease="flow"),
    Pose(0.14, 0.95, leg=replace(_FEET, place=(0.2, 0.16, -0.02), toe=(0.2, -0.75, 0.6)), arm=_SIDEWAYS, ease="flow"),
    Pose(0.16, 0.81, leg=replace(_FEET, place=(0.37, 0.08, -0.02)), arm=_OVERHEAD, ease="flow"),
    Pose(0.14, 0.93, leg=replace(_FEET, place=(0.2, 0.15, -0.02), toe=(0.2, -0.75, 0.6)), arm=_SIDEWAYS, ease="flow"),
)
_GROUNDED = Limb((0.3, -0.6, 0.8), (-0.1, -0.4, 1.0), (0.22, 0.04, 0.42))
_TUCK = Pose(
    0.4, 0.36, 62, -0.06, bend=22, nod=-10, arm=_GROUNDED,
    leg=Limb((0.3, 0.1, 1), (0, -0.8, -0.6), (0.15, 0.11, -0.05), (0.2, -0.65, 0.7)),
)
_BURPEE = (
    Pose(0.3, 0.88),
    _TUCK,
    replace(_UP.moved(-0.02), seconds=0.4),
    replace(_DOWN.moved(-0.02), seconds=0.45),
    replace(_UP.moved(-0.02), seconds=0.4),
    replace(_TUCK, seconds=0.38),
    Pose(0.3, 0.84, 8, arm=Limb((0.3, -0.3, 0.9), (0, 0.3, 1)), ease="flow"),
    Pose(0.28, 1.16, arm=Limb((0.3, 0.75, 0.5), (0, 1, 0.25)),
         leg=Limb((0.03, -1, 0.1), (0, -1, -0.1), (0.1, 0.34, -0.03), (0.1, -0.9, 0.4))),
    Pose(0.27, 0.8, 14, arm=Limb((0.5, -0.5, 0.6), (0, -0.1, 1)), bend=8, ease="fall"),
    Pose(0.4, 0.88),
)
_BENT_ARM, _SWUNG_BACK = Limb((0.15, -0.75, 0.65), (-0.15, 0.8, 0.6)), Limb((0.25, -0.75, -0.6), (-0.1, -0.2, 1.0))
_LIFTED = Limb((0.05, 0.05, 1.0), (0.0, -1.0, -0.1))
_KNEE = Pose(0.19, 0.9, 2, arm=_SWUNG_BACK, other_arm=_BENT_ARM, leg=_LIFTED, other_leg=STAND, ease="flow")
_HOP = Pose(
    0.12, 0.93, 2, arm=replace(ARM, lower=(-0.1, 0.1, 1)), ease="flow",
    leg=Limb((0.03, -0.75, 0.6), (0, -0.8, -0.6)),
    other_leg=replace(STAND, place=(0.11, 0.11, -0.03), toe=(0.1, -0.65, 0.7)),
)
_LOW_KNEE = Pose(
    0.16, 0.88, 3, arm=Limb((0.2, -0.85, -0.5), (-0.15, -0.1, 1.0)), leg=Limb((0.05, -0.8, 0.62), (0.0, -0.75, -0.65)),
    other_arm=Limb((0.15, -0.9, 0.3), (-0.25, 0.4, 0.9)), other_leg=STAND, ease="flow",
)
_LIGHT_HOP = replace(
    _HOP, seconds=0.13, height=0.92, arm=Limb((0.18, -0.95, -0.1), (-0.2, 0.15, 1.0)),
    leg=Limb((0.03, -0.9, 0.4), (0, -0.9, -0.45)),
    other_leg=replace(STAND, place=(0.11, 0.1, -0.05), toe=(0.1, -0.7, 0.6)),
)
_TOES_DOWN = (0.1, -0.9, 0.4)
_TURNS = tuple(  # of both wrists, which swing the rope: ahead, down, back and up
    Limb((0.3, -0.95, -0.12), fore)
    for fore in ((0.6, -0.1, 0.8), (0.6, -0.5, 0.65), (0.85, -0.4, 0.35), (0.85, 0.0, 0.5))
)
_ROPE = (
    Pose(0.13, 0.86, 2, leg=_FEET, arm=_TURNS[0], ease="flow"),
    Pose(0.12, 0.94, 2, leg=replace(_FEET, place=(0.08, 0.12, -0.02), toe=_TOES_DOWN), arm=_TURNS[1], ease="flow"),
    Pose(0.13, 1.02, 2, leg=replace(_FEET, place=(0.08, 0.23, -0.03), toe=_TOES_DOWN), arm=_TURNS[2], ease="flow"),
    Pose(0.12, 0.94, 2, leg=replace(_FEET, place=(0.08, 0.12, -0.02), toe=_TOES_DOWN), arm=_TURNS[3], ease="flow"),
)
_ROPE_STEP = (
    Pose(0.14, 0.87, 2, arm=_TURNS[0], leg=Limb((0.05, -0.8, 0.55), (0, -0.9, -0.5)), other_leg=STAND, ease="flow"),
    Pose(0.14, 0.95, 2, arm=_TURNS[2], leg=Limb((0.05, -0.92, 0.3), (0, -0.9, -0.4)), ease="flow",
         other_leg=replace(STAND, place=(0.1, 0.15, -0.03), toe=_TOES_DOWN)),
)
# fmt: on


EXERCISES = (
    PosedAction(
        Gesture(
            "push-up",
            (
                *who("does {number} push-up{s}", "drops and does {number} push-up{s}", "does a push-up {times}"),
                "{number} push-up{s}",
                "{number} press-up{s} from the plank",
                "lowers the chest to the floor and presses back up {times}",
            ),
            (),
            counted=(1, 3),
        ),
        "exercise",
        (_UP, replace(_DOWN, seconds=0.7), replace(_UP, seconds=0.65), replace(_UP, seconds=0.5)),
        most=4,
        size=(0.8, 1.0),
    ),
    PosedAction(
        named(
            "push-up",
            *who("does push-ups", "is doing press-ups on the floor", "trains with push-ups", "pumps out push-ups"),
            "push-up loop",
            "set of push-ups, straight back",
            "chest to the floor and up again, body stiff as a board",
            bank=("pushup",),
            loop=(0, 2),
        ),
        "exercise",
        (_UP, _DOWN),
        tempo=(0.7, 1.5),
        size=(0.7, 1.0),
    ),
    PosedAction(
        named(
            "sit-up",
            *who("does sit-ups", "does sit-ups, hands behind the head", "trains the belly with sit-ups"),
            *who("lies on the back, sits up and lies back again, over and over"),
            "sit-up exercise",
            "sit-up loop, knees bent",
            "sit-ups",
            "situps",
            "sit-ups on the floor, trunk all the way up",
            "set of sit-ups, elbows to the knees",
            "abs workout on the floor",
            loop=(0, 2),
        ),
        "exercise",
        (
            Pose(0.9, 0.11, -88, leg=_LIES, arm=_BEHIND_HEAD, bend=4, nod=5),
            Pose(0.85, 0.11, -32, leg=_LIES, arm=_BEHIND_HEAD, bend=34, nod=10),
        ),
        size=(0.8, 1.1),
    ),
    PosedAction(
        named(
            "sit-up",
            *who("does crunches", "does abdominal crunches on the floor", "curls the shoulders up in a crunch"),
            "crunches",
            "ab crunch loop",
            "small curls, only the shoulders leave the ground",
            loop=(0, 2),
        ),
        "exercise",
        (
            Pose(0.6, 0.11, -88, leg=_LIES, arm=_ON_CHEST, bend=4, nod=5),
            Pose(0.6, 0.11, -82, leg=_LIES, arm=_ON_CHEST, bend=48, nod=22),
        ),
        size=(0.7, 1.1),
    ),
    PosedAction(
        named(
            "plank",
            *who("holds a plank", "holds the plank on straight arms", "stays in a high plank"),
            "plank",
            "high plank hold",
            "push-up position, held",
            loop=(0, 2),
        ),
        "exercise",
        (replace(_UP, seconds=1.4), replace(_UP, seconds=1.4, nod=-6, bend=5)),
    ),
    PosedAction(
        named(
            "plank",
            *who("holds a plank on the forearms", "planks on the elbows", "does the elbow plank"),
            "forearm plank",
            "core training, low plank hold",
            "still as a board on elbows and toes",
            loop=(0, 2),
        ),
        "exercise",
        (plank(1.5, 4.5, _ELBOWS), replace(plank(1.5, 5.0, _ELBOWS), nod=-4, bend=4)),
    ),
    PosedAction(
        Gesture(
            "squat",
            (
                *who("does {number} squat{s}", "squats {times}", "does {number} deep knee bend{s}, arms out in front"),
                "{number} squat{s}",
                "{number} squat{s} without weights",
                "squats down and comes up {times}",
            ),
            (),
            counted=(1, 3),
        ),
        "exercise",
        (Pose(0.4, leg=_WIDE), _SQUATS[1], _SQUATS[0], Pose(0.6, leg=_WIDE)),
        most=4,
        size=(0.8, 1.1),
    ),
    PosedAction(
        named(
            "squat",
            *who("does squats, arms stretched ahead", "does squats without any weights", "trains the legs with squats"),
            "squat loop",
            "air squats",
            "sits back into a squat and stands up, again and again",
            bank=("squats",),
            loop=(0, 2),
        ),
        "exercise",
        _SQUATS,
        size=(0.75, 1.1),
    ),
    PosedAction(
        named(
            "lunges",
            *who("does lunges on the spot", "lunges with one leg and then the other", "does alternating lunges"),
            "alternating lunges",
            "lunge exercise, hands on the hips",
            "steps forward into a lunge and pushes back, left and right in turn",
            bank=("lunges",),
            says=r"^(?!.*walking)",
            loop=(0, 8),
        ),
        "exercise",
        (
            Pose(0.4, arm=_HANDS_HIPS),
            _STEP,
            _LUNGE,
            _STEP,
            Pose(0.4, arm=_HANDS_HIPS),
            _STEP.swapped(),
            _LUNGE.swapped(),
            _STEP.swapped(),
        ),
    ),
    PosedAction(
        named(
            "jumping jacks",
            *who("does jumping jacks", "jumps feet apart and together, arms over the head and down"),
            "jumping jack loop",
            "jumping jacks, quick",
            "legs apart, arms up, legs together, arms down, jumping",
            bank=("jumping_jacks",),
            loop=(0, 4),
        ),
        "exercise",
        _JACK,
        tempo=(0.9, 1.3),
        size=(0.9, 1.02),
    ),
    PosedAction(
        named(
            "rope skipping",
            *who("skips rope, both feet together", "jumps rope", "does rope skipping in the gym"),
            *who("hops over a swinging rope again and again", "swings the rope and hops over it"),
            "rope skipping loop",
            "jumping rope, feet together",
            "boxer with a skipping rope",
            "cardio with the skipping rope, wrists turning",
            loop=(0, 4),
        ),
        "exercise",
        _ROPE,
        tempo=(0.9, 1.25),
        size=(0.8, 1.1),
    ),
    PosedAction(
        named(
            "rope skipping",
            *who("skips rope, running on the spot", "jumps rope from one foot to the other"),
            "rope skipping, alternating feet",
            "boxer skips rope, foot to foot",
            "speed rope, one foot at a time",
            loop=(0, 4),
        ),
        "exercise",
        (_ROPE_STEP[0], _ROPE_STEP[1], _ROPE_STEP[0].swapped(), _ROPE_STEP[1].swapped()),
        tempo=(0.9, 1.2),
    ),
    PosedAction(
        Gesture(
            "burpee",
            (
                *who("does {number} burpee{s}", "does a burpee {times}"),
                "{number} burpee{s}",
                "{number} burpee{s}, from squat to plank to a jump",
                "squats, kicks the legs back, does a push-up and jumps up, {times}",
            ),
            (),
            counted=(1, 10),
        ),
        "exercise",
        _BURPEE,
        most=2,
        tempo=(0.8, 1.1),
    ),
    PosedAction(
        named(
            "jog in place",
            *who("runs on the spot with high knees", "does high knees", "pulls the knees up high, running in place"),
            "high knees",
            "high-knee running on the spot",
            "running in place, knees to the belly",
            bank=("jog_in_place",),
            says=r"run|cardio",
            loop=(0, 4),
        ),
        "exercise",
        (_KNEE, _HOP, _KNEE.swapped(), _HOP.swapped()),
    ),
    PosedAction(
        named(
            "jog in place",
            *who("jogs in place", "jogs on the spot", "runs in place without getting anywhere", "jogs on one spot"),
            "jog in place",
            "jog on the spot, loop",
            "stationary jog cycle",
            "warm-up jog on the spot",
            bank=("jog_in_place",),
            loop=(0, 4),
        ),
        "exercise",
        (_LOW_KNEE, _LIGHT_HOP, _LOW_KNEE.swapped(), _LIGHT_HOP.swapped()),
        tempo=(0.9, 1.3),
        size=(0.8, 1.1),
    ),
)
