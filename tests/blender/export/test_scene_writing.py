# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line writes for other programs: the mannequin, moving as the joints do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files import scene_writing
from coamd.backend.labelling.scene_files import read_scenes
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.errors import UserError
from reading_back import read_back

from tests.motions import walk


def test_a_file_plays_the_motion(tmp_path: Path) -> None:
    """Read back through the file, the hips have gone as far as the walk goes, and the prompt names the animation."""
    joints, path = walk(2.0), tmp_path / "walk.glb"
    title = "a person walks forward, and this sentence is longer than Blender lets names be"
    scene_writing.write_scene(path, joints, title=title)
    ((_, motions),) = read_scenes([path])
    assert not motions.problems
    ((name, found),) = motions.takes
    assert title.startswith(name)
    assert len(name) > 50
    moved = [np.ptp(motion[:, INDEX["pelvis"], 2]) for motion in (found, joints)]
    assert moved[0] == pytest.approx(moved[1], rel=0.1)
    assert read_back(path, 2).meshes, "the character is in it"


def test_what_blender_cannot_write_is_said(tmp_path: Path) -> None:
    joints = np.full((20, 22, 3), np.nan)
    with pytest.raises(UserError, match="values that are not finite numbers"):
        scene_writing.write_scene(tmp_path / "walk.fbx", joints, title="walk")
    assert not list(tmp_path.iterdir())
