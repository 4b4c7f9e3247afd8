# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``coamd`` command as users meet it: what it makes, and that every mistake ends in one sentence and code 2."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from coamd.backend.cli import COMMANDS, LAB_COMMANDS, main
from coamd.backend.files.motion_file import write_motion
from coamd.rigs.errors import UserError
from command_line import LIMITED, Captured, refused

from tests.motions import walk


def test_an_evaluation_without_data(weights: Path, tmp_path: Path, capsys: Captured) -> None:
    assert "prepared motion" in refused(capsys, "evaluate", tmp_path, "--weights", weights)


def test_every_command_explains_itself(capsys: Captured) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        assert caught.value.code == 0
        assert COMMANDS[name] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "words", [("generate", "walk"), ("teach",), ("serve",), ("doctor",), ("train", "text", "data")]
)
@pytest.mark.parametrize("name", ["cuda:x", "cuda:", "cuda:-1", "tpu", "CUDA", "cpu:3", ""])
def test_a_device_that_cannot_be_is_refused_before_any_work(
    words: tuple[str, ...], name: str, capsys: Captured
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*words, "--device", name])
    assert caught.value.code == 2
    told = capsys.readouterr().err.splitlines()[-1]
    said = f"argument --device: {name!r} is not a device: give auto, cpu, mps, cuda, or one card, as cuda:1"
    assert told == f"coamd {words[0]}: error: {said}"


@pytest.mark.parametrize("name", ["auto", "cpu", "mps", "cuda", "cuda:0", "cuda:1", "cuda:12"])
@pytest.mark.parametrize("command", ["generate", "batch", "edit", "teach", "label", "serve", "doctor", "train"])
def test_every_command_takes_one_card_of_several(command: str, name: str) -> None:
    parser = argparse.ArgumentParser()
    room = "lab.commands" if command in LAB_COMMANDS else "cli"
    importlib.import_module(f"coamd.backend.{room}.{command}").configure(parser)
    (option,) = (action for action in parser._actions if action.dest == "device")
    assert parser._get_value(option, name) == name


def test_the_real_command_refuses_in_one_line() -> None:
    command = [sys.executable, "-m", "coamd.backend", "generate", "", "-o", "never.npz"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("coamd generate: The prompt is empty.")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file-size limit for a process")
def test_a_full_disk_is_said_by_prepare_too(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write_motion(source / "walk.bvh", walk(4.0))
    caption = {"id": "a", "path": "walk.bvh", "start": 0, "end": 4, "split": "train", "texts": ["a person walks"]}
    (source / "captions.jsonl").write_text(json.dumps(caption), encoding="utf-8")
    words = ["prepare", str(source), str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *words], capture_output=True, text=True, timeout=600, check=False
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


def test_options_of_one_part_are_refused_for_others(tmp_path: Path, capsys: Captured) -> None:
    assert "--teacher is for the text encoder" in refused(capsys, "train", "generator", tmp_path, "--teacher", tmp_path)
    assert "--repeat is for the autoencoder" in refused(capsys, "train", "text", tmp_path, "--repeat", "mocap=2")
    for odd in ("mocap", "mocap=0", "=3", "mocap=often"):
        with pytest.raises(SystemExit):
            main(["train", "autoencoder", str(tmp_path), "--repeat", odd])
    capsys.readouterr()
    told = refused(capsys, "train", "text", tmp_path, "--weights", tmp_path / "w", "--run", tmp_path / "r")
    assert "--teacher" in told


FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
GONE = torch.AcceleratorError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FULL, "there is not enough memory. Close other programs"),
        (MemoryError(), "there is not enough memory. Close other programs"),
        (GONE, "The graphics card has stopped working (CUDA error: unspecified launch failure). Give the"),
    ],
    ids=["card is full", "memory is full", "card is lost"],
)
def test_a_full_and_a_lost_card_are_one_sentence(
    error: Exception, sentence: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("coamd.backend.motion.pipeline.Pipeline.load", fails)
    assert sentence in refused(capsys, "generate", "a person walks", "-o", tmp_path / "walk.npz")
    monkeypatch.setattr("coamd.backend.lab.training.stages.run_stage", fails)
    told = refused(capsys, "train", "text", tmp_path)
    assert sentence in told and ("--batch" in told or "from the last checkpoint" in told)


def test_a_fault_of_ours_keeps_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("coamd.backend.motion.pipeline.Pipeline.load", fails)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["generate", "a person walks", "-o", str(tmp_path / "walk.npz")])
    monkeypatch.setattr("coamd.backend.lab.training.stages.run_stage", fails)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["train", "text", str(tmp_path)])


def test_a_refusal_is_a_sentence_with_a_remedy() -> None:
    assert str(UserError("This is wrong.", "Do that.")) == "This is wrong. Do that."
