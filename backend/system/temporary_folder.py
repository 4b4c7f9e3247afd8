# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders for what is needed for a while; those of processes that were killed are removed by the next one."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .process_lifetime import birth

_NAME = re.compile(r"coamd-[a-z]+-(\d+)-\w+")


@contextlib.contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """A folder of the user's own in the system's place for such things, gone afterwards. ``purpose``: a word."""
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"coamd-{purpose}-{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _sweep(place: Path) -> None:
    """Remove folders of processes that are gone. Others share the place: only what is the user's own is looked at."""
    with contextlib.suppress(OSError):
        for path in place.glob("coamd-*-*-*"):
            found = _NAME.fullmatch(path.name)
            if found is None or birth(int(found[1])) is not None or path.is_symlink():
                continue
            if os.name != "posix" or path.lstat().st_uid == os.geteuid():
                shutil.rmtree(path, ignore_errors=True)
