# SPDX-License-Identifier: GPL-3.0-or-later
"""From motion capture files and captions to prepared motion (see ``data``)."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ....rigs.body.canonical import at_origin, canonical_take
from ....rigs.body.skeleton import FPS, MAX_FRAMES, MIN_FRAMES, TOKEN_FRAMES
from ....rigs.errors import UserError
from ....rigs.files.motion_sources import read_source
from ...training.data import Clip, RecordedTake, save_items
from ...training.mirrored_words import mirrored_clip
from ..training.augmentation.cycles import repeated_clip
from ..training.sentences.measured_captions import jump_captions, measured_captions
from ..training.sentences.wordings import Captioned, Wording, read_bank, wordings_of
from .capture_folder import CaptureFolder, TakeRow, read_folder
from .contents import contents
from .layout import Layout, recordings

# A joint that moves more than this between two frames is a tracking fault: 1 m per 1/20 s is 20 m/s, twice
# the fastest fist of the data.
MAX_STEP = 1.0
COARSE_FPS, LEAST_FPS = 15.0, 8.0  # below, fast detail is lacking and told; below, a step cannot be seen


@dataclass
class PreparationReport:
    """What a run of ``prepare`` kept and what it discarded."""

    clips: int = 0
    minutes: float = 0.0
    takes: int = 0
    take_minutes: float = 0.0
    per_split: Counter[str] = field(default_factory=Counter)
    discarded: list[tuple[str, str]] = field(default_factory=list)  # (file and line or id, why)
    notes: list[tuple[str, str]] = field(default_factory=list)  # (file and line, what is special about what was kept)
    licences: Counter[str] = field(default_factory=Counter)  # takes of each
    contents: str = ""

    def text(self) -> str:
        """The report as the user reads it."""
        lines = [f"{self.takes} takes, {self.take_minutes:.1f} min; {self.clips} clips, {self.minutes:.1f} min,"]
        lines[0] += " " + ", ".join(f"{split} {count}" for split, count in sorted(self.per_split.items()))
        lines[0] += " (mirrored copies counted)"
        reasons = Counter(why for _, why in self.discarded)
        lines += [f"discarded {count}: {why}" for why, count in reasons.most_common()]
        lines += [f"kept {count}: {what}" for what, count in Counter(what for _, what in self.notes).most_common()]
        lines += [f"licence of {count} takes: {name}" for name, count in self.licences.most_common()]
        return "\n".join(lines)

    def details(self) -> str:
        """Tables of what is in it, and every place where something was left out."""
        told = [f"{where}: {why}" for where, why in (*self.discarded, *self.notes)]
        return "\n\n".join(filter(None, (self.text(), self.contents, "\n".join(told)))) + "\n"


def discard_reason(joints: np.ndarray) -> str | None:
    """Why a clip (F, 22, 3) is of no use for training, or None."""
    if len(joints) < MIN_FRAMES:
        return f"shorter than {MIN_FRAMES} frames at {FPS:.0f} fps"
    if not np.isfinite(joints).all():
        return "values that are not numbers"
    if np.linalg.norm(np.diff(joints, axis=0), axis=-1).max() > MAX_STEP:
        return f"a joint jumps more than {MAX_STEP:.0f} m in one frame"
    return None


def clip_of(take: np.ndarray, record: dict[str, Any], source: str = "") -> Clip:
    """The window of a caption record, cut out of its take (F, 22, 3); whole tokens, unless it is too short anyway."""
    first = round(record["start"] * FPS)
    count = max(0, min(round(record["end"] * FPS) - first, len(take) - first, MAX_FRAMES))
    window = take[first : first + count - (count % TOKEN_FRAMES if count >= MIN_FRAMES else 0)]
    joints = at_origin(window).astype(np.float32) if len(window) else window
    labels = record.get("labels_checked") or record.get("labels", ())
    texts, group = tuple(record["texts"]), record.get("action_group", "")
    return Clip(record["id"], record["split"], joints, texts, tuple(labels), group, source=source)


def also_said(clip: Clip, record: dict[str, Any], bank: Sequence[Wording]) -> Clip:
    """The clip with wordings of the bank and with what is measured in it, the same in every run."""
    rng = np.random.default_rng(zlib.crc32(clip.id.encode()))
    wordings = wordings_of(Captioned.of(record | {"texts": clip.texts}, clip.source), bank, rng)
    measured = measured_captions(clip.joints, clip.group, clip.labels, rng)
    if clip.group == "jump" and "hop" not in " ".join(clip.texts):
        measured += jump_captions((record.get("facts") or {}).get("jumps", 0), rng)
    new = dict.fromkeys(text for text in (*wordings, *measured) if text not in clip.texts)
    return replace(clip, wordings=tuple(new))


def clips_of(
    take: RecordedTake,
    source: CaptureFolder,
    row: TakeRow,
    bank: Sequence[Wording],
    taken: set[str],
    report: PreparationReport,
) -> list[Clip]:
    """The captioned clips of a take, each with its mirror image; short steady walks and runs are repeated.

    A name that is in ``taken`` (by another source) gets the source's name in front.
    """
    clips = []
    for caption in source.captions.get(row.path, ()):
        clip = clip_of(take.joints, caption.record, source.name)
        why = discard_reason(clip.joints)
        if why and len(clip.joints) < MIN_FRAMES and clip.split == "train":
            repeated = repeated_clip(clip, np.random.default_rng(zlib.crc32(clip.id.encode())))
            if repeated is not None and discard_reason(repeated.joints) is None:
                clip, why = repeated, None
                report.notes.append((caption.where, "a short steady walk or run, repeated"))
        if why:
            report.discarded.append((f"{caption.where} ({clip.id})", why))
        else:
            name = f"{source.name}_{clip.id}" if clip.id in taken else clip.id
            said = also_said(replace(clip, id=name), caption.record, bank)
            clips += [said, mirrored_clip(said)]
    return clips


def take_of(source: CaptureFolder, row: TakeRow, report: PreparationReport) -> RecordedTake | None:
    """The take of a row on the model's skeleton, or None and why in the report."""
    try:
        motion = read_source(source.folder / row.path, amc_fps=row.fps)
    except UserError as error:
        report.discarded.append((row.where, error.message))
        return None
    if motion.fps < LEAST_FPS:
        report.discarded.append((row.where, f"fewer than {LEAST_FPS:.0f} frames a second"))
        return None
    if motion.fps < COARSE_FPS:
        report.notes.append((row.where, f"fewer than {COARSE_FPS:.0f} frames a second: fast detail is lacking"))
    joints = canonical_take(motion.joints, motion.fps).astype(np.float32)
    return RecordedTake(f"{source.name}/{row.path}", row.split, joints, source.name)


