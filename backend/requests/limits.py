# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked for. Without torch, so that the add-on can say no before a backend is started."""

from __future__ import annotations

from ...rigs.errors import UserError
from .fields import MAX_CANDIDATES, MAX_VARIATIONS
from .generate import GenerateRequest
from .models import checked_models

SHORTEST, LONGEST = 1.0, 60.0  # seconds
LONGEST_HOURS = 2.0  # of a take that is read: a few keys, or a few kilobytes, at a slow rate can ask for gigabytes
PROMPT_LENGTH = 1000  # characters


def check(request: GenerateRequest) -> None:
    """Raise the UserError of a request that cannot be served."""
    if not request.prompt.strip():
        raise UserError(
            "The prompt is empty.", "Say what the person does, for example 'a person waves'.", "empty_prompt"
        )
    if len(request.prompt) > PROMPT_LENGTH:
        raise UserError(
            f"The prompt has {len(request.prompt)} characters; at most {PROMPT_LENGTH} are read.",
            "Describe one action in a sentence or two.",
            "long_prompt",
        )
    if not SHORTEST <= request.seconds <= LONGEST:  # also false for a length that is not a number
        raise UserError(
            f"A motion of {request.seconds:g} seconds cannot be made.",
            f"Choose between {SHORTEST:g} and {LONGEST:g} seconds.",
            "bad_length",
        )
    if not 1 <= request.variations <= MAX_VARIATIONS:
        raise UserError(
            f"{request.variations} variations cannot be made at once.",
            f"Choose between 1 and {MAX_VARIATIONS}.",
            "bad_variations",
        )
    if request.candidates is not None and not 1 <= request.candidates <= MAX_CANDIDATES:
        raise UserError(
            f"{request.candidates} candidates cannot be made for a motion.",
            f"Choose between 1 and {MAX_CANDIDATES}.",
            "bad_candidates",
        )
    checked_models(request.models)
