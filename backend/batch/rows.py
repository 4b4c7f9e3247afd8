# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a batch: .csv with a header, or .jsonl with an object on each line; a row is a prompt.

Of the `COLUMNS` ``prompt`` alone must be there, and an empty cell takes the default. An unknown column is refused: it
would be a wish without effect. A cell that cannot be used spoils its own row alone.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ...rigs.errors import UserError
from ..fields import MAX_CANDIDATES
from ..limits import check
from ..motion_file import WRITABLE

COLUMNS = (
    "prompt",
    "name",
    "seconds",
    "seed",
    "variations",
    "format",
    "guidance_scale",
    "recognizer_guidance",
    "candidates",
)
SUFFIXES = (".csv", ".jsonl")
MOST_VARIATIONS = 1000
LONGEST_NAME = 100  # letters, so that a number and a suffix still fit into what file systems allow
SLUG = 60  # letters of the prompt in a name that is made of it
Default = TypeVar("Default", bound=int | None)
_UNFIT = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


@dataclass(frozen=True)
class Row:
    """What is wanted under one name. ``fault`` is the sentence that says why it cannot be made, else empty."""

    name: str
    prompt: str
    seconds: float = 4.0
    seed: int = 0
    variations: int = 1
    formats: tuple[str, ...] = (".npz",)
    guidance_scale: float | None = None
    recognizer_guidance: float | None = None
    candidates: int | None = None
    fault: str = ""

    def files(self, variation: int) -> tuple[str, ...]:
        """The files of one variation, counted from 0; with several ones ``name_1``, ``name_2``..."""
        number = f"_{variation + 1:0{len(str(self.variations))}d}" if self.variations > 1 else ""
        return tuple(f"{self.name}{number}{suffix}" for suffix in self.formats)


def read_rows(path: Path, defaults: Row) -> list[Row]:
    """The rows of a table; cells that are empty or missing are those of ``defaults``.

    Raises:
        UserError: no such file, no table, an unknown column, no row at all, or two rows that would be one file.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"{path.name} is no table of prompts.", "Give a .csv or a .jsonl file.", "unknown_suffix")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.", "Check the name and the folder.", "no_file") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name} is not UTF-8 text.", "Save it as CSV UTF-8.", "bad_table") from None
    records = list(_csv(path.name, text) if path.suffix.lower() == ".csv" else _jsonl(path.name, text))
    given = [cells["name"].casefold() for cells in records if cells.get("name")]
    twice = next((name for name in given if given.count(name) > 1), None) if len(set(given)) < len(given) else None
    if twice is not None:
        raise UserError(f"Two rows are named '{twice}'.", "Give each row a name of its own.", "same_name")
    taken = set(given)
    rows = []
    for cells in records:
        row = _row(cells, defaults)
        if row.name != cells.get("name"):
            row = replace(row, name=_free(row.name, taken))
            taken.add(row.name.casefold())
        rows.append(row)
    if not rows:
        raise UserError(f"{path.name} has no rows.", "Write one prompt a line below the header.", "empty_table")
    _check_files(rows)
    return rows


def _csv(name: str, text: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV table; commas, semicolons or tabs part its cells, whichever its header has most of."""
    header = text.split("\n", 1)[0]
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
        columns = [cell.strip().lower() for cell in next(lines, [])]
        _check_columns(name, columns)
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(columns):
                raise UserError(
                    f"Line {lines.line_num} of {name} has {len(cells)} cells for {len(columns)} columns.",
                    "Put a prompt that has commas into quotation marks.",
                    "bad_table",
                )
            yield {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}
    except csv.Error as error:
        raise UserError(f"{name} is no whole CSV table ({error}).", "Export it again as CSV.", "bad_table") from error


