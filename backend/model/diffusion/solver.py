# SPDX-License-Identifier: GPL-3.0-or-later
"""Solvers of dx/dt = v(t, x) from t = 0 to 1: fixed steps for use, adaptive dopri5 as in the released code."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args

import torch
from torch import Tensor

FixedSolver = Literal["adams", "midpoint", "euler"]
SolverName = FixedSolver | Literal["dopri5"]
FIXED: tuple[FixedSolver, ...] = get_args(FixedSolver)
RELEASED_ATOL, RELEASED_RTOL = 1e-6, 1e-3
BEND = 2.0  # half the range of logits over which adams spreads its times
VelocityField = Callable[[Tensor, Tensor], Tensor]  # time (), state (...) -> velocity (...)
Course = Callable[[int, Tensor], Tensor]  # the same with the number of a time in place of it

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


def times(name: FixedSolver, evaluations: int) -> list[float]:
    """The times (E,) at which a solver evaluates, in their order."""
    return nodes(evaluations)[:-1] if name == "adams" else [i / evaluations for i in range(evaluations)]


def solve(name: FixedSolver, course: Course, start: Tensor, evaluations: int) -> Tensor:
    """The state (...) at t = 1 from ``start`` at t = 0, for one evaluation at each of ``times``."""
    return _STEPS[name](course, start, evaluations)


def _euler(course: Course, start: Tensor, evaluations: int) -> Tensor:
    """First-order steps of equal length."""
    x = start
    for i in range(evaluations):
        x = x.add(course(i, x), alpha=1.0 / evaluations)
    return x


def _midpoint(course: Course, start: Tensor, evaluations: int) -> Tensor:
    """Second-order midpoint steps of equal length; an odd number of evaluations begins with a half-length Euler step.

    All evaluations cover an equal share of time: a midpoint step spans two shares, the Euler step one.
    """
    x, share, odd = start, 1.0 / evaluations, evaluations % 2
    if odd:
        x = x.add(course(0, x), alpha=share)
    for i in range(odd, evaluations, 2):
        half = x.add(course(i, x), alpha=share)
        x = x.add(course(i + 1, half), alpha=2 * share)
    return x


def _adams(course: Course, start: Tensor, evaluations: int) -> Tensor:
    """Third-order Adams-Bashforth steps between ``nodes``, one evaluation each.

    A step integrates the parabola through this velocity and the two before. The first steps know fewer: they are of
    order one and two, over the shortest stretches.
    """
    x = start
    past: list[Tensor] = []
    for i, shares in enumerate(_adams_shares(evaluations)):
        past = [*past[-2:], course(i, x)]
        for share, velocity in zip(shares, past, strict=True):
            x = x.add(velocity, alpha=share)
    return x


@lru_cache(maxsize=16)
def _adams_shares(evaluations: int) -> tuple[list[float], ...]:
    """For each step what this velocity and the two before it count, the oldest first."""
    at = nodes(evaluations)
    return tuple(_shares(at[max(0, i - 2) : i + 1], *step) for i, step in enumerate(pairwise(at)))


def _shares(times: list[float], begin: float, end: float) -> list[float]:
    """Integral from ``begin`` to ``end`` of the polynomial that is 1 at one of up to three times and 0 at the others.

    Simpson's rule is exact for their degree.
    """

    def value(own: int, at: float) -> float:
        return math.prod((at - other) / (times[own] - other) for i, other in enumerate(times) if i != own)

    middle = (begin + end) / 2
    return [(end - begin) / 6 * (value(i, begin) + 4 * value(i, middle) + value(i, end)) for i in range(len(times))]


def nodes(count: int) -> list[float]:
    """``count`` + 1 times from 0 to 1 at equal distances of their logit, stretched to the ends.

    The velocity changes quickly near both ends and little between: on the bundled model eight evaluations between equal
    steps are off by 1.5 times as much.
    """
    scale = 2 * math.tanh(BEND / 2)
    return [0.5 + math.tanh(BEND * (i / count - 0.5)) / scale for i in range(count)] + [1.0]


_STEPS: dict[FixedSolver, Callable[[Course, Tensor, int], Tensor]] = {
    "adams": _adams,
    "midpoint": _midpoint,
    "euler": _euler,
}


def _time(value: float, like: Tensor) -> Tensor:
    return torch.full((), value, device=like.device, dtype=like.dtype)


def dopri5(field: VelocityField, start: Tensor, *, atol: float, rtol: float) -> Tensor:
    """Adaptive Dormand-Prince 5(4); the step follows the root mean square of error / (atol + rtol |x|).

    Steps run past t = 1 only up to it: the last one is shortened.
    """

    x, now = start, 0.0
    slope = field(_time(0.0, x), x)
    step = min(_first_step(field, x, slope, atol, rtol), 1.0)
    while now < 1.0:
        step = min(step, 1.0 - now)
        slopes = [slope]
        for node, weights in zip(_NODES[1:], _STAGES[1:], strict=True):
            trial = x + step * sum((w * k for w, k in zip(weights, slopes, strict=True) if w), torch.zeros_like(x))
            slopes.append(field(_time(now + node * step, x), trial))
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


def _first_step(field: VelocityField, x: Tensor, slope: Tensor, atol: float, rtol: float) -> float:
    """Starting step of Hairer, Norsett & Wanner, Solving ODEs I, section II.4."""
    scale = atol + rtol * x.abs()
    size, speed = _size(x, scale), _size(slope, scale)
    guess = 1e-6 if size < 1e-5 or speed < 1e-5 else 0.01 * size / speed
    bend = _size(field(_time(guess, x), x + guess * slope) - slope, scale) / guess
    if max(speed, bend) <= 1e-15:
        return max(1e-6, guess * 1e-3)
    return min(100 * guess, float((0.01 / max(speed, bend)) ** 0.2))
