# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Python that a virtual environment is made with: Blender's own where it fits, else one on the path."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...rigs.errors import UserError
from ..system.subprocesses import NO_WINDOW, environment
from .requirements import NEWEST, OLDEST

_SECONDS = 20.0  # a cold disk has taken 6 s
_PROBE = "import sys, struct, venv; print(*sys.version_info[:3], struct.calcsize('P'))"
_RANGE = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"

PythonVersion = tuple[int, int, int]


def own() -> Path:
    """The Python of this process. Inside Blender that is the one it brings along, not Blender itself.

    UserError "no_python" when there is none.
    """
    for name in (sys.executable, getattr(sys, "_base_executable", "")):
        if name and Path(name).name.lower().startswith("python") and Path(name).is_file():
            return Path(name)
    folders = (Path(sys.prefix, "bin"), Path(sys.prefix))  # Windows has it without "bin" in a plain installation
    for folder in folders:
        for pattern in ("python3.*[0-9]", "python3", "python.exe", "python"):
            found = sorted(path for path in folder.glob(pattern) if path.is_file())
            if found:
                return found[-1]
    raise UserError("Blender has no Python of its own here.", _choose(), "no_python")


def candidates() -> Iterator[Path]:
    """Pythons worth asking, the best first."""
    with contextlib.suppress(UserError):
        yield own()
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            yield Path(found)
    for name in ("python3", "python"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def version(python: Path) -> PythonVersion | None:
    """The version of a 64-bit Python that can make virtual environments; None for anything else."""
    try:
        done = subprocess.run(
            [str(python), "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            creationflags=NO_WINDOW,
            env=environment(),
            check=False,
        )
        major, minor, micro, pointer = map(int, done.stdout.split())
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return (major, minor, micro) if pointer == 8 else None


def fits(found: PythonVersion | None) -> bool:
    """Whether torch and all the rest have wheels for this version."""
    return found is not None and OLDEST <= found[:2] <= NEWEST


def find(chosen: str = "", among: Iterable[Path] | None = None) -> Iterator[tuple[Path, PythonVersion]]:
    """The Pythons that fit, the best first, or the chosen one alone; UserError "no_python" or "wrong_python"."""
    if chosen:
        number = version(Path(chosen).expanduser())
        if number is None:
            raise UserError(
                f"The Python {chosen} does not start, is not 64-bit or cannot make a virtual environment.",
                _choose(),
                "wrong_python",
            )
        if not fits(number):
            raise UserError(
                f"{chosen} is Python {number[0]}.{number[1]}, and the backend needs {_RANGE}.",
                _choose(),
                "wrong_python",
            )
        yield Path(chosen).expanduser(), number
        return
    seen: dict[Path, PythonVersion | None] = {}
    for python in candidates() if among is None else among:
        if python in seen:
            continue
        number = seen[python] = version(python)
        if number is not None and fits(number):
            yield python, number
    if any(fits(number) for number in seen.values()):
        return
    others = sorted({f"{number[0]}.{number[1]}" for number in seen.values() if number is not None})
    there = f"; found: {', '.join(others)}" if others else ""
    raise UserError(f"No Python {_RANGE} was found to install the backend with{there}.", _choose(), "no_python")


def in_environment(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def _choose() -> str:
    return f"Install Python {NEWEST[0]}.{NEWEST[1]} from python.org or your system's packages, then install again."
