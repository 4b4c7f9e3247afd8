# SPDX-License-Identifier: GPL-3.0-or-later
"""A BVH file that was made to take time and memory takes little of both: what counts is what comes out of it."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from coamd.rigs.errors import UserError
from coamd.rigs.files import bvh
from coamd.rigs.files.bvh import read_bvh, read_bvh_text

TEXT = """HIERARCHY
ROOT Hips
{
OFFSET 0 0 0
CHANNELS 3 Zrotation Xrotation Yrotation
End Site
{
OFFSET 0 1 0
}
}
MOTION
Frames: 2
Frame Time: 0.05
0 0 0
1 2 3
"""
SIZE = 4_000_000  # letters that the line of an attack has
FILES = {
    "a word": (TEXT + "a" * SIZE, ""),
    "glued numbers": (TEXT + "-0" * (SIZE // 2), ""),
    "numbers with commas": (TEXT + "1," * (SIZE // 2), ""),
    "blanks": (TEXT.replace("0 0 0\n1", " " * SIZE + "0 0 0\n1"), ""),
    "a name": (TEXT.replace("Hips", "H" * 2 * SIZE), "no MOTION part in the first 4 MB"),
    "brackets": ("HIERARCHY\n" + "{" * 2 * SIZE, "no MOTION part in the first 4 MB"),
    "few frames announced": (TEXT.replace("Frames: 2", "Frames" + " " * SIZE), '"Frames: <number>" is missing'),
    "a time without an end": (TEXT.replace("Time: 0", "Time" + " " * SIZE + "0"), '"Frame Time: <seconds>" is missing'),
    "empty lines": (TEXT + "\n" * (SIZE - 100) + "0", ""),
    "more empty lines": (TEXT + "\n" * SIZE + "0", "has more than 4000000 lines"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_line_without_an_end(tmp_path: Path, name: str) -> None:
    """20 times the file's size are enough; read as one list of words, two of these took 60 and 250 times as much."""
    text, refused = FILES[name]
    file = tmp_path / "a.bvh"
    file.write_text(text)
    size = len(text)
    del text
    tracemalloc.start()
    try:
        if refused:
            with pytest.raises(UserError, match=refused):
                read_bvh(file)
        else:
            assert read_bvh(file).frames.tolist() == [[0, 0, 0], [1, 2, 3]]
        assert tracemalloc.get_traced_memory()[1] < 20 * size
    finally:
        tracemalloc.stop()


def test_numbers_on_one_line_cost_what_comes_out_of_them(tmp_path: Path) -> None:
    file = tmp_path / "a.bvh"
    file.write_text(TEXT + "0 " * (SIZE // 2))
    tracemalloc.start()
    try:
        frames = read_bvh(file).frames
        assert frames.shape == (2 + SIZE // 6, 3) and not frames[2:].any()
        assert tracemalloc.get_traced_memory()[1] < 4 * frames.nbytes
    finally:
        tracemalloc.stop()


def test_as_many_frames_as_come_are_counted_and_not_as_are_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.bvh"
    file.write_text(TEXT)
    monkeypatch.setattr(bvh, "MAX_FRAMES", 2)
    assert len(read_bvh(file).frames) == 2
    file.write_text(TEXT + "4 5 6 7")
    with pytest.raises(UserError, match=r"line 16: more than 2 frames"):
        read_bvh(file)
    monkeypatch.undo()
    monkeypatch.setattr(bvh, "MAX_POSES", 4)  # of two joints
    with pytest.raises(UserError, match="more than 2 frames"):
        read_bvh(file)


def test_a_pipe_and_a_file_beyond_all_size_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.bvh")
        with pytest.raises(UserError, match=r"pipe\.bvh cannot be read"):
            read_bvh(tmp_path / "pipe.bvh")
    (tmp_path / "large.bvh").write_text(TEXT)
    monkeypatch.setattr(bvh, "MAX_BYTES", len(TEXT) - 1)
    with pytest.raises(UserError, match=r"large\.bvh is too large"):
        read_bvh(tmp_path / "large.bvh")


def test_numbers_come_back_as_they_are_written_wherever_a_piece_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{0.1 * k:.4f} -{k}e-3 {k}.5" for k in range(40)]
    file = tmp_path / "a.bvh"
    head = TEXT[: TEXT.index("0 0 0\n1")].replace("Frames: 2", "Frames: 40")
    long = "0." + "3" * 60
    for size in (7, 64, 10**6):
        monkeypatch.setattr("coamd.rigs.files.bvh_text._PIECE", size)
        for separator in ("\n", " ", "\t", "\r\n"):
            file.write_bytes((head + separator.join(rows)).encode())
            written = read_bvh_text(file)
            assert [" ".join(word.decode() for word in row) for row in written.words] == rows
            assert written.bvh.frames.tolist() == [[float(word) for word in row.split()] for row in rows]
    file.write_text(head.replace("40", "1") + f"{long} 1.5 2")
    assert read_bvh_text(file).words.tolist() == [[repr(float(long)).encode(), b"1.5", b"2"]]
    file.write_text(head.replace("40", "1") + "0 1,5 2")
    assert read_bvh_text(file).words.tolist() == [[b"0", b"1.5", b"2"]]
