# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd index FOLDERS...``: read takes once, so that searches answer at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ..motion_file import READABLE
from .options import add_model_options, load_pipeline

if TYPE_CHECKING:
    from ..labelling.index import Index
    from ..pipeline import Pipeline


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    add_index_options(parser)
    add_model_options(parser)


def add_index_options(parser: argparse.ArgumentParser) -> None:
    """The places, and the index file."""
    parser.add_argument(
        "places", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help=f"{' '.join(READABLE)}, or folders"
    )
    parser.add_argument(
        "--index", type=Path, metavar="FILE", help="the index (default: takes.npz in the user's folder)"
    )


def run(args: argparse.Namespace) -> int:
    """Bring the index up to date and say what was done."""
    from ..labelling.files import motion_files
    from ..labelling.index import default_index

    files = motion_files(args.places)
    index = updated(args, load_pipeline(args), files)
    print(f"{args.index or default_index()}: {len(index.takes)} takes")
    return 0


def updated(args: argparse.Namespace, pipeline: Pipeline, files: Sequence[Path]) -> Index:
    """The index of the options, with the files in it; what was done is told on the error stream."""
    from ..labelling.index import Index, default_index

    path = args.index or default_index()
    index, note = Index.open(path, pipeline.system)
    if note:
        print(note, file=sys.stderr)
    with tqdm(total=len(files), desc="reading", unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        update = index.update(files, args.places, bar.update)
    if update.new or update.changed or update.gone or note:
        index.save(path)
        print(f"index: {update}", file=sys.stderr)
    for broken, reason in update.skipped:
        print(f"skipped: {broken}: {reason.message}", file=sys.stderr)
    return index
