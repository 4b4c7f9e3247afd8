# SPDX-License-Identifier: GPL-3.0-or-later
"""Crawls, swims and hops, keyed as in ``pose``."""

from __future__ import annotations

from ..gesture import Gesture, who
from ..pose import Limb, Pose, PosedAction

_BACKWARDS = (0.05, -0.28, -0.95)  # the toe of a foot whose instep lies on the floor


def _hand(z: float, up: float = 0.04) -> Limb:
    return Limb((0.3, -0.2, 0.95), (-0.15, 0.05, 1.0), (0.2, up, z))


def _shin(z: float, up: float = 0.06) -> Limb:
    return Limb((0.05, -0.25, 1.0), (0.0, -0.95, -0.35), (0.11, up, z), _BACKWARDS)


def _all_fours(part: int) -> Pose:
    """A quarter of a cycle on hands and knees: a hand and the other knee go, then the other two; 0.44 m."""
    s = 0.44
    arm = (_hand(0.56), _hand(0.56), _hand(0.56), _hand(0.56 + s / 2, 0.11))[part]
    other_arm = (_hand(0.56 - s / 2), _hand(0.56, 0.11), _hand(0.56 + s / 2), _hand(0.56 + s / 2))[part]
    leg = (_shin(-0.32 - s / 2), _shin(-0.32, 0.1), _shin(-0.32 + s / 2), _shin(-0.32 + s / 2))[part]
    other = (_shin(-0.32), _shin(-0.32), _shin(-0.32), _shin(-0.32 + s / 2, 0.1))[part]
    sway = (0.015, 0.02, -0.015, -0.02)[part]
    return Pose(
        0.24, 0.43, 74, s / 4 * part, aside=sway, twist=(5, 0, -5, 0)[part], roll=(-4, 0, 4, 0)[part], nod=-26,
        arm=arm, other_arm=other_arm, leg=leg, other_leg=other, ease="flow",
    )  # fmt: skip


def _elbow(z: float, up: float = 0.045) -> Limb:
    return Limb((0.75, 0.15, 0.75), (-0.55, 0.85, 0.1), (0.16, up, z))


_STRETCHED = Limb((0.16, -1.0, 0.02), (0.06, -1.0, -0.06), None, (0.3, -0.95, 0.1))
_DRAWN_UP = Limb((0.85, -0.45, 0.12), (-0.12, -1.0, -0.08), None, (0.6, -0.75, 0.15))
_HALF_DRAWN = Limb((0.5, -0.85, 0.08), (0.0, -1.0, -0.07), None, (0.5, -0.85, 0.1))


def _on_the_belly(part: int) -> Pose:
    """A quarter of a cycle of an army crawl: one elbow and the other knee go ahead, then the other two; 0.5 m."""
    s, ahead = 0.5, 0.66
    arm = (_elbow(ahead), _elbow(ahead), _elbow(ahead), _elbow(ahead + s / 2, 0.1))[part]
    other = (_elbow(ahead - s / 2), _elbow(ahead, 0.1), _elbow(ahead + s / 2), _elbow(ahead + s / 2))[part]
    legs = (_STRETCHED, _HALF_DRAWN, _DRAWN_UP, _HALF_DRAWN)
    return Pose(
        0.36, 0.15, 84, s / 4 * part, aside=(0.02, 0, -0.02, 0)[part], roll=(-9, 0, 9, 0)[part], bend=-16,
        twist=(10, 0, -10, 0)[part], side=(-6, 0, 6, 0)[part], nod=-28, yaw=(-5, 0, 5, 0)[part],
        arm=arm, other_arm=other, leg=legs[part], other_leg=legs[(part + 2) % 4], ease="flow",
    )  # fmt: skip


# fmt: off
_KICK = (Limb((0.04, -1.0, 0.2), (0.0, -1.0, -0.02), None, (0.1, -1, -0.1)),
         Limb((0.04, -1.0, -0.12), (0.0, -1.0, -0.28), None, (0.1, -1, -0.3)))
_FREESTYLE = (
    Limb((0.1, 1.0, 0.08), (-0.02, 1.0, 0.12)),
    Limb((0.25, 0.25, 0.95), (-0.25, -0.15, 1.0)),
    Limb((0.2, -1.0, 0.05), (0.05, -1.0, 0.15)),
    Limb((0.7, -0.05, -0.7), (0.15, 0.75, 0.5)),
)
_ON_THE_BACK = (
    Limb((0.1, 1.0, -0.05), (0.0, 1.0, 0.0)),
    Limb((0.95, 0.1, -0.2), (0.6, 0.1, 0.35)),
    Limb((0.2, -1.0, 0.0), (0.0, -1.0, 0.1)),
    Limb((0.1, 0.05, 1.0), (0.0, 0.1, 1.0)),
)
# fmt: on


def _crawl_stroke(part: int) -> Pose:
    """A quarter of the front crawl: one arm reaches, pulls, pushes and comes back over the water, the other half so
    far behind; the body rolls towards the arm that is in the water."""
    return Pose(
        0.34, 0.55, 88, roll=(-8, -24, 8, 24)[part], nod=-14, look=(0, -10, 0, 45)[part], bend=-4,
        arm=_FREESTYLE[part], other_arm=_FREESTYLE[(part + 2) % 4],
        leg=_KICK[part % 2], other_leg=_KICK[(part + 1) % 2],
        ease="flow",
    )  # fmt: skip


def _back_stroke(part: int) -> Pose:
    return Pose(
        0.34, 0.6, -86, roll=(8, 18, -8, -18)[part], nod=10, bend=4,
        arm=_ON_THE_BACK[part], other_arm=_ON_THE_BACK[(part + 2) % 4],
        leg=_KICK[part % 2], other_leg=_KICK[(part + 1) % 2],
        ease="flow",
    )  # fmt: skip


