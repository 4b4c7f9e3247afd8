# SPDX-License-Identifier: GPL-3.0-or-later
"""What the buttons beside a list of the settings do."""

from __future__ import annotations

from typing import Any


def remove_chosen(settings: Any, rows: str, chosen: str) -> None:
    """Remove the chosen row of a list that is not empty, and choose its neighbour.

    Args:
        settings: the group that holds both.
        rows: name of the list.
        chosen: name of the number of the chosen row.
    """
    items = getattr(settings, rows)
    items.remove(min(getattr(settings, chosen), len(items) - 1))
    setattr(settings, chosen, max(min(getattr(settings, chosen), len(items) - 1), 0))
