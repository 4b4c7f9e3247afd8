# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Blender in the background is asked to write for other programs, as a file in the job's folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ...rigs.errors import UserError

FBX, GLTF, BVH = ("fbx", "glb", "bvh")  # by the suffix of their files
CHARACTER, JOINTS = "character.blend", "joints-{}.npz"  # what may lie beside the order in its folder
_ORDER, _DONE, _SAID = "order.json", "done", "said.json"


@dataclass(frozen=True)
class ExportedClip:
    """One animation: its name in the file, the file, and the slot of the action of that name."""

    name: str
    path: str
    slot: int | None = None  # handle of the slot; None before Blender 4.4, and where the joints are given


@dataclass(frozen=True)
class ExportOrder:
    """Clips of one character, each to a file of its own.

    ``character`` is an armature object of the folder's ``character.blend``. Where it is empty, the clips are given as
    joints, at 20 fps, in ``joints-0.npz`` and so on, and the mannequin plays them.
    """

    clips: tuple[ExportedClip, ...]
    format: str
    fps: float  # of the clips in the files
    travel: str = "keep"  # as in rigs.body.game_skeleton
    character: str = ""
    meshes: tuple[str, ...] = field(default=())  # objects that come along
    pelvis: str = ""  # bone whose way over the ground is the travel
    root: str = ""  # bone that can carry it; "" where the rig has none above the hips

    def write(self, folder: Path) -> None:
        """Put the order into the folder of a job."""
        (folder / _ORDER).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> ExportOrder:
        """The order of a job."""
        said: dict[str, Any] = json.loads((folder / _ORDER).read_text(encoding="utf-8"))
        clips = tuple(ExportedClip(**clip) for clip in said.pop("clips"))
        return cls(clips=clips, meshes=tuple(said.pop("meshes")), **said)


def tell_done(folder: Path) -> None:
    """Count one more file as written."""
    with (folder / _DONE).open("ab") as counted:
        counted.write(b".")


def done(folder: Path) -> int:
    """How many files are written."""
    path = folder / _DONE
    return path.stat().st_size if path.exists() else 0


def tell_problem(folder: Path, error: UserError) -> None:
    """Say why there are no more files."""
    said = {"message": error.message, "hint": error.hint, "code": error.code}
    (folder / _SAID).write_text(json.dumps(said), encoding="utf-8")


def problem(folder: Path, order: ExportOrder) -> UserError | None:
    """Why an export that is over has not written everything; None where it has."""
    if done(folder) == len(order.clips):
        return None
    try:
        said = json.loads((folder / _SAID).read_text(encoding="utf-8"))
        return UserError(said["message"], said["hint"], said["code"])
    except (OSError, ValueError):
        clip = order.clips[done(folder)]
        return UserError(
            f"Blender ended while it wrote {Path(clip.path).name}.", "Try another format.", "export_failed"
        )
