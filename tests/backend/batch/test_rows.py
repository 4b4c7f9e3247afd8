# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of prompts: what a row may say, and the sentence for each way in which it can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from coamd.backend.batch.plan import planned
from coamd.backend.batch.summary import BatchSummary
from coamd.backend.batch.table import Row, formats, read_rows, slug
from coamd.backend.requests.generate import GenerateRequest
from coamd.rigs.errors import UserError

DEFAULTS = Row("", GenerateRequest("", 3.0, seed=5, variations=2), (".bvh",))


def read(tmp_path: Path, text: str, name: str = "prompts.csv", encoding: str = "utf-8") -> list[Row]:
    (tmp_path / name).write_text(text, encoding=encoding)
    return read_rows(tmp_path / name, DEFAULTS)


def test_an_empty_cell_takes_the_default(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "prompt,seconds,seed\na person walks,,\n")
    assert row == Row("a-person-walks", GenerateRequest("a person walks", 3.0, 5, 2), (".bvh",))


def test_csv_and_jsonl_say_the_same(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        "name,prompt,seconds,seed,variations,format,guidance_scale,recognizer_guidance\n"
        'jump,"a person jumps, then waves",2.5,7,3,npz bvh,2,0\n',
    )
    record = {"name": "jump", "prompt": "a person jumps, then waves", "seconds": 2.5, "seed": 7, "variations": 3}
    record |= {"format": ["npz", "bvh"], "guidance_scale": 2, "recognizer_guidance": 0}
    assert lines == read(tmp_path, json.dumps(record) + "\n\n", "prompts.jsonl")
    jump = GenerateRequest("a person jumps, then waves", 2.5, 7, 3, guidance_scale=2.0, recognizer_guidance=0.0)
    assert lines == [Row("jump", jump, (".npz", ".bvh"))]
    assert lines[0].files(1) == ("jump_2.npz", "jump_2.bvh")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_tables_of_other_spreadsheets_are_read(tmp_path: Path, mark: str) -> None:
    """Excel writes semicolons where the comma is the decimal sign, and a byte order mark."""
    (row,) = read(tmp_path, f"prompt{mark}seconds\r\na person walks, slowly{mark}2\r\n", encoding="utf-8-sig")
    assert (row.request.prompt, row.request.seconds) == ("a person walks, slowly", 2.0)


def test_a_prompt_may_have_several_lines(tmp_path: Path) -> None:
    (row,) = read(tmp_path, 'prompt,seed\n"a person walks\nand waves",1\n')
    assert row.request.prompt == "a person walks\nand waves"


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
        ("walk,2,1,1,fbx", "'.fbx' is not a format"),
    ],
)
def test_a_cell_that_cannot_be_used_spoils_its_row_alone(tmp_path: Path, cells: str, fault: str) -> None:
    bad, good = read(tmp_path, f"prompt,seconds,seed,variations,format\n{cells}\nrun,2,1,1,npz\n")
    assert fault in bad.fault
    assert not good.fault


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "what?", "x" * 101, "人" * 67, "end."])
def test_a_name_that_is_no_file_name_spoils_its_row(tmp_path: Path, name: str) -> None:
    (row,) = read(tmp_path, f"prompt,name\nwalk,{name}\n")
    assert "cannot be the name" in row.fault
    assert not set(row.name) & set("/.?")


def test_a_name_of_chinese_letters_is_measured_in_bytes(tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"prompt,name\nwalk,{'人' * 66}\n")
    assert not row.fault
    for file in row.files(1):
        (tmp_path / f".{file}.4194304-1000.part").touch()  # the longest that is ever added to it
    (row,) = read(tmp_path, f"prompt\n{'人' * 100}\n")
    assert len(row.name.encode()) <= 180


JSON_LINES = {
    "carriage return": json.dumps({"prompt": "walk\rfast"}),
    "escape": json.dumps({"prompt": "walk \x1b[2J\0fast"}),
    "too long": json.dumps({"prompt": "walk " * 40_000}),
    "half a character": json.dumps({"prompt": "walk \ud800"}),
    "half a character in a name": json.dumps({"prompt": "walk", "name": "\udfff"}),
    "deep": '{"prompt": "walk", "seed": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "endless number": '{"prompt": "walk", "seed": ' + "9" * 5000 + "}",
    "formula": json.dumps({"prompt": "=1+1", "name": "=a"}),
}


@pytest.mark.parametrize("line", JSON_LINES.values(), ids=JSON_LINES.keys())
def test_a_strange_line_spoils_at_most_itself_and_the_summary_is_read_again(tmp_path: Path, line: str) -> None:
    text = "\n".join([line, json.dumps({"prompt": "run", "name": "run"})])
    strange, good = read(tmp_path, text, "prompts.jsonl")
    assert not good.fault
    summary = BatchSummary(tmp_path)
    made = {take.row.name for take in planned([strange, good], summary)}
    assert "run" in made and (strange.name in made) == (not strange.fault)
    summary.save()
    assert BatchSummary.open(tmp_path).entries == summary.entries


def test_one_huge_cell_spoils_its_row_alone(tmp_path: Path) -> None:
    huge, good = read(tmp_path, f"prompt\n{'walk ' * 100_000}\nrun\n")
    assert "characters" in huge.fault and not good.fault


def test_many_rows_of_one_prompt_are_numbered(tmp_path: Path) -> None:
    """Without looking at all before: ten thousand took 44 s."""
    rows = read(tmp_path, "prompt\n" + "walk\n" * 20_000)
    assert [row.name for row in rows[:3]] == ["walk", "walk-2", "walk-3"] and rows[-1].name == "walk-20000"
    assert len({row.name for row in rows}) == 20_000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("prompt,second\nwalk,2\n", "unknown column 'second'"),
        ("name\nwalk\n", "no column 'prompt'"),
        ("prompt\n", "no rows"),
        ("prompt,prompt\na,b\n", "column twice"),
        ("prompt,seed\nwalk, slowly,1\n", "3 cells for 2 columns"),
        ('prompt\n"walk\n', "not a complete CSV table"),
        ("prompt,name\nwalk,a\nrun,A\n", "Two rows are named 'a'"),
        ("prompt,name,variations\nwalk,a,2\nrun,a_1,1\n", "would both write a_1.bvh"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(UserError, match=fault):
        read(tmp_path, text)


def test_lines_that_are_no_json_and_files_that_are_no_tables(tmp_path: Path) -> None:
    for text in ('{"prompt": "walk"', '["walk"]'):
        with pytest.raises(UserError, match="is not a JSON object"):
            read(tmp_path, text, "prompts.jsonl")
    with pytest.raises(UserError, match="not a table"):
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
