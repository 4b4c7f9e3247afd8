# SPDX-License-Identifier: GPL-3.0-or-later
"""BVH as programs write it: the same motion whatever the text looks like, and the rate that the digits mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from coamd.rigs.errors import UserError
from coamd.rigs.files.bvh import Bvh, parse_bvh, read_bvh
from coamd.rigs.files.bvh_text import decoded, frame_seconds
from coamd.rigs.files.bvh_writer import write_bvh
from coamd.rigs.files.joints_bvh import joints_bvh

from tests.motions import walk


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("bvh") / "walk.bvh"
    write_bvh(path, joints_bvh(walk(1.0), 20.0))
    return path.read_text()


def motion(text: str, change: Callable[[str], str]) -> str:
    """The text with its rows of numbers changed."""
    head, _, rows = text.partition("Frame Time:")
    time, _, rows = rows.partition("\n")
    return f"{head}Frame Time:{time}\n{change(rows)}"


def glued(rows: str) -> str:
    return re.sub(r"(?<=\d) (?=-)", "", rows)


def hierarchy(text: str, change: Callable[[str], str]) -> str:
    head, mark, rest = text.partition("MOTION")
    return change(head) + mark + rest


WAYS: dict[str, Callable[[str], str]] = {
    "blank lines in the motion part": lambda t: t.replace("MOTION\n", "MOTION\n\n").replace(
        "Frame Time", "\nFrame Time"
    ),
    "no blank after the colon": lambda t: t.replace("Frames: ", "Frames:").replace("Time: ", "Time:"),
    "blanks around the colon": lambda t: t.replace("Frames:", "frames :").replace("Frame Time:", "FRAME TIME :"),
    "braces on the line of the name": lambda t: hierarchy(t, lambda h: re.sub(r"\n\s*{", " {", h)),
    "all of a joint on one line": lambda t: hierarchy(t, lambda h: re.sub(r"\n\s*(OFFSET|CHANNELS)", r" \1", h)),
    "another line ending": lambda t: t.replace("\n", "\r\n"),
    "an old line ending": lambda t: t.replace("\n", "\r"),
    "tabs": lambda t: t.replace(" ", "\t"),
    "upper case": lambda t: hierarchy(t, lambda h: h.replace("offset", "OFFSET").replace("rotation", "ROTATION")),
    "a mark at the end": lambda t: t + "\n\n\x1a",
    "filled up to a block": lambda t: t + "\0" * 512,
    "words at the end": lambda t: t + "\nexported by a program\n",
    "numbers that touch": lambda t: motion(t, glued),
    "decimal commas": lambda t: motion(t, lambda rows: rows.replace(".", ",")),
    "commas between numbers": lambda t: motion(t, lambda rows: re.sub(r"(?<=\d) (?=[-\d])", ", ", rows)),
    "semicolons between numbers": lambda t: motion(t, lambda rows: re.sub(r"(?<=\d) (?=[-\d])", ";", rows)),
    "rows of five numbers": lambda t: motion(t, lambda rows: re.sub(r"((?:\S+\s+){5})", r"\1\n", rows)),
    "comments": lambda t: "# made by hand\n" + motion(t, lambda rows: "# here they come\n" + rows),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_motion_in_every_way_of_writing_it(text: str, way: str, tmp_path: Path) -> None:
    good, changed = parse_bvh(text.splitlines()), WAYS[way](text)
    assert changed != text
    (tmp_path / "a.bvh").write_bytes(changed.encode())
    read = read_bvh(tmp_path / "a.bvh")
    assert read.names == good.names
    assert read.fps == good.fps
    assert not read.remark
    np.testing.assert_allclose(read.frames, good.frames, atol=1e-9)
    np.testing.assert_allclose(read.offsets, good.offsets, atol=1e-9)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding(text: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.bvh").write_bytes(text.replace("left_", "левый_").encode(encoding))
    assert any(name.startswith("левый_") for name in read_bvh(tmp_path / "a.bvh").names)


@pytest.mark.parametrize(("encoding", "left", "right"), [("gbk", "左腿", "右腿"), ("shift_jis", "左足", "右足")])
def test_sides_that_are_named_in_an_old_encoding(encoding: str, left: str, right: str) -> None:
    """Read in the wrong one the bytes make other letters, but no sides."""
    found, _ = decoded(f"JOINT {left}\nJOINT {right}\n".encode(encoding))
    assert found.split("\n")[:2] == [f"JOINT {left}", f"JOINT {right}"]


def test_a_recording_that_broke_off_is_read_as_far_as_it_is_whole(text: str) -> None:
    whole = parse_bvh(text.splitlines())
    count = len(whole.frames)
    lines = text.splitlines()
    broken: Bvh = parse_bvh([*lines[:-1], lines[-1][: len(lines[-1]) // 2]])
    np.testing.assert_array_equal(broken.frames, whole.frames[:-1])
    assert broken.remark == f"The file announces {count} frames and holds {count - 1}; all complete ones are used."
    never_counted = parse_bvh(text.replace(f"Frames: {count}", "Frames: 0").splitlines())
    np.testing.assert_array_equal(never_counted.frames, whole.frames)
    assert never_counted.remark.startswith("The file announces 0 frames")


def test_a_word_in_the_middle_is_named_with_its_line_and_in_short(text: str) -> None:
    lines = text.splitlines()
    at = len(lines) - 5
    lines[at] = "x" * 1000 + " " + lines[at]
    with pytest.raises(UserError, match=rf"line {at + 1}: 'x{{20}}\.\.\.' is not a number") as caught:
        parse_bvh(lines)
    assert len(caught.value.message) < 120


RATES = {
    "0.0417083750417": 24000 / 1001,
    "0.041708": 24000 / 1001,
    "0.0333666667": 30000 / 1001,
    "0.0334": 30000 / 1001,
    "0.0083417": 120000 / 1001,
    "0.033333": 30.0,
    "0.0333": 30.0,
    "0.033": 30.0,
    "0.0416": 24.0,
    "0.0083333": 120.0,
    "0.008": 125.0,
    "0.0166667": 60.0,
    "0,05": 20.0,
    "5.0e-2": 20.0,
    "1": 1.0,
}


@pytest.mark.parametrize(("word", "fps"), RATES.items())
def test_a_rate_is_what_its_digits_mean(word: str, fps: float) -> None:
    assert 1.0 / frame_seconds(word) == pytest.approx(fps, rel=1e-9)


def test_a_rate_that_is_none_of_the_usual_stays() -> None:
    assert frame_seconds("0.0432109876") == 0.0432109876


@pytest.mark.parametrize("word", ["5e-324", "1e-9", "0", "-0.05", "nan", "20", "fast"])
def test_a_time_between_frames_that_is_impossible(word: str) -> None:
    with pytest.raises(ValueError, match=r"impossible|not a"):
        frame_seconds(word)
