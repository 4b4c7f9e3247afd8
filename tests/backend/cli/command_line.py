# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of single commands share."""

from __future__ import annotations

from pathlib import Path

import pytest
from coamd.backend.cli import main

Captured = pytest.CaptureFixture[str]


def refused(capsys: Captured, *words: object) -> str:
    """Runs a command that must be refused; returns the sentence and its remedy."""
    assert main([str(word) for word in words]) == 2
    said = capsys.readouterr()
    lines = said.err.strip().splitlines()
    assert len(lines) == 1, said.err
    assert lines[0].startswith(f"coamd {words[0]}: ")
    assert said.out == ""
    assert lines[0].rstrip().endswith((".", "'")) or "coamd" in lines[0]
    return lines[0]


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# A limit on the size of files is what stops the writing here: a real refusal by the system.
LIMITED = """
import resource, sys
from coamd.backend.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.exit(main(sys.argv[1:]))
"""
