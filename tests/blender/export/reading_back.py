# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fresh Blender finds in a file that was exported; ``python reading_back.py FILE FRAMES`` prints it as JSON.

In a Blender of its own, as whoever gets the file reads it: nothing is left there of the scene that was exported, and an
importer that brings its Blender down ends one test instead of the run.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class FileContents:
    """The armature of a file, alone in a new scene, over so many frames."""

    heads: dict[str, np.ndarray]  # (F, 3) metres, where each bone's head is in the world
    travel: np.ndarray  # (F, 3) metres, where the object is
    parents: dict[str, str]  # of each bone, "" for a root
    meshes: list[str]  # that the armature moves
    action: str


def read_back(path: Path, frames: int) -> FileContents:
    """Read a file in a Blender of its own, from the first key of its animation on."""
    command = [sys.executable, __file__, str(path), str(frames)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    heads = {name: np.array(rows) for name, rows in found.pop("heads").items()}
    return FileContents(heads=heads, travel=np.array(found.pop("travel")), **found)


def heads_of(rig_object: Any, first: int, frames: int) -> dict[str, np.ndarray]:
    """Where the heads of all bones are in the world, (F, 3), from a frame on."""
    import bpy

    places: dict[str, list[Any]] = {bone.name: [] for bone in rig_object.pose.bones}
    for frame in range(first, first + frames):
        bpy.context.scene.frame_set(frame)
        for bone in rig_object.pose.bones:
            places[bone.name].append(tuple(rig_object.matrix_world @ bone.head))
    return {name: np.array(rows) for name, rows in places.items()}


def imported(path: Path) -> Any:
    """The armature of a file, alone in a new scene."""
    import bpy
    from coamd.blender_addon.takes.scene_reader import load

    if path.suffix != ".bvh":
        load(path)
    else:
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        bpy.ops.import_anim.bvh(filepath=str(path), axis_forward="Y", axis_up="Z", update_scene_fps=True)
    rig_object = next(obj for obj in bpy.context.scene.objects if obj.type == "ARMATURE")
    bpy.context.view_layer.objects.active = rig_object
    bpy.ops.object.mode_set(mode="EDIT")
    for bone in rig_object.data.edit_bones:  # Blender's importer connects bones that touch, which then cannot move
        bone.use_connect = False
    bpy.ops.object.mode_set(mode="OBJECT")
    return rig_object


def main(path: Path, frames: int) -> None:
    import bpy

    rig_object = imported(path)
    action = rig_object.animation_data.action
    first, travel = round(action.frame_range[0]), []
    for frame in range(first, first + frames):
        bpy.context.scene.frame_set(frame)
        travel.append(tuple(rig_object.matrix_world.translation))
    found = {
        "heads": {name: rows.tolist() for name, rows in heads_of(rig_object, first, frames).items()},
        "travel": travel,
        "parents": {bone.name: bone.parent.name if bone.parent else "" for bone in rig_object.data.bones},
        "meshes": [obj.name for obj in bpy.context.scene.objects if obj.type == "MESH" and obj.vertex_groups],
        "action": action.name,
    }
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
