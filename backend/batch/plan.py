# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a table is still to be made, as takes: one variation of one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .summary import ASKED, DONE, FAILED, WAITING, BatchSummary, Entry, asked, entry_of
from .table import Row


@dataclass(frozen=True)
class PlannedTake:
    """One motion to make, and the files of it that are not there yet."""

    row: Row
    variation: int
    files: tuple[str, ...]


def planned(rows: Sequence[Row], summary: BatchSummary) -> list[PlannedTake]:
    """The takes that are missing in the summary's folder; the summary then has a line for every row.

    A row whose files belong to something else fails with a sentence, and they stay as they are.
    """
    takes: list[PlannedTake] = []
    for row in rows:
        known = summary.entries.get(row.name)
        fresh = entry_of(row)
        there = {file for file in fresh.files if (summary.folder / file).exists()}
        fault = row.fault or (_foreign(row, known, min(there)) if there else "")
        if fault:
            # whose files these are must not be forgotten, nor strange ones be taken for this row's
            kept = known or (replace(fresh, asked=("",) * len(ASKED)) if there else fresh)
            summary.entries[row.name] = replace(kept, state=FAILED, notes=(fault,))
            continue
        missing = [
            PlannedTake(row, number, tuple(file for file in row.files(number) if file not in there))
            for number in range(row.request.variations)
        ]
        missing = [take for take in missing if take.files]
        notes = known.notes if known and there and known.state != FAILED else ()
        summary.entries[row.name] = replace(fresh, state=WAITING if missing else DONE, notes=notes)
        takes += missing
    return takes


def _foreign(row: Row, known: Entry | None, file: str) -> str:
    """The sentence for a file that is there and not this row's; empty where it is."""
    if known is None:
        return f"{file} is there already and of no row that this folder knows. Move it away, or rename the row."
    if known.asked == asked(row):
        return ""
    if known.asked == ("",) * len(ASKED):
        return f"{file} is there already and was not made by a batch. Move it away, or rename the row."
    was = ", ".join(
        f"{name} {old!r}" for name, old, new in zip(ASKED, known.asked, asked(row), strict=True) if old != new
    )
    return f"{file} was made with {was}. Rename the row, or move its files away to have it made again."
