# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of motion capture files with what its ``manifest.csv`` and ``captions.jsonl`` say of them.

What is wrong is told with file and line and left out; the rest of the folder goes on.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....rigs.errors import UserError

SPLITS = ("train", "val", "test")
_NEEDED = ("id", "path", "start", "end", "split", "texts")
# Terms of a licence that bind what is made from a take.
_TERMS = (
    ("no derivatives", r"\bND\b|no[- ]?deriv"),
    ("non-commercial", r"\bNC\b|non[- ]?commercial|research (?:use )?only|academic use"),
    ("share-alike", r"\bSA\b|share[- ]?alike|\bGPL\b"),
)


@dataclass(frozen=True)
class TakeRow:
    """A motion file and what is said of it."""

    path: str
    split: str
    fps: float  # of an .amc, which carries none
    where: str  # file and line that name it


@dataclass(frozen=True)
class CaptionRow:
    """A captioned window of a take."""

    record: dict[str, Any]  # as in captions.jsonl, with texts that are not empty
    where: str


@dataclass
class CaptureFolder:
    """One source: its takes, the captioned windows of each, and what was wrong with it, as (where, why)."""

    folder: Path
    takes: list[TakeRow] = field(default_factory=list)
    captions: dict[str, list[CaptionRow]] = field(default_factory=dict)  # by the path of the take
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)  # what is special about what can be used
    licences: dict[str, int] = field(default_factory=dict)  # takes of each that the manifest names

    @property
    def name(self) -> str:
        """What its clips are marked with."""
        return self.folder.resolve().name


def read_folder(folder: Path) -> CaptureFolder:
    """What a folder of .bvh and .amc files says of itself; without a manifest all of them are training takes.

    Raises:
        UserError: the manifest has no columns ``path`` and ``split``.
    """
    source = CaptureFolder(folder)
    for row in _manifest(source):
        source.takes.append(row)
    splits = {row.path: row.split for row in source.takes}
    path = folder / "captions.jsonl"
    if not path.is_file():
        source.notes.append((str(folder), "no captions.jsonl: its takes teach the autoencoder alone"))
        return source
    seen: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        where = f"{path}, line {number}"
        record, why = _caption(line)
        if record is not None:
            why = _disagrees(record, splits, seen)
        if why or record is None:
            source.faults.append((where, why))
            continue
        seen.add(record["id"])
        source.captions.setdefault(record["path"], []).append(CaptionRow(record, where))
    return source


def _manifest(source: CaptureFolder) -> Iterator[TakeRow]:
    manifest = source.folder / "manifest.csv"
    if not manifest.is_file():
        for path in sorted(p for p in source.folder.rglob("*") if p.suffix.lower() in (".bvh", ".amc")):
            yield TakeRow(str(path.relative_to(source.folder)), "train", 30.0, str(path))
        return
    bound: list[tuple[str, int]] = []  # licences that bind, and the line of each
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"path", "split"}.issubset(rows.fieldnames or ()):
            raise UserError(
                f"{manifest} has no columns path and split.", "Add them (see docs/training.md).", "broken_manifest"
            )
        for row in rows:
            where = f"{manifest}, line {rows.line_num}"
            licence = (row.get("licence") or row.get("license") or "").strip()
            why = _row_fault(row, licence, bound)
            if why:
                source.faults.append((where, why))
                continue
            if terms(licence):
                bound.append((licence, rows.line_num))
            if licence:
                source.licences[licence] = source.licences.get(licence, 0) + 1
            yield TakeRow(row["path"], row["split"], float(row.get("fps") or 30.0), where)


def _row_fault(row: dict[str, str], licence: str, bound: list[tuple[str, int]]) -> str:
    """Why a row of the manifest cannot be used; empty where it can."""
    if not row["path"]:
        return "names no file"
    if row["split"] not in SPLITS:
        return f"split {row['split']!r} is not one of {', '.join(SPLITS)}"
    try:
        if not 0 < float(row.get("fps") or 30.0) < math.inf:
            raise ValueError
    except ValueError:
        return f"fps {row['fps']!r} is not a frame rate"
    if "no derivatives" in terms(licence):
        return f"licence {licence!r} allows no derived work, which trained weights are"
    for other, number in bound:
        if not compatible(licence, other):
            return f"licence {licence!r} does not go together with {other!r} of line {number}"
    return ""


def terms(licence: str) -> frozenset[str]:
    """Which terms a licence's name tells, of: no derivatives, non-commercial, share-alike."""
    return frozenset(term for term, pattern in _TERMS if re.search(pattern, licence, re.IGNORECASE))


def compatible(one: str, other: str) -> bool:
    """Whether one work can be made from both: share-alike asks for its own terms and no others."""
    if one.casefold() == other.casefold():
        return True
    first, second = terms(one), terms(other)
    return not ("share-alike" in first | second and first and second and first != second)


def _caption(line: str) -> tuple[dict[str, Any] | None, str]:
    """The record of a line, or None and what is wrong with it."""
    try:
        record = json.loads(line)
    except ValueError:
        return None, "is not JSON"
    if not isinstance(record, dict):
        return None, "is not a JSON object"
    lacking = [name for name in _NEEDED if name not in record]
    if lacking:
        return None, f"lacks {', '.join(lacking)}"
    texts = [record["texts"]] if isinstance(record["texts"], str) else record["texts"]
    times = (record["start"], record["end"])
    why = ""
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        why = "texts is not a list of sentences"
    elif not any(text.strip() for text in texts):
        why = "has a caption of nothing"
    elif not all(isinstance(time, int | float) and math.isfinite(time) and time >= 0 for time in times):
        why = "start and end are not times in seconds"
    if why:
        return None, why
    said = [text.strip() for text in texts if text.strip()]
    return record | {"texts": said, "id": str(record["id"]), "path": str(record["path"])}, ""


def _disagrees(record: dict[str, Any], splits: dict[str, str], seen: set[str]) -> str:
    """What in a caption does not fit the takes or the captions before it."""
    if record["split"] not in SPLITS:
        return f"split {record['split']!r} is not one of {', '.join(SPLITS)}"
    if record["id"] in seen:
        return f"there is a clip {record['id']} above"
    if record["path"] not in splits:
        return f"there is no take {record['path']} among the motion files that can be used"
    if splits[record["path"]] != record["split"]:
        return f"split {record['split']} differs from its take's, {splits[record['path']]}"
    return ""
