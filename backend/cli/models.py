# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd models``: the taught models of this user, listed, renamed, removed, exported and imported."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..taught.library import bring_in, default_folder, export, models, remove, rename
from .options import table


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the subcommand."""
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="give a model another name")
    action.add_argument("--remove", metavar="NAME", help="delete a model's file")
    action.add_argument("--export", nargs=2, metavar=("NAME", "FILE"), help="copy a model's file for somebody else")
    action.add_argument("--import", dest="bring", type=Path, metavar="FILE", help="take in a file from somebody else")


def run(args: argparse.Namespace) -> int:
    """Do what is asked for, or list."""
    if args.rename:
        print(rename(*args.rename))
    elif args.remove:
        remove(args.remove)
    elif args.export:
        print(export(args.export[0], Path(args.export[1])))
    elif args.bring:
        print(bring_in(args.bring).path)
    else:
        _list()
    return 0


def _list() -> None:
    found, problems = models()
    if not found:
        print(f"There are no taught models in {default_folder()}; coamd teach makes one.")
    else:
        rows = [("name", "made", "takes", "taught to", "words")]
        for model in found:
            card = model.card
            words = ", ".join(card.words[:3]) + (", …" if len(card.words) > 3 else "")
            rows.append((card.name, card.made[:10], str(len(card.takes)), card.base_name, words))
        print(table(rows, right=(2,)))
    for problem in problems:
        print(f"note: {problem}", file=sys.stderr)
