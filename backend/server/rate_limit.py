# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast a client may send. What comes beyond is dropped unread, so that nobody else waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST = 4000  # messages of one client in one second; one that waits for each answer sends at most 3000


class RateLimit:
    """Counts what a client sends in the present second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._second = -1
        self._count = 0

    def beyond(self) -> int:
        """Takes one more message: 0 if it is within the limit, else its number among those beyond."""
        second = int(self._clock())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return max(0, self._count - MOST)
