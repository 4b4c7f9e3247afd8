# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd teach`` as a user runs it, in a process of its own, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ....rigs.errors import UserError
from ...system.subprocesses import environment
from ...taught.library import TaughtModel, named

BOOTSTRAP = Path(__file__).parents[2] / "bootstrap.py"


@dataclass(frozen=True)
class LessonRun:
    """A taught model, the processor seconds and bytes of memory that it took, and what the command said."""

    model: TaughtModel
    processor: float
    memory: float
    said: str


def run_lesson(name: str, takes: Path, captions: Path, home: Path, options: Sequence[str]) -> LessonRun:
    """Teach the takes of a folder into ``home``, CoAMD's folder for that process. UserError ``lesson_failed``."""
    import resource  # not on Windows

    command = [sys.executable, str(BOOTSTRAP), "teach", name, str(takes), "--captions", str(captions), *options]
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**environment(), "COAMD_HOME": str(home)},
    )
    assert child.stdout is not None
    with child.stdout as pipe:
        said = pipe.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise UserError("The takes could not be taught.", said.strip()[-2000:], "lesson_failed")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    assert isinstance(used, resource.struct_rusage)
    return LessonRun(named(name, home / "models"), used.ru_utime + used.ru_stime, used.ru_maxrss * unit, said)
