# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts with typing errors and other words, brought to words that the model has read.

Nothing that the captions know is touched, and no English word is taken for a typing error of another ("chess" is no
"chest"). The distance is that of Damerau and Levenshtein: letters put in, left out, mistaken or swapped with their
neighbour. A sentence that looks like another language is left as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from string import ascii_lowercase

RARE = 60  # in the spell checker's count; words that it knows from lists alone stand at 50
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
SHORTEST = 3  # letters of a word that may be a typing error
SAFE = 5  # letters from which a correction needs no support by the rest of the sentence
LONG = 8  # letters from which two errors may be in a word
# Words that the captions do without, and what they say instead; used only where the left one is unknown.
PEOPLE = {
    "adult": "person", "anyone": "someone", "boy": "person", "child": "person", "female": "woman", "girl": "woman",
    "guy": "man", "he": "a person", "human": "person", "i": "a person", "lady": "woman", "male": "man",
    "she": "a person", "somebody": "someone", "they": "a person", "you": "a person",
}  # fmt: skip
SYNONYMS = {
    "ambles": "strolls", "bounds": "leaps", "dashes": "sprints", "fetches": "picks up", "grasps": "grabs",
    "hurls": "throws", "leapt": "leaps", "lobs": "throws", "march": "walks in military style",
    "marches": "walks in military style", "marching": "walks in military style", "pitches": "throws",
    "prowls": "creeps", "saunters": "strolls", "sneak": "creeps", "sneaking": "creeps", "sneaks": "creeps",
    "soldier": "military man", "tosses": "throws", "treads": "steps", "trots": "jogs",
    "came": "comes", "crept": "creeps", "fell": "falls", "fought": "fights", "gave": "gives", "hit": "hits",
    "kneeled": "kneels", "knelt": "kneels", "ran": "runs", "sat": "sits", "spun": "spins", "stood": "stands",
    "swam": "swims", "swung": "swings", "threw": "throws", "took": "takes", "went": "goes",
    "anticlockwise": "counterclockwise", "angrily": "angry", "armchair": "seat", "backpedaling": "backpedalling",
    "bench": "seat", "cautiously": "carefully", "cheerfully": "happily", "couch": "seat", "furiously": "angry",
    "hurriedly": "quickly", "joyfully": "happily", "merrily": "happily", "practices": "practises",
    "practicing": "practising", "rapidly": "quickly", "rearwards": "backwards", "sidesteps": "steps sideways",
    "sidewards": "sideways", "sofa": "seat", "staircase": "stairs", "stealthily": "carefully", "swiftly": "quickly",
}  # fmt: skip


@dataclass(frozen=True)
class CaptionWords:
    """What the captions are made of: how often each word stands in them, and the words of each stem."""

    counts: Mapping[str, int]
    stems: Mapping[str, tuple[str, ...]]
    paraphrased: frozenset[str] = frozenset()  # stems of words that the model was taught without a caption

    @classmethod
    def of(cls, texts: Iterable[str]) -> CaptionWords:
        """The words of all texts, each counted once a text."""
        counts: dict[str, int] = defaultdict(int)
        for text in texts:
            for word in set(words(text)):
                counts[word] += 1
        stems: dict[str, list[str]] = defaultdict(list)
        for word in sorted(counts, key=lambda word: (-counts[word], word)):
            stems[stem(word)].append(word)
        return cls(dict(counts), {key: tuple(row) for key, row in stems.items()})


@dataclass(frozen=True)
class MendedText:
    """A text as the model is to read it; ``changed`` has what was typed and what it was taken for."""

    text: str
    changed: tuple[tuple[str, str], ...] = ()


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return WORD.findall(text.lower())


