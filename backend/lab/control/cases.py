# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts behind the figures of control: speeds, turns, sides, counts, seats, stairs, and minutes of one thing.

Every wording is one that an animator could type. Where a prompt has a side, "{side}" is left or right, so that each
comes with its mirror image.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...language.quantities import NUMBER_WORDS, TIMES

SPEEDS: dict[str, tuple[str, ...]] = {
    "very slowly": ("a person walks very slowly", "very slow walk cycle", "creeping along at a snail's pace"),
    "slowly": ("a person walks slowly", "slow walk", "strolling along leisurely"),
    "walks": ("a person walks forward", "normal walk cycle", "the character walks straight ahead"),
    "quickly": ("a person walks quickly", "brisk walk", "walking fast, in a hurry"),
    "jogs": ("a person jogs", "easy jog cycle", "the character jogs forward"),
    "runs": ("a person runs", "run cycle", "someone is running forward"),
    "sprints": ("a person sprints", "full sprint", "sprinting as fast as possible"),
}
RUNS = ("a person runs forward", "run cycle", "the character keeps running straight ahead")
ANGLES = (45, 90, 180, 360)
TURNS: dict[int, tuple[str, ...]] = {
    45: ("a person turns 45 degrees to the {side}", "turn in place, 45 {side}", "an eighth of a turn to the {side}"),
    90: ("a person turns 90 degrees to the {side}", "turn in place, 90 {side}", "a quarter turn to the {side}"),
    180: (
        "a person turns 180 degrees to the {side}",
        "turn in place, 180 {side}",
        "about-face over the {side} shoulder",
    ),
    360: ("a person turns 360 degrees to the {side}", "turn in place, 360 {side}", "one full turn to the {side}"),
}
# what is measured -> prompts
SIDES: dict[str, tuple[str, ...]] = {
    "hand": (
        "a person waves with the {side} hand",
        "raise the {side} arm",
        "pointing forward with the {side} hand",
        "{side}-handed throw",
        "picks something up from the ground with the {side} hand",
        "salutes with the {side} hand",
        "scratches the head with the {side} hand",
        "opens a door with the {side} hand",
    ),
    "fist": ("a boxer throws a {side} hook", "{side} jab", "punches with the {side} fist"),
    "foot": ("front kick, {side} leg", "kicks a ball with the {side} foot", "lifts the {side} knee"),
    "standing foot": ("stands on the {side} leg only", "hops on the {side} foot"),
    "turn": ("turns to the {side}", "walks in a circle to the {side}"),
    "way": ("sidestep to the {side}", "dodges to the {side}"),
}
COUNTS: dict[str, tuple[str, ...]] = {
    "jumps": ("a person jumps {times}", "{count}, straight up, on the spot"),
    "hops": ("hops {times} on one leg", "{count} on the spot, one foot"),
    "kicks": ("a person kicks {times}", "{count} to the front"),
    "punches": ("a person punches {times}", "{count}, straight ahead"),
    "steps": ("a person takes {count} forward", "steps forward {times} and stops"),
}
NOUNS = {"jumps": "jump", "hops": "hop", "kicks": "kick", "punches": "punch", "steps": "step"}
SEATS = ("a person sits down on a chair", "takes a seat", "sitting at a desk", "sits on a bench and waits")
STAIRS = ("a person walks up the stairs", "climbing a staircase", "goes upstairs")
GESTURES = (
    "a person stands and talks",
    "looks around",
    "waiting for the bus",
    "texting on a phone, standing",
    "shrugs, no idea",
    "polite bow",
    "claps politely",
    "crosses the arms",
    "checks the wristwatch",
    "takes a sip from a cup",
    "shakes hands with somebody",
    "knocks on a door",
    "push-ups",
    "aims a rifle",
    "gets hit in the stomach",
    "combat idle",
)
WALKING = ("a person walks forward", "walk cycle, straight ahead")
IDLE = ("a person stands idle", "breathing idle")
LONG = 60.0  # seconds


@dataclass(frozen=True)
class Case:
    """One prompt, its length, and what it asks for: the group, the level or action, a side, a number."""

    group: str
    text: str
    seconds: float
    what: str = ""
    side: str = ""
    number: int = 0
    calm: bool = False  # asks for nothing overhead, no fast hand and no start in the air

    @property
    def frames(self) -> int:
        """Length at 20 fps."""
        return round(20 * self.seconds)


def cases() -> tuple[Case, ...]:
    """All of them, in the order of the report."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for level, texts in SPEEDS.items():
        yield from (Case("speed", text, 5.0, level, calm=True) for text in texts)
    yield from (Case("run", text, 9.0, calm=True) for text in RUNS)
    for angle, texts in TURNS.items():
        for text in texts:
            yield from (Case("turn", said, 4.0, str(angle), side, angle, calm=True) for side, said in both(text))
    for kind, texts in SIDES.items():
        for text in texts:
            yield from (Case("side", said, 4.0, kind, side, calm=kind in ("turn", "way")) for side, said in both(text))
    for action, texts in COUNTS.items():
        for number in TIMES:
            for text in texts:
                yield Case(
                    "count", counted(text, action, number), 3.0 + 0.75 * number, action, "", number, action == "steps"
                )
    yield from (Case("seat", text, 4.0, calm=True) for text in SEATS)
    yield from (Case("stairs", text, 5.0, calm=True) for text in STAIRS)
    yield from (Case("gesture", text, 4.0, calm=True) for text in GESTURES)
    yield from (Case("walking", text, LONG, calm=True) for text in WALKING)
    yield from (Case("idle", text, LONG, calm=True) for text in IDLE)


def both(text: str) -> list[tuple[str, str]]:
    """A prompt with a side, for the left and for the right: (side, prompt)."""
    return [(side, text.format(side=side)) for side in ("left", "right")]


def counted(text: str, action: str, number: int) -> str:
    """A prompt with a number: one step, two steps."""
    noun = NOUNS[action] if number == 1 else action
    return text.format(times=TIMES[number], count=f"{NUMBER_WORDS[number]} {noun}")
