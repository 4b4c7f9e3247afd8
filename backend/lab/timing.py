# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a piece of work takes, by the clock and by all processors together."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Seconds(NamedTuple):
    """``processor`` is what all threads of this process used; other programs do not lengthen it."""

    clock: float
    processor: float


def timed(work: Callable[[], object]) -> Seconds:
    """The seconds of one run."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.perf_counter() - clock, time.process_time() - processor)


def median_times(work: Callable[[], object], runs: int) -> Seconds:
    """Medians of ``runs`` runs after one that warms up."""
    work()
    times = [timed(work) for _ in range(runs)]
    return Seconds(*(statistics.median(values) for values in zip(*times, strict=True)))
