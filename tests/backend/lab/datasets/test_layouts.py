# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny folders in the shape of public data sets are read as the same walk that was written into them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.lab.datasets import LAYOUTS
from coamd.backend.lab.datasets.bodies import KINECT, KIT, OPENPOSE, Recipe, converted, openpose_points
from coamd.backend.lab.datasets.kinect import NTU_TRAINS, ntu_points
from coamd.backend.lab.datasets.preparation import prepare_layout
from coamd.backend.training.data import Clip, load_clips
from coamd.rigs.body.canonical import at_origin
from coamd.rigs.body.resample import resample
from coamd.rigs.body.skeleton import INDEX, JOINTS
from coamd.rigs.errors import UserError

from tests.motions import walk

LIMBS = [INDEX[f"{side}_{part}"] for side in ("left", "right") for part in ("knee", "ankle", "elbow", "wrist")]


def points_of(joints: np.ndarray, recipe: Recipe, count: int) -> np.ndarray:
    """Joints (F, 22, 3) as another skeleton's (F, count, 3): least squares of the recipe, every limb joint exact."""
    weights = np.zeros((22, count))
    for row, name in enumerate(JOINTS):
        first, second, share = recipe[name]
        weights[row, first] += 1 - share
        weights[row, second] += share
    return np.einsum("nj,fjc->fnc", np.linalg.pinv(weights), joints)


def skeleton_file(points: np.ndarray, stranger: bool = True) -> str:
    """A .skeleton file of the points (F, 25, 3); a second body that stands still is seen in some frames."""
    lines = [str(len(points))]
    for f, pose in enumerate(points):
        people = [("72057594037931101", pose)] + ([("72057594037931999", points[0])] if stranger and f % 3 else [])
        lines.append(str(len(people)))
        for name, body in people:
            lines += [f"{name} 0 1 1 1 1 0 0.02 -0.06 2", "25"]
            lines += [" ".join(f"{v:.6f}" for v in joint) + " 250 200 960 540 0 0 0 1 2" for joint in body]
    return "\n".join(lines) + "\n"


def write_captioned(folder: Path, joints: np.ndarray) -> None:
    for name in ("new_joints", "texts"):
        (folder / name).mkdir(parents=True)
    for split, name in (("train", "000001"), ("val", "000002"), ("test", "M000001")):
        (folder / f"{split}.txt").write_text(f"{name}\n")
        np.save(folder / "new_joints" / f"{name}.npy", joints)
        text = "a person walks#a/DET person/NOUN walk/VERB#0.0#0.0\nthey go on#they/PRON#1.0#3.5\na nan#a/DET#nan#inf\n"
        (folder / "texts" / f"{name}.txt").write_text(text)


def humanml3d(folder: Path, motion: np.ndarray) -> None:
    write_captioned(folder, motion)
    notes = {"000001": {"annotations": [{"processed_label_text": ["walk"]}, {"processed_label_text": ["go", "walk"]}]}}
    (folder / "annotations_actions_400.json.gz").write_bytes(gzip.compress(json.dumps(notes).encode()))


def kit(folder: Path, motion: np.ndarray) -> None:
    write_captioned(folder, points_of(resample(motion, 20.0, 12.5) * 1000.0, KIT, 21))


def ntu(folder: Path, motion: np.ndarray) -> None:
    (folder / "nturgb+d_skeletons").mkdir(parents=True)
    text = skeleton_file(points_of(resample(motion, 20.0, 30.0), KINECT, 25))
    for name in ("S001C001P001R001A023", "S001C002P003R001A059", "S002C003P003R001A060"):
        (folder / "nturgb+d_skeletons" / f"{name}.skeleton").write_text(text)


def pku(folder: Path, motion: np.ndarray) -> None:
    for name in ("Skeleton", "Label"):
        (folder / name).mkdir(parents=True)
    points = points_of(resample(motion, 20.0, 30.0), KINECT, 25).reshape(-1, 75)
    for name in ("0002-L", "0003-M"):
        np.savetxt(folder / "Skeleton" / f"{name}.txt", np.concatenate([points, 0 * points], axis=1))
        (folder / "Label" / f"{name}.txt").write_text(f"13,0,{len(points)},2\n17,0,75,1\n")
    for name in ("cross-subject", "cross-view"):
        (folder / f"{name}.txt").write_text("Training videos:\n0002-L, \n\nValidation videos:\n0003-M, \n")


