# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd search "TEXT" FILES_OR_FOLDERS...``: the motion files that fit a text, best first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from ...rigs.errors import UserError
from ..motion_file import READABLE, read_motion
from .options import add_model_options, load_pipeline, table, whole


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("text", help="what to look for, in English")
    parser.add_argument(
        "places", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help=f"{' '.join(READABLE)}, or folders"
    )
    parser.add_argument("--top", type=whole(1, 100_000), default=5, help="how many files to name")
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Embed the text and every readable file, print the nearest; broken files are skipped and named at the end."""
    if not args.text.strip():
        raise UserError(
            "The text to look for is empty.", "Say what the person does, as in 'a person waves'.", "empty_prompt"
        )
    files = motion_files(args.places)
    pipeline = load_pipeline(args)
    wanted = pipeline.embed_text(args.text)
    found: list[tuple[float, Path]] = []
    skipped: list[tuple[Path, UserError]] = []
    for path in tqdm(files, desc="reading", unit="file", leave=False, disable=not sys.stderr.isatty()):
        try:
            joints = read_motion(path)
        except UserError as problem:
            skipped.append((path, problem))
            continue
        found.append((float(pipeline.embed_motion(joints) @ wanted), path))
    best = sorted(found, key=lambda pair: -pair[0])[: args.top]
    if best:
        print(table([(f"{score:.3f}", str(path)) for score, path in best]))
    for path, reason in skipped:
        print(f"skipped: {path}: {reason.message}", file=sys.stderr)
    if not found:
        raise UserError(
            f"None of the {len(files)} files could be read.", "Give whole .npz or .bvh motions.", "no_motion"
        )
    return 0


def motion_files(places: Sequence[Path]) -> list[Path]:
    """The named files, and all motion files below the named folders, each once.

    Raises:
        UserError: a place that is not there, a file of another kind, or nothing found at all.
    """
    files: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            below = (path for path in sorted(place.rglob("*")) if path.suffix.lower() in READABLE and path.is_file())
            files |= dict.fromkeys(below)
        elif not place.is_file():
            raise UserError(f"There is no file or folder {place}.", "Check the name.", "no_file")
        elif place.suffix.lower() not in READABLE:
            raise UserError(f"{place.name} is no motion file.", f"Use one of {', '.join(READABLE)}.", "unknown_suffix")
        else:
            files[place] = None
    if not files:
        raise UserError("There are no motion files in these folders.", f"Look for {', '.join(READABLE)}.", "no_motion")
    return list(files)
