# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd batch PROMPTS OUT``: a table of prompts into a folder of motions; a run that was killed goes on."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ..requests.generate import GenerateRequest
from .options import add_candidates_option, add_model_options, add_ray_options, load_pipeline, number, whole, workers
from .progress_bar import progress_bar

if TYPE_CHECKING:
    from ..batch.take_files import TakeMaker


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("table", type=Path, metavar="PROMPTS", help=".csv or .jsonl; the column prompt must be there")
    parser.add_argument("folder", type=Path, metavar="OUT", help="folder of the motions and of summary.csv")
    parser.add_argument("--seconds", type=number, default=4.0, help="where a row has none (default 4)")
    parser.add_argument("--seed", type=whole(0, 2**63 - 1), default=0, help="where a row has none (default 0)")
    parser.add_argument("--variations", type=whole(1, 1000), default=1, help="where a row has none (default 1)")
    parser.add_argument("--format", default="npz", help="where a row has none, as 'npz bvh' (default npz)")
    parser.add_argument("--guidance-scale", type=number, help="where a row has none (default of the model)")
    parser.add_argument("--recognizer-guidance", type=number, help="where a row has none (default of the model)")
    add_candidates_option(parser)
    parser.add_argument("--batch", type=whole(1, 10_000), help="motions at once (default: what the device does well)")
    add_ray_options(parser)
    add_model_options(parser)


def maker(args: argparse.Namespace) -> TakeMaker:
    """The worker of these options."""
    from ..batch.take_files import TakeMaker

    return TakeMaker(load_pipeline(args))


def run(args: argparse.Namespace) -> int:
    """Read the table, make what is missing, say what came of it; 1 where a row failed."""
    from ..batch.plan import planned
    from ..batch.run import owned, work_off
    from ..batch.summary import DONE, FAILED, FILE, BatchSummary
    from ..batch.table import Row, formats, read_rows

    request = GenerateRequest(
        "",
        args.seconds,
        args.seed,
        args.variations,
        guidance_scale=args.guidance_scale,
        recognizer_guidance=args.recognizer_guidance,
        candidates=args.candidates,
    )
    rows = read_rows(args.table, Row("", request, formats(args.format)))
    with owned(args.folder):
        summary = BatchSummary.open(args.folder)
        takes = planned(rows, summary)
        before = sum(summary.entries[row.name].state == DONE for row in rows)
        total = sum(row.request.variations for row in rows if summary.entries[row.name].state != FAILED)
        if not takes:
            summary.save()
        else:
            with progress_bar(total=total, initial=total - len(takes), desc="generating", unit="motion") as bar:
                work_off(takes, summary, workers(args, maker, args), most=args.batch, report=bar.update)
    entries = [summary.entries[row.name] for row in rows]
    for entry in entries:
        if entry.state == FAILED:
            print(f"failed: {entry.name}: {' '.join(entry.notes)}", file=sys.stderr)
    counts = Counter(entry.state for entry in entries)
    said = f"{counts[DONE]} done ({before} before)" if before else f"{counts[DONE]} done"
    print(f"{args.folder / FILE}: {said}" + (f", {counts[FAILED]} failed" if counts[FAILED] else ""))
    return 1 if counts[FAILED] else 0
