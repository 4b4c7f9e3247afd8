# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Blender in the background reads of the scene files of other programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from coamd.backend.files.scene_writing import write_scene
from coamd.backend.labelling.motion_folders import SCENES
from coamd.backend.labelling.scene_files import read_scenes

from tests.motions import walk


@pytest.mark.parametrize("suffix", [".glb", ".vrm"])
def test_a_take_in_gltf_is_read_whatever_its_suffix(suffix: str, tmp_path: Path) -> None:
    """Each Blender is one of its own, as the product's are: glTF's importer and exporter bring down a Blender 4.2
    that has done much else before."""
    assert suffix in SCENES
    write_scene(tmp_path / "walk.glb", walk(2.0), title="Walk")
    file = (tmp_path / "walk.glb").rename(tmp_path / f"walk{suffix}")
    ((path, motions),) = read_scenes([file])
    assert path == file
    assert not motions.problems
    ((_, joints),) = motions.takes
    assert len(joints) == pytest.approx(40, abs=1)
    assert 0.3 < joints[-1, 0, 2] - joints[0, 0, 2] < 10.0, "it walks on"
