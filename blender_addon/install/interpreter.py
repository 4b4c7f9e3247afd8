# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Python that runs the backend: one that has torch. Blender's own never does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...backend.install import install_marker
from ...backend.system.subprocesses import environment
from ...rigs.errors import UserError
from . import no_python

NEEDED = ("torch", "transformers", "safetensors", "zmq", "msgpack")
_PROBE = f"import importlib.util as u, sys; sys.exit(0 if all(u.find_spec(m) for m in {NEEDED!r}) else 3)"
_PROBE_SECONDS = 20.0  # a cold disk has taken 6 s


def candidates(chosen: str = "", folder: str = "") -> Iterator[Path]:
    """Interpreters worth asking, best first; a chosen one (preferences or COAMD_PYTHON) is the only one.

    ``folder``: where a backend may be installed.
    """
    chosen = chosen or os.environ.get("COAMD_PYTHON", "")
    if chosen:
        yield Path(chosen).expanduser()
        return
    if folder and install_marker.state(Path(folder)).code in (install_marker.WHOLE, install_marker.OUTDATED):
        yield install_marker.python_of(Path(folder))
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if os.environ.get(variable):
            yield interpreter_in(Path(os.environ[variable]))
    yield Path(sys.executable)  # Blender as the bpy wheel runs inside the venv that may hold torch
    command = shutil.which("coamd")
    if command:
        scripts = Path(command).parent  # resolve() would leave the venv where scripts are links
        yield from (scripts / name for name in _NAMES)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)


_NAMES = ("python.exe",) if os.name == "nt" else ("python3", "python")


def interpreter_in(prefix: Path) -> Path:
    """The interpreter of a virtual or conda environment."""
    if os.name == "nt":
        in_scripts = prefix / "Scripts" / "python.exe"
        return in_scripts if in_scripts.exists() else prefix / "python.exe"
    return prefix / "bin" / "python3"


def suits(python: Path) -> bool:
    """True when this interpreter starts and has all that the backend imports (nothing is imported to find out)."""
    if not python.is_file():
        return False
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PROBE_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            env=environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find(chosen: str = "", folder: str = "", among: Iterable[Path] | None = None) -> Path:
    """The first interpreter that suits; UserError when none does: "no_python", or "broken_install"."""
    seen: set[Path] = set()
    for python in candidates(chosen, folder) if among is None else among:
        if python not in seen and suits(python):
            return python
        seen.add(python)
    if chosen or os.environ.get("COAMD_PYTHON"):
        raise UserError(
            f"The chosen Python cannot run the backend: {chosen or os.environ['COAMD_PYTHON']}",
            f"It must start and have {', '.join(NEEDED)}; correct the path in the add-on's preferences.",
            "no_python",
        )
    installed = install_marker.state(Path(folder)) if folder else install_marker.InstallState(install_marker.NONE)
    if installed.code == install_marker.WORKING:
        raise UserError("The backend is still being installed.", "Wait for it, then try again.", "installing")
    if installed.to_repair:
        raise UserError(installed.text, "Press Repair Backend in the CoAMD tab.", "broken_install")
    raise no_python()
