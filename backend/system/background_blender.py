# SPDX-License-Identifier: GPL-3.0-or-later
"""A Blender of our own in the background, for what only Blender can do: reading scene files, and writing them.

Which Blender: the one that ``COAMD_BLENDER`` names (the add-on names its own), else the bpy module of this Python, else
``blender`` on the path. Scripts in files are not run.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from ...rigs.errors import UserError
from .subprocesses import NO_WINDOW, environment

READ, EXPORT = "read", "export"  # the jobs that the script knows
INSTALL = "Install it with: pip install bpy==4.5.15 - or name yours in COAMD_BLENDER"
SCRIPT = Path(__file__).resolve().parents[2] / "blender_addon" / "background.py"


def blender(job: str) -> list[str] | None:
    """The command that does a job in Blender, without the job's folder; None where there is no Blender."""
    chosen = os.environ.get("COAMD_BLENDER", "")
    if not chosen and importlib.util.find_spec("bpy") is not None:
        chosen = sys.executable
    chosen = chosen or shutil.which("blender") or ""
    if not chosen:
        return None
    if Path(chosen).stem.lower().startswith("python"):  # Blender as a module
        return [chosen, str(SCRIPT), job]
    return [chosen, "--background", "--factory-startup", "--disable-autoexec", "--python", str(SCRIPT), "--", job]


def start(command: list[str], folder: Path, output: int | IO[Any]) -> subprocess.Popen[str]:
    """Start the job that is described in ``folder``; what Blender prints goes to ``output``.

    The process ends with ours, however that happens: it holds the other end of its standard input.

    Raises:
        UserError: ``needs_blender``; it does not start.
    """
    try:
        return subprocess.Popen(
            [*command, str(folder)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=NO_WINDOW,
            env=environment(),
        )
    except OSError as error:
        raise UserError(
            f"Blender cannot be started ({error.strerror}).", "Mend the path in COAMD_BLENDER.", "needs_blender"
        ) from error
