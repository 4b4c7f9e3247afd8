# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of generated actions: character, prompt and frames ("Hero walks forward 1-95")."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from difflib import SequenceMatcher

LONGEST = 63  # bytes of a data-block's name before Blender 5.0
_CHARACTER = 24  # bytes of it for the character
_READ = re.compile(r"'([^\W\d_]+)' as '([^\W\d_]+)'(?=[,. ])")  # one word for one word
_TYPING_ERROR = 0.65  # share of letters from which on a word is a misspelling of another
_WAITING = {"a", "an", "and", "at", "in", "of", "on", "or", "the", "then", "to", "with"}
# What most prompts begin with, and what tells no two of them apart.
_BEGINNINGS = ("a person ", "the person ", "a man ", "a woman ", "someone ", "somebody ")


def mended(prompt: str, warnings: Iterable[str]) -> str:
    """A prompt with its typing errors corrected, as the backend's warnings say: "Read 'wlaks' as 'walks'."

    A word that was read as another one of the same meaning stays as it was typed.
    """
    for sentence in warnings:
        for typed, meant in _READ.findall(sentence) if sentence.startswith("Read ") else ():
            if SequenceMatcher(None, typed.lower(), meant.lower()).ratio() >= _TYPING_ERROR:
                prompt = re.sub(rf"\b{re.escape(typed)}\b", meant, prompt)
    return prompt


def short(prompt: str) -> str:
    """A prompt in one line, without its usual beginning and its full stop."""
    text = " ".join(prompt.split()).rstrip(".")
    for beginning in _BEGINNINGS:
        if text.lower().startswith(beginning):
            return text[len(beginning) :]
    return text


def cut(text: str, most: int) -> str:
    """As many whole words as ``most`` bytes hold, without one at the end that waits for another ("waves, then").

    Of a first word that is longer, as many letters.
    """
    words = text.split()
    all_words = len(words)
    while len(words) > 1 and len(" ".join(words).encode()) > most:
        words.pop()
    while 1 < len(words) < all_words and words[-1].lower() in _WAITING:
        words.pop()
    whole = " ".join(words)
    while len(whole.encode()) > most:
        whole = whole[:-1]
    return whole.rstrip(" ,;:-")


def frames(first: int, last: int) -> str:
    """A range of frames in a few letters."""
    return f"{first}-{last}" if first >= 0 else f"{first} to {last}"


def action_name(
    character: str, what: str, first: int, last: int, taken: Container[str] = (), take: int | None = None
) -> str:
    """A name that is not in ``taken``; ``take`` counts those that were made together."""
    end = f" {frames(first, last)}" + ("" if take is None else f", take {take}")
    number = 1
    while True:
        counted = end if number == 1 else f"{end} ({number})"
        room = LONGEST - len(counted.encode())
        name = cut(f"{cut(character, _CHARACTER)} {short(what)}", room) + counted
        if name not in taken:
            return name
        number += 1


def in_list(name: str, character: str, letters: int = LONGEST) -> str:
    """A short name for a narrow list: the take first, without the character.

    Where ``letters`` do not hold it, words make room for the frames at its end.
    """
    text, _, take = name.partition(", take ")
    text = text.removeprefix(f"{cut(character, _CHARACTER)} ")
    text = f"{take} · {text}" if take else text
    head, _, span = text.rpartition(" ")
    if len(text) <= letters or not span[:1].isdigit():
        return text
    return f"{cut(head, max(letters - len(span) - 2, 1))}… {span}"
