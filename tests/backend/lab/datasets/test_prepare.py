# SPDX-License-Identifier: GPL-3.0-or-later
"""From capture files to prepared motion, on small folders that the test writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.datasets.capture_folder import compatible, read_folder, terms
from coamd.backend.lab.datasets.preparation import discard_reason, prepare
from coamd.backend.training.data import Clip, load_clips, load_takes, save_items
from coamd.rigs.body.canonical import facing, mirrored
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.joints_bvh import joints_bvh

from tests.motions import walk

WAVES = ["a person walks and waves with the left hand"]


def caption(name: str, path: str = "walk.bvh", end: float = 3.6, **also: object) -> dict:
    return {"id": name, "path": path, "start": 0.5, "end": end, "split": "train", "labels": ["walk"]} | {
        "texts": WAVES,
        **also,
    }


def write(folder: Path, captions: list[dict], manifest: str = "") -> Path:
    """A source with one walk of six seconds and its lists."""
    folder.mkdir()
    write_bvh(folder / "walk.bvh", joints_bvh(walk(6.0) + np.array([2.0, 0.3, 1.0]), fps=30.0))
    (folder / "captions.jsonl").write_text("\n".join(map(json.dumps, captions)), encoding="utf-8")
    if manifest:
        (folder / "manifest.csv").write_text(manifest, encoding="utf-8")
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One walk with two captions, one of them too short, and one broken file."""
    folder = write(tmp_path / "source", [caption("walk_0"), caption("walk_1", end=1.0)])
    (folder / "broken.bvh").write_text("HIERARCHY\nROOT pelvis\n{\n")
    return folder


def test_clips_are_canonical_and_mirrored_with_their_words(source: Path, tmp_path: Path) -> None:
    report = prepare([source], tmp_path / "out")
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
    assert clip.source == image.source == "source"


def test_wordings_stand_beside_the_captions_and_are_mirrored(tmp_path: Path) -> None:
    texts = ["a person walks forward, raises the left hand and waves with the left hand"]
    folder = write(tmp_path / "source", [caption("a", texts=texts, action_group="walk", end=5.5)])
    prepare([folder], tmp_path / "out")
    clip, image = load_clips(tmp_path / "out")
    assert clip.texts == tuple(texts)
    assert any("meters per second" in text for text in clip.wordings)  # the walk goes straight on
    assert len(image.wordings) == len(clip.wordings)
    assert not set(clip.wordings) & set(clip.texts)
    for said, seen in zip(clip.wordings, image.wordings, strict=True):
        assert ("left" in said.split()) == ("right" in seen.split())


def test_sources_become_one_and_each_clip_keeps_its_own(tmp_path: Path) -> None:
    one = write(tmp_path / "one", [caption("a"), caption("b")])
    two = write(tmp_path / "two", [caption("a"), caption("c", split="val")], "path,split\nwalk.bvh,train\n")
    report = prepare([one, two], tmp_path / "out")
    clips = load_clips(tmp_path / "out")
    assert [(clip.id, clip.source) for clip in clips if not clip.mirrored] == [
        ("a", "one"),
        ("b", "one"),
        ("two_a", "two"),
    ]
    assert len({clip.id for clip in clips}) == len(clips)
    assert [take.id for take in load_takes(tmp_path / "out")] == ["one/walk.bvh", "two/walk.bvh"]
    assert "split val differs from its take's, train" in dict(report.discarded)[f"{two / 'captions.jsonl'}, line 2"]
    (tmp_path / "again").mkdir()
    with pytest.raises(UserError, match="same name"):
        prepare([one, write(tmp_path / "again" / "one", [])], tmp_path / "out2")


def test_a_short_steady_walk_is_repeated_but_one_that_stops_is_not(tmp_path: Path) -> None:
    walks, stops = ["a person walks"], ["a person walks and stops"]
    short = [
        caption("a", end=2.1, texts=walks, action_group="walk"),
        caption("b", end=2.1, texts=stops, action_group="walk"),
        caption("c", end=2.1, texts=walks, action_group="daily activity"),
    ]
    report = prepare([write(tmp_path / "source", short)], tmp_path / "out")
    clip, _ = load_clips(tmp_path / "out")
    assert (clip.id, clip.texts) == ("La", ("a person walks",))
    assert len(clip.joints) >= 100
    assert len(report.discarded) == 2
    assert len(report.notes) == 1


def test_the_report_names_what_was_discarded_and_why(source: Path, tmp_path: Path) -> None:
    report = prepare([source], tmp_path / "out")
    reasons = dict(report.discarded)
    assert "shorter than 40 frames" in reasons[f"{source / 'captions.jsonl'}, line 2 (walk_1)"]
    assert "not a complete BVH file" in reasons[str(source / "broken.bvh")]
    written = (tmp_path / "out" / "report.txt").read_text()
    assert "walk_1" in written
    assert "By action group" in written


def test_a_tracking_fault_is_seen() -> None:
    joints = walk(3.0)
    assert discard_reason(joints) is None
    joints[20, 21] += 5.0
    assert "jumps" in str(discard_reason(joints))


