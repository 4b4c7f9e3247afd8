# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch from its table to its folder. One process writes the folder, whoever makes the motions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from ...rigs.errors import UserError
from ..system.atomic_write import replacing
from ..system.user_files import sweep
from .plan import PlannedTake
from .ray_workers import Workers, WorkersLost
from .summary import DONE, FAILED, BatchSummary
from .take_files import TakeFiles, batch_size, batches

LOCK = ".lock"
SAVED = 10.0  # seconds between two savings of the summary while work goes on


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """The folder for this run alone; made where it is not there. UserError where another run has it.

    The lock is the system's and goes with the process, however that ends.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"{folder} is a file.", "Give a folder for the motions.", "no_folder") from None
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"Another run is writing into {folder}.", "Wait for its end, or give another folder.", "folder_in_use"
        ) from None
    try:
        sweep(folder)
        yield
    finally:
        lock.release()


def _written(folder: Path, made: TakeFiles) -> TakeFiles:
    """A take whose files are on the disk; with a fault where one cannot be. UserError where the disk is full."""
    try:
        for file, data in made.files.items():
            with replacing(folder / file) as part:
                part.write_bytes(data)
    except UserError as error:
        if error.code == "disk_full":
            raise
        return replace(made, fault=str(error))
    return made


def work_off(
    takes: Sequence[PlannedTake],
    summary: BatchSummary,
    workers: Workers,
    *,
    most: int | None = None,
    report: Callable[[int], object] = lambda _count: None,
) -> None:
    """Make the takes, write their files and keep the summary. ``report`` gets how many takes each batch had.

    ``most`` takes go into one batch (None: as many as the device does well). However it ends, the summary is saved.
    """
    left = Counter(take.row.name for take in takes)
    failed: set[str] = set()
    saved = time.monotonic()
    try:
        summary.save()
        size = most or batch_size(len(takes), workers.count, workers.gpu)
        for batch, result in workers.map(batches(takes, size)):
            made = [TakeFiles(fault=result.reason)] * len(batch) if isinstance(result, WorkersLost) else result
            for take, result_of_take in zip(batch, made, strict=True):
                name, one = take.row.name, _written(summary.folder, result_of_take)
                left[name] -= 1
                if one.fault:
                    failed.add(name)
                    summary.change(name, state=FAILED, notes=(one.fault,))
                elif name not in failed:
                    summary.change(name, notes=one.notes, **({} if left[name] else {"state": DONE}))
            report(len(batch))
            if time.monotonic() - saved > SAVED:
                summary.save()
                saved = time.monotonic()
    finally:
        summary.save()
