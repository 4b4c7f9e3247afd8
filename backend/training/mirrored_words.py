# SPDX-License-Identifier: GPL-3.0-or-later
"""A clip seen in a mirror: left and right change places in its joints and in its words."""

from __future__ import annotations

import re
from dataclasses import replace

from ...rigs.body.canonical import mirrored
from .data import Clip

_PAIRS = [("left", "right"), ("clockwise", "counterclockwise"), ("leftwards", "rightwards"), ("leftward", "rightward")]
_PAIRS += [("lefthanded", "righthanded"), ("leftmost", "rightmost"), ("lefty", "righty"), ("l", "r")]
_SWAP = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
_SWAP |= {"anticlockwise": "clockwise", "counter-clockwise": "clockwise", "anti-clockwise": "clockwise"}
_WORDS = re.compile(
    r"(?<![\w'])(" + "|".join(sorted(map(re.escape, _SWAP), key=len, reverse=True)) + r")(?![\w'])", re.I
)
# "right" that is no side of the body
_IDIOMS = re.compile(
    r"\bright (?:away|after|before|angles?|now)\b|\b(?:all|up)right\b|\bleft (?:over|behind|the)\b", re.I
)


def mirrored_text(text: str) -> str:
    """The sentence with its sides swapped; ``right away``, ``left the room`` and the like stay.

    Swapping twice gives the sentence back, but for spellings of counterclockwise, which become the first.
    """
    kept = [match.span() for match in _IDIOMS.finditer(text)]

    def swap(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in kept):
            return match.group()
        word = match.group()
        other = _SWAP[word.lower()]
        return other.capitalize() if word[0].isupper() else other

    return _WORDS.sub(swap, text)


def mirrored_clip(clip: Clip) -> Clip:
    """The clip seen in a mirror, its words and labels too."""
    return replace(
        clip,
        id=f"M{clip.id}",
        joints=mirrored(clip.joints),
        texts=tuple(map(mirrored_text, clip.texts)),
        labels=tuple(map(mirrored_text, clip.labels)),
        mirrored=True,
        wordings=tuple(map(mirrored_text, clip.wordings)),
    )
