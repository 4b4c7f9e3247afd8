# SPDX-License-Identifier: GPL-3.0-or-later
"""What every child process of ours is given, and how a whole family of them is ended. Standard library only."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import Any

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console window on Windows
_FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")


def environment() -> dict[str, str]:
    """Ours, without what steers Blender's own Python: another interpreter would load the wrong libraries."""
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    # A thread that waits for others must sleep: spinning, with Blender on the same cores, took a clip from 3 to 37 s.
    kept.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return {**kept, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def end_family(child: subprocess.Popen[Any], *, force: bool) -> None:
    """End a child that was started with ``start_new_session=True``, and all that it has started. Waits for nothing.

    Without ``force`` the family is asked, so that it can tidy up; Windows knows only force.
    """
    if child.poll() is not None:
        return
    if sys.platform == "win32":
        command = ["taskkill", "/PID", str(child.pid), "/T", "/F"]
        with contextlib.suppress(OSError):
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, creationflags=NO_WINDOW)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it has just ended by itself
        os.killpg(child.pid, signal.SIGKILL if force else signal.SIGTERM)