def test_a_folder_without_motion_or_captions_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "captions.jsonl").unlink()
    with pytest.raises(UserError, match="no clip with a caption"):
        prepare([source], tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="No motion"):
        prepare([tmp_path / "empty"], tmp_path / "out")


def test_a_source_without_captions_gives_its_takes(source: Path, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare", [])
    (bare / "captions.jsonl").unlink()
    report = prepare([source, bare], tmp_path / "out")
    assert report.takes == 2
    assert "takes teach the autoencoder alone" in dict(report.notes)[str(bare)]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("7", "is not a JSON object"),
        ('{"id": "a", "path": "walk.bvh"}', "lacks start, end, split, texts"),
        (json.dumps(caption("x", texts=[])), "has a caption of nothing"),
        (json.dumps(caption("x", texts=[" ", ""])), "has a caption of nothing"),
        (json.dumps(caption("x", texts=[7])), "texts is not a list of sentences"),
        (json.dumps(caption("x", end="soon")), "start and end are not times"),
        (json.dumps(caption("x", split="trian")), "split 'trian' is not one of train, val, test"),
        (json.dumps(caption("x", split="test")), "split test differs from its take's, train"),
        (json.dumps(caption("x", path="run.bvh")), "there is no take run.bvh"),
        (json.dumps(caption("walk_0")), "there is a clip walk_0 above"),
        (json.dumps(caption("x", start=1.0, end=1.05)), "shorter than 40 frames"),
        (json.dumps(caption("x", start=60.0, end=66.0)), "shorter than 40 frames"),
    ],
)
def test_a_wrong_caption_is_told_with_its_line_and_the_rest_goes_on(
    source: Path, tmp_path: Path, line: str, why: str
) -> None:
    path = source / "captions.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + line + "\n", encoding="utf-8")
    report = prepare([source], tmp_path / "out")
    assert report.clips == 2
    (told,) = [reason for where, reason in report.discarded if where.startswith(f"{path}, line 3")]
    assert why in told


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("other.bvh,trian,30,MIT", "split 'trian' is not one of"),
        ("other.bvh,train,fast,MIT", "'fast' is not a frame rate"),
        ("other.bvh,train,30,CC BY-NC 4.0", "'CC BY-NC 4.0' does not go together with 'CC BY-SA 4.0' of line 2"),
        ("other.bvh,train,30,CC BY-ND 4.0", "allows no derived work"),
        (",train,30,MIT", "names no file"),
        ("gone.bvh,train,30,MIT", "gone.bvh"),
    ],
)
def test_a_wrong_row_of_the_manifest_is_told_with_its_line(tmp_path: Path, row: str, why: str) -> None:
    head = "path,split,fps,licence\nwalk.bvh,train,30,CC BY-SA 4.0\n"
    source = write(tmp_path / "source", [caption("a")], f"{head}{row}\n")
    report = prepare([source], tmp_path / "out")
    assert (report.takes, report.clips) == (1, 2)
    assert why in dict(report.discarded)[f"{source / 'manifest.csv'}, line 3"]


def test_licences_go_together_unless_one_asks_for_its_own_terms() -> None:
    assert terms("CMU mocap (free for all uses, no resale of the data)") == frozenset()
    assert compatible("MIT", "CC BY-NC 4.0")
    assert compatible("CC BY-SA 4.0", "CC0 1.0")
    assert compatible("CC BY-NC-SA 4.0", "CC BY-NC-SA 4.0")
    assert not compatible("CC BY-NC-SA 4.0", "CC BY-SA 4.0")
    assert not compatible("research only", "GPL-3.0")


def test_a_slow_camera_is_told_and_a_picture_a_second_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "source", [caption("a"), caption("b", path="slow.bvh"), caption("c", path="slide.bvh")])
    write_bvh(source / "slow.bvh", joints_bvh(walk(6.0), fps=12.0))
    write_bvh(source / "slide.bvh", joints_bvh(walk(6.0), fps=1.0))
    report = prepare([source], tmp_path / "out")
    assert "fast detail is lacking" in dict(report.notes)[str(source / "slow.bvh")]
    assert "fewer than 8 frames a second" in dict(report.discarded)[str(source / "slide.bvh")]
    assert report.takes == 2


def test_a_manifest_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no columns path and split"):
        read_folder(write(tmp_path / "source", [], "file,part\nwalk.bvh,train\n"))


def test_loading_what_was_never_prepared_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="coamd prepare"):
        load_clips(tmp_path)


def test_a_folder_of_an_earlier_version_is_told_so(tmp_path: Path) -> None:
    clip = Clip("a", "train", np.zeros((40, 22, 3), np.float32), ("a person stands",), ("stand",))
    save_items(tmp_path, "clips", [clip])
    assert load_clips(tmp_path)[0].texts == clip.texts
    records = json.loads((tmp_path / "clips.json").read_text())
    for record in records:
        del record["wordings"]
    (tmp_path / "clips.json").write_text(json.dumps(records))
    with pytest.raises(UserError, match="no wordings: an earlier version") as caught:
        load_clips(tmp_path)
    assert caught.value.hint == "Run coamd prepare again."
