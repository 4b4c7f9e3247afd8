# SPDX-License-Identifier: GPL-3.0-or-later
"""What a motion can be held to in a prompt: the angle and side of a turn, how often a thing is done, which limb
does it, to which side somebody turns or steps, and whether they climb up or down."""

from __future__ import annotations

import re
from typing import Literal

LimbName = Literal["hand", "fist", "foot", "standing foot"]
Direction = Literal["turn", "step"]
Climb = Literal["up", "down"]

NUMBER_WORDS = dict(enumerate("one two three four five six seven eight nine ten".split(), start=1))
NUMBERS = {word: number for number, word in NUMBER_WORDS.items()} | {"once": 1, "twice": 2, "thrice": 3}
TIMES = {1: "once", 2: "twice", 3: "three times", 4: "four times"}  # as often as sentences say a thing is done
# "turn 90 left" is an angle too; other units and counts are none
_ANGLE = re.compile(r"\b(\d{2,3}) ?(?:degrees?\b|deg\b|°|(?=(?:to the )?(?:left|right|clockwise|counter)\b)|$)")
_TURNS = re.compile(r"\b(?:turn\w*|rotat\w*|spin\w*|spun|pivot\w*|about[- ]face|u-turn)\b")
_ANGLE_WORDS = (
    (45, re.compile(r"\beighth of a turn|\beighth turn")),
    (90, re.compile(r"\bquarter[- ]turn|\bright angle")),
    (
        180,
        re.compile(r"\b(?:half|about)[- ]turn|\babout[- ]face|\bu-turn|\b(?:turn|turns|turning|spins?) (?:a?round)\b"),
    ),
    (360, re.compile(r"\b(?:full|complete) (?:turn|circle|spin|rotation)|\ball the way around")),
)
_SIDE = re.compile(
    r"\b(left|right|clockwise|counter-?clockwise|anti-?clockwise)\b(?![- ]angle| (?:arm|hand|leg|foot|knee|fist))"
)
_SEVERAL_TURNS = re.compile(r"\bagain\b|\brepeated|\bseveral|\bback and forth|\b(?:twice|\w+ times)\b|\bkeeps?\b")


def asked_turn(prompt: str) -> tuple[float, int] | None:
    """Degrees that a prompt asks to turn by, and the side: 1 left, -1 right, 0 either; None without one clear angle."""
    words = prompt.lower()
    turns, angles = _TURNS.findall(words), _ANGLE.findall(words)
    if len(angles) > 1 or len(turns) != 1 or _SEVERAL_TURNS.search(words):
        return None
    named = [degrees for degrees, pattern in _ANGLE_WORDS if pattern.search(words)]
    if not angles and len(named) != 1:
        return None
    degrees = float(angles[0]) if angles else float(named[0])
    sides = {1 if side == "left" or side.startswith(("counter", "anti")) else -1 for side in _SIDE.findall(words)}
    return None if len(sides) > 1 or not 15 <= degrees <= 720 else (degrees, sides.pop() if sides else 0)


def asked_count(prompt: str, verb: str) -> int | None:
    """How often a prompt asks for a verb ("jump"), 1 to 6; None where it does not say or asks for more."""
    words = prompt.lower()
    if len(re.findall(rf"\b{verb}(?:s|es|ing|ed)?\b", words)) != 1 or re.search(r"\bthen\b", words):
        return None
    number = "|".join(NUMBERS)
    after = re.search(
        rf"\b{verb}(?:s|es|ing)?\b[^,.;]*?\b(once|twice|thrice|(?:{number}|\d)"
        r"(?= (?:times?|reps?|repetitions)\b|$|[,.;]))",
        words,
    )
    before = re.search(rf"\b({number}|\d) (?:(?!(?:leg|foot|feet|arm|hand)\w* )\w+ )?{verb}(?:s|es)?\b", words)
    repetitions = re.search(rf"\b{verb}(?:s|es|ing)?, ({number}|\d) (?:reps?|repetitions|times)\b", words)
    found = before or after or repetitions
    if found is None:
        return None
    count = NUMBERS.get(found.group(1)) or int(found.group(1))
    return count if 1 <= count <= 6 else None


