# SPDX-License-Identifier: GPL-3.0-or-later
"""Splits a prompt with several actions in a row into steps with lengths of their own."""

from __future__ import annotations

import functools
import re
from itertools import pairwise

SHORTEST = 2.0  # seconds of a step that a prompt is split into; less shows little of what it says
_JOINT = re.compile(r"\s*[.;]\s*|\s*,?\s*(?:\band\s+)?\b(?:then|afterwards|after that)\b\s*,?\s*|\s*,\s*", re.I)
_SUBJECT = re.compile(
    r"^((?:a|an|the)\s+(?:\w+\s+)?(?:person|man|woman|figure|boy|girl|child)|someone|somebody)\s+", re.IGNORECASE
)
_PRONOUN = re.compile(r"^(?:and\s+)?(?:he|she|they|it)\s+", re.IGNORECASE)
# Words that end like verbs of the third person but are not.
_NO_VERBS = {
    *("always", "arms", "as", "across", "backwards", "downwards", "feet", "fingers", "fists", "forwards", "hands"),
    *("has", "his", "hips", "is", "its", "knees", "legs", "perhaps", "shoulders", "sideways", "sometimes", "stairs"),
    *("steps", "this", "times", "towards", "upwards", "yes"),
}
USUAL = "a person"


def split(prompt: str) -> list[str]:
    """The steps in their order, each a prompt of its own; the prompt alone if it has one action.

    "Then" and a full stop always begin a step, a comma only where a verb follows, as it also joins descriptions
    ("walks, bent low").
    """
    pieces: list[str] = []
    at, joint = 0, ""
    for match in [*_JOINT.finditer(prompt), None]:
        piece = prompt[at : match.start() if match else len(prompt)].strip()
        if piece and pieces and joint.strip() == "," and not _acts(piece):
            pieces[-1] += f", {piece}"
        elif piece:
            pieces.append(piece)
        if match:
            at, joint = match.end(), match.group() if piece or not joint.strip(" ,") else joint
    subject = _SUBJECT.match(pieces[0]) if pieces else None
    return [_sentence(piece, subject.group(1) if subject else USUAL) for piece in pieces] or [prompt]


@functools.lru_cache(maxsize=16)
def count(prompt: str) -> int:
    """How many actions a prompt has; called at every redraw."""
    return len(split(prompt))


def _acts(piece: str) -> bool:
    """Whether a piece begins with a verb of the third person, with or without its subject."""
    bare = _bare(piece)
    word = bare.split()[0].lower() if bare else ""
    return bool(_SUBJECT.match(piece)) or (word.endswith("s") and len(word) > 2 and word not in _NO_VERBS)


def _bare(piece: str) -> str:
    return re.sub(r"^and\s+", "", _PRONOUN.sub("", piece), flags=re.IGNORECASE)


def _sentence(piece: str, subject: str) -> str:
    return piece if _SUBJECT.match(piece) else f"{subject} {_bare(piece)}"


def lengths(count: int, seconds: float) -> list[float]:
    """Seconds of each of so many steps, tenths, none below ``SHORTEST``; together ``seconds`` where that is enough."""
    tenths = max(round(seconds * 10), count * round(SHORTEST * 10))
    edges = [round(tenths * k / count) for k in range(count + 1)]
    return [(b - a) / 10 for a, b in pairwise(edges)]


def frames_of(seconds: list[float], start: int, end: int) -> list[tuple[int, int]]:
    """The frames of each step, half-open, when steps of these lengths fill ``start`` to ``end`` in their order."""
    total = sum(seconds) or 1.0
    edges = [start]
    for k in range(len(seconds)):
        edges.append(start + round((end - start) * sum(seconds[: k + 1]) / total))
    return list(pairwise(edges))
