# SPDX-License-Identifier: GPL-3.0-or-later
"""What the model is to be taught, and what can be said against it before anything is computed. No torch here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ...rigs.body.skeleton import FPS, JOINTS
from ...rigs.errors import UserError
from .fields import FloatArray

SHORTEST = 1.0  # seconds of a take that can be used at all
LEAST = 2.0  # seconds that all takes of a lesson must have together
FEW = 4  # takes of an action, below which the model copies rather than varies
LONGEST_NAME = 60
LONGEST_WORDS = 200  # letters of one description
MOST_WORDS = 12  # descriptions of one take
SAME = 0.005  # metres of mean joint distance below which two takes are the same one
STEPS, MORE_STEPS, MOST_STEPS = 100, 64, 420  # of learning: for one action, for each further one, and at most
# What teaching takes on one core (docs/measurements/teaching.md): what comes before, a minute of takes, and a step.
SECONDS_BEFORE, SECONDS_FOR_MINUTE, SECONDS_FOR_STEP = 60.0, 8.0, 0.5
MEANINGLESS = frozenset("action armature anim animation take clip mocap motion loop final new copy rig main".split())
BUNDLED = "Bundled"  # what the model is called that comes with the product


@dataclass(frozen=True, eq=False)
class Example:
    """One take that is shown: joints (F, 22, 3) metres, Y up, 20 fps, and the descriptions that belong to it."""

    name: str
    joints: FloatArray
    words: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.joints) / FPS


@dataclass(frozen=True, eq=False)
class Lesson:
    """Takes that are taught together under one name; ``mirror``: whether their mirror images are right, too."""

    name: str
    examples: tuple[Example, ...]
    mirror: bool = True

    @property
    def seconds(self) -> float:
        """How long all takes are together."""
        return sum(example.seconds for example in self.examples)

    @property
    def actions(self) -> int:
        """How many it teaches: takes whose first descriptions mean the same show one."""
        names = action_names(self.examples)
        return len({names[example.words[0]] for example in self.examples if example.words})

    @property
    def words(self) -> tuple[str, ...]:
        """Every description once, in the order of the takes."""
        return tuple(dict.fromkeys(text for example in self.examples for text in example.words))


def action_names(examples: Sequence[Example]) -> dict[str, str]:
    """What the action of each description is called: the first of the descriptions that the very same takes have.

    So two descriptions that always stand together name one action, in whatever order a take has them. A taught model
    finds its actions in the same way (``motion.taught_system.taught_actions``).
    """
    takes: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        for text in dict.fromkeys(example.words):
            takes.setdefault(text, []).append(number)
    first: dict[tuple[int, ...], str] = {}
    return {text: first.setdefault(tuple(those), text) for text, those in takes.items()}


@dataclass(frozen=True)
class Outcome:
    """What came of a lesson: the model's name, sentences for the user, and by what share held-out parts are nearer."""

    name: str
    notes: tuple[str, ...] = ()
    nearer: float | None = None


Decision = Literal["", "keep", "drop"]  # go on, end with what is learnt, end without
AskDecision = Callable[[], Decision]
LessonReport = Callable[[str, int, int], None]  # phase, step, of


def suggested(name: str) -> str:
    """Words in a take's name: "Sword_Slash.003" and "swordSlash03" have "sword slash", "Take 001" has none ("")."""
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    found = re.findall(r"[^\W\d_]+", parts)
    kept = [part.lower() for part in found if len(part) > 1 and part.lower() not in MEANINGLESS]
    return " ".join(kept)


def checked_name(name: str) -> str:
    """The name of a taught model without blanks around it. UserError ``bad_name``."""
    name = " ".join(name.split())
    if not name:
        raise UserError("What is learnt has no name.", "Give it one, as in Hero moves.", "bad_name")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(
            "The name of what is learnt cannot be used.", f"Give at most {LONGEST_NAME} printable letters.", "bad_name"
        )
    if name.casefold() == BUNDLED.casefold():
        raise UserError(f"“{BUNDLED}” is the model that comes with CoAMD.", "Give another name.", "bad_name")
    return name


