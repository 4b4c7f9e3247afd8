# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's taught models: by name, each once, and a file that is not a model hinders none of the others."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from coamd.backend.requests.lesson import LONGEST_NAME
from coamd.backend.system.user_files import locked
from coamd.backend.taught import library
from coamd.backend.taught.library import bring_in, default_folder, export, keep, models, named, place, remove, rename
from coamd.backend.taught.model_file import SUFFIX, ModelCard, read, save
from coamd.rigs.errors import UserError

from tests.taught import CARD, arrays

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place_of = tmp_path / "models"
    for name in ("Hero moves", "bows"):
        save(place(name, place_of), replace(CARD, name=name), arrays())
    return place_of


def test_models_are_listed_by_name_and_found_in_any_case(folder: Path) -> None:
    assert [model.card.name for model in models(folder)[0]] == ["bows", "Hero moves"]
    assert named("hero  MOVES", folder).path == folder / f"hero_moves{SUFFIX}"


def test_no_folder_is_no_model(tmp_path: Path) -> None:
    assert models(tmp_path / "nowhere") == ([], [])
    with pytest.raises(UserError, match="no taught model"):
        named("x", tmp_path / "nowhere")


def test_a_broken_file_is_named_and_the_others_stay(folder: Path) -> None:
    (folder / f"broken{SUFFIX}").write_bytes(b"nothing")
    found, problems = models(folder)
    assert len(found) == 2
    assert "broken" in problems[0].message


def test_a_name_is_given_once(folder: Path) -> None:
    for again in (lambda: place("HERO moves", folder), lambda: rename("bows", "hero moves", folder)):
        with pytest.raises(UserError) as caught:
            again()
        assert caught.value.code == "same_model"


def test_files_of_names_with_the_same_letters_do_not_meet(folder: Path) -> None:
    path = place("Hero-moves?", folder)
    save(path, replace(CARD, name="Hero-moves?"), arrays())
    assert len(models(folder)[0]) == 3


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "con:", "Größe", "日本"])
def test_no_name_leaves_the_folder(folder: Path, name: str) -> None:
    path = place(name, folder)
    assert path.parent == folder
    assert path.name.endswith(SUFFIX)
    assert ".." not in path.name


def test_a_model_gets_another_name(folder: Path) -> None:
    rename("bows", "Bows", folder)
    assert named("bows", folder).card.name == "Bows"
    rename("bows", "Greetings", folder)
    assert [model.card.name for model in models(folder)[0]] == ["Greetings", "Hero moves"]


def test_two_lessons_that_end_under_one_name_are_both_kept(folder: Path) -> None:
    """Both names were free when the lessons began, and so was the file of names with the same letters."""
    names = [keep(replace(CARD, name=name), arrays(), folder).card.name for name in ("New", "new", "New!")]
    assert names == ["New", "new 2", "New!"]
    assert {"New", "new 2", "New!"} <= {model.card.name for model in models(folder)[0]}
    long = "x" * LONGEST_NAME
    assert [keep(replace(CARD, name=long), arrays(), folder).card.name for _ in range(2)] == [long, long[:-2] + " 2"]


def test_many_that_end_at_the_same_moment_lose_none(folder: Path) -> None:
    script = """if True:
        import sys
        from dataclasses import replace
        from pathlib import Path
        import taught
        from coamd.backend.taught import library
        for number in range(5):
            library.keep(replace(taught.CARD, name="Hero"), taught.arrays(), Path(sys.argv[1]))
    """
    before = len(models(folder)[0])
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(folder)], env=os.environ | {"PYTHONPATH": str(TESTS)})
        for _ in range(3)
    ]
    assert [child.wait(120) for child in children] == [0, 0, 0]
    found, problems = models(folder)
    assert not problems and len(found) == before + 15 and len({model.path for model in found}) == before + 15


def test_a_model_that_another_process_removes_meanwhile_is_no_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_late(path: Path) -> ModelCard:
        if path.stem == "bows":
            path.unlink()
        return read(path)

    monkeypatch.setattr(library, "read", read_late)
    found, problems = models(folder)
    assert [model.card.name for model in found] == ["Hero moves"] and not problems


def test_a_model_is_removed_when_no_other_process_names_or_keeps_one(folder: Path) -> None:
    """Else the file that goes may be another model's by then: one that was kept under the same name, or renamed."""
    with locked(folder / "models"):
        removing = threading.Thread(target=remove, args=("bows", folder))
        removing.start()
        removing.join(0.2)
        assert (folder / f"bows{SUFFIX}").exists()
    removing.join()
    assert not (folder / f"bows{SUFFIX}").exists()


def test_what_a_killed_lesson_left_is_no_model_and_goes_with_the_next(folder: Path) -> None:
    left = folder / f".hero.{2**22 + 1}-0.part{SUFFIX}"
    left.write_bytes(b"half")
    living = folder / f".hero.{os.getpid()}-9.part{SUFFIX}"
    living.write_bytes(b"half")
    before, problems = models(folder)
    assert not problems
    keep(replace(CARD, name="Next"), arrays(), folder)
    assert not left.exists() and living.exists(), "what is being written stays"
    assert len(models(folder)[0]) == len(before) + 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes that have a name")
def test_a_pipe_in_the_folder_holds_nobody_up(folder: Path) -> None:
    os.mkfifo(folder / "pipe.coamd")
    found, problems = models(folder)
    assert found and [problem.code for problem in problems] == ["no_model"]


def test_a_removed_model_is_gone(folder: Path) -> None:
    remove("bows", folder)
    assert [model.card.name for model in models(folder)[0]] == ["Hero moves"]


def test_a_model_goes_to_somebody_else(folder: Path, tmp_path: Path) -> None:
    path = export("bows", tmp_path / "given.file", folder)
    assert read(path).name == "bows"
    other = tmp_path / "other"
    assert bring_in(path, other).card == read(path)
    with pytest.raises(UserError) as caught:
        bring_in(path, other)
    assert caught.value.code == "same_model"
    with pytest.raises(UserError) as caught:
        export("bows", path, folder)
    assert caught.value.code == "file_exists"


def test_the_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COAMD_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "models"
