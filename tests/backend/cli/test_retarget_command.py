# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd retarget``: a motion file onto the skeleton of a character, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import characters
import motions
import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.files.motion_file import read_own, write_motion
from coamd.rigs.body.rest_rig import RestRig
from coamd.rigs.body.rotations import angle_of
from coamd.rigs.body.skeleton import INDEX
from coamd.rigs.detect.detection import detect
from coamd.rigs.detect.preset_file import write_preset
from coamd.rigs.files.bvh import read_bvh
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.rig_bvh import rig_bvh

Captured = pytest.CaptureFixture[str]
LIMBS = (("left_hip", "left_knee"), ("right_knee", "right_ankle"), ("left_shoulder", "left_elbow"))
NO_LOCK = ("--foot-lock", "0")


def write_table(path: Path, rig: RestRig) -> Path:
    rows = [
        {
            "name": b.name,
            "parent": b.parent,
            "head": list(b.head),
            "tail": list(b.tail),
            "x_axis": list(b.matrix[:3, 0]),
        }
        for b in rig.bones
    ]
    path.write_text(json.dumps({"bones": rows}))
    return path


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    write_motion(tmp_path / "walk.npz", motions.walk(3.0))
    return tmp_path / "walk.npz"


def directions(joints: np.ndarray) -> np.ndarray:
    return np.stack([joints[:, INDEX[end]] - joints[:, INDEX[start]] for start, end in LIMBS], axis=1)


def test_onto_a_table_of_bones(walk: Path, tmp_path: Path, capsys: Captured) -> None:
    """All bones of the rig are there at their rest offsets, and its limbs point where the source's do."""
    rig = characters.mixamo(arms=0.7, rolls=2)
    onto, out = write_table(tmp_path / "hero.json", rig), tmp_path / "out.bvh"
    assert main(["retarget", str(walk), "--onto", str(onto), "-o", str(out), *NO_LOCK]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: 60 frames at 20 fps")
    bvh = read_bvh(out)
    for bone in rig.bones:
        j = bvh.names.index(bone.name)
        if bone.parent:
            away = bone.head - rig.bone(bone.parent).head
            np.testing.assert_allclose(bvh.offsets[j], away[[0, 2, 1]] * (1.0, 1.0, -1.0), atol=1e-5)
    found, wanted = directions(read_own(out).joints), directions(np.asarray(motions.walk(3.0)))
    assert np.degrees(angle_of(found, wanted)).max() < 0.2


def test_onto_a_bvh_in_its_own_unit_and_at_another_rate(walk: Path, tmp_path: Path) -> None:
    """A skeleton in centimetres: offsets as they are in its file, travel in its unit."""
    hero = characters.placed(characters.mixamo(), 0.01, np.eye(3))
    write_bvh(tmp_path / "hero.bvh", rig_bvh(hero, (), 30.0))
    out = tmp_path / "out.bvh"
    assert main(["retarget", str(walk), "--onto", str(tmp_path / "hero.bvh"), "-o", str(out), "--fps", "30"]) == 0
    skeleton, bvh = read_bvh(tmp_path / "hero.bvh"), read_bvh(out)
    assert bvh.fps == 30.0
    assert len(bvh.frames) == 89
    offsets = dict(zip(skeleton.names, skeleton.offsets, strict=True))
    for name, offset in zip(bvh.names, bvh.offsets, strict=True):
        np.testing.assert_allclose(offset, offsets[name], atol=1e-4)
    travel = np.ptp(bvh.positions()[:, bvh.names.index("mixamorig:Hips"), 2])
    assert 250.0 < travel < 450.0


def test_from_the_bvh_of_any_rig(walk: Path, tmp_path: Path) -> None:
    onto = write_table(tmp_path / "hero.json", characters.mixamo(rolls=1))
    first, second = tmp_path / "first.bvh", tmp_path / "second.bvh"
    assert main(["retarget", str(walk), "--onto", str(onto), "-o", str(first), *NO_LOCK]) == 0
    other = write_table(tmp_path / "other.json", characters.mixamo(arms=0.9, prefix=""))
    assert main(["retarget", str(first), "--onto", str(other), "-o", str(second), *NO_LOCK]) == 0
    found, wanted = directions(read_own(second).joints), directions(np.asarray(motions.walk(3.0)))
    assert np.degrees(angle_of(found, wanted)).max() < 0.5


def test_with_a_mapping_of_ones_own(walk: Path, tmp_path: Path, capsys: Captured) -> None:
    """Names that say nothing, in a rig whose mapping was saved."""
    rig = characters.mixamo()
    names = {bone.name: f"b{i}" for i, bone in enumerate(rig.bones)}
    known = detect(rig)
    own = replace(known, family="mine", bones={role: names[bone] for role, bone in known.bones.items()})
    preset = write_preset(tmp_path, "mine", own)
    onto, out = write_table(tmp_path / "hero.json", characters.renamed(rig, names)), tmp_path / "out.bvh"
    command = ["retarget", str(walk), "--onto", str(onto), "-o", str(out), "--mapping", str(preset)]
    assert main(command) == 0
    assert "mine" in capsys.readouterr().out
    write_table(onto, rig)
    out.unlink()
    assert main(command) == 2
    assert "hero.json has no bone b0" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--onto", "nowhere.bvh"), "There is no file"),
        (("--onto", "{walk}"), "neither .bvh nor .json"),
        (("--onto", "{prop}"), "arms and legs"),
        (("--onto", "{hero}", "--fps", "0"), "frame rate"),
        (("--onto", "{hero}", "--foot-lock", "3"), "foot lock"),
    ],
    ids=["no file", "no rig", "no body", "no rate", "no share"],
)
def test_what_is_refused(walk: Path, tmp_path: Path, capsys: Captured, words: tuple[str, ...], said: str) -> None:
    rig = characters.mixamo()
    paths = {"walk": walk, "hero": write_table(tmp_path / "hero.json", rig)}
    paths["prop"] = write_table(tmp_path / "prop.json", characters.without(rig, "Arm", "Leg", "Foot"))
    filled = [word.format(**paths) for word in words]
    assert main(["retarget", str(walk), "-o", str(tmp_path / "out.bvh"), *filled]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.bvh").exists()
