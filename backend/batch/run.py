# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch from its table to its folder. One process writes the folder, whoever makes the motions."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ...rigs.errors import UserError
from ..crew import Lost, Workers
from ..motion_file import replacing
from .making import Made, batch_size, batches
from .plan import Take
from .summary import DONE, FAILED, Summary

LOCK = ".lock"
SAVED = 10.0  # seconds between two savings of the summary while work goes on
_PART = re.compile(r"^\..+\.\d+\.part\.\w+$")  # what `replacing` leaves behind in a process that is killed


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
        for path in folder.glob(".*.part.*"):
            if _PART.match(path.name):
                path.unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def work_off(
    takes: Sequence[Take],
    summary: Summary,
    workers: Workers,
    *,
    most: int | None = None,
    told: Callable[[int], object] = lambda _count: None,
) -> None:
    """Make the takes, write their files and keep the summary. ``told`` hears how many takes each batch had.

    ``most`` takes go into one batch (None: as many as the device does well). However it ends, the summary is saved.
    """
    left = Counter(take.row.name for take in takes)
    failed: set[str] = set()
    saved = time.monotonic()
    try:
        summary.save()
        size = most or batch_size(len(takes), workers.count, workers.gpu)
        for batch, result in workers.map(batches(takes, size)):
            made = [Made(fault=result.reason)] * len(batch) if isinstance(result, Lost) else result
            for take, one in zip(batch, made, strict=True):
                name = take.row.name
                for file, data in one.files.items():
                    with replacing(summary.folder / file) as part:
                        part.write_bytes(data)
                left[name] -= 1
                if one.fault:
                    failed.add(name)
                    summary.change(name, state=FAILED, notes=(one.fault,))
                elif name not in failed:
                    summary.change(name, notes=one.notes, **({} if left[name] else {"state": DONE}))
            told(len(batch))
            if time.monotonic() - saved > SAVED:
                summary.save()
                saved = time.monotonic()
    finally:
        summary.save()
