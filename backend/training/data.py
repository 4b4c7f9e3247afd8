# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepared motion: what ``coamd prepare`` writes and what training and evaluation read.

A folder with ``clips.npz`` and ``takes.npz`` (``joints`` (sum of F, 22, 3) float32 in metres, Y up, 20 fps;
``starts`` (N + 1,) row offsets) and ``clips.json`` and ``takes.json`` (one record per item, in the same order).
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import numpy as np

from ...rigs.errors import UserError
from ..system.atomic_write import replacing


@dataclass(frozen=True)
class Clip:
    """A captioned clip, canonical (floor 0, start at the origin facing +Z)."""

    id: str
    split: str  # train, val or test
    joints: np.ndarray = field(repr=False)  # (F, 22, 3), F a multiple of 4, 40 to 196
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    group: str = ""
    mirrored: bool = False
    # Other ways to say it (``wordings``) and what is measured in it; training alone reads them.
    wordings: tuple[str, ...] = ()
    source: str = ""  # the folder that it comes from


@dataclass(frozen=True)
class RecordedTake:
    """A whole recording without words, for the autoencoder."""

    id: str
    split: str
    joints: np.ndarray = field(repr=False)  # (F, 22, 3) floor 0, place and heading as recorded
    source: str = ""  # the folder that it comes from


def save_items(folder: Path, name: str, items: Sequence[Clip] | Sequence[RecordedTake]) -> None:
    """Write ``NAME.npz`` and ``NAME.json``; UserError "disk_full" or "not_writable"."""
    starts = np.cumsum([0, *(len(item.joints) for item in items)])
    joints = np.concatenate([item.joints for item in items]).astype(np.float32)
    archive = io.BytesIO()  # a zip file that is cut short by a full disk complains once more when it is closed
    np.savez(archive, joints=joints, starts=starts)
    with replacing(folder / f"{name}.npz") as part:
        part.write_bytes(archive.getbuffer())
    records = []
    for item in items:
        record = asdict(item)
        del record["joints"]
        records.append(record)
    with replacing(folder / f"{name}.json") as part:
        part.write_text(json.dumps(records, indent=0), encoding="utf-8")


def _load(folder: str | Path, name: str, kind: type[Clip] | type[RecordedTake]) -> list[tuple[dict, np.ndarray]]:
    folder = Path(folder)
    try:
        records = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        with np.load(folder / f"{name}.npz", allow_pickle=False) as arrays:
            joints, starts = arrays["joints"], arrays["starts"]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            f"{folder} holds no prepared motion ({name}.npz and {name}.json).",
            f"Make it with: coamd prepare SOURCE {folder}",
            "no_data",
        ) from error
    if len(starts) != len(records) + 1 or starts[-1] != len(joints):
        raise UserError(f"{folder}/{name}.npz and {name}.json do not fit.", "Run coamd prepare again.", "no_data")
    lacking = sorted({entry.name for entry in fields(kind)} - {"joints"} - set(records[0] if records else ()))
    if records and lacking:
        raise UserError(
            f"{folder}/{name}.json has no {' and no '.join(lacking)}: an earlier version prepared it.",
            "Run coamd prepare again.",
            "no_data",
        )
    return [(record, joints[a:b]) for record, a, b in zip(records, starts[:-1], starts[1:], strict=True)]


def load_clips(folder: str | Path) -> list[Clip]:
    """All captioned clips of a prepared folder, mirrored ones included. UserError where there are none."""
    return [
        Clip(
            record["id"],
            record["split"],
            joints,
            tuple(record["texts"]),
            tuple(record["labels"]),
            record["group"],
            record["mirrored"],
            tuple(record["wordings"]),
            record["source"],
        )
        for record, joints in _load(folder, "clips", Clip)
    ]


def load_takes(folder: str | Path) -> list[RecordedTake]:
    """All whole takes of a prepared folder. UserError where there are none."""
    return [
        RecordedTake(record["id"], record["split"], joints, record["source"])
        for record, joints in _load(folder, "takes", RecordedTake)
    ]


def rarity(clips: Sequence[Clip], power: float = 0.5) -> np.ndarray:
    """How often each clip is drawn (N,), in sum 1: more often with rare labels, by that power of their count."""
    counts = Counter(label for clip in clips for label in set(clip.labels))
    rare = [np.mean([counts[label] ** -power for label in clip.labels] or [len(clips) ** -power]) for clip in clips]
    whole: np.ndarray = np.array(rare) / np.sum(rare)
    return whole
