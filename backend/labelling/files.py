# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion files of folders, read one after the other; a file that cannot be read stops nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...rigs.errors import UserError
from ..motion_file import READABLE

BLENDER = (".blend", ".fbx", ".glb", ".gltf")


def motion_files(places: Sequence[Path]) -> list[Path]:
    """The named files, and all motion files below the named folders, each once.

    Raises:
        UserError: a place that is not there, a file of another kind, or nothing found at all.
    """
    files: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            below = (path for path in sorted(place.rglob("*")) if path.suffix.lower() in READABLE and path.is_file())
            files |= dict.fromkeys(below)
        elif not place.is_file():
            raise UserError(f"There is no file or folder {place}.", "Check the name.", "no_file")
        elif place.suffix.lower() in BLENDER:
            raise UserError(
                f"{place.name} holds scenes, which Blender reads.",
                "Open it in Blender and use CoAMD's panel there, or export the motion as .bvh.",
                "needs_blender",
            )
        elif place.suffix.lower() not in READABLE:
            raise UserError(f"{place.name} is no motion file.", f"Use one of {', '.join(READABLE)}.", "unknown_suffix")
        else:
            files[place] = None
    if not files:
        raise UserError("There are no motion files in these folders.", f"Look for {', '.join(READABLE)}.", "no_motion")
    return list(files)


def left_to_blender(places: Sequence[Path]) -> int:
    """How many files below the folders only Blender can read."""
    return sum(path.suffix.lower() in BLENDER for place in places if place.is_dir() for path in place.rglob("*"))