# m/s: the medians of recorded clips whose captions say nothing else, a quarter more or less
_SLOW_WALK, _WALK, _QUICK_WALK = (0.66, 1.10), (0.84, 1.40), (1.21, 2.01)
_GAITS = {"walk": _WALK, "jog": (1.26, 2.10), "run": (2.45, 4.08), "sprint": (3.76, 6.27)}
_GAIT = re.compile(r"(walk|jog|run|sprint)(?:s|[gn]?ing)?")
_FLAT_OUT = frozenset(
    "as fast possible can flat out all top max maximum hard quickly".split()
)  # what a sprint is anyway
_SLOW, _QUICK = {"slow", "slowly", "leisurely"}, {"quick", "quickly", "brisk", "briskly"}
_BESIDE_A_GAIT = frozenset(
    "a an the person people man woman boy girl guy character hero player actor someone somebody he she they is keeps on"
    " forward forwards fwd ahead straight along in line steadily steady easy light normal neutral plain cycle loop"
    " locomotion full at pace speed".split()
)


def asked_pace(prompt: str) -> tuple[float, float] | None:
    """The pace in m/s, from and to, of a prompt that asks for one gait straight on and nothing else; else None."""
    words = re.findall(r"[a-z]+", prompt.lower())
    gaits = [found[1] for word in words if (found := _GAIT.fullmatch(word))]
    plain = _BESIDE_A_GAIT | (_FLAT_OUT if gaits == ["sprint"] else frozenset())
    manner = [word for word in words if word not in plain and not _GAIT.fullmatch(word)]
    if len(gaits) != 1 or len(manner) > 1 or re.search(r"\d", prompt):
        return None
    if not manner:
        return _GAITS[gaits[0]]
    if gaits[0] != "walk":
        return None
    return _SLOW_WALK if manner[0] in _SLOW else _QUICK_WALK if manner[0] in _QUICK else None


# a limb of one side, read in this order: what is stood on, what strikes, what is lifted or kicks, what gestures
_LIMBS: tuple[tuple[LimbName, re.Pattern[str]], ...] = (
    (
        "standing foot",
        re.compile(
            r"\b(?:stand\w*|balanc\w*|hop|hops|hopping)\b[^,.;]*?\bon (?:the |his |her |their |its )?(left|right)"
            r" (?:foot|leg)\b"
        ),
    ),
    (
        "fist",
        re.compile(
            r"\b(left|right)[- ](?:straight |hand(?:ed)? )?(?:jab|hook|uppercut|cross|punch|straight)"
            r"|\b(?:punch|jab|hook)\w*[^,.;]*\b(left|right) (?:fist|hand|arm)\b"
        ),
    ),
    (
        "foot",
        re.compile(
            r"\b(?:kick|lift|rais|swing)\w*[^.;]*\b(left|right) (?:foot|leg|knee)\b"
            r"|\b(left|right)[- ](?:leg(?:ged)? |foot(?:ed)? |high )?(?:kick|knee (?:lift|raise|up))"
        ),
    ),
    ("hand", re.compile(r"\b(left|right)(?:-handed| hand\b| arm\b| wrist\b| fist\b)")),
)
_SIDED = re.compile(r"\b(left|right)\b(?![- ]angle)")
_BOTH = re.compile(
    r"\b(?:(?:counter-?|anti-?)?clockwise|both|then|alternat\w*|two hands|each|walk\w*|run\w*|danc\w*|carr\w*|hold\w*"
    r"|turn\w*)\b"
)


# a limb that something is done to, or that rests while the other one acts
_AT_REST = re.compile(
    r"\b(?:scratch|rub|touch|wash|massag|clutch|grab|squeez|hurt|injur|bandag)\w* (?:at )?(?:the|his|her|their|its) "
    r"(?:left|right) (?:arm|hand|wrist|fist|leg|foot|knee)\b"
    r"|\b(?:left|right) (?:arm|hand|fist) (?:is )?(?:propped |resting |kept )?(?:on|in|behind) (?:the|his|her|their|a) "
    r"(?:hips?|pocket|back|sling|waist)\b"
)


def asked_limb(prompt: str) -> tuple[LimbName, str] | None:
    """The limb that is to act, and its side; None where a prompt names no one side or others act as well."""
    words = prompt.lower()
    if len(set(_SIDED.findall(words))) != 1 or _BOTH.search(words) or _AT_REST.search(words):
        return None
    for limb, pattern in _LIMBS:
        if found := pattern.search(words):
            return limb, next(side for side in found.groups() if side)
    return None


