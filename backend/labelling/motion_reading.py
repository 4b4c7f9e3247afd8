# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions of many files, one file after the other; what cannot be read is named and stops nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...rigs.errors import UserError
from ..files.motion_file import read_remarked
from .embedding import StopCheck
from .motion_folders import SCENES, Motions
from .scene_files import read_scenes


def read_files(files: Sequence[Path], check_stop: StopCheck = lambda: None) -> Iterator[tuple[Path, Motions]]:
    """Each file with its motions; scenes come last, by a Blender of their own. ``check_stop`` may raise, to end it."""

    for path in files:
        if path.suffix.lower() in SCENES:
            continue
        check_stop()
        try:
            joints, remark = read_remarked(path)
            found = Motions((("", joints),), remark=remark)
        except Exception as problem:  # whatever a file brings about is said of that file, and the rest goes on
            found = Motions((), (("", fault_of(problem, path)),))
        yield path, found
    yield from read_scenes([path for path in files if path.suffix.lower() in SCENES], check_stop)


def fault_of(problem: Exception, path: Path) -> str:
    """Why a file could not be read, in one sentence."""
    if isinstance(problem, UserError):
        return problem.message
    if isinstance(problem, MemoryError):
        return f"{path.name} needs more memory than there is."
    reason = (str(problem).strip() or type(problem).__name__).splitlines()[0][:200]
    if isinstance(problem, OSError):
        return f"{path.name} cannot be read ({problem.strerror or reason})."
    return f"{path.name} cannot be read ({type(problem).__name__}: {reason})."
