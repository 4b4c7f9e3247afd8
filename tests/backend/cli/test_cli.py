# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``coamd`` command as users meet it: what it makes, and that every mistake ends in one sentence and code 2."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.cli import COMMANDS, main
from coamd.backend.cli.generate import numbered
from coamd.backend.labelling import scenes
from coamd.backend.motion_file import write_motion
from coamd.rigs.errors import UserError
from coamd.rigs.skeleton import BONE_LENGTHS, PARENTS
from tiny_model import LABELS, write_tiny_model

from tests.motions import walk

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def broken_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh weights folder that a test may spoil."""
    folder = tmp_path_factory.mktemp("spoilt") / "weights"
    write_tiny_model(folder)
    return folder


@pytest.fixture
def motion(tmp_path: Path) -> Path:
    """A whole motion file of 3 s."""
    rng = np.random.default_rng(1)
    bones = rng.normal(size=(1, 22, 3)) + 0.3 * np.sin(np.linspace(0, 5, 60))[:, None, None]
    bones *= BONE_LENGTHS[:, None] / np.linalg.norm(bones, axis=-1, keepdims=True)
    joints = np.zeros(bones.shape)
    for joint in range(1, 22):
        joints[:, joint] = joints[:, PARENTS[joint]] + bones[:, joint]
    write_motion(tmp_path / "motion.npz", joints)
    return tmp_path / "motion.npz"


def refused(capsys: Captured, *words: object) -> str:
    """Runs a command that must be refused; returns the sentence and its remedy."""
    assert main([str(word) for word in words]) == 2
    said = capsys.readouterr()
    lines = said.err.strip().splitlines()
    assert len(lines) == 1, said.err
    assert lines[0].startswith(f"coamd {words[0]}: ")
    assert said.out == ""
    assert lines[0].rstrip().endswith((".", "'")) or "coamd" in lines[0]
    return lines[0]


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What it makes


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


def test_label_names_a_folder_and_what_it_skips(
    weights: Path, motion: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "blender", lambda: None)
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
    write_motion(folder / "short.npz", walk(0.5))
    assert "0.5 s of motion" in refused(capsys, "label", folder / "short.npz", "--weights", weights)
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
    example = ["search", "", str(folder), "--example", str(motion), "--thumbnails", str(folder / "seen"), *options]
    assert main(example) == 0
    assert capsys.readouterr().out.startswith("1.000")
    assert [path.name for path in (folder / "seen").iterdir()] == ["01_good.png"]
    assert main([*example[:5], *options, "--csv"]) == 0
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (row["file"], row["take"], row["start"]) == (str(folder / "deep" / "good.npz"), "", "0.00")
    assert main(["index", str(folder), *options]) == 0
    assert "2 takes" in capsys.readouterr().out


def test_doctor_finds_nothing_wrong(
    weights: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path))
    assert main(["doctor", "--weights", str(weights)]) == 0
    said = capsys.readouterr().out
    assert "WRONG" not in said
    for subject in ("python", "torch", "device", "weights", "generator", "text encoder", "disk", "backend"):
        assert subject in said
    assert list(tmp_path.iterdir()) == []


def test_doctor_names_what_is_wrong_and_the_remedy(
    broken_weights: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path))
    whole = (broken_weights / "generator.safetensors").read_bytes()
    (broken_weights / "generator.safetensors").write_bytes(whole[: len(whole) // 2])
    assert main(["doctor", "--weights", str(broken_weights)]) == 2
    lines = capsys.readouterr().out.splitlines()
    wrong = [i for i, line in enumerate(lines) if line.startswith("WRONG")]
    assert len(wrong) == 1
    assert "generator" in lines[wrong[0]]
    assert lines[wrong[0] + 1].strip().startswith("->")
    assert main(["doctor", "--weights", str(tmp_path / "nowhere")]) == 2


# What it refuses


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
    assert ".fbx" in refused(capsys, *command, "-o", tmp_path / "out.fbx")
    assert "is a folder" in refused(capsys, *command, "-o", _made(tmp_path / "folder.npz"))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_missing_weights(tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "out.npz"
    assert "no weights in" in refused(capsys, "generate", "walk", "--weights", tmp_path / "none", "-o", out)
    assert not out.exists()


@pytest.mark.parametrize("part", ["autoencoder", "generator", "recognizer"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_truncated_weights(part: str, share: float, broken_weights: Path, tmp_path: Path, capsys: Captured) -> None:
    path = broken_weights / f"{part}.safetensors"
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    said = refused(capsys, "generate", "walk", "--weights", broken_weights, "-o", tmp_path / "out.npz")
    assert f"{part}.safetensors" in said
    assert list(tmp_path.iterdir()) == []


def test_a_missing_text_encoder(broken_weights: Path, motion: Path, capsys: Captured) -> None:
    (broken_weights / "text").rename(broken_weights / "elsewhere")
    assert "text encoder" in refused(capsys, "label", motion, "--weights", broken_weights)


def test_a_truncated_text_encoder(broken_weights: Path, motion: Path, capsys: Captured) -> None:
    path = broken_weights / "text" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:500])
    assert "text encoder" in refused(capsys, "label", motion, "--weights", broken_weights)


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


def test_an_evaluation_without_data(weights: Path, tmp_path: Path, capsys: Captured) -> None:
    assert "prepared motion" in refused(capsys, "evaluate", tmp_path, "--weights", weights)


def test_every_command_explains_itself(capsys: Captured) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        assert caught.value.code == 0
        assert COMMANDS[name] in " ".join(capsys.readouterr().out.split())


# In a process of its own


def test_the_real_command_refuses_in_one_line() -> None:
    command = [sys.executable, "-m", "coamd.backend", "generate", "", "-o", "never.npz"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("coamd generate: The prompt is empty.")
    assert "Traceback" not in done.stderr


# A limit on the size of files is what stops the writing here: a real refusal by the system.
_LIMITED = """
import resource, sys
from coamd.backend.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file-size limit for a process")
def test_a_full_disk_keeps_the_old_file(weights: Path, tmp_path: Path) -> None:
    target = tmp_path / "walk.npz"
    target.write_bytes(b"precious")
    words = ["generate", "a person walks", "--seconds", "2", "--weights", str(weights), "-o", str(target)]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, *words], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "The disk is full" in done.stderr
    assert files_in(tmp_path) == {"walk.npz": b"precious"}


