# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts for taught actions in words of the user's own, read as the descriptions that were taught.

Takes come with a few descriptions, so the model knows an action by these sentences and not by others that mean the
same. Of 60 prompts for six taught actions, none of them a description, 51 are read as the right action and none as a
wrong one; of 703 prompts for known actions 1 % are read as one of the six (docs/measurements/teaching.md). The user is
told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..model.taught_actions import TaughtActions
from ..model.text import TextEncoder
from ..model.weights import System
from .familiarity import PARTS, Phrases, encoded, plain
from .spelling import stem, words
from .wordings import without_subject

LEAST = 0.65  # cosine to a taught wording, below which two sentences have little in common
FARTHER = 0.05  # by how much a known phrase may be nearer all the same: who chose the taught model rather means it
OWN_LEAST, OWN_FARTHER = 0.35, 0.25  # the same, and by how much a known phrase may be nearer, with a word of its own
RELATED = 0.55  # cosine to a taught wording from which a prompt may mean it: 0.95 of 60 that do, 0.08 of 527 captions
# What would be lost if the part that says it were read as a description that does not.
_DETAIL = re.compile(
    r"\b(left|right|not|no|never|without|while|once|twice|thrice|times|two|three|four|\d+|degrees?|backwards?)\b",
    re.IGNORECASE,
)


def read_as_taught(
    taught: TaughtActions, phrases: Phrases, encoder: TextEncoder, prompt: str
) -> tuple[str, tuple[str, ...]]:
    """The prompt with each part that means a taught action in its first description, and a sentence for each change.

    After another part the description has no subject: "walks, then swings a lasso", as it is learnt behind others.
    A part with a side, a number, a negation or a second action that the description lacks stays as it is.
    """
    whole = taught.action_of(prompt)
    if whole is not None:
        return taught.names[whole], ()
    notes: list[str] = []

    def read(part: str, behind: bool) -> str:
        action = taught.action_of(part)
        meant = action if action is not None else meant_action(taught, phrases, encoder, part)
        if meant is None or details(part) - details(taught.names[meant]):
            return part
        name = without_subject(taught.names[meant]) if behind else taught.names[meant]
        if action is None:
            notes.append(f"“{part.strip()}” is read as “{taught.names[meant]}”, which was taught.")
        return name

    pieces = PARTS.split(prompt)
    joints = [found.group() for found in PARTS.finditer(prompt)]
    said = [read(piece, at > 0) if words(piece) else piece for at, piece in enumerate(pieces)]
    return "".join(text for pair in zip(said, [*joints, ""], strict=True) for text in pair), tuple(notes)


def acting(system: System, prompts: Sequence[str]) -> tuple[System, tuple[str, ...]]:
    """The system that makes motion for prompts which have been read, and a sentence where that is not the taught one.

    Where nothing in a prompt comes near a taught action the generator is the one without it, so that what was known
    stays as it was.
    Without known phrases other words cannot be told from a taught action's, and the taught one makes all.
    """
    taught, said = system.taught, [prompt for prompt in prompts if prompt.strip()]
    if taught is None or system.phrases is None or not said:
        return system, ()
    parts = [part for prompt in said for part in (prompt, *split(prompt)) if words(part)]
    if any(taught.action_of(part) is not None for part in parts):
        return system, ()
    if parts and (encoded(system.text, [plain(part) for part in parts]) @ taught.features.T).max() >= RELATED:
        return system, ()
    note = f"Nothing of what was taught is meant by this, so the bundled model made it. Taught was “{taught.names[0]}”."
    return replace(system, generator=taught.untaught, taught=None), (note,)


def split(prompt: str) -> list[str]:
    """The actions that "then" or a full stop joins, as `read_as_taught` reads them."""
    return [part.strip(" ,") for part in PARTS.split(prompt)]


def details(text: str) -> set[str]:
    """What a text says of sides, numbers, negations and what is done meanwhile."""
    return {found.lower() for found in _DETAIL.findall(text)}


def meant_action(taught: TaughtActions, phrases: Phrases, encoder: TextEncoder, part: str) -> int | None:
    """The taught action that a text is about as near to as to anything else the model knows, or that alone has its
    word."""
    row = encoded(encoder, [plain(part)])[0]
    near = taught.features @ row
    known = float((phrases.features @ row).max())
    best = int(near.argmax())
    if near[best] >= max(LEAST, known - FARTHER):
        return int(taught.actions[best])
    own = set[int]().union(*(taught.stems.get(stem(word), frozenset()) for word in words(part)))
    near = np.where(np.isin(taught.actions, sorted(own)), near, -1.0)
    best = int(near.argmax())
    return int(taught.actions[best]) if near[best] >= max(OWN_LEAST, known - OWN_FARTHER) else None
