# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd parity DIR``: our modules beside reference vectors; exit code 1 where one differs."""

from __future__ import annotations

import argparse
from pathlib import Path

from ....rigs.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of reference vectors")


def run(args: argparse.Namespace) -> int:
    """Print the largest errors of every output; 0 if all are within their limits, else 1."""
    if not args.folder.is_dir():
        raise UserError(
            f"There is no folder {args.folder}.", "Name the folder that holds the reference vectors.", "no_reference"
        )
    from ..reference.parity import compare

    found = compare(args.folder)
    width = max(len(f"{row.file} {row.output}") for row in found)
    print(f"{'output':<{width}}  {'absolute':>9}  {'relative':>9}  {'limit':>7}")
    for row in found:
        verdict = "" if row.passed else "  FAILED"
        name = f"{row.file} {row.output}"
        print(f"{name:<{width}}  {row.absolute:9.2e}  {row.relative:9.2e}  {row.limit:7.0e}{verdict}")
    failed = sum(not row.passed for row in found)
    print(f"{len(found) - failed} of {len(found)} outputs agree")
    return 1 if failed else 0
