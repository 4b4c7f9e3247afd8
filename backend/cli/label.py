# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd label FILE_OR_FOLDER...``: the actions in motion files, cut into segments, best names first."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...rigs.body.skeleton import FPS
from ...rigs.errors import UserError
from ..files.motion_file import check_output
from ..labelling.motion_folders import KINDS, SCENES, motion_files
from ..requests.label import STILL, Segment, read_labels
from ..requests.label_tables import BETWEEN, LabelledTake, Missed, as_csv, as_json, take_title
from ..system.atomic_write import replacing
from .options import add_model_options, add_ray_options, load_pipeline, pieces, table, whole, workers
from .progress_bar import progress_bar

if TYPE_CHECKING:
    from ..batch.ray_workers import WorkersLost


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
    from ..batch.ray_workers import WorkersLost
    from ..labelling.scene_files import NEEDS
    from ..system.background_blender import READ, blender

    notes = dict.fromkeys([read_labels(args.labels)[1] if args.labels is not None else ""])
    if args.output:
        check_output(args.output, (".csv", ".json"))
    files = motion_files(args.places)
    if all(path.suffix.lower() in SCENES for path in files) and blender(READ) is None:
        raise NEEDS
    pool = workers(args, reader, args)
    done: list[LabelledTake] = []
    skipped: list[Missed] = []
    with progress_bar(total=len(files), desc="labelling", unit="file", leave=False) as bar:
        for piece, result in pool.map(pieces(files, pool.count)):
            found, missed, more = ([], _lost(piece, result), []) if isinstance(result, WorkersLost) else result
            notes |= dict.fromkeys(more)
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


def reader(args: argparse.Namespace) -> Callable[[Sequence[Path]], tuple[list[LabelledTake], list[Missed], list[str]]]:
    """A worker that labels files, and says which of the words are strange to the model and which files hold otherwise
    than they say."""
    from ..labelling.labeller import Labeller
    from ..labelling.motion_reading import fault_of, read_files
    from ..language.prompt import unlearnt

    labels = read_labels(args.labels)[0] if args.labels is not None else ()
    pipeline = load_pipeline(args)
    taught = pipeline.taught_words()
    labeller = Labeller(pipeline.system, labels, describe=args.describe, taught=taught)

    def named(joints: np.ndarray) -> tuple[Segment, ...]:
        return (labeller.whole(joints, args.top),) if args.whole else labeller.segments(joints, args.top)

    note = unlearnt(labeller.system, [label for label in labels if taught.of(label) is None])

    def work(files: Sequence[Path]) -> tuple[list[LabelledTake], list[Missed], list[str]]:
        done: list[LabelledTake] = []
        skipped: list[Missed] = []
        notes = [note]
        for path, found in read_files(files):
            skipped += [(take_title(str(path), name), reason) for name, reason in found.problems]
            for name, joints in found.takes:
                try:
                    done.append(LabelledTake(path, name, named(joints)))
                except Exception as problem:  # such as too little memory for one long take
                    skipped.append((take_title(str(path), name), fault_of(problem, path)))
            notes += [f"{path}: {found.remark}"] if found.remark else []
        return done, skipped, notes

    return work


def _lost(files: Sequence[Path], lost: WorkersLost) -> list[Missed]:
    return [(str(path), lost.reason) for path in files]


def _tell(skipped: Sequence[Missed]) -> None:
    for name, reason in skipped:
        print(f"skipped: {name}: {reason}", file=sys.stderr)
    if skipped:
        print(f"{len(skipped)} skipped.", file=sys.stderr)


def rows(done: Sequence[LabelledTake]) -> list[tuple[str, ...]]:
    """Cells of the table: file, from and to in seconds, and the names with how sure they are."""
    lines = []
    for item in done:
        for i, segment in enumerate(item.segments):
            names = ", ".join(
                named.label if named.confidence is None else f"{named.label} {named.confidence:.0%}"
                for named in segment.labels
            )
            times = f"{segment.first / FPS:.2f}", f"{segment.end / FPS:.2f}"
            lines.append(("" if i else take_title(str(item.path), item.name), *times, names or f"({STILL})"))
    return [("file", "from s", "to s", "names"), *lines]