_GLIDE_LEG = Limb((0.05, -1.0, 0.02), (-0.02, -1.0, -0.04), None, (0.1, -1, -0.1))
_REACH = Limb((0.1, 1.0, 0.1), (-0.06, 1.0, 0.06))
# fmt: off
_BREAST = (
    Pose(0.35, 0.6, 86, nod=-8, bend=-2, arm=_REACH, leg=_GLIDE_LEG),
    Pose(0.4, 0.6, 82, nod=-14, bend=-8, arm=Limb((0.8, 0.6, 0.2), (0.6, 0.7, 0.45)), leg=_GLIDE_LEG, ease="flow"),
    Pose(0.3, 0.62, 74, nod=-24, bend=-14, arm=Limb((0.7, -0.35, 0.6), (-0.65, 0.5, 0.6)), ease="flow",
         leg=Limb((0.25, -0.85, 0.4), (0.02, -0.8, -0.6), None, (0.4, -0.6, -0.6))),
    Pose(0.3, 0.62, 76, nod=-16, bend=-10, arm=Limb((0.25, 0.2, 0.9), (-0.4, 0.8, 0.3)), ease="flow",
         leg=Limb((0.55, -0.6, 0.65), (0.1, -0.5, -0.85), None, (0.9, -0.3, 0.1))),
    Pose(0.25, 0.6, 82, nod=-10, bend=-4, arm=_REACH, ease="flow",
         leg=Limb((0.6, -0.8, 0.25), (0.45, -0.9, -0.15), None, (0.8, -0.6, 0.1))),
)
_PAWS = Limb((0.15, -0.75, 0.55), (-0.3, 0.35, 0.9))
_HOP = 0.75  # metres


def _both(up: float, z: float, toe: float = -0.42) -> Limb:
    return Limb((0.08, -0.6, 0.8), (0.0, -0.85, -0.5), (0.1, up, z), (0.1, toe, 0.75))


_HOPS = (
    Pose(0.2, 0.66, 30, 0.02, bend=8, nod=-26, arm=_PAWS, leg=_both(0.075, 0.06), ease="flow"),
    Pose(0.16, 0.92, 22, 0.22, bend=2, nod=-20, arm=_PAWS, leg=_both(0.17, 0.06, -0.9), ease="flow"),
    Pose(0.2, 1.12, 20, 0.45, bend=4, nod=-20, arm=_PAWS, leg=_both(0.46, 0.45, -0.5), ease="flow"),
    Pose(0.2, 0.84, 26, 0.69, bend=8, nod=-24, arm=_PAWS, leg=_both(0.085, 0.06 + _HOP), ease="flow"),
)
# fmt: on


def _loop(label: str, count: int, *texts: str, bank: tuple[str, ...] = (), says: str = "") -> Gesture:
    return Gesture(label, texts, (), loop=(0, count), bank=bank, says=says)


ALONG = (
    PosedAction(
        _loop(
            "forward crawl",
            4,
            *who("does an army crawl", "crawls forward on the elbows", "crawls flat on the belly, elbow by elbow"),
            "army crawl loop",
            "military low crawl",
            "prone crawl forward, alternating elbows and knees",
            "creeping ahead on the stomach, head down",
            bank=("crawl_forward",),
        ),
        "crawl and lie",
        tuple(map(_on_the_belly, range(4))),
        stride=0.5,
    ),
    PosedAction(
        _loop(
            "crawl",
            4,
            *who("crawls on all fours", "crawls ahead on hands and knees", "crawls along the floor like a toddler"),
            "crawl cycle, hands and knees",
            "crawling on all fours",
            "goes forward on the hands and the knees",
            bank=("crawl_baby",),
        ),
        "crawl and lie",
        tuple(map(_all_fours, range(4))),
        stride=0.44,
    ),
    PosedAction(
        _loop(
            "swim stroke",
            4,
            *who(
                "swims the front crawl", "swims freestyle, arm over arm", "crawls through the water with strong strokes"
            ),
            "freestyle swim cycle",
            "front crawl loop",
            "swimming face down, kicking the legs",
            bank=("freestyle_swim",),
        ),
        "swim and fly",
        tuple(map(_crawl_stroke, range(4))),
        speed=1.0,
    ),
    PosedAction(
        _loop(
            "swim stroke",
            5,
            *who("swims the breaststroke", "swims along with a calm breaststroke", "does breast strokes in the water"),
            "breaststroke loop",
            "swims with frog kicks",
            "arms sweep apart and shoot ahead, legs kick like a frog's",
            bank=("swim_breast",),
        ),
        "swim and fly",
        _BREAST,
        speed=0.8,
    ),
    PosedAction(
        _loop(
            "swim stroke",
            4,
            *who("swims the backstroke", "swims on the back, arm after arm", "does the backstroke"),
            "backstroke loop",
            "swimming face up, arms like windmills",
            bank=("backstroke",),
            says=r"^(?!swim$|swimming$|.* swims$|.*is swimming$)",
        ),
        "swim and fly",
        tuple(map(_back_stroke, range(4))),
        speed=-0.9,
    ),
    PosedAction(
        _loop(
            "hop along",
            4,
            *who(
                "bounds ahead on both feet, hands hanging in front of the chest",
                "springs forward again and again, feet together",
                "hops along like a wallaby or a rabbit",
                "imitates a hopping animal, paws in front of the chest",
            ),
            "wallaby hops",
            "rabbit hops forward, paws up",
            "big two-footed bounds in a row",
            "bounding forward like a marsupial",
            bank=("hop_two_feet",),
            says=r"bunny|hop hop",
        ),
        "jump",
        _HOPS,
        stride=_HOP,
        size=(0.9, 1.1),
    ),
)
