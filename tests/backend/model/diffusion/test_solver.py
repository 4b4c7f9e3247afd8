# SPDX-License-Identifier: GPL-3.0-or-later
"""Solvers against differential equations with a known answer."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from coamd.backend.model.diffusion.solver import FIXED, FixedSolver, VelocityField, dopri5, nodes, solve, times
from torch import Tensor

START = torch.linspace(-2, 2, 12, dtype=torch.float64).view(3, 4)


def swing(t: Tensor, x: Tensor) -> Tensor:
    """dx/dt = -3 x + cos 5 t."""
    return -3 * x + torch.cos(5 * t)


def swung(x: Tensor) -> Tensor:
    """x(1) of ``swing``: a e^(-3 t) + (3 cos 5 t + 5 sin 5 t) / 34."""
    return (x - 3 / 34) * math.exp(-3) + (3 * math.cos(5) + 5 * math.sin(5)) / 34


def solved(name: FixedSolver, field: VelocityField, start: Tensor, evaluations: int) -> Tensor:
    """As ``solve`` of a field that is told the time."""
    at = torch.tensor(times(name, evaluations), dtype=start.dtype)
    return solve(name, lambda number, x: field(at[number], x), start, evaluations)


def test_dopri5_meets_its_tolerance() -> None:
    assert torch.allclose(dopri5(swing, START, atol=1e-6, rtol=1e-3), swung(START), atol=5e-4)
    assert torch.allclose(dopri5(swing, START, atol=1e-10, rtol=1e-10), swung(START), atol=1e-8)


def test_dopri5_takes_longer_steps_for_a_looser_tolerance() -> None:
    calls = []

    def counted(t: Tensor, x: Tensor) -> Tensor:
        calls.append(float(t))
        return swing(t, x)

    numbers = []
    for tolerance in (1e-3, 1e-9):
        calls.clear()
        dopri5(counted, START, atol=tolerance, rtol=tolerance)
        numbers.append(len(calls))
        assert min(calls) >= 0 and max(calls) <= 1
    assert numbers[0] < numbers[1] / 3


def test_dopri5_of_a_field_of_zeros_stays() -> None:
    assert torch.equal(dopri5(lambda _t, x: torch.zeros_like(x), START, atol=1e-6, rtol=1e-3), START)


@pytest.mark.parametrize(("name", "order"), [("euler", 1), ("midpoint", 2)])
def test_halving_the_steps_divides_the_error_by_two_to_the_order(name: FixedSolver, order: int) -> None:
    errors = [float((solved(name, swing, START, n) - swung(START)).abs().max()) for n in (32, 64, 128)]
    assert errors[0] / errors[1] == pytest.approx(2**order, rel=0.25)
    assert errors[1] / errors[2] == pytest.approx(2**order, rel=0.25)


def test_adams_is_nearer_than_midpoint_for_the_same_evaluations() -> None:
    for n in (8, 16, 32):
        off = [float((solved(name, swing, START, n) - swung(START)).abs().max()) for name in ("adams", "midpoint")]
        assert off[0] < 0.6 * off[1]


@pytest.mark.parametrize("evaluations", [1, 2, 5, 8])
@pytest.mark.parametrize("name", FIXED)
def test_fixed_steps_spend_exactly_their_evaluations(name: FixedSolver, evaluations: int) -> None:
    calls = []

    def counted(t: Tensor, x: Tensor) -> Tensor:
        calls.append(float(t))
        return torch.full_like(x, 2.0)

    assert torch.allclose(solved(name, counted, START, evaluations), START + 2.0)
    assert len(calls) == evaluations
    equal = [i / evaluations for i in range(evaluations)]
    assert calls == pytest.approx(nodes(evaluations)[:-1] if name == "adams" else equal)


def test_nodes_are_denser_at_both_ends_and_the_same_from_either() -> None:
    times = nodes(9)
    assert times[0] == 0.0 and times[-1] == 1.0
    assert times == pytest.approx([1 - t for t in reversed(times)])
    steps = [b - a for a, b in pairwise(times)]
    assert steps[:5] == sorted(steps[:5]) and steps[4] > 1.5 * steps[0]


def test_a_velocity_that_grows_evenly_is_followed_exactly_after_the_first_step() -> None:
    """Adams-Bashforth integrates a + b t without error; only the first step, of Euler, is off, by b h² / 2."""
    out = solved("adams", lambda t, x: torch.full_like(x, 3.0) * t, torch.zeros(2), 6)
    assert torch.allclose(out, torch.full((2,), 1.5 * (1 - nodes(6)[1] ** 2)))
