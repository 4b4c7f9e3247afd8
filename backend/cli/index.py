# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd index FOLDERS...``: read takes once, so that searches answer at once."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..labelling.motion_folders import KINDS
from .options import add_model_options, add_ray_options, load_pipeline, pieces, workers
from .progress_bar import progress_bar

if TYPE_CHECKING:
    from ..labelling.index import TakeIndex
    from ..labelling.index_file import IndexedFile, IndexedTake
    from ..motion.pipeline import Pipeline

SAVED = 30.0  # seconds between two savings of the index while files are read


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    add_index_options(parser)
    add_ray_options(parser)
    add_model_options(parser)


def add_index_options(parser: argparse.ArgumentParser) -> None:
    """The places, and the index file."""
    parser.add_argument("places", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help=f"{' '.join(KINDS)}, or folders")
    parser.add_argument(
        "--index", type=Path, metavar="FILE", help="the index (default: takes.npz in the user's folder)"
    )


def run(args: argparse.Namespace) -> int:
    """Bring the index up to date and say what was done."""
    from ..labelling.index import default_index
    from ..labelling.motion_folders import motion_files

    files = motion_files(args.places)
    index = updated(args, load_pipeline(args), files)
    print(f"{args.index or default_index()}: {len(index.takes)} takes")
    return 0


def updated(args: argparse.Namespace, pipeline: Pipeline, files: Sequence[Path]) -> TakeIndex:
    """The index of the options, with the files in it; what was done is told on the error stream."""
    from ..labelling.embedding import embedder
    from ..labelling.index import TakeIndex, default_index

    path = args.index or default_index()
    index, note = TakeIndex.open(path, embedder(pipeline.system))
    if note:
        print(note, file=sys.stderr)
    ready = shared(args, index.unread(files)) if getattr(args, "ray", None) else []
    saved = time.monotonic()

    def read() -> None:
        nonlocal saved
        bar.update()
        if time.monotonic() - saved > SAVED:  # a run that is killed goes on from here
            index.save(path)
            saved = time.monotonic()

    with progress_bar(total=len(files), desc="reading", unit="file", leave=False) as bar:
        update = index.update(files, args.places, read, ready=ready)
    if update.new or update.changed or update.gone or update.skipped or note:
        index.save(path)
        print(f"index: {update}", file=sys.stderr)
    for name, remark in update.remarks:
        print(f"{name}: {remark}", file=sys.stderr)
    for broken, reason in update.skipped:
        print(f"skipped: {broken}: {reason}", file=sys.stderr)
    return index


IndexedFiles = list[tuple["IndexedFile", list["IndexedTake"]]]


def reader(args: argparse.Namespace) -> Callable[[Sequence[Path]], IndexedFiles]:
    """A worker that embeds files."""
    from ..labelling.embedding import embedder
    from ..labelling.index import TakeIndex

    eyes = embedder(load_pipeline(args).system)

    def work(piece: Sequence[Path]) -> IndexedFiles:
        index = TakeIndex(eyes)
        index.update(piece)
        return index.contents()

    return work


def shared(args: argparse.Namespace, unread: Sequence[Path]) -> IndexedFiles:
    """What the workers of a cluster make of the files; lost ones are left out."""
    from ..batch.ray_workers import WorkersLost

    pool = workers(args, reader, args)
    made: IndexedFiles = []
    with progress_bar(total=len(unread), desc="embedding", unit="file", leave=False) as bar:
        for piece, result in pool.map(pieces(unread, pool.count)):
            if not isinstance(result, WorkersLost):
                made += result
            bar.update(len(piece))
    return made
