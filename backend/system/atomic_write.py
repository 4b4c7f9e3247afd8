# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are replaced whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...rigs.errors import UserError
from .user_files import part_of

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A name beside ``path`` to write to; it takes the place of ``path`` only when all went well.

    The file that stood there stays as it was when the block fails, and no half-written file is left. The suffix is
    kept, because writers go by it. OSError becomes a UserError ("disk_full" or "not_writable").
    """
    path = Path(path)
    part = part_of(path)
    try:
        with disk_errors(path):
            yield part
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """OSError while ``path`` is written as a UserError, "disk_full" or "not_writable"."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise UserError(
                f"The disk is full: {path.name} could not be written.",
                "Free some space, or write to another disk; nothing was changed.",
                "disk_full",
            ) from error
        reason = error.strerror or str(error).strip().splitlines()[0]
        raise UserError(
            f"{path} could not be written ({reason}).",
            "Choose a folder where you may write; nothing was changed.",
            "not_writable",
        ) from error
