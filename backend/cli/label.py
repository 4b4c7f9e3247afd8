# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd label FILE``: the names of the action in a motion file, best first."""

from __future__ import annotations

import argparse
import csv
import io
import json
from pathlib import Path

from ...rigs.errors import UserError
from ..motion_file import check_output, read_motion, replacing
from .options import add_model_options, load_pipeline, table, whole


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("file", type=Path, help="motion to name: .npz or .bvh")
    parser.add_argument("--labels", default="", help="names to choose from, with commas (default: the model's list)")
    parser.add_argument("--top", type=whole(1, 1000), default=5, help="how many names to give")
    parser.add_argument("-o", "--output", type=Path, help="also write the result as .csv or .json")
    add_model_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read, recognise, print and write."""
    labels = tuple(dict.fromkeys(label.strip() for label in args.labels.split(",") if label.strip()))
    if args.labels and not labels:
        raise UserError("--labels names nothing.", "Give names with commas, as in --labels walk,run.", "no_labels")
    if args.output:
        check_output(args.output, (".csv", ".json"))
    joints = read_motion(args.file)
    named = load_pipeline(args).label(joints, labels, args.top)
    print(table([(f"{score:.3f}", label) for label, score in named]))
    if args.output:
        with replacing(args.output) as part:
            part.write_text(_text(args.output, args.file, named), encoding="utf-8", newline="")
    return 0


def _text(target: Path, source: Path, named: list[tuple[str, float]]) -> str:
    """The result in the form of the target's suffix."""
    if target.suffix.lower() == ".json":
        ranking = [{"label": label, "score": round(score, 6)} for label, score in named]
        return json.dumps({"file": str(source), "labels": ranking}, indent=2, ensure_ascii=False) + "\n"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "rank", "label", "score"))
    writer.writerows((source, rank, label, f"{score:.6f}") for rank, (label, score) in enumerate(named, start=1))
    return out.getvalue()