def prepare(sources: Sequence[Path], out: Path, tick: Callable[[], object] = lambda: None) -> PreparationReport:
    """Read every take of the ``sources``, write the prepared folder ``out``; ``tick`` is called once per take.

    Raises:
        UserError: no motion files, none that could be used, two sources of one name, or a broken manifest.
    """
    report = PreparationReport()
    bank = read_bank()
    takes: list[RecordedTake] = []
    clips: list[Clip] = []
    taken: set[str] = set()
    folders = [read_folder(folder) for folder in sources]
    names = [source.name for source in folders]
    if len(set(names)) < len(names):
        raise UserError("Two sources have the same name.", "Rename one of the folders.", "same_source")
    for source in folders:
        report.discarded += source.faults
        report.notes += source.notes
        report.licences.update(source.licences)
        for row in source.takes:
            tick()
            take = take_of(source, row, report)
            if take is None:
                continue
            takes.append(take)
            clips += clips_of(take, source, row, bank, taken, report)
        taken.update(clip.id for clip in clips)
    if not takes:
        place = ", ".join(str(source.folder) for source in folders)
        raise UserError(f"No motion in {place} could be read.", "Give a folder with .bvh or .amc files.", "no_motion")
    if not clips:
        place = ", ".join(str(source.folder) for source in folders)
        raise UserError(
            f"{place} has motion but no clip with a caption.",
            "Add a captions.jsonl (see docs/training.md).",
            "no_clips",
        )
    return written(out, takes, clips, report)


def prepare_layout(
    layout: Layout, source: Path, split: str, out: Path, tick: Callable[[], object] = lambda: None
) -> PreparationReport:
    """A public data set in its own layout to a prepared folder; ``split`` is one of the layout's, empty the first.

    Raises:
        UserError: as ``datasets.layout.recordings``, or ``no_clips`` where nothing could be used.
    """
    report = PreparationReport()
    takes: list[RecordedTake] = []
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
        takes.append(RecordedTake(found.id, found.split, take))
        clips += [clip] if layout.brings_mirrored else [clip, mirrored_clip(clip)]
    if not clips:
        hint = f"It must look so: {layout.tree}"
        raise UserError(f"Nothing of {layout.title} in {source} could be used.", hint, "no_clips")
    return written(out, takes, clips, report)


def written(out: Path, takes: list[RecordedTake], clips: list[Clip], report: PreparationReport) -> PreparationReport:
    """Write the prepared folder and complete the report."""
    out.mkdir(parents=True, exist_ok=True)
    save_items(out, "takes", takes)
    save_items(out, "clips", clips)
    report.takes, report.clips = len(takes), len(clips)
    report.take_minutes = sum(len(take.joints) for take in takes) / FPS / 60
    report.minutes = sum(len(clip.joints) for clip in clips) / FPS / 60
    report.per_split = Counter(clip.split for clip in clips)
    report.contents = contents(clips)
    (out / "report.txt").write_text(report.details(), encoding="utf-8")
    return report
