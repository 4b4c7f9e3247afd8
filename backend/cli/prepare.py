# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd prepare SRC OUT``: motion capture files to training data, with a report and a contact sheet."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from ...rigs.errors import UserError

SHEET_CLIPS = 24


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument(
        "source", type=Path, help="folder with .bvh or .asf/.amc files, manifest.csv and captions.jsonl"
    )
    parser.add_argument("out", type=Path, help="folder to write")
    names = "humanml3d, kit-ml, ntu60, ntu120, pku-mmd or kinetics-skeleton"
    parser.add_argument("--layout", help=f"a public data set in its own layout: {names}")
    parser.add_argument("--split", default="", help="its split: xsub, xview or xset (default: its first)")


def run(args: argparse.Namespace) -> int:
    """Prepare, print the report, draw every so-many-th clip as stick figures."""
    from ..figures import sheet
    from ..training.data import load_clips
    from ..training.datasets import LAYOUTS
    from ..training.prepare import prepare, prepare_layout

    if not args.source.is_dir():
        raise UserError(f"There is no folder {args.source}.", "Check the path.", "no_source")
    if args.layout is not None and args.layout not in LAYOUTS:
        raise UserError(f"There is no layout {args.layout}.", f"Known are {', '.join(LAYOUTS)}.", "unknown_layout")
    if args.split and args.layout is None:
        raise UserError("--split belongs to a --layout.", "Splits of your own data stand in manifest.csv.", "bad_split")
    with tqdm(desc="takes", unit="") as bar:
        if args.layout is None:
            report = prepare(args.source, args.out, bar.update)
        else:
            report = prepare_layout(LAYOUTS[args.layout], args.source, args.split, args.out, bar.update)
    print(report.text())
    clips = [clip for clip in load_clips(args.out) if not clip.mirrored]
    chosen = clips[:: max(1, len(clips) // SHEET_CLIPS)][:SHEET_CLIPS]
    sheet([(clip.texts[0], clip.joints) for clip in chosen], args.out / "contact_sheet.png")
    print(f"written: {args.out}/clips.npz, takes.npz, report.txt, contact_sheet.png")
    return 0
