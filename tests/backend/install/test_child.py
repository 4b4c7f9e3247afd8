# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that nobody waits for any more is ended, at whatever moment that is."""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path

import pytest
from coamd.backend.install.command_runner import run
from coamd.backend.system.process_lifetime import birth
from coamd.rigs.errors import UserError

SLEEPS = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"
ENDS = "print('one'); print('two'); raise SystemExit(3)"


def gone(note: Path) -> bool:
    """Whether the child that wrote its id there has ended; one that was killed before it could write has."""
    text = note.read_text() if note.exists() else ""
    return not text or birth(int(text)) is None


def test_its_lines_and_its_exit_code_come_back(tmp_path: Path) -> None:
    log, heard = io.StringIO(), list[str]()
    command = [sys.executable, "-c", ENDS]
    assert run(command, temporary=tmp_path, log=log, alive=lambda: True, on_line=heard.append) == (3, ["one", "two"])
    assert heard == ["one", "two"] and "one\ntwo\n" in log.getvalue()


def test_it_is_ended_when_nobody_waits_for_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    command = [sys.executable, "-c", SLEEPS, str(note)]
    with pytest.raises(UserError) as caught:
        run(command, temporary=tmp_path, log=io.StringIO(), alive=lambda: not note.exists())
    assert caught.value.code == "cancelled" and gone(note)


def test_an_interruption_before_the_first_line_ends_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else leaving would wait for the reader, which waits for a child that nobody ends."""
    note, start = tmp_path / "pid", threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run([sys.executable, "-c", SLEEPS, str(note)], temporary=tmp_path, log=io.StringIO(), alive=lambda: True)
    assert gone(note)