def kinetics(folder: Path, motion: np.ndarray) -> None:
    image = points_of(resample(motion, 20.0, 30.0), OPENPOSE, 21)[:, :18, :2]
    image = (image * (1.0, -1.0) + (1.5, 3.0)) / (4.0 * 340 / 256, 4.0)
    frames = []
    for f, pose in enumerate(image):
        score = [0.9] * 18
        if f % 5 == 0:
            score[7] = 0.0  # a wrist that is not seen
        person = {"pose": np.where(np.array(score)[:, None] > 0, pose, 0).ravel().tolist(), "score": score}
        frames.append({"frame_index": f + 1, "skeleton": [person] if f % 7 else []})
    for part in ("train", "val"):
        (folder / f"kinetics_{part}").mkdir(parents=True)
        (folder / f"kinetics_{part}" / "abc.json").write_text(json.dumps({"data": frames}))
        entries = {"abc": {"has_skeleton": True, "label": "walking"}, "gone": {"has_skeleton": False, "label": "x"}}
        (folder / f"kinetics_{part}_label.json").write_text(json.dumps(entries))


WRITERS: dict[str, Callable[[Path, np.ndarray], None]] = {
    "humanml3d": humanml3d,
    "kit-ml": kit,
    "ntu60": ntu,
    "ntu120": ntu,
    "pku-mmd": pku,
    "kinetics-skeleton": kinetics,
}


def prepared(name: str, tmp_path: Path, split: str = "") -> list[Clip]:
    WRITERS[name](tmp_path / "data", walk(5.0))
    prepare_layout(LAYOUTS[name], tmp_path / "data", split, tmp_path / "out")
    return load_clips(tmp_path / "out")


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "kinetics-skeleton"])
def test_the_walk_comes_back(name: str, tmp_path: Path) -> None:
    assert set(WRITERS) == set(LAYOUTS)
    clip = next(clip for clip in prepared(name, tmp_path) if not clip.mirrored)
    wanted = at_origin(walk(5.0))[: len(clip.joints)]

    def directions(joints: np.ndarray) -> np.ndarray:
        bones = joints[:, LIMBS] - joints[:, [INDEX[_parent(joint)] for joint in LIMBS]]
        return bones / np.linalg.norm(bones, axis=-1, keepdims=True)

    errors = np.degrees(np.arccos(np.clip((directions(clip.joints) * directions(wanted)).sum(-1), -1, 1)))
    assert errors.mean() < 2.5
    assert np.linalg.norm(clip.joints[-1, 0] - wanted[-1, 0]) < 0.25  # travel, scaled by leg length
    assert clip.joints[-1, 0, 2] > 3.0


def _parent(joint: int) -> str:
    side, _, part = JOINTS[joint].partition("_")
    return f"{side}_" + {"knee": "hip", "ankle": "knee", "elbow": "shoulder", "wrist": "elbow"}[part]


def test_a_flat_picture_gives_a_flat_figure_with_its_left_on_the_left(tmp_path: Path) -> None:
    clip = next(clip for clip in prepared("kinetics-skeleton", tmp_path) if not clip.mirrored)
    assert np.ptp(clip.joints[:, LIMBS, 2]) < 0.05 + np.ptp(clip.joints[:, 0, 2])
    assert (clip.joints[:, INDEX["left_hip"], 0] > clip.joints[:, INDEX["right_hip"], 0]).all()
    assert (clip.joints[:, INDEX["head"], 1] > clip.joints[:, 0, 1]).all()
    assert converted(openpose_points(np.zeros((3, 18, 2))), OPENPOSE).shape == (3, 22, 3)


@pytest.mark.parametrize(
    ("times", "frames"), [("1.0#1e308", 80), ("-3.0#2.0", 40), ("1e307#1e308", None), ("2.0#1.0", 100)]
)
def test_times_beyond_the_clip_end_with_it(times: str, frames: int | None, tmp_path: Path) -> None:
    write_captioned(tmp_path, walk(5.0))
    (tmp_path / "texts" / "000001.txt").write_text(f"a person walks#a/DET#{times}\n")
    found = [r for r in LAYOUTS["humanml3d"].read(tmp_path, "standard") if not isinstance(r, UserError)]
    assert [len(r.joints) for r in found if r.id == "000001"] == ([] if frames is None else [frames])


def test_captions_of_a_part_make_a_clip_of_their_own(tmp_path: Path) -> None:
    clips = prepared("humanml3d", tmp_path)
    whole, part = (next(clip for clip in clips if clip.id == f"000001#{i}") for i in (0, 1))
    assert whole.texts == ("a person walks", "a nan")
    assert part.texts == ("they go on",)
    assert len(part.joints) == 48 and len(whole.joints) == 100
    assert whole.labels == ("walk", "go")
    assert {clip.split for clip in clips} == {"train", "val", "test"}
    assert [clip.mirrored for clip in clips if clip.split == "test"] == [True, True]


