# SPDX-License-Identifier: GPL-3.0-or-later
"""How long and how fast each part of a model is trained by default."""

from __future__ import annotations

from ....rigs.errors import UserError
from ...model.config import ModelConfig
from ...training.loop import Schedule

ONCE = Schedule(steps=1, batch=2)  # phrases are read and a calibration is fitted, once
# The paper's schedules at full size; the bundled size is trained by two CPU cores in about two hours.
PAPER = {
    "autoencoder": Schedule(steps=400_000, batch=256, learning_rate=2e-4, warmup=1000, cosine=False),
    "recognizer": Schedule(steps=290_000, batch=32, learning_rate=1e-4, warmup=1000, cosine=False),
    "generator": Schedule(steps=182_000, batch=64, learning_rate=2e-4, warmup=2000, cosine=False),
    "phrases": ONCE,
    "calibration": ONCE,
}
BUNDLED = {
    "text": Schedule(
        steps=2500, batch=256, learning_rate=1.2e-3, weight_decay=1e-2, betas=(0.9, 0.98), warmup=150, ema=0.998
    ),
    "autoencoder": Schedule(steps=3000, batch=48, learning_rate=6e-4, warmup=100, ema=0.998),
    "recognizer": Schedule(steps=2400, batch=24, learning_rate=5e-4, weight_decay=1e-2, warmup=100, ema=0.998),
    "paraphrases": Schedule(
        steps=4000, batch=112, learning_rate=5e-4, weight_decay=1e-2, betas=(0.9, 0.98), warmup=100, ema=0.998
    ),
    "generator": Schedule(steps=3800, batch=64, learning_rate=1e-3, weight_decay=1e-2, warmup=300, ema=0.9995),
    "phrases": ONCE,
    "calibration": ONCE,
}


def schedule_of(config: ModelConfig, part: str) -> Schedule:
    """The default schedule of a part; UserError for one that this size does not train, such as CLIP."""
    table = BUNDLED if config.text.kind == "bundled" else PAPER
    if part not in table:
        why = "uses CLIP's text encoder as it is" if part == "text" else f"has no training of its own for the {part}"
        raise UserError(f"{config.name} {why}.", f"Train one of {', '.join(table)}.", "no_such_part")
    return table[part]