# what may stand between a verb and its side ("turns slowly by 90 degrees to the left"), and what may follow the side
_BETWEEN = (
    r"(?:,? (?:to (?:the|his|her|their|its)|a?round|on the spot|in place|by|about|an?|of|slightly|sharply|quickly"
    r"|slowly|slow|sharp|once|twice|wide|full|half|quarter|large|small|medium|very|sideways|aside|over|towards? the|\d+"
    r"|degrees?|circle|curve|arc|turns?|steps?|sidestep|hop|all the way|continuously|a little|walk\w*|run\w*|moving))*"
)
_BEHIND = (
    r"(?=$|[,.;]| (?:and|while|on|in|at|by|for|to|slightly|sharply|a?round|once|twice|\d+|with|after|before|through"
    r"|during|into|without|walk\w*|run\w*|again|quickly|slowly)\b)"
)
_TURN = r"\b(?:u-turn|turn|pivot|rotat|spin(?!e)|spun|circl|curv|arc|veer)(?:s|es|e|ed|ing|ning)?\b"
_STEP = r"\b(?:side-?step|strafe|strafing|dodg|shuffl|step|slid|leap|jump|hop(?!e))(?:s|es|e|ed|ing|ping)?\b"
_DIRECTED: tuple[tuple[Direction, re.Pattern[str]], ...] = (
    (
        "turn",
        re.compile(
            rf"{_TURN}{_BETWEEN},? (left|right){_BEHIND}"
            r"|\b(left|right)[- ](?:u-turn|turn|curve|circle|pivot|spin)s?\b(?! kick)"
        ),
    ),
    (
        "step",
        re.compile(rf"{_STEP}{_BETWEEN},? (left|right){_BEHIND}|\b(left|right)[- ](?:strafe|side-?step|dodge)s?\b"),
    ),
)
# what comes back again, is done with the head, or strikes with a limb; the side is then that of something else
_NO_DIRECTION = re.compile(
    r"\b(?:then|back|returns?|returning|look\w*|glanc\w*|kick\w*|punch\w*|jab\w*|hook|cross|from the|head|eyes|away"
    r"|(?:counter-?|anti-?)?clockwise)\b"
)


def asked_direction(prompt: str) -> tuple[Direction, str] | None:
    """Whether a prompt asks to turn or to step to one side, and to which; None where it names none or both."""
    words = prompt.lower()
    if len(set(_SIDED.findall(words))) != 1 or _NO_DIRECTION.search(words):
        return None
    asked = [(name, found) for name, pattern in _DIRECTED if (found := pattern.search(words))]
    if len(asked) != 1:
        return None
    (name, found), *_ = asked
    return name, next(side for side in found.groups() if side)


LADDER = re.compile(r"\b(?:ladders?|rungs?)\b")
_STAIRS = re.compile(r"\b(?:stairs|staircase|stairway|upstairs|downstairs)\b")
_UP = re.compile(r"\b(?:up|upwards?|upstairs|ascend\w*|ascent|climb(?:s|ing)?)\b")
_UP_ALONE = re.compile(r"\b(?:up|upwards?|upstairs|ascend\w*|ascent)\b")  # "climbs" is also said of who climbs down
_DOWN = re.compile(r"\b(?:down|downwards?|downstairs|descend\w*|descent)\b")
# what is done beside stairs, or on the way, or with a ladder in the hands
_NO_CLIMB = re.compile(
    r"\b(?:then|after|before|halfway|s[ia]t\w*|stand\w*|stood|look\w*|glanc\w*|puts?|putting|sets?|setting|la(?:y|ys|ying)"
    r"|lean\w*|carr(?:y|ies|ying) (?:the|a) ladder|fall\w*|fell|tumbl\w*|trip\w*|slip\w*|lie|lies|lying|clean\w*|wip\w*"
    r"|kneel\w*|jump\w*|leap\w*|hop\w*|climb and)\b"
)


def asked_climb(prompt: str) -> Climb | None:
    """Whether a prompt asks for the way up or down a ladder or stairs; None where it names neither, or both."""
    words = prompt.lower()
    if not (LADDER.search(words) or _STAIRS.search(words)) or _NO_CLIMB.search(words):
        return None
    if _DOWN.search(words):
        return None if _UP_ALONE.search(words) else "down"
    return "up" if _UP.search(words) else None
