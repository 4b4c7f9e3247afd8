# SPDX-License-Identifier: GPL-3.0-or-later
"""Seconds by the clock and by the processor, against work of a known length."""

from __future__ import annotations

import time

from coamd.backend.lab.timing import median_times, timed


def test_waiting_takes_time_by_the_clock_alone() -> None:
    took = timed(lambda: time.sleep(0.2))
    assert took.clock >= 0.2
    assert took.processor < 0.1


def test_the_first_run_warms_up_and_does_not_count() -> None:
    waits = iter([0.5, 0.01, 0.02, 0.3])
    assert 0.02 <= median_times(lambda: time.sleep(next(waits)), 3).clock < 0.3