@pytest.mark.parametrize(
    ("name", "split", "training"),
    [
        ("ntu60", "xsub", {"S001C001P001R001A023"}),
        ("ntu60", "xview", {"S001C002P003R001A059", "S002C003P003R001A060"}),
        ("ntu120", "xsub", {"S001C001P001R001A023"}),
        ("ntu120", "xset", {"S002C003P003R001A060"}),
        ("pku-mmd", "xsub", {"0002-L#0", "0002-L#1"}),
        ("pku-mmd", "xview", {"0002-L#0", "0002-L#1"}),
    ],
)
def test_splits_are_the_published_ones(name: str, split: str, training: set[str], tmp_path: Path) -> None:
    clips = prepared(name, tmp_path, split)
    assert {clip.id for clip in clips if clip.split == "train" and not clip.mirrored} == training
    assert {clip.labels for clip in clips} >= {("hand waving",)}


def test_the_published_numbers_of_performers_train() -> None:
    assert sum(NTU_TRAINS["ntu60", "xsub"](1, 1, p) for p in range(1, 41)) == 20
    assert sum(NTU_TRAINS["ntu120", "xsub"](1, 1, p) for p in range(1, 107)) == 53
    assert sum(NTU_TRAINS["ntu120", "xset"](s, 1, 1) for s in range(1, 33)) == 16


def test_the_body_that_moves_is_taken() -> None:
    points = points_of(walk(2.0), KINECT, 25)
    np.testing.assert_allclose(ntu_points(skeleton_file(points)), points, atol=1e-5)


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_an_empty_folder_is_told_where_the_data_is_and_how_it_must_look(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        prepare_layout(LAYOUTS[name], tmp_path, "", tmp_path / "out")
    assert error.value.code == "bad_layout"
    assert "https://" in error.value.hint and LAYOUTS[name].tree in error.value.hint


def test_a_broken_file_is_named_and_the_rest_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ntu(tmp_path / "data", walk(5.0))
    folder = tmp_path / "data" / "nturgb+d_skeletons"
    whole = (folder / "S001C001P001R001A023.skeleton").read_text()
    for number, text in enumerate(
        (whole[: len(whole) // 2], "", "103\n0\n", "x y z", whole.replace("\n25\n", "\n25\nx ", 1))
    ):
        (folder / f"S001C001P00{number + 2}R002A001.skeleton").write_text(text)
    assert main(["prepare", str(tmp_path / "data"), str(tmp_path / "out"), "--layout", "ntu60"]) == 0
    report = (tmp_path / "out" / "report.txt").read_text()
    assert report.count("S001C001P00") == 5
    assert len(load_clips(tmp_path / "out")) == 6
    capsys.readouterr()
    assert main(["prepare", str(tmp_path / "data"), str(tmp_path / "out"), "--layout", "ntu61"]) == 2
    assert main(["prepare", str(tmp_path / "data"), str(tmp_path / "o"), "--layout", "ntu60", "--split", "xset"]) == 2
    assert "Its splits are: xsub, xview" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "file", "content", "said"),
    [
        ("humanml3d", "new_joints/000001.npy", "no array", "000001: joints or captions cannot be read"),
        ("kit-ml", "texts/000001.txt", None, "000001: joints or captions cannot be read"),
        ("pku-mmd", "Label/0002-L.txt", "99,0,100,2\n", "0002-L.txt: its action 1 has an odd label or range"),
        ("pku-mmd", "Skeleton/0002-L.txt", "1 2 3\n4 5 6\n", "0002-L.txt: 3 columns, and 75 are needed"),
        ("kinetics-skeleton", "kinetics_train/abc.json", "{}", "abc: the skeleton cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named_in_every_set(
    name: str, file: str, content: str | None, said: str, tmp_path: Path
) -> None:
    WRITERS[name](tmp_path / "data", walk(5.0))
    path = tmp_path / "data" / file
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    report = prepare_layout(LAYOUTS[name], tmp_path / "data", "", tmp_path / "out")
    assert report.clips > 0
    assert said in (tmp_path / "out" / "report.txt").read_text()


def test_broken_labels_of_the_400_are_told_at_once(tmp_path: Path) -> None:
    humanml3d(tmp_path / "data", walk(5.0))
    (tmp_path / "data" / "annotations_actions_400.json.gz").write_bytes(b"no gzip")
    with pytest.raises(UserError, match="cannot be read") as error:
        prepare_layout(LAYOUTS["humanml3d"], tmp_path / "data", "", tmp_path / "out")
    assert error.value.hint == "Get it again, or take it away."
