# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled takes as CSV and JSON, the same from the command line and from Blender."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...rigs.body.skeleton import FPS
from ..system.csv_cells import guarded
from .label import Segment


@dataclass(frozen=True)
class LabelledTake:
    """A take and its segments; ``name`` is the take in its file, "" where the file is the take."""

    path: Path | str
    name: str
    segments: tuple[Segment, ...]


BETWEEN = " · "  # file and take
Missed = tuple[str, str]  # file or take, and why


def take_title(path: str, name: str) -> str:
    """A take for people to read."""
    return f"{path}{BETWEEN}{name}" if name else path


def as_csv(done: Sequence[LabelledTake]) -> str:
    """One line for each name; a segment without motion has one line without a name."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "take", "start", "end", "rank", "label", "confidence", "score"))
    for item in done:
        for segment in item.segments:
            place = (
                guarded(str(item.path)),
                guarded(item.name),
                f"{segment.first / FPS:.2f}",
                f"{segment.end / FPS:.2f}",
            )
            if not segment.labels:
                writer.writerow((*place, "", "", "", ""))
            for rank, named in enumerate(segment.labels, start=1):
                sure = "" if named.confidence is None else f"{named.confidence:.4f}"
                writer.writerow((*place, rank, guarded(named.label), sure, f"{named.score:.4f}"))
    return out.getvalue()


def as_json(done: Sequence[LabelledTake], skipped: Sequence[Missed]) -> str:
    """All files with their segments, and those that were skipped with the reason."""
    files = [
        {
            "file": str(item.path),
            "take": item.name,
            "segments": [
                {
                    "start": segment.first / FPS,
                    "end": segment.end / FPS,
                    "labels": [
                        {
                            "label": named.label,
                            "confidence": None if named.confidence is None else round(named.confidence, 4),
                            "score": round(named.score, 4),
                        }
                        for named in segment.labels
                    ],
                }
                for segment in item.segments
            ],
        }
        for item in done
    ]
    missed = [{"file": name, "reason": reason} for name, reason in skipped]
    return json.dumps({"files": files, "skipped": missed}, indent=2, ensure_ascii=False) + "\n"
