# SPDX-License-Identifier: GPL-3.0-or-later
"""Recent prompts and favourites: one small JSON file of the user's, read at start and written on change."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...backend.system.user_files import locked, write_private
from ...backend.system.user_folder import home
from ...rigs.files.regular_file import read_regular

MAX_RECENT = 20
MAX_FAVOURITES = 50
_MAX_LETTERS = 500  # a longer prompt is not kept
_LARGEST = 2**20  # bytes of the file
_PATIENCE = 0.05  # seconds for another Blender that writes; a write takes a few milliseconds
_LAST_PATIENCE = 2.0  # when Blender ends
_DAMAGED = (OSError, ValueError, LookupError, TypeError, RecursionError)  # what reading a damaged file raises

recent: list[str] = []  # newest first
favourites: list[str] = []  # in the order in which they were chosen
_waiting: list[Callable[[], None]] = []  # changes that are not in the file yet


def file() -> Path:
    """Where they are."""
    return home() / "prompts.json"


def load() -> None:
    """Read the file; a damaged one is renamed, so that it is not overwritten."""
    try:
        recent[:], favourites[:] = _read()
    except _DAMAGED:
        recent[:], favourites[:] = [], []
        with contextlib.suppress(OSError), locked(file(), _PATIENCE):
            _load_locked()  # another Blender may have put a whole one there meanwhile


def _load_locked() -> None:
    try:
        recent[:], favourites[:] = _read()
    except _DAMAGED:
        recent[:], favourites[:] = [], []
        with contextlib.suppress(OSError):
            file().replace(file().with_name("prompts.damaged.json"))


def _read() -> tuple[list[str], list[str]]:
    try:
        found = json.loads(read_regular(file(), _LARGEST))
    except FileNotFoundError:
        return [], []
    return _texts(found["recent"], MAX_RECENT), _texts(found["favourites"], MAX_FAVOURITES)


def _texts(found: Any, most: int) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise TypeError("prompts are lists of texts")
    return [text[:_MAX_LETTERS] for text in found[:most]]


def remember(prompt: str) -> None:
    """Put a prompt at the top of the recent ones."""
    prompt = prompt.strip()
    if not prompt or len(prompt) > _MAX_LETTERS or recent[:1] == [prompt]:
        return

    def change() -> None:
        recent[:] = [prompt, *(text for text in recent if text != prompt)][:MAX_RECENT]

    _change(change)


def toggle(prompt: str) -> bool:
    """Make a prompt a favourite, or no longer one; returns whether it is one now."""
    prompt = prompt.strip()
    wanted = prompt not in favourites and bool(prompt) and len(prompt) <= _MAX_LETTERS

    def change() -> None:
        others = [text for text in favourites if text != prompt]
        favourites[:] = [*others, prompt][-MAX_FAVOURITES:] if wanted else others

    _change(change)
    return prompt in favourites


def clear() -> None:
    """Forget the recent ones; favourites stay."""
    _change(recent.clear)


def unregister() -> None:
    """Write what another Blender has kept out of the file until now."""
    if _waiting:
        _change(lambda: None, _LAST_PATIENCE)


def _change(change: Callable[[], None], patience: float = _PATIENCE) -> None:
    """Change the lists as they are in the file by now: another Blender may have added to them.

    A full disk, a folder that cannot be written or another Blender that has just stopped while it wrote must not stop
    anybody from generating: the lists live on until Blender ends, and the next change, or that end, brings this along.
    """
    _waiting[:] = [*_waiting, change][-MAX_FAVOURITES:]
    try:
        with locked(file(), patience):
            _load_locked()
            for one in _waiting:
                one()
            write_private(file(), json.dumps({"recent": recent, "favourites": favourites}, indent=1).encode())
            _waiting.clear()
    except OSError:
        change()
