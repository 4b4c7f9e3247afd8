# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the takes of scene files in a Blender in the background, for `coamd.backend.labelling.scene_files`.

A folder has ``files.json``, a list of paths. For file number N ``N.npz`` is written there, with an array of joints
(F, 22, 3) for each take and ``said``, JSON of their names and of problems; then a line is printed.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ...rigs.errors import UserError
from ..character import bone_choice
from ..character.bone_mapping import forget
from .take_reader import TakeReader
from .takes import Take, of_file

MARK = "coamd-scene: "
_PAUSE = 0.002  # seconds between looks at a take that is being solved


def load(path: Path) -> None:
    """Open or import a file, replacing everything. RuntimeError where Blender refuses."""
    if path.suffix.lower() == ".blend":
        bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
        return
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if path.suffix.lower() == ".fbx" and "fbx_import" in dir(bpy.ops.wm):  # from Blender 4.5 on; reads text too
        bpy.ops.wm.fbx_import(filepath=str(path))
    elif path.suffix.lower() == ".fbx":
        import addon_utils

        addon_utils.enable("io_scene_fbx")
        bpy.ops.import_scene.fbx(filepath=str(path))
    else:
        bpy.ops.import_scene.gltf(filepath=str(path))


def read() -> tuple[dict[str, np.ndarray], list[tuple[str, str]]]:
    """Joints of every take of the file that is open, by name, and what could not be read."""
    takes: dict[str, np.ndarray] = {}
    problems: list[tuple[str, str]] = []
    for found in list(of_file(bpy.context.scene)):
        if not isinstance(found, Take):
            problems += [found] if found else []
            continue
        try:
            reader = TakeReader(found)
            while not reader.work(60.0):
                time.sleep(_PAUSE)
        except UserError as error:
            problems.append((found.name, error.message))
        else:
            takes[found.name] = reader.joints
    if not takes and not problems:
        problems.append(("", f"{Path(bpy.data.filepath).name or 'The file'} has no action that moves bones."))
    return takes, problems


def run(folder: Path) -> None:
    """Read all files that ``folder`` lists."""
    bone_choice.load()
    for number, name in enumerate(json.loads((folder / "files.json").read_text(encoding="utf-8"))):
        takes: dict[str, np.ndarray] = {}
        try:
            load(Path(name))
            forget()
            takes, problems = read()
        except Exception as error:
            reason = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
            problems = [("", f"Blender cannot read {Path(name).name}: {reason}")]
        said: dict[str, Any] = {"takes": list(takes), "problems": problems}
        arrays = {str(k): joints for k, joints in enumerate(takes.values())}
        np.savez(folder / f"{number}.npz", said=np.frombuffer(json.dumps(said).encode(), dtype=np.uint8), **arrays)
        print(f"\n{MARK}{number}", flush=True)
