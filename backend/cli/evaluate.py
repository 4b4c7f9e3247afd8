# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd evaluate DATA``: the figures of the model card on held-out clips, a sweep of settings, forty prompts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ..motion_file import replacing
from .options import add_candidates_option, add_model_options, add_solver_option, load_pipeline, number, table, whole

if TYPE_CHECKING:
    from ..evaluation.evaluator import Evaluator

PARTS = ("figures", "sweep", "prompts", "texts")


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
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, help="of captions, noise and splits")
    parser.add_argument("--steps", type=whole(1, 1000), help="sampling steps (default of the model)")
    parser.add_argument("--guidance-scale", type=number, help="how strictly to follow the text (default of the model)")
    parser.add_argument("--recognizer-guidance", type=number, help="strength of guidance by the recognizer; 0 is off")
    parser.add_argument(
        "--evaluator", type=Path, default=Path("runs/evaluator"), help="folder of the judge; trained first if empty"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/evaluation"), help="folder of the report")
    add_candidates_option(parser)
    add_solver_option(parser)
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Measure, print the tables, write the report."""
    from ..evaluation.evaluate import Settings, evaluate, held_out, work
    from ..evaluation.generation import Options
    from ..evaluation.page import page
    from ..evaluation.prompts import PROMPTS, draw, show
    from ..evaluation.sweep import sweep, variants
    from ..evaluation.texts import read_texts
    from ..training.data import load_clips

    options = Options(args.steps, args.guidance_scale, args.recognizer_guidance, args.solver, args.candidates)
    repeats = 1 if args.quick else args.repeats
    settings = Settings(args.split, args.limit, repeats, args.seed, options, args.quick)
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
    args.output.mkdir(parents=True, exist_ok=True)
    shown, pictures = [], []
    if "prompts" in args.parts:
        with progress("prompts", len(PROMPTS)) as bar:
            shown = show(pipeline, options=options, done=bar.update)
        pictures = draw(shown, args.output)
        print("\n".join(map(str, pictures)))
        faulty = [f"{item.prompt.text}: {', '.join(item.faults)}" for item in shown if item.faults]
        print("\n".join(faulty) or "no prompt floats or tips over without being asked")
    files["report.html"] = page(report, swept, shown, pictures, texts)
    for name, text in files.items():
        with replacing(args.output / name) as part:
            part.write_text(text, encoding="utf-8")
        print(args.output / name)
    return 0


def judge(args: argparse.Namespace) -> Evaluator:
    """The evaluator of the folder; it is trained first where there is none."""
    from ..evaluation.evaluator import FACTS, load_evaluator
    from ..pipeline import choose_device
    from ..training.evaluator import train_evaluator

    if not (args.evaluator / FACTS).is_file():
        print(f"training the evaluator in {args.evaluator}, a few minutes", file=sys.stderr)
        train_evaluator(args.data, args.evaluator)
    evaluator, facts = load_evaluator(args.evaluator, choose_device(args.device))
    print("evaluator: " + ", ".join(f"{name} {value}" for name, value in facts.items()))
    return evaluator


def progress(what: str, total: int) -> tqdm:
    """A bar of clips, for people only."""
    return tqdm(total=total, desc=what, unit="clip", disable=not sys.stderr.isatty())
