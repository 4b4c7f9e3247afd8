# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the words on a picture of the screen, as a person looks for a button by its name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PIL import Image, ImageOps

SCALE = 4  # Blender's letters are 8 pixels high; tesseract wants about 30
_INK = 150  # as light as letters are, of 255
_EDGE = 20  # pixels of white around the paper
_LEAST = 25.0  # confidence of a word, percent


@dataclass(frozen=True)
class Word:
    """One word and its box in pixels of the screen."""

    text: str
    left: int
    top: int
    width: int
    height: int
    line: tuple[int, ...]  # words of one line have the same

    @property
    def right(self) -> int:
        """The pixel behind its last letter."""
        return self.left + self.width

    @property
    def middle(self) -> tuple[int, int]:
        """Where to click."""
        return self.left + self.width // 2, self.top + self.height // 2


Box = tuple[int, int, int, int]  # left, top, right, bottom


def read(picture: Image.Image, box: Box, tesseract: Callable[[bytes], bytes]) -> list[Word]:
    """The words inside a box, in reading order. ``tesseract`` turns a PNG into its table of words.

    Blender writes in near white on grey, and on blue where a button is on: what is light becomes ink.
    """
    light = picture.crop(box).convert("L").point(lambda value: 255 if value > _INK else 0).getbbox()
    if light is None:
        return []
    box = (box[0] + light[0], box[1] + light[1], box[0] + light[2], box[1] + light[3])  # the rest has no letters
    part = picture.crop(box).convert("L")
    large = part.resize((part.width * SCALE, part.height * SCALE), Image.Resampling.BICUBIC)
    paper = ImageOps.expand(large.point(lambda value: 0 if value > _INK else 255), _EDGE, fill=255)
    png = io.BytesIO()
    paper.save(png, "PNG")
    found = []
    for word in _words(tesseract(png.getvalue()).decode("utf-8", "replace")):
        left, top = box[0] + (word.left - _EDGE) // SCALE, box[1] + (word.top - _EDGE) // SCALE
        found.append(replace(word, left=left, top=top, width=word.width // SCALE, height=word.height // SCALE))
    return found


def _words(table: str) -> Iterator[Word]:
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row.get("text", "").strip() and float(row["conf"]) >= _LEAST:
            box = (int(row[name]) for name in ("left", "top", "width", "height"))
            line = tuple(int(row[name]) for name in ("block_num", "par_num", "line_num"))
            yield Word(row["text"].strip(), *box, line)


def plain(text: str) -> str:
    """Without case and marks, which small letters make uncertain."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def phrase(words: list[Word], text: str) -> list[Word]:
    """Every place where the words of ``text`` stand one after the other in a line; each as one Word."""
    wanted = [plain(part) for part in text.split() if plain(part)]
    found: list[Word] = []
    for i in range(len(words) - len(wanted) + 1):
        run = words[i : i + len(wanted)]
        same = [plain(word.text) for word in run] == wanted and len({word.line for word in run}) == 1
        if same:
            left, top = run[0].left, min(word.top for word in run)
            right, bottom = run[-1].right, max(word.top + word.height for word in run)
            place = Word(text, left, top, right - left, bottom - top, run[0].line)
            if not any(abs(p.left - left) < 6 and abs(p.top - top) < 6 for p in found):
                found.append(place)
    return found
