# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd convert OUT``: checkpoints in the released code's form to a weights folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from ....rigs.errors import UserError

_PARTS = ("autoencoder", "generator", "recognizer")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("out", type=Path, help="weights folder to write or to add to")
    parser.add_argument("--autoencoder", type=Path, help="torch file with the state under 'ae'")
    parser.add_argument("--generator", type=Path, help="torch file with the state under 'ema_mardm' or 'mardm'")
    parser.add_argument("--recognizer", type=Path, help="torch file with the state under 'contrast_model'")
    parser.add_argument("--mean", type=Path, required=True, help=".npy with the mean of the 66 coordinates")
    parser.add_argument("--std", type=Path, required=True, help=".npy with their deviation")
    parser.add_argument("--labels", type=Path, help="text file with the class names, one per line")
    parser.add_argument("--model", default="CoAMD-SiT-XL", help="named size (default: CoAMD-SiT-XL)")


def run(args: argparse.Namespace) -> int:
    """Convert and say what is written, and what the folder still lacks."""
    from ...model.config import named
    from ..reference.conversion import convert, read_statistics

    files = {name: getattr(args, name) for name in _PARTS if getattr(args, name) is not None}
    if not files:
        raise UserError(
            "No checkpoint is given.", "Give --autoencoder, --generator or --recognizer, or all.", "no_checkpoint"
        )
    labels: tuple[str, ...] = ()
    if args.labels is not None:
        try:
            lines = args.labels.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{args.labels} cannot be read.", "Give a UTF-8 text file.", "no_labels") from error
        labels = tuple(line.strip() for line in lines if line.strip())
    statistics = read_statistics(args.mean), read_statistics(args.std)
    config = convert(files, statistics, named(args.model), args.out, labels)
    print(f"written: {args.out} ({', '.join(files)}; {config.generator.layers} blocks in the generator)")
    missing = [name for name in _PARTS if not (args.out / f"{name}.safetensors").exists()]
    if missing:
        print(f"still missing in it: {', '.join(missing)}")
    return 0
