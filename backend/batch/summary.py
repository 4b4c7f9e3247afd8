# SPDX-License-Identifier: GPL-3.0-or-later
"""``summary.csv`` of a batch: what every row asked for and what became of it.

It is written before any work, while it goes on, and at its end, each time in one step. With it a later run knows whose
the files in the folder are: a file of a row that asked for something else is never taken for done, nor replaced.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...rigs.errors import UserError
from ..system.atomic_write import replacing
from ..system.csv_cells import guarded, unguarded
from .table import Row

FILE = "summary.csv"
WAITING, DONE, FAILED = "waiting", "done", "failed"
# Fields of a request that decide its motion.
ASKED = ("prompt", "seconds", "seed", "guidance_scale", "recognizer_guidance", "candidates")
COLUMNS = ("name", "state", "files", *ASKED, "variations", "notes")


@dataclass(frozen=True)
class Entry:
    """One row's line: what was asked for as text, its files, and sentences for the user."""

    name: str
    state: str
    asked: tuple[str, ...]
    files: tuple[str, ...] = ()
    variations: int = 1
    notes: tuple[str, ...] = ()


def entry_of(row: Row, state: str = WAITING) -> Entry:
    """The line of a row of which nothing is known yet."""
    files = tuple(file for variation in range(row.request.variations) for file in row.files(variation))
    return Entry(row.name, state, asked(row), files, row.request.variations)


def asked(row: Row) -> tuple[str, ...]:
    """What decides the motion of a row, as text."""
    values = (getattr(row.request, name) for name in ASKED)
    return tuple("" if value is None else str(value) for value in values)


@dataclass
class BatchSummary:
    """All lines by the rows' names, rows of earlier tables included."""

    folder: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> BatchSummary:
        """What is in the folder, empty where there is no summary. UserError where it cannot be read."""
        path = folder / FILE
        if not path.is_file():
            return cls(folder)
        try:
            with path.open(encoding="utf-8", newline="") as lines:
                rows = [_entry(row) for row in csv.DictReader(lines, strict=True)]
            entries = {row.name: row for row in rows}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
            raise UserError(
                f"{path} cannot be read.", "Move it away with the files beside it, or give another folder.", "summary"
            ) from error
        return cls(folder, entries)

    def change(self, name: str, **values: object) -> None:
        """Replace fields of a line."""
        self.entries[name] = replace(self.entries[name], **values)  # type: ignore[arg-type]

    def save(self) -> None:
        """Replace the file in one step. UserError where the disk refuses."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for entry in self.entries.values():
            files, notes = " | ".join(entry.files), " ".join(entry.notes)
            cells = (entry.name, entry.state, files, *entry.asked, str(entry.variations), notes)
            writer.writerow(map(guarded, cells))
        with replacing(self.folder / FILE) as part:
            part.write_text(out.getvalue(), encoding="utf-8", newline="")


def _entry(cells: Mapping[str, str]) -> Entry:
    row = {column: unguarded(cells[column]) for column in COLUMNS}
    notes = (row["notes"],) if row["notes"] else ()
    files = tuple(row["files"].split(" | ")) if row["files"] else ()
    return Entry(row["name"], row["state"], tuple(row[key] for key in ASKED), files, int(row["variations"]), notes)