def _jsonl(name: str, text: str) -> Iterator[dict[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise UserError(
                f"Line {number} of {name} is no JSON object.", 'Write it as {"prompt": "a person walks"}.', "bad_table"
            )
        _check_columns(name, record)
        yield {key: _text(value) for key, value in record.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):  # of formats
        return " ".join(map(str, value))
    return str(value).strip()


def _check_columns(name: str, columns: Sequence[str] | dict[str, object]) -> None:
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise UserError(
            f"{name} has the unknown column '{unknown[0]}'.", f"Known are {', '.join(COLUMNS)}.", "unknown_column"
        )
    if "prompt" not in columns:
        raise UserError(f"{name} has no column 'prompt'.", f"Known are {', '.join(COLUMNS)}.", "no_prompts")
    if len(set(columns)) < len(columns):
        raise UserError(f"{name} has a column twice.", "Take one of them out.", "unknown_column")


def _row(cells: dict[str, str], defaults: Row) -> Row:
    prompt = cells.get("prompt", "")
    name = cells.get("name", "")
    row = replace(defaults, prompt=prompt, name=name or slug(prompt))
    try:
        if name and (_UNFIT.search(name) or name.startswith(".") or len(name) > LONGEST_NAME or name.endswith(".")):
            row = replace(row, name=slug(name))
            raise UserError(
                f"'{name}' cannot be the name of a file.", f"Use letters and digits, at most {LONGEST_NAME}."
            )
        row = replace(
            row,
            seconds=_number(cells, "seconds", row.seconds) or 0.0,
            seed=_whole(cells, "seed", row.seed, 0, 2**63 - 1),
            variations=_whole(cells, "variations", row.variations, 1, MOST_VARIATIONS),
            formats=formats(cells["format"]) if cells.get("format") else row.formats,
            guidance_scale=_number(cells, "guidance_scale", row.guidance_scale),
            recognizer_guidance=_number(cells, "recognizer_guidance", row.recognizer_guidance),
            candidates=_whole(cells, "candidates", row.candidates, 1, MAX_CANDIDATES),
        )
        check(row.prompt, row.seconds)
    except UserError as error:
        return replace(row, fault=str(error))
    return row


def formats(text: str) -> tuple[str, ...]:
    """Suffixes out of words like ``npz bvh``. UserError where one of them cannot be written."""
    found = tuple(dict.fromkeys("." + word.lower().lstrip(".") for word in re.split(r"[\s,;]+", text) if word))
    odd = next((suffix for suffix in found if suffix not in WRITABLE), "" if found else text)
    if odd or not found:
        raise UserError(f"'{odd}' is no format.", f"Use {' '.join(s[1:] for s in WRITABLE)}.", "unknown_suffix")
    return found


def _number(cells: dict[str, str], column: str, default: float | None) -> float | None:
    text = cells.get(column, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"'{text}' in the column {column} is no number.", "Write it as 2.5.", "bad_cell")
    return value


def _whole(cells: dict[str, str], column: str, default: Default, least: int, most: int) -> int | Default:
    text = cells.get(column, "")
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise UserError(
            f"'{text}' in the column {column} cannot be used.",
            f"Write a whole number from {least} to {most}.",
            "bad_cell",
        )
    return value


def slug(text: str) -> str:
    """A file name out of a text: its words with hyphens between, in any script."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:SLUG].rstrip("-") or "row"


def _free(name: str, taken: set[str]) -> str:
    """The name, or with the first number behind it that makes it new."""
    if name not in taken:
        return name
    number = next(i for i in range(2, len(taken) + 3) if f"{name}-{i}" not in taken)
    return f"{name}-{number}"


def _check_files(rows: Sequence[Row]) -> None:
    """No file may belong to two rows, also where a file system does not tell capitals from small letters."""
    owners: dict[str, str] = {}
    for row in rows:
        for variation in range(row.variations):
            for file in row.files(variation):
                other = owners.setdefault(file.casefold(), row.name)
                if other != row.name:
                    raise UserError(
                        f"The rows '{other}' and '{row.name}' would both write {file}.",
                        "Give one of them another name.",
                        "same_name",
                    )