def stem(word: str) -> str:
    """A word without the endings that a verb or an adverb takes; walks, walked and walking have one stem."""
    if word.endswith(("ies", "ied")) and len(word) > 4:
        return word[:-3] + "y"
    for ending, least in (("ing", 3), ("ed", 3), ("ly", 4), ("es", 3), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@cache
def english() -> frozenset[str]:
    """English words, read once: those of pyspellchecker that are not rare."""
    from spellchecker import SpellChecker

    known = SpellChecker(language="en").word_frequency
    return frozenset(word for word in known.words() if word.isalpha() and known[word] >= RARE)


def distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance (optimal string alignment): insert, delete, replace, swap neighbours, each 1."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def one_away(word: str) -> set[str]:
    """All strings at distance 1 of a word."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found |= {a + c + b[1:] for a, b in cuts if b for c in ascii_lowercase}
    found |= {a + c + b for a, b in cuts for c in ascii_lowercase}
    return found - {word}


def read(text: str, vocabulary: CaptionWords) -> MendedText:
    """The text with typing errors mended and unknown words replaced where something known means the same."""
    kinds = {word: _kind(word, vocabulary) for word in words(text)}
    mended = {word: found for word, kind in kinds.items() if kind == "odd" and (found := _mended(word, vocabulary))}
    strict = {word for word in mended if len(word) >= SAFE}
    plain = sum(kind != "odd" for kind in kinds.values())
    if 2 * (plain + len(strict)) < len(kinds):
        mended = {word: mended[word] for word in strict}
    left = sum(kind == "odd" and word not in mended for word, kind in kinds.items())
    if 2 * left > len(kinds):  # another language, or nonsense
        return MendedText(text)
    if left > len(mended):  # more riddles than answers
        mended = {}
    taken: dict[str, str] = {}

    def instead(match: re.Match[str]) -> str:
        typed = match.group()
        word = typed.lower()
        meant = mended.get(word, word)
        new = _known_form(meant, vocabulary)
        if new == word:
            return typed
        if word in mended or word not in PEOPLE:
            taken.setdefault(typed, new)
        return new

    result = WORD.sub(instead, text)
    return MendedText(result, tuple(taken.items()))


def _kind(word: str, vocabulary: CaptionWords) -> str:
    if (
        word in vocabulary.counts
        or word in PEOPLE
        or word in SYNONYMS
        or stem(word) in vocabulary.paraphrased
        or len(word) < SHORTEST
        or word.split("'")[0] in english()
    ):
        return "plain"
    return "odd"


def _familiar(word: str, vocabulary: CaptionWords) -> bool:
    return word in vocabulary.counts or word in PEOPLE or word in SYNONYMS or stem(word) in vocabulary.stems


def _mended(word: str, vocabulary: CaptionWords) -> str | None:
    """The known word that was most likely meant, or None: few errors before many, then by habit.

    People seldom mistake the first letter, and they swap or forget letters more often than they hit wrong ones.
    """
    if not word.isascii():
        return None
    near = {c for c in one_away(word) if c in vocabulary.counts or (c in english() and _familiar(c, vocabulary))}
    if not near and len(word) >= LONG:
        near = {c for c in vocabulary.counts if abs(len(c) - len(word)) <= 2 and distance(word, c) == 2}
    if not near:
        return None

    def rank(candidate: str) -> tuple[bool, bool, bool, int, str]:
        count = max(vocabulary.counts.get(word, 0) for word in (candidate, *vocabulary.stems.get(stem(candidate), ())))
        return (
            candidate[0] != word[0],
            sorted(candidate) != sorted(word) and _squeezed(candidate) != _squeezed(word),
            len(candidate) == len(word),
            -count,
            candidate,
        )

    return min(near, key=rank)


def _squeezed(word: str) -> str:
    """A word with each run of one letter as one letter: theen and then differ by no more than that."""
    return "".join(a for a, b in pairwise(word + " ") if a != b)


def _known_form(word: str, vocabulary: CaptionWords) -> str:
    """The word itself where the captions or paraphrases have it, else what captions say instead, else it again."""
    if word in vocabulary.counts or stem(word) in vocabulary.paraphrased:
        return word
    other = PEOPLE.get(word) or SYNONYMS.get(word, "")
    if other and all(_familiar(part, vocabulary) for part in other.split()):
        return other
    return word


def mending_notes(reading: MendedText) -> tuple[str, ...]:
    """What was changed, in a sentence for the user."""
    if not reading.changed:
        return ()
    said = [f"'{typed}' as '{meant}'" for typed, meant in reading.changed]
    listed = (", ".join(said[:-1]) + " and " if len(said) > 1 else "") + said[-1]
    return (f"Read {listed}.",)
