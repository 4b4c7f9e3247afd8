# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do with one another and out of a feeling, and small tasks, keyed as in ``hand_places``.

Recordings have one hug, two waves with both arms and high fives of people who walk past one another.
"""

from __future__ import annotations

from ..gesture import GUARD, Gesture, Move, who
from ..hand_places import OUT, at, grip

_AT_MOUTH = at(-0.14, 0.12, 0.22)
_FISTS_LOW = at(0.12, -0.42, 0.18, OUT)
_RUBS, _RUBBED = at(-0.15, -0.28, 0.3), at(-0.12, -0.3, 0.26)  # hands on one another before the belly
_SCREEN = at(0.02, 0.02, 0.46)

# fmt: off
PEOPLE = (
    Gesture(
        "hug",
        (
            *who("hugs somebody", "embraces somebody warmly", "puts both arms around somebody", "gives a big hug"),
            "warm embrace", "hugging an old friend", "bear hug, both arms around the other",
        ),
        (
            Move(0.5, *at(0.25, 0.05, 0.4), lean=4),
            Move(0.4, *at(-0.12, 0.0, 0.36, OUT), lean=10, nod=6),
            Move(1.2, *at(-0.14, -0.02, 0.34, OUT), lean=12, nod=10, twist=6),
        ),
        both=True, bank=("hug",),
    ),
    Gesture(
        "high five",
        (
            *who("gives a high five with the {side} hand", "high-fives somebody", "claps palms overhead with a mate"),
            *who("raises the {side} palm for a high five"),
            "high five, {side} hand", "up top, high five",
        ),
        (
            Move(0.4, *at(0.12, 0.3, 0.1, OUT)),
            Move(0.25, *at(0.14, 0.34, -0.02, OUT), lean=-2, twist=-8),
            Move(0.16, *at(0.02, 0.36, 0.4), lean=6, twist=10),
            Move(0.4, *at(0.05, 0.2, 0.38), lean=3, twist=6),
        ),
        bank=("high_five",), says=r"^(?!.*low)",
    ),
    Gesture(
        "wave with both arms",
        (
            *who("waves with both arms over the head", "swings both arms overhead to be seen", "waves both hands high"),
            *who("signals to an airplane with both arms"),
            "both arms waving overhead", "waving both arms, big", "castaway waving at a ship",
        ),
        (
            Move(0.5, (0.55, 0.8, 0.1), (0.3, 0.95, 0.1)),
            Move(0.32, (0.35, 0.92, 0.12), (-0.35, 0.93, 0.1)),
            Move(0.32, (0.75, 0.62, 0.1), (0.6, 0.8, 0.1)),
        ),
        loop=(1, 3), both=True, bank=("wave_both",),
    ),
    Gesture(
        "shake the fist",
        (
            *who("shakes the {side} fist in anger", "threatens with a raised fist", "shakes a fist at somebody"),
            "angry fist, {side} hand", "fist shaking", "furious, fist in the air",
        ),
        (
            Move(0.4, (0.45, -0.3, 0.7), (0.05, 0.95, 0.3), lean=4, twist=8),
            Move(0.16, (0.42, -0.2, 0.75), (-0.05, 0.75, 0.65), lean=7, twist=12, nod=4),
            Move(0.16, (0.48, -0.3, 0.68), (0.1, 0.97, 0.1), lean=4, twist=6),
        ),
        loop=(1, 3), bank=("angry",), says=r"fist|shout|rage|angry$|^anger|gesture",
    ),
    Gesture(
        "stamp",
        (
            *who("stamps the {side} foot in anger", "stamps on the ground, fists clenched", "stomps in a rage"),
            "tantrum, stamping", "angry stomp, {side} foot", "child in a tantrum, fists down",
        ),
        (
            Move(0.3, *_FISTS_LOW, lift=(0.28, 0.1), lean=8, nod=10),
            Move(0.12, *_FISTS_LOW, lift=(0.0, 0.05), lean=16, nod=16, drop=0.04, shrug=0.03),
            Move(0.25, *_FISTS_LOW, lift=(0.0, 0.05), lean=12, nod=12, drop=0.03),
        ),
        loop=(0, 3), both=True,
    ),
    Gesture(
        "sneeze",
        (
            *who("sneezes", "sneezes into the {side} hand", "has to sneeze", "sneezes hard, bending forward"),
            "sneeze", "sneezing", "achoo, {side} hand at the nose",
        ),
        (
            Move(0.5, *at(-0.08, 0.0, 0.26), lean=-8, nod=-18, shrug=0.02),
            Move(0.4, *at(-0.1, 0.06, 0.25), lean=-12, nod=-24, shrug=0.03),
            Move(0.13, *_AT_MOUTH, lean=28, nod=32, drop=0.05),
            Move(0.35, *_AT_MOUTH, lean=24, nod=28, drop=0.04),
        ),
    ),
    Gesture(
        "cough",
        (
            *who("coughs into the {side} fist", "has a fit of coughing", "coughs again and again, a hand at the mouth"),
            "coughing fit", "coughing, {side} fist at the mouth", "sick, coughing",
        ),
        (
            Move(0.45, *_AT_MOUTH, lean=8, nod=10),
            Move(0.14, *_AT_MOUTH, lean=20, nod=20, shrug=0.02, drop=0.02),
            Move(0.22, *_AT_MOUTH, lean=12, nod=12),
        ),
        loop=(1, 3), bank=("cough",),
    ),
    Gesture(
        "rock a baby",
        (
            *who("rocks a baby in the arms", "cradles an infant", "holds a newborn and sways it to sleep"),
            "rocking a baby", "cradling, arms folded around a child",
        ),
        (
            Move(0.6, *at(-0.1, -0.22, 0.28), other=at(-0.16, -0.3, 0.24), nod=14, twist=10),
            Move(0.8, *at(-0.06, -0.22, 0.28), other=at(-0.2, -0.3, 0.24), nod=16, twist=-12),
            Move(0.8, *at(-0.1, -0.22, 0.28), other=at(-0.16, -0.3, 0.24), nod=16, twist=12),
        ),
        loop=(1, 3), bank=("baby",),
    ),
    Gesture(
        "dust off",
        (
            *who("dusts off the clothes", "brushes the dirt off the jacket", "brushes crumbs from the chest"),
            "dusting off", "brushing off dirt with the {side} hand",
        ),
        (
            Move(0.5, *at(-0.28, -0.02, 0.2), nod=16),
            Move(0.2, *at(-0.1, -0.22, 0.24), nod=18, lean=2),
            Move(0.25, *at(-0.28, -0.05, 0.2), nod=16),
            Move(0.2, *at(-0.05, -0.45, 0.2), nod=22, lean=12),
        ),
        loop=(0, 4), bank=("dust_off",),
    ),
    Gesture(
        "wash hands",
        (
            *who("washes the hands", "rubs the hands under a tap", "soaps both hands at the sink"),
            "hand washing", "at the basin, rubbing both hands",
        ),
        (
            Move(0.6, *_RUBS, other=_RUBBED, lean=12, nod=16),
            Move(0.2, *_RUBBED, other=_RUBS, lean=12, nod=16),
            Move(0.2, *_RUBS, other=_RUBBED, lean=13, nod=16),
        ),
        loop=(1, 3), bank=("wash_hands",),
    ),
    Gesture(
        "warm hands",
        (
            *who("rubs the hands to warm them", "blows into the cold hands", "rubs both palms together, cold"),
            "warming the hands", "cold fingers, rubbing them at the mouth",
        ),
        (
            Move(0.5, *at(-0.15, -0.02, 0.24), other=at(-0.12, -0.04, 0.2), lean=6, nod=12, shrug=0.03),
            Move(0.16, *at(-0.12, -0.04, 0.2), other=at(-0.15, -0.02, 0.24), lean=6, nod=12, shrug=0.035),
            Move(0.16, *at(-0.15, -0.02, 0.24), other=at(-0.12, -0.04, 0.2), lean=7, nod=12, shrug=0.03),
        ),
        loop=(1, 3), bank=("warm_hands",),
    ),
    Gesture(
        "write on a board",
        (
            *who("writes on a blackboard with the {side} hand", "writes on the wall", "draws on a whiteboard"),
            "teacher at the blackboard", "writing on a whiteboard, {side} hand",
        ),
        (
            Move(0.6, *at(-0.05, 0.2, 0.42), nod=-6),
            Move(0.25, *at(0.02, 0.1, 0.44), nod=-4),
            Move(0.25, *at(0.06, 0.18, 0.42), nod=-5),
            Move(0.3, *at(0.12, 0.08, 0.42), nod=-3, twist=-6),
        ),
        loop=(0, 4),
    ),
    Gesture(
        "press a button",
        (
            *who("presses a button with the {side} hand", "rings the doorbell", "types a code into a keypad"),
            "button press, {side} hand", "pushing the lift button",
        ),
        (
            Move(0.45, *at(-0.02, -0.02, 0.36)),
            Move(0.2, *_SCREEN, lean=3),
            Move(0.3, *_SCREEN, lean=3),
            Move(0.25, *at(-0.02, -0.02, 0.36)),
        ),
        bank=("press_button",),
    ),
    Gesture(
        "binoculars",
        (
            *who("looks through binoculars", "watches birds with field glasses", "scans the horizon with binoculars"),
            "binoculars at the eyes", "spotter with field glasses",
        ),
        (
            Move(0.7, (0.45, -0.35, 0.8), (-0.65, 0.75, 0.05), twist=0),
            Move(1.2, (0.45, -0.35, 0.8), (-0.65, 0.75, 0.05), twist=28),
            Move(1.4, (0.45, -0.35, 0.8), (-0.65, 0.75, 0.05), twist=-28),
        ),
        loop=(1, 3), both=True, bank=("binoculars",),
    ),
    Gesture(
        "shine a torch",
        (
            *who("shines a flashlight around", "searches in the dark with a torch in the {side} hand"),
            *who("holds a flashlight and looks into every corner"),
            "flashlight search", "torch in the {side} hand, sweeping left and right",
        ),
        (
            Move(0.6, *at(0.0, -0.12, 0.42), twist=20),
            Move(0.9, *at(0.05, -0.05, 0.42), twist=-25, lean=4),
            Move(0.9, *at(-0.02, -0.18, 0.4), twist=25, lean=6, nod=6),
        ),
        loop=(1, 3), bank=("flashlight",),
    ),
    Gesture(
        "power up",
        (
            *who("powers up", "gathers energy, fists clenched, and roars", "charges up like an anime hero"),
            "power-up", "super power charge, arms tensed", "transformation, fists at the hips",
        ),
        (
            Move(0.5, *at(0.1, -0.4, 0.2, OUT), lean=10, nod=16, drop=0.1),
            Move(0.5, *at(0.14, -0.38, 0.16, OUT), lean=14, nod=18, drop=0.13, shrug=0.03),
            Move(0.3, *at(0.34, -0.36, 0.05, OUT), lean=-10, nod=-24, drop=0.07, shrug=0.04),
            Move(1.2, *at(0.36, -0.36, 0.03, OUT), lean=-13, nod=-28, drop=0.08, shrug=0.05),
        ),
        both=True, bank=("power_up",),
    ),
    Gesture(
        "zombie attack",
        (
            *who("attacks like a zombie", "claws with both hands like the undead", "grabs for a victim, snarling"),
            "zombie attack", "undead clawing, both arms",
        ),
        (
            Move(0.4, *at(0.0, 0.12, 0.38, OUT), other=at(0.05, 0.02, 0.34, OUT), lean=14, nod=-6, twist=10),
            Move(0.25, *at(-0.12, -0.15, 0.4, OUT), other=at(0.02, 0.2, 0.3, OUT), lean=26, nod=-14, twist=22),
            Move(0.3, *at(0.04, 0.2, 0.3, OUT), other=at(-0.12, -0.15, 0.4, OUT), lean=24, nod=-14, twist=-22),
        ),
        loop=(1, 3), bank=("zombie_attack",),
    ),
    Gesture(
        "dizzy",
        (
            *who("is dizzy and sways", "feels faint, a hand at the head", "reels, seeing stars"),
            "dizzy", "stunned idle, swaying", "dazed, {side} hand at the temple",
        ),
        (
            Move(0.5, *at(-0.02, 0.24, 0.14, OUT), lean=8, twist=14, drop=0.03, nod=12),
            Move(0.7, *at(-0.02, 0.24, 0.14, OUT), lean=-8, twist=-16, drop=0.05, nod=-10),
            Move(0.7, *at(-0.02, 0.22, 0.15, OUT), lean=14, twist=18, drop=0.06, nod=18),
        ),
        loop=(1, 3), bank=("dizzy",),
    ),
    Gesture(
        "tennis serve",
        (
            *who("serves in tennis with the {side} hand", "tosses the ball up and hits it with the racket"),
            *who("throws the ball high and smashes it over the net with a racket"),
            "overhead racket shot, {side} arm", "racket serve, ball toss first",
        ),
        (
            Move(0.5, *at(0.05, -0.35, 0.25), other=at(-0.05, -0.25, 0.35), lean=6, twist=-8),
            Move(0.5, *at(0.32, -0.05, -0.2, OUT), other=at(0.02, 0.44, 0.24), lean=-8, twist=-24, nod=-22, drop=0.05),
            Move(0.25, *at(0.16, 0.16, -0.2, OUT), other=at(0.08, 0.3, 0.3), lean=-12, twist=-26, nod=-20, drop=0.06),
            Move(0.16, *at(0.06, 0.48, 0.16), other=at(0.05, -0.1, 0.3), lean=6, twist=14, nod=-6),
            Move(0.18, *at(-0.1, -0.05, 0.45), other=at(0.0, -0.25, 0.2), lean=18, twist=24, nod=4),
            Move(0.3, *at(-0.26, -0.4, 0.2), other=at(0.0, -0.3, 0.15), lean=22, twist=30, nod=6),
        ),
    ),
    Gesture(
        "throw underhand",
        (
            *who("throws underhand with the {side} hand", "tosses something underarm", "lobs a ball from below"),
            "underhand toss, {side} arm", "underarm throw",
        ),
        (
            Move(0.4, *at(0.04, -0.45, 0.15), lean=4),
            Move(0.4, *at(0.08, -0.42, -0.3), lean=12, twist=-14),
            Move(0.22, *at(0.02, -0.3, 0.4), lean=8, twist=10),
            Move(0.2, *at(0.0, 0.1, 0.48), lean=2, twist=14),
        ),
        bank=("underhand",),
    ),
    Gesture(
        "pickaxe",
        (
            *who("swings a pickaxe", "mines ore with a pickaxe", "hacks at rock with a pick"),
            "miner at work, pickaxe", "mining loop, two-handed pick",
        ),
        (
            grip(0.5, 0.14, 0.3, 0.1, OUT, lean=-8, nod=-8, twist=-14),
            grip(0.22, 0.0, -0.35, 0.38, lean=36, nod=14, drop=0.1, twist=6),
            grip(0.25, 0.0, -0.38, 0.34, lean=38, nod=16, drop=0.1, twist=6),
            grip(0.45, 0.16, 0.28, 0.08, OUT, lean=-8, nod=-8, twist=-16),
        ),
        loop=(1, 4), bank=("mining",),
    ),
    Gesture(
        "sway back",
        (
            *who("leans back out of the reach of a punch", "sways back from a blow", "pulls the head back, guard up"),
            "lean back, boxing defence", "pull counter, leaning away",
        ),
        (
            Move(0.3, *GUARD, lean=6, drop=0.05),
            Move(0.2, *GUARD, lean=-22, nod=12, drop=0.1, twist=-8),
            Move(0.35, *GUARD, lean=-24, nod=12, drop=0.1, twist=-8),
            Move(0.25, *GUARD, lean=8, drop=0.06),
        ),
        guard=True,
    ),
)
# fmt: on
