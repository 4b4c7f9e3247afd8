# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of arrays: whatever the bytes are, they are arrays or a ValueError."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.files.archive import read_arrays

CENTRAL = b"PK\x01\x02"  # where zipfile reads what a member is
LARGEST = 1 << 20
NAMES = ("joints", "fps", "other")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    np.savez_compressed(tmp_path / "arrays.npz", joints=np.ones((9, 22, 3), np.float32), fps=20)
    return tmp_path / "arrays.npz"


def test_arrays_come_back_by_name(path: Path) -> None:
    arrays = read_arrays(path, LARGEST, NAMES)
    assert arrays["joints"].shape == (9, 22, 3) and arrays["fps"] == 20 and "other" not in arrays


@pytest.mark.parametrize(
    ("place", "value"),
    [(6, 89), (8, 1), (10, 77), (10, 12), (10, 14)],
    ids=["a version to come", "encrypted", "unknown compression", "not bzip2", "not lzma"],
)
def test_what_zip_archives_can_be_and_npz_never_is(path: Path, place: int, value: int) -> None:
    """Each of these makes the readers below raise something of their own."""
    content = bytearray(path.read_bytes())
    content[content.index(CENTRAL) + place] = value
    path.write_bytes(content)
    with pytest.raises(ValueError):
        read_arrays(path, LARGEST, NAMES)


@pytest.mark.parametrize("content", [b"no array", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x01\x00\x02\x00{\n", b""])
def test_a_member_that_is_no_array(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.npy", content)
    with pytest.raises(ValueError):
        read_arrays(path, LARGEST, NAMES)


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "zeros.npz"
    np.savez_compressed(path, joints=np.zeros(LARGEST, np.float32))
    assert path.stat().st_size < LARGEST / 100
    with pytest.raises(ValueError, match="unpacks to more than 1 MiB"):
        read_arrays(path, LARGEST, NAMES)


def test_what_nobody_asks_for_is_not_read(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("broken.npy", b"no array")
    assert read_arrays(path, LARGEST, NAMES).keys() == {"joints", "fps"}


def test_an_archive_of_twenty_thousand_members_is_refused_unread(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.npy", b"")
    with pytest.raises(ValueError, match="20002 members"):
        read_arrays(path, LARGEST, NAMES)


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "nothing.npz", LARGEST, NAMES)
