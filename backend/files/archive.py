# SPDX-License-Identifier: GPL-3.0-or-later
"""Arrays of an .npz that anybody may have written: nothing is unpickled, and its size is known before it is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...rigs.files.regular_file import open_regular

MOST_MEMBERS = 1000  # more is not an archive of ours, and twenty thousand take half a minute to look through


def read_arrays(path: Path, largest: int, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The arrays of an archive with these names, as far as they are there; others are not looked at.

    Args:
        largest: bytes that all of them together may take.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is not an .npz, or damaged, too large, or holds more than plain numbers and text.
    """
    with open_regular(path) as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                if not isinstance(archive, np.lib.npyio.NpzFile):
                    raise ValueError("it is not an archive")
                members = archive.zip.infolist()
                if len(members) > MOST_MEMBERS:
                    raise ValueError(f"it has {len(members)} members")
                # Deflated zeros are a thousand times smaller than what they unpack to.
                if sum(member.file_size for member in members) > largest:
                    raise ValueError(f"it unpacks to more than {largest >> 20} MiB")
                arrays = {name: archive[name] for name in names if name in archive.files}
        # The readers of zip, deflate, LZMA and .npy headers name no common base; fuzzing met eight kinds of error.
        except Exception as error:
            raise ValueError(str(error)) from error
    if any(not isinstance(array, np.ndarray) for array in arrays.values()):
        raise ValueError("a member is not an array")
    return arrays
