# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a batch: .csv with a header, or .jsonl with an object on each line; a row is a prompt.

Of the `COLUMNS` ``prompt`` alone must be there, and an empty cell takes the default. An unknown column is refused: it
would have no effect. A cell that cannot be used spoils its own row alone.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ...rigs.errors import UserError
from ...rigs.files.regular_file import read_regular
from ..files.motion_file import WRITABLE
from ..requests.fields import MAX_CANDIDATES
from ..requests.generate import GenerateRequest
from ..requests.limits import PROMPT_LENGTH, check

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
LARGEST = 2**26  # bytes of a table
LONGEST_NAME = 100  # letters
LONGEST_NAME_BYTES = 200  # of 255: a number, a suffix and the mark of an unfinished file are added
SLUG, SLUG_BYTES = 60, 180  # letters of the prompt in a name that is made of it, and bytes
Default = TypeVar("Default", bound=int | None)
_FAULT = "fault"  # no column has this name
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
csv.field_size_limit(LARGEST)  # a huge cell spoils its own row: the prompt is too long
_UNFIT = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


@dataclass(frozen=True)
class Row:
    """What is wanted under one name. ``fault`` is the sentence that says why it cannot be made, else empty."""

    name: str
    request: GenerateRequest
    formats: tuple[str, ...] = (".npz",)
    fault: str = ""

    def files(self, variation: int) -> tuple[str, ...]:
        """The files of one variation, counted from 0; with several ones ``name_1``, ``name_2``..."""
        count = self.request.variations
        number = f"_{variation + 1:0{len(str(count))}d}" if count > 1 else ""
        return tuple(f"{self.name}{number}{suffix}" for suffix in self.formats)


