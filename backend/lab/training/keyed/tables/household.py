# SPDX-License-Identifier: GPL-3.0-or-later
"""Work, household and grooming on the spot that are hardly recorded, keyed by ``hand_places``."""

from __future__ import annotations

from ..gesture import Gesture, Move, who
from ..hand_places import ASIDE, OUT, at

_HIP = at(0.08, -0.5, 0.08)  # a hand that hangs
_BOWL = at(-0.1, -0.38, 0.25)  # a hand that holds a bowl before the belly

HOUSEHOLD = (
    Gesture(
        "paint",
        (
            *who("paints a wall with a roller", "rolls paint onto a wall, up and down", "whitewashes a wall"),
            "wall painting, {side} hand", "paint roller, {side} arm", "housepainter at work",
        ),
        (
            Move(0.7, *at(0.05, -0.15, 0.4)),
            Move(0.7, *at(0.05, 0.42, 0.25), nod=-14, lean=-2),
            Move(0.7, *at(0.05, -0.18, 0.4), nod=4, lean=4),
        ),
        loop=(1, 3), bank=("paint",), says=r"^(?!.*picture)",
    ),
    Gesture(
        "hammer",
        (
            *who("hammers a nail into the wall", "strikes with a hammer in the {side} hand", "drives in a nail"),
            "hammer and nail", "hammering with the {side} hand", "carpenter at work with a hammer",
        ),
        (
            Move(0.6, *at(0.1, 0.12, 0.12, OUT), other=at(-0.1, -0.08, 0.4), nod=4),
            Move(0.18, *at(-0.06, -0.06, 0.42), other=at(-0.1, -0.08, 0.4), nod=6, twist=6),
            Move(0.34, *at(0.12, 0.14, 0.12, OUT), other=at(-0.1, -0.08, 0.4), nod=4, twist=-6),
        ),
        loop=(1, 3), bank=("hammer",),
    ),
    Gesture(
        "saw",
        (
            *who("saws a plank with the {side} hand", "saws through a board", "cuts a beam with a handsaw"),
            "sawing, {side} arm", "handsaw, back and forth",
        ),
        (
            Move(0.6, *at(0.06, -0.36, -0.1), other=at(-0.05, -0.42, 0.22), lean=34, drop=0.06, nod=8, twist=-8),
            Move(0.32, *at(0.0, -0.38, 0.28), other=at(-0.05, -0.42, 0.22), lean=36, drop=0.06, nod=8, twist=8),
            Move(0.32, *at(0.06, -0.36, -0.1), other=at(-0.05, -0.42, 0.22), lean=34, drop=0.06, nod=8, twist=-8),
        ),
        loop=(1, 3), bank=("saw",),
    ),
    Gesture(
        "stir",
        (
            *who("stirs a pot with the {side} hand", "stirs soup in a pot", "stirs with a big spoon"),
            "stirring a pot, {side} hand", "cook stirring", "witch stirring a cauldron",
        ),
        (
            Move(0.6, *at(-0.04, -0.28, 0.36), other=_BOWL, nod=16, lean=8),
            Move(0.25, *at(0.04, -0.28, 0.3), other=_BOWL, nod=16, lean=8),
            Move(0.25, *at(-0.06, -0.28, 0.24), other=_BOWL, nod=16, lean=8),
            Move(0.25, *at(-0.15, -0.28, 0.3), other=_BOWL, nod=16, lean=8),
            Move(0.25, *at(-0.06, -0.28, 0.36), other=_BOWL, nod=16, lean=8),
        ),
        loop=(1, 5), bank=("stir",),
    ),
    Gesture(
        "chop",
        (
            *who("chops vegetables with a knife in the {side} hand", "cuts vegetables on a board", "chops onions"),
            "chopping, kitchen knife in the {side} hand", "preparing a salad at the counter",
        ),
        (
            Move(0.6, *at(-0.06, -0.24, 0.32), other=at(-0.08, -0.36, 0.3), nod=20, lean=12),
            Move(0.14, *at(-0.06, -0.36, 0.32), other=at(-0.08, -0.36, 0.3), nod=21, lean=12),
            Move(0.16, *at(-0.06, -0.22, 0.32), other=at(-0.08, -0.36, 0.3), nod=20, lean=12),
        ),
        loop=(1, 3), bank=("slice",),
    ),
    Gesture(
        "iron",
        (
            *who("irons a shirt with the {side} hand", "irons clothes on a board", "does the ironing"),
            "ironing", "ironing laundry, {side} hand",
        ),
        (
            Move(0.6, *at(-0.15, -0.34, 0.26), other=at(0.0, -0.36, 0.26), nod=16, lean=14, twist=6),
            Move(0.7, *at(0.18, -0.34, 0.32), other=at(0.0, -0.36, 0.26), nod=14, lean=14, twist=-6),
            Move(0.7, *at(-0.15, -0.34, 0.26), other=at(0.0, -0.36, 0.26), nod=16, lean=14, twist=6),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "vacuum",
        (
            *who("vacuums the floor", "pushes a vacuum cleaner to and fro", "hoovers the living room on the spot"),
            "vacuum cleaning, {side} hand", "housework with a vacuum cleaner",
        ),
        (
            Move(0.6, *at(0.02, -0.38, 0.1), other=_HIP, lean=14, nod=10, twist=-6),
            Move(0.6, *at(0.0, -0.3, 0.46), other=_HIP, lean=32, nod=10, twist=16, drop=0.06),
            Move(0.6, *at(0.02, -0.38, 0.06), other=_HIP, lean=14, nod=10, twist=-8),
        ),
        loop=(1, 3), bank=("vacuum",),
    ),
    Gesture(
        "water plants",
        (
            *who("waters the plants with the {side} hand", "waters flowers with a can", "pours water over the garden"),
            "watering can in the {side} hand", "watering flowers",
        ),
        (
            Move(0.7, *at(0.0, -0.25, 0.35), other=_HIP, lean=12, nod=16),
            Move(0.8, *at(0.14, -0.2, 0.36, OUT), other=_HIP, lean=15, nod=20, twist=-6),
            Move(0.8, *at(-0.14, -0.2, 0.36, OUT), other=_HIP, lean=15, nod=20, twist=8),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "open jar",
        (
            *who("opens a jar", "twists the lid off a jar with the {side} hand", "struggles with a tight lid"),
            "opening a jar", "unscrewing a bottle, {side} hand on the cap",
        ),
        (
            Move(0.6, *at(-0.16, -0.2, 0.26, OUT), other=at(-0.14, -0.3, 0.24), nod=18),
            Move(0.3, *at(-0.12, -0.19, 0.3, OUT), other=at(-0.16, -0.3, 0.22), nod=20, shrug=0.015, lean=4),
            Move(0.3, *at(-0.19, -0.2, 0.22, OUT), other=at(-0.12, -0.3, 0.27), nod=18),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "pour",
        (
            *who("pours a drink with the {side} hand", "pours water from a bottle into a glass", "fills a glass"),
            "pouring a drink", "bartender pouring, bottle in the {side} hand",
        ),
        (
            Move(0.7, *at(0.02, -0.22, 0.32), other=at(-0.12, -0.3, 0.28), nod=12),
            Move(0.5, *at(-0.08, -0.08, 0.32, OUT), other=at(-0.12, -0.3, 0.28), nod=18),
            Move(1.2, *at(-0.09, -0.06, 0.31, OUT), other=at(-0.12, -0.29, 0.28), nod=20),
            Move(0.5, *at(0.02, -0.22, 0.32), other=at(-0.12, -0.3, 0.28), nod=10),
        ),
        bank=("coffee_make",), says="pour",
    ),
    Gesture(
        "tie a tie",
        (
            *who("ties a tie", "knots a necktie in front of the mirror"),
            *who("straightens the tie, both hands at the collar"),
            "tying a necktie", "fixing his tie",
        ),
        (
            Move(0.7, *at(-0.13, -0.1, 0.16, ASIDE), other=at(-0.13, -0.14, 0.17, ASIDE), nod=8),
            Move(0.4, *at(-0.2, -0.06, 0.16, ASIDE), other=at(-0.12, -0.22, 0.18, ASIDE), nod=10),
            Move(0.4, *at(-0.12, -0.2, 0.18, ASIDE), other=at(-0.17, -0.05, 0.16, ASIDE), nod=6),
            Move(0.4, *at(-0.14, -0.04, 0.15, ASIDE), other=at(-0.14, -0.28, 0.18, ASIDE), nod=-6),
        ),
        loop=(1, 4),
    ),
    Gesture(
        "comb hair",
        (
            *who("combs the hair with the {side} hand", "combs the hair back", "runs a comb through the hair"),
            "combing, {side} hand", "grooming in front of a mirror, comb in the {side} hand",
        ),
        (
            Move(0.6, *at(-0.12, 0.26, 0.16, OUT), nod=4),
            Move(0.45, *at(-0.06, 0.28, -0.06, OUT), nod=6),
            Move(0.2, *at(-0.04, 0.16, -0.1, OUT), nod=8),
            Move(0.4, *at(-0.1, 0.26, 0.16, OUT), nod=4),
        ),
        loop=(1, 4), bank=("comb_hair",),
    ),
    Gesture(
        "put on a hat",
        (
            *who("puts on a hat with both hands", "sets a cap on the head", "pulls a hat down over the forehead"),
            "putting a hat on", "cowboy puts the hat on",
        ),
        (
            Move(0.6, *at(-0.04, -0.15, 0.34), nod=10),
            Move(0.6, *at(-0.04, 0.34, 0.16, OUT), nod=-2),
            Move(0.4, *at(-0.06, 0.25, 0.08, OUT), nod=8),
            Move(0.5, *at(-0.06, 0.24, 0.08, OUT), nod=4),
        ),
        both=True, bank=("hat",),
    ),
    Gesture(
        "take off glasses",
        (
            *who("takes off the glasses with the {side} hand", "takes the sunglasses off", "removes his glasses"),
            "taking glasses off", "sunglasses off, {side} hand",
        ),
        (
            Move(0.5, *at(-0.06, 0.14, 0.16, OUT), nod=6),
            Move(0.4, *at(-0.06, 0.14, 0.17, OUT), nod=8),
            Move(0.45, *at(0.0, 0.02, 0.36, OUT), nod=2),
            Move(0.7, *at(0.02, -0.22, 0.3), nod=4),
        ),
    ),
    Gesture(
        "rub eyes",
        (
            *who("rubs both eyes", "rubs the tired eyes with both hands", "rubs the sleep from the eyes"),
            "rubbing eyes", "tired, rubbing the eyes",
        ),
        (
            Move(0.6, *at(-0.11, 0.11, 0.17, ASIDE), nod=16),
            Move(0.2, *at(-0.09, 0.13, 0.17, ASIDE), nod=18),
            Move(0.2, *at(-0.12, 0.09, 0.17, ASIDE), nod=17),
        ),
        loop=(1, 3), both=True,
    ),
    Gesture(
        "yawn",
        (
            *who("yawns and stretches both arms", "yawns, arms stretched up", "stretches with a big yawn"),
            "big yawn and stretch", "just woke up, yawning with the arms up",
        ),
        (
            Move(0.7, *at(0.1, 0.15, 0.05, OUT), lean=-4, nod=-8, shrug=0.02),
            Move(0.9, *at(0.2, 0.48, -0.02, OUT), lean=-12, nod=-22, shrug=0.04),
            Move(0.8, *at(0.26, 0.45, -0.05, OUT), lean=-14, nod=-25, shrug=0.04),
            Move(0.7, *at(0.4, 0.1, -0.05), lean=-4, nod=-6),
        ),
        both=True, bank=("yawn",), says=r"^(?!.*cover)",
    ),
    Gesture(
        "count",
        (
            *who("counts on the fingers", "counts off points on the fingers", "lists things, counting on one hand"),
            "counting on fingers", "one, two, three on the fingers",
        ),
        (
            Move(0.6, *at(-0.1, -0.16, 0.26), other=at(-0.1, -0.16, 0.3), nod=10),
            Move(0.22, *at(-0.2, -0.12, 0.3), other=at(-0.1, -0.16, 0.3), nod=14),
            Move(0.35, *at(-0.02, -0.12, 0.26), other=at(-0.08, -0.13, 0.3), nod=5),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "zip jacket",
        (
            *who("zips up a jacket with the {side} hand", "zips the coat up to the chin", "closes the zip of a hoodie"),
            "zipping up", "jacket zip, {side} hand",
        ),
        (
            Move(0.6, *at(-0.16, -0.46, 0.2), other=at(-0.14, -0.48, 0.2), nod=26, lean=10),
            Move(0.4, *at(-0.16, -0.46, 0.2), other=at(-0.14, -0.48, 0.2), nod=28, lean=12),
            Move(0.7, *at(-0.16, -0.02, 0.18, ASIDE), other=at(-0.14, -0.44, 0.2), nod=-6),
            Move(0.4, *at(-0.16, -0.01, 0.18, ASIDE), other=at(-0.14, -0.44, 0.2), nod=-8),
        ),
    ),
    Gesture(
        "carry tray",
        (
            *who("holds a tray on the {side} palm like a waiter", "stands with a tray at the {side} shoulder"),
            "waiter with a tray, {side} hand", "server idle, tray held high",
        ),
        (
            Move(0.6, (0.3, -0.9, 0.25), (0.3, 0.85, 0.4), other=_HIP),
            Move(1.5, (0.3, -0.9, 0.27), (0.32, 0.84, 0.4), other=_HIP, twist=4),
            Move(1.5, (0.3, -0.9, 0.25), (0.3, 0.85, 0.42), other=_HIP, twist=-4),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "pet animal",
        (
            *who("bends down and pets a dog", "strokes a cat with the {side} hand", "pets an animal at knee height"),
            "petting a dog, {side} hand", "bent down, stroking a dog",
        ),
        (
            Move(0.9, *at(0.0, -0.38, 0.32), lean=48, drop=0.2, nod=4, other=at(0.05, -0.4, 0.18)),
            Move(0.4, *at(-0.02, -0.34, 0.4), lean=50, drop=0.21, nod=4, other=at(0.05, -0.4, 0.18)),
            Move(0.4, *at(0.02, -0.4, 0.24), lean=48, drop=0.2, nod=6, other=at(0.05, -0.4, 0.18)),
        ),
        loop=(1, 3),
    ),
    Gesture(
        "pick fruit",
        (
            *who("picks an apple from a tree", "picks fruit from a branch with the {side} hand", "harvests apples"),
            "picking fruit, {side} arm up", "reaches into a tree and plucks a fruit",
        ),
        (
            Move(0.7, *at(0.05, 0.45, 0.22), nod=-22, lean=-3, other=at(-0.02, -0.3, 0.26)),
            Move(0.35, *at(0.02, 0.44, 0.24), nod=-22, twist=6, other=at(-0.02, -0.3, 0.26)),
            Move(0.3, *at(0.04, 0.34, 0.26), nod=-14, other=at(-0.02, -0.3, 0.26)),
            Move(0.6, *at(-0.14, -0.26, 0.28), nod=14, lean=4, other=at(-0.02, -0.3, 0.26)),
        ),
        loop=(0, 4),
    ),
    Gesture(
        "throw dice",
        (
            *who("throws dice with the {side} hand", "shakes the dice and rolls them", "rolls a pair of dice"),
            "dice roll, {side} hand", "gambler shaking dice",
        ),
        (
            Move(0.5, *at(0.0, -0.12, 0.26, OUT), nod=6),
            Move(0.13, *at(0.03, -0.05, 0.26, OUT), nod=4),
            Move(0.13, *at(0.0, -0.15, 0.26, OUT), nod=6),
            Move(0.13, *at(0.03, -0.05, 0.26, OUT), nod=4),
            Move(0.13, *at(0.0, -0.15, 0.26, OUT), nod=6),
            Move(0.3, *at(0.02, -0.35, 0.32), lean=24, nod=8, drop=0.05),
            Move(0.5, *at(0.05, -0.3, 0.38), lean=24, nod=8, drop=0.05),
        ),
    ),
)  # fmt: skip
