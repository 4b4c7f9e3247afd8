# SPDX-License-Identifier: GPL-3.0-or-later
"""Solvers against differential equations with a known answer."""

from __future__ import annotations

import math

import pytest
import torch
from coamd.backend.model.solver import dopri5, midpoint
from torch import Tensor

START = torch.linspace(-2, 2, 12, dtype=torch.float64).view(3, 4)


def swing(t: Tensor, x: Tensor) -> Tensor:
    """dx/dt = -3 x + cos 5 t."""
    return -3 * x + torch.cos(5 * t)


def swung(x: Tensor) -> Tensor:
    """x(1) of ``swing``: a e^(-3 t) + (3 cos 5 t + 5 sin 5 t) / 34."""
    return (x - 3 / 34) * math.exp(-3) + (3 * math.cos(5) + 5 * math.sin(5)) / 34


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


def test_midpoint_is_of_second_order() -> None:
    errors = [float((midpoint(swing, START, n) - swung(START)).abs().max()) for n in (16, 32, 64)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.25)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.25)


@pytest.mark.parametrize("evaluations", [1, 2, 5, 8])
def test_midpoint_spends_exactly_its_evaluations(evaluations: int) -> None:
    calls = []

    def counted(t: Tensor, x: Tensor) -> Tensor:
        calls.append(float(t))
        return torch.full_like(x, 2.0)

    assert torch.allclose(midpoint(counted, START, evaluations), START + 2.0)
    assert len(calls) == evaluations
    assert calls == pytest.approx([i / evaluations for i in range(evaluations)])
