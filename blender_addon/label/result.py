# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes labels where the user wants them: markers, action names, assets, custom properties, and a file.

Existing labels are kept and added to, unless the user chose to replace them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from ...backend.requests.label import Named, Segment
from ...backend.requests.label_tables import LabelledTake, as_csv, as_json
from ...backend.system.atomic_write import replacing
from ...rigs.body.skeleton import FPS
from ...rigs.errors import UserError
from ..session.tasks import Task
from ..takes.hidden_scene import PlayedAction
from ..takes.takes import Take
from .task import LabelJob

PROPERTY = "coamd_labels"
NAME_BYTES = 63  # of names and markers; before 5.0 Blender holds no more
_BETWEEN = " · "
_NAMED = 3  # takes in a sentence
_SAME = 0.5  # frames within which a marker of the same name is the same


@dataclass(frozen=True)
class ChosenSegment:
    """One chosen segment."""

    take: Take
    segment: Segment  # with the label that was chosen as its only one


@dataclass(frozen=True)
class LabelPlaces:
    """Where to write."""

    markers: str = "NONE"
    rename: bool = False
    asset: bool = False
    custom: bool = False
    file: Path | None = None
    replace: bool = False

    @property
    def none(self) -> bool:
        """Whether no place is chosen."""
        return self.markers == "NONE" and not (self.rename or self.asset or self.custom or self.file)


def listed_by(jobs: Iterable[Task], listed: Any) -> LabelJob | None:
    """The job that filled the list; None where it is of a file that is closed."""
    found = (job for job in jobs if isinstance(job, LabelJob) and job.number == listed.job)
    return next(found, None)


def fill(listed: Any, job: LabelJob) -> None:
    """Put what a job found into the list, each segment with its best label; those without motion are off."""
    listed.segments.clear()
    for number, (_, segments) in enumerate(job.found):
        for segment in segments:
            item = listed.segments.add()
            item.take, item.first, item.end = number, segment.first, segment.end
            item.use = bool(segment.labels)
            if segment.labels:
                choose(item, segment.labels[0])
                item.others = "\n".join(named.label for named in segment.labels)
    listed.segment, listed.job = 0, job.number


def choose(item: Any, named: Named) -> None:
    """Give a segment of the list another of its labels."""
    item.label, item.score = named.label, named.score
    item.confidence = -1.0 if named.confidence is None else named.confidence


def chosen(listed: Any, job: LabelJob) -> list[ChosenSegment]:
    """The segments that are ticked. UserError where there are none."""
    found = []
    for item in listed.segments:
        label = " ".join(item.label.split())
        if item.use and label:
            named = Named(label, item.score, None if item.confidence < 0.0 else item.confidence)
            found.append(ChosenSegment(job.found[item.take][0], Segment(item.first, item.end, (named,))))
    if not found:
        raise UserError("No segment is ticked.", "Tick those that are to be written.", "none_chosen")
    return found


def write(job: LabelJob, written: Sequence[ChosenSegment], scene: Any, places: LabelPlaces) -> tuple[str, ...]:
    """Write everything; the sentences say what could not be.

    Raises:
        UserError: no place, timeline markers for takes that are not on the timeline, an action that is gone, a file
            that is there or cannot be written. Nothing has been changed then.
    """
    if places.none:
        raise UserError("No place is chosen to write to.", "Choose markers, a name, an asset or a file.", "no_place")
    takes = list(dict.fromkeys(item.take for item in written))
    actions = {take: _action(job, take.played) for take in takes}
    placed = [take for take in takes if take.starts]
    if places.markers == "TIMELINE" and not placed:
        raise UserError(
            "These takes are not on the timeline, so they cannot have timeline markers.",
            "Choose pose markers, which belong to the action.",
            "no_timeline",
        )
    fixed = [take for take in takes if actions[take].library is not None]
    by_take = {take: [item for item in written if item.take == take] for take in takes if take not in fixed}
    texts = {take: _property(actions[take], items, places.replace) for take, items in by_take.items() if places.custom}
    if places.file is not None:
        _write_file(written, places.file, places.replace)
    said = []
    if places.markers == "TIMELINE":
        for take in placed:
            _mark_timeline(scene, take, [item for item in written if item.take == take], places.replace)
        if len(placed) < len(takes):
            said.append(f"Not on the timeline, so without markers: {_listed(t for t in takes if not t.starts)}.")
    if fixed and (places.markers == "POSE" or places.rename or places.asset or places.custom):
        said.append(f"Linked from other files, so not changed: {_listed(fixed)}.")
    for take, items in by_take.items():
        _write_action(actions[take], items, places)
        if take in texts:
            actions[take][PROPERTY] = texts[take]
        job.renamed.setdefault(take.played, []).append(actions[take].name)
    return tuple(said)


