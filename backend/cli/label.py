# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd label FILE_OR_FOLDER...``: the actions in motion files, cut into segments, best names first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from ...rigs.errors import UserError
from ...rigs.skeleton import FPS
from ..labelling.files import KINDS, SCENES, motion_files
from ..labelling.request import STILL, Segment, read_labels
from ..labelling.tables import BETWEEN, Labelled, Missed, as_csv, as_json, shown
from ..motion_file import check_output, replacing
from .options import add_model_options, add_ray_options, load_pipeline, pieces, table, whole, workers

if TYPE_CHECKING:
    from ..crew import Lost


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("places", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help=f"{' '.join(KINDS)}, or folders")
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--labels", help="names to choose from, with commas (default: the model's list)")
    words.add_argument(
        "--describe", action="store_true", help="short phrases of the training captions instead of names"
    )
    parser.add_argument("--whole", action="store_true", help="name each file as a whole; do not cut it")
    parser.add_argument("--top", type=whole(1, 1000), default=3, help="how many names to give (default: 3)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV instead of the table")
    form.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("-o", "--output", type=Path, help="also write the result as .csv or .json")
    add_ray_options(parser)
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read, cut, name, print and write; broken files are skipped and named at the end."""
    from ..crew import Lost
    from ..labelling.scenes import NEEDS, blender

    notes = dict.fromkeys([read_labels(args.labels)[1] if args.labels is not None else ""])
    if args.output:
        check_output(args.output, (".csv", ".json"))
    files = motion_files(args.places)
    if all(path.suffix.lower() in SCENES for path in files) and blender() is None:
        raise NEEDS
    crew = workers(args, reader, args)
    done: list[Labelled] = []
    skipped: list[Missed] = []
    with tqdm(total=len(files), desc="labelling", unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        for piece, result in crew.map(pieces(files, crew.count)):
            found, missed, told = ([], _lost(piece, result), "") if isinstance(result, Lost) else result
            notes[told] = None
            done += found
            skipped += missed
            bar.update(len(piece))
    place = {str(path): number for number, path in enumerate(files)}  # workers are done in any order
    done.sort(key=lambda item: place[str(item.path)])
    skipped.sort(key=lambda item: place.get(item[0].partition(BETWEEN)[0], len(place)))
    if not done:
        if len(files) == 1 and len(skipped) == 1:
            raise UserError(skipped[0][1], "Give a whole motion of a body.", "no_motion")
        _tell(skipped)
        raise UserError(f"None of the {len(files)} files could be read.", "Give whole motions of a body.", "no_motion")
    if args.csv or args.json:
        print(as_csv(done) if args.csv else as_json(done, skipped), end="")
    else:
        print(table(rows(done)))
    if args.output:
        with replacing(args.output) as part:
            text = as_json(done, skipped) if args.output.suffix.lower() == ".json" else as_csv(done)
            part.write_text(text, encoding="utf-8", newline="")
    _tell(skipped)
    for note in filter(None, notes):
        print(note, file=sys.stderr)
    return 0


def reader(args: argparse.Namespace) -> Callable[[Sequence[Path]], tuple[list[Labelled], list[Missed], str]]:
    """A worker that labels files, and says which of the words are strange to the model."""
    from ..labelling.labeller import Labeller
    from ..labelling.reading import read_files
    from ..prompt import unlearnt

    labels = read_labels(args.labels)[0] if args.labels is not None else ()
    labeller = Labeller(load_pipeline(args).system, labels, describe=args.describe)

    def named(joints: np.ndarray) -> tuple[Segment, ...]:
        return (labeller.whole(joints, args.top),) if args.whole else labeller.segments(joints, args.top)

    note = unlearnt(labeller.system, labels)

    def work(files: Sequence[Path]) -> tuple[list[Labelled], list[Missed], str]:
        done: list[Labelled] = []
        skipped: list[Missed] = []
        for path, found in read_files(files):
            skipped += [(shown(str(path), name), reason) for name, reason in found.problems]
            for name, joints in found.takes:
                try:
                    done.append(Labelled(path, name, named(joints)))
                except UserError as problem:
                    skipped.append((shown(str(path), name), problem.message))
        return done, skipped, note

    return work


def _lost(files: Sequence[Path], lost: Lost) -> list[Missed]:
    return [(str(path), lost.reason) for path in files]


def _tell(skipped: Sequence[Missed]) -> None:
    for name, reason in skipped:
        print(f"skipped: {name}: {reason}", file=sys.stderr)
    if skipped:
        print(f"{len(skipped)} skipped.", file=sys.stderr)


def rows(done: Sequence[Labelled]) -> list[tuple[str, ...]]:
    """Cells of the table: file, from and to in seconds, and the names with how sure they are."""
    lines = []
    for item in done:
        for i, segment in enumerate(item.segments):
            names = ", ".join(
                named.label if named.confidence is None else f"{named.label} {named.confidence:.0%}"
                for named in segment.labels
            )
            times = f"{segment.first / FPS:.2f}", f"{segment.end / FPS:.2f}"
            lines.append(("" if i else shown(str(item.path), item.name), *times, names or f"({STILL})"))
    return [("file", "from s", "to s", "names"), *lines]
