# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files of a folder are takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from coamd.backend.labelling.motion_folders import motion_files
from coamd.backend.system.user_files import part_of
from coamd.rigs.errors import UserError


def test_what_is_being_written_and_what_a_system_hides_are_no_takes(tmp_path: Path) -> None:
    """A batch that writes or was killed, and macOS's file beside each file, would be told as broken takes."""
    (tmp_path / "day 1").mkdir()
    takes = [tmp_path / "walk.bvh", tmp_path / "day 1" / "run.NPZ"]
    hidden = [part_of(tmp_path / "walk.npz"), tmp_path / "day 1" / "._run.npz"]
    for path in (*takes, *hidden, tmp_path / "notes.txt"):
        path.touch()
    assert sorted(motion_files([tmp_path])) == sorted(takes)
    assert motion_files([hidden[1]]) == [hidden[1]], "who names it means it"
    with pytest.raises(UserError, match="no motion files"):
        for path in takes:
            path.unlink()
        motion_files([tmp_path])
