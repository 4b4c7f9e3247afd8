# SPDX-License-Identifier: GPL-3.0-or-later
"""The backend's process as seen from Blender: stopped, started again, shared, asleep."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import bpy
import pytest
import snapshot
from coamd.backend.client.backend_process import BackendProcess
from coamd.blender_addon.preferences import BackendSettings
from coamd.blender_addon.session import backend_link
from coamd.blender_addon.session.backend_link import LAUNCHING, OFF, READY, STOPPING, BackendLink
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.session.tasks import DONE, FAILED
from ordering import TickUntil, begin, end_of

ENGINES = Path(__file__).resolve().parents[2] / "backend" / "engines.py"
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@POSIX
def test_stopping_waits_for_nothing_and_even_ends_a_backend_that_hangs(
    addon: Session, backend: BackendProcess, tick_until: TickUntil
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    assert backend.pid
    os.kill(backend.pid, signal.SIGSTOP)
    bpy.ops.coamd.stop_backend()
    assert addon.link.state == STOPPING and not backend.ended, "the operator came back while it still was there"
    assert not addon.idle and not bpy.ops.coamd.stop_backend.poll()
    tick_until(lambda: addon.link.state == OFF)
    assert backend.ended and addon.idle


def test_a_start_while_the_last_one_ends_is_not_lost(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil, tmp_path: Path
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    bpy.ops.coamd.stop_backend()
    addon.link.start(BackendSettings(), BackendProcess(sys.executable, tmp_path / "home", script=ENGINES))
    assert addon.link.wanted
    begin()
    assert end_of(addon, tick_until).state == DONE, addon.message
    assert backend.ended


def test_two_blenders_share_a_backend_and_the_second_goes_on_without_the_first(
    addon: Session, backend: BackendProcess, tick_until: TickUntil, tmp_path: Path
) -> None:
    bpy.ops.coamd.start_backend(wait=True)
    second = BackendLink()
    second.start(BackendSettings(), BackendProcess(sys.executable, tmp_path / "home", script=ENGINES))
    try:
        tick_until(lambda: second.tick() is None or second.state == READY)
        assert second.pid is None, "it has found the first one's"
        bpy.ops.coamd.stop_backend()
        tick_until(lambda: second.tick() is None or second.state == LAUNCHING)
        assert second.problem and second.problem.code == "backend_died"
        tick_until(lambda: second.tick() is None or second.state == READY)
        assert second.pid is not None
        tick_until(lambda: addon.link.state == OFF)
    finally:
        second.close()


@POSIX
def test_a_backend_that_sleeps_for_a_while_goes_on(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil
) -> None:
    begin("sway slowly")
    tick_until(lambda: addon.jobs[-1].step > 0)
    assert backend.pid
    os.kill(backend.pid, signal.SIGSTOP)
    for _ in range(50):
        addon.tick()
    os.kill(backend.pid, signal.SIGCONT)
    assert end_of(addon, tick_until).state == DONE


@POSIX
def test_a_backend_that_never_wakes_is_given_up_and_ended(
    addon: Session, backend: BackendProcess, character: Any, tick_until: TickUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend_link, "_SILENT_SECONDS", 0.3)
    begin("sway for ever")
    tick_until(lambda: addon.jobs[-1].step > 0)
    before = snapshot.of_file()
    assert backend.pid
    os.kill(backend.pid, signal.SIGSTOP)
    assert end_of(addon, tick_until).state == FAILED
    assert addon.message and addon.message.code == "silent" and addon.message.hint
    assert snapshot.of_file() == before
    tick_until(lambda: backend.ended)
