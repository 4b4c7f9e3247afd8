# SPDX-License-Identifier: GPL-3.0-or-later
"""HumanML3D, with the 400 action labels where they are there, and KIT-ML: joints in .npy files, captions in .txt."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ....rigs.errors import UserError
from . import bodies
from .layout import Layout, Recording

_SPLITS = ("train", "val", "test")
_LABELS = ("annotations_actions_400.json.gz", "annotations_actions_400.json")
_TREE = "new_joints/ID.npy, texts/ID.txt, train.txt, val.txt, test.txt"


def _captions(path: Path) -> list[tuple[str, float, float]]:
    """Sentence, start and end in seconds of each line "sentence#tokens#start#end"; 0 and 0 is the whole clip."""
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.strip().split("#")
        if not fields[0]:
            continue
        try:
            start, end = (float(value) for value in fields[2:4])
        except ValueError:
            start = end = 0.0
        whole = not (math.isfinite(start) and math.isfinite(end))
        found.append((fields[0].strip(), *((0.0, 0.0) if whole else (start, end))))
    return found


def _labels(folder: Path) -> dict[str, tuple[str, ...]]:
    """Action labels by clip from the 400-class annotations, where the user has put them in."""
    for name in _LABELS:
        path = folder / name
        if not path.is_file():
            continue
        try:
            raw = path.read_bytes()
            entries = json.loads(gzip.decompress(raw) if name.endswith(".gz") else raw)
            return {
                clip: tuple(dict.fromkeys(label for a in entry["annotations"] for label in a["processed_label_text"]))
                for clip, entry in entries.items()
            }
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{path} cannot be read.", "Get it again, or take it away.", "bad_layout") from error
    return {}


def _clip(folder: Path, name: str, split: str, fps: float, labels: tuple[str, ...]) -> Iterator[Recording | UserError]:
    """The clip with the sentences of its whole, and one more per part that sentences speak of."""
    path, count = folder / "new_joints" / f"{name}.npy", 21 if fps < 20 else 22
    try:
        points = np.load(path, allow_pickle=False).astype(np.float64)
        captions = _captions(folder / "texts" / f"{name}.txt")
    except (OSError, ValueError, EOFError):
        yield UserError(f"{name}: joints or captions cannot be read.", "", "bad_file")
        return
    if points.ndim != 3 or points.shape[1:] != (count, 3):
        yield UserError(f"{name}: the shape is {points.shape}, not (frames, {count}, 3).", "", "bad_file")
        return
    joints = points if count == 22 else bodies.converted(points, bodies.KIT)
    parts: dict[tuple[float, float], list[str]] = {}
    for sentence, start, end in captions:
        parts.setdefault((start, end), []).append(sentence)
    for number, ((start, end), sentences) in enumerate(sorted(parts.items())):
        first, last = (round(min(max(at * fps, 0.0), len(joints))) for at in (start, end))
        piece = joints if end <= start else joints[first:last]
        suffix = f"#{number}" if len(parts) > 1 else ""
        if len(piece):
            yield Recording(name + suffix, split, piece, fps, tuple(sentences), labels, name.startswith("M"))


def _read(layout: Layout, folder: Path, fps: float) -> Iterator[Recording | UserError]:
    layout.needs(folder, ("new_joints", "texts", *(f"{split}.txt" for split in _SPLITS)))
    labels = _labels(folder)
    for split in _SPLITS:
        for name in (folder / f"{split}.txt").read_text(encoding="utf-8").split():
            yield from _clip(folder, name, split, fps, labels.get(name.removeprefix("M"), ()))


HUMANML3D: Layout = Layout(
    "humanml3d",
    "HumanML3D",
    "https://github.com/EricGuo5513/HumanML3D (it is made from AMASS, which asks for a registration)",
    _TREE + "; labels, if wanted: annotations_actions_400.json.gz",
    ("standard",),
    lambda folder, _split: _read(HUMANML3D, folder, 20.0),
    brings_mirrored=True,
)
KIT_ML: Layout = Layout(
    "kit-ml",
    "KIT-ML",
    "https://github.com/EricGuo5513/HumanML3D (KIT-ML in the same form)",
    _TREE,
    ("standard",),
    lambda folder, _split: _read(KIT_ML, folder, 12.5),
    brings_mirrored=True,
)
