# SPDX-License-Identifier: GPL-3.0-or-later
"""Which taught models a request names: none is the bundled one alone, several act together."""

from __future__ import annotations

from collections.abc import Iterable

from ...rigs.errors import UserError
from .lesson import BUNDLED

MOST_MODELS = 4  # taught ones at once


def checked_models(names: Iterable[str]) -> tuple[str, ...]:
    """The names without blanks around them, and without "" and "Bundled", which is what the others are added to.

    Raises:
        UserError: ``model_twice``, ``many_models``, or ``bad_models`` for a text in place of several.
    """
    if isinstance(names, str):  # its letters would be taken for names
        raise UserError(f"“{names}” is no tuple of models.", f'Write models=("{names}",).', "bad_models")
    kept: dict[str, str] = {}
    for name in (" ".join(name.split()) for name in names):
        if name.casefold() in ("", BUNDLED.casefold()):
            continue
        if name.casefold() in kept:
            raise UserError(f"The taught model “{name}” is named twice.", "Name each one once.", "model_twice")
        kept[name.casefold()] = name
    if len(kept) > MOST_MODELS:
        raise UserError(
            f"{len(kept)} taught models cannot be used together.", f"Choose at most {MOST_MODELS}.", "many_models"
        )
    return tuple(kept.values())
