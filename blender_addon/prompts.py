# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompts of before and the favourites: one small JSON file of the user's, read at start and written on change."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from ..backend.connection import home

MAX_RECENT = 20
MAX_FAVOURITES = 50
_MAX_LETTERS = 500  # a longer prompt is not kept

recent: list[str] = []  # newest first
favourites: list[str] = []  # in the order in which they were chosen


def file() -> Path:
    """Where they are."""
    return home() / "prompts.json"


def load() -> None:
    """Read the file; a damaged one is put aside under another name, so that nothing is written over it."""
    recent[:], favourites[:] = [], []
    try:
        found: Any = json.loads(file().read_text("utf-8"))
        recent[:] = _texts(found["recent"], MAX_RECENT)
        favourites[:] = _texts(found["favourites"], MAX_FAVOURITES)
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError):
        with contextlib.suppress(OSError):
            file().replace(file().with_name("prompts.damaged.json"))


def _texts(found: Any, most: int) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise TypeError("prompts are lists of texts")
    return [text[:_MAX_LETTERS] for text in found[:most]]


def remember(prompt: str) -> None:
    """Put a prompt at the top of the recent ones."""
    prompt = prompt.strip()
    if not prompt or len(prompt) > _MAX_LETTERS or recent[:1] == [prompt]:
        return
    recent[:] = [prompt, *(text for text in recent if text != prompt)][:MAX_RECENT]
    _save()


def toggle(prompt: str) -> bool:
    """Make a prompt a favourite, or no longer one; returns whether it is one now."""
    prompt = prompt.strip()
    if prompt in favourites:
        favourites.remove(prompt)
    elif prompt and len(prompt) <= _MAX_LETTERS:
        favourites[:] = [*favourites, prompt][-MAX_FAVOURITES:]
    _save()
    return prompt in favourites


def clear() -> None:
    """Forget the recent ones; favourites stay."""
    recent.clear()
    _save()


def _save() -> None:
    # A full disk or a folder that cannot be written must not keep anybody from generating: the lists live on until
    # Blender ends.
    with contextlib.suppress(OSError):
        file().parent.mkdir(parents=True, exist_ok=True)
        part = file().with_suffix(".part")
        part.write_text(json.dumps({"recent": recent, "favourites": favourites}, ensure_ascii=False, indent=1), "utf-8")
        part.replace(file())
