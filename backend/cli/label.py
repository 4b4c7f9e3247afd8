# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd label FILE_OR_FOLDER...``: the actions in motion files, cut into segments, best names first."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from ...rigs.errors import UserError
from ...rigs.skeleton import FPS
from ..motion_file import READABLE, check_output, read_motion, replacing
from .options import add_model_options, add_ray_options, load_pipeline, pieces, table, whole, workers

if TYPE_CHECKING:
    from ..crew import Lost
    from ..labelling.labeller import Segment

Skipped = tuple[Path, UserError]
STILL = "(stands still: no motion to name)"


@dataclass(frozen=True)
class Labelled:
    """A file and its segments."""

    path: Path
    segments: tuple[Segment, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument(
        "places", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help=f"{' '.join(READABLE)}, or folders"
    )
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
    from ..labelling.files import left_to_blender, motion_files
    from ..labelling.vocabulary import read_labels

    note = read_labels(args.labels)[1] if args.labels is not None else ""
    if args.output:
        check_output(args.output, (".csv", ".json"))
    files = motion_files(args.places)
    crew = workers(args, reader, args)
    done: list[Labelled] = []
    skipped: list[Skipped] = []
    with tqdm(total=len(files), desc="labelling", unit="file", leave=False, disable=not sys.stderr.isatty()) as bar:
        for piece, result in crew.map(pieces(files, crew.count)):
            found, missed = ([], _lost(piece, result)) if isinstance(result, Lost) else result
            done += found
            skipped += missed
            bar.update(len(piece))
    place = {path: number for number, path in enumerate(files)}  # workers are done in any order
    done.sort(key=lambda item: place[item.path])
    skipped.sort(key=lambda item: place[item[0]])
    if len(files) == 1 and skipped and not args.places[0].is_dir():
        raise skipped[0][1]
    if not done:
        _tell(skipped)
        raise UserError(
            f"None of the {len(files)} files could be read.", "Give whole .npz or .bvh motions.", "no_motion"
        )
    if args.csv or args.json:
        print(as_csv(done) if args.csv else as_json(done, skipped), end="")
    else:
        print(table(rows(done)))
    if args.output:
        with replacing(args.output) as part:
            text = as_json(done, skipped) if args.output.suffix.lower() == ".json" else as_csv(done)
            part.write_text(text, encoding="utf-8", newline="")
    _tell(skipped)
    if count := left_to_blender(args.places):
        print(
            f"{count} files of Blender, FBX or glTF are left out: CoAMD's panel in Blender reads them.", file=sys.stderr
        )
    if note:
        print(note, file=sys.stderr)
    return 0


def reader(args: argparse.Namespace) -> Callable[[Sequence[Path]], tuple[list[Labelled], list[Skipped]]]:
    """A worker that labels files."""
    from ..labelling.labeller import Labeller
    from ..labelling.vocabulary import read_labels

    labels = read_labels(args.labels)[0] if args.labels is not None else ()
    labeller = Labeller(load_pipeline(args).system, labels, describe=args.describe)

    def work(files: Sequence[Path]) -> tuple[list[Labelled], list[Skipped]]:
        done: list[Labelled] = []
        skipped: list[Skipped] = []
        for path in files:
            try:
                joints = read_motion(path)
                found = (labeller.whole(joints, args.top),) if args.whole else labeller.segments(joints, args.top)
            except UserError as problem:
                skipped.append((path, problem))
            else:
                done.append(Labelled(path, found))
        return done, skipped

    return work


def _lost(files: Sequence[Path], lost: Lost) -> list[Skipped]:
    return [(path, UserError(lost.reason, "", "lost")) for path in files]


def _tell(skipped: Sequence[Skipped]) -> None:
    for path, reason in skipped:
        print(f"skipped: {path}: {reason.message}", file=sys.stderr)


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
            lines.append(("" if i else str(item.path), *times, names or STILL))
    return [("file", "from s", "to s", "names"), *lines]


def as_csv(done: Sequence[Labelled]) -> str:
    """One line for each name; a segment without motion has one line without a name."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "start", "end", "rank", "label", "confidence", "score"))
    for item in done:
        for segment in item.segments:
            place = (item.path, f"{segment.first / FPS:.2f}", f"{segment.end / FPS:.2f}")
            if not segment.labels:
                writer.writerow((*place, "", "", "", ""))
            for rank, named in enumerate(segment.labels, start=1):
                sure = "" if named.confidence is None else f"{named.confidence:.4f}"
                writer.writerow((*place, rank, named.label, sure, f"{named.score:.4f}"))
    return out.getvalue()


def as_json(done: Sequence[Labelled], skipped: Sequence[Skipped]) -> str:
    """All files with their segments, and those that were skipped with the reason."""
    files = [
        {
            "file": str(item.path),
            "segments": [
                {
                    "start": segment.first / FPS,
                    "end": segment.end / FPS,
                    "labels": [
                        {
                            "label": named.label,
                            "confidence": None if named.confidence is None else round(named.confidence, 4),
                            "score": round(named.score, 4),
                        }
                        for named in segment.labels
                    ],
                }
                for segment in item.segments
            ],
        }
        for item in done
    ]
    missed = [{"file": str(path), "reason": reason.message} for path, reason in skipped]
    return json.dumps({"files": files, "skipped": missed}, indent=2, ensure_ascii=False) + "\n"
