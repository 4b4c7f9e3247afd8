# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd prepare SOURCE... OUT``: motion capture files to training data, with a report and a contact sheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from ....rigs.errors import UserError
from ...cli.progress_bar import progress_bar

SHEET_CLIPS = 24


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument(
        "sources",
        type=Path,
        nargs="+",
        metavar="source",
        help="folders with .bvh or .asf/.amc files, manifest.csv and captions.jsonl, prepared as one",
    )
    parser.add_argument("out", type=Path, help="folder to write")
    names = "humanml3d, kit-ml, ntu60, ntu120, pku-mmd or kinetics-skeleton"
    parser.add_argument("--layout", help=f"a public data set in its own layout: {names}")
    parser.add_argument("--split", default="", help="its split: xsub, xview or xset (default: its first)")


def run(args: argparse.Namespace) -> int:
    """Prepare, print the report, draw every so-many-th clip as stick figures."""
    from ...files.motion_pictures import sheet
    from ...training.data import load_clips
    from ..datasets import LAYOUTS
    from ..datasets.preparation import prepare, prepare_layout

    for source in args.sources:
        if not source.is_dir():
            raise UserError(f"There is no folder {source}.", "Check the path.", "no_source")
    if args.layout is not None and args.layout not in LAYOUTS:
        raise UserError(f"There is no layout {args.layout}.", f"Known are {', '.join(LAYOUTS)}.", "unknown_layout")
    if args.layout is not None and len(args.sources) > 1:
        raise UserError("A --layout is of one folder.", "Prepare each into a folder of its own.", "several_layouts")
    if args.split and args.layout is None:
        raise UserError("--split belongs to a --layout.", "Splits of your own data stand in manifest.csv.", "bad_split")
    with progress_bar(desc="takes", unit="") as bar:
        if args.layout is None:
            report = prepare(args.sources, args.out, bar.update)
        else:
            report = prepare_layout(LAYOUTS[args.layout], args.sources[0], args.split, args.out, bar.update)
    print(report.text())
    clips = [clip for clip in load_clips(args.out) if not clip.mirrored]
    chosen = clips[:: max(1, len(clips) // SHEET_CLIPS)][:SHEET_CLIPS]
    sheet([(clip.texts[0], clip.joints) for clip in chosen], args.out / "contact_sheet.png")
    print(f"written: {args.out}/clips.npz, takes.npz, report.txt, contact_sheet.png")
    return 0
