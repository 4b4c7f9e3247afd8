# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits how often the panel is drawn while a job counts its steps.

Blender draws before the next tick comes. Where that takes longer than reading a pose, a redraw for each pose would make
a short reading a long one: 79 poses of a big rig took 33 s in a window that needs 0.4 s to be drawn.
"""

from __future__ import annotations

SECONDS = 0.25  # from the end of one redraw to the next for a step


class PanelRedraws:
    """Decides when the panel is drawn: at once for news, and only now and then for steps."""

    def __init__(self) -> None:
        self._steps: object = ()  # that were drawn
        self._drawing = False  # Blender draws between two calls
        self._at = float("-inf")  # when it had

    def due(self, new: bool, steps: object, now: float) -> bool:
        """Whether to draw at the time ``now``, in seconds; ``steps`` are how far the jobs are."""
        if self._drawing:
            self._at, self._drawing = now, False
        if not new and (steps == self._steps or now - self._at < SECONDS):
            return False
        self._steps, self._drawing = steps, True
        return True
