# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark retarget``: real clips on real rigs, measured against what animators ask for."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ....rigs.errors import UserError
from ..report import (
    Section,
    Verdict,
    failures,
    json_text,
    markdown_table,
    verdict_records,
    verdict_sentence,
    write_report,
)
from ..speed.product import machine
from . import clips, measures
from . import limits as gates
from .clips import Character, RealClip

TAKES, RIGS, SPEED = "A skeleton's own takes, through 22 joints and back", "Any rig", "Speed"
MARK = " (marked with !)"
_SABOTAGED_CLIPS = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument(
        "data", type=Path, nargs="?", default=Path("../shared"), help="folder with mocap/ and rigs/ (default ../shared)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="write report.json, report.md and pictures there"
    )
    parser.add_argument("--clips", type=int, default=clips.COUNT, help=f"clips for each rig (default {clips.COUNT})")
    parser.add_argument("--rig", action="append", metavar="NAME", help="only rigs whose name holds this; repeatable")
    parser.add_argument("--no-blender", action="store_true", help="leave out the rigs that Rigify makes")


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, write the report; 1 where a gate fails."""
    records = clips.load_records(args.data / "mocap")
    rigs = collect_rigs(args, records)
    chosen = [clips.load_clip(args.data / "mocap", r) for r in clips.choose(records, args.clips)]
    sections: list[Section] = []
    families = [
        (name, clips.family_records(records, args.data / "mocap", *where)) for name, *where in clips.BVH_FAMILIES
    ]
    families = [(name, found) for name, found in families if found]
    with tqdm(total=len(rigs) + len(families) + 1, leave=False, disable=not sys.stderr.isatty()) as bar:
        for name, found in families:
            bar.set_description_str(name)
            takes = [clips.load_clip(args.data / "mocap", r) for r in clips.choose(found, args.clips)]
            sections.append(family_section(name, takes))
            bar.update()
        for rig in rigs:
            bar.set_description_str(rig.name)
            sections.append(rig_section(rig, chosen))
            bar.update()
        bar.set_description_str("speed")
        baked = None if args.no_blender else clips.ask_blender("bake")
        sections.append(Section(machine(), gates.speed_verdicts(measures.speed(chosen[-1].joints), baked), SPEED))
    print(as_text(sections))
    if args.output:
        write_report(args.output, as_json(sections, chosen), as_markdown(sections, chosen))
        write_pictures(rigs, chosen, args.output)
    return 1 if failures(sections) else 0


def collect_rigs(args: argparse.Namespace, records: list[dict]) -> list[Character]:
    """All rigs of the folder, and Rigify's where Blender's module is there."""
    rigs = clips.table_rigs(args.data / "rigs") + clips.bvh_rigs(args.data / "mocap", records)
    if not args.no_blender:
        made = clips.rigify_rigs()
        if not made:
            print("note: no bpy module here, so the rigs that Rigify makes are left out", file=sys.stderr)
        rigs += made
    if args.rig:
        rigs = [rig for rig in rigs if any(part.lower() in rig.name.lower() for part in args.rig)]
    if not rigs:
        raise UserError("No rig has such a name.", "Leave --rig away to see all.", "no_data")
    return rigs


def write_pictures(rigs: list[Character], chosen: list[RealClip], folder: Path) -> None:
    """One picture for each family of rigs, of its first rig."""
    from .pictures import picture

    drawn: set[str] = set()
    for character in rigs:
        family = character.mapping.family.lower().replace(" ", "_")
        if family not in drawn:
            picture(character, chosen, folder / f"{family}.png")
            drawn.add(family)


def family_section(name: str, takes: list[RealClip]) -> Section:
    """A skeleton family that gets its own takes back, and the way there and back from its captured animation."""
    found, free, trips, notes = [], [], [], []
    for clip in takes:
        try:
            found.append(measures.fidelity(clip))
        except UserError as error:
            notes.append(f"{clip.id}: {error.message}")
            continue
        free.append(measures.fidelity(clip, measures.UNLOCKED))
        trips.append(measures.captured_round_trip(clip))
    share = 100.0 * len(found) / len(takes)
    verdicts = [Verdict("found", "skeletons that are detected", share, "%", 100.0, least=True)]
    if found:
        verdicts += gates.fidelity_verdicts(found, free, gated=name.startswith("CMU"))
        verdicts += gates.round_trip_verdicts(trips, roll=False)
        worst = list(gates.joint_errors(found).items())
        notes.append("error by joint in cm: " + ", ".join(f"{joint} {error:.1f}" for joint, error in worst))
    details = [
        {
            "clip": f.clip,
            "direction": f.direction,
            "turns": f.turns,
            "error": float(np.mean([e.mean() for e in f.errors.values()])),
        }
        for f in found
    ]
    return Section(name, verdicts, TAKES, notes, details)


def rig_section(character: Character, chosen: list[RealClip]) -> Section:
    """One rig with all clips, the way there and back, and wrong mappings that must fail."""
    rig, mapping = character.rig, character.mapping
    figures = [measures.clip_figures(clip, rig, mapping) for clip in chosen]
    verdicts = gates.rig_verdicts(figures)
    trips = [measures.round_trip(clip.id, measures.solved(clip.joints, rig, mapping), rig) for clip in chosen]
    verdicts += gates.round_trip_verdicts(trips, roll=True)
    for short, wrong in measures.sabotaged(mapping).items():
        few = [measures.clip_figures(clip, rig, wrong) for clip in chosen[:_SABOTAGED_CLIPS]]
        caught = 100.0 * float(np.mean([not all(gate.keeps(c) for gate in gates.PER_CLIP) for c in few]))
        verdicts.append(Verdict(short, f"clips in which the gates catch {short}", caught, "%", 50.0, least=True))
    turned = min(measures.backwards(clip, rig, mapping) for clip in chosen[:_SABOTAGED_CLIPS])
    what = "limb directions of one that faces backwards"
    verdicts.append(Verdict("backwards", what, turned, "deg", 2.0, least=True))
    notes = [f"{v.name}: {', '.join(v.clips)}" for v in verdicts if v.clips and v.passed is False]
    trip = {t.clip: t for t in trips}
    details = [asdict(f) | {"round_trip": asdict(trip[f.clip])} for f in figures]
    name = f"{character.name} ({mapping.family}, {len(rig.bones)})"
    return Section(name, verdicts, RIGS, notes, details)


def value_cell(verdict: Verdict) -> str:
    """The value, with an exclamation mark where it misses its limit."""
    value = verdict.value
    if not np.isfinite(value):
        return "-"
    digits = 0 if abs(value) >= 100 or value == round(value) else 2 if abs(value) < 10 else 1
    return f"{value:.{digits}f}{'!' if verdict.passed is False else ''}"


def limit_cell(verdict: Verdict) -> str:
    """The limit with its unit, or the unit alone."""
    if verdict.limit is None:
        return verdict.unit
    return f"{'>=' if verdict.least else '<='} {verdict.limit:g} {verdict.unit}"


def tables(sections: list[Section]) -> dict[str, list[list[str]]]:
    """By kind, rows of cells: the heads of the columns, the limits, and one row for each section."""
    out = {}
    for kind in dict.fromkeys(section.kind for section in sections):
        members = [section for section in sections if section.kind == kind]
        fullest = max(members, key=lambda m: sum(v.limit is not None for v in m.verdicts))
        columns = {verdict.short: verdict for verdict in fullest.verdicts}
        rows = [["", *columns], ["", *map(limit_cell, columns.values())]]
        for section in members:
            found = {verdict.short: value_cell(verdict) for verdict in section.verdicts}
            rows.append([section.name, *(found.get(short, "-") for short in columns)])
        out[kind] = rows
    return out


def legend(sections: list[Section]) -> list[str]:
    """What the columns mean."""
    names = {verdict.short: verdict.name for section in sections for verdict in section.verdicts}
    return [f"{short}: {name}" for short, name in names.items()]


def as_text(sections: list[Section]) -> str:
    """The tables for a terminal."""
    from ...cli.options import table

    parts = []
    for kind, rows in tables(sections).items():
        parts.append(f"{kind}\n{table(rows, right=range(1, len(rows[0])))}")
    return "\n\n".join([*parts, verdict_sentence(sections, MARK)])


def as_json(sections: list[Section], chosen: list[RealClip]) -> str:
    """Everything, for scripts."""
    whole = {
        "clips": [{"id": clip.id, "group": clip.group, "frames": len(clip.joints)} for clip in chosen],
        "sections": [
            {
                "kind": section.kind,
                "name": section.name,
                "figures": verdict_records(section),
                "notes": section.notes,
                "details": section.details,
            }
            for section in sections
        ],
    }
    return json_text(whole)


def as_markdown(sections: list[Section], chosen: list[RealClip]) -> str:
    """The tables to read, what their columns mean, and the clips that fail."""
    lines = []
    for kind, (heads, limits, *rows) in tables(sections).items():
        lines += [f"### {kind}", "", *markdown_table(heads, (["*limit*", *limits[1:]], *rows))]
        lines += ["", "; ".join(legend([s for s in sections if s.kind == kind])) + ".", ""]
    lines += [verdict_sentence(sections, MARK).capitalize() + ".", ""]
    lines += [f"{len(chosen)} clips for each rig: {', '.join(c.id for c in chosen)}.", "", "### Details", ""]
    for section in sections:
        lines += [f"- **{section.name}**, {note}" for note in section.notes]
    return "\n".join(lines) + "\n"