def read_rows(path: Path, defaults: Row) -> list[Row]:
    """The rows of a table; cells that are empty or missing are those of ``defaults``.

    Raises:
        UserError: no such file, no table, an unknown column, no row at all, or two rows that would be one file.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"{path.name} is not a table of prompts.", "Give a .csv or a .jsonl file.", "unknown_suffix")
    text = _read(path)
    records = list(_csv(path.name, text) if path.suffix.lower() == ".csv" else _jsonl(path.name, text))
    given = Counter(cells["name"].casefold() for cells in records if cells.get("name"))
    twice = next((name for name, count in given.items() if count > 1), None)
    if twice is not None:
        raise UserError(f"Two rows are named '{_plain(twice)}'.", "Give each row a name of its own.", "same_name")
    taken = dict.fromkeys(given, 2)
    rows = []
    for cells in records:
        row = _row(cells, defaults)
        if row.name != cells.get("name"):
            row = replace(row, name=_free(row.name, taken))
        rows.append(row)
    if not rows:
        raise UserError(f"{path.name} has no rows.", "Write one prompt a line below the header.", "empty_table")
    _check_files(rows)
    return rows


def _read(path: Path) -> str:
    try:
        text = read_regular(path, LARGEST).decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.", "Check the name and the folder.", "no_file") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name} is not UTF-8 text.", "Save it as CSV UTF-8.", "bad_table") from None
    except ValueError:
        text = f"{path.name} has more than {LARGEST >> 20} MiB."
        raise UserError(text, "Divide it into several tables.", "bad_table") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).", "Check the file.", "no_file") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


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
        text = f"{name} is not a complete CSV table ({error})."
        raise UserError(text, "Export it again as CSV.", "bad_table") from error


def _jsonl(name: str, text: str) -> Iterator[dict[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            record = None
        except (ValueError, RecursionError):  # it is JSON, and a number in it too long or its lists too deep
            yield {"prompt": "", "name": f"line-{number}", _FAULT: f"Line {number} holds a value that cannot be read."}
            continue
        if not isinstance(record, dict):
            text = f"Line {number} of {name} is not a JSON object."
            raise UserError(text, 'Write it as {"prompt": "a person walks"}.', "bad_table")
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
    prompt = _plain(cells.get("prompt", ""))
    name = cells.get("name", "")
    # What a summary can hold, whatever is wrong with the row.
    request = replace(defaults.request, prompt=prompt[:PROMPT_LENGTH])
    row = replace(defaults, name=name or slug(prompt), request=request)
    if _FAULT in cells:
        return replace(row, fault=cells[_FAULT])
    try:
        if name and not _can_be_a_file(name):
            row = replace(row, name=slug(name))
            raise UserError(
                f"'{_plain(name)[:LONGEST_NAME]}' cannot be the name of a file.",
                f"Use at most {LONGEST_NAME} letters and digits ({LONGEST_NAME_BYTES // 3} Chinese or Japanese ones).",
            )
        if not _is_text(cells.get("prompt", "")):
            raise UserError("The prompt holds half a character.", "Write the table again as UTF-8.")
        request = replace(
            request,
            seconds=_number(cells, "seconds", request.seconds) or 0.0,
            seed=_whole(cells, "seed", request.seed, 0, 2**63 - 1),
            variations=_whole(cells, "variations", request.variations, 1, MOST_VARIATIONS),
            guidance_scale=_number(cells, "guidance_scale", request.guidance_scale),
            recognizer_guidance=_number(cells, "recognizer_guidance", request.recognizer_guidance),
            candidates=_whole(cells, "candidates", request.candidates, 1, MAX_CANDIDATES),
        )
        row = replace(row, request=request, formats=formats(cells["format"]) if cells.get("format") else row.formats)
        check(replace(request, prompt=prompt, variations=1))  # they are made one by one
    except UserError as error:
        return replace(row, fault=str(error))
    return row


def formats(text: str) -> tuple[str, ...]:
    """Suffixes out of words like ``npz bvh``. UserError where one of them cannot be written."""
    found = tuple(dict.fromkeys("." + word.lower().lstrip(".") for word in re.split(r"[\s,;]+", text) if word))
    odd = next((suffix for suffix in found if suffix not in WRITABLE), "" if found else text)
    if odd or not found:
        raise UserError(f"'{odd}' is not a format.", f"Use {' '.join(s[1:] for s in WRITABLE)}.", "unknown_suffix")
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
        raise UserError(f"'{text}' in the column {column} is not a number.", "Write it as 2.5.", "bad_cell")
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
    words = re.sub(r"[\W_]+", "-", _plain(text[:LONGEST_NAME]).lower()).strip("-")[:SLUG]
    return words.encode()[:SLUG_BYTES].decode(errors="ignore").rstrip("-") or "row"


def _can_be_a_file(name: str) -> bool:
    if _UNFIT.search(name) or name.startswith(".") or name.endswith(".") or not _is_text(name):
        return False
    return len(name) <= LONGEST_NAME and len(name.encode()) <= LONGEST_NAME_BYTES


def _is_text(text: str) -> bool:
    """Whether every character can be written; JSON can hold half of a surrogate pair."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _plain(text: str) -> str:
    """A text as it can be written and read back: control characters but for line ends are blanks."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).encode(errors="replace").decode()


def _free(name: str, taken: dict[str, int]) -> str:
    """The name, or with the first number behind it that makes it new. ``taken``: names, each with the number to try."""
    key = name.casefold()
    if key not in taken:
        taken[key] = 2
        return name
    while f"{key}-{taken[key]}" in taken:
        taken[key] += 1
    free = f"{name}-{taken[key]}"
    taken[free.casefold()] = 2
    taken[key] += 1
    return free


def _check_files(rows: Sequence[Row]) -> None:
    """No file may belong to two rows, also where a file system does not tell capitals from small letters."""
    owners: dict[str, str] = {}
    for row in rows:
        for variation in range(row.request.variations):
            for file in row.files(variation):
                other = owners.setdefault(file.casefold(), row.name)
                if other != row.name:
                    raise UserError(
                        f"The rows '{other}' and '{row.name}' would both write {file}.",
                        "Give one of them another name.",
                        "same_name",
                    )
