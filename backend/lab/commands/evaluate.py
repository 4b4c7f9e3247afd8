# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd evaluate DATA``: figures on held-out clips, a sweep, forty prompts, control, wording, a sheet for eyes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ...cli.options import (
    add_candidates_option,
    add_guidance_options,
    add_model_options,
    add_solver_option,
    load_pipeline,
    table,
    whole,
)
from ...cli.progress_bar import progress_bar
from ...system.atomic_write import replacing

if TYPE_CHECKING:
    from ...motion.pipeline import Pipeline
    from ...requests.generate import SamplingOptions
    from ..control.figure_table import FigureTable
    from ..evaluation.evaluator import Evaluator

PARTS = ("figures", "sweep", "prompts", "texts", "control", "wording", "keyed", "sheet")
WORST = 20  # pairs of wordings that are named


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("data", type=Path, nargs="?", default=Path("runs/data"), help="folder made by `coamd prepare`")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        default=("figures", "prompts"),
        help="what to do (default: figures prompts)",
    )
    parser.add_argument("--split", default="test", help="which clips (default: test)")
    parser.add_argument("--limit", type=whole(2, 10**6), help="only so many clips, drawn at random")
    parser.add_argument(
        "--repeats", type=whole(1, 1000), default=20, help="runs behind each mean and its 95 %% interval (default: 20)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one repeat, without the column without guidance and multimodality"
    )
    parser.add_argument(
        "--seeds",
        type=whole(1, 1000),
        help="motions of each prompt of control, wording and keyed (default: 6; 2 with --quick)",
    )
    parser.add_argument(
        "--scores", type=Path, metavar="FILE", help="print the result of a sheet whose scores.csv was filled in"
    )
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, help="of captions, noise and splits")
    parser.add_argument("--steps", type=whole(1, 1000), help="sampling steps (default of the model)")
    add_guidance_options(parser)
    parser.add_argument(
        "--evaluator", type=Path, default=Path("runs/evaluator"), help="folder of the judge; trained first if empty"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/evaluation"), help="folder of the report")
    add_candidates_option(parser)
    add_solver_option(parser)
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Measure, print the tables, write the report."""
    if args.scores:
        return print_scores(args.scores)
    from ...requests.generate import SamplingOptions
    from ...training.data import load_clips
    from ..evaluation.evaluate import EvaluationSettings, evaluate, held_out, work
    from ..evaluation.fixed_prompts import PROMPTS, draw, show
    from ..evaluation.html_page import page
    from ..evaluation.strange_texts import read_texts
    from ..evaluation.sweep import sweep, variants

    options = SamplingOptions(
        steps=args.steps,
        guidance_scale=args.guidance_scale,
        recognizer_guidance=args.recognizer_guidance,
        solver=args.solver,
        candidates=args.candidates,
    )
    repeats = 1 if args.quick else args.repeats
    settings = EvaluationSettings(args.split, args.limit, repeats, args.seed, options, args.quick)
    pipeline = load_pipeline(args)
    files: dict[str, str] = {}
    report = swept = texts = None
    if set(args.parts) & {"figures", "sweep"}:
        clips = load_clips(args.data)
        chosen = held_out(clips, settings)
        evaluator = judge(args)
        if "figures" in args.parts:
            with progress("generating", work(pipeline, chosen, settings)) as bar:
                report = evaluate(pipeline, evaluator, clips, settings, bar.update)
            print(table(report.cells(), right=range(1, len(report.columns) + 2)))
            files |= {"report.json": report.json(), "report.md": report.markdown()}
        if "sweep" in args.parts:
            total = len(variants(pipeline, options)) * len(chosen) * repeats
            with progress("sweeping", total) as bar:
                swept = sweep(pipeline, evaluator, clips, settings, bar.update)
            print(table(swept.cells(), right=range(1, len(swept.cells()[0]))))
            files |= {"sweep.json": swept.json(), "sweep.md": swept.markdown()}
    if "texts" in args.parts:
        texts = read_texts(pipeline.system, load_clips(args.data), args.seed)
        print(table([cells[:-1] for cells in texts.cells()], right=(1, 3)))
        files |= {"texts.json": texts.json(), "texts.md": texts.markdown()}
    tables = by_prompt(args, pipeline, options)
    for heading, measured in tables.items():
        print(table(measured.cells(), right=range(1, 5)) + f"\n{measured.said}")
        name = heading.lower()
        files |= {f"{name}.json": measured.json(), f"{name}.md": measured.markdown()}
    args.output.mkdir(parents=True, exist_ok=True)
    shown, pictures = [], []
    if "prompts" in args.parts:
        with progress("prompts", len(PROMPTS)) as bar:
            shown = show(pipeline, options=options, done=bar.update)
        pictures = draw(shown, args.output)
        print("\n".join(map(str, pictures)))
        faulty = [f"{item.prompt.text}: {', '.join(item.faults)}" for item in shown if item.faults]
        print("\n".join(faulty) or "no prompt floats or tips over without being asked")
    files["report.html"] = page(report, swept, shown, pictures, texts, tables)
    write(files, args.output)
    return 0


def by_prompt(args: argparse.Namespace, pipeline: Pipeline, options: SamplingOptions) -> dict[str, FigureTable]:
    """The parts that make motion for prompts of ours: tables of control, wording, keyed by heading; the sheet."""
    from ...training.data import load_clips
    from ..control import blind_sheet, control, keyed_actions, wording
    from ..control.cases import cases
    from ..control.figure_table import FigureTable
    from ..control.recorded_clips import Recorded

    if not set(args.parts) & {"control", "wording", "keyed", "sheet"}:
        return {}
    clips = load_clips(args.data)
    seeds = args.seeds or (control.QUICK_SEEDS if args.quick else control.SEEDS)
    facts = {"model": pipeline.name, "seeds": seeds, "seed": args.seed, "device": pipeline.device}
    tables: dict[str, FigureTable] = {}
    if "control" in args.parts:
        with progress("control", len(cases()) * seeds) as bar:
            made = control.make(pipeline, seeds, args.seed, options, bar.update)
        tables["Control"] = FigureTable(tuple(control.figures(made, Recorded.of(clips))), facts)
    if "wording" in args.parts:
        evaluator = judge(args)
        with progress("wording", 2 * len(wording.pairs()) * seeds) as bar:
            halves = wording.compare(pipeline, evaluator, clips, seeds, args.seed, options, bar.update)
        tables["Wording"] = halves.table(wording.known_by(evaluator, clips), facts)
        print("\n".join(f"learnt, left out: {text}" for text in halves.known))
        print(table(halves.worst()[:WORST]) or "no pair is worse when it is said otherwise")
    if "keyed" in args.parts:
        actions = keyed_actions.keyed_actions(clips, args.seed)
        with progress("keyed", len(actions) * seeds) as bar:
            rows = keyed_actions.figures(pipeline, actions, seeds, args.seed, options, bar.update)
        tables["Keyed"] = FigureTable(tuple(rows), facts)
    if "sheet" in args.parts:
        blind_sheet.check_free(args.output)
        with progress("sheet", len(blind_sheet.eye_prompts()) * blind_sheet.SEEDS) as bar:
            items = blind_sheet.strips(pipeline, clips, args.seed, options, bar.update)
        print("\n".join(map(str, blind_sheet.write_sheets(items, args.output))))
        taught = wording.learnt(pipeline, clips)
        known = [prompt.text for prompt in blind_sheet.eye_prompts() if wording.bare(prompt.text) in taught]
        print("\n".join(f"learnt as it stands: {text}" for text in known) or "no prompt of the sheet was learnt")
    return tables


def print_scores(path: Path) -> int:
    """The result of a filled-in sheet; 1 where it misses its limits."""
    from ..control.blind_sheet import judged

    result = judged(path)
    print(table(result.cells(), right=range(1, 5)) + f"\n{result.said}")
    return 1 if result.failures else 0


def write(files: dict[str, str], folder: Path) -> None:
    """Write the texts into the folder by their names."""
    for name, text in files.items():
        with replacing(folder / name) as part:
            part.write_text(text, encoding="utf-8")
        print(folder / name)


def judge(args: argparse.Namespace) -> Evaluator:
    """The evaluator of the folder; it is trained first where there is none."""
    from ...model.device import choose_device
    from ..evaluation.evaluator import FACTS, load_evaluator
    from ..evaluation.evaluator_training import train_evaluator

    if not (args.evaluator / FACTS).is_file():
        print(f"training the evaluator in {args.evaluator}, a few minutes", file=sys.stderr)
        train_evaluator(args.data, args.evaluator)
    evaluator, facts = load_evaluator(args.evaluator, choose_device(args.device))
    print("evaluator: " + ", ".join(f"{name} {value}" for name, value in facts.items()))
    return evaluator


def progress(what: str, total: int) -> tqdm:
    """A bar of clips, for people only."""
    return progress_bar(total=total, desc=what, unit="clip")
