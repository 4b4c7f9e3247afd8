# SPDX-License-Identifier: GPL-3.0-or-later
"""The card and the arrays of a small taught model."""

from __future__ import annotations

import numpy as np
from coamd.backend.taught.model_file import WORDS, ModelCard

CARD = ModelCard(
    name="Hero moves",
    base="0123456789abcdef",
    base_name="tiny",
    words=("a person bows", "ein Gruß"),
    takes=("bow_1", "bow_2"),
    made="2026-11-30T00:00:00+00:00",
    settings={"rank": 2, "steps": 50, "seconds": 53.6},
    eye="fedcba98",
)
SHAPES = {"layer.a": (2, 5), "layer.b": (3, 2)}
WIDTH = 4  # of what the recognizer saw


def arrays() -> dict[str, np.ndarray]:
    """Random ones of ``SHAPES`` and one row for each description of the card, always the same."""
    rng = np.random.default_rng(0)
    shapes = {**SHAPES, WORDS: (len(CARD.words), WIDTH)}
    return {name: rng.normal(size=shape).astype(np.float16) for name, shape in shapes.items()}
