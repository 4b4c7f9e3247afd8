# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of text to motion, and what comes of it. Without torch, as the add-on asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from .fields import FloatArray

Solver = Literal["adams", "midpoint", "euler", "dopri5"]
SOLVERS: tuple[Solver, ...] = get_args(Solver)
LazyPreview = Callable[[], FloatArray]  # all frames so far (V, F, 22, 3), made when it is called, within the report
StepReport = Callable[[int, int, LazyPreview], None]  # step, of, preview
PhaseReport = Callable[[str, int, int, LazyPreview | None], None]  # phase, step, of, preview


@dataclass(frozen=True, kw_only=True)
class SamplingOptions:
    """How to sample; None takes the model's own."""

    steps: int | None = None
    guidance_scale: float | None = None  # of the text
    recognizer_guidance: float | None = None  # lambda; 0 turns that guidance off
    solver: Solver | None = None  # of the head's ODE
    candidates: int | None = None  # motions made for each variation; the recognizer keeps the best


@dataclass(frozen=True)
class GenerateRequest(SamplingOptions):
    """Motion for a prompt: ``round(20 seconds)`` frames. A variation is decided by ``seed`` and its number."""

    prompt: str
    seconds: float = 4.0
    seed: int = 0
    variations: int = 1
    models: tuple[str, ...] = ()  # names of taught ones, which act together; none: the bundled one alone


@dataclass(frozen=True, eq=False)
class Generated:
    """joints (V, F, 22, 3) float32, metres, Y up, 20 fps; warnings are sentences for the user."""

    joints: FloatArray
    warnings: tuple[str, ...] = ()
