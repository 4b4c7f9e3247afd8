# SPDX-License-Identifier: GPL-3.0-or-later
"""Motion as .fbx and .glb: the mannequin plays it, and a Blender in the background writes the file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..requests.export import JOINTS, ExportedClip, ExportOrder, problem
from ..system.background_blender import EXPORT, INSTALL, blender, start
from ..system.temporary_folder import temporary_folder

SCENES = (".fbx", ".glb")
FPS = 30.0  # of the files
PATIENCE = 600.0  # seconds for one file


def check_blender(paths: list[Path]) -> None:
    """UserError ``needs_blender`` where one of the files is for Blender to write and there is no Blender."""
    scenes = [path for path in paths if path.suffix.lower() in SCENES]
    if scenes and blender(EXPORT) is None:
        raise UserError(
            f"Blender writes {scenes[0].suffix} files, and there is none here.", f"{INSTALL}.", "needs_blender"
        )


def write_scene(path: Path, joints: np.ndarray, *, title: str) -> None:
    """Write joints (F, 22, 3), metres, Y up, 20 fps, as a character that moves; ``title`` names the animation.

    Raises:
        UserError: there is no Blender, it failed, or the disk refused.
    """
    check_blender([path])
    command = blender(EXPORT)
    assert command is not None
    order = ExportOrder((ExportedClip(title, str(path.resolve())),), path.suffix.lower().removeprefix("."), FPS)
    with temporary_folder("export") as folder:
        np.savez(folder / JOINTS.format(0), joints=joints)
        order.write(folder)
        child = start(command, folder, subprocess.DEVNULL)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise UserError(
                f"Blender gave no answer while it wrote {path.name}.", "Try again.", "export_failed"
            ) from None
        finally:
            child.kill()
            child.wait()
            assert child.stdin is not None
            child.stdin.close()
        wrong = problem(folder, order)
        if wrong is not None:
            raise wrong
