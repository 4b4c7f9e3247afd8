# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Blender in the background reads of the scene files of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest
from coamd.backend.labelling.motion_folders import SCENES
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.takes import scene_reader
from labels import act

from tests.motions import walk


@pytest.mark.parametrize("suffix", [".glb", ".vrm"])
def test_a_take_in_gltf_is_read_whatever_its_suffix(
    suffix: str, character: Any, addon: Session, tmp_path: Path
) -> None:
    assert suffix in SCENES
    act(character, "Walk", walk(2.0))
    bpy.ops.export_scene.gltf(filepath=str(tmp_path / "walk.glb"), export_format="GLB")
    file = (tmp_path / "walk.glb").rename(tmp_path / f"walk{suffix}")
    scene_reader.load(file)
    takes, problems = scene_reader.read()
    (joints,) = takes.values()
    assert not problems
    assert len(joints) == pytest.approx(40, abs=1)
    assert 0.3 < joints[-1, 0, 2] - joints[0, 0, 2] < 10.0, "it walks on"
