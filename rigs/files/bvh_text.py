# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of BVH files as programs write it: encodings, separators, adjoining numbers, rounded frame times."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

# If several encodings can decode a file, the one in which sides are named: 左 is left and 右 is right, in Chinese (GBK)
# and in Japanese (Shift-JIS).
_ENCODINGS = ("gb18030", "cp932")
_SIDE_MARKS = "左右"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_NOTHING = "\0\x1a"  # padding of disk blocks, and DOS's end of file
_NUMBER = re.compile(r"[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?")
_TOUCHING = re.compile(r"(?<=[\d.])(?=[-+])")
_SPACE = re.compile(r"\s")
_PIECE = 2**18  # letters that are taken apart at a time
_LONG = 32  # letters of a number that stays as it is written
LARGEST = 1e9  # of any length or angle: a thousand kilometres in millimetres; their squares must not overflow
FASTEST = 2000.0  # frames per second
SAME_RATE = 2e-6  # relative; NTSC's rates are also written as 23.976 and 29.97
_RATES = tuple(1000.0 * whole / 1001.0 for whole in (24, 30, 48, 60, 120, 240))  # NTSC's


class LineError(ValueError):
    """An error in the text, and the number of its line, from 0."""

    def __init__(self, row: int, why: str) -> None:
        super().__init__(why)
        self.row = row


@dataclass(frozen=True)
class Rows:
    """Rows of numbers: (F, C) ASCII words as written, and their (F, C) values."""

    words: np.ndarray
    values: np.ndarray


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8 or UTF-16, else the one in which joints' sides are named."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    start = data[:256]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 8 and start[offset::2].count(0) > 0.9 * (len(start) // 2):
            return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    found = [(sum(map(text.count, _SIDE_MARKS)), text, encoding) for text, encoding in _readings(data)]
    _, text, encoding = max(found, key=lambda one: one[0], default=(0, data.decode("latin-1"), "latin-1"))
    return text, encoding


def _readings(data: bytes) -> list[tuple[str, str]]:
    out = []
    for encoding in _ENCODINGS:
        try:
            out.append((data.decode(encoding), encoding))
        except UnicodeDecodeError:
            continue
    return out


