# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark edit``: edits of held-out real clips, measured against what animators ask for."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ...rigs.errors import UserError

if TYPE_CHECKING:
    from .edit_cases import Values

QUICK_CLIPS = 8
PARTS = ("clips", "rigs", "speed", "tasks", "pictures")
INSIDE = ("regenerate", "inbetween", "prompt", "arms", "legs", "path", "refine", "reach", "extend")


@dataclass(frozen=True)
class Figure:
    """One figure of many edits. The limit is for the worst of them, for their mean, or a least one for their mean."""

    name: str
    values: tuple[float, ...]
    unit: str = ""
    limit: float | None = None
    judged: str = "worst"  # worst, mean or least
    real: float | None = None  # the same of the clips as they were

    @property
    def value(self) -> float:
        """What the limit is for; nan where nothing could be measured."""
        known = [value for value in self.values if math.isfinite(value)]
        if not known:
            return float("nan")
        return max(known) if self.judged == "worst" else float(np.mean(known))

    @property
    def passed(self) -> bool | None:
        """None without a limit, and where nothing was measured."""
        if self.limit is None or not math.isfinite(self.value):
            return None
        return self.value >= self.limit if self.judged == "least" else self.value <= self.limit

    def cells(self) -> tuple[str, ...]:
        """Name, median, value, share within, real, limit, verdict."""
        known = np.array([value for value in self.values if math.isfinite(value)])
        several = len(known) > 1
        sign = ">=" if self.judged == "least" else "<="
        within = "" if self.limit is None or self.judged != "worst" else f"{100 * np.mean(known <= self.limit):.0f} %"
        return (
            self.name,
            _said(float(np.median(known))) if several else "",
            f"{_said(self.value)} {self.unit}".strip() if len(known) else "-",
            within if several else "",
            "" if self.real is None else _said(self.real),
            "" if self.limit is None else f"{sign} {self.limit:g} {self.unit} ({self.judged})".replace("least", "mean"),
            {None: "", True: "pass", False: "FAIL"}[self.passed],
        )


HEADINGS = ("", "median", "measured", "within", "real clips", "limit", "")


