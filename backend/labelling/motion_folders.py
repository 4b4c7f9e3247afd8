# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion files of folders, read one after the other; a file that cannot be read stops nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..files.motion_file import READABLE

SCENES = (".blend", ".fbx", ".glb", ".gltf", ".vrm", ".vrma")  # what only Blender reads; may hold many takes
KINDS = (*READABLE, *SCENES)


@dataclass(frozen=True, eq=False)
class Motions:
    """The takes of a file by name, joints (F, 22, 3) at 20 fps; what could not be read, with the reason; and a remark
    ("" mostly) on how the file was read, such as that its recording broke off.

    The name is "" where the file is the take.
    """

    takes: tuple[tuple[str, np.ndarray], ...]
    problems: tuple[tuple[str, str], ...] = ()
    remark: str = ""


def motion_files(places: Sequence[Path]) -> list[Path]:
    """The named files, and all motion files below the named folders, each once.

    Raises:
        UserError: a place that is not there, a file of another kind, or nothing found at all.
    """
    files: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            # Hidden files are what a batch is writing or was killed in, and what macOS puts beside each file.
            below = (path for path in sorted(place.rglob("[!.]*")) if path.suffix.lower() in KINDS and path.is_file())
            files |= dict.fromkeys(below)
        elif not place.is_file():
            raise UserError(f"There is no file or folder {place}.", "Check the name.", "no_file")
        elif place.suffix.lower() not in KINDS:
            raise UserError(f"{place.name} is not a motion file.", f"Use one of {', '.join(KINDS)}.", "unknown_suffix")
        else:
            files[place] = None
    if not files:
        raise UserError("There are no motion files in these folders.", f"Look for {', '.join(KINDS)}.", "no_motion")
    return list(files)
