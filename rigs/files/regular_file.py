# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a file from an untrusted source: never a pipe that does not end, and never more than a limit."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: str | Path) -> BinaryIO:
    """A regular file (links to one included), open for reading.

    Raises:
        OSError: it cannot be opened, or is a pipe, a device or a folder (``errno.EINVAL``).
    """
    # To open a pipe that nobody writes to would wait for a writer.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return os.fdopen(handle, "rb")


def read_regular(path: str | Path, largest: int) -> bytes:
    """The bytes of a regular file (links to one included).

    Raises:
        OSError: it cannot be opened, or is a pipe, a device or a folder (``errno.EINVAL``).
        ValueError: it has more than ``largest`` bytes.
    """
    with open_regular(path) as file:
        expected = min(os.fstat(file.fileno()).st_size, largest) + 1  # as much memory is asked for at once
        data = file.read(expected)
        if len(data) == expected <= largest:  # it grows while it is read, or does not tell its size
            data += file.read(largest + 1 - expected)
    if len(data) > largest:
        raise ValueError(f"it has more than {largest} bytes")
    return data