def _said(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 or value == 0 else f"{value:.3g}"


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    name: str
    figures: list[Figure]
    notes: list[str] = field(default_factory=list)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    from ..cli.options import add_model_options, whole

    parser.add_argument("data", type=Path, help="folder that coamd prepare has written")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write report.json and report.md there")
    parser.add_argument("--clips", type=whole(1, 1000), help="edited clips (default 40, quick 8)")
    parser.add_argument("--rigs", type=Path, metavar="DIR", help="tables of rest poses (default: one built-in rig)")
    parser.add_argument("--evaluator", type=Path, metavar="DIR", help="judges the tasks (default: the own recognizer)")
    parser.add_argument("--parts", default="", help=f"what to do, of {','.join(PARTS)} (default: all but pictures)")
    parser.add_argument("--quick", action="store_true", help="fewer clips")
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, write the report and the pictures; 1 where a limit is missed."""
    from ..cli.options import load_pipeline
    from ..training.data import load_clips
    from . import edit_cases, edit_pictures, edit_rigs, edit_tasks

    parts = chosen_parts(args)
    clips = load_clips(args.data)
    picked = edit_cases.chosen(clips, args.clips or (QUICK_CLIPS if args.quick else edit_cases.CLIPS))
    rigs = edit_rigs.rigs(args.rigs)
    pipeline = load_pipeline(args)
    judge = edit_tasks.Apart(args.evaluator, pipeline.device) if args.evaluator else edit_tasks.Own(pipeline)
    facts: dict[str, str | int | float] = {"model": pipeline.name, "device": pipeline.device}
    sections: list[Section] = []
    rows: list[tuple[str, ...]] = []
    if args.output:
        args.output.mkdir(parents=True, exist_ok=True)
    with tqdm(leave=False, disable=not sys.stderr.isatty()) as bar:
        if "clips" in parts:
            cases = edit_cases.Cases(pipeline)
            cases.run(picked, bar.set_description_str)
            sections += edit_sections(cases.values)
            facts["clips"] = len(picked)
        if "rigs" in parts:
            bar.set_description_str("rigs")
            sections.append(Section("On rigs", edit_rigs.figures(pipeline, rigs, picked)))
            facts["rigs"] = len(rigs)
        if "speed" in parts:
            bar.set_description_str("speed")
            sections.append(Section("Speed", edit_tasks.speed(pipeline, picked[0])))
        if "tasks" in parts:
            limit = edit_tasks.QUICK if args.quick else None
            rows, facts["clips_of_the_tasks"] = edit_tasks.measured(
                pipeline, judge, clips, limit, bar.set_description_str
            )
            facts["tasks_judged_by"] = judge.name
        if "pictures" in parts:
            bar.set_description_str("pictures")
            edit_pictures.draw(pipeline, clips, args.output)
    report = Report(sections, rows, facts)
    print(report.text())
    if args.output:
        (args.output / "report.json").write_text(report.json(), encoding="utf-8")
        (args.output / "report.md").write_text(report.markdown(), encoding="utf-8")
    return 1 if report.failed else 0


def chosen_parts(args: argparse.Namespace) -> list[str]:
    """What to measure. UserError for a part that there is not, and for pictures without a place to put them."""
    parts = [part.strip() for part in args.parts.split(",") if part.strip()] or [p for p in PARTS if p != "pictures"]
    unknown = next((part for part in parts if part not in PARTS), None)
    if unknown is not None:
        raise UserError(f"There is no part called '{unknown}'.", f"Choose among: {', '.join(PARTS)}.", "bad_parts")
    if "pictures" in parts and not args.output:
        raise UserError("The pictures have no place.", "Name a folder with -o.", "no_folder")
    return parts


def edit_sections(values: Values) -> list[Section]:
    """What the edits of clips say, by what is asked of them."""

    def figure(key: str, name: str, unit: str = "", limit: float | None = None, judged: str = "worst") -> Figure:
        return Figure(name, tuple(values.get(key, ())), unit, limit, judged)

    def against_real(kind: str, what: str, limit: float | None) -> Figure:
        made, real = (np.nanmean(values[f"{kind}{word} {what}"] or [np.nan]) for word in ("", " real"))
        return Figure(f"{kind}: {what}, times that of the clip", (float(made / real),), "x", limit, real=float(real))

    real_speed = float(np.nanmax(values["real speed"] or [np.nan]))
    real_gap = float(np.nanmax(values["real gap"] or [np.nan]))
    borders = [
        Figure(f"{kind}: {what}", tuple(values[f"{kind} {key}"]), unit, limit, real=real)
        for kind in (*INSIDE, "loop")
        for key, what, unit, limit, real in (
            ("speed", "speed jump, times the clip's P95", "x", 1.5, real_speed),
            ("gap", "position jump beyond the clip's P95", "cm", 1.0, real_gap),
        )
    ]
    return [
        Section(
            "Left alone",
            [
                figure("bits", "differing bits in frames outside the range", "", 0),
                figure("bits legs", "differing bits in root and legs when the arms are edited", "", 0),
                figure("strength 0", "differing bits at strength 0", "", 0),
                figure("whole", "a range of everything against generation from the same seed", "cm", 0.01),
            ],
        ),
        Section("Borders", borders),
        Section(
            "Wishes",
            [
                figure("pose before", "poses to hit, before the exact correction", "cm", 1.0, "mean"),
                figure("pose after", "poses to hit, as given back (worst joint)", "cm", 0.01),
                figure("inbetween pose speed", "speed change at the poses, times the clip's P95", "x", 1.5),
                figure("arms kept", "arms edited: joints that stay, seen from the root", "cm", 1.0),
                figure("legs kept", "root and legs edited: joints that stay, mean", "cm", 1.0),
                figure("legs kept worst", "root and legs edited: joints that stay, worst joint", "cm"),
                figure("arms moves", "arms edited: how far they move", "cm", judged="mean"),
                figure("legs moves", "root and legs edited: how far they move", "cm", judged="mean"),
                figure("loop pose", "loop: last pose to first pose", "cm", 1.0),
                figure("loop pace", "loop: last speed to first speed", "%", 10.0),
                figure("path", "path: root to path", "cm", 5.0, "mean"),
                figure("reach", "reach: hand to its target", "cm", 1.0),
                figure("refine moves", "refine: how far joints move", "cm", judged="mean"),
            ],
        ),
        Section(
            "Realism",
            [
                *(against_real(kind, what, 1.5) for kind in ("inbetween",) for what in ("skating", "jerk")),
                *(
                    against_real(kind, what, None)
                    for kind in ("regenerate", "prompt", "path", "extend")
                    for what in ("skating", "jerk")
                ),
                Figure(
                    "the recognizer's score of the range rises with a prompt",
                    tuple(100.0 * value for value in values["score rises"]),
                    "% of clips",
                    80.0,
                    "least",
                ),
                figure("score rise", "by how much (cosine)", judged="mean"),
            ],
        ),
    ]


@dataclass(frozen=True)
class Report:
    """All sections, the table of benchmark tasks, and the facts that one needs to repeat them."""

    sections: Sequence[Section]
    tasks: Sequence[Sequence[str]]
    facts: dict[str, str | int | float]

    @property
    def failed(self) -> list[str]:
        """Names of the figures that miss their limit."""
        return [f.name for section in self.sections for f in section.figures if f.passed is False]

    def text(self) -> str:
        """For the terminal."""
        from ..cli.options import table

        rows: list[Sequence[str]] = [HEADINGS]
        for section in self.sections:
            rows += [(section.name, *[""] * 6), *(("  " + f.cells()[0], *f.cells()[1:]) for f in section.figures)]
            rows += [(f"  note: {note}", *[""] * 6) for note in section.notes]
        end = (
            f"{len(self.failed)} limits are missed: {'; '.join(self.failed)}" if self.failed else "all limits are kept"
        )
        parts = [table(rows, right=(1, 2, 3, 4))]
        parts += [table(self.tasks, right=range(1, len(self.tasks[0])))] if self.tasks else []
        return "\n\n".join([*parts, self._said(), end])

    def markdown(self) -> str:
        """To read."""
        lines = ["# Editing, measured", "", self._said(), ""]
        for section in self.sections:
            lines += [f"## {section.name}", "", f"| {' | '.join(HEADINGS)} |", "|---|---:|---:|---:|---:|---|---|"]
            lines += [f"| {' | '.join(f.cells())} |" for f in section.figures]
            lines += ["", *(f"- {note}" for note in section.notes), ""]
        if self.tasks:
            first, *rest = self.tasks
            lines += ["## Benchmark tasks", "", f"| {' | '.join(first)} |", "|---|" + "---:|" * (len(first) - 1)]
            lines += [f"| {' | '.join(row)} |" for row in rest]
        return "\n".join(lines) + "\n"

    def json(self) -> str:
        """Everything, for scripts; what could not be measured is null."""
        whole = {
            "facts": self.facts,
            "failed": self.failed,
            "sections": {
                section.name: [
                    asdict(f) | {"values": [_plain(v) for v in f.values], "value": _plain(f.value), "passed": f.passed}
                    for f in section.figures
                ]
                for section in self.sections
            },
            "tasks": [dict(zip(self.tasks[0], row, strict=True)) for row in self.tasks[1:]],
        }
        return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"

    def _said(self) -> str:
        facts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in self.facts.items())
        return f"Measured with `coamd benchmark edit`: {facts}."


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
