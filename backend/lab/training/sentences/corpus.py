# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences that the text encoder is taught, and how often each is drawn.

Captions and wordings of the training clips, the whole bank, short texts without motion, and a wide vocabulary in simple
sentences, so that words that no caption has lie where they belong. Two actions in a row, and numbers, angles, sides and
speeds, are laid out evenly, as captions hold few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ....language.quantities import NUMBER_WORDS, TIMES
from ....training.composition import joined_text
from ....training.data import Clip
from ....training.mirrored_words import mirrored_text
from .wordings import OTHER, Wording

LABEL, BANK, NUMBERED, CAPTION, WIDE, JOINED, SHORT = 3.0, 2.0, 1.5, 1.0, 1.0, 0.7, 0.5  # how often of each
MOST_JOINED = 9000
RUN = 1.9  # m/s from which a pace is a run
LONGEST_JOINED = 13  # words of a sentence that is joined to another
WHOS = (
    "a person|someone|the character|a man|a woman|he|she|the hero|a soldier|the player|a figure|somebody|a guy"
).split("|")
ANGLES = (30, 45, 60, 90, 120, 135, 180, 225, 270, 315, 360, 540, 720)
TURNS = (
    "{who} turns {angle} degrees to the {side}|{who} rotates {angle} degrees {side}|turn {angle} degrees {side}"
    "|turning {angle} degrees to the {side}|{who} spins {angle} degrees to the {side}|{angle} degree turn to the {side}"
    "|{angle} degree {side} turn|turn {side} {angle}|{who} walks and turns {angle} degrees {side}"
    "|pivot {angle} degrees {side}|{who} does a {angle} degree turn to the {side} and stops"
    "|{who} runs and turns {angle} degrees to the {side}"
).split("|")
SIDED = (
    "{who} makes a quarter turn to the {side}|{who} does a half turn to the {side}|{who} does a full turn to the {side}"
    "|{who} turns around to the {side}|turn around over the {side} shoulder|full spin to the {side}"
    "|{who} makes a u-turn to the {side}|a sharp {side} turn|{who} turns {side}|turn {side}"
    "|{who} looks {side} and walks on|{who} spins around to the {side}|{who} steps to the {side}|side step {side}"
    "|strafe {side}|{who} strafes to the {side}|{who} dodges to the {side}|{who} leans {side}"
    "|{who} walks sideways to the {side}|{who} veers {side}|{who} curves to the {side}|{who} sidesteps {side}"
    "|{who} walks in a circle to the {side}|{who} shuffles to the {side}|{who} jumps to the {side}"
    "|{who} rolls to the {side}|{who} falls to the {side}"
).split("|")
ARM_VERBS = "wave|punch with|throw with|point with|wipe with|push with|grab something with|pick something up with"
LEG_VERBS = "kick with|hop on|stand on|balance on|stomp"
LIMB_VERBS = "raise|lift|swing|stretch"
LIMBS = (("hand arm", f"{ARM_VERBS}|{LIMB_VERBS}"), ("leg foot", f"{LEG_VERBS}|{LIMB_VERBS}"))
COUNTS = (*TIMES.items(), (5, "five times"), (6, "six times"))
COUNTED = (
    "jump|kick|punch|hop|clap|jump up|jump forward|wave|spin|bow|squat|kick with the right leg|punch with the left hand"
    "|hop on the left foot|swing a sword|turn around"
).split("|")
UNITS = "steps|jumps|kicks|punches|hops|squats|push-ups".split("|")
PACES = (
    "very slowly|slowly|at a normal pace|briskly|quickly|very fast|in a hurry|at a leisurely pace|at full speed"
).split("|")
GAITS = (
    "walk|walks|walking|run|runs|jogs|jogging|strolls|moves|steps forward|walks forward|runs forward|goes ahead"
).split("|")
WITHOUT = (
    "without moving the feet|without stopping|without turning|not moving|without using the arms|without looking back"
).split("|")

Who = Callable[[], str]  # draws who does it


@dataclass(frozen=True)
class Corpus:
    """Sentences, in order, and how often each is drawn (N,), in sum 1."""

    texts: tuple[str, ...]
    shares: np.ndarray