def test_serve_by_hand_ends_when_it_has_no_model(broken_weights: Path, tmp_path: Path) -> None:
    """One that the add-on starts stays up instead, and tells the add-on."""
    part = broken_weights / "generator.safetensors"
    part.write_bytes(part.read_bytes()[:1000])
    words = ["serve", "--weights", str(broken_weights), "--connection-file", str(tmp_path / "connection.json")]
    command = [sys.executable, "-m", "coamd.backend", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 2, done.stderr
    assert "coamd serve: The weights file" in done.stderr
    assert not (tmp_path / "connection.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file-size limit for a process")
def test_a_full_disk_is_said_by_prepare_too(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write_motion(source / "walk.bvh", walk(4.0))
    caption = {"id": "a", "path": "walk.bvh", "start": 0, "end": 4, "split": "train", "texts": ["a person walks"]}
    (source / "captions.jsonl").write_text(json.dumps(caption), encoding="utf-8")
    words = ["prepare", str(source), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, *words], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "coamd prepare: The disk is full" in done.stderr
    assert not list((tmp_path / "out").iterdir()), "no half of a file is left"


def test_a_share_of_the_start_needs_a_start(tmp_path: Path, capsys: Captured) -> None:
    words = ["train", "generator", tmp_path, "--start-share", "0.5"]
    assert "Name the weights folder to begin with" in refused(capsys, *words)
    assert "train one of" in refused(capsys, "train", "phrases", *words[2:], "--start", tmp_path)
    with pytest.raises(SystemExit):
        main([*map(str, words[:-1]), "1.5"])


def test_a_refusal_is_a_sentence_with_a_remedy() -> None:
    assert str(UserError("This is wrong.", "Do that.")) == "This is wrong. Do that."
