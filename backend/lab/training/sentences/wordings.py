# SPDX-License-Identifier: GPL-3.0-or-later
"""A bank of wordings: what animators, game designers and laymen call the actions that the clips show.

``wordings.json`` holds for every action at least ten ways to say it and the rule for the captioned clips that it
describes. Wordings become captions of those clips, so a rule is narrow rather than wide: a clip that matches wrongly
teaches nonsense.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

BANK = Path(__file__).with_name("wordings.json")
WIDE = Path(__file__).with_name("wide.txt")  # simple sentences of a wide vocabulary, mostly not about the clips
LEAST_TURN = 25.0  # degrees from which the sign of a turn tells its side
OTHER = {"left": "right", "right": "left"}
MOST = 12  # wordings of one clip
MOST_ANY = 6  # of an entry that holds for a whole group, such as walk_any, so that it does not drown the narrow ones
# The third and later captions of this pack were written by a crowd for a longer recording, and may tell another part.
CROWD = "mocap2"
_SAYS_NOTHING = re.compile(
    r"(a|the) person (is )?(walks?|walking|runs?|running|jogs?|jumps?|jumping|stands still|dances?|kicks?|turns?|spins?"
    r"|steps?|throws?|crawls?|walks forward|walks slowly|does a (circle|step) motion)$"
)
_MEASURED = "a person stands idle and"  # begins a caption that was measured, wherever it stands


@dataclass(frozen=True)
class Captioned:
    """What is known of a clip in words and numbers."""

    group: str
    labels: frozenset[str]
    texts: str  # its captions in lower case, a line each
    recorded_as: str  # what its recording was called, in lower case, a line each
    facts: Mapping[str, float]

    @classmethod
    def of(cls, record: Mapping[str, Any], source: str = "") -> Captioned:
        """From a record of ``captions.jsonl`` in a folder named ``source``; what it lacks is empty."""
        texts = [text.lower() for text in record["texts"]]
        if source == CROWD and texts and not _SAYS_NOTHING.match(texts[0]):
            texts = texts[:2] + [text for text in texts[2:] if text.startswith(_MEASURED)]
        called = record.get("source_text") or ()
        facts = record.get("facts") or {}
        return cls(
            group=record.get("action_group", ""),
            labels=frozenset(record.get("labels_checked") or record.get("labels") or ()),
            texts="\n".join(texts),
            recorded_as="\n".join([called] if isinstance(called, str) else called).lower(),
            facts={name: value for name, value in facts.items() if isinstance(value, int | float)},
        )


@dataclass(frozen=True)
class Wording:
    """One action, the rule for its clips and the ways to say it; ``{side}`` and ``{other}`` stand for sides."""

    key: str
    match: Mapping[str, Any]
    texts: tuple[str, ...]
    sided: bool = False
    side_regex: str = ""  # its groups are sides in the clip's texts
    side_fact: str = ""  # a measured number whose sign is the side, left positive
    asked: float = 1.0  # how often it is asked for beside other actions, 0 to 1: hardly anybody asks for a prairie dog
    general: bool = field(init=False)  # it holds for a whole group of actions

    def __post_init__(self) -> None:
        object.__setattr__(self, "general", self.key.endswith("_any"))

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """The compiled expressions of the rule."""
        names = ("text_regex", "source_regex", "not_regex")
        return {name: re.compile(self.match[name], re.MULTILINE) for name in names if name in self.match}

    def describes(self, clip: Captioned) -> bool:
        """Whether every part of the rule holds; of text and source expression one suffices."""
        rule, patterns = self.match, self.patterns
        if "groups" in rule and clip.group not in rule["groups"]:
            return False
        if "labels_any" in rule and not clip.labels & set(rule["labels_any"]):
            return False
        if not clip.labels >= set(rule.get("labels_all", ())):
            return False
        for name, (least, most) in rule.get("facts", {}).items():
            if not least <= clip.facts.get(name, float("nan")) <= most:
                return False
        searched = (("text_regex", clip.texts), ("source_regex", clip.recorded_as))
        wanted = [(patterns[name], text) for name, text in searched if name in patterns]
        if wanted and not any(pattern.search(text) for pattern, text in wanted):
            return False
        return not ("not_regex" in patterns and patterns["not_regex"].search(clip.texts))

    def side(self, clip: Captioned) -> str | None:
        """The one side that the clip's texts, or else its numbers, tell; None for no side and for both."""
        found: set[str] = set()
        if self.side_regex:
            hits = re.finditer(self.side_regex, clip.texts, re.MULTILINE)
            found = {group for hit in hits for group in hit.groups() if group}
        if not found and abs(clip.facts.get(self.side_fact, 0.0)) >= LEAST_TURN:
            found = {"left" if clip.facts[self.side_fact] > 0 else "right"}
        return found.pop() if len(found) == 1 else None

    def said_of(self, clip: Captioned) -> list[str]:
        """The wordings for a clip that it describes; those with a side only where the side is known."""
        side = self.side(clip) if self.sided else None
        if side is None:
            return [text for text in self.texts if "{" not in text]
        return [sided(text, side) for text in self.texts]

    def every_text(self) -> list[str]:
        """All wordings, with either side where they have one."""
        return list(dict.fromkeys(sided(text, side) for side in OTHER for text in self.texts))


def sided(text: str, side: str) -> str:
    """The text with its ``{side}`` and ``{other}`` side filled in."""
    return text.replace("{side}", side).replace("{other}", OTHER[side])


def read_bank(path: Path = BANK) -> list[Wording]:
    """The bank of a JSON file."""
    return [
        Wording(
            entry["key"],
            entry["match"],
            tuple(entry["texts"]),
            entry.get("sided", False),
            entry.get("side_regex", ""),
            entry.get("side_fact", ""),
            entry.get("asked", 1.0),
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def wordings_of(clip: Captioned, bank: Sequence[Wording], rng: np.random.Generator) -> tuple[str, ...]:
    """Up to 12 of what the bank says of a clip, drawn evenly; of a general entry at most 6 take part in the draw."""
    said: set[str] = set()
    for wording in bank:
        if wording.describes(clip):
            said.update(_drawn(wording.said_of(clip), MOST_ANY if wording.general else None, rng))
    return tuple(_drawn(sorted(said), MOST, rng))


def _drawn(texts: Sequence[str], most: int | None, rng: np.random.Generator) -> list[str]:
    """So many of the texts, in their order."""
    if most is None or len(texts) <= most:
        return list(texts)
    return [texts[int(i)] for i in np.sort(rng.choice(len(texts), most, replace=False))]


def wide_sentences() -> list[str]:
    """Simple sentences of a wide vocabulary."""
    return list(filter(None, WIDE.read_text(encoding="utf-8").splitlines()))