def _listed(takes: Iterable[Take]) -> str:
    """A few names, and how many more."""
    names = [f"“{take.name}”" for take in takes]
    more = [f"and {len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join(names[:_NAMED] + more)


def _action(job: LabelJob, played: PlayedAction) -> Any:
    """The action by the name that Apply has given it last, or after undo steps by an earlier one or its own."""
    for name in reversed(job.renamed.get(played, [])):
        with suppress(UserError):
            return replace(played, action=name).find()
    return played.find()


def cut(name: str, most: int = NAME_BYTES) -> str:
    """As much of a name as Blender holds, without half a letter at its end."""
    return name.encode()[:most].decode(errors="ignore")


def _write_action(action: Any, items: Sequence[ChosenSegment], places: LabelPlaces) -> None:
    labels = _by_length(items)
    if places.markers == "POSE":
        _mark_pose(action, items, places.replace)
    if places.asset:
        _mark_asset(action, items, labels, places.replace)
    if places.rename:
        old = action.name
        if places.replace:
            action.name = cut(labels[0])
        elif labels[0].casefold() not in old.casefold():
            room = NAME_BYTES - len((_BETWEEN + labels[0]).encode())
            action.name = cut(cut(old, max(room, 20)) + _BETWEEN + labels[0])


def _by_length(items: Sequence[ChosenSegment]) -> list[str]:
    """The labels, that of the longest part of the take first."""
    lengths: dict[str, int] = {}
    for item in items:
        label = item.segment.labels[0].label
        lengths[label] = lengths.get(label, 0) + item.segment.end - item.segment.first
    return sorted(lengths, key=lambda label: -lengths[label])


def _mark_timeline(scene: Any, take: Take, items: Sequence[ChosenSegment], replace_existing: bool) -> None:
    markers = scene.timeline_markers
    if replace_existing:
        ends = [(take.to_scene(0)[k], take.to_scene(take.seconds * FPS)[k]) for k in range(len(take.starts))]
        within = [m for m in markers if any(a - _SAME < m.frame < b + _SAME for a, b in ends)]
        for marker in [marker for marker in within if marker.camera is None]:  # others switch cameras
            markers.remove(marker)
    for item in items:
        for frame in take.to_scene(item.segment.first):
            _add_marker(markers, item.segment.labels[0].label, frame, lambda name, at: markers.new(name, frame=at))


def _mark_pose(action: Any, items: Sequence[ChosenSegment], replace_existing: bool) -> None:
    markers = action.pose_markers
    take = items[0].take
    if replace_existing:
        for marker in [m for m in markers if take.first - _SAME < m.frame < take.last + _SAME]:
            markers.remove(marker)

    def make(name: str, at: int) -> None:
        markers.new(name).frame = at

    for item in items:
        edge = item.segment.end if take.backwards else item.segment.first  # the earlier one in the action
        _add_marker(markers, item.segment.labels[0].label, float(take.to_action(edge)), make)


def _add_marker(markers: Any, label: str, frame: float, make: Any) -> None:
    name, at = cut(label), round(frame)
    if not any(marker.name == name and abs(marker.frame - at) < _SAME for marker in markers):
        make(name, at)


def _mark_asset(action: Any, items: Sequence[ChosenSegment], labels: Sequence[str], replace_existing: bool) -> None:
    if action.asset_data is None:
        action.asset_mark()
    data = action.asset_data
    if replace_existing:
        for tag in list(data.tags):
            data.tags.remove(tag)
    for label in labels:
        data.tags.new(cut(label), skip_if_exists=True)
    text = ", ".join(f"{item.segment.labels[0].label} {_span(item.segment)}" for item in items)
    if replace_existing or not data.description:
        data.description = text
    elif text not in data.description:
        data.description = f"{data.description}\n{text}"


def _span(segment: Segment) -> str:
    return f"{segment.first / FPS:.1f}-{segment.end / FPS:.1f} s"


def _property(action: Any, items: Sequence[ChosenSegment], replace_existing: bool) -> str:
    """A list in JSON, which every Blender keeps and scripts read: label, start and end in frames of the action."""
    fresh = [
        {
            "label": item.segment.labels[0].label,
            "start": round(float(item.take.to_action(item.segment.first)), 2),
            "end": round(float(item.take.to_action(item.segment.end)), 2),
            "confidence": item.segment.labels[0].confidence,
        }
        for item in items
    ]
    held = action.get(PROPERTY)
    if held is not None and not replace_existing:
        try:
            there = json.loads(held)
            fresh = [*there, *(entry for entry in fresh if entry not in there)]
        except (TypeError, ValueError) as error:
            raise UserError(
                f"The property “{PROPERTY}” of “{action.name}” holds something else.",
                "Choose Replace, or remove the property.",
                "property_taken",
            ) from error
    return json.dumps(fresh, ensure_ascii=False)


def _write_file(written: Sequence[ChosenSegment], path: Path, replace_existing: bool) -> None:
    if path.suffix.lower() not in (".csv", ".json"):
        raise UserError(f"{path.name} is neither .csv nor .json.", "Name a .csv or .json file.", "unknown_suffix")
    if path.exists() and not replace_existing:
        raise UserError(f"{path} is there already.", "Choose Replace, or another name.", "file_exists")
    takes = list(dict.fromkeys(item.take for item in written))
    origin = bpy.data.filepath or "unsaved.blend"
    done = [LabelledTake(origin, take.name, tuple(w.segment for w in written if w.take == take)) for take in takes]
    with replacing(path) as part:
        part.write_text(as_json(done, []) if path.suffix.lower() == ".json" else as_csv(done), encoding="utf-8")
