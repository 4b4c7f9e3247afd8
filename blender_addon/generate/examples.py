# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts that the bundled model is known to follow, with the lengths and seeds that were judged: ``examples.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True)
class PromptExample:
    """A prompt with what it was judged with."""

    prompt: str
    seconds: float
    seed: int


@dataclass(frozen=True)
class ExampleGroup:
    """Examples of one kind; ``name`` is what the menu calls them."""

    name: str
    prompts: tuple[PromptExample, ...]


def read(path: Path) -> tuple[PromptExample, tuple[ExampleGroup, ...]]:
    """The prompt that a new file begins with, and the groups in the menu's order."""
    found = json.loads(path.read_text("utf-8"))
    groups = (
        ExampleGroup(group["name"], tuple(PromptExample(**each) for each in group["prompts"]))
        for group in found["groups"]
    )
    return PromptExample(**found["first"]), tuple(groups)


FIRST, GROUPS = read(FILE)
