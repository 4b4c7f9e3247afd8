# SPDX-License-Identifier: GPL-3.0-or-later
"""A Gaussian that leaves what is straight alone, up to both ends."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.smoothing import smoothed
from hypothesis import given
from hypothesis import strategies as st


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(0.5, 10))
def test_a_straight_line_is_not_changed_by_smoothing(start: float, slope: float, deviation: float) -> None:
    line = start + slope * np.arange(40.0)[:, None]
    np.testing.assert_allclose(smoothed(line, deviation), line, atol=1e-9)


def test_a_wave_loses_what_theory_says() -> None:
    """A Gaussian of deviation s takes a sine of w radians a frame down to exp(-(s w)^2 / 2)."""
    frames, deviation = np.arange(400.0), 1.5
    for pace in (0.2, 0.6, 1.2):
        wave = np.sin(pace * frames)[:, None]
        left = np.exp(-0.5 * (deviation * pace) ** 2)
        np.testing.assert_allclose(smoothed(wave, deviation)[50:-50], left * wave[50:-50], atol=1e-3)


def test_a_single_frame_has_nothing_to_be_smoothed_with() -> None:
    np.testing.assert_array_equal(smoothed(np.ones((1, 2)), 1.0), np.ones((1, 2)))
