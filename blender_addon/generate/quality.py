# SPDX-License-Identifier: GPL-3.0-or-later
"""How much work goes into a motion: steps of the sampler, and motions to choose from."""

from __future__ import annotations

DRAFT, SINGLE, STANDARD, CUSTOM = "DRAFT", "SINGLE", "STANDARD", "CUSTOM"
DRAFT_STEPS = 4  # of the sampler, instead of the model's 12
QUALITIES = (
    (DRAFT, "Draft", "A third of the steps, to try a prompt out: quicker, and less true to it"),
    (SINGLE, "Single", "One motion in full quality, as it comes"),
    (
        STANDARD,
        "Best of 4",
        "Three more where the first shows too little of the prompt. Up to four times as long",
    ),
    (CUSTOM, "Custom", "The number of candidates under Advanced"),
)


def steps(quality: str) -> int | None:
    """Steps of the sampler; None takes the model's own."""
    return DRAFT_STEPS if quality == DRAFT else None


def candidates(quality: str, custom: int) -> int | None:
    """How many motions are made for a take at most; None where the model decides."""
    return {STANDARD: None, DRAFT: 1, SINGLE: 1}.get(quality, custom)
