# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of prompts: what a row may say, and the sentence for each way in which it can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from coamd.backend.batch.rows import Row, formats, read_rows, slug
from coamd.rigs.errors import UserError

DEFAULTS = Row("", "", seconds=3.0, seed=5, variations=2, formats=(".bvh",))


def read(tmp_path: Path, text: str, name: str = "prompts.csv", encoding: str = "utf-8") -> list[Row]:
    (tmp_path / name).write_text(text, encoding=encoding)
    return read_rows(tmp_path / name, DEFAULTS)


def test_an_empty_cell_takes_the_default(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "prompt,seconds,seed\na person walks,,\n")
    assert row == Row("a-person-walks", "a person walks", 3.0, 5, 2, (".bvh",))


def test_csv_and_jsonl_say_the_same(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        "name,prompt,seconds,seed,variations,format,guidance_scale,recognizer_guidance\n"
        'jump,"a person jumps, then waves",2.5,7,3,npz bvh,2,0\n',
    )
    record = {"name": "jump", "prompt": "a person jumps, then waves", "seconds": 2.5, "seed": 7, "variations": 3}
    record |= {"format": ["npz", "bvh"], "guidance_scale": 2, "recognizer_guidance": 0}
    assert lines == read(tmp_path, json.dumps(record) + "\n\n", "prompts.jsonl")
    assert lines == [Row("jump", "a person jumps, then waves", 2.5, 7, 3, (".npz", ".bvh"), 2.0, 0.0)]
    assert lines[0].files(1) == ("jump_2.npz", "jump_2.bvh")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_tables_of_other_spreadsheets_are_read(tmp_path: Path, mark: str) -> None:
    """Excel writes semicolons where the comma is the decimal sign, and a byte order mark."""
    (row,) = read(tmp_path, f"prompt{mark}seconds\r\na person walks, slowly{mark}2\r\n", encoding="utf-8-sig")
    assert (row.prompt, row.seconds) == ("a person walks, slowly", 2.0)


def test_a_prompt_may_have_several_lines(tmp_path: Path) -> None:
    (row,) = read(tmp_path, 'prompt,seed\n"a person walks\nand waves",1\n')
    assert row.prompt == "a person walks\nand waves"


def test_rows_without_a_name_are_called_like_their_prompt(tmp_path: Path) -> None:
    text = "prompt,name\na person walks,\nA person walks!,\nwalks,a-person-walks-2\n人が歩く,\n!!!,\n"
    names = [row.name for row in read(tmp_path, text)]
    assert names == ["a-person-walks", "a-person-walks-3", "a-person-walks-2", "人が歩く", "row"]
    assert len(slug("walk " * 100)) <= 60


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (",2,1,1,", "prompt is empty"),
        ("walk,61,1,1,", "61 seconds"),
        ("walk,two,1,1,", "'two' in the column seconds"),
        ("walk,nan,1,1,", "'nan' in the column seconds"),
        ("walk,2,-1,1,", "'-1' in the column seed"),
        ("walk,2,1,0,", "'0' in the column variations"),
        ("walk,2,1,1,fbx", "'.fbx' is no format"),
    ],
)
def test_a_cell_that_cannot_be_used_spoils_its_row_alone(tmp_path: Path, cells: str, fault: str) -> None:
    bad, good = read(tmp_path, f"prompt,seconds,seed,variations,format\n{cells}\nrun,2,1,1,npz\n")
    assert fault in bad.fault
    assert not good.fault


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "what?", "x" * 101, "end."])
def test_a_name_that_is_no_file_name_spoils_its_row(tmp_path: Path, name: str) -> None:
    (row,) = read(tmp_path, f"prompt,name\nwalk,{name}\n")
    assert "cannot be the name" in row.fault
    assert not set(row.name) & set("/.?")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("prompt,second\nwalk,2\n", "unknown column 'second'"),
        ("name\nwalk\n", "no column 'prompt'"),
        ("prompt\n", "no rows"),
        ("prompt,prompt\na,b\n", "column twice"),
        ("prompt,seed\nwalk, slowly,1\n", "3 cells for 2 columns"),
        ('prompt\n"walk\n', "no whole CSV table"),
        ("prompt,name\nwalk,a\nrun,A\n", "Two rows are named 'a'"),
        ("prompt,name,variations\nwalk,a,2\nrun,a_1,1\n", "would both write a_1.bvh"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        read(tmp_path, text)


def test_lines_that_are_no_json_and_files_that_are_no_tables(tmp_path: Path) -> None:
    for text in ('{"prompt": "walk"', '["walk"]'):
        with pytest.raises(UserError, match="is no JSON object"):
            read(tmp_path, text, "prompts.jsonl")
    with pytest.raises(UserError, match="no table"):
        read(tmp_path, "prompt", "prompts.txt")
    with pytest.raises(UserError, match="no file"):
        read_rows(tmp_path / "nowhere.csv", DEFAULTS)
    (tmp_path / "latin.csv").write_bytes(b"prompt\nm\xe4nnlein\n")
    with pytest.raises(UserError, match="not UTF-8"):
        read_rows(tmp_path / "latin.csv", DEFAULTS)


def test_formats() -> None:
    assert formats("npz, .BVH npz") == (".npz", ".bvh")
    with pytest.raises(UserError):
        formats(" , ")
