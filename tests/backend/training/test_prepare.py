# SPDX-License-Identifier: GPL-3.0-or-later
"""From capture files to prepared motion, on a small folder that the test writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.training.data import load_clips, load_takes
from coamd.backend.training.prepare import discard_reason, prepare
from coamd.rigs.canonical import facing, mirrored
from coamd.rigs.errors import UserError
from coamd.rigs.export import write_bvh
from coamd.rigs.skeleton import BONE_LENGTHS, PARENTS

from tests.motions import walk


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One walk of six seconds with two captions, one of them too short, and one broken file."""
    folder = tmp_path / "source"
    folder.mkdir()
    write_bvh(folder / "walk.bvh", walk(6.0) + np.array([2.0, 0.3, 1.0]), fps=30.0)
    (folder / "broken.bvh").write_text("HIERARCHY\nROOT pelvis\n{\n")
    captions = [
        {"id": "walk_0", "path": "walk.bvh", "start": 0.5, "end": 3.6, "split": "train", "labels": ["walk"]},
        {"id": "walk_1", "path": "walk.bvh", "start": 0.0, "end": 1.0, "split": "train", "labels": ["walk"]},
    ]
    lines = [json.dumps({**c, "texts": ["a person walks and waves with the left hand"]}) for c in captions]
    (folder / "captions.jsonl").write_text("\n".join(lines))
    return folder


def test_clips_are_canonical_and_mirrored_with_their_words(source: Path, tmp_path: Path) -> None:
    report = prepare(source, tmp_path / "out")
    clip, image = load_clips(tmp_path / "out")
    assert (report.clips, report.takes) == (2, 1)
    assert len(clip.joints) == 60  # 3.1 s at 20 fps, cut to a multiple of four
    np.testing.assert_allclose(clip.joints[0, 0, [0, 2]], 0, atol=1e-5)
    assert abs(facing(clip.joints[:1])[0]) < 1e-4
    assert abs(load_takes(tmp_path / "out")[0].joints[..., 1].min()) < 0.05
    lengths = np.linalg.norm(clip.joints[:, 1:] - clip.joints[:, list(PARENTS[1:])], axis=-1)
    np.testing.assert_allclose(lengths, np.tile(BONE_LENGTHS[1:], (60, 1)), atol=1e-5)
    np.testing.assert_allclose(image.joints, mirrored(clip.joints), atol=1e-6)
    assert image.mirrored
    assert image.texts == ("a person walks and waves with the right hand",)


def test_the_report_names_what_was_discarded_and_why(source: Path, tmp_path: Path) -> None:
    report = prepare(source, tmp_path / "out")
    reasons = dict(report.discarded)
    assert "shorter than 40 frames" in reasons["walk_1"]
    assert "not a whole BVH file" in reasons["broken.bvh"]
    assert "walk_1" in (tmp_path / "out" / "report.txt").read_text()


def test_a_tracking_fault_is_seen() -> None:
    joints = walk(3.0)
    assert discard_reason(joints) is None
    joints[20, 21] += 5.0
    assert "jumps" in str(discard_reason(joints))


def test_a_folder_without_motion_or_captions_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "captions.jsonl").unlink()
    with pytest.raises(UserError, match="no clip with a caption"):
        prepare(source, tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="No motion"):
        prepare(tmp_path / "empty", tmp_path / "out")


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"id": "a", "path": "takes/b.bvh"}'])
def test_a_broken_list_of_captions_is_named_with_its_line(source: Path, tmp_path: Path, line: str) -> None:
    path = source / "captions.jsonl"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"^Line \d+ of .*captions.jsonl lacks") as caught:
        prepare(source, tmp_path / "out")
    assert caught.value.code == "broken_captions"


def test_loading_what_was_never_prepared_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="coamd prepare"):
        load_clips(tmp_path)