def lines_of(text: str) -> list[str]:
    """The lines as an editor counts them, without padding."""
    return text.rstrip(_NOTHING + " \t\r\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def is_empty(line: str) -> bool:
    """Whether a line is blank, padding, or a comment."""
    words = line.strip(_NOTHING + " \t")
    return not words or words.startswith(("#", "//"))


def number(word: str) -> float:
    """One number, also with a decimal comma; ValueError where it is not one."""
    word = word.rstrip(",;") or word
    try:
        value = float(word.replace(",", ".") if word.count(",") == 1 and "." not in word else word)
    except ValueError:
        raise ValueError(f"{_short(word)} is not a number") from None
    _check(value)
    return value


def _check(value: float) -> None:
    if not np.isfinite(value):
        raise ValueError("a value is not a finite number")
    if abs(value) > LARGEST:
        raise ValueError(f"a value is larger than {LARGEST:g}")


def frame_seconds(word: str) -> float:
    """The seconds between two frames that ``Frame Time: word`` means.

    The digits say how exact it is: 0.0333 is a thirtieth, 0.0333667 is NTSC's 29.97 frames a second, 0.041708 its
    23.976. Any other rate stays as written.

    Raises:
        ValueError: not a number, or not a time between two frames.
    """
    seconds = number(word)
    if not 1.0 / FASTEST <= seconds < 10.0:
        raise ValueError(f"{_short(word)} seconds from frame to frame are impossible")
    plain = word.rstrip(",;").replace(",", ".").lower()
    digits = len(plain.partition(".")[2]) if "e" not in plain else 12
    candidates = (float(max(round(1.0 / seconds), 1)), *_RATES)
    for within in (0.5, 1.0):  # rounded at the last digit, else cut off there
        for rate in candidates:
            if abs(1.0 / rate - seconds) <= within * 10.0**-digits * (1.0 + 1e-9) and abs(rate * seconds - 1.0) < 0.05:
                return 1.0 / rate
    return next((1.0 / rate for rate in _RATES if abs(rate * seconds - 1.0) < SAME_RATE), seconds)


def rows_of(lines: list[str], first: int, width: int, most: int, words: bool = True) -> Rows:
    """All whole rows of ``width`` numbers from the line ``first`` on, regardless of line breaks.

    The text is taken in pieces, so that what is in memory besides is what comes out.

    Args:
        most: rows that are taken.
        words: keep how each number is written; else ``words`` of the result is empty.

    Raises:
        LineError: there are more rows, a word is not a number and numbers come after it, or a value is not finite or
            too large.
    """
    try:
        return _collected(_plain(lines, first), lines, first, width, most, words)
    except LineError:
        raise
    except ValueError:
        return _collected(_repaired(lines, first), lines, first, width, most, words)


def _collected(pieces: Iterable[list[str]], lines: list[str], first: int, width: int, most: int, keep: bool) -> Rows:
    values, words, taken = [np.zeros(0)], [np.zeros(0, dtype="S1")], 0
    for piece in pieces:
        found = np.array(piece, dtype=np.float64)
        wrong = np.flatnonzero(~np.isfinite(found) | (np.abs(found) > LARGEST))
        if len(wrong):
            try:
                _check(float(found[wrong[0]]))
            except ValueError as error:
                raise LineError(_row_of(lines, first, taken + int(wrong[0])), str(error)) from None
        taken += len(found)
        if taken >= (most + 1) * width:
            raise LineError(_row_of(lines, first, most * width), f"more than {most} frames")
        values.append(found)
        if keep:
            short = [word if len(word) <= _LONG else repr(float(word)) for word in piece]
            words.append(np.array(short, dtype="S"))
    count = taken // max(width, 1)
    written = np.concatenate(words)
    return Rows(
        written[: count * width].reshape(count, width) if keep else written.reshape(0, width),
        np.concatenate(values)[: count * width].reshape(count, width),
    )


def _plain(lines: list[str], first: int) -> Iterator[list[str]]:
    """The words of the lines, so many at a time that few are in memory."""
    piece, size = list[str](), 0
    for row in range(first, len(lines)):
        line = lines[row]
        piece.append(line)
        size += len(line) + 1
        if size < _PIECE:
            continue
        text, start = " ".join(piece), 0
        while start < len(text):
            space = _SPACE.search(text, start + _PIECE)
            end = space.start() if space else len(text)
            yield text[start:end].split()
            start = end
        piece, size = [], 0
    yield " ".join(piece).split()


def _repaired(lines: list[str], first: int) -> Iterator[list[str]]:
    """The numbers of lines that plain reading refuses: glued together, with decimal commas, with other separators."""
    commas = not any("." in lines[row] for row in range(first, len(lines)))  # no point anywhere: commas are decimal
    out: list[str] = []
    for row in range(first, len(lines)):
        if is_empty(lines[row]):
            continue
        for words in _plain([lines[row].strip(_NOTHING)], 0):
            for k, word in enumerate(words):
                found = _numbers(word, commas)
                if found is not None:
                    out += found
                    continue
                starts = (word for rest in range(row + 1, len(lines)) for word in lines[rest][:_PIECE].split()[:1])
                if all(_numbers(later, commas) is None for later in chain(words[k + 1 :], starts)):
                    yield out  # what ends the file is not a motion
                    return
                raise LineError(row, f"{_short(word)} is not a number")
        if len(out) > _PIECE // 8:
            yield out
            out = []
    yield out


def _numbers(word: str, commas: bool) -> list[str] | None:
    """The numbers that a word consists of, with points; None where it does not."""
    if len(word) > _PIECE:
        return None
    parts = re.split(r"[;]" if commas else r"[;,]", word)
    parts = [piece for part in parts if part for piece in _TOUCHING.split(part)]
    if not all(_NUMBER.fullmatch(part) or part.lower().lstrip("+-") in ("nan", "inf") for part in parts):
        return None
    return [part.replace(",", ".") for part in parts]


def _row_of(lines: list[str], first: int, place: int) -> int:
    """The line of the number at ``place``, approximately where numbers adjoin."""
    for row, line in enumerate(lines[first:], start=first):
        place -= len(line.split())
        if place < 0:
            return row
    return len(lines) - 1


def _short(word: str) -> str:
    return repr(word if len(word) <= 20 else f"{word[:20]}...")
