# SPDX-License-Identifier: GPL-3.0-or-later
"""Solving takes beside Blender's main thread: 200 frames on 60 bones take longer than a tick may.

What a take is solved with is numpy's alone. Nothing that runs here may touch bpy.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Solving:
    """A piece of work that has begun in a thread of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._made: Any = None
        self._fault: Exception | None = None
        # A daemon: Blender does not wait for it at its end, and drops what it makes when the job is over.
        self._thread = threading.Thread(target=self._run, name="coamd-solving", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._made = self._work()
        except Exception as error:  # raised again where somebody can be told
            self._fault = error

    @property
    def over(self) -> bool:
        """Whether ``result`` can be had."""
        return not self._thread.is_alive()

    def result(self) -> Any:
        """What the work gave, once it is over; raises what it raised."""
        if self._fault is not None:
            raise self._fault
        return self._made
