# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked for. Without torch, so that the add-on can say no before a backend is started."""

from __future__ import annotations

from ..rigs.errors import UserError
from .fields import MAX_CANDIDATES, MAX_VARIATIONS

SHORTEST, LONGEST = 1.0, 60.0  # seconds
PROMPT_LENGTH = 1000  # characters


def check(prompt: str, seconds: float, variations: int = 1, candidates: int | None = None) -> None:
    """Raise the UserError of a request that cannot be served."""
    if not prompt.strip():
        raise UserError(
            "The prompt is empty.", "Say what the person does, for example 'a person waves'.", "empty_prompt"
        )
    if len(prompt) > PROMPT_LENGTH:
        raise UserError(
            f"The prompt has {len(prompt)} characters; at most {PROMPT_LENGTH} are read.",
            "Describe one action in a sentence or two.",
            "long_prompt",
        )
    if not SHORTEST <= seconds <= LONGEST:  # also false for a length that is no number
        raise UserError(
            f"A motion of {seconds:g} seconds cannot be made.",
            f"Choose between {SHORTEST:g} and {LONGEST:g} seconds.",
            "bad_length",
        )
    if not 1 <= variations <= MAX_VARIATIONS:
        raise UserError(
            f"{variations} variations cannot be made at once.",
            f"Choose between 1 and {MAX_VARIATIONS}.",
            "bad_variations",
        )
    if candidates is not None and not 1 <= candidates <= MAX_CANDIDATES:
        raise UserError(
            f"{candidates} candidates cannot be made for a motion.",
            f"Choose between 1 and {MAX_CANDIDATES}.",
            "bad_candidates",
        )
