# SPDX-License-Identifier: GPL-3.0-or-later
"""`coamd generate`: what it writes, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import main
from coamd.backend.cli.generate import numbered
from coamd.backend.files import scene_writing
from command_line import LIMITED, Captured, files_in, refused


def test_generate_writes_data_and_pictures(weights: Path, tmp_path: Path, capsys: Captured) -> None:
    outputs = [tmp_path / f"walk{suffix}" for suffix in (".npz", ".bvh", ".png", ".gif")]
    words = [word for path in outputs for word in ("-o", str(path))]
    assert main(["generate", "a person walks", "--seconds", "2", "--weights", str(weights), *words]) == 0
    assert capsys.readouterr().out.split() == [str(path) for path in outputs]
    with np.load(outputs[0], allow_pickle=False) as arrays:
        assert arrays["joints"].shape == (40, 22, 3)
        assert arrays["joints"].dtype == np.float32
        assert float(arrays["fps"]) == 20.0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in outputs)


def test_the_same_seed_gives_the_same_motion(weights: Path, tmp_path: Path) -> None:
    command = ["generate", "a person walks", "--seconds", "2", "--weights", str(weights)]
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert main([*command, "--seed", seed, "-o", str(tmp_path / f"{name}.npz")]) == 0
    a, b, c = (np.load(tmp_path / f"{name}.npz", allow_pickle=False)["joints"] for name in "abc")
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_variations_get_numbers_and_replace_nothing(weights: Path, tmp_path: Path, capsys: Captured) -> None:
    command = ["generate", "a person walks", "--seconds", "1", "--weights", str(weights), "--variations", "2"]
    assert main([*command, "-o", str(tmp_path / "walk.npz")]) == 0
    made = files_in(tmp_path)
    assert sorted(made) == ["walk_1.npz", "walk_2.npz"]
    capsys.readouterr()
    assert "walk_1.npz exists already" in refused(capsys, *command, "-o", tmp_path / "walk.npz")
    assert files_in(tmp_path) == made
    assert [path.name for path in numbered(tmp_path / "x.gif", 12)][:2] == ["x_01.gif", "x_02.gif"]


def test_the_file_that_the_user_named_is_replaced(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.npz").write_bytes(b"old")
    command = ["generate", "a person walks", "--seconds", "1", "--weights", str(weights)]
    assert main([*command, "-o", str(tmp_path / "walk.npz")]) == 0
    assert (tmp_path / "walk.npz").stat().st_size > 1000


def test_files_for_other_programs_need_blender_and_say_so_before_any_work(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_writing, "blender", lambda _job: None)
    command = ["generate", "a person walks", "--weights", tmp_path / "never looked at", "-o", tmp_path / "walk.glb"]
    assert "Blender writes .glb files, and there is none here. Install it with: pip install" in refused(
        capsys, *command
    )


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["", "--seconds", "4"], "The prompt is empty"),
        (["   \n"], "The prompt is empty"),
        (["walk " * 2000], "10000 characters"),
        (["a person walks", "--seconds", "0"], "0 seconds"),
        (["a person walks", "--seconds", "-3"], "-3 seconds"),
        (["a person walks", "--seconds", "3600"], "3600 seconds"),
    ],
)
def test_generate_refuses_impossible_requests(
    words: list[str], fault: str, weights: Path, tmp_path: Path, capsys: Captured
) -> None:
    said = refused(capsys, "generate", *words, "--weights", weights, "-o", tmp_path / "out.npz")
    assert fault in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["--seconds", "nan"], ["--seed", "-1"], ["--variations", "0"], ["--device", "tpu"]])
def test_options_that_are_no_numbers_are_refused(words: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["generate", "a person walks", "-o", str(tmp_path / "out.npz"), *words])
    assert caught.value.code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path, capsys: Captured) -> None:
    command = ["generate", "a person walks", "--weights", tmp_path / "never looked at"]
    assert "no folder" in refused(capsys, *command, "-o", tmp_path / "nowhere" / "out.npz")
    assert ".mov" in refused(capsys, *command, "-o", tmp_path / "out.mov")
    (tmp_path / "folder.npz").mkdir()
    assert "is a folder" in refused(capsys, *command, "-o", tmp_path / "folder.npz")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file-size limit for a process")
def test_a_full_disk_keeps_the_old_file(weights: Path, tmp_path: Path) -> None:
    target = tmp_path / "walk.npz"
    target.write_bytes(b"precious")
    words = ["generate", "a person walks", "--seconds", "2", "--weights", str(weights), "-o", str(target)]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *words], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "The disk is full" in done.stderr
    assert files_in(tmp_path) == {"walk.npz": b"precious"}
