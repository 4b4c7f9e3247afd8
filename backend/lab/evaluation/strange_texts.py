# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts beyond what a model learnt, in other words than it learnt, and with typing errors: which are warned of, which
are understood, which are mended.

The strange prompts are a file of ours, by kind, and so are the natural ones, which say known actions in words that are
taught nowhere; the familiar ones are held-out captions and the model's labels.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

import numpy as np

from ....rigs.errors import UserError
from ...language.familiarity import encoded
from ...language.prompt import mended
from ...language.spelling import WORD, CaptionWords, english, read
from ...model.weights import System
from ...training.data import Clip
from ..report import facts_line, json_text, markdown_table
from ..training.sentences.paraphrases import known_sentences
from ..training.sentences.wordings import read_bank, sided

STRANGE = Path(__file__).with_name("strange_prompts.txt")
NATURAL = Path(__file__).with_name("natural_prompts.json")
NEAREST = 3  # actions among which the right one is looked for
LEAST = 4  # letters of a word that gets a typing error; in shorter ones there is often no telling what was meant
ERRORS = ("swapped", "missing", "doubled", "wrong")
SHOWN = 12  # texts that a row names


@dataclass(frozen=True)
class TextGroup:
    """One kind of texts: how many there are, how many came out as ``what`` says, and some that should not have."""

    name: str
    texts: int
    count: int
    what: str
    odd: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Of all texts of the kind."""
        return self.count / self.texts if self.texts else 0.0


@dataclass(frozen=True)
class TextReport:
    """All kinds, and the facts that one needs to repeat them."""

    lines: tuple[TextGroup, ...]
    facts: dict[str, str | int | float]

    def cells(self) -> list[tuple[str, ...]]:
        """The table with its heading."""
        rows = [
            (line.name, str(line.texts), line.what, f"{line.share:.1%}", "; ".join(line.odd)) for line in self.lines
        ]
        return [("", "texts", "", "share", "not so, for example"), *rows]

    @property
    def said(self) -> str:
        """The facts in one line."""
        return facts_line(self.facts)

    def markdown(self) -> str:
        """The table for the docs."""
        heading, *rows = self.cells()
        lines = markdown_table(heading, rows, left=(0, 2, 4))
        return "\n".join(lines) + f"\n\nMeasured with `coamd evaluate --parts texts`: {self.said}.\n"

    def json(self) -> str:
        """The same for scripts."""
        lines = [asdict(line) | {"share": line.share} for line in self.lines]
        return json_text({"facts": self.facts, "lines": lines})


@cache
def natural_prompts() -> dict[str, tuple[str, ...]]:
    """Prompts by the key of the action in the bank that they mean, all to the left where they have a side."""
    table = json.loads(NATURAL.read_text(encoding="utf-8"))
    return {key: tuple(sided(text, "left") for text in texts) for key, texts in table.items()}


@cache
def strange_prompts() -> dict[str, tuple[str, ...]]:
    """The strange prompts of the file by kind."""
    kinds: dict[str, list[str]] = {}
    kind = ""
    for line in STRANGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            kinds.setdefault(kind, []).append(line)
    return {name: tuple(prompts) for name, prompts in kinds.items()}


def captions(clips: Sequence[Clip], split: str) -> list[str]:
    """The distinct captions of a split, those of mirrored clips left out."""
    return sorted({text for clip in clips if clip.split == split and not clip.mirrored for text in clip.texts})


def read_texts(system: System, clips: Sequence[Clip], seed: int) -> TextReport:
    """Warnings and mended typing errors of one model. UserError where its weights have no phrases."""
    if system.phrases is None:
        raise UserError(
            "These weights know no phrases, so nothing is warned of.", "Run coamd train phrases.", "no_phrases"
        )
    held_out = {split: captions(clips, split) for split in ("val", "test")}
    lines = [
        _warned(system, "validation captions (the threshold is set on them)", held_out["val"], wanted=False),
        _warned(system, "test captions", held_out["test"], wanted=False),
        _warned(system, "label words", system.labels, wanted=False),
        _warned(system, "known actions in other words", sum(natural_prompts().values(), ()), wanted=False),
        *_recognized(system, natural_prompts()),
        *(_warned(system, f"strange: {kind}", prompts, wanted=True) for kind, prompts in strange_prompts().items()),
        *typing_errors(held_out["test"], system.phrases.vocabulary, seed),
    ]
    return TextReport(tuple(lines), {"model": system.config.name, "seed": seed, "threshold": system.phrases.threshold})


def _warned(system: System, name: str, texts: Sequence[str], *, wanted: bool) -> TextGroup:
    assert system.phrases is not None
    warned = [system.phrases.warning(mended(system, text).text, system.text) is not None for text in texts]
    odd = [text for text, told in zip(texts, warned, strict=True) if told != wanted]
    return TextGroup(name, len(texts), sum(warned), "warned of", tuple(odd[:SHOWN]))


def _recognized(system: System, prompts: Mapping[str, Sequence[str]]) -> list[TextGroup]:
    """Prompts whose action has the nearest known sentence, or one of the nearest of ``NEAREST`` actions."""
    known = [(key, sided(text, "left")) for key, texts in known_sentences(read_bank()).items() for text in texts]
    names = sorted(prompts.keys() & {key for key, _ in known})
    asked = [(key, text) for key in names for text in prompts[key]]
    likeness = encoded(system.text, [text for _, text in asked]) @ encoded(system.text, [text for _, text in known]).T
    owners = np.array([key for key, _ in known])
    best = np.stack([likeness[:, owners == key].max(axis=1) for key in names], axis=1)  # (prompts, actions)
    nearest = np.array(names)[np.argsort(-best, axis=1)[:, :NEAREST]]
    found = [(text, key, list(row)) for (key, text), row in zip(asked, nearest, strict=True)]
    name = "known actions in other words"
    first = [f"{text} -> {row[0]}" for text, key, row in found if row[0] != key]
    among = [f"{text} -> {row[0]}" for text, key, row in found if key not in row]
    return [
        TextGroup(name, len(found), len(found) - len(first), "nearest action", tuple(first[:3])),
        TextGroup(name, len(found), len(found) - len(among), f"among the nearest {NEAREST}", tuple(among[:3])),
    ]


def mistyped(text: str, rng: np.random.Generator, known: Container[str] = frozenset()) -> str | None:
    """The text with one error in one of its longer words, None where it has no such word.

    Two neighbours are swapped, or a letter is missing, doubled or wrong. What comes out is no ``known`` word: an error
    such as "sort" for "short" cannot be seen by a dictionary.
    """
    places = [match for match in WORD.finditer(text) if len(match.group()) >= LEAST and match.group().isascii()]
    if not places:
        return None
    match = places[rng.integers(len(places))]
    word = match.group()
    while True:
        at, kind = int(rng.integers(len(word))), ERRORS[rng.integers(len(ERRORS))]
        if kind == "swapped":
            new = word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
        elif kind == "missing":
            new = word[:at] + word[at + 1 :]
        elif kind == "doubled":
            new = word[:at] + word[at] + word[at:]
        else:
            new = word[:at] + ascii_lowercase[rng.integers(26)] + word[at + 1 :]
        if new != word and new.lower() not in known:
            return text[: match.start()] + new + text[match.end() :]


def typing_errors(texts: Sequence[str], vocabulary: CaptionWords, seed: int) -> list[TextGroup]:
    """What becomes of texts with one typing error each: restored to the letter, read as something else, or kept."""
    rng = np.random.default_rng(seed)
    known = english() | vocabulary.counts.keys()
    outcomes: dict[str, list[str]] = {"restored": [], "read as something else": [], "kept as typed": []}
    for text in texts:
        typed = mistyped(text, rng, known)
        if typed is None:
            continue
        found = read(typed, vocabulary).text
        if found.lower() == read(text, vocabulary).text.lower():
            outcomes["restored"].append(typed)
        else:
            outcomes["kept as typed" if found == typed else "read as something else"].append(f"{typed} -> {found}")
    total = sum(map(len, outcomes.values()))
    return [
        TextGroup(
            "test captions with one typing error", total, len(rows), what, () if what == "restored" else tuple(rows[:3])
        )
        for what, rows in outcomes.items()
    ]
