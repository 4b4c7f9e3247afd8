# SPDX-License-Identifier: GPL-3.0-or-later
"""The limit on how fast one client may send."""

from __future__ import annotations

from coamd.backend.server.rate_limit import MOST, RateLimit


def test_what_is_beyond_the_limit_is_counted_until_the_next_second() -> None:
    now = 7.0
    pace = RateLimit(lambda: now)
    assert not any(pace.beyond() for _ in range(MOST))
    now = 7.9
    assert [pace.beyond() for _ in range(3)] == [1, 2, 3]
    now = 8.0
    assert pace.beyond() == 0
