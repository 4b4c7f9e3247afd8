# SPDX-License-Identifier: GPL-3.0-or-later
"""Solvers of dx/dt = v(t, x) from t = 0 to 1: fixed midpoint steps for use, adaptive dopri5 for parity."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Field = Callable[[Tensor, Tensor], Tensor]  # time (), state (...) -> velocity (...)

# Dormand & Prince 1980, the 5(4) pair: nodes, coefficients, fifth-order weights and their difference to the fourth.
_NODES = (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_STAGES = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
_ERROR = (
    35 / 384 - 5179 / 57600,
    0.0,
    500 / 1113 - 7571 / 16695,
    125 / 192 - 393 / 640,
    -2187 / 6784 + 92097 / 339200,
    11 / 84 - 187 / 2100,
    -1 / 40,
)
_SAFETY, _SHRINK, _GROW = 0.9, 0.2, 10.0


def midpoint(field: Field, start: Tensor, evaluations: int) -> Tensor:
    """Second-order midpoint steps of equal length; an odd number of evaluations begins with a half-length Euler step.

    All evaluations cover an equal share of time: a midpoint step spans two shares, the Euler step one.
    """
    share = 1.0 / evaluations
    x, now = start, 0.0

    def at(time: float) -> Tensor:
        return torch.tensor(time, device=start.device, dtype=start.dtype)

    if evaluations % 2:
        x, now = x + share * field(at(now), x), share
    for _ in range(evaluations // 2):
        half = x + share * field(at(now), x)
        x = x + 2 * share * field(at(now + share), half)
        now += 2 * share
    return x


def dopri5(field: Field, start: Tensor, *, atol: float, rtol: float) -> Tensor:
    """Adaptive Dormand-Prince 5(4); the step follows the root mean square of error / (atol + rtol |x|).

    Steps run past t = 1 only up to it: the last one is shortened.
    """

    def at(time: float) -> Tensor:
        return torch.tensor(time, device=start.device, dtype=start.dtype)

    x, now = start, 0.0
    slope = field(at(0.0), x)
    step = min(_first_step(field, x, slope, atol, rtol), 1.0)
    while now < 1.0:
        step = min(step, 1.0 - now)
        slopes = [slope]
        for node, weights in zip(_NODES[1:], _STAGES[1:], strict=True):
            trial = x + step * sum((w * k for w, k in zip(weights, slopes, strict=True) if w), torch.zeros_like(x))
            slopes.append(field(at(now + node * step), trial))
        error = step * sum((w * k for w, k in zip(_ERROR, slopes, strict=True) if w), torch.zeros_like(x))
        ratio = _size(error, atol + rtol * torch.maximum(x.abs(), trial.abs()))
        if ratio <= 1.0:
            now, x, slope = now + step, trial, slopes[-1]
            if 1.0 - now < 1e-9:
                break
        step *= _GROW if ratio == 0.0 else min(_GROW, max(_SHRINK if ratio > 1.0 else 1.0, _SAFETY * ratio**-0.2))
    return x


def _size(error: Tensor, scale: Tensor) -> float:
    return float((error / scale).square().mean().sqrt())


def _first_step(field: Field, x: Tensor, slope: Tensor, atol: float, rtol: float) -> float:
    """Starting step of Hairer, Norsett & Wanner, Solving ODEs I, section II.4."""
    scale = atol + rtol * x.abs()
    size, speed = _size(x, scale), _size(slope, scale)
    guess = 1e-6 if size < 1e-5 or speed < 1e-5 else 0.01 * size / speed
    time = torch.tensor(guess, device=x.device, dtype=x.dtype)
    bend = _size(field(time, x + guess * slope) - slope, scale) / guess
    if max(speed, bend) <= 1e-15:
        return max(1e-6, guess * 1e-3)
    return min(100 * guess, float((0.01 / max(speed, bend)) ** 0.2))
