# SPDX-License-Identifier: GPL-3.0-or-later
"""From motion capture files and captions to prepared motion (see ``data``)."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...rigs.canonical import at_origin, canonical_take, mirrored
from ...rigs.errors import UserError
from ...rigs.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ...rigs.sources import read_source
from .data import Clip, Take, save_items
from .datasets.layout import Layout, recordings
from .words import mirrored_text

# A joint that moves more than this between two frames is a tracking fault: 1 m per 1/20 s is 20 m/s, twice
# the fastest fist of the data.
MAX_STEP = 1.0


@dataclass
class Report:
    """What a run of ``prepare`` kept and what it discarded."""

    clips: int = 0
    minutes: float = 0.0
    takes: int = 0
    take_minutes: float = 0.0
    per_split: Counter[str] = field(default_factory=Counter)
    discarded: list[tuple[str, str]] = field(default_factory=list)  # (id, why)

    def text(self) -> str:
        """The report as the user reads it."""
        lines = [f"{self.takes} takes, {self.take_minutes:.1f} min; {self.clips} clips, {self.minutes:.1f} min,"]
        lines[0] += " " + ", ".join(f"{split} {count}" for split, count in sorted(self.per_split.items()))
        lines[0] += " (mirrored copies counted)"
        reasons = Counter(why for _, why in self.discarded)
        lines += [f"discarded {count}: {why}" for why, count in reasons.most_common()]
        return "\n".join(lines)


def discard_reason(joints: np.ndarray) -> str | None:
    """Why a clip (F, 22, 3) is of no use for training, or None."""
    if len(joints) < MIN_FRAMES:
        return f"shorter than {MIN_FRAMES} frames at {FPS:.0f} fps"
    if not np.isfinite(joints).all():
        return "values that are not numbers"
    if np.linalg.norm(np.diff(joints, axis=0), axis=-1).max() > MAX_STEP:
        return f"a joint jumps more than {MAX_STEP:.0f} m in one frame"
    return None


def mirrored_clip(clip: Clip) -> Clip:
    """The clip seen in a mirror, its words and labels too."""
    return Clip(
        f"M{clip.id}",
        clip.split,
        mirrored(clip.joints),
        tuple(map(mirrored_text, clip.texts)),
        tuple(map(mirrored_text, clip.labels)),
        clip.group,
        True,
    )


def _sources(source: Path) -> Iterator[dict[str, str]]:
    """The rows of ``manifest.csv``, or a row for each .bvh and .amc file of a folder without one."""
    manifest = source / "manifest.csv"
    if manifest.is_file():
        with manifest.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if not {"path", "split"}.issubset(rows.fieldnames or ()):
                raise UserError(
                    f"{manifest} has no columns path and split.", "Add them (see docs/training.md).", "broken_manifest"
                )
            yield from rows
        return
    files = sorted(path for path in source.rglob("*") if path.suffix.lower() in (".bvh", ".amc"))
    for path in files:
        yield {"path": str(path.relative_to(source)), "split": "train"}


def _captions(source: Path) -> dict[str, list[dict]]:
    """Caption records by the path of their take; none where there is no ``captions.jsonl``."""
    found: dict[str, list[dict]] = {}
    path = source / "captions.jsonl"
    if not path.is_file():
        return found
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            record = json.loads(line)
            lacking = {"id", "path", "start", "end", "split", "texts"}.difference(record)
        except (ValueError, TypeError):
            lacking = {"a JSON object"}
        if lacking:
            raise UserError(
                f"Line {number} of {path} lacks {', '.join(sorted(lacking))}.",
                "Mend that line (see docs/training.md).",
                "broken_captions",
            )
        found.setdefault(record["path"], []).append(record)
    return found


def clip_of(take: np.ndarray, record: dict) -> Clip:
    """Cut the window of a caption record out of its take (F, 22, 3) at 20 fps."""
    first = round(record["start"] * FPS)
    count = min(round(record["end"] * FPS) - first, len(take) - first, MAX_FRAMES)
    window = take[first : first + count - count % TOKEN_FRAMES]
    joints = at_origin(window).astype(np.float32) if len(window) else window
    labels = record.get("labels_checked") or record.get("labels", ())
    return Clip(
        record["id"], record["split"], joints, tuple(record["texts"]), tuple(labels), record.get("action_group", "")
    )


def prepare(source: Path, out: Path, tick: Callable[[], object] = lambda: None) -> Report:
    """Read every take of ``source``, write the prepared folder ``out``; ``tick`` is called once per take.

    Raises:
        UserError: no motion files, none that could be used, or a broken manifest or list of captions.
    """
    report = Report()
    captions = _captions(source)
    takes: list[Take] = []
    clips: list[Clip] = []
    for row in _sources(source):
        tick()
        try:
            motion = read_source(source / row["path"], amc_fps=float(row.get("fps") or 30.0))
        except UserError as error:
            report.discarded.append((row["path"], error.message))
            continue
        take = canonical_take(motion.joints, motion.fps).astype(np.float32)
        takes.append(Take(row["path"], row["split"], take))
        for record in captions.get(row["path"], ()):
            clip = clip_of(take, record)
            why = discard_reason(clip.joints)
            if why:
                report.discarded.append((clip.id, why))
            else:
                clips += [clip, mirrored_clip(clip)]
    if not takes:
        raise UserError(f"No motion in {source} could be read.", "Give a folder with .bvh or .amc files.", "no_motion")
    if not clips:
        raise UserError(
            f"{source} has motion but no clip with a caption.",
            "Add a captions.jsonl (see docs/training.md).",
            "no_clips",
        )
    return written(out, takes, clips, report)


def prepare_layout(
    layout: Layout, source: Path, split: str, out: Path, tick: Callable[[], object] = lambda: None
) -> Report:
    """A public data set in its own layout to a prepared folder; ``split`` is one of the layout's, empty the first.

    Raises:
        UserError: as ``datasets.layout.recordings``, or ``no_clips`` where nothing could be used.
    """
    report = Report()
    takes: list[Take] = []
    clips: list[Clip] = []
    for found in recordings(layout, source, split):
        tick()
        if isinstance(found, UserError):
            report.discarded.append((found.message.split(":")[0], found.message.split(": ", 1)[-1]))
            continue
        take = canonical_take(found.joints, found.fps)[:MAX_FRAMES].astype(np.float32)
        take = take[: len(take) // TOKEN_FRAMES * TOKEN_FRAMES]
        why = discard_reason(take)
        if why:
            report.discarded.append((found.id, why))
            continue
        joints = at_origin(take).astype(np.float32)
        clip = Clip(found.id, found.split, joints, found.texts, found.labels, "", found.mirrored)
        takes.append(Take(found.id, found.split, take))
        clips += [clip] if layout.brings_mirrored else [clip, mirrored_clip(clip)]
    if not clips:
        hint = f"It must look so: {layout.tree}"
        raise UserError(f"Nothing of {layout.title} in {source} could be used.", hint, "no_clips")
    return written(out, takes, clips, report)


def written(out: Path, takes: list[Take], clips: list[Clip], report: Report) -> Report:
    """Write the prepared folder and complete the report."""
    out.mkdir(parents=True, exist_ok=True)
    save_items(out, "takes", takes)
    save_items(out, "clips", clips)
    report.takes, report.clips = len(takes), len(clips)
    report.take_minutes = sum(len(take.joints) for take in takes) / FPS / 60
    report.minutes = sum(len(clip.joints) for clip in clips) / FPS / 60
    report.per_split = Counter(clip.split for clip in clips)
    (out / "report.txt").write_text(
        report.text() + "\n\n" + "\n".join(f"{name}: {why}" for name, why in report.discarded) + "\n", encoding="utf-8"
    )
    return report
