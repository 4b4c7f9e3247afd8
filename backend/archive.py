# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays of an .npz that anybody may have written: nothing is unpickled, and its size is known before it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def read_arrays(path: Path, largest: int) -> dict[str, np.ndarray]:
    """The arrays of an archive by name; ``largest``: bytes that all of them together may take.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is no .npz, or damaged, too large, or holds more than plain numbers and text.
    """
    with path.open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                if not isinstance(archive, np.lib.npyio.NpzFile):
                    raise ValueError("it is no archive")
                # Deflated zeros are a thousand times smaller than what they unpack to.
                if sum(member.file_size for member in archive.zip.infolist()) > largest:
                    raise ValueError(f"it unpacks to more than {largest >> 20} MiB")
                arrays = dict(archive)
        # The readers of zip, deflate, LZMA and .npy headers name no common base; fuzzing met eight kinds of error.
        except Exception as error:
            raise ValueError(str(error)) from error
    if any(not isinstance(array, np.ndarray) for array in arrays.values()):
        raise ValueError("a member is no array")
    return arrays