def corpus(
    clips: Sequence[Clip], bank: Sequence[Wording], wide: Iterable[str], short: Iterable[str], seed: int
) -> Corpus:
    """All sentences that the text encoder is taught; ``short`` are texts of clips without motion."""
    rng = np.random.default_rng(seed)
    said = {text for clip in clips for text in (*clip.texts, *clip.wordings)}
    worded = {text for wording in bank for text in wording.every_text()}
    parts: tuple[tuple[float, Iterable[str]], ...] = (
        (SHORT, short),
        (JOINED, joined_sentences(sorted(said | worded), rng)),
        (CAPTION, (text for one in said for text in (one, mirrored_text(one)))),
        (WIDE, wide),
        (NUMBERED, numbered_sentences(rng)),
        (BANK, worded),
        (LABEL, {label for clip in clips for label in clip.labels}),
    )
    often: dict[str, float] = {}
    for weight, texts in parts:
        for text in texts:
            often[text.strip().rstrip(".")] = weight  # the last one, which is the greatest, counts
    often.pop("", None)
    names = sorted(often)
    shares = np.array([often[name] for name in names])
    return Corpus(tuple(names), shares / shares.sum())


def joined_sentences(texts: Sequence[str], rng: np.random.Generator) -> Iterator[str]:
    """Two actions in a row, of sentences drawn at random."""
    single = [text for text in texts if "then" not in text and "," not in text and len(text.split()) <= LONGEST_JOINED]
    made = 0
    for _ in range(4 * min(MOST_JOINED, len(single))):
        first, second = (single[int(i)] for i in rng.integers(len(single), size=2))
        text = joined_text(first, second, rng)
        if text is not None and made < MOST_JOINED:
            made += 1
            yield text


def third_person(verb: str) -> str:
    """ "kick with" as "kicks with"."""
    word, _, rest = verb.partition(" ")
    ending = "es" if word.endswith(("ch", "sh", "s", "x")) else "s"
    return f"{word}{ending} {rest}".strip()


def progressive(verb: str) -> str:
    """ "hop on" as "hopping on"."""
    word, _, rest = verb.partition(" ")
    stem = word[:-1] if word.endswith("e") else word + word[-1] if word in ("hop", "grab") else word
    return f"{stem}ing {rest}".strip()


def numbered_sentences(rng: np.random.Generator) -> Iterator[str]:
    """Angles, sides, limbs, counts, distances and speeds, all of them as often as the next."""

    def who() -> str:
        return str(rng.choice(WHOS))

    yield from _turns(who)
    yield from _limbs(who)
    yield from _counts(who)
    yield from _paces(who)
    for verb in ("stands", "walks", "jumps", "waves", "turns", "runs"):
        yield from (f"{who()} {verb} {lacking}" for lacking in WITHOUT)


def _turns(who: Who) -> Iterator[str]:
    for side in OTHER:
        for form in TURNS:
            yield from (form.format(who=who(), angle=angle, side=side) for angle in ANGLES)
        yield from (form.format(who=who(), side=side) for form in SIDED for _ in range(2))


def _limbs(who: Who) -> Iterator[str]:
    for limbs, verbs in LIMBS:
        for side, limb, verb in product(OTHER, limbs.split(), verbs.split("|")):
            yield from (f"{who()} {third_person(verb)} {whose} {side} {limb}" for whose in ("the", "its", "their"))
            yield from (f"{form} the {side} {limb}" for form in (verb, progressive(verb)))


def _counts(who: Who) -> Iterator[str]:
    for count, times in COUNTS:
        for verb in COUNTED:
            yield from (f"{who()} {third_person(verb)} {times}" for _ in range(2))
            yield f"{verb} {times}"
            yield f"{third_person(verb)} {count} times" if count > 1 else f"a single {verb}"
        number = NUMBER_WORDS[count]
        for unit in UNITS:
            said = unit if count > 1 else unit.removesuffix("es" if unit == "punches" else "s")
            does, forward = ("takes", " forward") if unit == "steps" else ("does", "")
            yield from (f"{number} {said}", f"{who()} {does} {number} {said}{forward}")


def _paces(who: Who) -> Iterator[str]:
    for metres, gait in product(range(1, 13), ("walks", "runs", "jogs", "crawls")):
        yield from (f"{who()} {gait}{way} {metres} meters" for way in (" forward", "", " backward"))
    for pace in np.arange(0.2, 5.6, 0.2):
        yield f"{who()} {'walks' if pace < RUN else 'runs'} at {pace:.1f} meters per second"
        yield f"{who()} moves at {pace:.1f} m/s"
    for gait, how in product(GAITS, PACES):
        yield from (f"{gait} {how}", f"{who()} {gait} {how}", f"{who()} {how} {gait}")
