# SPDX-License-Identifier: GPL-3.0-or-later
"""What labelling and search are asked and what they answer: frozen records that need no model.

Frames are at 20 per second. Blender's own Python imports this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...rigs.errors import UserError
from .fields import FloatArray

MOST_LABELS = 5000
STILL = "stands still: no motion to name"
POSES = 5  # of a moment, for its picture


@dataclass(frozen=True)
class Named:
    """``score`` is the cosine; ``confidence`` the chance of being right within the list, None for phrases."""

    label: str
    score: float
    confidence: float | None = None


@dataclass(frozen=True)
class Segment:
    """Frames ``first`` to ``end`` (not in it) at 20 fps; ``labels`` is empty where nothing moves."""

    first: int
    end: int
    labels: tuple[Named, ...]


@dataclass(frozen=True, eq=False)
class Offer:
    """A take that only the client can read, such as an action of the file that is open in Blender.

    ``mark`` changes when the take does. ``joints`` (F, 22, 3) metres at 20 fps, or None to ask whether the index has
    it as ``mark`` says.
    """

    name: str
    mark: str
    joints: FloatArray | None = None


@dataclass(frozen=True)
class Skipped:
    """A file or take that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Moment:
    """The best moment of a take in the index. ``path`` is its file, "" for an offered take; ``name`` the take in the
    file, "" where a file is one take. ``poses`` (POSES, 22, 3) are even steps through the moment."""

    path: str
    name: str
    score: float  # cosine
    first: int
    end: int
    poses: FloatArray


def distinct(labels: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Labels without blanks and duplicates, and a sentence on what was left out ("" where nothing was).

    Raises:
        UserError: nothing is left, or there are too many.
    """
    entries = [" ".join(entry.split()) for entry in labels]
    blanks = sum(not entry for entry in entries)
    kept: dict[str, str] = {}
    for entry in entries:
        if entry:
            kept.setdefault(entry.casefold(), entry)
    if not kept:
        raise UserError("The list of labels names nothing.", "Give names with commas, as in walk, run.", "no_labels")
    if len(kept) > MOST_LABELS:
        raise UserError(
            f"There are {len(kept)} labels; at most {MOST_LABELS} are read.", "Shorten the list.", "many_labels"
        )
    twice = len(entries) - blanks - len(kept)
    parts = [f"{twice} that came twice"] * bool(twice) + [f"{blanks} without a name"] * bool(blanks)
    return tuple(kept.values()), f"Of the labels, {' and '.join(parts)} were left out." if parts else ""


def read_labels(text: str) -> tuple[tuple[str, ...], str]:
    """Labels divided by commas or lines, as ``distinct`` leaves them."""
    return distinct(text.replace("\n", ",").split(","))
