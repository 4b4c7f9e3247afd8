# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd index FOLDERS...``: read takes once, so that searches answer at once."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ...rigs.errors import UserError
from ..motion_file import READABLE
from .options import add_model_options, add_ray_options, load_pipeline, pieces, workers

if TYPE_CHECKING:
    from ..labelling.index import Index, Take
    from ..pipeline import Pipeline

SAVED = 30.0  # seconds between two savings of the index while files are read


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    add_index_options(parser)
    add_ray_options(parser)
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
    ready = shared(args, index.unread(files)) if getattr(args, "ray", None) else {}
    saved = time.monotonic()

    def read() -> None:
        nonlocal saved
        bar.update()
        if time.monotonic() - saved > SAVED:  # a run that is killed goes on from here
            index.save(path)
            saved = time.monotonic()

    with tqdm(total=len(files), desc="reading", unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        update = index.update(files, args.places, read, ready)
    if update.new or update.changed or update.gone or note:
        index.save(path)
        print(f"index: {update}", file=sys.stderr)
    for broken, reason in update.skipped:
        print(f"skipped: {broken}: {reason.message}", file=sys.stderr)
    return index


Unread = tuple[Path, str]  # file, and the hash of its contents


def reader(args: argparse.Namespace) -> Callable[[Sequence[Unread]], list[Take | UserError]]:
    """A worker that embeds files."""
    from ..labelling.index import read_take

    system = load_pipeline(args).system

    def work(piece: Sequence[Unread]) -> list[Take | UserError]:
        made: list[Take | UserError] = []
        for path, contents in piece:
            try:
                made.append(read_take(system, path, contents))
            except UserError as problem:
                made.append(problem)
        return made

    return work


def shared(args: argparse.Namespace, unread: Sequence[Unread]) -> dict[str, Take | UserError]:
    """What the workers of a cluster make of the files, by the hash of their contents; lost ones are left out."""
    from ..crew import Lost

    crew = workers(args, reader, args)
    made: dict[str, Take | UserError] = {}
    with tqdm(total=len(unread), desc="embedding", unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        for piece, result in crew.map(pieces(unread, crew.count)):
            if not isinstance(result, Lost):
                made |= {contents: take for (_, contents), take in zip(piece, result, strict=True)}
            bar.update(len(piece))
    return made
