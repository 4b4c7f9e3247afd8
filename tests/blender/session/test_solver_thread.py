# SPDX-License-Identifier: GPL-3.0-or-later
"""Work beside Blender's main thread: its result, its faults, and that the interpreter is shared out as before."""

from __future__ import annotations

import sys
import threading

import pytest
from coamd.blender_addon.session.solver_thread import SolverThread


def ended(solving: SolverThread) -> SolverThread:
    """Wait for the thread itself, as no test may wait for a time."""
    solving._thread.join()
    assert solving.over
    return solving


def test_the_result_is_what_the_work_gave() -> None:
    assert ended(SolverThread(lambda: 42)).result() == 42


def test_a_fault_comes_out_where_somebody_asks_for_the_result() -> None:
    def fail() -> None:
        raise ValueError("no such bone")

    with pytest.raises(ValueError, match="no such bone"):
        ended(SolverThread(fail)).result()


def test_while_work_is_on_its_way_threads_take_shorter_turns() -> None:
    usual = sys.getswitchinterval()
    may_end = threading.Event()

    def work() -> float:
        may_end.wait()
        return sys.getswitchinterval()

    first, second = SolverThread(work), SolverThread(work)
    assert not first.over
    may_end.set()
    assert min(ended(first).result(), ended(second).result()) < usual
    assert sys.getswitchinterval() == usual, "also when several pieces were at work"


def test_work_that_fails_gives_its_turns_back() -> None:
    usual = sys.getswitchinterval()

    def fail() -> None:
        raise ValueError

    ended(SolverThread(fail))
    assert sys.getswitchinterval() == usual
