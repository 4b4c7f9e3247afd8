# SPDX-License-Identifier: GPL-3.0-or-later
"""Motions of many files, one file after the other; what cannot be read is named and stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...rigs.errors import UserError
from ..motion_file import read_motion
from .files import SCENES, Motions
from .scenes import read_scenes


def read_files(files: Sequence[Path], stopped: Callable[[], None] = lambda: None) -> Iterator[tuple[Path, Motions]]:
    """Each file with its motions; scenes come last, by a Blender of their own. ``stopped`` may raise, to end it."""

    for path in files:
        if path.suffix.lower() in SCENES:
            continue
        stopped()
        try:
            yield path, Motions((("", read_motion(path)),))
        except (UserError, OSError) as problem:
            reason = problem.message if isinstance(problem, UserError) else f"{path.name} cannot be read: {problem}."
            yield path, Motions((), (("", reason),))
    yield from read_scenes([path for path in files if path.suffix.lower() in SCENES], stopped)
