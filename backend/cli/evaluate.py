# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd evaluate DATA``: the figures of the model card, on held-out clips."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from ..motion_file import check_output, replacing
from .options import add_model_options, load_pipeline, number, table, whole


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("data", type=Path, nargs="?", default=Path("data"), help="folder made by `coamd prepare`")
    parser.add_argument("--split", default="test", help="which clips (default: test)")
    parser.add_argument("--limit", type=whole(2, 10**6), help="only so many clips, drawn at random")
    parser.add_argument(
        "--repeats", type=whole(1, 1000), default=1, help="runs behind each mean and its 95 %% interval"
    )
    parser.add_argument("--seed", type=whole(0, 2**31), default=0, help="of captions, noise and splits")
    parser.add_argument("--steps", type=whole(1, 1000), help="sampling steps (default of the model)")
    parser.add_argument("--guidance-scale", type=number, help="how strictly to follow the text (default of the model)")
    parser.add_argument("--recognizer-guidance", type=number, help="strength of guidance by the recognizer; 0 is off")
    parser.add_argument("-o", "--output", type=Path, help="write .json, and the table as .md beside it")
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Measure, print the table, write both files."""
    from ..evaluation.evaluate import Settings, evaluate, held_out
    from ..evaluation.generation import Options
    from ..training.data import load_clips

    if args.output:
        check_output(args.output, (".json",))
    options = Options(args.steps, args.guidance_scale, args.recognizer_guidance)
    settings = Settings(args.split, args.limit, args.repeats, args.seed, options)
    clips = load_clips(args.data)
    total = len(held_out(clips, settings)) * settings.repeats
    pipeline = load_pipeline(args)
    with tqdm(total=total, desc="generating", unit="clip", disable=not sys.stderr.isatty()) as bar:
        report = evaluate(pipeline, clips, settings, bar.update)
    print(table(report.cells(), right=(1, 2)))
    if args.output:
        for path, text in ((args.output, report.json()), (args.output.with_suffix(".md"), report.markdown())):
            with replacing(path) as part:
                part.write_text(text, encoding="utf-8")
            print(path)
    return 0
