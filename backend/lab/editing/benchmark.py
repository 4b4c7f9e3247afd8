# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark edit``: edits of held-out real clips, measured against what animators ask for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ....rigs.errors import UserError
from ..report import write_report
from .report import EditFigure, EditReport, EditSection

if TYPE_CHECKING:
    from .cases import Values

QUICK_CLIPS = 8
PARTS = ("clips", "rigs", "speed", "tasks", "pictures")
INSIDE = ("regenerate", "inbetween", "prompt", "arms", "legs", "path", "refine", "reach", "extend")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    from ...cli.options import add_model_options, whole

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
    from ...cli.options import load_pipeline
    from ...training.data import load_clips
    from . import cases as edit_cases
    from . import masked_tasks, rig_edits
    from . import pictures as edit_pictures

    parts = chosen_parts(args)
    clips = load_clips(args.data)
    picked = edit_cases.chosen(clips, args.clips or (QUICK_CLIPS if args.quick else edit_cases.CLIPS))
    rigs = rig_edits.rigs(args.rigs)
    pipeline = load_pipeline(args)
    judge = masked_tasks.Apart(args.evaluator, pipeline.device) if args.evaluator else masked_tasks.Own(pipeline)
    facts: dict[str, str | int | float] = {"model": pipeline.name, "device": pipeline.device}
    sections: list[EditSection] = []
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
            sections.append(EditSection("On rigs", rig_edits.figures(pipeline, rigs, picked)))
            facts["rigs"] = len(rigs)
        if "speed" in parts:
            bar.set_description_str("speed")
            sections.append(EditSection("Speed", masked_tasks.speed(pipeline, picked[0])))
        if "tasks" in parts:
            limit = masked_tasks.QUICK if args.quick else None
            rows, facts["clips_of_the_tasks"] = masked_tasks.measured(
                pipeline, judge, clips, limit, bar.set_description_str
            )
            facts["tasks_judged_by"] = judge.name
        if "pictures" in parts:
            bar.set_description_str("pictures")
            edit_pictures.draw(pipeline, clips, args.output)
    report = EditReport(sections, rows, facts)
    print(report.text())
    if args.output:
        write_report(args.output, report.json(), report.markdown())
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


def edit_sections(values: Values) -> list[EditSection]:
    """What the edits of clips say, by what is asked of them."""

    def figure(key: str, name: str, unit: str = "", limit: float | None = None, judged: str = "worst") -> EditFigure:
        return EditFigure(name, tuple(values.get(key, ())), unit, limit, judged)

    def against_real(kind: str, what: str, limit: float | None) -> EditFigure:
        made, real = (np.nanmean(values[f"{kind}{word} {what}"] or [np.nan]) for word in ("", " real"))
        return EditFigure(
            f"{kind}: {what}, times that of the clip", (float(made / real),), "x", limit, real=float(real)
        )

    real_speed = float(np.nanmax(values["real speed"] or [np.nan]))
    real_gap = float(np.nanmax(values["real gap"] or [np.nan]))
    borders = [
        EditFigure(f"{kind}: {what}", tuple(values[f"{kind} {key}"]), unit, limit, real=real)
        for kind in (*INSIDE, "loop")
        for key, what, unit, limit, real in (
            ("speed", "speed jump, times the clip's P95", "x", 1.5, real_speed),
            ("gap", "position jump beyond the clip's P95", "cm", 1.0, real_gap),
        )
    ]
    return [
        EditSection(
            "Left alone",
            [
                figure("bits", "differing bits in frames outside the range", "", 0),
                figure("bits legs", "differing bits in root and legs when the arms are edited", "", 0),
                figure("strength 0", "differing bits at strength 0", "", 0),
                figure("whole", "a range of everything against generation from the same seed", "cm", 0.01),
            ],
        ),
        EditSection("Borders", borders),
        EditSection(
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
        EditSection(
            "Realism",
            [
                *(against_real(kind, what, 1.5) for kind in ("inbetween",) for what in ("skating", "jerk")),
                *(
                    against_real(kind, what, None)
                    for kind in ("regenerate", "prompt", "path", "extend")
                    for what in ("skating", "jerk")
                ),
                EditFigure(
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
