# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd search "TEXT" FILES_OR_FOLDERS...``: the takes that fit a text or an example, best first."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...rigs.body.skeleton import FPS
from ...rigs.errors import UserError
from ..files.motion_file import read_motion
from ..requests.label_tables import take_title
from ..system.csv_cells import guarded
from .index import add_index_options, updated
from .options import add_model_options, load_pipeline, table, whole

if TYPE_CHECKING:
    from ..requests.label import Moment

SCORE = (
    "Score: how alike the moment and {wanted} are (cosine), 1 at most. It ranks the takes of one search; "
    "below about 0.5, look whether a take fits."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("text", help="what to look for, in English; '' with --example")
    add_index_options(parser)
    parser.add_argument("--example", type=Path, metavar="TAKE", help="look for takes like this one instead of a text")
    parser.add_argument("--top", type=whole(1, 100_000), default=5, help="how many takes to name (default: 5)")
    parser.add_argument(
        "--thumbnails", type=Path, metavar="DIR", help="draw each found moment as a strip of poses there"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV instead of the table")
    form.add_argument("--json", action="store_true", help="print JSON instead of the table")
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Bring the index up to date, ask it, print the nearest; broken files are skipped and named."""
    from ..labelling.embedding import embed_takes, uniform
    from ..labelling.motion_folders import motion_files
    from ..labelling.segmentation import checked

    if args.example is None and not args.text.strip():
        raise UserError(
            "The text to look for is empty.", "Say what the person does, as in 'a person waves'.", "empty_prompt"
        )
    if args.example is not None and args.text.strip():
        raise UserError("Both a text and an example are given.", "With --example give '' as the text.", "two_queries")
    example = None if args.example is None else uniform(checked(read_motion(args.example)))
    files = motion_files(args.places)
    pipeline = load_pipeline(args)
    index = updated(args, pipeline, files)
    wanted = (
        pipeline.embed_text(args.text) if example is None else embed_takes(pipeline.system.recognizer, [example])[0]
    )
    found = index.among(files).nearest(wanted, args.top)
    if not found:
        raise UserError(f"None of the {len(files)} files could be read.", "Give whole motions of a body.", "no_motion")
    if example is None:
        for note in pipeline.read(args.text)[1]:
            print(note, file=sys.stderr)
    print(as_json(found) if args.json else as_csv(found) if args.csv else as_table(found))
    if not (args.json or args.csv):
        print(SCORE.format(wanted="the text" if example is None else "the example"), file=sys.stderr)
    if args.thumbnails:
        draw(found, args.thumbnails)
    return 0


def as_table(found: Sequence[Moment]) -> str:
    """Score, time range and take."""
    return table(
        [(f"{f.score:.3f}", f"{f.first / FPS:.1f}-{f.end / FPS:.1f} s", take_title(f.path, f.name)) for f in found],
        right=(1,),
    )


def as_json(found: Sequence[Moment]) -> str:
    """The same for scripts, in seconds."""
    items = [
        {"file": f.path, "take": f.name, "score": round(f.score, 4), "start": f.first / FPS, "end": f.end / FPS}
        for f in found
    ]
    return json.dumps(items, indent=2, ensure_ascii=False)


def as_csv(found: Sequence[Moment]) -> str:
    """The same for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "take", "score", "start", "end"))
    for f in found:
        writer.writerow(
            (guarded(f.path), guarded(f.name), f"{f.score:.4f}", f"{f.first / FPS:.2f}", f"{f.end / FPS:.2f}")
        )
    return out.getvalue().rstrip("\n")


def safe(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "_", name)[:60]


def draw(found: Sequence[Moment], folder: Path) -> None:
    """A strip of poses for each, numbered in the order of the list."""
    from ..files.motion_pictures import strip

    folder.mkdir(parents=True, exist_ok=True)
    for number, item in enumerate(found, start=1):
        stem = item.name or Path(item.path).stem
        target = folder / f"{number:02d}_{safe(stem)}.png"
        count = len(item.poses)
        rate = FPS * (count - 1) / max(item.end - 1 - item.first, 1)  # of the poses, which are spread over the moment
        strip(item.poses, target, title=stem, poses=count, fps=rate, start=item.first / FPS)
        print(target)
