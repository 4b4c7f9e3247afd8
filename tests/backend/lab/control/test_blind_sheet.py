# SPDX-License-Identifier: GPL-3.0-or-later
"""The blind sheet: what is on it, that nothing on it tells where a strip comes from, and what becomes of scores."""

from __future__ import annotations

import csv
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest
from coamd.backend.lab.control import blind_sheet
from coamd.backend.lab.control.blind_sheet import GENERATED, KEY, SCORES, SEARCH, EyePrompt, Strip
from coamd.backend.lab.control.wording import bare
from coamd.backend.lab.training.keyed.styled_gaits import keyed_sentences
from coamd.backend.lab.training.sentences.paraphrases import actions, read_paraphrases
from coamd.backend.lab.training.sentences.wordings import read_bank
from coamd.backend.motion.pipeline import Pipeline
from coamd.backend.training.data import Clip
from coamd.rigs.errors import UserError
from motions import still, walk
from PIL import Image
from tiny_model import write_tiny_model

PROMPTS = (EyePrompt("walk", "a person walks", 2.0), EyePrompt("run", "run cycle", 3.0))


@pytest.fixture(scope="module")
def strips(tmp_path_factory: pytest.TempPathFactory) -> list[Strip]:
    folder = tmp_path_factory.mktemp("tiny") / "weights"
    write_tiny_model(folder)
    clips = [
        Clip("held", "test", still(4.0).astype(np.float32), ("a person walks",), ()),
        Clip("long", "train", walk(6.0).astype(np.float32), ("a person walks",), ()),
    ]
    return blind_sheet.strips(Pipeline.load(folder, "cpu"), clips, prompts=PROMPTS)


@pytest.fixture(scope="module")
def written(strips: list[Strip], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sheet, its key and an empty table."""
    folder = tmp_path_factory.mktemp("sheet")
    blind_sheet.write_sheets(strips, folder)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy of the key and the table to fill in."""
    for name in (KEY, SCORES):
        copyfile(written / name, tmp_path / name)
    return tmp_path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def filled(folder: Path, score: dict[str, str]) -> Path:
    """The table with a score for every strip by its source."""
    key = {row["id"]: row["source"] for row in table(folder / KEY)}
    rows = [(row["id"], row["prompt"], score[key[row["id"]]]) for row in table(folder / SCORES)]
    (folder / SCORES).write_text(blind_sheet.as_csv(blind_sheet.SCORE_COLUMNS, rows), encoding="utf-8")
    return folder / SCORES


def test_there_are_a_hundred_prompts_of_all_kinds() -> None:
    prompts = blind_sheet.eye_prompts()
    assert len(prompts) == len({prompt.text for prompt in prompts}) == 100
    assert len({prompt.group for prompt in prompts}) >= 18
    assert all(3.0 <= prompt.seconds <= 6.0 for prompt in prompts)


def test_no_prompt_is_a_sentence_that_the_model_is_taught() -> None:
    taught = {bare(text) for entry in read_bank() for text in entry.every_text()} | set(map(bare, keyed_sentences()))
    paraphrases = actions(read_bank(), read_paraphrases())
    taught |= {bare(text) for action in paraphrases for text in action.others}
    assert bare("Salute.") in taught, "or the comparison would see nothing"
    assert not {prompt.text for prompt in blind_sheet.eye_prompts() if bare(prompt.text) in taught}


def test_every_prompt_is_there_thrice_and_of_one_length(strips: list[Strip]) -> None:
    found = sorted((strip.prompt.text, strip.source, strip.number) for strip in strips)
    wanted = [(p.text, source, n) for p in PROMPTS for source, n in ((GENERATED, 0), (GENERATED, 1), (SEARCH, 0))]
    assert found == sorted(wanted)
    assert all(len(strip.joints) == strip.prompt.frames for strip in strips)
    assert [strip.id for strip in strips] == [f"{i:03d}" for i in range(1, 7)]


def test_a_search_finds_in_the_training_split_alone(strips: list[Strip]) -> None:
    recorded = blind_sheet.middle(walk(6.0).astype(np.float32), 40)
    found = next(strip for strip in strips if strip.source == SEARCH and strip.prompt.text == "a person walks")
    assert np.array_equal(found.joints, recorded)


def test_the_sheets_tell_nothing_of_the_key(strips: list[Strip], written: Path) -> None:
    with Image.open(written / "sheet_01.png") as page:
        assert page.height > len(strips) * 150
    scores = (written / SCORES).read_text(encoding="utf-8")
    assert GENERATED not in scores
    assert SEARCH not in scores
    assert [row["id"] for row in table(written / KEY)] == [strip.id for strip in strips]
    assert [row["source"] for row in table(written / KEY)] != sorted(strip.source for strip in strips)


def test_scores_come_back_by_source(folder: Path) -> None:
    result = blind_sheet.judged(filled(folder, {GENERATED: "2", SEARCH: "0"}))
    kept = next(row for row in result.rows if row.name == "kept (2)")
    assert (kept.made, kept.real, kept.made_clips, kept.real_clips) == (1.0, 0.0, 4, 2)
    assert result.failures == 0
    assert result.facts["without a score"] == 0


def test_a_model_that_a_search_beats_fails(folder: Path) -> None:
    """The gate can fail: by the mean, by what is kept, and by what the search has."""
    result = blind_sheet.judged(filled(folder, {GENERATED: "1", SEARCH: "2"}))
    assert [(row.name, row.passed) for row in result.rows[:2]] == [("mean score", False), ("kept (2)", False)]


@pytest.mark.parametrize(
    ("line", "said"), [("001,x,3", "is not a score"), ("999,x,1", "no strip '999'"), ("001,x,", "holds no score")]
)
def test_a_table_that_is_filled_in_wrongly_is_told_of(folder: Path, line: str, said: str) -> None:
    (folder / SCORES).write_text(f"id,prompt,score\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=said):
        blind_sheet.judged(folder / SCORES)


def test_a_table_without_its_columns_or_its_key_is_told_of(folder: Path) -> None:
    (folder / SCORES).write_text("id,prompt\n001,x\n", encoding="utf-8")
    with pytest.raises(UserError, match="no column score"):
        blind_sheet.judged(folder / SCORES)
    (folder / KEY).unlink()
    with pytest.raises(UserError, match="cannot be read"):
        blind_sheet.judged(folder / SCORES)


def test_scores_that_were_given_are_not_written_over(strips: list[Strip], folder: Path) -> None:
    filled(folder, {GENERATED: "2", SEARCH: "0"})
    with pytest.raises(UserError, match="has scores already"):
        blind_sheet.write_sheets(strips, folder)
