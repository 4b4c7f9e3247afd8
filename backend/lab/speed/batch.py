# SPDX-License-Identifier: GPL-3.0-or-later
"""``coamd benchmark batch``: how long a table of prompts takes one worker of a local Ray cluster, and how long several.

The whole command is timed, its start and the cluster's included. Every worker has one processor core, so that one alone
does not take the cores of the others.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from ....rigs.errors import UserError
from ...batch.summary import DONE, BatchSummary
from ...cli.options import table, whole
from ...system.subprocesses import environment
from ..evaluation.fixed_prompts import PROMPTS
from .product import machine

WANTED = 0.6  # of the time of one worker, with two


@dataclass(frozen=True)
class Shift:
    """A table made by so many workers, in seconds, and how many of its rows are done."""

    workers: int
    seconds: float
    done: int


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the topic."""
    parser.add_argument("--prompts", type=whole(1, 10_000), default=200, help="rows of the table (default 200)")
    parser.add_argument("--workers", type=whole(2, 1000), default=2, help="against one (default 2)")


def run(args: argparse.Namespace) -> int:
    """Measure one worker and several, print the table; 1 where a row was not done."""
    model = ["--device", args.device, *(["--weights", str(args.weights)] if args.weights else [])]
    with tqdm(bar_format="{desc}", leave=False, disable=not sys.stderr.isatty()) as bar:
        shifts = []
        for workers in (1, args.workers):
            bar.set_description_str(f"{args.prompts} prompts, workers: {workers}")
            shifts.append(worked(args.prompts, workers, model))
    print(machine())
    print(report(args.prompts, shifts))
    return 0 if all(shift.done == args.prompts for shift in shifts) else 1


def worked(prompts: int, workers: int, model: Sequence[str]) -> Shift:
    """Make a table again with so many workers. UserError where the command refuses it."""
    with tempfile.TemporaryDirectory(prefix="coamd-benchmark-") as folder:
        rows, out = Path(folder) / "prompts.csv", Path(folder) / "out"
        write_table(rows, prompts)
        command = [sys.executable, "-m", __package__.partition(".lab")[0], "batch", str(rows), str(out), *model]
        began = time.perf_counter()
        ended = subprocess.run(
            [*command, "--candidates", "1", "--ray", "local", "--workers", str(workers)],
            env=environment() | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - began
        if ended.returncode > 1:
            said = (ended.stderr.strip() or "no reason given").splitlines()[-1]
            raise UserError(f"The batch did not run ({said})", "Try `coamd batch` by itself.", "no_batch")
        done = sum(entry.state == DONE for entry in BatchSummary.open(out).entries.values())
        return Shift(workers, seconds, done)


def write_table(path: Path, prompts: int) -> None:
    """The fixed prompts in turn, each round with another seed, all of 4 s."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("prompt", "seed"))
        writer.writerows((PROMPTS[i % len(PROMPTS)].text, i // len(PROMPTS)) for i in range(prompts))


def report(prompts: int, shifts: Sequence[Shift]) -> str:
    """The table; the first shift is what the others are compared with."""
    rows = [("workers", "time s", "motions a second", "of one worker's time", "done")]
    for shift in shifts:
        share = shift.seconds / shifts[0].seconds
        verdict = f" ({'ok' if share <= WANTED else 'over'}: <= {WANTED:g})" if shift.workers == 2 else ""
        rate = f"{shift.done / shift.seconds:.2f}"
        rows.append((str(shift.workers), f"{shift.seconds:.1f}", rate, f"{share:.2f}{verdict}", str(shift.done)))
    return f"{prompts} prompts of 4 s, one core to a worker\n{table(rows, right=(0, 1, 2, 4))}"
