# SPDX-License-Identifier: GPL-3.0-or-later
"""`coamd label`, `search` and `index`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.files.motion_file import write_motion
from coamd.backend.labelling import scene_files
from coamd.backend.system import background_blender
from command_line import Captured, files_in, refused
from tiny_model import LABELS

from tests.motions import walk


def test_label_prints_and_writes_segments(weights: Path, motion: Path, tmp_path: Path, capsys: Captured) -> None:
    command = ["label", str(motion), "--weights", str(weights), "--top", "3"]
    assert main([*command, "-o", str(tmp_path / "labels.csv")]) == 0
    assert str(motion) in capsys.readouterr().out
    rows = list(csv.DictReader((tmp_path / "labels.csv").read_text().splitlines()))
    assert rows[0]["start"] == "0.00"
    assert rows[-1]["end"] == "3.00"
    assert {row["label"] for row in rows} <= set(LABELS)
    assert main([*command, "--whole", "--json", "--labels", "fly, swim,,fly"]) == 0
    said = capsys.readouterr()
    (found,) = json.loads(said.out)["files"][0]["segments"]
    assert sorted(entry["label"] for entry in found["labels"]) == ["fly", "swim"]
    assert sum(entry["confidence"] for entry in found["labels"]) == pytest.approx(1.0, abs=1e-3)
    assert "1 that came twice and 1 without a name" in said.err


def test_of_a_recording_that_broke_off_label_search_and_index_say_so(
    weights: Path, motion: Path, tmp_path: Path, capsys: Captured
) -> None:
    write_motion(tmp_path / "whole.bvh", walk(6.0))
    text = (tmp_path / "whole.bvh").read_text()
    cut = tmp_path / "cut.bvh"
    cut.write_text(text[: (text.index("MOTION") + len(text)) // 2])
    index = ["--index", str(tmp_path / "takes.npz"), "--weights", str(weights)]
    for command in (
        ["label", str(cut), str(motion), "--weights", str(weights)],
        ["search", "", str(cut), "--example", str(cut), *index],
    ):
        assert main(command) == 0
        (remark,) = (line for line in capsys.readouterr().err.splitlines() if line.startswith(f"{cut}: "))
        assert "120" in remark, "how many frames were announced"
    cut.write_text(cut.read_text() + "\n")
    assert main(["index", str(cut), *index]) == 0
    assert f"{cut}: " in capsys.readouterr().err


def test_label_names_a_folder_and_what_it_skips(
    weights: Path, motion: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_files, "blender", lambda _job: None)
    monkeypatch.setattr(background_blender, "blender", lambda _job: None)
    folder = motion.parent / "library"
    folder.mkdir()
    (folder / "good.npz").write_bytes(motion.read_bytes())
    (folder / "cut.npz").write_bytes(motion.read_bytes()[:100])
    (folder / "scene.blend").write_bytes(b"BLENDER")
    write_motion(folder / "still.npz", np.repeat(walk(1.0)[:1], 60, axis=0))
    assert main(["label", str(folder), "--weights", str(weights)]) == 0
    said = capsys.readouterr()
    assert "stands still" in said.out
    assert f"skipped: {folder / 'cut.npz'}: " in said.err
    assert f"skipped: {folder / 'scene.blend'}: Only Blender reads scene.blend" in said.err
    assert "2 skipped." in said.err
    assert "pip install bpy" in refused(capsys, "label", folder / "scene.blend", "--weights", weights)
    write_motion(folder / "short.npz", walk(0.4))
    assert "0.4 s of motion" in refused(capsys, "label", folder / "short.npz", "--weights", weights)
    assert "names nothing" in refused(capsys, "label", motion, "--labels", " ,", "--weights", weights)


def test_search_ranks_whole_files_and_names_broken_ones(
    weights: Path, motion: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_HOME", str(motion.parent / "home"))
    folder = motion.parent / "library"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "good.npz").write_bytes(motion.read_bytes())
    (folder / "cut.npz").write_bytes(motion.read_bytes()[:100])
    (folder / "notes.txt").write_text("not motion")
    options = ["--weights", str(weights)]
    assert main(["search", "a person walks", str(folder), str(motion), *options]) == 0
    said = capsys.readouterr()
    assert {line.split()[-1] for line in said.out.splitlines()} == {str(folder / "deep" / "good.npz"), str(motion)}
    assert f"skipped: {folder / 'cut.npz'}: " in said.err
    assert "Score: how alike the moment and the text are (cosine), 1 at most." in said.err
    example = ["search", "", str(folder), "--example", str(motion), "--thumbnails", str(folder / "seen"), *options]
    assert main(example) == 0
    said = capsys.readouterr()
    assert said.out.startswith("1.000") and "the moment and the example" in said.err
    assert [path.name for path in (folder / "seen").iterdir()] == ["01_good.png"]
    assert main([*example[:5], *options, "--csv"]) == 0
    said = capsys.readouterr()
    assert "Score:" not in said.err  # a script knows
    (row,) = csv.DictReader(said.out.splitlines())
    assert (row["file"], row["take"], row["start"]) == (str(folder / "deep" / "good.npz"), "", "0.00")
    assert main(["index", str(folder), *options]) == 0
    assert "2 takes" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content", [b"", b"HIERARCHY\nROOT Hips\n{", b"\x80\x04\x95 a pickle", b"PK\x03\x04 half a zip"]
)
@pytest.mark.parametrize("suffix", [".bvh", ".npz"])
def test_broken_motion_files(content: bytes, suffix: str, weights: Path, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    assert path.name in refused(capsys, "label", path, "--weights", weights, "-o", tmp_path / "out.csv")
    assert files_in(tmp_path) == {path.name: content}


def test_a_search_without_anything_to_search(
    weights: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path / "home"))
    (tmp_path / "empty").mkdir()
    options = ("--weights", weights)
    assert "no motion files" in refused(capsys, "search", "walk", tmp_path / "empty", *options)
    assert "no file or folder" in refused(capsys, "search", "walk", tmp_path / "none.npz", *options)
    assert "empty" in refused(capsys, "search", " ", tmp_path / "empty", *options)
    (tmp_path / "broken.npz").write_bytes(b"PK")
    assert main(["search", "walk", str(tmp_path), *map(str, options)]) == 2
    assert "None of the 1 files could be read" in capsys.readouterr().err