def described(texts: Iterable[str]) -> tuple[str, ...]:
    """Descriptions without blanks around them, empty ones and repetitions. UserError ``bad_words``."""
    kept = tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
    long = next((text for text in kept if len(text) > LONGEST_WORDS), None)
    if long is not None:
        raise UserError(
            f"The description “{long[:40]}…” is too long.", f"Say it in {LONGEST_WORDS} letters.", "bad_words"
        )
    if len(kept) > MOST_WORDS:
        raise UserError(
            f"A take has {len(kept)} descriptions; at most {MOST_WORDS} are read.", "Leave some out.", "bad_words"
        )
    return kept


def checked(lesson: Lesson) -> tuple[Lesson, tuple[str, ...]]:
    """The lesson as it can be taught, and sentences for the user on what was left out or will not go well.

    Raises:
        UserError: ``bad_name``, ``no_takes``, ``no_words``, ``bad_words``, ``bad_motion`` or ``too_short``.
    """
    name = checked_name(lesson.name)
    if not lesson.examples:
        raise UserError("No take is shown.", "Show at least one, better four or more of each action.", "no_takes")
    kept, short = [], []
    for example in lesson.examples:
        words = described(example.words)
        if not words:
            raise UserError(f"“{example.name}” has no words.", "Say in English what happens in it.", "no_words")
        if example.joints.ndim != 3 or example.joints.shape[1:] != (len(JOINTS), 3):
            text = f"“{example.name}” is not a motion of {len(JOINTS)} joints."
            raise UserError(text, "Give a take of a whole body.", "bad_motion")
        if not np.isfinite(example.joints).all():
            raise UserError(f"“{example.name}” has coordinates that are not numbers.", "Export it again.", "bad_motion")
        if example.seconds < SHORTEST:
            short.append(example)
        else:
            kept.append(replace(example, words=words))
    if sum(example.seconds for example in kept) < LEAST:
        raise UserError(
            f"{lesson.seconds:.1f} s of motion are too little to learn from.",
            f"Show at least {LEAST:g} s, better a minute, in takes of {SHORTEST:g} s or more.",
            "too_short",
        )
    fresh = Lesson(name, tuple(kept), lesson.mirror)
    return fresh, (*(_left_out(short)), *_doubts(fresh))


def _left_out(short: list[Example]) -> tuple[str, ...]:
    if not short:
        return ()
    named = ", ".join(f"“{example.name}”" for example in short[:3])
    more = f" and {len(short) - 3} more" if len(short) > 3 else ""
    return (f"Too short to learn from and left out: {named}{more}.",)


def _doubts(lesson: Lesson) -> tuple[str, ...]:
    """What will not go well with a lesson that can be taught all the same."""
    if len(lesson.examples) == 1:
        return (f"One take is shown: the model will copy it rather than vary it. Show {FEW} or more.",)
    if all(alike(lesson.examples[0].joints, example.joints) for example in lesson.examples[1:]):
        return (f"All takes are the same one: the model will copy it. Show {FEW} or more that differ.",)
    return ()


def steps_for(actions: int) -> int:
    """How many steps of learning so many actions need."""
    return min(STEPS + MORE_STEPS * (actions - 1), MOST_STEPS)


def seconds_needed(seconds: float, actions: int = 1) -> float:
    """About how long teaching takes on one core for so many seconds of takes and actions."""
    return SECONDS_BEFORE + SECONDS_FOR_MINUTE * seconds / 60.0 + SECONDS_FOR_STEP * steps_for(actions)


def alike(first: FloatArray, second: FloatArray) -> bool:
    """Whether two takes (F, 22, 3) are one and the same motion, wherever it happens."""
    if len(first) != len(second):
        return False
    ground = np.array([1.0, 0.0, 1.0], dtype=first.dtype)
    apart = (first - first[0, 0] * ground) - (second - second[0, 0] * ground)
    return bool(np.linalg.norm(apart, axis=-1).mean() < SAME)
