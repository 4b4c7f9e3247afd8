# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd teach`` and ``coamd models`` as a user types them, with a tiny model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from coamd.backend.cli import main
from coamd.backend.files.motion_file import write_motion
from coamd.backend.requests.lesson import Example, Lesson
from coamd.backend.taught.library import models, place
from coamd.backend.taught.model_file import save
from coamd.backend.teaching import learning, material, rehearsal
from coamd.backend.teaching.lesson_file import write_lesson
from tiny_model import write_tiny_model

from tests.motions import walk
from tests.taught import CARD, arrays


@pytest.fixture(autouse=True)
def _quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of the test's own, a model whose autoencoder may show anything, and three steps."""
    monkeypatch.setenv("COAMD_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(material, "HOPELESS", float("inf"))
    monkeypatch.setattr(learning, "BLIND", 0.03)
    monkeypatch.setattr(rehearsal, "KNOWN", (("walk", "walk"),))
    monkeypatch.setattr(rehearsal, "EACH", 1)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    write_tiny_model(tmp_path / "weights")
    return tmp_path / "weights"


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    folder = tmp_path / "takes"
    folder.mkdir()
    for number in range(2):
        write_motion(folder / f"hero_strut_{number}.npz", walk(2.5, turning=0.2 * number).astype(np.float32))
    return folder


def said(*words: object) -> int:
    return main([str(word) for word in words])


def test_takes_are_taught_listed_and_used(
    weights: Path, takes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said("teach", "Hero moves", takes, "--weights", weights, "--device", "cpu") == 0
    out = capsys.readouterr().out
    assert "2 takes" in out
    assert "about 2 min" in out
    (model,) = models()[0]
    assert model.card.words == ("hero strut",)
    assert model.card.takes == ("hero_strut_0", "hero_strut_1")
    assert said("models") == 0
    assert "Hero moves" in capsys.readouterr().out
    target = tmp_path / "out.npz"
    options = ("--seconds", 2, "--weights", weights, "--device", "cpu", "-o", target)
    assert said("generate", "a person does a hero strut", "--model", "hero moves", *options) == 0
    assert target.is_file()
    assert said("generate", "walk", "--model", "nothing", *options) == 2
    assert "no taught model" in capsys.readouterr().err


def test_models_that_were_taught_one_after_the_other_are_used_together(
    weights: Path, takes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--weights", weights, "--device", "cpu")
    for name in ("Hero moves", "Bows"):
        assert said("teach", name, takes, "--words", f"a person does {name}", *options) == 0
    walking, both = tmp_path / "walk.npz", tmp_path / "both.npz"
    two = ("--model", "Hero moves", "--model", "Bows")
    write_motion(walking, walk(2.5).astype(np.float32))
    assert said("generate", "hero moves, then bows", *two, "--seconds", 2, *options, "-o", both) == 0
    assert both.is_file()
    part = ("--start", 1, "--end", 2, "--prompt", "bows")
    assert said("edit", walking, *part, *two, *options, "-o", tmp_path / "edited.npz") == 0
    capsys.readouterr()
    for more, words in ((("--model", "bows"), "named twice"), (("--model", "A", "--model", "B", "--model", "C"), "5 ")):
        nowhere = ("--weights", tmp_path / "no weights", "-o", tmp_path / "none.npz")
        assert said("generate", "bows", *two, *more, *nowhere) == 2
        assert said("edit", walking, *part, *two, *more, *nowhere) == 2
        told = capsys.readouterr().err
        assert told.count(words) == 2, "said before the weights are loaded"


def test_captions_say_what_happens_in_each_file(weights: Path, takes: Path, tmp_path: Path) -> None:
    table = tmp_path / "words.csv"
    table.write_text("file,words\nhero_strut_0.npz,a person struts\nhero_strut_0.npz,catwalk\n", encoding="utf-8")
    assert said("teach", "Strut", takes, "--captions", table, "--weights", weights, "--device", "cpu") == 0
    assert models()[0][0].card.words == ("a person struts", "catwalk", "hero strut")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("take,text\n", "lacks the columns"),
        ("file,words\nx.bvh,\n", "has no words"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_table_without_words_is_one_sentence(
    takes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str | bytes, words: str
) -> None:
    path = tmp_path / "words.csv"
    path.write_bytes(table.encode() if isinstance(table, str) else table)
    assert said("teach", "Strut", takes, "--captions", path) == 2
    assert words in capsys.readouterr().err


def test_mistakes_are_said_before_the_model_is_loaded(
    takes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ("--weights", tmp_path / "no weights")  # whoever loads them fails otherwise
    assert said("teach", "Strut", *nowhere) == 2
    assert "No take is shown" in capsys.readouterr().err
    write_motion(takes / "001.npz", walk(2.5).astype(np.float32))
    assert said("teach", "Strut", takes, *nowhere) == 2
    assert "“001” has no words" in capsys.readouterr().err
    write_motion(tmp_path / "brief_strut.npz", walk(1.0).astype(np.float32))
    assert said("teach", "Strut", tmp_path / "brief_strut.npz", *nowhere) == 2
    assert "too little to learn from" in capsys.readouterr().err
    save(place("Strut"), CARD.__class__(**{**CARD.__dict__, "name": "Strut"}), arrays())
    assert said("teach", "strut", takes, *nowhere) == 2
    assert "already" in capsys.readouterr().err


DOG = """HIERARCHY
ROOT pelvis
{
 OFFSET 0 60 0
 CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
 JOINT front_leg.L
 {
  OFFSET 10 0 40
  CHANNELS 3 Zrotation Xrotation Yrotation
  End Site
  {
   OFFSET 0 -55 0
  }
 }
 JOINT hind_leg.L
 {
  OFFSET 10 0 -10
  CHANNELS 3 Zrotation Xrotation Yrotation
  End Site
  {
   OFFSET 0 -55 0
  }
 }
}
MOTION
Frames: 60
Frame Time: 0.05
"""


def test_a_quadruped_is_left_out_and_said(takes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = ("--weights", tmp_path / "no weights")
    dog = tmp_path / "dog_runs.bvh"
    dog.write_text(DOG + "0 60 0 0 0 0 0 10 0 0 -10 0\n" * 60, encoding="utf-8")
    assert said("teach", "Dog", dog, *nowhere) == 2
    told = capsys.readouterr().err
    assert "None of the takes could be read" in told
    assert "four-legged" in told
    assert said("teach", "Dog", dog, takes, *nowhere) == 2  # goes on with the others, to the weights that are missing
    assert "note: dog_runs.bvh was left out" in capsys.readouterr().err


def test_an_hour_of_two_hundred_takes_says_how_long_it_will_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from coamd.backend.cli import teach as command

    hour = [Example(f"take {n}", np.zeros((360, 22, 3), np.float32), ("a person struts",)) for n in range(200)]
    monkeypatch.setattr(command, "examples_of", lambda *_: (hour, []))
    assert said("teach", "Strut", tmp_path, "--weights", tmp_path / "no weights") == 2
    seen = capsys.readouterr()
    assert "200 takes, 60.0 min; this takes about 10 min." in seen.out
    assert "no weights" in seen.err  # only then is the model loaded


def test_models_are_renamed_given_away_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said("models") == 0
    assert "no taught models" in capsys.readouterr().out
    save(place("Hero moves"), CARD, arrays())
    assert said("models", "--rename", "Hero moves", "Bows") == 0
    assert said("models", "--export", "Bows", tmp_path / "bows.coamd") == 0
    assert said("models", "--remove", "Bows") == 0
    assert models()[0] == []
    assert said("models", "--import", tmp_path / "bows.coamd") == 0
    assert models()[0][0].card.name == "Bows"
    assert said("models", "--remove", "Hero moves") == 2


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_backends_child_speaks_in_lines_of_json(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", _Open())
    examples = tuple(Example(f"take {n}", walk(2.5).astype(np.float32), ("a person struts",)) for n in range(2))
    write_lesson(tmp_path / "lesson.npz", Lesson("Strut", examples, False))
    options = ("--lesson", tmp_path / "lesson.npz", "--machine", "--weights", weights, "--device", "cpu")
    assert said("teach", *options) == 0
    found = lines(capsys)
    assert [line["step"] for line in found if line.get("phase") == "learning"] == [1, 2, 3]
    assert found[-1]["name"] == "Strut"
    assert said("teach", *options) == 2
    assert lines(capsys)[-1]["code"] == "same_model"


FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
GONE = torch.AcceleratorError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (FULL, "out_of_memory", "Teaching ended early: there is not enough memory."),
        (MemoryError(), "out_of_memory", "Teaching ended early: there is not enough memory."),
        (GONE, "gpu_lost", "The graphics card has stopped working (CUDA error: unspecified launch failure)."),
    ],
    ids=["card is full", "memory is full", "card is lost"],
)
def test_the_backends_child_tells_of_a_full_and_of_a_lost_card(
    error: Exception,
    code: str,
    message: str,
    weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the backend, which knows both, would hear of a child that died."""

    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("sys.stdin", _Open())
    monkeypatch.setattr("coamd.backend.teaching.teacher.learn", fails)
    examples = (Example("take", walk(2.5).astype(np.float32), ("a person struts",)),)
    write_lesson(tmp_path / "lesson.npz", Lesson("Strut", examples, False))
    options = ("--lesson", tmp_path / "lesson.npz", "--machine", "--weights", weights, "--device", "cpu")
    assert said("teach", *options) == 2
    told = lines(capsys)[-1]
    assert (told["code"], told["message"]) == (code, message) and str(told["hint"]).endswith(".")


class _Open:
    """A standard input that says nothing and does not end."""

    def __iter__(self) -> _Open:
        return self

    def __next__(self) -> str:
        import threading

        threading.Event().wait()
        raise StopIteration


def test_the_first_ctrl_c_keeps_and_the_second_drops(capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    from coamd.backend.cli.teach import interruptible

    with interruptible() as decision:
        assert decision() == ""
        signal.raise_signal(signal.SIGINT)
        assert decision() == "keep"
        signal.raise_signal(signal.SIGINT)
        assert decision() == "drop"
