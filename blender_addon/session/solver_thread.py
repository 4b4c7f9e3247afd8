# SPDX-License-Identifier: GPL-3.0-or-later
"""Solves takes in a thread: 200 frames on 60 bones take longer than a tick may.

Solving uses numpy alone. Nothing that runs here may touch bpy.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

# Whoever computes in Python keeps the interpreter for 5 ms when another thread wants it, and each panel that Blender
# draws wants it again. While something is solved, a tenth of that.
_TURN_SECONDS = 0.0005


class _Turns:
    """Shortens the interpreter's switch interval while any work is running."""

    def __init__(self) -> None:
        self._lock, self._count, self._usual = threading.Lock(), 0, sys.getswitchinterval()

    def __enter__(self) -> None:
        with self._lock:
            if not self._count:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(min(_TURN_SECONDS, self._usual))
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1
            if not self._count:
                sys.setswitchinterval(self._usual)


_turns = _Turns()


class SolverThread:
    """A piece of work in a thread of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._made: Any = None
        self._fault: Exception | None = None
        # A daemon: Blender does not wait for it at its end, and drops what it makes when the job is over.
        self._thread = threading.Thread(target=self._run, name="coamd-solving", daemon=True)
        # ``start`` waits until the thread says that it runs. Were it at work by then, that would take 40 ms.
        self._start_lock = threading.Lock()
        with self._start_lock:
            self._thread.start()

    def _run(self) -> None:
        try:
            with self._start_lock, _turns:
                self._made = self._work()
        except Exception as error:  # raised again by ``result``
            self._fault = error

    @property
    def over(self) -> bool:
        """Whether ``result`` can be had."""
        return not self._thread.is_alive()

    def result(self) -> Any:
        """The work's result, once it is over; raises what it raised."""
        if self._fault is not None:
            raise self._fault
        return self._made
